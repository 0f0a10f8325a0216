"""What an automatic answer says of its sender: that they have left, or are reached at another address.

Nobody else tells us: the letter arrived, and lies where nobody reads it. Words, so a person looks; nothing is changed by
them.
"""

import re

from notifications.plain import one_line

LONGEST_READ = 3_000  #: characters of an answer; what a program writes by itself is a few lines
LONGEST_SENTENCE = 300

_LEFT = re.compile(
    r"""\b(?:
      har(?:,?\ (?!inte\b|ej\b|aldrig\b)\w+,?){0,3}\ slutat\b(?!\ tidig(?:t|are)\b|\ (?:för|arbeta\ för|jobba\ för)\ (?:i\ )?(?:dag|idag|dagen|veckan|sommaren|året|terminen))
    | har\ (?:nu\ )?(?:av)?slutat\ (?:min|sin)\ (?:anställning|tjänst) | sluta(?:de|r)\ (?:min\ anställning|min\ tjänst|den|hos|på\ (?:kommunen|förvaltningen|bolaget)|\d{1,2})\b
    | slutade\ (?:på|i)\b | har\ (?:nu\ )?avgått\b | sista\ (?:arbets|anställnings)?dag(?:en)?\ (?:var|är|blir)\b
    | (?:arbetar|jobbar)\ (?:inte|ej)\ (?:här\ )?(?:längre|kvar)\b | (?:arbetar|jobbar)\ (?:nu|numera)\ (?:i|på|hos|som|för|vid)\b
    | (?:är\ )?(?:inte|ej)\ längre\ (?:anställd|kvar|i\ tjänst|verksam) | är\ (?:inte|ej)\ anställd\b
    | (?:anställning|tjänst)(?:en)?\ (?:har\ )?(?:nu\ )?(?:upphört|upphör|upphörde|avslutats|avslutades|är\ avslutad|avslutad)\b | avslutad\ anställning
    | (?:min|hans|hennes)\ efterträdare\b | har\ (?:nu\ )?(?:ersatts|efterträtts)\ av\b | har\ sagt\ upp\ (?:mig|sig)\b
    | har\ (?:nu\ )?lämnat\ (?:[\w-]+\ kommun\b|kommunen|organisationen|bolaget|förvaltningen|(?:min|sin)\ (?:tjänst|anställning|roll|befattning|post)) | lämnade\ (?:[\w-]+\ kommun\b|kommunen|organisationen|bolaget|förvaltningen|(?:min|sin)\ (?:tjänst|anställning|befattning))
    | (?:har\ )?(?:gått|gick|går)\ i\ pension | är\ (?:nu\ |numera\ )?pension(?:erad|är)\b
    | har\ (?:nu\ |numera\ )?(?:tillträtt|börjat(?:\ på)?|gått\ (?:vidare|över)\ till|övergått\ till|fått)\ (?:en\ |ett\ )?(?:ny[at]?|nytt|annan|annat|andra)\ (?:jobb|tjänst|arbete|uppdrag|arbetsuppgifter)\b
    | har\ (?:nu\ |numera\ |fått\ )?(?:en\ |ett\ )?ny(?:tt)?\ (?:jobb|tjänst|arbete|e-?post|mejl|mail)\b
    | har\ (?:nu\ )?bytt\ (?:jobb|tjänst|arbete|arbetsplats|e-?post|mejl|mail)\b
    | (?:nås|har|finns|når\ (?:mig|henne|honom))\ (?:nu|numera|i\ fortsättningen|framöver)\ (?:på|via)\ \S{1,64}@
    | min\ nya\ (?:e-?post|mejl|mail)\b | ny[at]?\ (?:e-?post|mejl|mail|e-?mail)?-?\ ?adress | (?:bytt|byter|ändrat)\ (?:e-?post|mejl|mail)?-?adress
    | (?:(?:e-?post|mejl|mail)?-?adress(?:en)?|brevlåda[n]?|kontot|e-?posten|mejlen|inkorgen)\ (?:är\ (?:inte|ej)\ i\ bruk|är\ inaktiv(?:erad|t|erat)?)\b
    | (?:(?:e-?post|mejl|mail)?-?adress(?:en)?|brevlåda[n]?|kontot|e-?posten|mejlen|inkorgen)\ (?:används|gäller|bevakas|läses|är)\ (?:inte|ej)\ längre\b
    | (?:e-?post|mejl|mail)?-?adress\ (?:är|har)\ (?:nu\ )?(?:ändrad|ändrats|bytt|bytts|ny|nedlagd)\b
    | (?:inte|ej)\ längre\ (?:den\ här\ |denna\ )(?:adress|brevlåda|e-?post)
    | (?:(?:e-?post|mejl|mail)?-?adress(?:en)?|brevlådan|(?:e-?post|mejl|mail)?-?kontot)\ (?:avslutas|upphör|har\ upphört|är\ nedlag[dt]|är\ stängd|är\ stängt|är\ avslutat|är\ avslutad|kommer\ att\ stängas)
    | (?:do|does)(?:\ not|n['’]t)\ work\ (?:here|for|at)\b | not\ (?:employed|monitored\ any\ ?more)\b | last\ (?:working\ )?day\ (?:at\ \w+\ |with\ \w+\ )?was\b
    | no\ longer\ (?:work\w*|employed|with\b|at\b|in\ use|used|monitored|valid|active) | (?:has|have)\ left\b(?!\ (?:for|early|the\ office)) | (?:has|have)\ moved\ on\ to\b
    | new\ (?:e-?mail\ )?address | (?:new|changed)\ e-?mail\b | (?:has|have)\ (?:changed|moved)\ (?:my\ |to\ a\ new\ )?(?:e-?mail\ )?(?:address|job) | (?:has|have)\ retired
    | har\ (?:dessverre\ )?sluttet\b(?!\ for\ ) | ikke\ lenger\ (?:ansatt|her|i\ bruk) | fratrådt\b
    | (?:en|ei)\ ole\ enää\ (?:töissä|palveluksessa) | jäänyt\ eläkkeelle
    )""",
    re.IGNORECASE | re.VERBOSE,
)
#: where a program has set our own letter under the answer
_QUOTED = re.compile(
    r"^\s*(?:>|_{8,}|-{3,}\s*(?:ursprungl|original|vidarebef)|(?:från|from)\s*:|(?:den|on)\s.{5,120}(?:skrev|wrote)\s*:)",
    re.IGNORECASE | re.MULTILINE,
)
_SENTENCE_ENDS = re.compile(r"(?<=[.!?])\s+|\n\s*\n")


def farewell_in(subject: str, text: str) -> str:
    """Return the first sentence that says so, on one line; "" when nothing does."""
    text = text[:LONGEST_READ]
    quoted = _QUOTED.search(text)
    own = text[: quoted.start()] if quoted else text
    sentences = (one_line(each) for each in (subject, *_SENTENCE_ENDS.split(own)))
    return next((each[:LONGEST_SENTENCE] for each in sentences if _LEFT.search(each)), "")

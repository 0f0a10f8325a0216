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
    | har\ (?:nu\ )?(?:av)?slutat\ (?:min|sin)\ (?:anställning|tjänst) | sluta(?:de|r)\ (?:jag\ |hon\ |han\ |hen\ )?(?:(?:min|sin)\ (?:anställning|tjänst)|mitt\ (?:arbete|jobb|uppdrag|vikariat)|den|hos|(?:på|i)\ (?:kommunen|förvaltningen|bolaget|[\w-]+\ kommun)|\d{1,2}(?:/\d|\ (?:jan|feb|mar|apr|maj|jun|jul|aug|sep|okt|nov|dec)\w*))\b
    | slutade\ (?:på|i)\b | har\ (?:nu\ )?avgått\b
    | sista\ (?:arbets|anställnings)dag(?:en)?(?:\ (?:på|hos|i|som|vid)\ [\w-]+){0,2}\ (?:var|är|blir)\b
    | (?:min|hans|hennes)\ sista\ dag(?:\ (?:på|hos|i|som|vid)\ (?!\w*(?:semester|ledighet|lov|kurs|konferens|resa|vecka))[\w-]+){0,2}\ (?:var|är|blir)\b
    | (?:arbetar|jobbar)\ (?:inte|ej)\ (?:här\ )?(?:längre|kvar)\b(?!\ än\b) | (?:arbetar|jobbar)\ (?:nu|numera)\ (?:i|på|hos|som|för|vid)\b(?!\ (?:distans|(?:hel|halv|del)tid|hem|\d|kväll|natt|dagtid|skift|schema|\w+dagar))
    | (?:är\ )?(?:inte|ej)\ längre\ (?:anställd|kvar|i\ tjänst|verksam) | är\ (?:inte|ej)\ anställd\b
    | (?<![\w-])(?:anställning|tjänst|vikariat|förordnande)(?:en|et)?\ (?:har\ )?(?:nu\ )?(?:upphört|upphör|upphörde|avslutats|avslutades|avslutas|är\ avsluta[dt]|avsluta[dt]|är\ slut|tar\ slut|löper\ ut|gått\ ut)\b | avslutad\ anställning
    | (?:min|hans|hennes)\ efterträdare\b | har\ (?:nu\ )?(?:ersatts|efterträtts)\ av\b | har\ sagt\ upp\ (?:mig|sig)\b
    | har\ (?:nu\ )?lämnat\ (?:[\w-]+\ kommun\b|kommunen|organisationen|bolaget|förvaltningen|(?:min|sin)\ (?:tjänst|anställning|roll|befattning|post))\b(?!\ för\ (?:i\ ?)?dag) | lämnade\ (?:[\w-]+\ kommun\b|kommunen|organisationen|bolaget|förvaltningen|(?:min|sin)\ (?:tjänst|anställning|befattning))
    | (?:har\ )?(?:gått|gick|går)\ i\ pension | är\ (?:nu\ |numera\ )?pension(?:erad|är)\b
    | har\ (?:nu\ |numera\ )?(?:tillträtt|börjat(?:\ på)?|gått\ (?:vidare|över)\ till|övergått\ till|fått)\ (?:en\ |ett\ )?(?:ny[at]?|nytt|annan|annat|andra)\ (?:jobb|tjänst|arbete|uppdrag|arbetsuppgifter)\b
    | har\ (?:jag\ |hon\ |han\ |hen\ )?(?:nu\ |numera\ |fått\ )?(?:en\ |ett\ )?ny(?:tt)?\ (?:jobb|tjänst|arbete|e-?post|mejl|mail)\b
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
#: what ends in an absence and is nobody's work: "semestern slutar den 12"; who has it may leave all the same
_ANOTHER_END = re.compile(
    r"""(?<!\bi\ )\b\w*(?:semester|kurs|ledighet|möte|sammanträde|konferens|utbildning|(?<!te)resa|vecka|skola|termin|praktik|projekt
    |period|sommar|jul|påsk|helg|lov|seminari(?:um|e)|arbetsdag|studiedag|lovdag|pass|skift|mässa|studier|studie|tävling|match|kampanj|anmälan
    |anmälning|ansökan|ansökning|anmälningstid|ansökningstid|remiss|frist|besök|jour|sjukskrivning|permission|utställning
    |tjänstgöring|rekrytering|upphandling|prenumeration|licens|frånvaro|läsår)(?:en|n|et|t|arna|erna|orna|na|ar|er|or)?
    (?:,?\ (?!jag\b|hon\b|han\b|hen\b)(?:har|som|nu|redan|alltså|då|precis|just|inte|kl\.?|klockan|här|i\ år|\d\S*)){0,3}
    \ sluta(?:r|de|t)\b(?!\ (?:jag|hon|han|hen)\b)""",
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
    return next((each[:LONGEST_SENTENCE] for each in sentences if _LEFT.search(_ANOTHER_END.sub(" ", each))), "")

"""Whether a text says something: not the help line, not a reference, not a placeholder, not nothing at all."""

import re
from typing import Literal

#: Why a text has no substance; "" when it has.
Lack = Literal["", "tom", "hjälptext", "platshållare", "hänvisning", "inget", "kort"]

SHORT = 8  #: words, inclusive: so short a text can be a mere reference or a mere "nothing"
_WORD = re.compile(r"[^\W_]+(?:[-–:./,][^\W_]+)*")
_PLACEHOLDER = re.compile(
    r"lorem ipsum|x{3,}|\btodo\b|\b(?:skriv|fyll i)(?: in)?(?: er| din)? ?(?:text|svar)? här\b|\btext här\b"
    r"|klicka (?:eller tryck )?här|\[ *(?:text|skriv|fyll i)[^\]]{0,200}\]|\.{3} ?text"
)
_LATER = re.compile(
    r"(?:text )?(?:kommer|fylls i|kompletteras|skrivs|lämnas|återkommer)(?: in)?(?: senare| inom kort)?$"
)
_REFERENCE = re.compile(
    r"(?:var god |vänligen )?(?:se\b(?! över\b| till\b)|jfr\b|jämför\b|hänvisas?(?:r)? till\b|hänvisning till\b|redovisas (?:i|under|ovan)\b"
    r"|framgår av\b|som ovan\b|enligt ovan\b|samma som\b|enligt bilaga\b|ovan(?:stående)?$|bilaga\b|d:o$|dito$)"
)
_NOTHING = re.compile(
    r"(?:det )?(?:finns |har )?(?:inget|inga|ingenting|ingen|intet|ej aktuellt|inte aktuellt|ej tillämpligt|n/a)"
    r"(?: att \w+| nytt| särskilt| aktuellt| (?:väsentliga |större )?"
    r"(?:avvikelser?|händelser?|kommentar(?:er)?|förändring(?:ar)?|åtgärder?|risker|behov|förslag))*"
    r"(?: behövs| finns| har inträffat| planeras)?(?: (?:under|för|i|just) (?:perioden|året|år|nu))?$"
)


def words_of(text: str) -> int:
    """Return how many words a text has; a number is a word, a dash is none."""
    return len(_WORD.findall(text))


def folded(text: str) -> str:
    """Return a text for comparison: small letters, single blanks, no marks around it."""
    return " ".join(text.casefold().split()).strip(" .,:;-–—*•\"”'!")


def lack(text: str, *, help_line: str = "", at_least: int = 1) -> Lack:
    """Return why a text says nothing, or "". ``at_least`` words of its own are asked, inclusive.

    ``inget`` ("inget att rapportera") may be honest, and ``kort`` may be enough: those are for asking.
    """
    read = folded(text)
    own = folded(read.replace(folded(help_line), " ")) if help_line else read
    count = words_of(own)
    if count == 0:
        return "hjälptext" if words_of(read) else "tom"
    if _PLACEHOLDER.search(own):
        return "platshållare"
    if count <= SHORT:
        if _LATER.match(own):
            return "platshållare"
        if _REFERENCE.match(own):
            return "hänvisning"
        if _NOTHING.match(own):
            return "inget"
    return "kort" if count < at_least else ""


def says(text: str) -> bool:
    """Tell whether a text in a cell says anything at all: one word of its own is enough."""
    return lack(text) == ""

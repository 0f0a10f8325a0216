"""Where a line may end inside what has no blank: a long Swedish word at its seams, an address at its signs."""

import re

LONG = 17  #: characters of a word that a narrow heading or column may have to end inside
SEAMS = (
    "beredning", "berättelse", "bolaget", "byggnad", "fullmäktige", "förvaltning", "hantering", "nämnd", "rapport",
    "redovisning", "revision", "styrelse", "uppföljning", "utskott",
)  # fmt: skip

_WORD = re.compile(rf"[^\W\d_]{{{LONG},}}")
_SEAM = re.compile(rf"(?<=\w{{4}})(?={'|'.join(SEAMS)})", re.IGNORECASE)
_ADDRESS = re.compile(r"\S{20,}")
_SIGN = re.compile(r"(?<=[@/_])(?=\w)|(?<=\w)(?=[?&]\w)")
_DOT = re.compile(r"(?<=\w)(?=\.\w)")
_PART = 18  #: characters of an address between its signs that a line may have to end inside: then at a dot


def seamed(text: str) -> str:
    """Return text with a soft hyphen (U+00AD) at each seam of its longest words: ``samhällsbyggnads-nämnden``."""
    return _WORD.sub(lambda word: _SEAM.sub("\u00ad", word[0]), text)


def pieces(text: str) -> list[str]:
    """Return text in the pieces between which a line may end, all of it: an address or a file's name at its signs."""
    found, end = [""], 0
    for address in _ADDRESS.finditer(text):
        first, *rest = _apart(address[0])
        found[-1] += text[end : address.start()] + first
        found += rest
        end = address.end()
    found[-1] += text[end:]
    return found


def _apart(address: str) -> list[str]:
    return [each for part in _SIGN.split(address) for each in (_DOT.split(part) if len(part) > _PART else [part])]

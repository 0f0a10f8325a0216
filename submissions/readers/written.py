"""Numbers and titles as people write them in cells: "1 234,5", "(12)", "12 tkr", "Utfall perioden (tkr):"."""

import re
from decimal import Decimal
from typing import NamedTuple
from unicodedata import category

#: A cell's text is cut here, in characters.
MAX_TEXT = 4000

_UNITS = {
    "kr": "kr", "kr.": "kr", "sek": "kr", "kronor": "kr", ":-": "kr",
    "tkr": "tkr", "tkr.": "tkr", "kkr": "tkr", "tsek": "tkr", "ksek": "tkr", "tusen kr": "tkr", "tusen kronor": "tkr",
    "mnkr": "mnkr", "mkr": "mnkr", "mn kr": "mnkr", "msek": "mnkr", "milj kr": "mnkr", "milj. kr": "mnkr",
    "miljoner": "mnkr", "miljoner kr": "mnkr", "miljoner kronor": "mnkr",
    "%": "%", "procent": "%",
    "st": "st", "st.": "st", "stycken": "st",
}  # fmt: skip
_MINUS = re.compile("[\u2212\u2010-\u2015\ufe63\uff0d]")  # a real minus, hyphens and dashes
_UNIT = "|".join(re.escape(each) for each in sorted(_UNITS, key=len, reverse=True))
_WRITTEN = re.compile(
    rf"(?P<minus>[-+]? ?)(?P<open>\()?(?P<inner>[-+]? ?)(?P<number>[0-9][0-9 .,']*?)(?P<after> ?-)?"
    rf" ?(?P<unit>{_UNIT})?(?P<close>\))? ?(?P<outside>{_UNIT})?"
)
_NUMBER = re.compile(
    r"(?P<whole>[0-9]+|[0-9]{1,3}(?:[ '][0-9]{3})+)(?:[.,](?P<part>[0-9]+))?"  # 1234,5  1 234,5  1'234.5  1234.5
    r"|(?P<dots>[0-9]{1,3}(?:\.[0-9]{3})+),(?P<after_dots>[0-9]+)"  # 1.234,50
    r"|(?P<commas>[0-9]{1,3}(?:,[0-9]{3})+)\.(?P<after_commas>[0-9]+)"  # 1,234.50
    r"|(?P<groups>[0-9]{1,3}(?:(?:\.[0-9]{3}){2,}|(?:,[0-9]{3}){2,}))"  # 1.234.567  1,234,567
)
_AMBIGUOUS = re.compile(r"[1-9][0-9]{0,2}\.[0-9]{3}")  # 1.234: one thousand, or one and a bit?
_TITLE_UNIT = re.compile(r"[,;]? ?[(\[]?\b(?:i )?(?:tkr|kkr|mnkr|mkr|kr)\b[)\]]?$|[,;]? ?[(\[]%[)\]]$")
_NUMBERING = re.compile(r"^(?:(?:[0-9]{1,2}\.)*[0-9]{1,2}[.)]?|[a-zåäö]\)|[ivx]{1,4}[.)])[ \t]+")


class Written(NamedTuple):
    """A number as it was written, not converted, and the unit after it (``kr``, ``tkr``, ``mnkr``, ``%``, ``st``)."""

    number: Decimal
    unit: str


def read_number(text: str) -> Written | None:
    """Read a number that stands as text; None when it is no number or could be two.

    Blanks of any width and apostrophes part thousands, comma or point the decimals; ``1.234`` is left unread, for
    it is 1 234 to one and 1,234 to another. Negative: a minus of any kind before or after it, or parentheses.
    """
    if len(text) > 60:
        return None
    plain = " ".join(_MINUS.sub("-", text).replace("\u2019", "'").split()).removeprefix("'").strip().casefold()
    found = _WRITTEN.fullmatch(plain)
    if found is None:
        return None
    signs = [bool(found["open"]), "-" in found["minus"], "-" in found["inner"], bool(found["after"])]
    if bool(found["open"]) != bool(found["close"]) or sum(signs) > 1 or (found["unit"] and found["outside"]):
        return None
    number = _plain_number(found["number"].strip())
    if number is None:
        return None
    unit = found["unit"] or found["outside"]
    return Written(-number if any(signs) else number, _UNITS[unit] if unit else "")


def clean(text: str) -> str:
    """Leave out characters that no program shows and no store keeps: control characters and half surrogates."""
    if text.isprintable():
        return text
    return "".join(each for each in text if each in "\n\t" or category(each) not in ("Cc", "Cs"))


def unit_in(shown: str) -> str:
    """Return the unit that a number format writes after its numbers: ``#,##0 "tkr"``."""
    words = re.findall(r"[a-z]+", shown.casefold())
    return next((_UNITS[word] for word in words if word in _UNITS and _UNITS[word] != "st"), "")


def shown_number(number: Decimal) -> str:
    """Write a number as Swedish readers do: ``-1234,5``."""
    return f"{number:f}".replace(".", ",")


def blank_folded(text: str) -> str:
    """Fold case and blanks; soft hyphens go."""
    return " ".join(text.replace("\u00ad", "").split()).casefold()


def folded_title(text: str) -> str:
    """Fold a column's title: line breaks are blanks, a colon and a unit after it say nothing."""
    return _TITLE_UNIT.sub("", blank_folded(text[:300]).rstrip(": ")).rstrip(": ")


def folded_heading(text: str) -> str:
    """Fold a heading: its number ("2.", "3.1", "b)") and a colon after it say nothing."""
    return _NUMBERING.sub("", blank_folded(text[:300])).rstrip(":. ")


def _plain_number(written: str) -> Decimal | None:
    found = _NUMBER.fullmatch(written)
    if found is None or _AMBIGUOUS.fullmatch(written):
        return None
    whole = found["whole"] or found["dots"] or found["commas"] or found["groups"]
    part = found["part"] or found["after_dots"] or found["after_commas"] or "0"
    digits = re.sub(r"[^0-9]", "", whole)
    return Decimal(f"{digits}.{part}") if part.strip("0") else Decimal(digits)

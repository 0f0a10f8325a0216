"""Numbers and titles as people write them in cells: "1 234,5", "(12)", "12 tkr", "Utfall perioden (tkr):"."""

import re
from decimal import Decimal
from typing import NamedTuple
from unicodedata import category

#: A cell's text is cut here, in characters.
MAX_TEXT = 4000

#: between a number and what its format shows, where they are not the same
SHOWN_AS = " (visas som "

_UNITS = {
    "kr": "kr", "kr.": "kr", "sek": "kr", "kronor": "kr", ":-": "kr",
    "tkr": "tkr", "tkr.": "tkr", "kkr": "tkr", "tsek": "tkr", "ksek": "tkr", "tusen kr": "tkr", "tusen kronor": "tkr",
    "mnkr": "mnkr", "mkr": "mnkr", "mn kr": "mnkr", "msek": "mnkr", "milj kr": "mnkr", "milj. kr": "mnkr",
    "miljoner": "mnkr", "miljoner kr": "mnkr", "miljoner kronor": "mnkr", "mn": "mnkr", "milj": "mnkr", "milj.": "mnkr",
    "miljon kronor": "mnkr", "m kr": "mnkr", "m sek": "mnkr", "mn sek": "mnkr", "mn kronor": "mnkr",
    "t kr": "tkr", "t sek": "tkr", "k kr": "tkr", "k sek": "tkr", "tusen": "tkr", "tusen sek": "tkr",
    "mdkr": "mdkr", "md kr": "mdkr", "mdr": "mdkr", "mdr kr": "mdkr", "md": "mdkr", "miljarder": "mdkr", "miljard": "mdkr",
    "miljarder kr": "mdkr", "miljarder kronor": "mdkr", "miljard kronor": "mdkr",
    "%": "%", "procent": "%",
    "st": "st", "st.": "st", "stycken": "st",
}  # fmt: skip
_MINUS = re.compile("[\u2212\u2010-\u2015\ufe63\uff0d]")  # a real minus, hyphens and dashes
_UNIT = "|".join(re.escape(each) for each in sorted(_UNITS, key=len, reverse=True))
_UNIT_WORDS = re.compile(rf"(?<![^\W\d_])(?:{_UNIT})(?![^\W\d_])")
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
_DOUBTFUL = re.compile(r"[1-9][0-9]{0,2}[.,][0-9]{3}")  # 1.234 or 1,234: one thousand, or one and a bit?
_MONEY_UNITS = tuple(each for each in sorted(_UNITS, key=len, reverse=True) if _UNITS[each].endswith("kr"))
_MONEY = "|".join(map(re.escape, _MONEY_UNITS))
_TITLE_UNIT = re.compile(rf"[,;]? ?[(\[]?(?<![^\W\d_])(?:i )?(?:{_MONEY})[)\]]?$|[,;]? ?[(\[]%[)\]]$")
_MAY_END_TITLE = (")", "]", *_MONEY_UNITS)
_ABOVE = re.compile(
    rf"(?:alla )?belopp(?:en)?[ ,:]*(?:(?:är|anges|skrivs|står|redovisas) )?i (?P<unit>{_UNIT})(?![^\W\d_])|\((?:belopp )?i? ?(?P<alone>{_UNIT})\)"
)
_ONLY_UNIT = re.compile(rf"(?:(?:alla )?belopp(?:en)?[ ,:]*)?(?:(?:är |anges |står )?i )?(?P<unit>{_UNIT})")
_ENDS_WITH_UNIT = re.compile(rf"(?<![^\W\d_])(?P<unit>{_UNIT})[)\]]?$")
_ERROR = re.compile(r"#[A-ZÅÄÖ0-9/_]+[!?]?|(?:Err|Fel):[0-9]+|#+")
_NUMBERING = re.compile(r"^(?:(?:[0-9]{1,2}\.)*[0-9]{1,2}[.)]?|[a-zåäö]\)|[ivx]{1,4}[.)])[ \t]+")


class Written(NamedTuple):
    """A number as it was written, not converted, and the unit after it (``kr``, ``tkr``, ``mnkr``, ``%``, ``st``)."""

    number: Decimal
    unit: str


def read_number(text: str, *, is_share: bool = False) -> Written | None:
    """Read a number that stands as text; None when it is no number or could be two.

    Blanks of any width and apostrophes part thousands, comma or point the decimals; ``1.234`` and ``1,234`` are left
    unread, for each is 1 234 to one and 1,234 to another, but where it ``is_share``: no share is a thousand percent.
    Negative: a minus of any kind before or after it, or parentheses. Characters that nobody sees say nothing.
    """
    found = _written(text)
    if found is None:
        return None
    written = found["number"].strip()
    number = None if _DOUBTFUL.fullmatch(written) and not is_share else _plain_number(written)
    if number is None:
        return None
    unit = found["unit"] or found["outside"]
    return Written(-number if _is_minus(found) else number, _UNITS[unit] if unit else "")


def two_numbers(text: str) -> tuple[Decimal, Decimal] | None:
    """Return both numbers that ``1.234`` or ``78,800`` may be, the larger first; None when it is at most one."""
    found = _written(text)
    written = found["number"].strip() if found else ""
    if found is None or not _DOUBTFUL.fullmatch(written):
        return None
    sign = -1 if _is_minus(found) else 1
    whole = Decimal(re.sub(r"[.,]", "", written)) * sign
    return whole, (whole / 1000).normalize()


def seen(text: str) -> str:
    """Leave out the characters that nobody sees: marks of direction, blanks without width, soft hyphens."""
    return text if text.isprintable() else "".join(each for each in text if category(each) != "Cf")


def is_error(text: str) -> bool:
    """Tell whether a program's error stands there: ``#REF!``, ``#VÄRDEFEL!``, ``Err:502``, ``Fel:502``."""
    return bool(_ERROR.fullmatch(text.strip()))


def clean(text: str) -> str:
    """Leave out characters that no program shows and no store keeps: control characters and half surrogates.

    A text of nothing but what nobody sees is none.
    """
    if text.isprintable():
        return text
    text = "".join(each for each in text if each in "\n\t" or category(each) not in ("Cc", "Cs"))
    return text if seen(text).strip() else ""


def unit_in(shown: str) -> str:
    """Return the unit that a number format writes around its numbers: ``0 tusen kr`` says tkr. A count has none."""
    found = (_UNITS[each] for each in _UNIT_WORDS.findall(" ".join(shown.casefold().split())))
    return next((each for each in found if each != "st"), "")


def title_unit(title: str) -> str:
    """Return the unit that a column's title ends with: ``Utfall (mnkr)`` says mnkr; "" when it says none."""
    found = _ENDS_WITH_UNIT.search(blank_folded(title[:300]).rstrip(":. "))
    return _UNITS[found["unit"]] if found else ""


def only_unit(text: str) -> str | None:
    """Return the unit that a text says and nothing else: "mnkr", "(i Mkr)", "miljoner kronor"; None: something else.

    "" for nothing at all, and for "antal", which has none.
    """
    said = blank_folded(text[:100]).strip("()[]:,. ")
    if said in ("", "antal"):
        return ""
    found = _ONLY_UNIT.fullmatch(said)
    return _UNITS[found["unit"]] if found else None


def unit_above(text: str) -> str:
    """Return the unit that a line above a table says of it: "Belopp anges i kronor: …", "(mnkr)"; "" when it says none."""
    found = _ABOVE.match(blank_folded(text[:100]))
    return _UNITS[found["unit"] or found["alone"]] if found else ""


def shown_number(number: Decimal) -> str:
    """Write a number as Swedish readers do: ``-1234,5``."""
    text = str(number)  # the cheapest; only what is very small or very large is written with its exponent
    return (f"{number:f}" if "E" in text else text).replace(".", ",")


def blank_folded(text: str) -> str:
    """Fold case and blanks; what nobody sees goes."""
    return " ".join(seen(text).split()).casefold()


def folded_title(text: str) -> str:
    """Fold a column's title: line breaks are blanks, a colon and a unit after it say nothing."""
    folded = blank_folded(text[:300]).rstrip(": ")
    if not folded.endswith(_MAY_END_TITLE):
        return folded  # nearly every cell, told without looking at each of its places
    return _TITLE_UNIT.sub("", folded).rstrip(": ")


def folded_heading(text: str) -> str:
    """Fold a heading: its number ("2.", "3.1", "b)") and a colon after it say nothing."""
    return _NUMBERING.sub("", blank_folded(text[:300])).rstrip(":. ")


def _written(text: str) -> re.Match[str] | None:
    """Take a text apart that may be a number."""
    text = seen(text)
    if len(text) > 60:
        return None
    plain = " ".join(_MINUS.sub("-", text).replace("\u2019", "'").split()).removeprefix("'").strip().casefold()
    found = _WRITTEN.fullmatch(plain)
    if found is None or bool(found["open"]) != bool(found["close"]) or (found["unit"] and found["outside"]):
        return None
    return found if sum(_signs(found)) < 2 else None


def _signs(found: re.Match[str]) -> list[bool]:
    return [bool(found["open"]), "-" in found["minus"], "-" in found["inner"], bool(found["after"])]


def _is_minus(found: re.Match[str]) -> bool:
    return any(_signs(found))


def _plain_number(written: str) -> Decimal | None:
    found = _NUMBER.fullmatch(written)
    if found is None:
        return None
    whole = found["whole"] or found["dots"] or found["commas"] or found["groups"]
    part = found["part"] or found["after_dots"] or found["after_commas"] or "0"
    digits = re.sub(r"[^0-9]", "", whole)
    return Decimal(f"{digits}.{part}") if part.strip("0") else Decimal(digits)

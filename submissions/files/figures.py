"""Figures and foreign words as people read them: ``−1 234``, ``+50``, ``4,2 %``; and text without what breaks files."""

import unicodedata
from decimal import ROUND_HALF_UP, Decimal

from arshjul.definition.sheets.column import Column

MINUS = "\u2212"
SPACE = "\u00a0"  #: between thousands, and before a unit: no line ends there
_TURNING = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\u200e\u200f")  #: characters that turn text

_INVISIBLE = {
    "\u00a0": "hårt blanksteg", "\u202f": "smalt hårt blanksteg", "\u00ad": "mjukt bindestreck",
    "\u200b": "blanksteg utan bredd", "\u2060": "fog utan bredd", "\ufeff": "teckenkodningens märke",
    "\u200c": "bandlöst mellanrum", "\u200d": "band utan bredd",
} | dict.fromkeys(_TURNING | {"\u061c"}, "märke för skrivriktning")  # fmt: skip


def number_text(number: Decimal, decimals: int = 0, *, signed: bool = False) -> str:
    """Return ``1 234`` or ``−1 234,5``, halves rounded away from nought; with ``signed`` a plus is written out."""
    rounded = number.quantize(Decimal(1).scaleb(-decimals), ROUND_HALF_UP)
    whole, _, rest = f"{abs(rounded):,.{decimals}f}".replace(",", SPACE).partition(".")
    sign = MINUS if rounded < 0 else "+" if signed and rounded > 0 else ""
    return f"{sign}{whole}{',' if rest else ''}{rest}"


def exact_text(number: Decimal, most: int = 2, *, signed: bool = False) -> str:
    """Return a number with the decimals that it has, ``most`` at the most."""
    shown = number.quantize(Decimal(1).scaleb(-most), ROUND_HALF_UP).normalize()
    exponent = shown.as_tuple().exponent
    return number_text(number, max(0, -exponent) if isinstance(exponent, int) else 0, signed=signed)


def unit_of(column: Column) -> str:
    """Return what stands after a column's number: its own unit, ``tkr``, ``%`` or nothing."""
    return column.unit or {"belopp": "tkr", "procent": "%"}.get(column.kind, "")


def with_unit(number: Decimal, column: Column, *, signed: bool = False) -> str:
    """Return a column's number with its unit."""
    return f"{exact_text(number, signed=signed)}{SPACE}{unit_of(column)}".rstrip()


def clean(text: str) -> str:
    """Return text from outside without characters that no file may hold or that turn or hide text; lines are kept."""
    return "".join(char for char in text.replace("\r\n", "\n").replace("\r", "\n") if _fits(char))


def _fits(char: str) -> bool:
    if char in "\n\t":
        return True
    return char not in _TURNING and unicodedata.category(char) not in ("Cc", "Cs", "Cn", "Co")


def with_named_signs(text: str, *, blanks: bool = False) -> str:
    """Name each sign that nobody sees, as ``[mjukt bindestreck, U+00AD]``: echoed, it would be as unseen where it is told.

    ``blanks``: also the blanks that are no plain ones.
    """
    if text.isprintable():
        return text
    return "".join(f"[{_name_of(char)}, U+{ord(char):04X}]" if _is_unseen(char, blanks) else char for char in text)


def _is_unseen(char: str, blanks: bool) -> bool:
    kind = unicodedata.category(char)
    return char not in "\n\t" and (kind in ("Cc", "Cf", "Cs", "Zl", "Zp") or (blanks and kind == "Zs" and char != " "))


def _name_of(char: str) -> str:
    return _INVISIBLE.get(char, "blanksteg" if char.isspace() else "osynligt tecken")

"""What a number format makes of a number: a date, a percentage, a unit after it, thousands left out.

A cell is read as it is shown, for that is what its writer saw and meant: 0.085 with the format ``0.0%`` is 8.5 and
``%``; 12 000 000 with ``#,##0,`` is 12 000. A number without such a format is read as it stands, and so is one whose
format shows it as "79k": that says the whole number. Where a format writes digits of its own (``0"000"``: 79 is shown
as 79000) nobody can tell which number was meant: it is read as none, and as a text that says both.
"""

import operator
import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal

from submissions.readers.formats.grid import Raw, decimal_of
from submissions.readers.written import SHOWN_AS, shown_number, unit_in

_BUILT_IN_DATES = {*range(14, 23), *range(27, 37), *range(45, 48), *range(50, 59)}
_BUILT_IN_PERCENT = {9, 10}
_BUILT_IN_CURRENCY = {5, 6, 7, 8, 42, 44}  #: the country's own, which Excel writes when it opens the file
_LITERAL = re.compile(r'"[^"]*"|\\.|[_*].|\[[^\]]*\]')
#: Excel's and LibreOffice's "General" in the languages in which programs write it though it is the same in every file
_GENERAL = re.compile(
    r"\b(?:general|standard|allmänt|standaard|generelt|yleinen|generale|estándar|geral)\b", re.IGNORECASE
)
_SCALE = re.compile(r"[0#?](,+)[^0#?,.]*$")
_DATE = re.compile(r"(?:[ymdhså]|aa(?:aa)?|tt?|jj(?:jj)?)++", re.IGNORECASE)
_SECOND_PARTS = re.compile(r"s[.,]0+", re.IGNORECASE)
_WORD = re.compile(r"[^\W\d_]+")
_PIECE = re.compile(r'"(?P<quoted>[^"]*)"?|\\(?P<escaped>.)|\[[^\]]*\]|[_*].|(?P<digits>[0#?][0#?.,]*)')
_CONDITION = re.compile(r"\[(<=|>=|<>|<|>|=)\s*(-?[0-9.]+)\]")
_COMPARED: dict[str, Callable[[Decimal, Decimal], bool]] = {
    "<": operator.lt, "<=": operator.le, ">": operator.gt, ">=": operator.ge, "=": operator.eq, "<>": operator.ne,
    "!=": operator.ne,
}  # fmt: skip
_DIGIT, _DECIMALS = "\0", "\1"  #: where a format shows a digit of the whole number, and its decimals
_BETWEEN = "[ .,'’\u00a0\u202f]*"
#: digits that a format writes beside the number's own, and a point that it sets within a whole number
_OWN_DIGITS = re.compile(
    rf"{_DIGIT}{_BETWEEN}[0-9]|(?<![/0-9.,])[0-9]+[.,'’]?{_DIGIT}"
    rf"|{_DIGIT}[.,](?:{_DIGIT}{{1,2}}|{_DIGIT}{{4,}})(?!{_DIGIT})"
)
_MAGNITUDES = {"k", "t", "m", "b", "g"}  #: "79k" says the whole number, as no unit does
_LAST_SERIAL = 2_958_465  # 31 December 9999


@dataclass(frozen=True, slots=True)
class Condition:
    """For which numbers a way of showing them holds."""

    sign: str
    limit: Decimal

    def holds(self, number: Decimal) -> bool:
        """Tell whether it does for this one."""
        return _COMPARED[self.sign](number, self.limit)


@dataclass(frozen=True, slots=True)
class Shown:
    """One way in which numbers are shown."""

    is_date: bool = False
    percent: bool = False
    unit: str = ""
    thousands: int = 0  #: how many times three digits are left out
    when: Condition | None = None  #: None: whenever no other one holds
    own_digits: str = ""  #: what is shown, when the format writes digits that are not the number's

    def raw(self, written: str, *, from_1904: bool = False) -> Raw:
        """Return a stored number as it is shown."""
        number = decimal_of(written)
        return Raw(written[:100]) if number is None else self.of(number, from_1904=from_1904)

    def of(self, number: Decimal, *, from_1904: bool = False) -> Raw:
        """Return a number as it is shown."""
        if self.is_date:
            return Raw(_day_text(number, from_1904) or shown_number(number))
        if self.percent:
            number = _neat(number * 100)
        elif self.thousands:
            number = _neat(number.scaleb(-3 * self.thousands))
        text = shown_number(number)
        if self.own_digits and number:
            return Raw(f"{text}{SHOWN_AS}{_filled_in(self.own_digits, number)})")
        if self.percent:
            return Raw(f"{text} %", number, "%")
        return Raw(f"{text} {self.unit}" if self.unit else text, number, self.unit)


PLAIN = Shown()
_AS_IT_STANDS = (PLAIN,)


@dataclass(frozen=True, slots=True)
class NumberFormat:
    """How numbers are shown, each by the first of the ways whose condition holds; by none: as it stands."""

    ways: tuple[Shown, ...] = _AS_IT_STANDS

    def raw(self, written: str, *, from_1904: bool = False) -> Raw:
        """Return a stored number as it is shown."""
        number = decimal_of(written)
        if number is None:
            return Raw(written[:100])
        if self.ways is _AS_IT_STANDS:  # nearly every cell's
            return Raw(shown_number(number), number)
        if self.ways[0].when is None:
            return self.ways[0].of(number, from_1904=from_1904)
        way = next((each for each in self.ways if each.when is None or each.when.holds(number)), PLAIN)
        if way.thousands and not way.unit and len({each.thousands for each in self._of_size()}) > 1:
            way = replace(way, thousands=0)  # nobody sees what was left out: 79 is 78 800, and the next one's 79 is 79
        return way.of(number, from_1904=from_1904)

    def _of_size(self) -> tuple[Shown, ...]:
        """Return the ways without the one that only nought has, after those of what is above it and below."""
        signs = [(each.when.sign, each.when.limit) for each in self.ways[:2] if each.when]
        return self.ways[:2] if sorted(signs) == [("<", Decimal(0)), (">", Decimal(0))] else self.ways


def shown_by(format_id: int, code: str | None) -> NumberFormat:
    """Return what a format does: a file's own by its code (in the file always as in English), else a built-in one."""
    if code is None:
        built_in = Shown(
            is_date=format_id in _BUILT_IN_DATES,
            percent=format_id in _BUILT_IN_PERCENT,
            unit="kr" if format_id in _BUILT_IN_CURRENCY else "",
        )
        return NumberFormat() if built_in == PLAIN else NumberFormat((built_in,))
    ways = [_section(each) for each in _sections(code[:400])[:3]]
    if not any(each.when for each in ways):
        implied = (("",), (">=", "<"), (">", "<", ""))[len(ways) - 1]
        ways = [_when(each, sign) for each, sign in zip(ways, implied, strict=True)]
    elif len(ways) == 3 and ways[1].when is None:
        ways[1] = _when(ways[1], "<")
    return NumberFormat(tuple(ways))


def shown_as(around: str, thousands: int, *, percent: bool = False) -> Shown:
    """Return how numbers are shown with words around them, and so many times three digits left out.

    ``around`` is all that is shown, the number itself as ``digits`` has it.
    """
    words = re.sub(f"[{_DIGIT}{_DECIMALS}]+", " 0 ", around)
    unit = unit_in(words)
    if not unit and _MAGNITUDES & {each.casefold() for each in _WORD.findall(words)}:
        thousands = 0
    own = around if _OWN_DIGITS.search(around) else ""
    if own and thousands and re.search(rf"{_DIGIT}{_BETWEEN}(?:000{_BETWEEN}){{{thousands}}}(?![0-9])", own):
        own, thousands = "", 0  # 78 800 shown as 79 000: the thousands that were left out are written again
    return Shown(percent=percent, unit=unit, thousands=thousands, own_digits=own)


def digits(whole: int, *, decimals: bool = False) -> str:
    """Return a number with so many digits, as ``shown_as`` has it."""
    return _DIGIT * whole + _DECIMALS * decimals


def _filled_in(shown: str, number: Decimal) -> str:
    """Return what is seen of a number: its last digits stand in the last places, the rest in the first."""
    shown = shown.replace(_DECIMALS, "")
    left = list(str(abs(int(number.to_integral_value(ROUND_HALF_UP)))))
    seen = ""
    for at in range(len(shown) - 1, -1, -1):
        if shown[at] != _DIGIT:
            seen = shown[at] + seen
        elif left and _DIGIT not in shown[:at]:
            seen = "".join(left) + seen
        elif left:
            seen = left.pop() + seen
    return f"{'-' if number < 0 else ''}{' '.join(seen.split())}"


def _sections(code: str) -> list[str]:
    """Part a format at its semicolons; one within a literal parts nothing."""
    return re.findall(r'(?:"[^"]*"?|\\.?|\[[^\]]*\]|[^;"\\])*+(?:;|\Z)', code)[: code.count(";") + 1] or [""]


def _section(code: str) -> Shown:
    code = _GENERAL.sub("0", code.removesuffix(";"))
    bare = re.sub(r"E[+-]|AM/PM|A/P", "", _LITERAL.sub("", code), flags=re.IGNORECASE)
    words = _WORD.findall(bare)
    elapsed = re.search(r"\[(h+|m+|s+)\]", code, re.IGNORECASE)
    dated = words and all(_DATE.fullmatch(each) for each in words)
    scaled = _SCALE.search(bare)
    condition = _CONDITION.search(code)
    shown = shown_as(_words_around(code), min(len(scaled[1]), 3) if scaled else 0, percent="%" in bare)
    return replace(
        shown,
        is_date=bool(elapsed or (dated and not re.search(r"[0#?]", _SECOND_PARTS.sub("s", bare)))),
        when=Condition(condition[1], Decimal(condition[2])) if condition and _is_number(condition[2]) else None,
    )


def _words_around(code: str) -> str:
    """Return what stands around the digits as it is shown: quotes are off, and of brackets only a currency is left."""
    return _PIECE.sub(_piece, re.sub(r"\[\$([^\]-]*)[^\]]*\]", r'"\1"', code))


def _piece(found: re.Match[str]) -> str:
    if found["digits"]:
        whole, point, _ = found["digits"].partition(".")
        return digits(sum(each in "0#?" for each in whole), decimals=bool(point))
    return found["quoted"] or found["escaped"] or " "


def _is_number(written: str) -> bool:
    return bool(re.fullmatch(r"-?[0-9]+(?:\.[0-9]+)?", written))


def _when(shown: Shown, sign: str) -> Shown:
    return replace(shown, when=Condition(sign, Decimal(0)) if sign else None)


def _neat(number: Decimal) -> Decimal:
    return number.quantize(Decimal(1)) if number == number.to_integral_value() else number.normalize()


def _day_text(serial: Decimal, from_1904: bool) -> str | None:
    if not 0 <= serial <= _LAST_SERIAL - (1462 if from_1904 else 0):
        return None
    days, part = int(serial), serial % 1
    minutes = round(part * 24 * 60)
    clock = f"{minutes // 60 % 24:02}.{minutes % 60:02}"
    if days == 0:
        return clock
    first = date(1904, 1, 1) if from_1904 else date(1899, 12, 30)
    day = first + timedelta(days=days)
    return f"{day.isoformat()} {clock}" if minutes else day.isoformat()

"""What a number format makes of a number: a date, a percentage, a unit after it, thousands left out.

A cell is read as it is shown, for that is what its writer saw and meant: 0.085 with the format ``0.0%`` is 8.5 and
``%``; 12 000 000 with ``#,##0,`` is 12 000. A number without such a format is read as it stands.
"""

import re
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from submissions.readers.formats.grid import Raw, decimal_of
from submissions.readers.written import shown_number, unit_in

_BUILT_IN_DATES = {*range(14, 23), *range(27, 37), *range(45, 48), *range(50, 59)}
_BUILT_IN_PERCENT = {9, 10}
_LITERAL = re.compile(r'"[^"]*"|\\.|[_*].|\[[^\]]*\]')
_SCALE = re.compile(r"[0#?](,+)[^0#?,.]*$")
_LAST_SERIAL = 2_958_465  # 31 December 9999


@dataclass(frozen=True, slots=True)
class Shown:
    """How numbers are shown."""

    is_date: bool = False
    percent: bool = False
    unit: str = ""
    thousands: int = 0  #: how many times three digits are left out

    def raw(self, written: str, *, from_1904: bool = False) -> Raw:
        """Return a stored number as it is shown."""
        number = decimal_of(written)
        if number is None:
            return Raw(written[:100])
        if self.is_date:
            return Raw(_day_text(number, from_1904) or shown_number(number))
        if self.percent:
            number = _neat(number * 100)
            return Raw(f"{shown_number(number)} %", number, "%")
        number = _neat(number.scaleb(-3 * self.thousands)) if self.thousands else number
        text = shown_number(number)
        return Raw(f"{text} {self.unit}" if self.unit else text, number, self.unit)


PLAIN = Shown()


def shown_by(format_id: int, code: str | None) -> Shown:
    """Return what a format does: a file's own by its code (in the file always as in English), else a built-in one."""
    if code is None:
        return Shown(is_date=format_id in _BUILT_IN_DATES, percent=format_id in _BUILT_IN_PERCENT)
    section = code[:200].split(";")[0]
    bare = _LITERAL.sub("", section)
    scaled = _SCALE.search(bare)
    elapsed = re.search(r"\[(h+|m+|s+)\]", section, re.IGNORECASE)
    return Shown(
        is_date=bool(elapsed or re.search(r"[dmyhs]", bare, re.IGNORECASE)),
        percent="%" in bare,
        unit=unit_in(re.sub(r'["\\]', "", section)),
        thousands=min(len(scaled[1]), 3) if scaled else 0,
    )


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

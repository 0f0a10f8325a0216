"""Counting in months: windows of a month or between two days, and a day some months after another."""

import calendar
from datetime import date

from arshjul.definition.days.dating import Between, MonthOnly
from arshjul.periods import Period
from arshjul.swedish import month_name


def window(rule: MonthOnly | Between, year: int) -> tuple[date, date]:
    """Return the first and the last day of a window."""
    if isinstance(rule, Between):
        (month, first), (last_month, last) = rule.first, rule.last
        return date(year, month, first), date(year, last_month, min(last, calendar.monthrange(year, last_month)[1]))
    end = calendar.monthrange(year, rule.month)[1]
    first, last = {"början": (1, 10), "mitten": (11, 20), "slutet": (21, end)}.get(rule.part or "", (1, end))
    return date(year, rule.month, first), date(year, rule.month, last)


def window_text(rule: MonthOnly | Between, first: date, last: date) -> str:
    """Return ``i mitten av februari 2027``, ``10–20 februari 2027``."""
    if isinstance(rule, Between):
        begun = f"{first.day}" if first.month == last.month else f"{first.day} {month_name(first.month)}"
        return f"{begun}–{last.day} {month_name(last.month)} {last.year}"
    part = f"{rule.part} av " if rule.part else ""
    return f"i {part}{month_name(last.month)} {last.year}"


def quarter_after(period: Period) -> tuple[int, int]:
    """Return the year and month a quarter after a period."""
    year, month = divmod(period.end.year * 12 + period.end.month - 1 + 3, 12)
    return year, month + 1


def months_later(day: date, months: int) -> tuple[date, date]:
    """Return the day with the same number ``months`` later (lag 1930:173 1 §), and that month's last day.

    They differ when the period ends on a 30th or in February: the count is disputed, see WithinMonths.
    """
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    last = calendar.monthrange(year, month + 1)[1]
    return date(year, month + 1, min(day.day, last)), date(year, month + 1, last)

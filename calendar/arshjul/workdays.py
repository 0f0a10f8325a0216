"""Working days in Sweden: what the law calls a day off, and what a municipality closes beside it.

The only module that knows the ``holidays`` library.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import lru_cache

from holidays import country_holidays

ONE_DAY = timedelta(days=1)


@lru_cache(maxsize=64)
def lawful_days_off(year: int) -> frozenset[date]:
    """Return the weekdays of ``year`` on which lag (1930:173) 2 § lets an act wait.

    Allmänna helgdagar (lag 1989:253) with midsommarafton, julafton and nyårsafton. Saturdays and Sundays
    are days off too, but are not listed here.
    """
    days = country_holidays("SE", years=year, categories=("public", "de_facto"), include_sundays=False, language="sv")
    return frozenset(days)


def is_lawful_day_off(day: date) -> bool:
    """Tell whether an act that falls due on ``day`` may wait, by lag (1930:173) 2 §."""
    return day.weekday() >= 5 or day in lawful_days_off(day.year)


def lawful_until(day: date) -> date:
    """Return the last day on which an act due on ``day`` is lawful: rolled forward by lag (1930:173) 2 §.

    The municipality's own closed days do not count: no local decision lengthens a statutory time.
    """
    while is_lawful_day_off(day):
        day += ONE_DAY
    return day


@dataclass(frozen=True, slots=True)
class Workdays:
    """The working days of one municipality: the law's, less the days that it closes itself.

    Klämdagar are working days unless they are closed.
    """

    closed: frozenset[date] = field(default_factory=frozenset)

    @classmethod
    def with_closed(cls, days: Iterable[date]) -> "Workdays":
        """Return the calendar that also has ``days`` off."""
        return cls(frozenset(days))

    def is_workday(self, day: date) -> bool:
        """Tell whether ``day`` is a working day."""
        return not is_lawful_day_off(day) and day not in self.closed

    def next(self, day: date) -> date:
        """Return ``day`` if it is a working day, else the first one after it."""
        while not self.is_workday(day):
            day += ONE_DAY
        return day

    def previous(self, day: date) -> date:
        """Return ``day`` if it is a working day, else the last one before it."""
        while not self.is_workday(day):
            day -= ONE_DAY
        return day

    def add(self, day: date, count: int) -> date:
        """Return the ``count``-th working day after ``day`` (before it when negative).

        ``day`` itself is never counted. With 0 the day is returned as it is.
        """
        return _added(self, day, count)

    def between(self, start: date, end: date) -> int:
        """Return how many working days lie after ``start`` up to and including ``end``; negative if before."""
        return -_between(self, end, start) if end < start else _between(self, start, end)


# counted day by day, and remembered: a page asks the same of every enhet, and the next page asks it again


@lru_cache(maxsize=4096)
def _added(calendar: Workdays, day: date, count: int) -> date:
    step = ONE_DAY if count > 0 else -ONE_DAY
    for _ in range(abs(count)):
        day += step
        while not calendar.is_workday(day):
            day += step
    return day


@lru_cache(maxsize=4096)
def _between(calendar: Workdays, start: date, end: date) -> int:
    days = (end - start).days
    return sum(calendar.is_workday(start + timedelta(days=n)) for n in range(1, days + 1))

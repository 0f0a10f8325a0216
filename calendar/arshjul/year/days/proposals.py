"""The days that a body's rule proposes for a year: out of the lov, off the days off, out of other bodies' weeks."""

import calendar
from collections.abc import Callable, Iterator, Set
from datetime import date, timedelta

from arshjul.definition.days.meeting_days import MeetingRule
from arshjul.workdays import Workdays

Week = tuple[int, int]  #: the ISO year and week
ONE_WEEK = timedelta(weeks=1)


def week_of(day: date) -> Week:
    """Return the week of a day, as weeks are numbered in Sweden."""
    year, week, _ = day.isocalendar()
    return year, week


def proposed_days(
    rule: MeetingRule, year: int, workdays: Workdays, at_rest: Callable[[date], bool], taken: Set[Week]
) -> Iterator[date]:
    """Yield the days in order. ``at_rest`` tells of a lov; ``taken`` are the weeks that the rule gives way to.

    A day off gives the next working day, or the one before where the next is in another year. A meeting some times a
    month that falls in a lov, as it stands or because of a day off, is held a week later, or a week earlier where that is
    another month; one of every week is left out, as it is in a taken week and where its week has no working day left.
    """

    def held_on(day: date) -> date:
        # nobody proposes a meeting on annandag jul
        later = workdays.next(day)
        return later if later.year == year else workdays.previous(day)

    every = sorted({*_of_weeks(rule, year), *_of_months(rule, year, lambda day: at_rest(day) or at_rest(held_on(day)))})
    for day in every:
        held = workdays.next(day) if rule.every else held_on(day)
        if rule.every:
            if week_of(held) == week_of(day) and not at_rest(held) and week_of(day) not in taken:
                yield held
        elif week_of(held) not in taken:
            yield held


def _of_months(rule: MeetingRule, year: int, at_rest: Callable[[date], bool]) -> Iterator[date]:
    for month in rule.months or range(1, 13) if rule.numbers else ():
        for number in rule.numbers:
            day = nth_weekday(year, month, rule.weekday, number)
            if day is not None:
                yield _out_of_lov(day, at_rest)


def _out_of_lov(day: date, at_rest: Callable[[date], bool]) -> date:
    later = day
    while at_rest(later):
        later += ONE_WEEK
    if later.month == day.month:
        return later
    earlier = day
    while at_rest(earlier):
        earlier -= ONE_WEEK
    return earlier if earlier.month == day.month else later


def _of_weeks(rule: MeetingRule, year: int) -> Iterator[date]:
    if rule.every is None:
        return
    day = date(year, 1, 1) + timedelta(days=(rule.weekday - date(year, 1, 1).weekday()) % 7)
    while day.year == year:
        odd = week_of(day)[1] % 2 == 1
        its_week = rule.every == "vecka" or odd is (rule.every == "udda vecka")
        if its_week and (not rule.months or day.month in rule.months):
            yield day
        day += ONE_WEEK


def nth_weekday(year: int, month: int, weekday: int, number: int) -> date | None:
    """Return the ``number``-th ``weekday`` (0 is Monday) of a month, the last one for -1; None without a fifth."""
    before, days = calendar.monthrange(year, month)
    hits = range(1 + (weekday - before) % 7, days + 1, 7)
    return date(year, month, hits[number - 1 if number > 0 else number]) if number <= len(hits) else None

"""KL 5:13-15: when fullmäktige's matters are told, and until when one that is urgent can be."""

from collections.abc import Iterator
from datetime import date

from arshjul.check.remarks import Remark
from arshjul.check.resolving import ResolvedYear
from arshjul.keys import BodyId
from arshjul.periods import Period
from arshjul.swedish import day_text, instant_text, local_date
from arshjul.workdays import ONE_DAY, lawful_days_off
from arshjul.year.days.meetings import Meeting


def notice(year: ResolvedYear, kf: BodyId | None) -> Iterator[Remark]:
    """Find fullmäktige's meetings that are told too late, and those to which a matter comes too late."""
    meetings = year.wheel.meetings.of_year(kf, year.year) if kf else ()
    for meeting in meetings:
        yield from _kallelse(year, meeting)
        yield from _urgent(year, meeting)


def _kallelse(year: ResolvedYear, meeting: Meeting) -> Iterator[Remark]:
    """KL 5:13 and 5:15: at least a week, by lag (1930:173) 1 § seven calendar days, before the meeting."""
    days = (meeting.day - meeting.kallelse).days
    if days < 7:
        yield Remark(
            path=("organ", meeting.body, "kallelse"),
            rule="KL 5:15",
            message=f"kallelsen till fullmäktige {day_text(meeting.day)} går ut "
            f"{day_text(meeting.kallelse)}, {days} {'dag' if days == 1 else 'dagar'} före; lagen kräver minst en vecka, "
            "skriv 'dagar: 7' eller mer",
            period=Period(year.year),
            lagrum="KL 5 kap. 13 §; KL 5 kap. 15 §",
        )


def _urgent(year: ResolvedYear, meeting: Meeting) -> Iterator[Remark]:
    """KL 5:14: a matter that is urgent is told on the last vardag before the meeting.

    A Saturday may be one, and so it is counted: the plan is accused only when no reading allows it.
    """
    last = _vardag_before(meeting.day)
    if meeting.extra_until and local_date(meeting.extra_until) > last:
        yield Remark(
            path=("organ", meeting.body, "extra ärenden"),
            rule="KL 5:14",
            message=f"fullmäktige {day_text(meeting.day)} tar emot extra ärenden till {instant_text(meeting.extra_until)}, men "
            f"ett brådskande ärende ska tillkännages senast {day_text(last)}, vardagen före; "
            "stäng tidigare, skriv till exempel 'extra ärenden: {arbetsdagar: 1, kl: \"12.00\"}'",
            period=Period(year.year),
            lagrum="KL 5 kap. 14 §; KL 5 kap. 15 §",
        )


def _vardag_before(day: date) -> date:
    day -= ONE_DAY
    while day.weekday() == 6 or day in lawful_days_off(day.year):
        day -= ONE_DAY
    return day

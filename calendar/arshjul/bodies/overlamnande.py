"""What a body is handed, and when its readers are told: the moments of its meetings, and the law's handing over.

A word goes when the meeting's agenda has closed, or on the day itself where the law has a day and no meeting
(KL 11 kap. 16 § and 20 §), at the first instant of sending. It is worth saying until the meeting begins, or until
the law's day has ended.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time
from functools import lru_cache

from arshjul.check.concerns import HANDED_OVER
from arshjul.definition.days.moment import Moment
from arshjul.keys import BodyId, RoleId
from arshjul.ladder.due import next_sending_time
from arshjul.swedish import local, local_date
from arshjul.workdays import ONE_DAY
from arshjul.year.days.meetings import Meeting
from arshjul.year.wheel import Milestone, Wheel

UNDECIDED = "ej beslutad"
REVISORER = RoleId("revisorer")  #: the role that is handed what fullmäktige is handed, where the definition has it


@dataclass(frozen=True, slots=True, kw_only=True)
class HandOver:
    """One word to a body's readers: ``at`` inclusive, ``until`` exclusive."""

    body: BodyId
    meeting: Meeting | None  #: None: the law's handing over, on its own day
    moments: tuple[Milestone, ...]  #: by time and key
    at: datetime
    until: datetime

    @property
    def day(self) -> date:
        """The meeting's day, or the day of the handing over."""
        return self.meeting.day if self.meeting else local_date(self.moments[0].at)


@lru_cache(maxsize=4)  # asked at every round, of the same wheel
def hand_overs(wheel: Wheel) -> tuple[HandOver, ...]:
    """Return every word of the reports that the service follows, by time, body and day."""
    return tuple(sorted(_every(wheel), key=lambda one: (one.at, one.body, one.day, one.moments[0].key)))


def meeting_of(wheel: Wheel, one: Milestone) -> Meeting | None:
    """Return the meeting at which a body's moment is treated: on its day, or the last one before it.

    What is not decided yet stands at none that is held later than its month.
    """
    day = local_date(one.at)
    held = [each for year in (day.year - 1, day.year) for each in wheel.meetings.of_year(one.body or BodyId(""), year)]
    return max((each for each in held if each.day <= day), key=lambda each: each.day, default=None)


def is_handed_over(one: Milestone | Moment) -> bool:
    """Tell whether a moment is styrelsen's handing over to fullmäktige and the revisorer."""
    return one.concerns in HANDED_OVER


def _every(wheel: Wheel) -> Iterator[HandOver]:
    at_meetings: dict[tuple[BodyId, date], tuple[Meeting, list[Milestone]]] = {}
    for one in _moments(wheel):
        meeting = meeting_of(wheel, one)
        if meeting and (meeting.day == local_date(one.at) or is_handed_over(one)):
            at_meetings.setdefault((meeting.body, meeting.day), (meeting, []))[1].append(one)
        if is_handed_over(one) or not meeting or meeting.day != local_date(one.at):
            yield _on_its_day(wheel, one)
    for (body, _), (meeting, moments) in at_meetings.items():
        at = next_sending_time(meeting.agenda_closes, wheel.workdays, wheel.definition.sending_hours)
        ordered = tuple(sorted(moments, key=lambda each: (each.at, each.key)))
        yield HandOver(body=body, meeting=meeting, moments=ordered, at=at, until=meeting.at)


def _moments(wheel: Wheel) -> Iterator[Milestone]:
    for occurrence in wheel.occurrences:
        for each in occurrence.milestones if occurrence.flow else ():
            if each.body is not None and each.unit is None and each.status != UNDECIDED:
                yield each


def _on_its_day(wheel: Wheel, one: Milestone) -> HandOver:
    day = local_date(one.at)
    last = max(day, one.lawful_until or day)
    hours = wheel.definition.sending_hours
    at = next_sending_time(local(day, hours.start), wheel.workdays, hours)
    return HandOver(
        body=one.body or BodyId(""), meeting=None, moments=(one,), at=at, until=max(at, local(last + ONE_DAY, time()))
    )

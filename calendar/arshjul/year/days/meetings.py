"""The bodies' meetings: the rule's proposal, the decided year that replaces it, and what was changed since."""

import calendar
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from typing import Literal

from arshjul.definition.days.meeting_days import DecidedMeeting, LeadTime, MeetingRule
from arshjul.definition.model import Body, Definition
from arshjul.keys import BodyId
from arshjul.periods import Period
from arshjul.swedish import local
from arshjul.workdays import Workdays
from arshjul.year.days.proposals import Week, proposed_days, week_of

Status = str  #: "beslutad", "förslag" or "ej beslutad"
Manner = Literal["vid behov", "preliminärt"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Meeting:
    """One meeting. After ``agenda_closes`` no matter comes on it, but for an extra ärende up to ``extra_until``.

    ``kallelse`` is the day the notice goes out.
    """

    body: BodyId
    day: date  #: the meeting's day; the last day of its month when it is not decided yet
    clock: time
    status: Status
    agenda_closes: datetime
    kallelse: date
    extra_until: datetime | None = None  #: inclusive; None: the body takes none
    moved_from: date | None = None  #: the day on which it was first to be held; None while it stands there
    manner: Manner | None = None  #: why its day is not decided, where that is said
    last_day: date | None = None  #: of one that goes on for several days; None: ``day`` is all

    @property
    def at(self) -> datetime:
        """When it begins."""
        return local(self.day, self.clock)

    @property
    def is_month_only(self) -> bool:
        """Whether only its month is known, of which ``day`` is the last."""
        return self.status == "ej beslutad" and self.manner is None

    @property
    def words(self) -> str:
        """How sure it is, as people read it: ``beslutad``, ``vid behov``."""
        return self.manner or self.status

    @property
    def first_day(self) -> date:
        """The day on which it was first to be held: its name, however often it is moved."""
        return self.moved_from or self.day


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangedMeeting:
    """A meeting changed in the running system: moved, cancelled (no ``day``) or extra (no ``original``)."""

    body: BodyId
    original: date | None
    day: date | None
    clock: time | None = None


class Meetings:
    """All meetings of all bodies, worked out year by year when they are asked for."""

    def __init__(self, definition: Definition, workdays: Workdays, changes: Iterable[ChangedMeeting] = ()) -> None:
        self._definition = definition
        self._workdays = workdays
        self._changes = tuple(changes)
        self._of_year = lru_cache(maxsize=None)(self._resolve)

    def of_year(self, body: BodyId, year: int) -> tuple[Meeting, ...]:
        """Return a body's meetings of a year, in order."""
        return self._of_year(body, year)

    def in_month(self, body: BodyId, year: int, month: int) -> tuple[Meeting, ...]:
        """Return a body's meetings of a month, in order, without those that are held only on need."""
        held = (one for one in self.of_year(body, year) if one.manner != "vid behov")
        return tuple(one for one in held if one.day.month == month)

    def planned_on(self, body: BodyId, day: date) -> Meeting | None:
        """Return the meeting that was planned for ``day``, wherever it has been moved; None when there is none."""
        held = [one for one in self.of_year(body, day.year) if one.status != "ej beslutad"]
        here = (one for one in held if one.day <= day <= (one.last_day or one.day))
        return next(here, next((one for one in held if one.first_day == day), None))

    def was_cancelled(self, body: BodyId, day: date) -> bool:
        """Tell whether a meeting of that day was cancelled in the running system."""
        return any(each.body == body and each.original == day and each.day is None for each in self._changes)

    def are_those_of(self, other: "Meetings") -> bool:
        """Tell whether the same definition and the same changes give these as ``other``'s."""
        same = self._definition is other._definition or self._definition == other._definition
        return same and self._changes == other._changes

    def first_open(self, body: BodyId, instant: datetime) -> Meeting | None:
        """Return the first decided or proposed meeting whose agenda is still open at ``instant``.

        A matter that comes in at the very moment of closing is in time. None when two years hold none.
        """
        for year in range(instant.year, instant.year + 3):
            for meeting in self.of_year(body, year):
                if meeting.agenda_closes >= instant and meeting.status != "ej beslutad":
                    return meeting
        return None

    def first_extra(self, body: BodyId, instant: datetime) -> Meeting | None:
        """Return the first meeting whose agenda has closed and that takes an extra ärende still; None when none does."""
        for year in range(instant.year, instant.year + 2):
            for meeting in self.of_year(body, year):
                held = meeting.status != "ej beslutad" and meeting.agenda_closes < instant < meeting.at
                if held and meeting.extra_until is not None and instant <= meeting.extra_until:
                    return meeting
        return None

    def _resolve(self, body_id: BodyId, year: int) -> tuple[Meeting, ...]:
        body = self._definition.bodies[body_id]
        held = {one.day: one for one in self._planned(body_id, body, year)}
        for change in (change for change in self._changes if change.body == body_id):
            moved = held.pop(change.original, None) if change.original else None
            if change.day and change.day.year == year:
                clock = change.clock or (moved.clock if moved else body.clock)
                first = moved.first_day if moved else change.original
                held[change.day] = self._meeting(body_id, body, change.day, clock, "beslutad", first)
        return tuple(held[day] for day in sorted(held))

    def _planned(self, body_id: BodyId, body: Body, year: int) -> Iterator[Meeting]:
        if year in body.decided:
            for one in body.decided[year].meetings:
                if one.state != "inställt":
                    yield self._decided(body_id, body, year, one)
            return
        status = "beslutad" if self._definition.is_fixed(year) else "förslag"
        found: dict[date, Meeting] = {}
        for rule in (one for one in body.rules if one.holds(Period(year))):
            for day in proposed_days(rule, year, self._workdays, self._at_rest(body_id), self._weeks(rule, year)):
                manner: Manner | None = "vid behov" if rule.on_need else None
                if day not in found or found[day].manner:  # one that is held takes the place of one on need
                    found[day] = self._meeting(body_id, body, day, rule.clock, status, manner=manner)
        yield from found.values()

    def _at_rest(self, body: BodyId) -> Callable[[date], bool]:
        return lambda day: any(one.has(day, body) for one in self._definition.recesses)

    def _weeks(self, rule: MeetingRule, year: int) -> frozenset[Week]:
        """Return the weeks in which a body that the rule gives way to meets."""
        others = (one for other in rule.not_with for one in self.of_year(other, year) if one.manner != "vid behov")
        return frozenset(week_of(one.day) for one in others)

    def _decided(self, body_id: BodyId, body: Body, year: int, one: DecidedMeeting) -> Meeting:
        clock = one.clock or body.clock
        if one.day is None:
            month = one.month or 12
            last = date(year, month, calendar.monthrange(year, month)[1])
            return self._meeting(body_id, body, last, clock, "ej beslutad")
        manner: Manner | None = "vid behov" if one.state == "vid behov" else None
        if one.state in ("preliminärt", "ej beslutat"):
            manner = "preliminärt"
        return self._meeting(body_id, body, one.day, clock, "beslutad", one.moved_from, manner=manner, last=one.last)

    def _meeting(
        self,
        body_id: BodyId,
        body: Body,
        day: date,
        clock: time,
        status: Status,
        first: date | None = None,
        *,
        manner: Manner | None = None,
        last: date | None = None,
    ) -> Meeting:
        return Meeting(
            body=body_id,
            day=day,
            clock=clock,
            status="ej beslutad" if manner else status,
            manner=manner,
            last_day=last,
            agenda_closes=local(self._before(day, body.agenda), body.agenda.clock),
            kallelse=self._before(day, body.notice),
            extra_until=local(self._before(day, body.extra), body.extra.clock) if body.extra else None,
            moved_from=first if first != day else None,
        )

    def _before(self, day: date, span: LeadTime) -> date:
        if span.workdays is not None:
            return self._workdays.add(day, -span.workdays)
        return day - timedelta(days=span.days or 0)

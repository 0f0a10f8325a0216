"""The plan as it stands: the definition with what was recorded, turned into a wheel."""

from dataclasses import replace
from datetime import datetime, time

from sqlalchemy import select
from sqlalchemy.orm import Session

from arshjul.definition.model import Definition, YearPlan
from arshjul.keys import ObligationKey
from arshjul.swedish import local_date
from arshjul.year.meetings import ChangedMeeting
from arshjul.year.turning import Recorded, turn
from arshjul.year.wheel import Wheel
from store.tables import Anstand, Closing, MeetingChange, ObligationRow, Tidplan


def plan_years(now: datetime) -> range:
    """Return the periods' years that are open at ``now``: three parallel years, and the budget's beyond them."""
    year = local_date(now).year
    return range(year - 2, year + 3)


def recorded(session: Session) -> Recorded:
    """Return what people have recorded that moves days; the newest word of each counts."""
    anstand = session.execute(select(Anstand.obligation_key, Anstand.until).order_by(Anstand.id))
    closings = session.execute(select(Closing.period, Closing.closed_on))
    changes = session.scalars(select(MeetingChange).order_by(MeetingChange.id))
    added = select(ObligationRow.key, ObligationRow.added_parts).where(ObligationRow.added_parts.is_not(None))
    return Recorded(
        added={key: frozenset(parts) for key, parts in session.execute(added) if parts},
        closings={period: day for period, day in closings},
        meetings=tuple(_change(row) for row in changes),
        anstand={key: until for key, until in anstand},
    )


def current_wheel(
    session: Session, definition: Definition, now: datetime, *, imagined: tuple[ChangedMeeting, ...] = ()
) -> Wheel:
    """Return the wheel of the open years with everything that is recorded, and with ``imagined`` changes of meetings.

    A frist that somebody was told never moves earlier by itself: where the plan says earlier, the told one stands.
    A frist that has been stays what it was, when the plan would only move it within the past. A part that came after
    the frist is not asked for.
    """
    definition, facts = _facts(session, definition, imagined)
    wheel = _turned.get(definition, plan_years(now), facts)
    told, past = _told_later(session, wheel), _past(session, wheel, now)
    if not told and not past:
        return wheel
    return _turned.get(definition, plan_years(now), replace(facts, told=told, past=past))


def held_back(
    session: Session, definition: Definition, now: datetime, *, imagined: tuple[ChangedMeeting, ...] = ()
) -> dict[ObligationKey, datetime]:
    """Return the fristen that the plan says are earlier than what was told, by obligation: they want a confirmation."""
    definition, facts = _facts(session, definition, imagined)
    wheel = _turned.get(definition, plan_years(now), facts)
    return {key: wheel.obligations[key].deadline.at for key in _told_later(session, wheel)}


def _facts(
    session: Session, definition: Definition, imagined: tuple[ChangedMeeting, ...]
) -> tuple[Definition, Recorded]:
    """Return what the wheel is made of, but for what was told and what has been."""
    facts = recorded(session)
    return with_recorded_tidplaner(session, definition), replace(facts, meetings=(*facts.meetings, *imagined))


def _told_later(session: Session, wheel: Wheel) -> dict[ObligationKey, datetime]:
    told = select(ObligationRow.key, ObligationRow.told_at).where(ObligationRow.told_at.is_not(None))
    rows = ((key, at) for key, at in session.execute(told) if key in wheel.obligations and at is not None)
    return {key: at for key, at in rows if at > wheel.obligations[key].deadline.at}


def _past(session: Session, wheel: Wheel, now: datetime) -> dict[ObligationKey, datetime]:
    rows = session.execute(select(ObligationRow.key, ObligationRow.due_at).where(ObligationRow.due_at < now))
    every = wheel.obligations
    moved = {key: at for key, at in rows if (one := every.get(key)) and one.deadline.at != at and one.deadline.at < now}
    if not moved:
        return moved
    closed = set(session.scalars(select(Closing.period)))  # a late closing moves later, also when recorded late
    return {key: at for key, at in moved.items() if every[key].deadline.at < at or key.period not in closed}


def with_recorded_tidplaner(session: Session, definition: Definition) -> Definition:
    """Return the definition with the tidplaner that were fastställda in the running system."""
    rows = session.scalars(select(Tidplan)).all()
    if not rows:
        return definition
    plans = dict(definition.year_plans)
    for row in rows:
        plans[row.year] = YearPlan.model_construct(
            state="fastställd", by=row.fastst_by, day=row.decided_on, paragraf=row.paragraf,
            source=definition.kommun.source,
        )  # fmt: skip
    return definition.model_copy(update={"year_plans": plans})


def _change(row: MeetingChange) -> ChangedMeeting:
    clock = time.fromisoformat(row.clock) if row.clock else None
    return ChangedMeeting(body=row.body, original=row.original, day=row.day, clock=clock)


class _Turned:
    """Remembers the last wheels, so that nothing is worked out twice for the same facts."""

    def __init__(self) -> None:
        self._known: list[tuple[Definition, range, Recorded, Wheel]] = []

    def get(self, definition: Definition, years: range, facts: Recorded) -> Wheel:
        same = [known for known in self._known if known[1:3] == (years, facts)]
        for known in sorted(same, key=lambda known: known[0] is not definition):  # comparing two whole ones is slow
            if known[0] is definition or known[0] == definition:
                return known[3]
        wheel = turn(definition, years, facts, strict=False)
        self._known = [*self._known[-3:], (definition, years, facts, wheel)]
        return wheel


_turned = _Turned()

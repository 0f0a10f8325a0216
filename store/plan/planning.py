"""The plan as it stands: the definition with what was recorded, turned into a wheel."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime, time
from functools import lru_cache

from sqlalchemy import bindparam, exists, or_, select
from sqlalchemy.orm import Session

from arshjul.definition.declared import YearPlan
from arshjul.definition.model import Definition, This
from arshjul.keys import BodyId, ObligationKey
from arshjul.swedish import local_date
from arshjul.year.days.meetings import ChangedMeeting
from arshjul.year.kept_frister import KnownFrist, kept_as_past, kept_as_told
from arshjul.year.turning import Recorded, turn, turn_on
from arshjul.year.wheel import Wheel
from store.columns import columns
from store.registers.entries import register_entries
from store.registers.openings import openings
from store.tables import Anstand, Closing, MeetingChange, ObligationRow, RegisterRow, Table, Tidplan, Triggered

# asked of every scene, so they are put together once
_ANSTAND = select(Anstand.obligation_key, Anstand.until).order_by(Anstand.id)
_CLOSINGS = select(Closing.period, Closing.closed_on)
_HAPPENED = (
    select(Triggered.happening, Triggered.day, Triggered.gone).where(Triggered.unit.is_(None)).order_by(Triggered.id)
)
_CHANGES = select(MeetingChange.body, MeetingChange.original, MeetingChange.day, MeetingChange.clock).order_by(
    MeetingChange.id
)
_KINDS: tuple[type[Table], ...] = (Anstand, Closing, MeetingChange, RegisterRow, Tidplan, Triggered)
_ANY = select(*(exists().select_from(each) for each in _KINDS))
_TIDPLANER = select(Tidplan.year, Tidplan.fastst_by, Tidplan.decided_on, Tidplan.paragraf)
_ADDED = select(ObligationRow.key, ObligationRow.added_parts).where(ObligationRow.added_parts.is_not(None))
#: what a new plan leaves as it is: the fristen that were told or have been, and the parts that came after them
_KEPT = select(ObligationRow.key, ObligationRow.told_at, ObligationRow.due_at, ObligationRow.added_parts).where(
    or_(
        ObligationRow.told_at.is_not(None),
        ObligationRow.due_at < bindparam("now"),
        ObligationRow.added_parts.is_not(None),
    )
)


def plan_years(now: datetime) -> range:
    """Return the periods' years that are open at ``now``: three parallel years, and the budget's beyond them."""
    year = local_date(now).year
    return range(year - 2, year + 3)


def recorded(session: Session) -> Recorded:
    """Return what people have recorded that moves days; the newest word of each counts."""
    return _recorded(session, {key: parts for key, parts in columns(session, _ADDED)}, _recorded_kinds(session))


def _recorded_kinds(session: Session) -> frozenset[type[Table]]:
    """Return the kinds of which anything is recorded, asked at once: of most, in most years, nothing is."""
    found = columns(session, _ANY).one()
    return frozenset(kind for kind, there in zip(_KINDS, found, strict=True) if there)


def _recorded(
    session: Session, added: Mapping[ObligationKey, list[str] | None], kinds: frozenset[type[Table]]
) -> Recorded:
    facts = Recorded(added={key: frozenset(parts) for key, parts in added.items() if parts})
    if Closing in kinds:
        facts = replace(facts, closings={period: day for period, day in columns(session, _CLOSINGS)})
    if Triggered in kinds:
        opened = tuple(each.happening for each in openings(session) if each.holds)
        facts = replace(facts, happened=_happened(session), opened=opened)
    if RegisterRow in kinds:
        facts = replace(facts, entries=register_entries(session))
    if MeetingChange in kinds:
        facts = replace(facts, meetings=tuple(_change(*row) for row in columns(session, _CHANGES)))
    if Anstand in kinds:
        facts = replace(facts, anstand={key: until for key, until in columns(session, _ANSTAND)})
    return facts


def _happened(session: Session) -> dict[str, tuple[date, ...]]:
    """Return the days of each händelse; one that was taken back on a day did not happen then."""
    newest = {(happening, day): gone for happening, day, gone in columns(session, _HAPPENED)}
    days = sorted(key for key, gone in newest.items() if not gone)
    return {happening: tuple(day for each, day in days if each == happening) for happening, _ in days}


def current_wheel(
    session: Session, definition: Definition, now: datetime, *, imagined: tuple[ChangedMeeting, ...] = ()
) -> Wheel:
    """Return the wheel of the open years with everything that is recorded, and with ``imagined`` changes of meetings.

    A frist that somebody was told never moves earlier by itself: where the plan says earlier, the told one stands.
    A frist that has been stays what it was, when the plan would only move it within the past. A part that came after
    the frist is not asked for.
    """
    definition, facts, known = _facts(session, definition, now, imagined)
    wheel = _turned.get(definition, plan_years(now), facts)
    planned = _planned(wheel, known)
    told, past = kept_as_told(planned, known), kept_as_past(planned, known, facts.closings, now)
    if not told and not past:
        return wheel
    return _turned.get(definition, plan_years(now), replace(facts, told=told, past=past))


def held_back(
    session: Session, definition: Definition, now: datetime, *, imagined: tuple[ChangedMeeting, ...] = ()
) -> dict[ObligationKey, datetime]:
    """Return the fristen that the plan says are earlier than what was told, by obligation: they want a confirmation."""
    definition, facts, known = _facts(session, definition, now, imagined)
    planned = _planned(_turned.get(definition, plan_years(now), facts), known)
    return {key: planned[key] for key in kept_as_told(planned, known)}


def _facts(
    session: Session, definition: Definition, now: datetime, imagined: tuple[ChangedMeeting, ...]
) -> tuple[Definition, Recorded, list[KnownFrist]]:
    """Return what the wheel is made of, but for what was told and what has been, which the rows say."""
    kept = columns(session, _KEPT, {"now": now}).all()
    kinds = _recorded_kinds(session)
    facts = _recorded(session, {row.key: row.added_parts for row in kept}, kinds)
    facts = replace(facts, meetings=(*facts.meetings, *imagined))
    known = [KnownFrist(key=row.key, told=row.told_at, at=row.due_at) for row in kept]
    return with_recorded_tidplaner(session, definition) if Tidplan in kinds else definition, facts, known


def _planned(wheel: Wheel, known: Sequence[KnownFrist]) -> dict[ObligationKey, datetime]:
    """Return the plan's frister of those that are known."""
    every = wheel.obligations
    return {one.key: every[one.key].deadline.at for one in known if one.key in every}


def with_recorded_tidplaner(session: Session, definition: Definition) -> Definition:
    """Return the definition with the tidplaner that were fastställda in the running system."""
    rows = columns(session, _TIDPLANER).all()
    return _with_tidplaner(This(definition), tuple(map(tuple, rows))) if rows else definition


@lru_cache(maxsize=8)  # every scene asks; one and the same definition is known at a glance, and comparing two is slow
def _with_tidplaner(this: This, rows: tuple[tuple[int, str, date, str | None], ...]) -> Definition:
    definition, plans = this.definition, dict(this.definition.year_plans)
    for year, by, decided_on, paragraf in rows:
        plans[year] = YearPlan.model_construct(
            state="fastställd", by=by, day=decided_on, paragraf=paragraf, source=definition.kommun.source,
        )  # fmt: skip
    return definition.model_copy(update={"year_plans": plans})


def _change(body: BodyId, original: date | None, day: date | None, clock: str | None) -> ChangedMeeting:
    return ChangedMeeting(body=body, original=original, day=day, clock=time.fromisoformat(clock) if clock else None)


class _Turned:
    """Remembers the last wheels, so that nothing is worked out twice for the same facts."""

    def __init__(self) -> None:
        self._known: list[tuple[Definition, range, Recorded, Wheel]] = []

    def get(self, definition: Definition, years: range, facts: Recorded) -> Wheel:
        same = [known for known in self._known if known[1:3] == (years, facts)]
        for known in sorted(same, key=lambda known: known[0] is not definition):  # comparing two whole ones is slow
            if known[0] is definition or known[0] == definition:
                return known[3]
        like = next((known for known in reversed(self._known) if known[0] is definition and known[1] == years), None)
        wheel = turn_on(like[3], years, like[2], facts) if like else turn(definition, years, facts, strict=False)
        self._known = [*self._known[-3:], (definition, years, facts, wheel)]
        return wheel


_turned = _Turned()

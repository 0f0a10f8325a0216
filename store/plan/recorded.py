"""What people have recorded, as rows: closed periods, tidplaner, decisions, frister, silences, changed meetings.

What may be recorded, and what follows, is decided by the acts.
"""

from collections.abc import Collection, Iterable, Mapping
from datetime import date, datetime, time

from sqlalchemy import bindparam, select, tuple_
from sqlalchemy.orm import Session

from arshjul.bodies.outcomes import LEFT_OPEN
from arshjul.definition.model import Definition
from arshjul.keys import BodyId, MilestoneKey, ObligationKey, OccurrenceKey, PeriodKey
from store.columns import columns
from store.log.writing import log
from store.plan.in_step import Moved, replan
from store.plan.planning import current_wheel
from store.tables import Anstand, Closing, Decision, Diarienummer, MeetingChange, Quiet, Tidplan, Triggered, Utlatande

# asked in every round, so they are put together once
_DECISIONS = select(Decision).where(Decision.milestone_key.in_(bindparam("keys", expanding=True))).order_by(Decision.id)
_NUMBERS = (
    select(Diarienummer.step, Diarienummer.period, Diarienummer.number)
    .where(tuple_(Diarienummer.step, Diarienummer.period).in_(bindparam("keys", expanding=True)))
    .order_by(Diarienummer.id)
)


def add_closing(session: Session, period: PeriodKey, closed_on: date, by: str, now: datetime) -> None:
    """Keep the day on which a period was closed; a later word takes the place of an earlier one."""
    session.merge(Closing(period=period, closed_on=closed_on, by=by, recorded_at=now))


def add_happened(session: Session, happening: str, day: date, by: str, now: datetime, *, gone: bool = False) -> None:
    """Keep that a händelse happened on a day, or that it did not after all; the newest word counts."""
    session.add(Triggered(happening=happening, day=day, gone=gone, by=by, recorded_at=now))
    session.flush()


def add_tidplan(session: Session, year: int, decided_on: date, paragraf: str | None, by: str, now: datetime) -> None:
    """Keep that a year's tidplan is fastställd; a later word takes the place of an earlier one."""
    session.merge(Tidplan(year=year, fastst_by=by, decided_on=decided_on, paragraf=paragraf, recorded_at=now))


def add_decision(
    session: Session,
    key: MilestoneKey,
    body: BodyId,
    decided_on: date,
    paragraf: str | None,
    diarienummer: str | None,
    outcome: str,
    by: str,
    now: datetime,
    *,
    handed_to: str | None = None,
) -> Decision:
    """Keep what a body decided at a moment, or about a matter; the newest word counts."""
    row = Decision(
        milestone_key=key, body=body, handed_to=handed_to, decided_on=decided_on, paragraf=paragraf,
        diarienummer=diarienummer, outcome=outcome, by=by, recorded_at=now,
    )  # fmt: skip
    session.add(row)
    return row


def decisions(session: Session, keys: Iterable[MilestoneKey]) -> dict[MilestoneKey, Decision]:
    """Return the newest decision of each moment that has one; what was sent back is not decided."""
    newest = {row.milestone_key: row for row in session.scalars(_DECISIONS, {"keys": list(keys)})}
    return {key: row for key, row in newest.items() if row.outcome not in LEFT_OPEN}


def add_anstand(session: Session, key: ObligationKey, until: datetime, why: str, by: str, now: datetime) -> None:
    """Keep a later frist; the newest word counts."""
    session.add(Anstand(obligation_key=key, until=until, why=why, by=by, recorded_at=now))


def give_time(
    session: Session,
    definition: Definition,
    frister: Mapping[ObligationKey, datetime],
    why: str,
    by: str,
    now: datetime,
) -> list[Moved]:
    """Give later frister than those that stand, and bring the rows into step; the caller answers for the bounds."""
    before = current_wheel(session, definition, now)
    for key, until in frister.items():
        add_anstand(session, key, until, why, by, now)
        log(session, now, by, "anstand.granted", key, {"until": until.isoformat(), "why": why})
    session.flush()
    return replan(session, before, current_wheel(session, definition, now), now) if frister else []


def add_quiet(session: Session, kind: str, key: ObligationKey, until: date, why: str, by: str, now: datetime) -> None:
    """Keep that an obligation's reminders rest (``vila``), or its matter is held (``håll``), up to and including a day."""
    session.add(Quiet(kind=kind, obligation_key=key, until=until, why=why, by=by, recorded_at=now))


def add_meeting_change(
    session: Session,
    body: BodyId,
    original: date | None,
    day: date | None,
    clock: time | None,
    why: str,
    by: str,
    now: datetime,
) -> None:
    """Keep a change of a meeting."""
    session.add(
        MeetingChange(
            body=body, original=original, day=day, clock=clock.isoformat("minutes") if clock else None, why=why, by=by,
            recorded_at=now,
        )
    )  # fmt: skip


def add_utlatande(
    session: Session, key: MilestoneKey, received_on: date, diarienummer: str | None, by: str, now: datetime
) -> Utlatande:
    """Keep that what the revisorer owe before a moment has come in; the newest word counts."""
    row = Utlatande(milestone_key=key, received_on=received_on, diarienummer=diarienummer, by=by, recorded_at=now)
    session.add(row)
    return row


def utlatanden(session: Session, keys: Iterable[MilestoneKey]) -> dict[MilestoneKey, Utlatande]:
    """Return the newest recorded utlåtande before each of these moments."""
    rows = session.scalars(select(Utlatande).where(Utlatande.milestone_key.in_(list(keys))).order_by(Utlatande.id))
    return {row.milestone_key: row for row in rows}


def add_number(session: Session, occurrence: OccurrenceKey, number: str, by: str, now: datetime) -> None:
    """Keep an occurrence's diarienummer; the newest word counts, and an empty one takes it back."""
    step, period = occurrence
    session.add(Diarienummer(step=step, period=period, number=number, by=by, recorded_at=now))
    session.flush()


def number_of(session: Session, occurrence: OccurrenceKey) -> str | None:
    """Return an occurrence's diarienummer; None when none is recorded."""
    return numbers(session, [occurrence]).get(occurrence)


def numbers(session: Session, occurrences: Collection[OccurrenceKey]) -> dict[OccurrenceKey, str]:
    """Return the diarienummer of those of these occurrences (step and period) that have one."""
    if not occurrences:
        return {}
    rows = columns(session, _NUMBERS, {"keys": sorted(occurrences)})
    newest = {OccurrenceKey.of(step, period): number for step, period, number in rows}
    return {key: number for key, number in newest.items() if number}

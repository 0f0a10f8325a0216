"""The diarienummer of a tillfälle: under which number its handlingar are registered (OSL 5 kap. 1 §)."""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import select, tuple_
from sqlalchemy.orm import Session

from arshjul.keys import OccurrenceKey
from store.tables import Diarienummer


def add_number(session: Session, occurrence: OccurrenceKey, number: str, by: str, now: datetime) -> None:
    """Keep an occurrence's diarienummer; the newest word counts, and an empty one takes it back."""
    step, period = occurrence
    session.add(Diarienummer(step=step, period=period, number=number, by=by, recorded_at=now))
    session.flush()


def number_of(session: Session, step: str, period: str) -> str | None:
    """Return an occurrence's diarienummer; None when none is recorded."""
    occurrence = OccurrenceKey.of(step, period)
    return numbers(session, [occurrence]).get(occurrence)


def numbers(session: Session, occurrences: Collection[OccurrenceKey]) -> dict[OccurrenceKey, str]:
    """Return the diarienummer of those of these occurrences (step and period) that have one."""
    if not occurrences:
        return {}
    where = tuple_(Diarienummer.step, Diarienummer.period).in_(sorted(occurrences))
    rows = session.scalars(select(Diarienummer).where(where).order_by(Diarienummer.id))
    newest = {OccurrenceKey.of(row.step, row.period): row.number for row in rows}
    return {key: number for key, number in newest.items() if number}

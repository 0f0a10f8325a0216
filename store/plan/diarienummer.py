"""The diarienummer of a tillfälle: under which number its handlingar are registered (OSL 5 kap. 1 §)."""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import select, tuple_
from sqlalchemy.orm import Session

from arshjul.errors import RefusedError, nearest
from arshjul.keys import MilestoneKey, OccurrenceKey
from arshjul.year.wheel import MUNICIPALITY, Wheel
from store.log.writing import log
from store.plan.planning import touch
from store.plan.recording import stated
from store.tables import Diarienummer

LONGEST = 60  #: characters


def record_number(
    session: Session, wheel: Wheel, step: str, period: str, number: str, by: str, now: datetime
) -> str | None:
    """Record an occurrence's diarienummer, from now on; an empty one takes it back. Return what stands.

    A leading ``dnr`` is left out. Raises RefusedError for what cannot be a diarienummer, and for an occurrence that
    the open years do not hold.
    """
    by, number = stated(by), _checked(number)
    occurrence = OccurrenceKey.of(step, period)
    if occurrence not in wheel.keys:
        known = [each.path for each in wheel.keys]
        raise RefusedError(f"okänt tillfälle '{occurrence.path}'{nearest(occurrence.path, known)}")
    before = number_of(session, step, period)
    if (number or None) == before:
        return before
    session.add(Diarienummer(step=step, period=period, number=number, by=by, recorded_at=now))
    detail = {"diarienummer": number, "before": before}
    key = MilestoneKey.of(wheel.definition.kommun.id, step, period, MUNICIPALITY, "diarienummer")
    log(session, now, by, "diarienummer.recorded", key, detail)
    touch(session, [occurrence], now)
    session.flush()
    return number or None


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


def _checked(number: str) -> str:
    words = "".join(char if char.isprintable() else " " for char in number).split()
    if words and words[0].lower().rstrip(".:") in ("dnr", "diarienummer"):
        words = words[1:]
    read = " ".join(words)
    if read and (len(read) > LONGEST or not any(char.isdigit() for char in read)):
        raise RefusedError(
            f"'{read[:LONGEST]}' är inget diarienummer. Skriv det som i diariet, till exempel KS 2027/12."
        )
    return read

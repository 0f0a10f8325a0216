"""Kept sammanställningar: one file of each kind for an occurrence, and what it was made from."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from arshjul.keys import OccurrenceKey
from store.handins.removals import forget_blob
from store.handins.versions import keep_blob
from store.tables import Compilation


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptCompilation:
    """A kept file: when it was made, and its bytes' SHA-256."""

    sha256: str
    made_at: datetime


def kept(session: Session, occurrence: OccurrenceKey, kind: str, basis: str) -> KeptCompilation | None:
    """Return the file that was made from ``basis``; None when there is none, or it was made from something else."""
    row = session.scalar(select(Compilation).where(*_is(occurrence, kind), Compilation.basis == basis))
    return KeptCompilation(sha256=row.sha256, made_at=row.made_at) if row else None


def last_kept(session: Session, occurrence: OccurrenceKey, kind: str) -> KeptCompilation | None:
    """Return the file that was made last, whatever it was made from."""
    row = session.scalar(select(Compilation).where(*_is(occurrence, kind)))
    return KeptCompilation(sha256=row.sha256, made_at=row.made_at) if row else None


def with_files(session: Session, checksums: Iterable[str]) -> list[tuple[OccurrenceKey, str]]:
    """Return (occurrence, kind) of the sammanställningar that are these files (by SHA-256)."""
    rows = session.scalars(select(Compilation).where(Compilation.sha256.in_(list(checksums))).order_by(Compilation.id))
    return [(OccurrenceKey.of(row.step, row.period), row.kind) for row in rows]


def forget(session: Session, occurrence: OccurrenceKey) -> None:
    """Take an occurrence's files away, for what they show must not be seen; they are made anew when asked for."""
    of_it = (Compilation.step == occurrence.step, Compilation.period == occurrence.period)
    rows = session.scalars(select(Compilation).where(*of_it)).all()
    for row in rows:
        session.delete(row)
    session.flush()
    for checksum in {row.sha256 for row in rows}:
        forget_blob(session, checksum)


def keep(
    session: Session, occurrence: OccurrenceKey, kind: str, *, basis: str, sha256: str, content: bytes, now: datetime
) -> None:
    """Keep a file instead of the one that was kept before, whose bytes go unless something else needs them."""
    keep_blob(session, sha256, content)
    row = session.scalar(select(Compilation).where(*_is(occurrence, kind)).with_for_update())
    if row is None:
        step, period = occurrence
        made = Compilation(step=step, period=period, kind=kind, basis=basis, sha256=sha256, made_at=now)
        try:
            with session.begin_nested():
                session.add(made)
        except IntegrityError:
            return  # somebody kept one at the same moment: what is out of date is seen at the next look
        return
    before = row.sha256
    row.basis, row.sha256, row.made_at = basis, sha256, now
    session.flush()
    if before != sha256:
        forget_blob(session, before)


def _is(occurrence: OccurrenceKey, kind: str) -> tuple[ColumnElement[bool], ...]:
    return Compilation.step == occurrence.step, Compilation.period == occurrence.period, Compilation.kind == kind

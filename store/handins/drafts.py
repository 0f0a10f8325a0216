"""What people have begun to hand in: their forms' fields and files, by person and obligation, until it is handed in.

A draft is nobody's hand-in: no ladder looks at it, and it is thrown away after a month.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, delete, func, or_, select
from sqlalchemy.orm import Session

from arshjul.keys import ObligationKey, PersonId
from store.tables import DraftFile, DraftForm

KEPT = timedelta(days=30)


def save_fields(
    session: Session, person_id: PersonId, key: ObligationKey, fields: Mapping[str, str], now: datetime
) -> None:
    """Keep a form's fields in place of those that were kept; none: forget them."""
    _forget_old(session, now)
    session.execute(delete(DraftForm).where(DraftForm.person_id == person_id, DraftForm.obligation_key == key))
    if fields:
        session.add(DraftForm(person_id=person_id, obligation_key=key, fields=dict(fields), saved_at=now))
    session.flush()


def forms(session: Session, person_id: PersonId, keys: Iterable[ObligationKey]) -> dict[ObligationKey, DraftForm]:
    """Return a person's kept forms, by obligation key."""
    where = (DraftForm.person_id == person_id, DraftForm.obligation_key.in_(list(keys)))
    return {row.obligation_key: row for row in session.scalars(select(DraftForm).where(*where))}


def keep_file(
    session: Session,
    person_id: PersonId,
    key: ObligationKey,
    part: str | None,
    filename: str,
    content: bytes,
    now: datetime,
) -> DraftFile:
    """Keep a file; one that was kept for the same part gives way."""
    _forget_old(session, now)
    if part:
        session.execute(delete(DraftFile).where(*_for(person_id, key, part)))
    row = DraftFile(
        person_id=person_id, obligation_key=key, part=part, filename=filename, size=len(content), content=content,
        saved_at=now,
    )  # fmt: skip
    session.add(row)
    session.flush()
    return row


def waiting_bytes(
    session: Session, person_id: PersonId, but_for: tuple[ObligationKey, str | None], now: datetime
) -> int:
    """Return how many bytes of a person's files wait, but for what is kept for one part: another file takes its place."""
    key, part = but_for
    where = [DraftFile.person_id == person_id, DraftFile.saved_at >= now - KEPT]
    if part:
        where.append(or_(DraftFile.obligation_key != key, DraftFile.part.is_distinct_from(part)))
    return session.scalar(select(func.sum(DraftFile.size)).where(*where)) or 0


def files(session: Session, person_id: PersonId, keys: Iterable[ObligationKey]) -> list[DraftFile]:
    """Return a person's kept files, without their bytes, oldest first."""
    where = (DraftFile.person_id == person_id, DraftFile.obligation_key.in_(list(keys)))
    return list(session.scalars(select(DraftFile).where(*where).order_by(DraftFile.id)))


def place_file(session: Session, person_id: PersonId, number: int, part: str) -> None:
    """Say which part a kept file is; another one of that part gives way."""
    row = session.get(DraftFile, number)
    if row is None or row.person_id != person_id or row.part == part:
        return
    session.execute(delete(DraftFile).where(*_for(person_id, row.obligation_key, part)))
    row.part = part
    session.flush()


def drop_files(session: Session, person_id: PersonId, ids: Iterable[int]) -> None:
    """Throw a person's kept files away; another's stay."""
    session.execute(delete(DraftFile).where(DraftFile.person_id == person_id, DraftFile.id.in_(list(ids))))


def _for(person_id: PersonId, key: ObligationKey, part: str) -> tuple[ColumnElement[bool], ...]:
    return DraftFile.person_id == person_id, DraftFile.obligation_key == key, DraftFile.part == part


def _forget_old(session: Session, now: datetime) -> None:
    for table in (DraftForm, DraftFile):
        session.execute(delete(table).where(table.saved_at < now - KEPT))

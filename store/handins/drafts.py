"""What people have begun to hand in: their forms' fields and files, by person and obligation, until it is handed in.

A draft is nobody's hand-in: no ladder looks at it, and it is thrown away after a month.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from arshjul.errors import RefusedError
from arshjul.keys import ObligationKey, PersonId
from store.tables import DraftFile, DraftForm

KEPT = timedelta(days=30)
MOST_BYTES = 100 * 1024 * 1024  #: of one person's files that wait, inclusive


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
    """Keep a file; one that was kept for the same part gives way. Raises RefusedError when too much waits already."""
    _forget_old(session, now)
    if part:
        mine = (DraftFile.person_id == person_id, DraftFile.obligation_key == key, DraftFile.part == part)
        session.execute(delete(DraftFile).where(*mine))
    held = session.scalar(select(func.sum(DraftFile.size)).where(DraftFile.person_id == person_id)) or 0
    if held + len(content) > MOST_BYTES:
        raise RefusedError(
            f"{filename} ryms inte i utkastet, som har plats för {MOST_BYTES // 1_048_576} MB. Lämna in det som är klart, "
            "eller ta bort en fil ur utkastet."
        )
    row = DraftFile(
        person_id=person_id, obligation_key=key, part=part, filename=filename, size=len(content), content=content,
        saved_at=now,
    )  # fmt: skip
    session.add(row)
    session.flush()
    return row


def files(session: Session, person_id: PersonId, keys: Iterable[ObligationKey]) -> list[DraftFile]:
    """Return a person's kept files, without their bytes, oldest first."""
    where = (DraftFile.person_id == person_id, DraftFile.obligation_key.in_(list(keys)))
    return list(session.scalars(select(DraftFile).where(*where).order_by(DraftFile.id)))


def place_file(session: Session, person_id: PersonId, number: int, part: str) -> None:
    """Say which part a kept file is; another one of that part gives way."""
    row = session.get(DraftFile, number)
    if row is None or row.person_id != person_id or row.part == part:
        return
    mine = (DraftFile.person_id == person_id, DraftFile.obligation_key == row.obligation_key, DraftFile.part == part)
    session.execute(delete(DraftFile).where(*mine))
    row.part = part
    session.flush()


def drop_files(session: Session, person_id: PersonId, ids: Iterable[int]) -> None:
    """Throw a person's kept files away; another's stay."""
    session.execute(delete(DraftFile).where(DraftFile.person_id == person_id, DraftFile.id.in_(list(ids))))


def _forget_old(session: Session, now: datetime) -> None:
    for table in (DraftForm, DraftFile):
        session.execute(delete(table).where(table.saved_at < now - KEPT))

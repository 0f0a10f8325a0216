"""Taking the content of a handed-in version away. Its row, its file's name and checksum, and the log stay."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from sqlalchemy import String, cast, delete, exists, select
from sqlalchemy.orm import Session

from store.database import overwrite_deleted
from store.tables import Answer, Blob, FindingRow, Removal, Submission, Table, WithheldPiece

GALLRAD = "gallrad"
TAKEN_AWAY = "borttagen"
_CHUNK = 2000  # ids in one query
_LIES_THERE = ~exists().where(Removal.submission_id == Submission.id) & ~exists().where(
    WithheldPiece.kind == "version", WithheldPiece.ref == cast(Submission.id, String)
)


def remove_content(
    session: Session, row: Submission, kind: str, reason: str, why: str, by: str, now: datetime
) -> Removal:
    """Take away what a version holds, and what quotes it: what was read, findings, answers, fields, motivering.

    The bytes go when nothing else needs them. A ``gallrad`` version counts as before; a ``borttagen`` one does not.
    """
    overwrite_deleted(session)
    session.execute(delete(FindingRow).where(FindingRow.submission_id == row.id))
    session.execute(delete(Answer).where(Answer.submission_id == row.id))
    row.content, row.fields = None, {}
    if row.ej_aktuellt is not None:
        row.ej_aktuellt = f"(motiveringen är {kind})"
    if kind == TAKEN_AWAY:
        row.taken_away, row.complete = True, False
    removal = Removal(submission_id=row.id, kind=kind, reason=reason, why=why, by=by, at=now)
    session.add(removal)
    session.flush()
    if row.sha256:
        forget_blob(session, row.sha256)
    return removal


def forget_name(row: Submission) -> None:
    """Let a version's file have no name: the name told something."""
    row.filename = None


def removals(session: Session, ids: Iterable[int]) -> dict[int, Removal]:
    """Return how the content of these versions was taken away, by the version's id, where it was."""
    wanted, found = sorted(set(ids)), dict[int, Removal]()
    for at in range(0, len(wanted), _CHUNK):
        rows = session.scalars(select(Removal).where(Removal.submission_id.in_(wanted[at : at + _CHUNK])))
        found |= {row.submission_id: row for row in rows}
    return found


def gallrade(session: Session, ids: Iterable[int]) -> frozenset[int]:
    """Return those of these versions that have been gallrade."""
    return frozenset(number for number, row in removals(session, ids).items() if row.kind == GALLRAD)


def untouched(session: Session) -> Sequence[Submission]:
    """Return every version whose content is there for all, without what was read out of it; none that is withheld."""
    return session.scalars(select(Submission).where(_LIES_THERE).order_by(Submission.id)).all()


def holding(session: Session, sha256: str) -> Sequence[Submission]:
    """Return the versions that still hold a file for all to read, oldest first."""
    rows = select(Submission).where(Submission.sha256 == sha256, _LIES_THERE)
    return session.scalars(rows.order_by(Submission.received_at, Submission.id)).all()


def forget_blob(session: Session, sha256: str) -> None:
    """Take a file's bytes away, unless something still holds them: a version, or a row of any other table."""
    if holding(session, sha256):
        return
    for table in Table.metadata.sorted_tables:
        if table.name in (Blob.__tablename__, Submission.__tablename__) or "sha256" not in table.c:
            continue
        if session.scalar(select(exists().where(table.c.sha256 == sha256))):
            return
    session.execute(delete(Blob).where(Blob.sha256 == sha256))


def newest(session: Session, limit: int) -> Sequence[tuple[Removal, Submission]]:
    """Return what was taken away last, with the versions' rows."""
    rows = select(Removal, Submission).join(Submission, Submission.id == Removal.submission_id)
    return [(removal, row) for removal, row in session.execute(rows.order_by(Removal.id.desc()).limit(limit))]

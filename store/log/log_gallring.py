"""What is taken out of chained rows, for good or while it is withheld: the log keeps that they were there, and their digests."""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, cast

import sqlalchemy as sa
from sqlalchemy.orm import Session

from store.log.log_chain import canonical
from store.log.writing import log
from store.tables import LogRow

_log = cast("sa.Table", LogRow.__table__)
GALLRAD = "log.gallrad"
WITHHELD = "log.withheld"


def gallra(session: Session, numbers: Iterable[int], by: str, why: str, now: datetime) -> int:
    """Take away the details of chained rows; that they were there, and their digests, stay. Return how many.

    Logged with the rows' numbers. Rows that tell of a gallring keep theirs: the chain needs it.
    """
    wanted = sorted(set(numbers))
    where = (_log.c.number.in_(wanted), _log.c.detail.is_not(None), _log.c.what.not_in((GALLRAD, WITHHELD)))
    found = session.scalars(sa.select(_log.c.number).where(*where).order_by(_log.c.number)).all()
    if found:
        session.execute(sa.update(LogRow).where(LogRow.number.in_(found)).values(detail=None))
        log(session, now, by, GALLRAD, None, {"rows": list(found), "why": why})
    return len(found)


def withhold(session: Session, rows: Iterable[LogRow], by: str, why: str, now: datetime) -> None:
    """Take the details of chained rows out of the log while they are withheld; whoever calls has laid them behind a spärr.

    Logged with the rows' numbers, so that the chain still holds.
    """
    taken = sorted(rows, key=lambda row: row.number or 0)
    for row in taken:
        row.detail = None
    log(session, now, by, WITHHELD, None, {"rows": [row.number for row in taken], "why": why})


def put_back(session: Session, number: int, detail: Mapping[str, Any]) -> None:
    """Give a chained row its detail again; the digest that it was chained with holds it."""
    session.execute(sa.update(LogRow).where(LogRow.number == number).values(detail=dict(detail)))


NOBODY = "(gallrad)"  #: in place of who it was


def rest_of(rows: "Iterable[sa.Row[Any] | LogRow]") -> str:
    """Return the SHA-256 of what is left of rows whose persons are gallrade: all but who it was, in the chain's order."""
    digest = hashlib.sha256()
    for row in rows:
        at = row.at.astimezone(UTC).isoformat(timespec="microseconds")
        digest.update(canonical([row.number, at, row.what, row.key, row.detail_digest, row.digest]))
    return digest.hexdigest()


def gallra_persons(session: Session, rows: Sequence[LogRow], by: str, why: str, now: datetime) -> int:
    """Take away who it was and what was told in chained rows, in the chain's order; return how many.

    A row's digest holds who it was, so it can no longer be worked out: the row that tells of it holds a digest of all
    that is left of them (:func:`rest_of`), and is chained itself. Rows that tell of a gallring are left as they are.
    """
    taken = [row for row in rows if row.number is not None and row.what not in (GALLRAD, WITHHELD)]
    for row in taken:
        row.detail, row.session = None, None
        if row.subject is not None:
            row.subject = NOBODY
        row.who = NOBODY
    session.flush()
    if taken:
        detail = {"rows": [row.number for row in taken], "why": why, "persons": rest_of(taken)}
        log(session, now, by, GALLRAD, None, detail)
    return len(taken)

"""What happened, in order: letters that were handed over, matters, states and findings; for rehearsals and reports."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from sqlalchemy import func, select
from sqlalchemy.orm import defer

from store.database import Session
from store.post.letter_states import WAITING
from store.tables import FindingRow, LetterRow, LogRow, NoticeRow, Submission

Kind = Literal["letter", "finding", "escalation", "withdrawn", "state"]
_LOGGED: dict[str, Kind] = {
    "obligation.state": "state",
    "matter.raised": "escalation",
    "matter.återkallat": "withdrawn",
    "matter.kompletterat": "withdrawn",
    "matter.avgjort": "withdrawn",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Happened:
    """One event. ``key`` is the letter's, or the obligation's; the fields after it are a letter's own."""

    at: datetime
    kind: Kind
    key: str
    letter_kind: str | None = None
    rung: str | None = None  #: the highest in the letter
    to: tuple[str, ...] = ()
    cc: tuple[str, ...] = ()
    subject: str | None = None
    notices: tuple[str, ...] = ()  #: keys
    detail: dict[str, Any] | None = None


def happened_since(session: Session, since: datetime) -> list[Happened]:
    """Return everything that happened from ``since`` on, by time, kind and key."""
    every = [*_letters(session, since), *_logged(session, since), *_findings(session, since)]
    return sorted(every, key=lambda one: (one.at, one.kind, one.key))


def _letters(session: Session, since: datetime) -> Iterator[Happened]:
    notices: dict[int | None, list[str]] = defaultdict(list)
    for letter_id, key in session.execute(select(NoticeRow.letter_id, NoticeRow.key).order_by(NoticeRow.key)):
        notices[letter_id].append(key)
    for row in session.scalars(select(LetterRow).where(LetterRow.handed_at >= since).options(defer(LetterRow.mime))):
        yield Happened(
            at=row.handed_at or row.made_at,
            kind="letter",
            key=row.key,
            letter_kind=row.kind,
            rung=row.rung,
            to=tuple(row.to),
            cc=tuple(row.cc),
            subject=row.subject,
            notices=tuple(notices[row.id]),
        )


def _logged(session: Session, since: datetime) -> Iterator[Happened]:
    where = (LogRow.at >= since, LogRow.what.in_(list(_LOGGED)))
    for row in session.scalars(select(LogRow).where(*where)):
        yield Happened(at=row.at, kind=_LOGGED[row.what], key=row.key or "", detail=row.detail or None)


def _findings(session: Session, since: datetime) -> Iterator[Happened]:
    rows = session.execute(
        select(Submission, FindingRow)
        .join(FindingRow, FindingRow.submission_id == Submission.id)
        .where(Submission.received_at >= since)
    )
    for submission, finding in rows:
        detail = {"part": submission.part, "rule": finding.rule, "severity": finding.severity}
        yield Happened(at=submission.received_at, kind="finding", key=submission.obligation_key, detail=detail)


def next_letter(session: Session, after: datetime) -> datetime | None:
    """Return when the next letter that is held back may go; None when none is."""
    held = (LetterRow.state == WAITING, LetterRow.not_before > after)
    return session.scalar(select(func.min(LetterRow.not_before)).where(*held))

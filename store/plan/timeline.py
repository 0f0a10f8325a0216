"""What has happened with one occurrence, as rows: the log, the letters, the versions with what was found in them."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import or_, select
from sqlalchemy.orm import defer

from arshjul.keys import ObligationKey, OccurrenceKey, beginning, joined
from store.database import Session
from store.handins import answers
from store.handins import versions as submissions
from store.tables import Answer, FindingRow, LetterRow, LogRow, NoticeRow, Submission


@dataclass(frozen=True, slots=True, kw_only=True)
class Version:
    """A handed-in version, with what was found in it and what was answered."""

    row: Submission
    findings: tuple[FindingRow, ...]
    answers: tuple[Answer, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Sent:
    """A letter without its content, with the obligations that it is about."""

    row: LetterRow
    keys: tuple[ObligationKey, ...]
    rungs: tuple[str, ...]


def logged(session: Session, kommun: str, occurrence: OccurrenceKey, whats: Sequence[str]) -> Sequence[LogRow]:
    """Return the rows of these kinds about an occurrence, oldest first."""
    prefix = joined(kommun, *occurrence, "")
    where = (LogRow.key.startswith(prefix, autoescape=True), LogRow.what.in_(list(whats)))
    return session.scalars(select(LogRow).where(*where).order_by(LogRow.at, LogRow.id)).all()


def meetings_changed(session: Session, bodies: Sequence[str]) -> Sequence[LogRow]:
    """Return the changes of these bodies' meetings, oldest first."""
    where = (LogRow.what == "meeting.changed", LogRow.key.in_(list(bodies)))
    return session.scalars(select(LogRow).where(*where).order_by(LogRow.at, LogRow.id)).all()


def versions(session: Session, keys: Sequence[ObligationKey]) -> list[Version]:
    """Return every version of these obligations' parts, oldest first; also those that were taken away."""
    rows = submissions.every_version(session, keys)
    found = submissions.findings(session, [row.id for row in rows])
    given = answers.answers(session, [row.id for row in rows])
    return [
        Version(
            row=row,
            findings=tuple(found.get(row.id, ())),
            answers=tuple(sorted(given.get(row.id, {}).values(), key=lambda each: each.answered_at)),
        )
        for row in sorted(rows, key=lambda row: (row.received_at, row.id))
    ]


def letters(session: Session, kommun: str, occurrence: OccurrenceKey, only: ObligationKey | None = None) -> list[Sent]:
    """Return the letters about an occurrence, oldest first: by their notices, their thread, or their key.

    With ``only`` those about one of its obligations, by that one's key.
    """
    prefix = joined(kommun, *occurrence, "")
    about: dict[int, list[NoticeRow]] = {}
    key = NoticeRow.obligation_key
    where = (key == only if only else key.startswith(prefix, autoescape=True), NoticeRow.letter_id.is_not(None))
    for notice in session.scalars(select(NoticeRow).where(*where).order_by(NoticeRow.id)):
        about.setdefault(notice.letter_id or 0, []).append(notice)
    rows = session.scalars(
        select(LetterRow)
        .where(
            or_(
                LetterRow.id.in_(list(about)),
                LetterRow.key.startswith(joined(only, "") if only else prefix, autoescape=True),
                *([] if only else [LetterRow.thread.startswith(joined(*occurrence, ""), autoescape=True)]),
            )
        )
        .order_by(LetterRow.made_at, LetterRow.id)
        .options(defer(LetterRow.mime))
    )
    return [
        Sent(
            row=row,
            keys=tuple(dict.fromkeys(each.obligation_key for each in about.get(row.id, ()))) or _named(row.key, prefix),
            rungs=tuple(dict.fromkeys(each.rung for each in about.get(row.id, ()))),
        )
        for row in rows
    ]


def newest(session: Session, keys: Sequence[ObligationKey], what: str) -> dict[ObligationKey, LogRow]:
    """Return the newest row of a kind about each of these obligations."""
    rows = session.scalars(select(LogRow).where(LogRow.what == what, LogRow.key.in_(list(keys))).order_by(LogRow.id))
    return {ObligationKey(row.key): row for row in rows if row.key}


def _named(key: str, prefix: str) -> tuple[ObligationKey, ...]:
    """Return the obligation that a letter's own key begins with, when it does."""
    return (ObligationKey(beginning(key)),) if key.startswith(prefix) else ()

"""Notices: what has been told about each obligation, to whom, in which letter."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session, defer

from arshjul.swedish import local_date
from store.tables import LetterRow, LogRow, NoticeRow

SETTLED = ("överlämnat", "avvisat", "studsat")  #: letter states after which a rung counts as taken
MOVED = "frist-flyttad"  #: the notice that a told frist has moved; no rung of the ladder


@dataclass(slots=True)
class Told:
    """What has been told about one obligation, for its frist as it stands."""

    taken: dict[str, date] = field(default_factory=dict)  #: rung id to the day its last letter was settled
    pending: set[str] = field(default_factory=set)  #: rungs with a letter on its way
    started: bool = False
    frist: datetime | None = None  #: the frist that the newest notice is about
    readers: set[str | None] = field(default_factory=set)  #: everybody a letter was written to, for any frist


def told(session: Session, frists: Mapping[str, datetime]) -> dict[str, Told]:
    """Return what was told of each obligation in ``frists`` (its key to its frist now)."""
    found = {key: Told() for key in frists}
    rows = session.execute(
        select(NoticeRow, LetterRow.state, LetterRow.handed_at, LetterRow.made_at)
        .outerjoin(LetterRow, NoticeRow.letter_id == LetterRow.id)
        .where(NoticeRow.obligation_key.in_(list(frists)), NoticeRow.passed.is_(None))
        .order_by(NoticeRow.id)
    )
    for notice, state, handed_at, made_at in rows:
        one = found[notice.obligation_key]
        if notice.letter_id:
            one.readers.add(notice.person_id)
        one.frist = notice.due_at
        one.started = one.started or notice.rung == "start"
        if notice.due_at != frists[notice.obligation_key] or notice.rung == MOVED:
            continue
        if state in SETTLED or handed_at is not None:  # handed over, though a copy may still be on its way
            day = local_date(handed_at or made_at)
            one.taken[notice.rung] = max(day, one.taken.get(notice.rung, day))
        else:
            one.pending.add(notice.rung)
    for one in found.values():
        for rung in one.pending:
            one.taken.pop(rung, None)
    return found


def queue(
    session: Session,
    *,
    milestone_key: str,
    obligation_key: str,
    rung: str,
    due_at: datetime,
    recipients: Iterable[tuple[str, str | None]],
    now: datetime,
) -> list[NoticeRow]:
    """Queue one notice for each (role, person id) that does not have it for this frist; the letter comes later."""
    wanted = {f"{milestone_key}/{role}": (role, person) for role, person in recipients}
    existing = set(
        session.scalars(select(NoticeRow.key).where(NoticeRow.key.in_(list(wanted)), NoticeRow.due_at == due_at))
    )
    rows = [
        NoticeRow(
            key=key,
            due_at=due_at,
            obligation_key=obligation_key,
            rung=rung,
            role=role,
            person_id=person,
            letter_id=None,
            made_at=now,
            passed=None,
        )
        for key, (role, person) in wanted.items()
        if key not in existing
    ]
    session.add_all(rows)
    session.flush()
    return rows


def queued(session: Session) -> Sequence[NoticeRow]:
    """Return the notices that wait for a letter, oldest first."""
    where = (NoticeRow.letter_id.is_(None), NoticeRow.passed.is_(None))
    return session.scalars(select(NoticeRow).where(*where).order_by(NoticeRow.made_at, NoticeRow.id)).all()


def pass_over(session: Session, notices: Iterable[NoticeRow], why: str) -> None:
    """Let notices go unsent, and say why."""
    ids = [notice.id for notice in notices]
    session.execute(update(NoticeRow).where(NoticeRow.id.in_(ids)).values(passed=why))


def letters_about(session: Session, obligation_keys: Iterable[str]) -> dict[str, list[tuple[NoticeRow, LetterRow]]]:
    """Return the letters that were handed over about each obligation, oldest first, without their contents."""
    found: dict[str, list[tuple[NoticeRow, LetterRow]]] = {key: [] for key in obligation_keys}
    rows = session.execute(
        select(NoticeRow, LetterRow)
        .join(LetterRow, NoticeRow.letter_id == LetterRow.id)
        .where(NoticeRow.obligation_key.in_(list(found)), LetterRow.state == "överlämnat")
        .order_by(LetterRow.handed_at, NoticeRow.id)
        .options(defer(LetterRow.mime))
    )
    for notice, letter in rows:
        found[notice.obligation_key].append((notice, letter))
    return found


def link_opened(session: Session, person_id: str | None, since: datetime) -> datetime | None:
    """Return when a person first opened a personal link on purpose at or after ``since``."""
    where = (LogRow.what == "link.opened", LogRow.who == person_id, LogRow.at >= since)
    return session.scalar(select(func.min(LogRow.at)).where(*where))

"""What has been written to whom: letters by key, day, thread and fate."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from itertools import chain, count
from typing import Any, cast

from sqlalchemy import ColumnElement, CursorResult, bindparam, func, or_, select, update
from sqlalchemy.orm import defer

from arshjul.keys import ObligationKey, PersonId, joined
from arshjul.swedish import local
from store.acting import BY_SERVICE
from store.columns import columns
from store.database import Session
from store.log.writing import log
from store.post.letter_keys import LetterKey
from store.post.letter_outcomes import failures
from store.post.letter_states import BOUNCED, HANDED, REFUSED, RESERVED, TAKEN_BACK, WAITING
from store.post.told_notices import notices_in
from store.tables import LetterRow, NoticeRow

# asked in every round, so they are put together once; of what did not arrive without the letters' bytes
_WRITTEN = select(LetterRow.key).where(LetterRow.key.in_(bindparam("keys", expanding=True)))
_SAME_KEY = select(LetterRow.id).where(LetterRow.key == bindparam("key"))
_THREAD = select(LetterRow.message_id).where(LetterRow.thread == bindparam("thread")).order_by(LetterRow.id).limit(1)
_HAS_DAILY = (
    select(LetterRow.id)
    .where(LetterRow.daily_to == bindparam("reader"))
    .where((LetterRow.day == bindparam("day")) | (LetterRow.handed_at >= bindparam("begins")))
    .limit(1)
)
_HANDED_SINCE = select(func.count()).where(LetterRow.state == HANDED, LetterRow.handed_at >= bindparam("since"))
_ANSWERED = LetterRow.state.in_((HANDED, WAITING)) & LetterRow.answer.is_not(None)
_UNDELIVERED = (
    select(LetterRow)
    .where(LetterRow.state.in_((REFUSED, BOUNCED)) | _ANSWERED, LetterRow.made_at >= bindparam("since"))
    .order_by(LetterRow.id)
    .options(defer(LetterRow.mime))
)
_TRIED = (
    select(LetterRow)
    .where(LetterRow.state == WAITING, LetterRow.tried_at.is_not(None))
    .order_by(LetterRow.id)
    .options(defer(LetterRow.mime))
)


def is_written(session: Session, key: LetterKey) -> bool:
    """Tell whether a letter with this key is in the outbox, or has been."""
    return columns(session, _SAME_KEY, {"key": key}).scalar() is not None


def written(session: Session, keys: Iterable[LetterKey]) -> frozenset[str]:
    """Return those of these keys by which a letter is in the outbox, or has been."""
    wanted = list(keys)
    return frozenset(columns(session, _WRITTEN, {"keys": wanted}).scalars() if wanted else ())


def free_key(session: Session, key: LetterKey) -> LetterKey:
    """Return a letter's key, or with the first number that makes it a new one: the same may happen once more."""
    keys = chain((key,), (key.again(number) for number in count(2)))
    return next(each for each in keys if not written(session, (each, each.shadow)))


@dataclass(frozen=True, slots=True, kw_only=True)
class WrittenLetter:
    """A letter that was written: by which Prefect run (None is the watchdog), and which obligations it tells of."""

    run_id: str | None
    about: frozenset[str]


def letters_of_day(session: Session, day: date) -> list[WrittenLetter]:
    """Return the letters of a Swedish day that carry notices, in the order in which they were written."""
    rows = session.execute(
        select(LetterRow.id, LetterRow.run_id, NoticeRow.obligation_key)
        .join(NoticeRow, NoticeRow.letter_id == LetterRow.id)
        .where(LetterRow.day == day)
        .order_by(LetterRow.id)
    )
    found: dict[int, tuple[str | None, set[str]]] = {}
    for number, run_id, key in rows:
        found.setdefault(number, (run_id, set()))[1].add(key)
    return [WrittenLetter(run_id=run_id, about=frozenset(keys)) for run_id, keys in found.values()]


def has_daily(session: Session, reader: str, day: date) -> bool:
    """Tell whether a reader's one letter of the day has been written, or one of an earlier day has reached them today."""
    values = {"reader": reader, "day": day, "begins": local(day, time())}
    return columns(session, _HAS_DAILY, values).scalar() is not None


def has_other_daily(session: Session, letter: LetterRow, day: date) -> bool:
    """Tell whether another letter of the day to a letter's reader is of this day or a later one, or came that day."""
    later = (LetterRow.day > letter.day) | (LetterRow.day == day) | (LetterRow.handed_at >= local(day, time()))
    where = (LetterRow.daily_to == (letter.person_id or "ekonomikontoret"), LetterRow.id != letter.id, later)
    return session.scalar(select(LetterRow.id).where(*where).limit(1)) is not None


def is_newest_of_kind(session: Session, letter: LetterRow) -> bool:
    """Tell whether no later letter of the same kind was written."""
    where = (LetterRow.kind == letter.kind, LetterRow.id > letter.id, LetterRow.state != TAKEN_BACK)
    return session.scalar(select(LetterRow.id).where(*where).limit(1)) is None


def unsent_dailies(session: Session, person_id: PersonId | None, kinds: Iterable[str]) -> Sequence[LetterRow] | None:
    """Return a reader's letters of these kinds that nobody has got yet, oldest first; None when one is on its way now.

    What is returned is held for this transaction: no sender takes it meanwhile.
    """
    unsent = (LetterRow.state.in_((WAITING, RESERVED)), LetterRow.handed_at.is_(None))
    theirs = (LetterRow.person_id == person_id, LetterRow.kind.in_(list(kinds)))
    known = session.scalars(select(LetterRow.id).where(*theirs, *unsent)).all()
    if not known:
        return ()
    held = _held(session, LetterRow.id.in_(known), LetterRow.state == WAITING, LetterRow.handed_at.is_(None))
    return held if len(held) == len(known) else None


def waiting_about(session: Session, obligation_key: ObligationKey) -> Sequence[LetterRow]:
    """Return the letters about an obligation that wait for their first reader, and that nobody has on lease.

    They are held for this transaction: no sender takes them meanwhile.
    """
    about = select(NoticeRow.letter_id).where(NoticeRow.obligation_key == obligation_key, NoticeRow.passed.is_(None))
    waits = (LetterRow.state == WAITING, LetterRow.handed_at.is_(None))
    named = LetterRow.id.in_(about) | LetterRow.key.startswith(joined(obligation_key, ""), autoescape=True)
    return _held(session, named, *waits)


def _held(session: Session, *where: ColumnElement[bool]) -> Sequence[LetterRow]:
    """Lock the letters that are so, oldest first, without those that a sender is taking this moment (PostgreSQL)."""
    locked = select(LetterRow).where(*where).order_by(LetterRow.id).with_for_update(skip_locked=True)
    return session.scalars(locked.execution_options(populate_existing=True)).all()


def take_back(session: Session, letter: LetterRow, why: str, now: datetime) -> bool:
    """Let a letter that nobody has got go to nobody. What it carried and is still so waits for the next letter.

    False, and nothing is done, when a sender has taken it since ``letter`` was read.
    """
    as_read = (LetterRow.id == letter.id, LetterRow.state == letter.state, LetterRow.handed_at.is_(None))
    nobodys = {"state": TAKEN_BACK, "lease_until": None, "holder": None, "daily_to": None}
    statement = update(LetterRow).where(*as_read).values(nobodys).execution_options(synchronize_session=False)
    taken = cast("CursorResult[Any]", session.execute(statement)).rowcount == 1
    session.refresh(letter)
    if not taken:
        return False
    left = notices_in(session, letter)
    for notice in left:
        notice.letter_id = None
    detail = {"why": why, "notices": [notice.key for notice in left]}
    log(session, now, BY_SERVICE, "letter.taken_back", letter.key, detail)
    session.flush()
    return True


def first_of_thread(session: Session, thread: str) -> str | None:
    """Return the Message-ID of the first letter in a thread."""
    return columns(session, _THREAD, {"thread": thread}).scalar()


def letters_beside(session: Session, letter: LetterRow) -> Sequence[LetterRow]:
    """Return the other letters of the same word to other readers: those whose keys differ in their last name alone."""
    same = LetterRow.key.startswith(LetterKey(letter.key).word, autoescape=True)
    where = (same, LetterRow.kind == letter.kind, LetterRow.id != letter.id)
    return session.scalars(select(LetterRow).where(*where).order_by(LetterRow.id)).all()


def letters_under(session: Session, beginnings: Iterable[str]) -> Sequence[LetterRow]:
    """Return the letters whose keys begin so, the oldest first, without their content."""
    under = [LetterRow.key.startswith(each, autoescape=True) for each in beginnings]
    return session.scalars(
        select(LetterRow).where(or_(*under)).order_by(LetterRow.id).options(defer(LetterRow.mime))
    ).all()


def ids(session: Session) -> Sequence[int]:
    """Return every letter's number."""
    return session.scalars(select(LetterRow.id).order_by(LetterRow.id)).all()


def put(session: Session, letter: LetterRow, notices: Iterable[NoticeRow]) -> None:
    """Put a letter in the outbox, and its notices in it."""
    session.add(letter)
    session.flush()
    for notice in notices:
        notice.letter_id = letter.id
    session.flush()


def newest_to(session: Session, person_id: PersonId, most: int = 10) -> Sequence[LetterRow]:
    """Return the newest letters to a person, as they were written; the newest first."""
    rows = select(LetterRow).where(LetterRow.person_id == person_id).order_by(LetterRow.id.desc()).limit(most)
    return session.scalars(rows).all()


def undelivered(session: Session, since: datetime) -> Sequence[LetterRow]:
    """Return the letters since ``since`` that someone was not given: refused, bounced, or refused by one of several.

    Also one that waits for a copy alone: whom it is to has refused it, and a copy may take days.
    """
    rows = session.scalars(_UNDELIVERED, {"since": since})
    return [row for row in rows if row.state != WAITING or set(row.to) <= {each for each, _ in failures(row.answer)}]


def tried_and_waiting(session: Session) -> Sequence[LetterRow]:
    """Return the letters that have been tried and wait for a next try, for all who are to have them or for some."""
    return session.scalars(_TRIED).all()


def handed_since(session: Session, since: datetime) -> int:
    """Return how many letters were handed over since ``since``."""
    return columns(session, _HANDED_SINCE, {"since": since}).scalar() or 0

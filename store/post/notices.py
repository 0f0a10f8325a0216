"""Notices: what has been told about each obligation, to whom, in which letter."""

from collections.abc import Container, Iterable, Mapping, Sequence, Set
from dataclasses import dataclass, field
from datetime import date, datetime
from itertools import chain, count

from sqlalchemy import bindparam, func, select
from sqlalchemy.orm import Session, defer

from arshjul.keys import MilestoneKey, ObligationKey, PersonId, RoleId, joined
from arshjul.swedish import local_date
from arshjul.year.wheel import Obligation
from store.columns import columns
from store.tables import LetterRow, LogRow, NoticeRow

HANDED = "överlämnat"
SETTLED = (HANDED, "avvisat", "studsat")  #: letter states after which a rung counts as taken
MOVED = "frist-flyttad"  #: the notice that a told frist has moved; no rung of the ladder
UNHEARD = "inte-nadd"  #: the ekonomikontor gets the case of one who owes and whom no letter has reached
AFTERWARDS = "efter-ksau"  #: the day that was proposed to KSAU has passed, and nothing has come
MAYBE_TOLD = (
    "inte längre aktuellt, och kan ha kommit fram"  #: why a notice was passed over that its reader may have read
)
ASIDE = (UNHEARD, AFTERWARDS)  #: words beside the ladder, not to those who owe
#: What people read in their place. The stored words never change: rows, keys and the log hold them.
_NAMES = {MOVED: "flyttad frist", UNHEARD: "brevet har inte nått fram", AFTERWARDS: "efter mötet"}

# asked in every round, so they are put together once
_QUEUED = (
    select(NoticeRow)
    .where(NoticeRow.letter_id.is_(None), NoticeRow.passed.is_(None))
    .order_by(NoticeRow.made_at, NoticeRow.id)
)
_SAME_WORD = select(NoticeRow.key).where(
    NoticeRow.obligation_key == bindparam("key"),
    NoticeRow.rung == bindparam("rung"),
    NoticeRow.due_at == bindparam("due_at"),
)
_TOLD = (
    select(
        *(NoticeRow.obligation_key, NoticeRow.rung, NoticeRow.due_at, NoticeRow.person_id, NoticeRow.letter_id),
        *(LetterRow.state, LetterRow.handed_at, func.coalesce(LetterRow.refused_at, LetterRow.made_at)),
        *(LetterRow.to, LetterRow.shadow),
    )
    .outerjoin(LetterRow, NoticeRow.letter_id == LetterRow.id)
    .where(NoticeRow.obligation_key.in_(bindparam("keys", expanding=True)))
    .where(NoticeRow.passed.is_(None), NoticeRow.rung.not_in(ASIDE))
    .order_by(NoticeRow.id)
)
_ABOUT = (
    select(NoticeRow, LetterRow)
    .join(LetterRow, NoticeRow.letter_id == LetterRow.id)
    .where(
        NoticeRow.obligation_key.in_(bindparam("keys", expanding=True)),
        NoticeRow.passed.is_(None),
        NoticeRow.rung.not_in(ASIDE),
        LetterRow.state == HANDED,
    )
    .order_by(LetterRow.handed_at, NoticeRow.id)
    .options(defer(LetterRow.mime))
)
_ROLES = select(NoticeRow.role).where(
    NoticeRow.obligation_key == bindparam("key"),
    NoticeRow.rung == bindparam("rung"),
    NoticeRow.passed.is_(None),
    NoticeRow.made_at >= bindparam("since"),
)


def word_name(one: Obligation, word: str) -> str:
    """Return what people read for a rung of an obligation's ladder, or a word beside it, as a row holds it."""
    names = {each.id: each.name for each in (one.ladder.rungs if one.ladder else ())}
    return names.get(word) or beside_name(word)


def beside_name(word: str) -> str:
    """Return what people read for a word beside the ladder, also with a krav before it; another word as it stands."""
    return next((name for each, name in _NAMES.items() if word == each or word.endswith(f"-{each}")), word)


@dataclass(frozen=True, slots=True)
class Tried:
    """The newest letter that was written to one person about an obligation: to which addresses, and when."""

    to: tuple[str, ...]
    day: date


@dataclass(slots=True)
class Told:
    """What has been told about one obligation, for its frist as it stands."""

    taken: dict[str, date] = field(default_factory=dict)  #: rung id to the day its last letter was settled
    pending: set[str] = field(default_factory=set)  #: rungs with a letter on its way
    started: bool = False
    frist: datetime | None = None  #: the frist that the newest notice is about
    readers: set[PersonId | None] = field(default_factory=set)  #: whom a letter was written to, and not given back by
    waiting: set[PersonId | None] = field(default_factory=set)  #: whose notice has no letter yet
    heard: dict[str, set[PersonId | None]] = field(
        default_factory=dict
    )  #: by rung: whom its letter for this frist reached
    tried: dict[str, dict[PersonId | None, Tried]] = field(default_factory=dict)  #: by rung and person: its newest try
    frists: dict[PersonId | None, datetime] = field(default_factory=dict)  #: by person: the frist they were told last
    spoken_on: date | None = None  #: the latest day on which a rung was settled, for any frist


def told(
    session: Session, frists: Mapping[ObligationKey, datetime], tops: Container[str], *, shadow_counts: bool = False
) -> dict[ObligationKey, Told]:
    """Return what was told of each obligation in ``frists`` (its key to its frist now).

    ``tops`` are the rungs that reach a body: what a body was told is no word to those who owe.

    ``shadow_counts``: a letter that went to the ekonomikontor instead of its reader (utskick ``skugga``) is taken as
    heard by its reader, so that the whole ladder can be tried out.
    """
    found = {key: Told() for key in frists}
    rows = columns(session, _TOLD, {"keys": list(frists)})
    for key, rung, due_at, person_id, letter_id, state, handed_at, otherwise_at, to, shadow in rows:
        one = found[key]
        reached = state == HANDED or (handed_at is not None and state not in SETTLED)  # a copy may be on its way still
        if letter_id and (reached or state not in SETTLED):
            one.readers.add(person_id)
        if letter_id is None:
            one.waiting.add(person_id)
        one.frist = due_at
        if rung not in tops:
            one.frists[person_id] = due_at
        one.started = one.started or rung == "start"
        settled = local_date(handed_at or otherwise_at) if state in SETTLED or reached else None
        if settled and rung != MOVED:
            one.spoken_on = max(settled, one.spoken_on or settled)
        if due_at != frists[key]:
            continue
        if reached and (shadow_counts or not shadow):
            one.heard.setdefault(rung, set()).add(person_id)
        if rung == MOVED:
            continue
        if settled:
            one.taken[rung] = max(settled, one.taken.get(rung, settled))
            one.tried.setdefault(rung, {})[person_id] = Tried(tuple(to), settled)
        else:
            one.pending.add(rung)
    for one in found.values():
        for rung in one.pending:
            one.taken.pop(rung, None)
    return found


def queue(
    session: Session,
    *,
    milestone_key: MilestoneKey,
    obligation_key: ObligationKey,
    rung: str,
    due_at: datetime,
    recipients: Iterable[tuple[RoleId, PersonId | None]],
    now: datetime,
    again: bool = False,
) -> list[NoticeRow]:
    """Queue one notice for each (role, person id) that does not have it for this frist; the letter comes later.

    ``again``: also for those that have it, under a key with the next number: ``.../forvaltningschef/2``.
    """
    wanted = {joined(milestone_key, role): (role, person) for role, person in recipients}
    same = {"key": obligation_key, "rung": rung, "due_at": due_at}
    existing = set(columns(session, _SAME_WORD, same).scalars())
    if again:
        wanted = {_free(key, existing): reader for key, reader in wanted.items()}
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


def _free(key: str, existing: Set[str]) -> str:
    """Return the key, or with the first number that makes it one that is not there."""
    return next(each for each in chain((key,), (joined(key, number) for number in count(2))) if each not in existing)


def queued(session: Session) -> Sequence[NoticeRow]:
    """Return the notices that wait for a letter, oldest first."""
    return session.scalars(_QUEUED).all()


def roles_told_since(session: Session, obligation_key: ObligationKey, rung: str, since: datetime) -> set[str]:
    """Return the roles by which a rung, or a word beside the ladder, was queued at or after ``since``."""
    return set(columns(session, _ROLES, {"key": obligation_key, "rung": rung, "since": since}).scalars())


def pass_over(session: Session, notices: Iterable[NoticeRow], why: str) -> None:
    """Let notices go unsent, and say why. Their keys are free: the same may be owed anew."""
    for notice in notices:
        notice.passed, notice.key = why, f"{notice.key}#{notice.id}"
    session.flush()


def letters_about(
    session: Session, obligation_keys: Iterable[ObligationKey]
) -> dict[ObligationKey, list[tuple[NoticeRow, LetterRow]]]:
    """Return the letters that were handed over about each obligation, oldest first, without their contents."""
    found: dict[ObligationKey, list[tuple[NoticeRow, LetterRow]]] = {key: [] for key in obligation_keys}
    for notice, letter in session.execute(_ABOUT, {"keys": list(found)}):
        found[notice.obligation_key].append((notice, letter))
    return found


def link_opened(session: Session, person_id: PersonId | None, since: datetime) -> datetime | None:
    """Return when a person first opened a personal link on purpose at or after ``since``."""
    opened = links_opened(session, [person_id] if person_id else [])
    return next((at for at in opened.get(person_id, ()) if at >= since), None)


def links_opened(
    session: Session, person_ids: Iterable[PersonId | None]
) -> Mapping[PersonId | None, Sequence[datetime]]:
    """Return when each of these opened a personal link on purpose, the first time first; by person."""
    found: dict[PersonId | None, list[datetime]] = {}
    where = (LogRow.what == "link.opened", LogRow.who.in_([each for each in person_ids if each]))
    for person_id, at in session.execute(select(LogRow.who, LogRow.at).where(*where).order_by(LogRow.at)):
        found.setdefault(PersonId(person_id), []).append(at)
    return found

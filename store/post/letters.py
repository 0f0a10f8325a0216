"""The outbox's rows: which letter may go now.

A letter is given to one sender at a time, on lease. The sender answers with an :class:`~store.post.letter_outcomes.Outcome`;
when it dies without an answer the lease runs out, and the letter goes again, the same bytes under the same ids
(:func:`~store.post.letter_states.may_have_come`).
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, cast

import sqlalchemy as sa
from sqlalchemy import bindparam
from sqlalchemy.orm import Session

from store.post.letter_states import RESERVED, WAITING
from store.service.lease_holders import is_gone
from store.tables import LetterRow


@dataclass(frozen=True, slots=True, kw_only=True)
class Reserved:
    """A letter on lease to one sender."""

    id: int
    key: str
    message_id: str
    sender: str
    to: tuple[str, ...]
    recipients: tuple[str, ...]  #: who has not got it yet: ``to`` and ``cc``, or who was left last time
    mime: bytes = field(repr=False)
    attempt: int  #: 1 for the first; also the lease's number, so that a sender who lost it is known
    lease_until: datetime  #: from then on somebody else may take it (exclusive)
    not_before: datetime
    made_at: datetime
    handed_at: datetime | None
    answer: str | None
    kind: str = ""
    tried_at: datetime | None = None  #: the first attempt that a server answered
    deferred_since: datetime | None = None  #: since when a server that works cannot give it to its reader
    shadow: bool = False  #: goes to the ekonomikontor instead of its reader


_letter = cast("sa.Table", LetterRow.__table__)

# FOR UPDATE (PostgreSQL only; SQLite has one writer) makes the database evaluate the WITH once. As a plain
# IN (SELECT ... LIMIT n) the planner may run it again for each row, and reserve more than n.
_due = (
    sa.select(_letter.c.id)
    .where(
        _letter.c.state == WAITING,
        _letter.c.not_before <= bindparam("b_now"),
        sa.or_(bindparam("b_all", type_=sa.Boolean), _letter.c.kind.in_(bindparam("b_kinds", expanding=True))),
    )
    .order_by(_letter.c.not_before, _letter.c.id)
    .limit(bindparam("b_limit", type_=sa.Integer))
    .with_for_update(skip_locked=True)
    .cte("due")
)
_READ = (
    *("id", "key", "message_id", "sender", "to", "cc", "mime", "attempts"),
    *("not_before", "made_at", "handed_at", "answer", "pending", "kind", "tried_at", "deferred_since", "shadow"),
)
_RESERVE = (
    sa.update(_letter)
    .where(_letter.c.id.in_(sa.select(_due.c.id)))
    .values(
        state=RESERVED,
        lease_until=bindparam("b_lease_until"),
        holder=bindparam("b_holder"),
        attempts=_letter.c.attempts + 1,
    )
    .returning(*(_letter.c[name] for name in _READ))
)
_FREE = {"state": WAITING, "lease_until": None, "holder": None}
_LEFT: dict[str, Any] = _FREE | {"unanswered_at": bindparam("b_now")}  # its sender died: the server may have it
_RELEASE = (
    sa.update(_letter).where(_letter.c.state == RESERVED, _letter.c.lease_until <= bindparam("b_now")).values(_LEFT)
)
_LET_GO_OF_PAST = (
    sa.update(_letter)
    .where(
        _letter.c.state == WAITING,
        _letter.c.not_before > bindparam("b_latest"),
        sa.or_(bindparam("b_all", type_=sa.Boolean), _letter.c.kind.in_(bindparam("b_kinds", expanding=True))),
    )
    .values(not_before=bindparam("b_until"))
)
_HOLDERS = sa.select(_letter.c.holder).where(_letter.c.state == RESERVED).distinct()


def release_expired(session: Session, now: datetime) -> int:
    """Let letters whose lease ran out at or before ``now`` wait again; return how many. Their sender died."""
    result = session.execute(_RELEASE, {"b_now": now})
    return cast("sa.CursorResult[Any]", result).rowcount


def release_orphans(session: Session, now: datetime, gone: Callable[[str | None], bool] = is_gone) -> int:
    """Let letters wait again whose holder is ``gone``, however long their lease; return how many.

    A letter that a living process holds, here or on another machine, stays with it.
    """
    holders = session.scalars(_HOLDERS).all()
    if not (dead := [each for each in holders if gone(each)]):
        return 0
    where = (_letter.c.state == RESERVED, _letter.c.holder.in_(dead))
    result = session.execute(sa.update(_letter).where(*where).values(_LEFT), {"b_now": now})
    return cast("sa.CursorResult[Any]", result).rowcount


def reserve(
    session: Session,
    now: datetime,
    lease: timedelta,
    limit: int,
    *,
    holder: str | None = None,
    kinds: Sequence[str] | None = None,
) -> list[Reserved]:
    """Take up to ``limit`` waiting letters that may go at ``now``, oldest first, until ``now + lease``.

    ``kinds`` are the only ones that may go; None: all. One statement: two senders never take the same letter, on
    SQLite or PostgreSQL. Letters of a dead sender come first once they have been let wait again, for they are the
    oldest.
    """
    values = {"b_now": now, "b_lease_until": now + lease, "b_limit": limit, "b_holder": holder}
    values |= {"b_all": kinds is None, "b_kinds": list(kinds or ())}
    rows = session.connection().execute(_RESERVE, values).all()
    letters = (_reserved(row, now + lease) for row in rows)
    return sorted(letters, key=lambda letter: (letter.not_before, letter.id))


def letter_afresh(session: Session, number: int) -> LetterRow:
    """Return a letter as it stands in the database now."""
    return session.get_one(LetterRow, number, populate_existing=True)


def letter_held(session: Session, number: int) -> LetterRow:
    """Return a letter as it stands now, held until the transaction ends: no sender takes it meanwhile."""
    return session.get_one(LetterRow, number, populate_existing=True, with_for_update=True)


def give_back(session: Session, letter: Reserved) -> None:
    """Let a letter wait in its old place, as if nobody had taken it: the server was not there, or refuses us all."""
    where = (_letter.c.id == letter.id, _letter.c.state == RESERVED, _letter.c.attempts == letter.attempt)
    session.execute(sa.update(_letter).where(*where).values(_FREE))


def taken_since(session: Session, instant: datetime) -> bool:
    """Tell whether the server has taken any letter at or after ``instant``."""
    return session.scalar(sa.select(LetterRow.id).where(LetterRow.handed_at >= instant).limit(1)) is not None


def hurry(session: Session, now: datetime) -> int:
    """Let go now, in their old order, what was put off by the server and by no recipient of its own; return how many."""
    where = (
        LetterRow.state == WAITING, LetterRow.not_before > now, LetterRow.tried_at.is_not(None),
        LetterRow.handed_at.is_(None), LetterRow.deferred_since.is_(None),
    )  # fmt: skip
    result = session.execute(sa.update(LetterRow).where(*where).values(not_before=now))
    return cast("sa.CursorResult[Any]", result).rowcount


def _reserved(row: Any, lease_until: datetime) -> Reserved:
    number, key, message_id, sender, to, cc, mime, attempts, not_before, made_at, handed_at, answer, pending = row[:13]
    kind, tried_at, deferred_since, shadow = row[13:]
    everyone: dict[str, str] = {}
    for address in (*to, *cc):
        everyone.setdefault(address.casefold(), address)  # once each, as it was first written
    return Reserved(
        id=number,
        key=key,
        message_id=message_id,
        sender=sender,
        to=tuple(to),
        recipients=tuple(pending or everyone.values()),
        mime=mime,
        attempt=attempts,
        lease_until=lease_until,
        not_before=not_before,
        made_at=made_at,
        handed_at=handed_at,
        answer=answer,
        kind=kind,
        tried_at=tried_at,
        deferred_since=deferred_since,
        shadow=shadow,
    )


def waiting_since(session: Session, now: datetime) -> datetime | None:
    """Return since when the oldest letter waits that could have gone at ``now``, or was tried; None when none does."""
    could = sa.or_(LetterRow.not_before <= now, LetterRow.attempts > 0)
    where = (LetterRow.state.in_((WAITING, RESERVED)), LetterRow.handed_at.is_(None), could)
    return session.scalar(sa.select(sa.func.min(LetterRow.made_at)).where(*where))


def let_go_of_what_waits_past(
    session: Session, latest: datetime, until: datetime, *, kinds: Sequence[str] | None = None
) -> int:
    """Let what waits past ``latest``, of these ``kinds`` (None: all), wait ``until`` then instead; return how many letters.

    No pause and no hold reaches beyond ``latest``, so the clock has been set back since they were put off.
    """
    values = {"b_latest": latest, "b_until": until, "b_all": kinds is None, "b_kinds": list(kinds or ())}
    result = session.connection().execute(_LET_GO_OF_PAST, values)
    return cast("sa.CursorResult[Any]", result).rowcount


def hold_until(session: Session, now: datetime, opens: datetime, *, but: Sequence[str]) -> int:
    """Hold the letters that could go at ``now`` back until ``opens``, except the kinds in ``but``; return how many.

    For the hours in which letters do not go out, also those that are tried again or were left by a dead sender.
    """
    release_expired(session, now)
    where = (LetterRow.state == WAITING, LetterRow.not_before <= now, LetterRow.kind.not_in(list(but)))
    result = session.execute(sa.update(LetterRow).where(*where).values(not_before=opens))
    return cast("sa.CursorResult[Any]", result).rowcount

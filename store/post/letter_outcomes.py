"""What became of an attempt to hand a letter over: recorded in its row, and logged."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, cast

import sqlalchemy as sa
from sqlalchemy import bindparam
from sqlalchemy.orm import Session

from store.acting import SERVICE
from store.log.writing import log
from store.post.letter_states import BOUNCED, HANDED, REFUSED, RESERVED, TAKEN_BACK, WAITING
from store.post.letters import Reserved, letter_held
from store.tables import Instant, LetterRow, LogRow

CAME_BACK = "kom tillbaka."  #: how an answer's line begins when the letter was taken first and came back later

SENT = "letter.sent"  #: what the log says of each attempt in which the server took a letter for somebody
WHO = "utkorgen"  #: who the log says did it


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What became of one attempt: the letter's new state, and for the log who got it and who did not."""

    letter: Reserved
    at: datetime
    state: str
    not_before: datetime
    handed_at: datetime | None
    answer: str | None
    accepted: tuple[str, ...] = ()
    refused: Mapping[str, str] = field(default_factory=dict)  #: for good: address to the server's words
    deferred: Mapping[str, str] = field(default_factory=dict)  #: for now: address to the server's words
    deferred_since: datetime | None = None
    is_unanswered: bool = False  #: the attempt was begun, and the server may have the letter


_letter = cast("sa.Table", LetterRow.__table__)
_log = cast("sa.Table", LogRow.__table__)
# what somebody has got is not taken back, whatever was believed while it was on its way
_OPEN = (
    _letter.c.id == bindparam("b_id"),
    sa.or_(
        _letter.c.state == RESERVED,
        _letter.c.state == WAITING,
        sa.and_(_letter.c.state == TAKEN_BACK, bindparam("b_handed_at", type_=Instant).is_not(None)),
    ),
)
_SETTLE = (
    sa.update(_letter)
    .where(*_OPEN, _letter.c.attempts == bindparam("b_attempt"))
    .values(
        {name: bindparam(f"b_{name}") for name in ("state", "not_before", "pending", "handed_at", "answer")}
        | {"deferred_since": bindparam("b_deferred_since"), "refused_at": bindparam("b_refused_at")}
        | {"lease_until": sa.null(), "holder": sa.null()}
        | {"tried_at": sa.func.coalesce(_letter.c.tried_at, bindparam("b_at", type_=Instant))}
        | {"unanswered_at": sa.func.coalesce(bindparam("b_unanswered_at", type_=Instant), _letter.c.unanswered_at)}
    )
)
_SETTLE_HANDED = (
    sa.update(_letter)
    .where(*_OPEN)
    .values(
        {name: bindparam(f"b_{name}") for name in ("state", "handed_at", "answer")}
        | {"lease_until": sa.null(), "holder": sa.null(), "pending": sa.null()}
    )
)
_LOG = sa.insert(_log)
_ACTING = {"subject": SERVICE.subject, "way": SERVICE.way.value}


def settle(session: Session, outcomes: Sequence[Outcome]) -> None:
    """Record what became of attempts, and log it (``letter.sent``, ``letter.refused``, ``letter.deferred``).

    An attempt that lost its lease to a later one changes nothing, unless the letter was handed over: that is
    recorded whoever holds the lease, so that nobody sends it once more, and also when it was taken back meanwhile.
    Else a settled letter never opens again.
    """
    handed = [outcome for outcome in outcomes if outcome.state == HANDED]
    others = [outcome for outcome in outcomes if outcome.state != HANDED]
    connection = session.connection()  # past the ORM, which costs more than the statements
    if handed:
        connection.execute(_SETTLE_HANDED, [_handed_values(outcome) for outcome in handed])
    if others:
        connection.execute(_SETTLE, [_values(outcome) for outcome in others])
    if lines := [line for outcome in outcomes for line in _log_lines(outcome)]:
        connection.execute(_LOG, lines)


def bounce(session: Session, letter_id: int, failed: Mapping[str, str], now: datetime) -> dict[str, str]:
    """Record that a letter came back from some of its recipients; return those that were not known before.

    ``failed`` is address to the server's words. The letter is ``studsat`` when nobody to whom it is addressed is
    left; a copy that came back is only told. One that still waits for others goes on to them.
    """
    row = letter_held(session, letter_id)
    known = {address for address, _ in failures(row.answer)}
    fresh = {address: words for address, words in failed.items() if address not in known}
    if not fresh:
        return {}
    lines = [f"{address}: {CAME_BACK} {words}".strip() for address, words in fresh.items()]
    row.answer = "\n".join(filter(None, [row.answer, *lines]))
    if row.state == HANDED and set(row.to) <= known | set(fresh):
        row.state = BOUNCED
    detail = {"message_id": row.message_id, "answers": fresh, "state": row.state}
    log(session, now, WHO, "letter.bounced", row.key, detail)
    session.flush()
    return fresh


def accepted(session: Session, key: str) -> frozenset[str]:
    """Return the addresses, folded, that the server has taken a letter for: also of those who are no longer among its readers."""
    where = (LogRow.key == key, LogRow.what == SENT, LogRow.who == WHO)
    told = session.scalars(sa.select(LogRow.detail).where(*where))
    return frozenset(address.casefold() for detail in told for address in (detail or {}).get("recipients", ()))


def failures(answer: str | None) -> list[tuple[str, str]]:
    """Return (address, words) of each recipient who was not given a letter, from its ``answer``."""
    lines = [line for line in (answer or "").splitlines() if line.strip()]
    return [(address, words) for address, _, words in (line.partition(": ") for line in lines)]


def _handed_values(outcome: Outcome) -> dict[str, Any]:
    return {
        "b_id": outcome.letter.id,
        "b_state": outcome.state,
        "b_handed_at": outcome.handed_at,
        "b_answer": outcome.answer,
    }


def _values(outcome: Outcome) -> dict[str, Any]:
    return _handed_values(outcome) | {
        "b_attempt": outcome.letter.attempt,
        "b_not_before": outcome.not_before,
        "b_pending": dict(outcome.deferred) or None,
        "b_deferred_since": outcome.deferred_since,
        "b_refused_at": outcome.at if outcome.state == REFUSED else None,
        "b_at": outcome.at,
        "b_unanswered_at": outcome.at if outcome.is_unanswered else None,
    }


def _log_lines(outcome: Outcome) -> list[dict[str, Any]]:
    letter = outcome.letter
    told: list[tuple[str, dict[str, Any]]] = []
    if outcome.accepted:
        told.append((SENT, {"recipients": list(outcome.accepted)}))
    if outcome.refused:
        told.append(("letter.refused", {"answers": dict(outcome.refused)}))
    if outcome.deferred:
        again = outcome.not_before.isoformat()
        told.append(("letter.deferred", {"answers": dict(outcome.deferred), "not_before": again}))
    common = {"message_id": letter.message_id, "attempt": letter.attempt}
    return [
        {"at": outcome.at, "who": WHO, "what": what, "key": letter.key, "detail": common | detail} | _ACTING
        for what, detail in told
    ]

"""Codes of six digits, each bound to one request and to the link that it was made on: made, tried, used up."""

import secrets
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, Literal

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from arshjul.keys import PersonId
from store.access.proof import digest, forget, is_same, spend
from store.log.writing import log
from store.tables import AskedCode, Link

LIFETIME = timedelta(minutes=15)
KEPT = timedelta(days=2)  #: so long a code that is over is remembered: to say what became of it, and to count

Kind = Literal["anstånd", "ersättare", "vila", "registerutdrag"]
SENT, DENIED = "code.sent", "portal.denied"


def make(
    session: Session, secret: bytes, link: Link, kind: Kind, what: Mapping[str, Any], now: datetime
) -> tuple[str, AskedCode]:
    """Return a new code, and its row. Earlier codes of the person stay as they are."""
    forget(session, AskedCode, now - KEPT)
    code = f"{secrets.randbelow(1_000_000):06}"
    row = AskedCode(
        id=secrets.token_urlsafe(12),
        link_id=link.id,
        generation=link.generation,
        person_id=link.person_id,
        kind=kind,
        what=dict(what),
        digest="",
        made_at=now,
        expires_at=now + LIFETIME,
    )
    row.digest = _digest(secret, row, code)
    session.add(row)
    log(session, now, link.person_id, SENT, link.id, {"kind": kind})
    session.flush()
    return code, row


def made_since(session: Session, person_id: PersonId, instant: datetime) -> int:
    """Return how many codes were made after an instant, on whichever of a person's links."""
    theirs = (AskedCode.person_id == person_id, AskedCode.made_at > instant)
    return session.scalar(select(func.count()).where(*theirs)) or 0


def wrong_since(session: Session, person_id: PersonId, instant: datetime) -> int:
    """Return how many wrong tries there are of codes made after an instant, on whichever of a person's links."""
    theirs = (AskedCode.person_id == person_id, AskedCode.made_at > instant)
    return session.scalar(select(func.sum(AskedCode.tries)).where(*theirs)) or 0


def find(session: Session, link: Link, code_id: str) -> AskedCode | None:
    """Return a request that was made on this very link, as it stands; None for another's."""
    row = session.get(AskedCode, code_id)
    return row if row and (row.link_id, row.generation) == (link.id, link.generation) else None


def is_right(secret: bytes, row: AskedCode, code: str) -> bool:
    """Tell whether these digits are the row's code."""
    return is_same(_digest(secret, row, code), row.digest)


def use_up(session: Session, row: AskedCode, now: datetime, tries: int) -> bool:
    """Use a code up, unless it has been tried wrong ``tries`` times; of two at once only one succeeds."""
    done = spend(session, AskedCode, row.id, now, AskedCode.tries < tries)
    session.refresh(row)
    return done


def count_wrong(session: Session, row: AskedCode, tries: int) -> None:
    """Count a wrong try of a code that is open still: ``tries`` at most."""
    still = (AskedCode.id == row.id, AskedCode.used_at.is_(None), AskedCode.tries < tries)
    session.execute(update(AskedCode).where(*still).values(tries=AskedCode.tries + 1))
    session.refresh(row)


def note_denied(session: Session, row: AskedCode, now: datetime, what: str) -> None:
    """Write in the log that a code opened nothing, and why."""
    log(session, now, row.link_id, DENIED, "/mina/kod", {"what": what, "kind": row.kind})


def _digest(secret: bytes, row: AskedCode, code: str) -> str:
    return digest(secret, "code", row.id, row.link_id, row.generation, code)

"""Codes that show that whoever asks for something on the personal page reads the registered person's mail.

Six digits, a quarter of an hour, five tries, one use; bound to one request and to the link that it was made on. A
letter that was forwarded opens the page, but the code goes to the registered address: so it moves nobody's post.
"""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Literal

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from arshjul.errors import RefusedError
from arshjul.keys import PersonId
from store.access.proof import digest, forget, is_same, spend
from store.log.writing import log
from store.tables import AskedCode, Link

LIFETIME = timedelta(minutes=15)
TRIES = 5  #: wrong codes, and then a new one must be asked for
MOST, WINDOW = 5, timedelta(hours=1)  #: so many codes a person can ask for within the window
DAY = timedelta(days=1)
MOST_A_DAY = 15  #: so many codes a person can ask for within a day
WRONG_A_DAY = 10  #: so many wrong codes a person can write within a day, in all of them: a million cannot be tried
KEPT = timedelta(days=2)  #: so long a code that is over is remembered: to say what became of it, and to count
AGAIN = "Be om en ny."
WORN = "Så många fel koder har skrivits det senaste dygnet att inga fler tas emot. Är det inte du: skriv till ekonomikontoret, som kan återkalla länken. Försök annars igen i morgon."

Kind = Literal["anstånd", "ersättare", "vila", "registerutdrag"]
SENT, DENIED = "code.sent", "portal.denied"


@dataclass(frozen=True, slots=True, kw_only=True)
class CodeTried:
    """What became of one try: the request when the code is right, else a word on what to do.

    ``again``: another try can be made with the same request.
    """

    asked: AskedCode | None
    word: str = ""
    again: bool = False


def make(
    session: Session, secret: bytes, link: Link, kind: Kind, what: Mapping[str, Any], now: datetime
) -> tuple[str, AskedCode]:
    """Return a new code of six digits, and its row. Earlier codes of the person stay as they are.

    Raises RefusedError when too many were asked for of late, on whichever of the person's links.
    """
    forget(session, AskedCode, now - KEPT)
    for most, window, words in ((MOST, WINDOW, "den senaste timmen"), (MOST_A_DAY, DAY, "det senaste dygnet")):
        recent = (AskedCode.person_id == link.person_id, AskedCode.made_at > now - window)
        if (session.scalar(select(func.count()).where(*recent)) or 0) >= most:
            raise RefusedError(
                f"Det har skickats {most} koder {words}. Vänta en stund, eller skriv till ekonomikontoret."
            )
    if _wrong_today(session, link.person_id, now) >= WRONG_A_DAY:
        raise RefusedError(WORN)
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


def find(session: Session, link: Link, code_id: str) -> AskedCode | None:
    """Return a request that was made on this very link, as it stands; None for another's."""
    row = session.get(AskedCode, code_id)
    return row if row and (row.link_id, row.generation) == (link.id, link.generation) else None


def closed_word(row: AskedCode, now: datetime) -> str:
    """Return why a code can no longer be used; "" when it can."""
    if row.used_at is not None:
        return "Koden är redan använd."
    if row.expires_at <= now:
        return f"Koden gällde i {LIFETIME.seconds // 60} minuter, och de har gått. {AGAIN}"
    return f"Koden har skrivits fel {TRIES} gånger och gäller inte längre. {AGAIN}" if row.tries >= TRIES else ""


def was_used_for(row: AskedCode, kind: Kind, now: datetime) -> bool:
    """Tell whether a code of this kind was shown right of late: what it opened stays open for as long as a code lives."""
    return row.kind == kind and row.used_at is not None and now < row.used_at + LIFETIME


def use(session: Session, secret: bytes, row: AskedCode, code: str, now: datetime) -> CodeTried:
    """Try a code, and use it up when it is right; of two at once only one succeeds.

    A wrong one is counted and logged, so the transaction must be committed whatever the outcome.
    """
    word = closed_word(row, now)
    if word:
        _log_denied(session, row, now, "kod: har gått ut")
        return CodeTried(asked=None, word=word)
    if _wrong_today(session, row.person_id, now) >= WRONG_A_DAY:
        _log_denied(session, row, now, "kod: för många fel i dag")
        return CodeTried(asked=None, word=WORN)
    typed = "".join(char for char in code if char.isascii() and char.isdigit())[:12]
    right = is_same(_digest(secret, row, typed), row.digest)
    spent = right and spend(session, AskedCode, row.id, now, AskedCode.tries < TRIES)
    if not right:
        still = (AskedCode.id == row.id, AskedCode.used_at.is_(None), AskedCode.tries < TRIES)
        session.execute(update(AskedCode).where(*still).values(tries=AskedCode.tries + 1))
    session.refresh(row)
    if spent:
        return CodeTried(asked=row)
    _log_denied(session, row, now, "kod: fel")
    left = TRIES - row.tries
    if left <= 0 or row.used_at is not None:
        return CodeTried(asked=None, word=closed_word(row, now))
    tries = "Ett försök kvar" if left == 1 else f"{left} försök kvar"
    return CodeTried(asked=None, word=f"Koden stämmer inte. {tries}. Läs den i det senaste brevet.", again=True)


def _wrong_today(session: Session, person_id: PersonId, now: datetime) -> int:
    """Return how many wrong codes were written within a day, on whichever of a person's links and codes."""
    theirs = (AskedCode.person_id == person_id, AskedCode.made_at > now - DAY)
    return session.scalar(select(func.sum(AskedCode.tries)).where(*theirs)) or 0


def _digest(secret: bytes, row: AskedCode, code: str) -> str:
    return digest(secret, "code", row.id, row.link_id, row.generation, code)


def _log_denied(session: Session, row: AskedCode, now: datetime, what: str) -> None:
    log(session, now, row.link_id, DENIED, "/mina/kod", {"what": what, "kind": row.kind})

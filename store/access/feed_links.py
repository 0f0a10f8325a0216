"""The addresses of the calendar feeds: a signature over a feed and its generation, without a login or an end.

A calendar program cannot log in, so whoever has the address reads the feed: it holds roles, enheter and days, no
person. A renewed feed gets another address, and the earlier ones open nothing.
"""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from store.access.proof import Signed
from store.log.writing import log
from store.tables import CalendarFeed

PURPOSE = "kalender"


def generations(session: Session) -> dict[str, CalendarFeed]:
    """Return the feeds that have been renewed, by key."""
    return {row.key: row for row in session.scalars(select(CalendarFeed))}


def sign(secret: bytes, key: str, generation: int) -> str:
    """Return the token that opens a feed; it is safe in a URL."""
    return Signed(secret, PURPOSE).sign(key, generation)


def read(secret: bytes, token: str) -> tuple[str, int] | None:
    """Return the key and the generation of the feed that a token is for; None for a token that we never made."""
    match Signed(secret, PURPOSE).read(token):
        case [str(key), int(generation)]:
            return key, generation
    return None


def generation_of(session: Session, key: str) -> int:
    """Return the generation of the address that opens a feed today."""
    row = session.get(CalendarFeed, key)
    return row.generation if row else 1


def renew(session: Session, key: str, by: str, now: datetime) -> None:
    """Give a feed a new address: those who had the old one see nothing more until they get the new one."""
    generation = generation_of(session, key) + 1
    session.merge(CalendarFeed(key=key, generation=generation, renewed_at=now, renewed_by=by))
    log(session, now, by, "calendar.renewed", key, {"generation": generation})

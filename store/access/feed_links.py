"""The addresses of the calendar feeds: a signature over a feed and its generation, without a login or an end.

A calendar program cannot log in, so whoever has the address reads the feed: it holds roles, enheter and days, no
person. A renewed feed gets another address, and the earlier ones open nothing.
"""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from arshjul.errors import RefusedError
from store.access.proof import Signed
from store.log.writing import log
from store.tables import CalendarFeed

ASK = "Be ekonomikontoret om kalenderns nya adress."
PURPOSE = "kalender"


def generations(session: Session) -> dict[str, CalendarFeed]:
    """Return the feeds that have been renewed, by key."""
    return {row.key: row for row in session.scalars(select(CalendarFeed))}


def sign(secret: bytes, key: str, generation: int) -> str:
    """Return the token that opens a feed; it is safe in a URL."""
    return Signed(secret, PURPOSE).sign(key, generation)


def open_feed(session: Session, secret: bytes, token: str) -> str | None:
    """Return the key of the feed that a token opens; None for a token that we never made. Changes nothing.

    Raises RefusedError for an address that has been replaced.
    """
    match Signed(secret, PURPOSE).read(token):
        case [str(key), int(generation)]:
            pass
        case _:
            return None
    row = session.get(CalendarFeed, key)
    if generation != (row.generation if row else 1):
        raise RefusedError(f"Kalendern har fått en ny adress. {ASK}")
    return key


def renew(session: Session, key: str, by: str, now: datetime) -> None:
    """Give a feed a new address: those who had the old one see nothing more until they get the new one."""
    row = session.get(CalendarFeed, key)
    generation = (row.generation if row else 1) + 1
    session.merge(CalendarFeed(key=key, generation=generation, renewed_at=now, renewed_by=by))
    log(session, now, by, "calendar.renewed", key, {"generation": generation})

"""The plan's days as the calendar feeds show them, kept as rows so that a change can be told from a repetition."""

import hashlib
from collections.abc import Sequence
from dataclasses import fields
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any

from sqlalchemy import insert, or_, select, update
from sqlalchemy.orm import Session

from arshjul.year.agenda import Event
from store.tables import CalendarRow

PAST = timedelta(days=400)  #: so far back a feed reaches
CANCELLED = timedelta(days=60)  #: so long a feed says that an event is cancelled; every subscriber has asked by then
ONE_SECOND = timedelta(seconds=1)


def keep_events(session: Session, events: Sequence[Event], now: datetime) -> int:
    """Make the rows agree with the plan; return how many changed. The same plan again changes nothing.

    ``changed_at`` always rises with a change, also when the clock has not, as calendars go by it. What the plan no
    longer has is cancelled when its day had not come; a day that has been stays as it was.
    """
    columns = (CalendarRow.key, CalendarRow.digest, CalendarRow.at, CalendarRow.changed_at, CalendarRow.gone)
    known = {row.key: row for row in session.execute(select(*columns))}
    fresh: list[dict[str, Any]] = []
    changed: list[dict[str, Any]] = []
    for event in events:
        row = known.pop(event.key, None)
        if row is None:
            fresh.append({**_values(event), "changed_at": now})
        elif row.gone or row.digest != digest_of(event):
            changed.append({**_values(event), "changed_at": _after(row.changed_at, now)})
    cancelled = [row for row in known.values() if not row.gone and row.at >= now]
    changed += [{"key": row.key, "gone": True, "changed_at": _after(row.changed_at, now)} for row in cancelled]
    if fresh:
        session.execute(insert(CalendarRow), fresh)
    if changed:
        session.execute(update(CalendarRow), changed)  # by their keys
    return len(fresh) + len(changed)


def events_in(session: Session, feed: str, now: datetime) -> list[CalendarRow]:
    """Return a feed's events in order of time: from a year back, those that were cancelled of late among them."""
    where = (
        CalendarRow.at >= now - PAST,
        or_(CalendarRow.gone.is_(False), CalendarRow.changed_at >= now - CANCELLED),
    )
    rows = session.scalars(select(CalendarRow).where(*where).order_by(CalendarRow.at, CalendarRow.key))
    return [row for row in rows if feed in row.feeds]


def shown_as(session: Session, key: str) -> CalendarRow | None:
    """Return a day of the plan as calendars show it, or showed it when the plan had it."""
    return session.get(CalendarRow, key)


def next_events(session: Session, now: datetime) -> dict[str, CalendarRow]:
    """Return each feed's next event."""
    where = (CalendarRow.at >= now, CalendarRow.gone.is_(False))
    rows = session.scalars(select(CalendarRow).where(*where).order_by(CalendarRow.at, CalendarRow.key))
    found: dict[str, CalendarRow] = {}
    for row in rows:
        for feed in row.feeds:
            found.setdefault(feed, row)
    return found


@lru_cache(maxsize=8192)  # five years of a municipality hold some 1 100, and most of them outlive a change
def digest_of(event: Event) -> str:
    """Return the digest of all that is shown of an event."""
    return hashlib.sha256(repr({**_shown(event), "at": event.at.timestamp()}).encode()).hexdigest()


def _values(event: Event) -> dict[str, Any]:
    return {**_shown(event), "digest": digest_of(event), "gone": False}


def _shown(event: Event) -> dict[str, Any]:
    return {field.name: getattr(event, field.name) for field in fields(event)} | {"feeds": sorted(event.feeds)}


def _after(before: datetime, now: datetime) -> datetime:
    return max(now, before + ONE_SECOND)

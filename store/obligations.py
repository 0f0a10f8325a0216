"""The obligations' rows: which need a thought now, and when next."""

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import func, select, update

from store.database import Session
from store.tables import ObligationRow

SETTLED_STATES = ("Komplett", "Preliminär", "Före införandet")


def need_a_thought(session: Session, now: datetime) -> list[str]:
    """Return the keys of the obligations whose instant has come, in order."""
    where = ObligationRow.wake_at <= now
    return list(session.scalars(select(ObligationRow.key).where(where).order_by(ObligationRow.key)))


def rows_of(session: Session, keys: Iterable[str]) -> dict[str, ObligationRow]:
    """Return the rows of these obligations, by key."""
    rows = session.scalars(select(ObligationRow).where(ObligationRow.key.in_(list(keys))))
    return {row.key: row for row in rows}


def think_at(session: Session, keys: Iterable[str], instant: datetime | None) -> None:
    """Set when these obligations next need a thought; None: not before something happens."""
    session.execute(update(ObligationRow).where(ObligationRow.key.in_(list(keys))).values(wake_at=instant))


def unsettled(session: Session, until: datetime) -> list[str]:
    """Return the keys of the obligations due up to ``until`` that are ours and not complete, soonest first."""
    where = (ObligationRow.due_at <= until, ObligationRow.state.not_in(SETTLED_STATES))
    return list(
        session.scalars(select(ObligationRow.key).where(*where).order_by(ObligationRow.due_at, ObligationRow.key))
    )


def next_thought(session: Session, after: datetime) -> datetime | None:
    """Return the next instant at which any obligation needs a thought; what is overdue counts as ``after``."""
    found = session.scalar(select(func.min(ObligationRow.wake_at)))
    return max(found, after) if found else None

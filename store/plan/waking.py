"""What wants a new thought or a new picture: obligations that are woken, occurrences that are touched."""

from collections.abc import Iterable
from datetime import datetime
from typing import cast

from sqlalchemy import Table, Update, bindparam, event, or_, select, update
from sqlalchemy.orm import Session

from arshjul.keys import ObligationKey, OccurrenceKey
from store.plan.obligations import hold, hold_all
from store.tables import ObligationRow, OccurrenceRow

TOUCHED = "touched"  #: under this name a session remembers the occurrences that it touches, until it commits
_TOUCH = (
    update(cast("Table", OccurrenceRow.__table__))
    .where(OccurrenceRow.step == bindparam("b_step"), OccurrenceRow.period == bindparam("b_period"))
    .values(touched_at=bindparam("b_now"))
)


def wake(session: Session, keys: Iterable[ObligationKey], now: datetime) -> None:
    """Ask for a new thought about these obligations, and for a new picture of their occurrences.

    What has been due for a while stays due since then: it does not wait anew for a run that did not come.
    """
    keys = list(keys)
    if not keys:
        return
    hold(session, keys)
    session.execute(_woken(now).where(ObligationRow.key.in_(keys)))
    touch(session, {key.occurrence for key in keys}, now)


def wake_all(session: Session, now: datetime) -> None:
    """As :func:`wake`, for every obligation, after a change that may concern any of them."""
    hold_all(session)
    session.execute(_woken(now))
    every = session.execute(select(OccurrenceRow.step, OccurrenceRow.period))
    touch(session, [OccurrenceKey.of(step, period) for step, period in every], now)


def _woken(now: datetime) -> Update:
    not_due = or_(ObligationRow.wake_at.is_(None), ObligationRow.wake_at > now)
    return update(ObligationRow).where(not_due).values(wake_at=now)


def touch(session: Session, occurrences: Iterable[OccurrenceKey], now: datetime) -> None:
    """Ask for a new picture of these occurrences (step and period key) in the Prefect UI.

    It is written last in the transaction: many hand in to one occurrence, and none shall wait for another's reading.
    """
    session.info.setdefault(TOUCHED, {}).update(dict.fromkeys(occurrences, now))


@event.listens_for(Session, "before_commit")
def _write_touches(session: Session) -> None:
    """Write what was touched, in one order."""
    if session.in_nested_transaction():
        return
    touched = sorted(session.info.pop(TOUCHED, {}).items())
    if touched:
        rows = [{"b_step": step, "b_period": period, "b_now": now} for (step, period), now in touched]
        session.connection().execute(_TOUCH, rows)


def touched(session: Session) -> list[OccurrenceKey]:
    """Return the occurrences that wait for a new picture, the longest first."""
    where = OccurrenceRow.touched_at.is_not(None)
    rows = session.scalars(select(OccurrenceRow).where(where).order_by(OccurrenceRow.touched_at))
    return [OccurrenceKey.of(row.step, row.period) for row in rows]


def drawn(session: Session, occurrences: Iterable[OccurrenceKey], seen_at: datetime) -> None:
    """Note that pictures were drawn of what stood at ``seen_at``; what was touched later is drawn again."""
    for step, period in sorted(occurrences):
        where = (OccurrenceRow.step == step, OccurrenceRow.period == period, OccurrenceRow.touched_at <= seen_at)
        session.execute(update(OccurrenceRow).where(*where).values(touched_at=None, drawn_at=seen_at))

"""Who leads, and the heart-beats of the service's parts that ``/health`` looks at. By the machine's own clock."""

from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from store.tables import Lease

LEADER = "ledare"
BEAT = "hjärtslag"
FAILS = "fel"


def take_lead(session: Session, name: str, lead: timedelta, now: datetime) -> bool:
    """Take or keep the lead until ``now + lead``; False when another service holds it.

    A lease that reaches further ahead than twice ``lead`` was taken before the clock jumped back: it counts as run
    out. Once is not enough: whoever waits for the database has an older ``now`` than the holder that was let in first.
    """
    lease = session.get(Lease, LEADER, with_for_update=True)
    if lease is None:
        session.add(Lease(name=LEADER, holder=name, until=now + lead))
        session.flush()
        return True
    if lease.holder != name and now < lease.until <= now + 2 * lead:
        return False
    lease.holder, lease.until = name, now + lead
    return True


def give_up_lead(session: Session, name: str, now: datetime) -> None:
    """Let the next service lead at once."""
    lease = session.get(Lease, LEADER, with_for_update=True)
    if lease is not None and lease.holder == name:
        lease.until = now


def beat(session: Session, part: str, now: datetime) -> None:
    """Note that a part of the service did its work."""
    session.merge(Lease(name=f"{BEAT}/{part}", holder=part, until=now))


def beats(session: Session) -> dict[str, datetime]:
    """Return when each part last did its work."""
    rows = session.scalars(select(Lease).where(Lease.name.startswith(f"{BEAT}/")))
    return {row.holder: row.until for row in rows}


def fails(session: Session, job: str, error: str, now: datetime) -> None:
    """Note that a job ended in an error; since when stays until it has done its work again."""
    if session.get(Lease, f"{FAILS}/{job}") is None:
        session.add(Lease(name=f"{FAILS}/{job}", holder=error, until=now))


def works(session: Session, job: str) -> None:
    """Note that a job has done its work."""
    row = session.get(Lease, f"{FAILS}/{job}")
    if row is not None:
        session.delete(row)


def failing(session: Session) -> dict[str, tuple[datetime, str]]:
    """Return the jobs that fail: since when, and the first error."""
    rows = session.scalars(select(Lease).where(Lease.name.startswith(f"{FAILS}/")))
    return {row.name.removeprefix(f"{FAILS}/"): (row.until, row.holder) for row in rows}

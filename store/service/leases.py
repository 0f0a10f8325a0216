"""Who leads, and the heart-beats of the service's parts that ``/health`` looks at.

By the database's clock on PostgreSQL, which several machines share; an SQLite file has one machine, and its clock.
"""

from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from store.tables import Instant, Lease

LEADER = "ledare"
BEAT = "hjärtslag"
FAILS = "fel"
RUNNER = "körningar"  #: the part that carries out Prefect's runs


def clock_of(session: Session, now: datetime) -> datetime:
    """Return the instant by the clock that all who share the database go by; ``now`` is this machine's."""
    if session.get_bind().dialect.name != "postgresql":
        return now
    return session.scalars(select(func.clock_timestamp(type_=Instant()))).one()


def take_lead(session: Session, name: str, lead: timedelta, now: datetime) -> bool:
    """Take or keep the lead until ``now + lead``; False when another service holds it.

    A lease that reaches further ahead than twice ``lead`` was taken before the clock jumped back: it counts as run
    out. Once is not enough: whoever waits for the database has an older ``now`` than the holder that was let in first.
    """
    lease = session.get(Lease, LEADER, with_for_update=True, populate_existing=True)
    now = clock_of(session, now)
    if lease is None:
        try:
            with session.begin_nested():
                session.add(Lease(name=LEADER, holder=name, until=now + lead))
        except IntegrityError:
            return False  # another service was faster
        return True
    if lease.holder != name and now < lease.until <= now + 2 * lead:
        return False
    lease.holder, lease.until = name, now + lead
    return True


def leader(session: Session) -> Lease | None:
    """Return the lease of who leads, run out or not; None when nobody has led."""
    return session.get(Lease, LEADER)


def give_up_lead(session: Session, name: str, now: datetime) -> None:
    """Let the next service lead at once."""
    lease = session.get(Lease, LEADER, with_for_update=True)
    if lease is not None and lease.holder == name:
        lease.until = clock_of(session, now)


def beat(session: Session, part: str, now: datetime) -> None:
    """Note that a part of the service did its work."""
    session.merge(Lease(name=f"{BEAT}/{part}", holder=part, until=clock_of(session, now)))


def beats(session: Session) -> dict[str, datetime]:
    """Return when each part last did its work."""
    rows = session.scalars(select(Lease).where(Lease.name.startswith(f"{BEAT}/")))
    return {row.holder: row.until for row in rows}


def fails(session: Session, job: str, now: datetime) -> None:
    """Note that a job ended in an error; since when stays until it has done its work again."""
    now, row = clock_of(session, now), session.get(Lease, f"{FAILS}/{job}")
    if row is None:
        session.add(Lease(name=f"{FAILS}/{job}", holder="", until=now))
    elif row.until > now:  # the clock was set back
        row.until = now


def works(session: Session, job: str) -> None:
    """Note that a job has done its work."""
    row = session.get(Lease, f"{FAILS}/{job}")
    if row is not None:
        session.delete(row)


def failing(session: Session) -> dict[str, datetime]:
    """Return the jobs that fail, and since when."""
    rows = session.scalars(select(Lease).where(Lease.name.startswith(f"{FAILS}/")))
    return {row.name.removeprefix(f"{FAILS}/"): row.until for row in rows}

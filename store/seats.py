"""Changing who holds one role, without a file: a new holder from a day on."""

from datetime import date, datetime, timedelta

from sqlalchemy import or_, select

from store.database import Session
from store.log import log
from store.people_file import person_id
from store.tables import Holder, Person


def replace_holder(
    session: Session,
    role: str,
    unit: str | None,
    name: str,
    address: str,
    since: date | None,
    now: datetime,
    by: str,
) -> None:
    """Give a role a new holder from ``since`` (inclusive; None: always); whoever holds it then ends the day before."""
    if session.get(Person, person_id(address)) is None:
        session.add(Person(id=person_id(address), name=name, address=address))
        session.flush()
    if since is not None:
        open_ones = or_(Holder.until.is_(None), Holder.until >= since)
        for row in session.scalars(select(Holder).where(Holder.role == role, Holder.unit == unit, open_ones)):
            row.until = since - timedelta(days=1)
    session.add(Holder(role=role, unit=unit, person_id=person_id(address), since=since))
    session.flush()
    log(
        session, now, by, "role.held", f"{role}/{unit or ''}", {"person": person_id(address), "since": str(since or "")}
    )

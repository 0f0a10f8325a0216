"""Who holds one role, row by row: its holder from when to when, its deputy, its vacancies, its history."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import and_, bindparam, or_, select

from arshjul.definition.model import Definition
from arshjul.keys import PersonId, RoleId, UnitId, joined, seat_key
from store.acting import BY_SERVICE
from store.columns import columns
from store.database import Session
from store.log.writing import log
from store.people.holders import Seat, is_within
from store.people.needed_seats import needed
from store.people.people_file import person_id
from store.tables import Holder, LogRow, Person

ONE_DAY = timedelta(days=1)
PHONE = "person.phone"
HELD, ENDED, DEPUTY, NO_DEPUTY, IMPORTED = "role.held", "role.ended", "deputy.named", "deputy.ended", "people.imported"
VACANCY_TOLD = "vacancy.told"
# asked in every round, so they are put together once
_EVERY = select(Holder.role, Holder.unit, Holder.since, Holder.until)
_TOLD = select(LogRow.key).where(LogRow.what == VACANCY_TOLD, LogRow.key.in_(bindparam("keys", expanding=True)))


@dataclass(frozen=True, slots=True, kw_only=True)
class Vacancy:
    """A seat that the definition needs and nobody holds; ``since`` is its first empty day, None if always."""

    seat: Seat
    since: date | None

    @property
    def key(self) -> str:
        """The key under which it is logged that it was told."""
        return joined(seat_key(*self.seat), self.since or "")


def replace_holder(
    session: Session,
    role: RoleId,
    unit: UnitId | None,
    name: str,
    address: str,
    since: date | None,
    now: datetime,
    by: str,
    why: str = "",
) -> None:
    """Give a role a new holder from ``since`` (inclusive; None: always).

    Whoever holds it then ends the day before, and whoever was to begin after it does not. A person who is known
    by the address gets the name that is given now.
    """
    person = _person(session, name, address)
    if since is not None:
        leave(session, role, unit, since - ONE_DAY)
    session.add(Holder(role=role, unit=unit, person_id=person.id, since=since))
    session.flush()
    detail = {"person": person.id, "since": str(since or ""), **({"why": why} if why else {})}
    log(session, now, by, HELD, seat_key(role, unit), detail)


def keep_phone(session: Session, row: Holder, phone: str) -> None:
    """Keep where a seat's holder is called; "" is nowhere."""
    session.get_one(Person, row.person_id).phone = phone or None


def keep_deputy(session: Session, row: Holder, name: str, address: str, first: date, last: date) -> None:
    """Keep who stands in for a holder, from ``first`` to ``last``, both inclusive."""
    row.deputy_id, row.deputy_from, row.deputy_to = _person(session, name, address).id, first, last


def end_deputy_after(row: Holder, last_day: date) -> None:
    """Let a deputy answer for a seat to this day, and no longer."""
    row.deputy_to = last_day


def leave_without_deputy(row: Holder) -> None:
    """Let a seat have no deputy, now or later."""
    row.deputy_id = row.deputy_from = row.deputy_to = None


def vacancies(session: Session, definition: Definition, day: date) -> tuple[Vacancy, ...]:
    """Return the seats that are needed on ``day`` and that nobody holds, each with its first empty day."""
    rows = columns(session, _EVERY).all()
    held = {(role, unit) for role, unit, since, until in rows if is_within(day, since, until)}
    found = []
    for seat in sorted(needed(definition, day), key=str):
        above = definition.above.get(seat[1], ()) if seat[1] else ()
        if not any((seat[0], unit) in held for unit in (seat[1], *above, None)):
            ends = [row.until for row in rows if row.role == seat[0] and row.unit in (seat[1], None) and row.until]
            before = [end for end in ends if end < day]
            found.append(Vacancy(seat=seat, since=max(before) + ONE_DAY if before else None))
    return tuple(found)


def untold(session: Session, found: Iterable[Vacancy]) -> list[Vacancy]:
    """Return the vacancies that no letter has told."""
    found = list(found)
    told = set(columns(session, _TOLD, {"keys": [each.key for each in found]}).scalars() if found else ())
    return [each for each in found if each.key not in told]


def mark_told(session: Session, found: Iterable[Vacancy], now: datetime) -> None:
    """Note that vacancies were told, so that each is told once."""
    for each in found:
        log(session, now, BY_SERVICE, VACANCY_TOLD, each.key)


def history(session: Session, seat: Seat | None = None, most: int = 50) -> list[LogRow]:
    """Return what was done with a seat, or with all of them, the newest first. Imports concern every seat."""
    where = LogRow.what.in_((HELD, ENDED, DEPUTY, NO_DEPUTY))
    mine = and_(where, LogRow.key == seat_key(*seat)) if seat else where
    rows = select(LogRow).where(or_(mine, LogRow.what == IMPORTED)).order_by(LogRow.id.desc()).limit(most)
    return list(session.scalars(rows))


def held_by(session: Session, person: PersonId, day: date) -> list[Holder]:
    """Return the rows of the seats that a person holds on ``day``, deputised or not; never as a deputy."""
    rows = session.scalars(select(Holder).where(Holder.person_id == person).order_by(Holder.id))
    held = {(row.role, row.unit): row for row in rows if _is_in_force(row, day)}
    return [held[seat] for seat in sorted(held, key=str)]


def leave(session: Session, role: RoleId, unit: UnitId | None, last_day: date) -> None:
    """Let whoever holds a seat end on ``last_day`` (inclusive), and whoever was to begin after it not begin."""
    for row in open_rows(session, (role, unit), last_day + ONE_DAY):
        if row.since and row.since > last_day:
            session.delete(row)
        else:
            row.until = last_day


def open_rows(session: Session, seat: Seat, day: date) -> list[Holder]:
    """Return the seat's rows that are in force on ``day`` or later."""
    open_ones = or_(Holder.until.is_(None), Holder.until >= day)
    role, unit = seat
    return list(session.scalars(select(Holder).where(Holder.role == role, Holder.unit == unit, open_ones)))


def holding_on(session: Session, seat: Seat, day: date) -> Holder | None:
    """Return the row of whoever holds the seat itself on ``day``."""
    rows = [row for row in open_rows(session, seat, day) if _is_in_force(row, day)]
    return max(rows, key=lambda row: (row.since or date.min, row.id), default=None)


def _is_in_force(row: Holder, day: date) -> bool:
    return is_within(day, row.since, row.until)


def _person(session: Session, name: str, address: str) -> Person:
    person = session.get(Person, person_id(address))
    if person is None:
        person = Person(id=person_id(address), name=name, address=address)
        session.add(person)
        session.flush()
    elif name and person.name != name:
        person.name = name
    return person

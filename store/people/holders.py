"""Who holds which role: people in the store, asked for by role, unit and day."""

import hashlib
from collections.abc import Container, Iterable, Mapping
from datetime import date

from sqlalchemy import and_, bindparam, or_, select
from sqlalchemy.orm import Session, aliased

from arshjul.definition.model import Definition
from arshjul.keys import PersonId, RoleId, UnitId, seat_key
from store.columns import columns
from store.people.people_file import person_id
from store.tables import Holder, Person, Setting

Seat = tuple[RoleId, UnitId | None]  #: a role, and the unit it is held for; None is all units
ANSWERING = "who_answers"  #: under this name stands the digest of who answered for the seats at the last round
_DEPUTY = aliased(Person)
# asked of every scene, so they are put together once
_IN_FORCE = and_(
    or_(Holder.since.is_(None), Holder.since <= bindparam("day")),
    or_(Holder.until.is_(None), Holder.until >= bindparam("day")),
)
_HOLDERS = (
    select(*(Holder.role, Holder.unit, Holder.deputy_from, Holder.deputy_to), Person, _DEPUTY)
    .join(Person, Person.id == Holder.person_id)
    .outerjoin(_DEPUTY, _DEPUTY.id == Holder.deputy_id)
    .where(_IN_FORCE)
    .order_by(Holder.since.is_not(None), Holder.since, Holder.id)
)
_HELD = select(Holder.role, Holder.unit).where(_IN_FORCE)
_ANSWERED = select(Setting.value).where(Setting.name == ANSWERING)


def holders(session: Session, day: date) -> Mapping[Seat, Person]:
    """Return who answers for each seat on ``day``: the deputy where one is in force, else the holder."""
    found: dict[Seat, Person] = {}
    for role, unit, first, last, person, stand_in in session.execute(_HOLDERS, {"day": day}):
        stands_in = stand_in is not None and is_within(day, first, last)
        found[role, unit] = stand_in if stands_in else person  # the latest to begin wins
    return found


def answer_anew(session: Session, seats: Mapping[Seat, Person]) -> bool:
    """Tell whether others answer for the seats than when this was last asked, and remember who does now."""
    names = sorted(f"{seat_key(role, unit)} {person.id} {person.address}" for (role, unit), person in seats.items())
    digest = hashlib.sha256("\n".join(names).encode()).hexdigest()
    if columns(session, _ANSWERED).scalar() == digest:
        return False
    session.merge(Setting(name=ANSWERING, value=digest))
    return True


def is_within(day: date, first: date | None, last: date | None) -> bool:
    """Tell whether a day lies between two, both inclusive; None is no bound."""
    return (first is None or first <= day) and (last is None or day <= last)


def held(session: Session, day: date) -> frozenset[Seat]:
    """Return the seats that somebody answers for on ``day``; see :func:`holders` for who."""
    return frozenset((role, unit) for role, unit in session.execute(_HELD, {"day": day}))


def who(
    mapping: Mapping[Seat, Person], role: RoleId, unit: UnitId | None, above: Iterable[UnitId] = ()
) -> Person | None:
    """Return who answers for a role: the unit's own before those of the units ``above`` it, before the one for all units.

    None when it is vacant.
    """
    seats = ((role, each) for each in (unit, *above, None))
    return next((person for seat in seats if (person := mapping.get(seat))), None)


def holder(session: Session, role: RoleId, unit: UnitId | None, day: date) -> Person | None:
    """Return who answers for one role on ``day``; see :func:`holders` to ask for many."""
    return who(holders(session, day), role, unit)


def person_of(session: Session, person_id: PersonId | None) -> Person | None:
    """Return a person by id; None for None, and for one who is not there."""
    return session.get(Person, person_id) if person_id else None


def known_person(session: Session, person_id: PersonId) -> Person:
    """Return a person whom a row of ours names, and who so is there."""
    return session.get_one(Person, person_id)


def names_of(session: Session) -> dict[str, str]:
    """Return everybody's name, by id."""
    return {one.id: one.name for one in session.scalars(select(Person))}


def people_at(session: Session, address: str) -> list[Person]:
    """Return the people with an address; å, ä, ö and capitals are folded, which databases do differently."""
    return [
        one
        for one in session.scalars(select(Person).order_by(Person.id))
        if person_id(one.address) == person_id(address)
    ]


def own_domains(session: Session, definition: Definition, day: date) -> tuple[str, ...]:
    """Return the domains that a deputy's address may lie in: the definition's, else those of today's holders."""
    if definition.kommun.domains:
        return tuple(each.casefold() for each in definition.kommun.domains)
    return tuple(sorted({domain_of(person.address) for person in holders(session, day).values()}))


def domain_of(address: str) -> str:
    """Return an address's domain, folded; a subdomain is another domain."""
    return person_id(address).rpartition("@")[2]


def roles_of(session: Session, person_id: PersonId, day: date) -> frozenset[Seat]:
    """Return the seats in which a person may act on ``day``: as holder (deputised or not), or as deputy in force."""
    mine = or_(Holder.person_id == person_id, Holder.deputy_id == person_id)
    rows = session.scalars(select(Holder).where(_IN_FORCE, mine), {"day": day})
    return frozenset(
        (row.role, row.unit) for row in rows if row.person_id == person_id or _deputy(row, day) == person_id
    )


def ever_held(session: Session, person_id: PersonId) -> frozenset[Seat]:
    """Return the seats in which a person acts, has acted or is to act, also as a deputy."""
    rows = session.scalars(select(Holder).where(or_(Holder.person_id == person_id, Holder.deputy_id == person_id)))
    return frozenset((row.role, row.unit) for row in rows)


def covers(
    seats: frozenset[Seat], held: Container[Seat], role: RoleId, unit: UnitId, above: Iterable[UnitId] = ()
) -> bool:
    """Tell whether one of ``seats`` answers for a unit's role, or for that of one ``above`` it.

    A seat for all units, or for one above, does not answer for a unit that has somebody nearer, among those that are
    ``held``.
    """
    nearest = next((each for each in (unit, *above, None) if (role, each) in seats or (role, each) in held), None)
    return (role, nearest) in seats


def _deputy(row: Holder, day: date) -> str | None:
    return row.deputy_id if is_within(day, row.deputy_from, row.deputy_to) else None

"""Who is told: the people behind a rung's roles, those who stand in for them, and who gets a copy."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from arshjul.definition.ladders import OWING, Rung
from arshjul.definition.model import OFFICE, Definition
from arshjul.keys import PersonId, RoleId, UnitId
from arshjul.year.wheel import Obligation
from store.database import Session
from store.people.holders import Seat, covers, held, people_at, roles_of, who
from store.tables import Person

EKONOMIKONTORET = OFFICE
CONTROLLER = RoleId("controller")
REGISTRATOR = RoleId("registrator")


@dataclass(frozen=True, slots=True)
class People:
    """Who answers for which seat on one day; deputies count."""

    seats: Mapping[Seat, Person]
    above: Mapping[UnitId, tuple[UnitId, ...]]  #: the enheter over one, as the definition has them

    def who(self, role: RoleId, unit: UnitId | None) -> Person | None:
        """Return who answers for a role: the unit's own before that of the one above it, before the one for all units."""
        return who(self.seats, role, unit, self.above.get(unit, ()) if unit else ())

    def roles_held_by(self, person_id: PersonId) -> list[str]:
        """Return the roles that a person answers for, in order."""
        return sorted({role for (role, _unit), person in self.seats.items() if person.id == person_id})


def told_by(rung: Rung, one: Obligation, owing: Iterable[RoleId], people: People) -> list[tuple[RoleId, Person | None]]:
    """Return the (role, person) that a rung tells; each person once, by the first role that reaches them.

    A role that nobody holds is told to the ekonomikontoret, so that no word is lost. None stands for the
    ekonomikontor's own address when not even that role is held.
    """
    found: dict[PersonId | None, tuple[RoleId, Person | None]] = {}
    for role in rung.recipients(one.unit_kind):
        for each in owing if role == OWING else (role,):
            person = people.who(each, one.unit) or people.who(EKONOMIKONTORET, None)
            found.setdefault(person.id if person else None, (each, person))
    return list(found.values())


def copies(units: Iterable[UnitId], reader: Person | None, people: People) -> list[str]:
    """Return the addresses of the units' controllers, who read along; never the reader's own."""
    addresses = {person.address for unit in units if (person := people.who(CONTROLLER, unit))}
    return sorted(addresses - ({reader.address} if reader else set()))


def still_reads_along(
    session: Session, definition: Definition, address: str, units: Iterable[UnitId] | None, day: date
) -> bool:
    """Tell whether an address is that of a controller of one of ``units`` on ``day``; of the registrator for None.

    Also while somebody stands in for them.
    """
    seats = [roles_of(session, person.id, day) for person in people_at(session, address)]
    if units is None:
        return any((REGISTRATOR, None) in each for each in seats)
    every, units = held(session, day), list(units)
    return any(
        covers(each, every, CONTROLLER, unit, definition.above.get(unit, ())) for each in seats for unit in units
    )


def registrator(people: People) -> list[str]:
    """Return the address of the registrator, who gets a copy of what is to be registered; none when nobody is named.

    Only of letters without a personal link: the registrator hands nothing in for anybody.
    """
    person = people.who(REGISTRATOR, None)
    return [person.address] if person else []


def holding(roles: Iterable[RoleId], unit: UnitId, people: People) -> Mapping[str, PersonId | None]:
    """Return the person's id behind each role, for one unit."""
    return {role: person.id if (person := people.who(role, unit)) else None for role in roles}

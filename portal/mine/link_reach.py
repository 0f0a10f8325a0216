"""What a personal link reaches: its person's seats, and the parts that are theirs to hand in or to read."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from arshjul.definition.model import Definition
from arshjul.keys import PartId, UnitId
from arshjul.swedish import local_date
from arshjul.year.wheel import Obligation, PartOwed, Wheel
from store.database import Session
from store.people import holders as people
from store.people.holders import Seat, person_of
from store.tables import Link, Person


@dataclass(frozen=True, slots=True, kw_only=True)
class Reach:
    """What a link reaches today: its person's seats among its roles."""

    person: Person
    seats: frozenset[Seat]
    held: frozenset[Seat]  #: by anybody
    above: Mapping[UnitId, tuple[UnitId, ...]]  #: the enheter over one, as the definition has them

    def covers(self, part: PartOwed, one: Obligation) -> bool:
        """Tell whether this person hands a part in."""
        return people.covers(self.seats, self.held, part.role, one.unit, self.above.get(one.unit, ()))

    def owes(self, one: Obligation) -> frozenset[str]:
        """Return the ids of the parts that this person hands in."""
        near = (None, one.unit, *self.above.get(one.unit, ()))
        if not any(unit in near for _, unit in self.seats):
            return frozenset()  # most obligations are other enheter's
        return frozenset(part.id for part in one.parts if self.covers(part, one))

    def reads(self, wheel: Wheel, one: Obligation, part: PartId) -> bool:
        """Tell whether a part is this person's to read: their own, or below what they approve."""
        if part in self.owes(one):
            return True
        carrier = wheel.carriers.get(one.key)
        return carrier is not None and self.reads(wheel, wheel.obligations[carrier[0]], carrier[1])


def reach(session: Session, definition: Definition, link: Link, now: datetime) -> Reach:
    """Return what a link reaches at ``now``."""
    today = local_date(now)
    person = person_of(session, link.person_id)
    if person is None:
        raise LookupError(f"link {link.id} names person {link.person_id}, who is not there")
    seats = frozenset(seat for seat in people.roles_of(session, link.person_id, today) if seat[0] in link.roles)
    return Reach(person=person, seats=seats, held=people.held(session, today), above=definition.above)


def seat_text(wheel: Wheel, seat: Seat) -> str:
    """Return ``förvaltningschef, Bildningsnämnden``."""
    role, unit = seat
    name = wheel.definition.roles[role].name if role in wheel.definition.roles else role
    return f"{name}, {wheel.definition.units[unit].name}" if unit in wheel.definition.units else name

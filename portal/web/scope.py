"""What a nämndsekreterare sees: the bodies whose secretary she is, and what is theirs. A setting widens it to all.

Whoever reads, by the link of a letter or logged in, sees what letters tell them of: the body whose secretary or chair
they are, the enheter that they answer for or whose letters they read along, and those whose ladder tells them what is
late. So a secretary who answers for an enhet too opens what her letters lead to also while she is logged in.

The secretary of a body that the whole municipality's reports go to (KSAU, KS, KF) sees every enhet's underlag, and
that body's meetings. A nämnd's secretary sees the nämnd's. The registrator, who records diarienummer, sees all.
What somebody may not see answers as if it were not there, and is logged.
"""

from collections.abc import Iterable, Set
from dataclasses import dataclass, replace

from actions.recipients import CONTROLLER, REGISTRATOR
from actions.scene import Scene
from arshjul.bodies.chain import common_bodies
from arshjul.bodies.overlamnande import REVISORER
from arshjul.check.law import bodies as bodies_of_law
from arshjul.definition.model import Definition
from arshjul.keys import BodyId, RoleId, UnitId
from arshjul.ladder.told_roles import owing_roles_of, told_above
from arshjul.year.wheel import Obligation, Occurrence
from portal.web.context import PortalContext
from portal.web.denials import DeniedError
from portal.web.logged_in import NO_LONGER, NOT_FOR_YOU, Who
from store.people.holders import Seat, covers, held, people_at, roles_of

NOT_YOURS = "Sidan finns inte bland det du ser här. Du ser de organ som du är sekreterare i. Behöver du fler: be ekonomikontoret."


@dataclass(frozen=True, slots=True, kw_only=True)
class Scope:
    """What one reader sees; None is all."""

    who: Who
    bodies: frozenset[str] | None = None
    units: frozenset[str] | None = None
    records: frozenset[str] | None = frozenset()  #: bodies whose decisions they record: a secretary her own

    def may_record(self, body: BodyId) -> bool:
        """Whether they record what a body decided; who came by a letter's link logs in first."""
        return self.is_recorder(body) and not self.who.is_reader

    def is_recorder(self, body: BodyId) -> bool:
        """Whether a body's decisions are theirs to record."""
        return self.records is None or body in self.records

    def needs_to_record(self, body: BodyId) -> None:
        """Raise 403, logged, for one who does not record a body's decisions."""
        if not self.may_record(body):
            raise DeniedError(NOT_FOR_YOU, "ett annat organs beslut", who=self.who.name)

    @property
    def sees_all_units(self) -> bool:
        """Whether the sammanställning, which shows every enhet's, is for them."""
        return self.units is None

    def needs_body(self, body: BodyId) -> None:
        """Raise 404, logged, for another's body."""
        self._needs(self.bodies is None or body in self.bodies, "ett annat organ")

    def needs_unit(self, unit: UnitId) -> None:
        """Raise 404, logged, for another's enhet."""
        self._needs(self.units is None or unit in self.units, "en annan enhet")

    def needs_all_units(self) -> None:
        """Raise 404, logged, for one who does not see every enhet."""
        self._needs(self.units is None, "alla enheters")

    def seen(self, obligations: Iterable[Obligation]) -> list[Obligation]:
        """Return those that are of what is seen."""
        return [one for one in obligations if self.units is None or one.unit in self.units]

    def narrowed(self, occurrence: Occurrence) -> Occurrence:
        """Return what is seen of an occurrence. Raises 404, logged, when that is nothing."""
        if self.units is None:
            return occurrence
        mine = tuple(self.seen(occurrence.obligations))
        self._needs(bool(mine), "ett tillfälle med andras underlag")
        points = tuple(each for each in occurrence.milestones if each.unit is None or each.unit in self.units)
        return replace(occurrence, obligations=mine, milestones=points)

    def _needs(self, may: bool, what: str) -> None:
        if not may:
            raise DeniedError(NOT_YOURS, what, who=self.who.name, status=404)


def scope_of(scene: Scene, context: PortalContext, who: Who) -> Scope:
    """Return what somebody logged in sees today."""
    if who.is_office:
        return Scope(who=who, records=None)
    people = people_at(scene.session, who.address) if who.address else []
    seats = frozenset(seat for person in people for seat in roles_of(scene.session, person.id, scene.today))
    if who.is_reader and not seats:
        raise DeniedError(NO_LONGER, "har ingen roll längre", who=who.name)
    definition, taken = scene.office.definition, held(scene.session, scene.today)
    owners: dict[str, UnitId] = {unit.body: key for key, unit in definition.units.items() if not unit.above}

    def held_in(body: BodyId, role: RoleId) -> bool:
        return covers(seats, taken, role, owners[body]) if body in owners else (role, None) in seats

    records = frozenset(key for key, body in definition.bodies.items() if held_in(key, body.secretary))
    if REGISTRATOR in {role for role, _ in seats} or (context.login.secretaries_see_all and not who.is_reader):
        return Scope(who=who, records=records)
    chaired = {key for key, body in definition.bodies.items() if held_in(key, body.chair)}
    bodies = records | chaired
    if (REVISORER, None) in seats and (kf := bodies_of_law(definition)[1]):
        bodies |= {kf}  # by law they are handed what fullmäktige is
    if bodies & common_bodies(scene.wheel).keys():
        return Scope(who=who, bodies=bodies, records=records)
    own = frozenset(owners[key] for key in bodies if key in owners)
    return _told(definition, seats, taken, Scope(who=who, bodies=bodies, units=own, records=records))


def _told(definition: Definition, seats: frozenset[Seat], taken: Set[Seat], own: Scope) -> Scope:
    """Return what letters tell somebody of, beside their own bodies': all, of who is told whatever enhet is late."""

    def covered(roles: Iterable[RoleId], unit: UnitId) -> bool:
        return any(covers(seats, frozenset(taken), role, unit, definition.above.get(unit, ())) for role in roles)

    units = definition.units.items()
    if all(covered(told_above(definition, unit), key) for key, unit in units):
        return replace(own, bodies=None, units=None)
    told = {
        key
        for key, unit in units
        if covered({CONTROLLER, *told_above(definition, unit), *owing_roles_of(definition, key, unit)}, key)
    }
    return replace(own, units=frozenset({*told, *(own.units or ())}))

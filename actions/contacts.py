"""Whom to call when something is late: who answers for a role today, and how they are reached."""

from collections.abc import Iterable, Mapping, Sequence

from actions.scene import Scene
from arshjul.definition.in_force import in_force
from arshjul.keys import ObligationKey, RoleId, UnitId
from arshjul.year.wheel import Occurrence
from submissions.standing.completeness import PartState, owners_of


def contact(scene: Scene, role: RoleId, unit: UnitId) -> str:
    """Return ``förvaltningschefen Karin Ek, karin.ek@example.se, 0225-340 00``, as far as it is known."""
    known = scene.office.definition.roles.get(role)
    name, person = known.definite if known else str(role), scene.people.who(role, unit)
    if person is None:
        return f"{name}, ingen innehavare är inlagd"
    return ", ".join(filter(None, (f"{name} {person.name}", person.address, person.phone)))


def handler(scene: Scene, occurrence: Occurrence) -> str:
    """Return who handles a tillfälle's matter, ``Karin Ek, kommunsekreterare``; the role alone when nobody holds it.

    "" where the definition names none.
    """
    whole = scene.wheel.definition.steps[occurrence.step]
    role = (in_force(whole, occurrence.period) or whole).handled_by
    if role is None:
        return ""
    person, name = scene.people.who(RoleId(role), None), scene.wheel.definition.roles[RoleId(role)].name
    named = person.name if person and person.name.casefold() != name.casefold() else ""
    return f"{named}, {name}" if named else f"{name[:1].upper()}{name[1:]}"


def contacts(scene: Scene, states: Sequence[PartState], unit: UnitId) -> tuple[str, ...]:
    """Return whom to call about what is missing of an enhet's parts, each person once; below it, where it waits for them."""
    return tuple(dict.fromkeys(contact(scene, *owner) for owner in owners_of(states, unit)))


def late_below(scene: Scene, states: Iterable[PartState]) -> Mapping[ObligationKey, str]:
    """Return whom to call in each enhet below that a part waits for, when its frist has passed."""
    waited_for = [state.part.carries for state in states if state.part.carries and state.waits]
    late = [one for one in waited_for if one.deadline.at < scene.now]
    return {one.key: contact(scene, one.parts[0].role, one.unit) for one in late}

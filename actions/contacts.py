"""Whom to call when something is late: who answers for a role today, and how they are reached."""

from collections.abc import Sequence

from actions.scene import Scene
from arshjul.keys import RoleId, UnitId
from submissions.standing.completeness import PartState, owners_of


def contact(scene: Scene, role: RoleId, unit: UnitId) -> str:
    """Return ``förvaltningschefen Karin Ek, karin.ek@example.se, 0225-340 00``, as far as it is known."""
    known = scene.office.definition.roles.get(role)
    name, person = known.definite if known else str(role), scene.people.who(role, unit)
    if person is None:
        return f"{name} (ingen innehavare är inlagd)"
    return ", ".join(filter(None, (f"{name} {person.name}", person.address, person.phone)))


def contacts(scene: Scene, states: Sequence[PartState], unit: UnitId) -> tuple[str, ...]:
    """Return whom to call about what is missing of an enhet's parts, each person once; below it, where it waits for them."""
    return tuple(dict.fromkeys(contact(scene, *owner) for owner in owners_of(states, unit)))

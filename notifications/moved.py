"""Who hears that a frist that was told has moved."""

from arshjul.wheel import Obligation
from notifications.recipients import EKONOMIKONTORET
from notifications.scene import Scene
from store.correspondence import roles_told
from store.notices import ASIDE


def hear_of_move(scene: Scene, one: Obligation) -> list[tuple[str, str | None]]:
    """Return (role, person id) of whoever answers now for a role by which the frist was told; each person once.

    One who was told and has left hears nothing more; the one who came instead does. KSAU hears that its matter is
    withdrawn.
    """
    found: dict[str | None, str] = {}
    for role in roles_told(scene.session, one.key, but=("ksau", *ASIDE)):
        person = scene.people.who(role, one.unit) or scene.people.who(EKONOMIKONTORET, None)
        found.setdefault(person.id if person else None, role)
    return [(role, person) for person, role in found.items()]

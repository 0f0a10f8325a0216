"""Who hears that a frist that was told has moved."""

from actions.recipients import EKONOMIKONTORET
from actions.scene import Scene
from arshjul.keys import PersonId, RoleId
from arshjul.year.wheel import Obligation
from store.post.notices import ASIDE, Told
from store.post.told_notices import roles_told


def hear_of_move(scene: Scene, one: Obligation, word: Told) -> list[tuple[RoleId, PersonId | None]]:
    """Return (role, person id) of whoever answers now for a role by which a frist was told; each person once.

    Who was told another frist than the one in force hears of it, whenever they answer for the role again. One who
    was told and has left hears nothing more; the one who came instead does, when it moves. KSAU hears that its matter
    is withdrawn.
    """
    if all(frist == one.deadline.at for frist in word.frists.values()):
        return []
    moves, found = word.frist != one.deadline.at, dict[PersonId | None, RoleId]()
    for role in roles_told(scene.session, one.key, but=(*scene.office.definition.tops, *ASIDE)):
        holder = scene.people.who(role, one.unit) or scene.people.who(EKONOMIKONTORET, None)
        person = holder.id if holder else None
        told = word.frists.get(person)
        if told != one.deadline.at and (told or moves):
            found.setdefault(person, role)
    return [(role, person) for person, role in found.items()]

"""The links of somebody who has no account, sent to the address that their role has: they asked for them."""

from actions.readers import personal_address, reader_of, reading_address
from actions.scene import Scene
from arshjul.keys import RoleId
from arshjul.ladder.told_roles import owing_roles_of
from notifications.letters import compose
from notifications.letters.freezing import freeze
from notifications.letters.login_letter import KIND
from store.people.holders import people_at, roles_of
from store.post.correspondence import free_key
from store.post.letter_keys import LetterKey, in_key
from store.tables import LetterRow, Person


def send_links(scene: Scene, address: str, path: str) -> list[LetterRow]:
    """Freeze a letter with the link to read ``path`` by, and to their own page for those who hand in.

    To each with the address who has a role today; it leaves at once, whatever utskick is.
    """
    letters = []
    for person in people_at(scene.session, address):
        seats = sorted(roles_of(scene.session, person.id, scene.today), key=str)
        if seats and (letter := _write(scene, person, [role for role, _ in seats], path)):
            letters.append(letter)
    return letters


def _write(scene: Scene, person: Person, roles: list[RoleId], path: str) -> LetterRow | None:
    definition = scene.office.definition
    owing = {role for key, unit in definition.units.items() for role in owing_roles_of(definition, key, unit)}
    own = personal_address(scene, person) if owing & set(roles) else None
    return freeze(
        scene.session,
        scene.office,
        scene.now,
        key=free_key(scene.session, LetterKey.of(definition.kommun.id, "lankar", scene.today, in_key(person.id))),
        kind=KIND,
        composed=compose.links(
            reader_of(scene, person, roles[0], own), reading_address(scene, person, path), definition.kommun.name
        ),
        to=person,
        asked_for=True,
    )

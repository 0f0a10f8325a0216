"""The links of somebody who has no account, sent to the address that their role has: as they asked, or as somebody saw fit."""

from actions.act import Act
from actions.readers import personal_address, reader_of, reading_address
from actions.scene import Scene
from arshjul.errors import RefusedError
from arshjul.keys import RoleId
from arshjul.ladder.told_roles import owing_roles_of
from notifications.letters import compose
from notifications.letters.freezing import freeze
from notifications.letters.login_letter import KIND
from store.people.holders import Seat, people_at, roles_of
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


def send_links_again(act: Act, seat: Seat) -> str:
    """Send a role's holder of today their links, now; return whom to. Raises RefusedError where none would get them."""
    scene = act.scene
    person = scene.people.who(*seat)
    if person is None:
        raise RefusedError("Ingen har rollen i dag. Lägg in en innehavare först.")
    if scene.office.utskick != "skarpt":
        raise RefusedError(
            f"Utskick är {scene.office.utskick}, så inget går till {person.name}. Ändra det på Läget först."
        )
    if not (letters := send_links(scene, person.address, "/lage")):
        raise RefusedError("Länken gick inte att skriva. Försök igen om en stund.")
    act.log("link.sent", letters[0].key, {"person": person.id})
    return f"{person.name}, {person.address}"


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

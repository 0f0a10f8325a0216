"""The links of somebody who has no account, sent to the address that their role has: as they asked, or as somebody saw fit."""

import re

from actions.act import Act
from actions.readers import personal_address, reader_of, reading_address
from actions.scene import Scene
from arshjul.definition.model import Definition
from arshjul.errors import RefusedError
from arshjul.keys import RoleId
from arshjul.ladder.told_roles import owing_roles_of
from notifications.letters import compose
from notifications.letters.freezing import freeze
from notifications.letters.login_letter import KIND
from store.people.holders import Seat, people_at, roles_of
from store.post.correspondence import free_key, is_written
from store.post.letter_keys import LetterKey, in_key
from store.tables import LetterRow, Person

#: letters that anybody can have sent to one person a day: each has links that open for months, so the last does as well
MOST_A_DAY = 5
FRONT = "/lage"
_PAGES, _DAY = frozenset({"lage", "organ", "arshjulet"}), re.compile(r"[0-9]{4}(?:-[0-9]{2}){0,2}")


def send_links(scene: Scene, address: str, path: str, *, at_most: int | None = None) -> list[LetterRow]:
    """Freeze a letter with the link to read ``path`` by, and to their own page for those who hand in.

    To each with the address who has a role today; it leaves at once, whatever utskick is. Anybody may ask for it in
    their name: so a page is one that the definition names, with no words of the asker's. Raises RefusedError where
    somebody has had ``at_most`` of them today.
    """
    letters, page = [], _page(scene.office.definition, path)
    for person in people_at(scene.session, address):
        seats = sorted(roles_of(scene.session, person.id, scene.today), key=str)
        if seats and (letter := _write(scene, person, [role for role, _ in seats], page, at_most)):
            letters.append(letter)
    return letters


def _page(definition: Definition, asked: str) -> str:
    path = asked.partition("?")[0]
    first, *rest = path.removeprefix("/").split("/")
    krav = {each for step in definition.steps.values() for each in step.krav}
    known = definition.steps.keys() | definition.units.keys() | definition.bodies.keys() | krav
    is_ours = first in _PAGES and all(each in known or _DAY.fullmatch(each) for each in rest)
    return path if is_ours else FRONT


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
    if not (letters := send_links(scene, person.address, FRONT)):
        raise RefusedError("Länken gick inte att skriva. Försök igen om en stund.")
    act.log("link.sent", letters[0].key, {"person": person.id})
    return f"{person.name}, {person.address}"


def _write(scene: Scene, person: Person, roles: list[RoleId], path: str, at_most: int | None) -> LetterRow | None:
    definition = scene.office.definition
    owing = {role for key, unit in definition.units.items() for role in owing_roles_of(definition, key, unit)}
    own = personal_address(scene, person) if owing & set(roles) else None
    key = LetterKey.of(definition.kommun.id, "lankar", scene.today, in_key(person.id))
    if at_most and is_written(scene.session, key.again(at_most)):
        raise RefusedError(f"{person.name} har fått {at_most} brev med sina länkar i dag.")
    return freeze(
        scene.session,
        scene.office,
        scene.now,
        key=free_key(scene.session, key),
        kind=KIND,
        composed=compose.links(
            reader_of(scene, person, roles[0], own), reading_address(scene, person, path), scene.office.sender
        ),
        to=person,
        asked_for=True,
    )

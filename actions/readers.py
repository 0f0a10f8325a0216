"""Who reads a letter: a person as templates greet them."""

from collections.abc import Iterable

from actions.recipients import EKONOMIKONTORET
from actions.scene import Scene
from arshjul.keys import BodyId, RoleId
from notifications.letters.views import Reader
from store.access import links
from store.tables import Person


def reader_of(scene: Scene, person: Person | None, role: RoleId, link: str | None = None) -> Reader:
    """Return a person as a template's reader."""
    names = scene.office.definition.roles
    return Reader(
        name=person.name if person else "Ekonomikontoret",
        address=person.address if person else scene.office.mail_from,
        role_name=names[role].name if role in names else role,
        link=link,
    )


def link_for(scene: Scene, person: Person | None) -> str | None:
    """Return the reader's personal link; in skugga the ekonomikontor reads the letter, and shall hold none."""
    if person is None or scene.office.utskick == "skugga":
        return None
    link = links.issue(scene.session, person.id, scene.people.roles_held_by(person.id), scene.now)
    return f"{scene.office.public_url}/l/{links.sign(scene.office.secret, link)}"


def body_readers(scene: Scene, body_id: BodyId) -> list[tuple[RoleId, Person | None]]:
    """Return a body's secretary and chair, each person once; a role that nobody holds is the ekonomikontor's."""
    body = scene.office.definition.bodies[body_id]
    return _persons(scene, (body.secretary, body.chair))


def _persons(scene: Scene, roles: Iterable[RoleId]) -> list[tuple[RoleId, Person | None]]:
    people = scene.people
    return _once([(role, people.who(role, None) or people.who(EKONOMIKONTORET, None)) for role in roles])


def _once(readers: Iterable[tuple[RoleId, Person | None]]) -> list[tuple[RoleId, Person | None]]:
    found: dict[str | None, tuple[RoleId, Person | None]] = {}
    for role, person in readers:
        found.setdefault(person.id if person else None, (role, person))
    return list(found.values())

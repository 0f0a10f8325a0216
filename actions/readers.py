"""Who reads a letter: a person as templates greet them."""

from collections.abc import Iterable
from datetime import date

from actions.recipients import EKONOMIKONTORET
from actions.scene import Scene
from arshjul.keys import BodyId, OccurrenceKey, PersonId, RoleId
from notifications.letters.views.composed import Reader
from store.access import links
from store.tables import Link, Person

READING_PATH = "/se"  #: where the portal opens the links to read by


def reader_of(
    scene: Scene, person: Person | None, role: RoleId, link: str | None = None, page: str | None = None
) -> Reader:
    """Return a person as a template's reader; ``page`` is the path of the page that the letter leads to."""
    names = scene.office.definition.roles
    return Reader(
        name=person.name if person else scene.office.definition.office_name,
        address=person.address if person else scene.office.mail_from,
        role_name=names[role].name if role in names else role,
        link=link,
        page=page_for(scene, person, page) if page else "",
        logs_in=logs_in(scene, person),
    )


def page_for(scene: Scene, person: Person | None, path: str) -> str:
    """Return the address of a page for the reader of a letter: with a link of their own, by which they need no account.

    The ekonomikontor logs in, and reads all letters in skugga: its address is the page's own.
    """
    if person is None or logs_in(scene, person):
        return f"{scene.office.public_url}{path}"
    return reading_address(scene, person, path)


def reading_address(scene: Scene, person: Person, path: str) -> str:
    """Return a person's own address of a page, to read it by."""
    token = links.sign_reading(scene.office.secret, _link_of(scene, person))
    return f"{scene.office.public_url}{READING_PATH}/{token}?till={path}"


def signing_page(scene: Scene, person: Person, path: str) -> str:
    """Return the address of the page of a paper that a person signs, with a link of their own, by which they act there."""
    if logs_in(scene, person):
        return f"{scene.office.public_url}{path}"
    return signing_address(scene, person, path)


def signing_address(scene: Scene, person: Person, path: str) -> str:
    """Return a person's own address of the page of a paper that they sign: what they may do there, the page asks each time."""
    token = links.sign_signing(scene.office.secret, _link_of(scene, person))
    return f"{scene.office.public_url}{READING_PATH}/{token}?till={path}"


def personal_address(scene: Scene, person: Person) -> str:
    """Return the address of a person's own page, to hand in by."""
    return f"{scene.office.public_url}/l/{links.sign(scene.office.secret, _link_of(scene, person))}"


def _link_of(scene: Scene, person: Person) -> Link:
    return links.issue(scene.session, person.id, scene.people.roles_held_by(person.id), scene.now)


def logs_in(scene: Scene, person: Person | None) -> bool:
    """Tell whether the reader of a letter logs in to the pages that it leads to: the ekonomikontor does."""
    office = scene.people.who(EKONOMIKONTORET, None)
    return person is None or scene.office.utskick == "skugga" or (office is not None and office.id == person.id)


def occurrence_path(occurrence: OccurrenceKey) -> str:
    """Return the path of a tillfälle's page."""
    return f"/lage/{occurrence.path}"


def link_for(scene: Scene, person: Person | None) -> str | None:
    """Return the reader's personal link; in skugga the ekonomikontor reads the letter, and shall hold none."""
    if person is None or scene.office.utskick == "skugga":
        return None
    return personal_address(scene, person)


def meeting_path(body: BodyId, day: date | None) -> str:
    """Return the path of a meeting's page, or (None) of its body's."""
    return f"/organ/{body}/{day}" if day else f"/organ/{body}"


def body_readers(scene: Scene, body_id: BodyId) -> list[tuple[RoleId, Person | None]]:
    """Return a body's secretary and chair, each person once; a role that nobody holds is the ekonomikontor's."""
    body = scene.office.definition.bodies[body_id]
    return holders_of(scene, (body.secretary, body.chair))


def holders_of(scene: Scene, roles: Iterable[RoleId]) -> list[tuple[RoleId, Person | None]]:
    """Return who holds these roles for all units, each person once; the ekonomikontor for one that nobody holds."""
    people = scene.people
    return once([(role, people.who(role, None) or people.who(EKONOMIKONTORET, None)) for role in roles])


def once(readers: Iterable[tuple[RoleId, Person | None]]) -> list[tuple[RoleId, Person | None]]:
    """Return each person once, by the first of their roles."""
    found: dict[PersonId | None, tuple[RoleId, Person | None]] = {}
    for role, person in readers:
        found.setdefault(person.id if person else None, (role, person))
    return list(found.values())

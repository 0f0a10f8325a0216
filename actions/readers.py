"""Who reads a letter: a person as templates greet them, and as keys name them."""

from urllib.parse import quote

from actions.recipients import EKONOMIKONTORET
from actions.scene import Scene
from notifications.letters.views import Reader
from store.tables import Person


def reader_of(scene: Scene, person: Person | None, role: str, link: str | None = None) -> Reader:
    """Return a person as a template's reader."""
    names = scene.office.definition.roles
    return Reader(
        name=person.name if person else "Ekonomikontoret",
        address=person.address if person else scene.office.mail_from,
        role_name=names[role].name if role in names else role,
        link=link,
    )


def in_key(person_id: str | None) -> str:
    """Return a reader as a letter's key names them: a key stands in a header, so å, ä and ö are escaped."""
    return quote(person_id, safe="@+") if person_id else EKONOMIKONTORET

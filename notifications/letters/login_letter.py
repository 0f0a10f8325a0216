"""The letter that carries a one-time login link, to the address that asked for one and may have it."""

from datetime import datetime

from arshjul.keys import RoleId
from notifications.letters import compose
from notifications.letters.freezing import freeze
from notifications.letters.views.composed import Reader
from notifications.office import Office
from store.access import login_links
from store.database import Session
from store.people.people_file import person_id
from store.post.letter_keys import LetterKey
from store.tables import LetterRow, Person

KIND = "inloggning"  #: goes at any hour: somebody sits and waits for it
PATH = "/logga-in/lank"  #: where the portal opens the links


def write_login_letter(
    session: Session, office: Office, *, name: str, address: str, role: RoleId, next_path: str, now: datetime
) -> LetterRow | None:
    """Make a link and freeze its letter, in this transaction. ``role`` is why the reader may log in.

    It goes to its reader whatever utskick is: in ``skugga`` the ekonomikontor would get somebody else's way in.
    """
    token, link = login_links.make(session, office.secret, name=name, address=address, next_path=next_path, now=now)
    names = office.definition.roles
    reader = Reader(
        name=name,
        address=address,
        role_name=names[role].name if role in names else role,
        link=f"{office.public_url}{PATH}/{token}",
    )
    return freeze(
        session,
        office,
        now,
        key=LetterKey.of(office.definition.kommun.id, KIND, link.id[:24]),
        kind=KIND,
        composed=compose.login(reader, link.expires_at, office.sender),
        to=Person(id=person_id(address), name=name, address=address),  # the settings may name somebody else
        asked_for=True,
    )

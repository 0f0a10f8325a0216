"""The letter that carries a code to the registered address of whoever asked for something on the personal page."""

from datetime import datetime

from arshjul.keys import RoleId
from notifications.letters import compose
from notifications.letters.freezing import freeze
from notifications.letters.views.composed import Reader
from notifications.office import Office
from store.database import Session
from store.people.holders import known_person
from store.post.letter_keys import LetterKey
from store.tables import AskedCode, LetterRow, Link

KIND = "kod"  #: goes at any hour: somebody sits and waits for it


def write_code_letter(
    session: Session, office: Office, link: Link, asked: AskedCode, code: str, about: str, now: datetime
) -> LetterRow | None:
    """Freeze the letter, in this transaction. ``about`` is what the code is for, as its reader knows it.

    It goes to its reader whatever utskick is: in ``skugga`` the ekonomikontor would get somebody else's code.
    """
    person = known_person(session, link.person_id)
    role = RoleId(link.roles[0] if link.roles else "")
    names = office.definition.roles
    reader = Reader(
        name=person.name,
        address=person.address,
        role_name=names[role].name if role in names else role,
        link=None,
    )
    return freeze(
        session,
        office,
        now,
        key=LetterKey.of(office.definition.kommun.id, KIND, asked.id),
        kind=KIND,
        composed=compose.code(reader, code, about, asked.expires_at, office.sender),
        to=person,
        asked_for=True,
        secret_words=[code],
    )

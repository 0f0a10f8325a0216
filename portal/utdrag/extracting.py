"""Taking out a registerutdrag: gathered, written, and noted in the log. For the page, the person's own page and the command."""

from datetime import datetime

from actions.act import Act
from arshjul.errors import RefusedError
from notifications.office import Office
from portal.utdrag.extract import extract_of
from portal.utdrag.extract_file import filename_of, zipped
from store.database import Session
from store.people.personal_data import personal_data

TAKEN_OUT = "register.extracted"  #: as the log has it


def registerutdrag(act: Act, address: str, contact: str) -> tuple[str, bytes]:
    """Return a person's registerutdrag as a file: its name and bytes. That it was taken out stands in the log.

    ``contact`` is to whom one writes about personal data. Raises RefusedError for an address of whom nothing is kept.
    """
    scene = act.scene
    file = _made(scene.session, scene.office, address, contact, scene.now)
    act.log(TAKEN_OUT, None, {"person": address.strip()[:200]})
    return file


def _made(session: Session, office: Office, address: str, contact: str, now: datetime) -> tuple[str, bytes]:
    data = personal_data(session, address)
    if "@" not in data.address or data.is_empty:
        raise RefusedError(
            f"Inga uppgifter om '{address.strip()[:100]}' finns i tjänsten. Kontrollera adressen, och sök också på tidigare adresser."
        )
    extract = extract_of(office.definition, data, contact or office.mail_from, now)
    return filename_of(extract), zipped(extract)

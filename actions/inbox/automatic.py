"""An automatic answer: put aside, unless it says that its sender has left or has another address.

Then the letter lies where nobody reads it, and nobody else tells us. A person sees to it; no role and no address is
changed by what a mail says.
"""

from actions.act import Act
from actions.inbox.sorting import Sorted
from notifications.mailbox.mail_reading import Mail, read_mail
from notifications.plain import quoted
from store.handins.versions import content
from store.people.holders import roles_of
from store.post import incoming
from store.post.incoming import AUTOMATIC, UNREAD
from store.tables import Incoming

WHERE = "sidan Personer och roller"


def said_by_itself(act: Act, row: Incoming, mail: Mail, found: Sorted) -> None:
    """Put an automatic answer aside; one by which somebody with a role is gone is laid before a person, once."""
    scene, person = act.scene, found.person
    if not (mail.farewell and person and roles_of(scene.session, person.id, scene.today)):
        return _handle(act, row, AUTOMATIC, f"Automatiskt svar ({mail.automatic}).")
    before = incoming.shown_before(scene.session, row)
    if before and _farewell_of(act, before) == mail.farewell:
        seen = "väntar redan" if before.state == UNREAD else "är redan taget om hand"
        return _handle(act, row, AUTOMATIC, f"Automatiskt svar ({mail.automatic}). Samma besked {seen}.")
    said = quoted(mail.farewell.rstrip(". "))
    word = (
        f"Ett automatiskt svar säger att {person.name} har slutat, eller har en annan adress: {said}. "
        f"Ingenting är ändrat. Stämmer det: lägg in rätt innehavare eller adress på {WHERE}. Lägg sedan svaret åt sidan."
    )
    return _handle(act, row, UNREAD, word)


def _farewell_of(act: Act, row: Incoming) -> str:
    return read_mail(content(act.scene.session, row.sha256) or b"").farewell


def _handle(act: Act, row: Incoming, state: str, note: str) -> None:
    incoming.handle(act.scene.session, row, state, note, act.by, act.scene.now)

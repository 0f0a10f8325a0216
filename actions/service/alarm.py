"""The word that something in the service is wrong, and the word that it is well again: one letter each for an episode.

It goes at any hour and whatever utskick is, to the address that is set for IT or else to the ekonomikontor.
"""

from collections.abc import Mapping
from datetime import UTC, datetime

from actions.scene import Scene
from actions.service.health import HealthPart, faults
from arshjul.swedish import instant_text, listing
from notifications.letters import compose
from notifications.letters.freezing import freeze
from notifications.plain import defused
from store.people.people_file import person_id
from store.post.letter_keys import LetterKey
from store.service.installation import installed, set_up
from store.tables import LetterRow, Person

KIND = "driftlarm"
FACT = "driftlarm_sedan"  #: the fact of when the episode began that has been told; "" when all is well


def tell_bad(scene: Scene, parts: Mapping[str, HealthPart], it_address: str | None) -> LetterRow | None:
    """Freeze the word of what is wrong; None when this episode is told already, or nothing is wrong."""
    if not (wrong := faults(parts)) or installed(scene.session, FACT):
        return None
    set_up(scene.session, {FACT: scene.now.isoformat()}, scene.now, replace=True)
    names = listing([name for name, part in parts.items() if not part.ok])
    words = [
        "Det här är fel i tjänsten och har varit det i några minuter:",
        *map(defused, wrong),  # a server's own words may stand in them
        "Nästa brev kommer när allt är bra igen, inget däremellan. Så står det just nu: "
        f"{scene.office.public_url}/health",
        "Du får brevet för att adressen är inställd för driftlarm (ARSHJUL_IT_ADDRESS)."
        if it_address
        else "Be den som sköter servern rätta det. Larmen kan gå dit direkt: sätt adressen i ARSHJUL_IT_ADDRESS.",
    ]
    return _freeze(scene, scene.now, "fel", f"Driftlarm: fel i {names}", words, it_address)


def tell_well(scene: Scene, it_address: str | None) -> LetterRow | None:
    """Freeze the word that all is well again; None when nobody has been told that something was wrong."""
    if not (began := installed(scene.session, FACT)):
        return None
    set_up(scene.session, {FACT: ""}, scene.now, replace=True)
    since = datetime.fromisoformat(began)
    words = [
        f"Det som tjänsten larmade om {instant_text(since)} är över: alla delar arbetar igen, och har gjort det i några "
        "minuter. Inget behöver göras. Brev som har väntat går av sig själva.",
    ]
    return _freeze(scene, since, "igen", "Driftlarmet är över: tjänsten arbetar igen", words, it_address)


def _freeze(
    scene: Scene, began: datetime, what: str, subject: str, words: list[str], it_address: str | None
) -> LetterRow | None:
    return freeze(
        scene.session,
        scene.office,
        scene.now,
        key=LetterKey.of(scene.office.definition.kommun.id, KIND, f"{began.astimezone(UTC):%Y%m%dT%H%M%SZ}", what),
        kind=KIND,
        composed=compose.note(subject, words, scene.office.sender),
        to=Person(id=person_id(it_address), name="IT", address=it_address) if it_address else None,
        asked_for=True,
    )

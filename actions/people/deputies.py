"""A deputy whom a person names, told who stands in for whom."""

from collections.abc import Sequence
from datetime import UTC, date

from actions.posting import note
from actions.scene import Scene
from arshjul.swedish import day_text, listing
from store.post.letter_keys import OFFICE, LetterKey, in_key
from store.tables import LetterRow, Person

KIND = "ersättare"


def tell_deputy(
    scene: Scene, seats: Sequence[str], holder: Person, deputy: Person, first: date, last: date
) -> list[LetterRow]:
    """Tell a deputy and the ekonomikontor who stands in for whom, in which roles (as people read them), and when."""
    days = f"från {day_text(first)} till och med {day_text(last)}"
    stamp = f"{scene.now.astimezone(UTC):%Y%m%dT%H%M%S}"
    key = LetterKey.of(scene.office.definition.kommun.id, "ersattare", in_key(holder.id), stamp)
    subject = f"Ersättare för {holder.name}"
    to_deputy = [
        f"{holder.name} har utsett dig till ersättare {days}, som {listing(seats)}.",
        "Under de dagarna kommer breven om det som ska lämnas in till dig, med en länk till din egen sida. Du behöver inget konto.",
        "Stämmer det inte? Svara på det här brevet.",
    ]
    to_office = [
        f"{holder.name} har på sin sida utsett {deputy.name} ({deputy.address}) till ersättare {days}, som {listing(seats)}.",
        f"Det är bekräftat med en kod till {holder.address}. Är det fel: ändra det på {scene.office.public_url}/personer",
    ]
    letters = (
        note(scene, key, subject, to_deputy, deputy, KIND),
        note(scene, LetterKey.of(key, OFFICE), subject, to_office, None),
    )
    return [letter for letter in letters if letter]

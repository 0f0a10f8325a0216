"""Whom a letter that waits is copied to still: who has the role that reads along, and was not let out since."""

from collections.abc import Collection, Iterable

from actions.recipients import still_reads_along
from actions.scene import Scene, Sight
from arshjul.keys import UnitId
from arshjul.year.wheel import Obligation
from store.access.revoking import let_out_since
from store.post.letter_keys import LetterKey
from store.post.letter_states import CHANGED_MATTER, ESCALATION
from store.post.told_notices import notices_in
from store.tables import LetterRow

REGISTERED = (
    ESCALATION,
    CHANGED_MATTER,
    "kvittens",
)  #: kinds whose copy is the registrator's; of the others it is a controller's


def still_reading(scene: Scene, letter: LetterRow, addresses: Iterable[str]) -> Collection[str]:
    """Return those of some addresses that a letter is copied to who read along today, and were not let out since it was written."""
    addresses = list(addresses)
    if not addresses:
        return ()
    units = None if letter.kind in REGISTERED else _units(scene, letter)
    return [
        each
        for each in addresses
        if still_reads_along(scene.session, scene.office.definition, each, units, scene.today)
        and not let_out_since(scene.session, each, letter.made_at)
    ]


def told_in(scene: Scene, letter: LetterRow) -> Sight:
    """Return what is known of the obligations that a letter tells of."""
    return scene.look({notice.obligation_key for notice in notices_in(scene.session, letter)})


def about(scene: Scene, letter: LetterRow) -> Obligation | None:
    """Return the obligation that a letter's key begins with."""
    return scene.wheel.find(LetterKey(letter.key).beginning)


def _units(scene: Scene, letter: LetterRow) -> set[UnitId]:
    one = about(scene, letter)
    return {each.unit for each in told_in(scene, letter).obligations} | ({one.unit} if one else set())

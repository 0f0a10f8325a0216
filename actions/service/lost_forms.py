"""The word to the ekonomikontor about a form that was sent in and never recorded: what stood in it, what to do."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from actions.posting import NOTE
from actions.scene import Scene
from arshjul.periods import Period
from arshjul.swedish import day_text, instant_text
from notifications.letters import compose
from notifications.letters.freezing import freeze
from notifications.plain import one_line
from store.post.letter_keys import LetterKey
from store.tables import LetterRow

_DAY, _MONTH = re.compile(r"[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9])"), re.compile(r"[0-9]{4}-(0[1-9]|1[0-2])")
LONGEST = 200  #: signs of what stood in a field


@dataclass(frozen=True, slots=True, kw_only=True)
class LostForm:
    """A form whose run has ended or waits in vain, without having recorded."""

    run_id: str
    form: str  #: its name, "Vila brev"
    sent_at: datetime
    why: str  #: Swedish, a sentence
    filled_in: Mapping[str, str]  #: the fields as the form calls them, to what stood in them
    path: str  #: where in the Prefect UI the form is sent in again


def tell_lost(scene: Scene, lost: LostForm) -> LetterRow | None:
    """Freeze the word about one form, once."""
    definition = scene.office.definition
    words: list[str | list[str]] = [
        f"Formuläret ”{lost.form}”, som skickades in {instant_text(lost.sent_at)}, är inte registrerat. {lost.why}",
        "Det här stod i det:",
        [f"{name}: {_said(one_line(said)[:LONGEST])}" for name, said in lost.filled_in.items() if said],
        f"Skicka in det igen: {scene.office.prefect_url}{lost.path}",
        "Den gamla körningen är stängd och kan inte längre registrera något, så inget blir gjort två gånger.",
    ]
    return freeze(
        scene.session,
        scene.office,
        scene.now,
        key=LetterKey.of(definition.kommun.id, "formular", lost.run_id),
        kind=NOTE,
        composed=compose.note(f"Inte registrerat: {lost.form}", words, scene.office.sender),
        to=None,
    )


def _said(value: str) -> str:
    """Return what stood in a field as people write it: a day or a period by its words, anything else as it stands."""
    if _DAY.fullmatch(value):
        return day_text(date.fromisoformat(value))
    return Period.parse(value).text if _MONTH.fullmatch(value) else value

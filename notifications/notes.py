"""Short words to the ekonomikontor about single letters: what could not be delivered, the day it is known."""

from datetime import timedelta

from arshjul.due import is_sending_time
from arshjul.swedish import instant_text
from notifications import compose
from notifications.freezing import freeze
from notifications.scene import Scene
from store.correspondence import is_written, undelivered
from store.letters import REFUSED
from store.tables import LetterRow

KIND = "notis"
BACK = timedelta(days=14)  #: an older refusal stood in a letter of the week


def tell_undelivered(scene: Scene, run_id: str | None = None) -> list[LetterRow]:
    """Freeze a note about each letter that somebody was refused, once per letter, within the sending hours.

    The ladder goes on without it. A note that is refused itself is told in the letter of the week only.
    """
    if not is_sending_time(scene.now, scene.wheel.workdays, scene.office.definition.sending_hours):
        return []
    found = []
    for letter in undelivered(scene.session, scene.now - BACK):
        key = f"{scene.office.definition.kommun.id}/{KIND}/{letter.id}"
        if letter.kind == KIND or is_written(scene.session, key):
            continue
        note = freeze(
            scene.session,
            scene.office,
            scene.now,
            key=key,
            kind=KIND,
            composed=compose.note(
                f"Brev som inte kom fram: {letter.subject}", _words(letter), scene.office.definition.kommun.name
            ),
            to=None,  # the ekonomikontor's own address, whoever holds the role
            run_id=run_id,
        )
        found += [note] if note else []
    return found


def _words(letter: LetterRow) -> list[str]:
    answers = [line for line in (letter.answer or letter.state).splitlines() if line.strip()]
    reached = "inte den som det är ställt till" if letter.state == REFUSED else "inte alla mottagare"
    return [
        f"Brevet ”{letter.subject}” från {instant_text(letter.made_at)} nådde {reached}. Mottagarens e-postserver svarade:",
        *answers,
        "Kontrollera adressen, rätta den bland rollernas innehavare och säg till mottagaren på annat sätt. "
        "Brevet skickas inte om. Trappan går vidare som om det hade kommit fram.",
    ]

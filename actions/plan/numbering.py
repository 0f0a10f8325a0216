"""An occurrence's diarienummer, recorded."""

from actions.act import Act
from arshjul.errors import RefusedError, nearest
from arshjul.keys import MilestoneKey, OccurrenceKey
from arshjul.year.wheel import MUNICIPALITY
from store.plan.recorded import add_number, number_of
from store.plan.waking import touch

LONGEST = 60  #: characters


def record_number(act: Act, occurrence: OccurrenceKey, number: str) -> str | None:
    """Record an occurrence's diarienummer, from now on; an empty one takes it back. Return what stands.

    A leading ``dnr`` is left out. Raises RefusedError for what cannot be a diarienummer, and for an occurrence that
    the open years do not hold.
    """
    scene, number = act.scene, _checked(number)
    if occurrence not in scene.wheel.keys:
        known = [each.path for each in scene.wheel.keys]
        raise RefusedError(f"okänt tillfälle '{occurrence.path}'{nearest(occurrence.path, known)}")
    before = number_of(scene.session, occurrence)
    if (number or None) == before:
        return before
    add_number(scene.session, occurrence, number, act.by, scene.now)
    key = MilestoneKey.of(scene.office.definition.kommun.id, *occurrence, MUNICIPALITY, "diarienummer")
    act.log("diarienummer.recorded", key, {"diarienummer": number, "before": before})
    touch(scene.session, [occurrence], scene.now)
    return number or None


def _checked(number: str) -> str:
    words = "".join(char if char.isprintable() else " " for char in number).split()
    if words and words[0].lower().rstrip(".:") in ("dnr", "diarienummer"):
        words = words[1:]
    read = " ".join(words)
    if read and (len(read) > LONGEST or not any(char.isdigit() for char in read)):
        raise RefusedError(
            f"'{read[:LONGEST]}' är inget diarienummer. Skriv det som i diariet, till exempel KS 2027/12."
        )
    return read

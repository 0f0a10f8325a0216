"""A body's meeting moved, cancelled or added; what hangs on it follows."""

from datetime import date, time

from actions.act import Act
from actions.scene import Scene
from arshjul.errors import RefusedError, nearest
from arshjul.keys import BodyId
from arshjul.swedish import day_text
from arshjul.year.days.meetings import ChangedMeeting
from store.plan.in_step import Moved
from store.plan.recorded import add_meeting_change


def change_meeting(act: Act, body: BodyId, original: date | None, day: date | None, clock: time | None) -> list[Moved]:
    """Move a meeting (``original`` to ``day``), cancel it (no ``day``), or add one (no ``original``)."""
    scene, why = act.scene, act.reason
    _ = scene.wheel  # the plan before, which what was recorded is held against
    checked_change(scene, body, original, day, clock)
    add_meeting_change(scene.session, body, original, day, clock, why, act.by, scene.now)
    act.log("meeting.changed", body, {"original": str(original or ""), "day": str(day or ""), "why": why})
    return scene.replan()


def checked_change(
    scene: Scene, body: BodyId, original: date | None, day: date | None, clock: time | None
) -> ChangedMeeting:
    """Return a change of a meeting as the wheel takes it; nothing is written.

    Raises RefusedError for a body or a meeting that is not there, when no day is said, and for a move to another year.
    """
    bodies = scene.office.definition.bodies
    if body not in bodies:
        raise RefusedError(f"okänt organ '{body}'{nearest(body, bodies)}")
    if original is None and day is None:
        raise RefusedError("Ange vilken dag mötet var, vilken dag det ska vara, eller båda.")
    held = [meeting.day for meeting in scene.wheel.meetings.of_year(body, original.year)] if original else []
    if original and original not in held:
        near = nearest(original.isoformat(), [each.isoformat() for each in held])
        raise RefusedError(f"{bodies[body].name} har inget möte {day_text(original)}{near}")
    if original and day and original.year != day.year:
        raise RefusedError("Mötet måste flyttas inom samma år. Ställ in det, och lägg till ett i det andra året.")
    return ChangedMeeting(body=body, original=original, day=day, clock=clock)

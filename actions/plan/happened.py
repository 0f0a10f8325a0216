"""Something that comes when it comes, registered when it has happened; what is counted from it is then due."""

from collections.abc import Mapping
from datetime import date

from actions.act import Act
from arshjul.errors import RefusedError, nearest
from arshjul.swedish import day_text
from store.plan.in_step import Moved
from store.plan.planning import plan_years, recorded
from store.plan.recorded import add_happened


def record_happening(act: Act, happening: str, day: date) -> list[Moved]:
    """Register that a händelse happened on ``day``; return the frister that are new or moved by it.

    Raises RefusedError for one that the definition has not, for a day that is to come or is not in the open years,
    and for what is registered already.
    """
    scene, name = act.scene, _name(act, happening)
    if day > scene.today:
        raise RefusedError(f"{day_text(day)} har inte varit än. Registrera händelsen när den har hänt.")
    if day.year not in (years := plan_years(scene.now)):
        raise RefusedError(f"{day.year} ligger inte bland de år som är öppna nu ({years[0]}–{years[-1]}).")
    if day in recorded(scene.session).happened.get(happening, ()):
        raise RefusedError(f"{name} är redan registrerad {day_text(day)}.")
    return _replanned(act, happening, day, gone=False)


def take_back_happening(act: Act, happening: str, day: date) -> list[Moved]:
    """Take back a händelse that was registered for the wrong day: what was counted from it falls silent.

    Raises RefusedError for what is not registered.
    """
    name, days = _name(act, happening), recorded(act.scene.session).happened.get(happening, ())
    if day not in days:
        near = nearest(day.isoformat(), [each.isoformat() for each in days])
        raise RefusedError(f"{name} är inte registrerad {day_text(day)}{near}")
    return _replanned(act, happening, day, gone=True)


def _replanned(act: Act, happening: str, day: date, *, gone: bool) -> list[Moved]:
    scene = act.scene
    _ = scene.wheel  # the plan before, which what was recorded is held against
    add_happened(scene.session, happening, day, act.by, scene.now, gone=gone)
    act.log("happening.taken_back" if gone else "happening.recorded", happening, {"day": day.isoformat()})
    return scene.replan()


def _name(act: Act, happening: str) -> str:
    happenings: Mapping[str, object] = act.scene.office.definition.happenings
    if happening not in happenings:
        remedy = nearest(happening, happenings) or "; årshjulet har inga händelser. Lägg till den i definitionen."
        raise RefusedError(f"okänd händelse '{happening}'{remedy}")
    return act.scene.office.definition.happenings[happening].name

"""Something that comes when it comes, registered when it has happened; what is counted from it is then due."""

from collections.abc import Mapping
from datetime import date

from actions.act import Act
from actions.plan.gone import tell_gone
from arshjul.errors import RefusedError, nearest
from arshjul.keys import UnitId
from arshjul.periods import Period
from arshjul.swedish import day_text
from store.plan.in_step import Moved
from store.plan.planning import plan_years, recorded
from store.plan.recorded import add_happened
from store.registers.openings import add_opening, openings


def record_happening(act: Act, happening: str, day: date) -> list[Moved]:
    """Register that a händelse happened on ``day``; return the frister that are new or moved by it.

    Raises RefusedError for one that the definition has not, for a day that is to come or is not in the open years,
    and for what is registered already.
    """
    scene, name = act.scene, _name(act, happening)
    _not_opened(act, happening)
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


def record_opening(act: Act, happening: str, unit: UnitId, period: str, *, gone: bool = False) -> list[Moved]:
    """Say of a händelse that hand-ins open that it holds for an enhet and a period, or (``gone``) that it was a mistake.

    It stands whatever is handed in after it. Raises RefusedError for one that no hand-in opens, for what the årshjul has
    not, for what is so already, and without a reason.
    """
    scene, name, why = act.scene, _name(act, happening), act.reason
    definition = scene.office.definition
    if definition.happenings[happening].opening is None:
        raise RefusedError(f"{name} öppnas inte av det som lämnas in. Registrera den med dagen då den hände.")
    if unit not in definition.units:
        raise RefusedError(f"okänd enhet '{unit}'{nearest(unit, definition.units)}")
    try:
        key = Period.parse(period).key
    except ValueError as wrong:
        raise RefusedError(str(wrong)) from None
    held = any(
        each.holds
        and (each.happening.happening, each.happening.unit, each.happening.period.key) == (happening, unit, key)
        for each in openings(scene.session)
    )
    if held is not gone:
        said = "är redan öppen" if held else "är inte öppen"
        raise RefusedError(f"{name} {said} för {definition.units[unit].said} {Period.parse(period).text}.")
    before = scene.wheel  # which what is said is held against
    add_opening(scene.session, happening, unit, key, scene.today, why, act.by, scene.now, handin=None, gone=gone)
    about = {"what": name, "why": why, "period": key}
    act.log("happening.closed" if gone else "happening.opened", unit, about)
    moved = scene.replan()
    tell_gone(scene, before, moved, f"Det här är återtaget: {name}. {why}")
    return moved


def _not_opened(act: Act, happening: str) -> None:
    each = act.scene.office.definition.happenings[happening]
    if each.opening:
        raise RefusedError(
            f"{each.name} öppnas av det som en enhet lämnar in. Ange enhet och period om den ska registreras för hand."
        )


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

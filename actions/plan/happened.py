"""Something that comes when it comes, registered when it has happened; what is counted from it is then due."""

from collections.abc import Mapping
from datetime import date

from actions.act import Act
from actions.filled_in import asked_choice
from actions.plan.gone import tell_gone
from arshjul.definition.declared import Trigger
from arshjul.definition.model import Definition
from arshjul.errors import RefusedError, nearest
from arshjul.keys import UnitId
from arshjul.periods import Period
from arshjul.swedish import day_text
from store.plan.in_step import Moved
from store.plan.planning import plan_years, recorded
from store.plan.recorded import add_happened
from store.registers.openings import add_opening, openings

_OF_DEVIATIONS = ("happening.closed", "happening.opened")  #: what the log calls those that hand-ins open too


def happening_names(definition: Definition) -> Mapping[str, str]:
    """Return the händelser that are registered with their day: ``SKR:s skatteunderlagsprognos`` to ``skr-prognos``."""
    return {each.name: key for key, each in definition.happenings.items() if not each.opening}


def record_happening(act: Act, happening: str, day: date) -> list[Moved]:
    """Register that a händelse (its name or id) happened on ``day``; return the frister that are new or moved by it.

    Raises RefusedError for one that the definition has not, for a day that is to come or is not in the open years,
    and for what is registered already.
    """
    key, one = _chosen(act, happening)
    if one.opening:
        said = "registreras för en enhet" if one.opening.by_hand else "öppnas av det som en enhet lämnar in"
        raise RefusedError(f"”{one.name}” {said}. Ange enhet och period om den ska registreras för hand.")
    _has_been(act, day)
    if day in recorded(act.scene.session).happened.get(key, ()):
        raise RefusedError(f"”{one.name}” är redan registrerad {day_text(day)}.")
    return _replanned(act, key, day, {"day": day.isoformat()}, gone=False)


def take_back_happening(act: Act, happening: str, day: date) -> list[Moved]:
    """Take back a händelse (its name or id) that was registered for the wrong day: what was counted from it falls silent.

    Whoever was told of it is told that it is over. Raises RefusedError for what is not registered, and without a reason.
    """
    key, one = _chosen(act, happening)
    days, before = recorded(act.scene.session).happened.get(key, ()), act.scene.wheel
    if day not in days:
        near = nearest(day.isoformat(), [each.isoformat() for each in days])
        raise RefusedError(f"”{one.name}” är inte registrerad {day_text(day)}{near}")
    why = act.reason
    moved = _replanned(act, key, day, {"day": day.isoformat(), "why": why}, gone=True)
    tell_gone(act.scene, before, moved, f"Det här är återtaget: {one.name} {day_text(day)}. {why}")
    return moved


def record_opening(act: Act, happening: str, unit: UnitId, period: str, *, gone: bool = False) -> list[Moved]:
    """Say of a händelse of one enhet's that it holds for a period, or (``gone``) that it was a mistake.

    It stands whatever is handed in after it. Of one that is registered by hand the period may be the day on which it
    happened, which is then counted from. Raises RefusedError for one that is no enhet's own, for what the årshjul has
    not, for a day that is to come, for what is so already, and without a reason.
    """
    scene, definition = act.scene, act.scene.office.definition
    happening, one = _chosen(act, happening)
    name, why = one.name, act.reason
    if one.opening is None:
        raise RefusedError(f"”{name}” öppnas inte av det som lämnas in. Registrera den med dagen då den hände.")
    if unit not in definition.units:
        raise RefusedError(f"okänd enhet '{unit}'{nearest(unit, definition.units)}")
    try:
        said_period = Period.parse(period)
    except ValueError as wrong:
        raise RefusedError(str(wrong)) from None
    key, day = said_period.key, scene.today
    if one.opening.by_hand and said_period.day:
        day = said_period.end
        if not gone:
            _has_been(act, day)
    held = any(
        each.holds
        and (each.happening.happening, each.happening.unit, each.happening.period.key) == (happening, unit, key)
        for each in openings(scene.session)
    )
    if held is not gone:
        said = "är redan öppen" if held else "är inte öppen"
        raise RefusedError(f"”{name}” {said} för {definition.units[unit].said} {Period.parse(period).text}.")
    before = scene.wheel  # which what is said is held against
    add_opening(scene.session, happening, unit, key, day, why, act.by, scene.now, handin=None, gone=gone)
    about = {"what": name, "why": why, "period": key}
    words = ("happening.taken_back", "happening.recorded") if one.opening.by_hand else _OF_DEVIATIONS
    act.log(words[0] if gone else words[1], unit, about)
    moved = scene.replan()
    tell_gone(scene, before, moved, f"Det här är återtaget: {name}. {why}")
    return moved


def _has_been(act: Act, day: date) -> None:
    if day > act.scene.today:
        raise RefusedError(f"{day_text(day)} har inte varit än. Registrera händelsen när den har hänt.")
    if day.year not in (years := plan_years(act.scene.now)):
        raise RefusedError(f"{day.year} ligger inte bland de år som är öppna nu ({years[0]}–{years[-1]}).")


def _replanned(act: Act, happening: str, day: date, detail: Mapping[str, str], *, gone: bool) -> list[Moved]:
    scene = act.scene
    _ = scene.wheel  # the plan before, which what was recorded is held against
    add_happened(scene.session, happening, day, act.by, scene.now, gone=gone)
    act.log("happening.taken_back" if gone else "happening.recorded", happening, detail)
    return scene.replan()


def _chosen(act: Act, happening: str) -> tuple[str, Trigger]:
    """Return a händelse by its id or its name, as a form, a page or a command was given it."""
    happenings = act.scene.office.definition.happenings
    if not happenings:
        raise RefusedError(f"okänd händelse '{happening}'; årshjulet har inga händelser. Lägg till den i definitionen.")
    key = asked_choice(happening, {each.name: key for key, each in happenings.items()}, "okänd händelse")
    return key, happenings[key]

"""The händelser as the page shows them: what each starts, when it has happened, and how what followed stands."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from actions.scene import Scene
from arshjul.definition.declared import Trigger
from arshjul.keys import UnitId
from arshjul.ladder.standing import State
from arshjul.periods import Period
from arshjul.swedish import day_text
from arshjul.year.days.recurrence import awaited
from store.plan.planning import recorded
from store.registers.openings import openings


@dataclass(frozen=True, slots=True, kw_only=True)
class Followed:
    """What is owed because of it: the occurrence's page, whose it is, and how it stands."""

    path: str
    text: str
    state: State | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class TimeShown:
    """One time that it has happened, and what followed. ``unit`` and ``why`` are of one that is an enhet's own."""

    text: str
    value: str  #: the day, or the period, as the form sends it back
    follows: tuple[Followed, ...]
    unit: UnitId | None = None
    why: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class HappeningShown:
    """One händelse: what starts when it happens, and the times that it has."""

    id: str
    name: str
    source: str
    starts: tuple[str, ...]
    of_unit: bool  #: it is registered for one enhet
    by_itself: bool  #: what is handed in opens it; those times stand on the page of the registers
    times: tuple[TimeShown, ...]


def happenings_shown(scene: Scene) -> list[HappeningShown]:
    """Return the händelser in the definition's order, each with the times that it has happened, the newest first."""
    definition = scene.office.definition
    years = (scene.today.year, scene.today.year + 1)
    starts, days = awaited(definition, years), recorded(scene.session).happened
    return [
        HappeningShown(
            id=key,
            name=one.name,
            source=one.source.text,
            starts=starts[key],
            of_unit=one.opening is not None,
            by_itself=one.opening is not None and not one.opening.by_hand,
            times=tuple(_of_units(scene, key, one) if one.opening else _days(scene, key, days.get(key, ()))),
        )
        for key, one in definition.happenings.items()
    ]


def _days(scene: Scene, key: str, days: tuple[date, ...]) -> Iterator[TimeShown]:
    for day in sorted(days, reverse=True):
        yield TimeShown(
            text=day_text(day), value=day.isoformat(), follows=tuple(_follows(scene, key, Period.until(day), None))
        )


def _of_units(scene: Scene, key: str, one: Trigger) -> Iterator[TimeShown]:
    if one.opening is None or not one.opening.by_hand:
        return
    held = [each for each in openings(scene.session) if each.holds and each.happening.happening == key]
    for each in sorted(held, key=lambda each: each.happening.day, reverse=True):
        unit, period = each.happening.unit, each.happening.period
        known = scene.office.definition.units.get(unit)
        yield TimeShown(
            text=f"{known.name if known else unit}, {day_text(each.happening.day)}",
            value=period.key,
            follows=tuple(_follows(scene, key, period, unit)),
            unit=unit,
            why=each.said,
        )


def _follows(scene: Scene, key: str, period: Period, unit: UnitId | None) -> Iterator[Followed]:
    steps = {step for step, one in scene.office.definition.steps.items() if one.each and one.each.happening == key}
    owed = [one for one in scene.wheel.obligations.values() if one.step in steps and one.period == period]
    sight = scene.look([one.key for one in owed if unit in (None, one.unit)])
    for one in sight.obligations:
        yield Followed(path=f"/lage/{one.occurrence.path}", text=f"{one.unit_name}: {one.name}", state=sight.state(one))

"""A reorganisation, seen before its day: what the enhet that takes over will owe, and what stays with the old ones."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from arshjul.definition.model import Definition
from arshjul.keys import UnitId
from arshjul.year.turning import Recorded, turn
from arshjul.year.wheel import Obligation, Wheel

AHEAD = timedelta(days=400)  #: a reorganisation is shown so long before its day
AFTER = timedelta(days=200)  #: and so long after it
MOVED = timedelta(days=400)  #: what moves is told for so long after the old enhet's last day


@dataclass(frozen=True, slots=True, kw_only=True)
class Moving:
    """What the old enhet would have owed after its end, and who owes it instead; None: nobody does."""

    old: Obligation
    new: Obligation | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Reorganisation:
    """One enhet that takes over from others."""

    successor: UnitId
    predecessors: tuple[UnitId, ...]
    since: date | None  #: the successor's first day
    moving: tuple[Moving, ...]
    staying: tuple[Obligation, ...]  #: the predecessors' own, due while they exist


def reorganisations(wheel: Wheel, recorded: Recorded, today: date) -> tuple[Reorganisation, ...]:
    """Return those whose day is near ``today``."""
    return tuple(_near(wheel, recorded, today))


def _near(wheel: Wheel, recorded: Recorded, today: date) -> Iterator[Reorganisation]:
    units = wheel.definition.units
    for unit_id, unit in units.items():
        days = [unit.since, *(units[each].until for each in unit.succeeds)]
        near = [day for day in days if day and day - AHEAD <= today <= day + AFTER]
        if not unit.succeeds or not near:
            continue
        own = [one for one in wheel.obligations.values() if one.unit in unit.succeeds and not one.host]
        yield Reorganisation(
            successor=unit_id,
            predecessors=unit.succeeds,
            since=unit.since,
            moving=tuple(_moving(wheel, recorded, unit_id)),
            staying=tuple(sorted(own, key=lambda one: (one.deadline.at, one.key))),
        )


def _moving(wheel: Wheel, recorded: Recorded, successor: UnitId) -> Iterator[Moving]:
    """Compare with the year as it would have been, had the old enheter gone on."""
    definition = wheel.definition
    ends = {each: definition.units[each].until for each in definition.units[successor].succeeds}
    years = sorted({occurrence.period.year for occurrence in wheel.occurrences})
    went_on = turn(_without_end(definition, ends.keys()), years, recorded, strict=False)
    for one in sorted(went_on.obligations.values(), key=lambda one: (one.deadline.at, one.key)):
        end = ends.get(one.unit)
        if end and not one.host and one.key not in wheel.obligations and one.deadline.last_day <= end + MOVED:
            yield Moving(old=one, new=wheel.obligations.get(one.key.of_unit(successor)))


def _without_end(definition: Definition, ended: Collection[str]) -> Definition:
    units = {
        key: unit.model_copy(update={"until": None}) if key in ended else unit for key, unit in definition.units.items()
    }
    return definition.model_copy(update={"units": units})

"""Whose figures an enhet's are held against for a period: its own while it existed, else those it took over from."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from arshjul.definition.model import Definition
from arshjul.keys import UnitId
from arshjul.periods import Period


@dataclass(frozen=True, slots=True, kw_only=True)
class Before:
    """Who came before an enhet, for a period that ended before its first day.

    Several in ``units`` were merged into it: their figures are summed. ``split`` are those that more than one
    enhet took over from: nobody knows which part of their figures went where, and ``units`` is then empty.
    """

    units: tuple[UnitId, ...] = ()
    split: tuple[UnitId, ...] = ()


NOBODY = Before()


def first_day(definition: Definition, unit_id: UnitId) -> date | None:
    """Return an enhet's first day: its ``från``, else the day after the last of those that it efterträder."""
    unit = definition.units[unit_id]
    ends = [end for each in unit.succeeds if (end := definition.units[each].until)]
    return unit.since or (max(ends) + timedelta(days=1) if ends else None)


def before(definition: Definition, unit_id: UnitId, period: Period) -> Before:
    """Return who came before an enhet, if the period ended before it began; ``NOBODY`` if it was there itself.

    One that had itself taken over from others by then is followed back to them.
    """
    first = first_day(definition, unit_id)
    if first is None or period.end >= first:
        return NOBODY
    units = tuple(dict.fromkeys(_back(definition, unit_id, period, frozenset())))
    split = tuple(each for each in units if len(successors(definition, each)) > 1)
    return Before(split=split) if split else Before(units=units)


def successors(definition: Definition, unit_id: UnitId) -> tuple[UnitId, ...]:
    """Return the enheter that take over from this one."""
    return tuple(key for key, unit in definition.units.items() if unit_id in unit.succeeds)


def _back(definition: Definition, unit_id: UnitId, period: Period, seen: frozenset[UnitId]) -> Iterator[UnitId]:
    """Yield those that were there in the period; ``seen`` ends a ring of enheter that take over from each other."""
    for each in definition.units[unit_id].succeeds:
        first = first_day(definition, each)
        if each in seen:
            continue
        if first is None or period.end >= first or len(successors(definition, each)) > 1:
            yield each
        else:
            yield from _back(definition, each, period, seen | {unit_id, each})

"""The seats that a definition needs somebody in, and those that nobody holds."""

from collections.abc import Mapping, Set
from datetime import date
from functools import lru_cache

from arshjul.bodies.overlamnande import REVISORER, is_handed_over
from arshjul.definition.in_force import held_steps
from arshjul.definition.ladders import OWING
from arshjul.definition.model import RESPONSIBLE, Definition, This
from arshjul.definition.reach import climbed_by
from arshjul.keys import BodyId, RoleId, UnitId
from store.people.holders import Seat, is_within, who
from store.tables import Person


def needed(definition: Definition, day: date | None = None) -> frozenset[Seat]:
    """Return every seat that somebody must hold on ``day`` for the definition's reports, letters and meetings.

    An enhet that has not begun or has ended needs nobody, and so it is with what holds for none of the periods of the
    day's year, the one before and the one after. Without a day: every seat that is ever needed.
    """
    every = definition.units.items()
    there = frozenset(key for key, unit in every if day is None or is_within(day, unit.since, unit.until))
    return _needed(This(definition), there, day.year if day else None)


@lru_cache(maxsize=8)
def _needed(this: This, there: Set[UnitId], year: int | None) -> frozenset[Seat]:
    definition = this.definition
    every, found = definition.units, set[Seat]()
    units = {key: unit for key, unit in every.items() if key in there}
    held = [each for one in (year - 1, year, year + 1) for each in held_steps(definition, one)] if year else []
    steps = [step for _, step, _ in held] if year else list(definition.steps.values())
    for krav in (krav for step in steps if step.flow for krav in step.krav.values()):
        for unit_id, unit in units.items():
            if not krav.is_owed_by(unit_id, unit):
                continue
            for part in krav.parts.values():
                if part.is_asked_of(unit_id, unit):
                    found.add((unit.responsible if part.role == RESPONSIBLE else part.role, unit_id))
            if krav.gathers:
                found.add((RoleId(unit.responsible), unit_id))  # who approves what comes from below
    for ladder_id, ladder in definition.ladders.items():
        asked = [krav for step in steps for krav in step.krav.values() if krav.ladder == ladder_id]
        rungs = [each for each in ladder.rungs if not year or any(each.validity.holds(one) for _, _, one in held)]
        for unit_id, unit in units.items():
            if definition.above and not any(krav.is_owed_by(unit_id, unit) for krav in asked):
                continue  # a ladder of other levels
            climbed = climbed_by(definition, ladder.model_copy(update={"rungs": tuple(rungs)}), unit)
            roles = {role for rung in (climbed.rungs if climbed else ()) for role in rung.recipients(unit.kind)}
            found |= {(role, unit_id) for role in roles - {OWING}}
    found |= {(step.proposed_by, None) for step in steps if step.flow and step.proposed_by}
    owners: dict[BodyId, UnitId] = {unit.body: unit_id for unit_id, unit in units.items() if not unit.above}
    ended = {unit.body for unit in every.values()} - owners.keys()
    for body_id, body in ((key, body) for key, body in definition.bodies.items() if key not in ended):
        found |= {(role, owners.get(body_id)) for role in (body.secretary, body.chair)}
    moments = [each for step in steps if step.flow for each in step.moments.values()]
    if REVISORER in definition.roles and any(map(is_handed_over, moments)):
        found.add((REVISORER, None))
    return frozenset(found)


def vacant(definition: Definition, mapping: Mapping[Seat, Person], day: date | None = None) -> tuple[Seat, ...]:
    """Return the seats that are needed (see :func:`needed`) and that nobody holds, in order."""
    return tuple(
        sorted(
            (
                seat
                for seat in needed(definition, day)
                if not who(mapping, *seat, definition.above.get(seat[1], ()) if seat[1] else ())
            ),
            key=str,
        )
    )

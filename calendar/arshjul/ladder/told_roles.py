"""Whom letters tell of an enhet: those who owe something of it, and those above them whom its ladders reach."""

from collections.abc import Set

from arshjul.definition.ladders import OWING
from arshjul.definition.model import RESPONSIBLE, Definition
from arshjul.definition.reach import climbed_by
from arshjul.definition.units.unit import Unit
from arshjul.keys import RoleId, UnitId
from arshjul.ladder.due import TOLD


def owing_roles_of(definition: Definition, key: UnitId, unit: Unit) -> Set[RoleId]:
    """Return the roles that hand something in for an enhet."""
    asked = [krav for step in definition.steps.values() for krav in step.krav.values() if krav.is_owed_by(key, unit)]
    roles = {part.role for krav in asked for part in krav.parts.values() if part.is_asked_of(key, unit)}
    return {unit.responsible if role == RESPONSIBLE else role for role in roles}


def told_above(definition: Definition, unit: Unit) -> Set[RoleId]:
    """Return the roles above those who owe that the ladders tell when something of an enhet's is late."""
    ladders = [climbed_by(definition, ladder, unit) for ladder in definition.ladders.values()]
    rungs = [rung for ladder in ladders if ladder for rung in ladder.rungs if rung.kind not in TOLD]
    return {role for rung in rungs for role in rung.recipients(unit.kind)} - {OWING}

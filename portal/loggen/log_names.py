"""A log row's details with names in place of the ids that the row holds: the row itself stays as it was written."""

from collections.abc import Iterator, Mapping
from typing import Any

from arshjul.definition.model import Definition, Part
from arshjul.keys import RoleId, UnitId, planned_in
from store.post.notices import beside_name
from submissions.review.rule_list import rule_texts

_BODIES = frozenset({"body", "from"})


def with_names(definition: Definition, key: str | None, detail: Mapping[str, Any] | None) -> dict[str, Any]:
    """Return details whose rules, parts, roles, enheter, bodies and rungs are told by name; what is unknown stands as it is."""
    return {name: _named(definition, key, name, value) for name, value in (detail or {}).items()}


def _named(definition: Definition, key: str | None, name: str, value: Any) -> Any:
    match value:
        case str():
            return _name(definition, key, name.removesuffix("s"), value) or value
        case list():
            return [_named(definition, key, name, each) for each in value]
    return value


def _name(definition: Definition, key: str | None, kind: str, value: str) -> str | None:
    if kind == "rule":
        return rule_texts(definition).get(value)
    if kind == "part":
        return next((part.name for each, part in _parts(definition, key) if each == value), None)
    if kind == "role" and value in definition.roles:
        return definition.roles[RoleId(value)].name
    if kind == "unit" and value in definition.units:
        return definition.units[UnitId(value)].name
    if kind == "rung":
        rungs = (rung for ladder in definition.ladders.values() for rung in ladder.rungs)
        return next((rung.name for rung in rungs if rung.id == value), beside_name(value))
    return next((body.name for each, body in definition.bodies.items() if kind in _BODIES and each == value), None)


def _parts(definition: Definition, key: str | None) -> Iterator[tuple[str, Part]]:
    """Give the parts of the krav that a key names, else every part."""
    planned = planned_in(key)
    step = definition.steps.get(planned.step) if planned else None
    for each in [step] if step else definition.steps.values():
        krav = each.krav.get(planned.last) if planned else None
        for one in [krav] if krav else each.krav.values():
            yield from one.parts.items()

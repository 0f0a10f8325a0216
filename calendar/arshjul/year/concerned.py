"""What leans on what: what the enheter below owe and who carries it up, and what a hand-in may change."""

from collections.abc import Iterable, Iterator, Mapping

from arshjul.definition.model import Definition, Krav, Step
from arshjul.keys import KravId, ObligationKey, PartId, RoleId, UnitId
from arshjul.year.wheel import APPROVAL, Obligation, PartOwed, Wheel


def gathered_first(krav: Mapping[str, Krav]) -> list[str]:
    """Return the krav's ids in the definition's order, but what is gathered before what gathers it."""
    found: dict[str, None] = {}

    def take(key: str) -> None:
        for each in krav[key].gathers:
            take(each)
        found.setdefault(key)

    for key in krav:
        take(key)
    return list(found)


def carrier_of(definition: Definition, step: Step, krav_id: str, unit_id: UnitId) -> tuple[UnitId, str] | None:
    """Return by whom, and under which krav, what an enhet owes is carried up: the nearest above that gathers it."""
    for above in definition.above.get(unit_id, ()):
        for key, krav in step.krav.items():
            if krav_id in krav.gathers and krav.is_owed_by(above, definition.units[above]):
                return above, key
    return None


def carried(
    definition: Definition, step: Step, krav_id: KravId, unit_id: UnitId, below: Iterable[Obligation]
) -> Iterator[tuple[str, PartOwed]]:
    """Yield the parts by which an enhet approves what those below it owe, by the parts' ids."""
    role = RoleId(definition.units[unit_id].responsible)
    for one in below:
        if carrier_of(definition, step, one.krav, one.unit) != (unit_id, krav_id):
            continue
        part = PartOwed(
            id=PartId(f"{one.krav}-{one.unit}"),
            name=f"{one.name[:1].upper()}{one.name[1:]} från {one.unit_said}",
            role=role,
            form=APPROVAL,
            lagrum=one.lagrum,
            carries=one,
        )
        yield part.id, part


def concerned(wheel: Wheel, one: Obligation) -> set[ObligationKey]:
    """Return the keys that a hand-in to ``one`` may change: itself, its host, what it finalises, what requires it.

    And what it fulfils a part of, those above that carry it up, and those below that it approves.
    """
    requiring = {other.key for other in wheel.obligations.values() if other.requires == one.key}
    fulfilled = {other.key for other in wheel.hosted.get(one.key, ()) if other.fulfilled}
    below = {part.carries.key for part in one.parts if part.carries}
    return {one.key, *requiring, *fulfilled, *below, *_above(wheel, one), *filter(None, (one.host, one.finalises))}


def _above(wheel: Wheel, one: Obligation) -> set[ObligationKey]:
    found, key = set[ObligationKey](), one.key
    while carrier := wheel.carriers.get(key):
        key = carrier[0]
        found.add(key)
    return found

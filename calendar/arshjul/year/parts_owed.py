"""What a krav asks of one enhet for one period: its parts, with their sheets and headings, and the role of each."""

from collections.abc import Iterator, Mapping

from arshjul.definition.asked import Heading
from arshjul.definition.model import RESPONSIBLE, Krav, Part
from arshjul.definition.sheets.sheet import Sheet
from arshjul.definition.units.unit import Unit
from arshjul.keys import PartId, RoleId, UnitId
from arshjul.periods import Period
from arshjul.year.wheel import HeadingOwed, PartOwed


def parts_owed(
    sheets: Mapping[str, Sheet], krav: Krav, unit_id: UnitId, unit: Unit, period: Period
) -> Iterator[tuple[str, PartOwed]]:
    """Yield the parts that a krav asks of an enhet for a period, by their ids; without a sheet that holds, none of sheets."""
    for part_id, part in krav.parts.items():
        held = tuple(each for each in part.sheets if sheets[each].holds(period))
        if _asked(part, unit_id, unit, period) and (held or not part.sheets):
            role = unit.responsible if part.role == RESPONSIBLE else RoleId(part.role)
            owed = PartOwed(
                id=PartId(part_id),
                name=part.name,
                role=role,
                form=part.form,
                lagrum=part.source.towards(unit.kind),
                may_be_ej_aktuellt=part.may_be_ej_aktuellt,
                sheets=held,
                handling=part.handling,
                headings=tuple(
                    _heading(_answering(sheets, one, period), each, one, unit.kind)
                    for each, one in part.headings.items()
                ),
            )
            yield part_id, owed


def _answering(sheets: Mapping[str, Sheet], one: Heading, period: Period) -> Sheet | None:
    on = sheets[one.answered_on] if one.answered_on else None
    return on if on and on.holds(period) else None


def _heading(on: Sheet | None, heading_id: str, one: Heading, kind: str) -> HeadingOwed:
    once = f" Det som står på bladet {on.title} behöver inte skrivas här också." if on else ""
    return HeadingOwed(
        id=heading_id,
        name=one.name,
        help=f"{one.help}{once}",
        words=one.words,
        lagrum=one.source.towards(kind),
        answered_on=on.id if on else None,
    )


def _asked(part: Part, unit_id: UnitId, unit: Unit, period: Period) -> bool:
    return (not part.months or (period.month or 12) in part.months) and part.is_asked_of(unit_id, unit)

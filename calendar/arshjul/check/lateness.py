"""A moment that comes too late by the law, or is not there at all, as it is told; and whose it should be."""

from collections.abc import Iterator
from datetime import date

from arshjul.check.remarks import Remark
from arshjul.check.resolving import ResolvedYear, moment_path
from arshjul.definition.lined import Path
from arshjul.definition.model import Definition
from arshjul.definition.units.unit import Unit
from arshjul.errors import Severity
from arshjul.keys import UnitId
from arshjul.periods import Period
from arshjul.swedish import day_text, local_date
from arshjul.year.wheel import Milestone


def late(
    year: ResolvedYear, one: Milestone, rule: str, words: str, lagrum: str, severity: Severity = "fel"
) -> Iterator[Remark]:
    """A day that is decided is judged as ``severity``, one that is only proposed as a warning."""
    if year.is_open(one):
        return
    yield Remark(
        path=moment_path(year.definition, one.step, one.milestone, one.period),
        rule=rule,
        message=f"{one.step_name} {one.period.text}: '{one.name}' {day_text(day_of(one))} ligger {words}",
        period=one.period,
        severity=severity if one.status == "beslutad" else "varning",
        lagrum=lagrum,
    )


def lacks(year: ResolvedYear, path: Path, rule: str, words: str, lagrum: str, severity: Severity = "varning") -> Remark:
    """What the law asks for and the årshjul does not have."""
    return Remark(
        path=path,
        rule=rule,
        message=f"årshjulet saknar {words}; lägg till det",
        period=Period(year.year),
        severity=severity,
        lagrum=lagrum,
    )


def day_of(one: Milestone) -> date:
    """Return a moment's Swedish day."""
    return local_date(one.at)


def namnder_at(definition: Definition, day: date) -> dict[UnitId, Unit]:
    """Return the nämnder that are there on a day."""
    return {
        key: unit
        for key, unit in definition.units.items()
        if unit.kind == "nämnd" and not unit.above and unit.is_there_on(day)
    }

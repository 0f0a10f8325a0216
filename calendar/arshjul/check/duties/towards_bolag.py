"""What a definition cites to bolag, held against whom the law was written for."""

from collections.abc import Iterator

from arshjul.check.remarks import Remark
from arshjul.definition.lined import Path
from arshjul.definition.model import Definition, Krav
from arshjul.keys import UnitId
from arshjul.lagrum import Lagrum
from arshjul.periods import Period
from arshjul.swedish import listing


def towards_bolag(definition: Definition, period: Period) -> Iterator[Remark]:
    """Find what bolag owe that cites what was written for nämnder and anställda: KL 6:6, 6:12, 11:17 and 11:18.

    Of a law of the report as a whole (LKBR) nothing is said: letters to bolag leave it out by themselves.
    """
    bolag = [key for key, unit in definition.units.items() if unit.kind == "bolag"]
    for step_id, step in definition.steps.items():
        owed = {key: krav for key, krav in step.krav.items() if _by_some(definition, krav, bolag)}
        if owed:
            yield from _remark(("steg", step_id, "lagrum"), step.source, period)
        for krav_id, krav in owed.items():
            path: Path = ("steg", step_id, "krav", krav_id)
            if krav.due:
                yield from _remark((*path, "frist", "källa"), krav.due.source, period)
            for part_id, part in krav.parts.items():
                asked = (key for key in bolag if krav.is_owed_by(key, definition.units[key]))
                if not any(part.is_asked_of(key, definition.units[key]) for key in asked):
                    continue
                yield from _remark((*path, "delar", part_id, "källa"), part.source, period)
                for heading_id, heading in part.headings.items():
                    yield from _remark(
                        (*path, "delar", part_id, "rubriker", heading_id, "källa"), heading.source, period
                    )


def _by_some(definition: Definition, krav: Krav, units: list[UnitId]) -> bool:
    return any(krav.is_owed_by(key, definition.units[key]) for key in units)


def _remark(path: Path, source: Lagrum, period: Period) -> Iterator[Remark]:
    if wrong := [each for each in source.not_for_bolag if each.startswith("KL ")]:
        yield Remark(
            path=path,
            rule="lagrum-bolag",
            message=f"{listing(wrong)} gäller inte bolag, men det här lämnas in av bolag också; skriv uppsikten "
            "(KL 6 kap. 1 §) eller ägardirektivet, eller dela upp det så att nämnderna har sitt eget",
            period=period,
        )

"""What a definition cites to bolag, held against whom the law was written for."""

from collections.abc import Iterable, Iterator

from arshjul.check.remarks import Remark
from arshjul.definition.in_force import held_steps
from arshjul.definition.lined import Path
from arshjul.definition.model import Definition, Krav, Step
from arshjul.definition.units.unit import Unit
from arshjul.keys import UnitId
from arshjul.lagrum import Lagrum
from arshjul.periods import Period
from arshjul.swedish import listing


def towards_bolag(definition: Definition, years: Iterable[int]) -> Iterator[Remark]:
    """Find what bolag owe in these years that cites what was written for nämnder and anställda: KL 6:6, 6:12, 11:17 and 11:18.

    Of a law of the report as a whole (LKBR) nothing is said: letters to bolag leave it out by themselves. Each is told
    for the first period that it is found in.
    """
    told: set[Path] = set()
    for year in years:
        bolag = {key: one for key, one in definition.units.items() if one.kind == "bolag" and one.is_there_in(year)}
        for step_id, step, period in held_steps(definition, year):
            for path, source in _cited(step_id, step, bolag):
                if path not in told:
                    told.add(path)
                    yield from _remark(path, source, period)


def _cited(step_id: str, step: Step, bolag: dict[UnitId, Unit]) -> Iterator[tuple[Path, Lagrum]]:
    """Yield the sources that bolag read of a step, with where they stand."""
    owed = {key: krav for key, krav in step.krav.items() if _by_some(krav, bolag)}
    if owed:
        yield ("steg", step_id, "lagrum"), step.source
    for krav_id, krav in owed.items():
        path: Path = ("steg", step_id, "krav", krav_id)
        if krav.due:
            yield (*path, "frist", "källa"), krav.due.source
        for part_id, part in krav.parts.items():
            if any(krav.is_owed_by(key, unit) and part.is_asked_of(key, unit) for key, unit in bolag.items()):
                yield (*path, "delar", part_id, "källa"), part.source
                for heading_id, heading in part.headings.items():
                    yield (*path, "delar", part_id, "rubriker", heading_id, "källa"), heading.source


def _by_some(krav: Krav, units: dict[UnitId, Unit]) -> bool:
    return any(krav.is_owed_by(key, unit) for key, unit in units.items())


def _remark(path: Path, source: Lagrum, period: Period) -> Iterator[Remark]:
    if wrong := [each for each in source.not_for_bolag if each.startswith("KL ")]:
        yield Remark(
            path=path,
            rule="lagrum-bolag",
            message=f"{listing(wrong)} gäller inte bolag, men det här lämnas in av bolag också; skriv uppsikten "
            "(KL 6 kap. 1 §) eller ägardirektivet, eller dela upp det så att nämnderna har sitt eget",
            period=period,
        )

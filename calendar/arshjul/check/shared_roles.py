"""Ladders whose end is told by roles that several bodies have: it reaches the one that stands first in the file."""

from collections.abc import Iterable, Iterator

from arshjul.check.remarks import Remark
from arshjul.definition.in_force import held_steps
from arshjul.definition.lined import Path
from arshjul.definition.model import Definition
from arshjul.definition.reach import bodies_told
from arshjul.swedish import listing


def shared_roles(definition: Definition, years: Iterable[int]) -> Iterator[Remark]:
    """Find the top rungs that could mean another body, each told for the first period of these years in which it is climbed."""
    seen: set[Path] = set()
    for _, step, period in (each for year in years for each in held_steps(definition, year)):
        for ladder_id in dict.fromkeys(krav.ladder for krav in step.krav.values() if krav.ladder):
            for number, rung in enumerate(definition.ladders[ladder_id].rungs):
                path: Path = ("trappor", ladder_id, "trappsteg", number)
                holds = rung.reaches_body and rung.validity.holds(period)
                told = bodies_told(definition, rung) if holds and path not in seen else ()
                if told:
                    seen.add(path)
                if len(told) > 1:
                    first, *others = (definition.bodies[each].short for each in told)
                    yield Remark(
                        path=path,
                        rule="delad-roll",
                        message=f"trappsteget når {first}, som står först i filen, men {listing(others)} har samma roller som "
                        "'till' nämner; ge det organ som trappan ska nå en egen sekreterare eller ordförande",
                        period=period,
                        severity="varning",
                    )

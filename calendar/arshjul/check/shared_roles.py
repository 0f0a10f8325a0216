"""Ladders whose end is told by roles that several bodies have: it reaches the one that stands first in the file."""

from collections.abc import Iterator

from arshjul.check.remarks import Remark
from arshjul.definition.model import Definition
from arshjul.definition.reach import bodies_told
from arshjul.periods import Period
from arshjul.swedish import listing


def shared_roles(definition: Definition, period: Period) -> Iterator[Remark]:
    """Find the top rungs that could mean another body. ``period`` is the first of those that are judged."""
    climbed = {krav.ladder for step in definition.steps.values() for krav in step.krav.values()}
    for ladder_id, ladder in definition.ladders.items():
        for number, rung in enumerate(ladder.rungs if ladder_id in climbed else ()):
            told = bodies_told(definition, rung) if rung.reaches_body else ()
            if len(told) > 1:
                first, *others = (definition.bodies[each].short for each in told)
                yield Remark(
                    path=("trappor", ladder_id, "trappsteg", number),
                    rule="delad-roll",
                    message=f"trappsteget når {first}, som står först i filen, men {listing(others)} har samma roller som 'till' "
                    "nämner; ge det organ som trappan ska nå en egen sekreterare eller ordförande",
                    period=period,
                    severity="varning",
                )

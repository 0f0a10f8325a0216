"""KL 6:9: each year, for each aktiebolag of the municipality, styrelsen tries what it has done against its ändamål."""

from collections.abc import Iterator

from arshjul.check.lateness import lacks
from arshjul.check.remarks import Remark
from arshjul.check.resolving import ResolvedYear
from arshjul.swedish import listing


def uppsikt(year: ResolvedYear) -> Iterator[Remark]:
    """Find the bolag that no moment of the year tries. One that is no enhet's own tries them all."""
    tried = year.moments("bolagsprövning")
    if year.leaves_out("bolagsprövning") or any(one.unit is None for one in tried):
        return
    bolag = {
        key: unit
        for key, unit in year.definition.units.items()
        if unit.kind == "bolag" and not unit.above and unit.is_there_in(year.year)
    }
    left = [unit.name for key, unit in bolag.items() if key not in {one.unit for one in tried}]
    if left:
        words = (
            f"kommunstyrelsens årliga prövning av om verksamheten i {listing(left)} har varit förenlig med ändamålet och befogenheterna "
            "(ett moment med 'avser: bolagsprövning'; för ett beslut per bolag också 'per enhet: true' och 'slag: [bolag]')"
        )
        yield lacks(year, ("enheter", next(iter(bolag))), "KL 6:9", words, "KL 6 kap. 9 §")

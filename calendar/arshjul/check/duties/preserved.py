"""LKBR 2:4 and 3:13: what the delårsrapport and the årsredovisning are made of is räkenskapsinformation, and kept seven years."""

from collections.abc import Iterable, Iterator
from datetime import date

from arshjul.check.remarks import Remark
from arshjul.check.report_parts import contents_of, own_parts
from arshjul.definition.in_force import held_steps
from arshjul.definition.lined import Path
from arshjul.definition.model import Definition
from arshjul.swedish import day_text

YEARS = 7  #: whole years after the räkenskapsår's end


def preserved(definition: Definition, years: Iterable[int]) -> Iterator[Remark]:
    """Find the parts that are gallrade before the law lets them, each told for the first of the years that it holds for.

    Looked at are the parts in which the law sees a part of the report; what only leads up to one is the municipality's own.
    """
    told: set[Path] = set()
    for step_id, step, period in (each for year in years for each in held_steps(definition, year)):
        if step.kind not in ("delårsrapport", "årsredovisning"):
            continue
        first_lawful = date(period.year + YEARS + 1, 1, 1)
        for krav_id, part_id, part in own_parts(definition, step, period):
            path: Path = ("steg", step_id, "krav", krav_id, "delar", part_id, "handling")
            gallras = part.handling.gallras if part.handling else None
            early = gallras is not None and gallras.first_day(period, period.end) < first_lawful
            if early and path not in told and any(contents_of(definition, part, period)):
                told.add(path)
                yield Remark(
                    path=path,
                    rule="LKBR 3:13",
                    message=f"{part.name} i {step.definite} gallras {gallras}, men räkenskapsinformation ska bevaras till och med "
                    f"det sjunde året efter räkenskapsåret, {period.year}-års till och med "
                    f"{day_text(date(period.year + YEARS, 12, 31))}; skriv 'gallras: 7 år efter årets slut' eller längre",
                    period=period,
                    lagrum="LKBR 2 kap. 4 §; LKBR 3 kap. 13 §",
                )

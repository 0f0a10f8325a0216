"""LKBR 2:4 and 3:13: what the delårsrapport and the årsredovisning are made of is räkenskapsinformation, and kept seven years."""

from collections.abc import Iterator
from datetime import date

from arshjul.check.remarks import Remark
from arshjul.check.report_parts import contents_of, own_parts
from arshjul.definition.model import Definition, Step
from arshjul.periods import Period
from arshjul.swedish import day_text

YEARS = 7  #: whole years after the räkenskapsår's end


def preserved(definition: Definition, period: Period) -> Iterator[Remark]:
    """Find the parts that are gallrade before the law lets them. ``period`` is the first of those that are judged.

    Looked at are the parts in which the law sees a part of the report; what only leads up to one is the municipality's own.
    """
    for step_id, step in definition.steps.items():
        if step.kind not in ("delårsrapport", "årsredovisning"):
            continue
        judged = Period(period.year, _month(step))
        first_lawful = date(judged.year + YEARS + 1, 1, 1)
        for krav_id, part_id, part in own_parts(definition, step):
            gallras = part.handling.gallras if part.handling else None
            if gallras and any(contents_of(definition, part)) and gallras.first_day(judged, judged.end) < first_lawful:
                yield Remark(
                    path=("steg", step_id, "krav", krav_id, "delar", part_id, "handling"),
                    rule="LKBR 3:13",
                    message=f"{part.name} i {step.definite} gallras {gallras}, men räkenskapsinformation ska bevaras till och med "
                    f"det sjunde året efter räkenskapsåret, {judged.year}-års till och med "
                    f"{day_text(date(judged.year + YEARS, 12, 31))}; skriv 'gallras: 7 år efter årets slut' eller längre",
                    period=judged,
                    lagrum="LKBR 2 kap. 4 §; LKBR 3 kap. 13 §",
                )


def _month(step: Step) -> int | None:
    return None if step.whole_year else min(step.months, default=None)

"""The report's end: what the last body has decided about a report closes it, with all that was due by then."""

from datetime import date

from arshjul.bodies.overlamnande import is_handed_over
from arshjul.check.concerns import PAIRS
from arshjul.year.wheel import Milestone, Obligation, Occurrence

DISCHARGE = {then for first, then, _ in PAIRS if first == "årsredovisning godkänns"}  #: says nothing of the underlag


def closing(occurrence: Occurrence) -> tuple[Milestone, ...]:
    """Return the last body's moments for a report: once all are decided, the report is. Empty without a body.

    Ansvarsfrihet comes after the report, and the law's handing over before it.
    """
    moments = [
        each
        for each in occurrence.milestones
        if each.body and each.unit is None and each.concerns not in DISCHARGE and not is_handed_over(each)
    ]
    last = max(moments, key=lambda each: each.at, default=None)
    return tuple(each for each in moments if last and each.body == last.body)


def is_treated(one: Obligation, moments: tuple[Milestone, ...], decided_on: date) -> bool:
    """Tell whether what ``one`` asks for was due by the decision, or by the day that was planned for it."""
    last = max(each.at for each in moments)
    return one.deadline.at <= last or one.deadline.last_day <= decided_on

"""A step and a ladder as they hold for one period: what does not hold is not there, and each day has its rule."""

from collections.abc import Iterator

from arshjul.definition.days.dated import Dating
from arshjul.definition.days.moment import Moment
from arshjul.definition.ladders import Ladder
from arshjul.definition.model import Definition, Krav, Step
from arshjul.periods import Period


def in_force(step: Step, period: Period) -> Step | None:
    """Return the step as it holds for ``period``; None when it does not."""
    if not step.holds(period):
        return None
    moments = {key: moment for key, each in step.moments.items() if (moment := _moment(each, period))}
    krav = {key: asked for key, each in step.krav.items() if (asked := _krav(each, period))}
    held = {key: _without(each, krav, moments) for key, each in krav.items()}
    closing = step.closing.of(period) if step.closing else None
    return step.model_copy(update={"moments": moments, "krav": held, "closing": closing})


def held_steps(definition: Definition, year: int) -> Iterator[tuple[str, Step, Period]]:
    """Yield the steps as they hold for their periods of a year; of one for each meeting or händelse, the year's own."""
    for step_id, whole in definition.steps.items():
        for month in whole.months or (None,):
            if step := in_force(whole, Period(year, month)):
                yield step_id, step, Period(year, month)


def ladder_in_force(ladder: Ladder | None, period: Period) -> Ladder | None:
    """Return the ladder with the rungs that hold for ``period``; None when none does."""
    rungs = tuple(each for each in (ladder.rungs if ladder else ()) if each.validity.holds(period))
    return ladder.model_copy(update={"rungs": rungs}) if ladder and rungs else None


def day_year(dating: Dating, period: Period) -> int:
    """Return the year in which a rule's day lies, where the rule says it (``år``); else the period's."""
    return period.year + int(getattr(dating.rule, "year", 0))


def _moment(moment: Moment, period: Period) -> Moment | None:
    dating = moment.dating.of(period)
    if not moment.holds(period, day_year(dating, period)):
        return None
    lawful = moment.lawful.of(period) if moment.lawful else None
    return moment.model_copy(update={"dating": dating, "lawful": lawful})


def _krav(krav: Krav, period: Period) -> Krav | None:
    parts = {key: part for key, part in krav.parts.items() if part.holds(period)}
    if not krav.holds(period) or not (parts or krav.gathers):
        return None
    return krav.model_copy(update={"parts": parts, "due": krav.due.of(period) if krav.due else None})


def _without(krav: Krav, every: dict[str, Krav], moments: dict[str, Moment]) -> Krav:
    """Let a krav name nothing that does not hold for the period."""
    gone: dict[str, object] = {}
    if krav.treated_at not in moments:
        gone["treated_at"] = None
    gone |= {word: None for word in ("requires", "finalises") if getattr(krav, word) not in every}
    if not every.keys() >= set(krav.gathers):
        gone["gathers"] = tuple(each for each in krav.gathers if each in every)
    return krav.model_copy(update=gone) if gone else krav

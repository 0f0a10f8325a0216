"""Which periods a step has in a year: its months, the year, or one for each meeting, händelse or entry."""

from collections.abc import Iterable, Iterator

from arshjul.definition.days.dating import Offset
from arshjul.definition.days.decided import UNDECIDED
from arshjul.definition.in_force import held_steps
from arshjul.definition.model import Definition, Step
from arshjul.periods import Period
from arshjul.swedish import listing
from arshjul.year.days.meetings import Meetings
from arshjul.year.days.occasions import Occasions


def periods_of(step: Step, year: int, meetings: Meetings, occasions: Occasions) -> Iterator[Period]:
    """Yield the periods of ``year`` (the figures'), whether the step holds for them or not.

    One to a meeting goes by the day on which it was first to be held, so that it is the same when the meeting is
    moved. A meeting without a decided or proposed day has none yet, nor has what has not happened.
    """
    yield from (one for one in _every(step, year, meetings, occasions) if one not in step.skipped)


def _every(step: Step, year: int, meetings: Meetings, occasions: Occasions) -> Iterator[Period]:
    if step.each is None:
        for month in (None,) if step.whole_year else step.months:
            yield Period(year, month)
        return
    if step.each.meeting:
        held = (one for one in meetings.of_year(step.each.meeting, year) if one.status != UNDECIDED)
        found = [Period.until(day) for day in sorted({one.first_day for one in held})]
    else:
        found = [*occasions.periods(step, year)]
    for period in found:
        if not step.each.months or period.month in step.each.months:
            yield period


def awaited(definition: Definition, years: Iterable[int]) -> dict[str, tuple[str, ...]]:
    """Return what is counted from each händelse and each register's frister, in people's words, by its id.

    By what holds in ``years``: a step that has ended starts no more.
    """
    found: dict[str, list[str]] = {key: [] for key in definition.happenings}
    for _, step, _ in (held for year in years for held in held_steps(definition, year)):
        each = (step.each.happening or step.each.of_register) if step.each else None
        if each:
            found.setdefault(each, []).append(step.name)
        datings = [(one.name, one.due) for one in step.krav.values() if one.due]
        datings += [(one.name, one.dating) for one in step.moments.values()]
        for name, dating in datings:
            for rule in (dating.rule, *(each.rule for each in dating.exemptions)):
                if isinstance(rule, Offset) and rule.anchor in found and rule.anchor != each:
                    found[rule.anchor].append(f"{step.name}: {name}")
    for key, happening in definition.happenings.items():
        if happening.opening and happening.opening.tells:
            found[key].append(
                f"brev till {listing([definition.bodies[body].short for body in happening.opening.tells])}"
            )
    return {key: tuple(dict.fromkeys(names)) for key, names in found.items()}

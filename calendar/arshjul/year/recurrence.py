"""Which periods a step has in a year: its months, the year, or one for each meeting or händelse."""

from collections.abc import Iterator, Mapping
from datetime import date

from arshjul.definition.days.dating import Offset
from arshjul.definition.days.decided import UNDECIDED
from arshjul.definition.model import Definition, Step
from arshjul.periods import Period
from arshjul.year.meetings import Meetings


def periods_of(step: Step, year: int, meetings: Meetings, happened: Mapping[str, tuple[date, ...]]) -> Iterator[Period]:
    """Yield the periods of ``year`` (the figures'), whether the step holds for them or not.

    One to a meeting goes by the day on which it was first to be held, so that it is the same when the meeting is
    moved. A meeting without a decided or proposed day has none yet, nor has what has not happened.
    """
    yield from (one for one in _every(step, year, meetings, happened) if one not in step.skipped)


def _every(step: Step, year: int, meetings: Meetings, happened: Mapping[str, tuple[date, ...]]) -> Iterator[Period]:
    if step.each is None:
        for month in (None,) if step.whole_year else step.months:
            yield Period(year, month)
        return
    if step.each.meeting:
        held = (one for one in meetings.of_year(step.each.meeting, year) if one.status != UNDECIDED)
        days = [one.first_day for one in held]
    else:
        days = [day for day in happened.get(step.each.happening or "", ()) if day.year == year]
    for day in sorted({*days}):
        if not step.each.months or day.month in step.each.months:
            yield Period.until(day)


def awaited(definition: Definition) -> dict[str, tuple[str, ...]]:
    """Return what is counted from each händelse, in people's words, by the händelse's own name."""
    found: dict[str, list[str]] = {key: [] for key in definition.happenings}
    for step in definition.steps.values():
        if step.each and step.each.happening:
            found[step.each.happening].append(step.name)
            continue
        datings = [(one.name, one.due) for one in step.krav.values() if one.due]
        datings += [(one.name, one.dating) for one in step.moments.values()]
        for name, dating in datings:
            for rule in (dating.rule, *(each.rule for each in dating.exemptions)):
                if isinstance(rule, Offset) and rule.anchor in found:
                    found[rule.anchor].append(f"{step.name}: {name}")
    return {definition.happenings[key].name: tuple(dict.fromkeys(names)) for key, names in found.items()}

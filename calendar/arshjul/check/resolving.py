"""Resolving the years step by step: all that has no day is told in one go, and the rest can be held."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from arshjul.check.remarks import Remark
from arshjul.definition.days.dated import Dating
from arshjul.definition.days.dating import AtMeeting, Undecided
from arshjul.definition.days.decided import UNDECIDED, decided_path
from arshjul.definition.days.moment import Moment
from arshjul.definition.in_force import in_force
from arshjul.definition.lined import Path
from arshjul.definition.model import OWN_BODY, Definition, Step
from arshjul.definition.reading import Sourced
from arshjul.errors import Severity
from arshjul.keys import BodyId, UnitId
from arshjul.periods import Period
from arshjul.swedish import listing, month_name
from arshjul.workdays import Workdays
from arshjul.year.days.day import NoRuleInForce, NotYetHappenedError
from arshjul.year.days.days import Days
from arshjul.year.days.meetings import Meetings
from arshjul.year.days.occasions import Occasions
from arshjul.year.days.recurrence import periods_of
from arshjul.year.turning import turn
from arshjul.year.wheel import Milestone, Occurrence, Wheel


@dataclass(frozen=True, slots=True)
class ResolvedYear:
    """One year as resolved: the steps that have all their days."""

    sourced: Sourced
    year: int
    wheel: Wheel
    unresolved: frozenset[str]  #: the steps that are left out, as they have a remark already

    @property
    def definition(self) -> Definition:
        """The definition."""
        return self.sourced.definition

    def steps(self, kind: str) -> dict[str, Step]:
        """Return the steps of a kind that hold for some period of the year."""
        return {
            key: step
            for key, step in self.definition.steps.items()
            if step.kind == kind
            and any(
                in_force(step, one)
                for one in periods_of(step, self.year, self.wheel.meetings, Occasions.of(self.definition))
            )
        }

    def step(self, occurrence: Occurrence) -> Step:
        """Return an occurrence's step as it holds for its period."""
        whole = self.definition.steps[occurrence.step]
        return in_force(whole, occurrence.period) or whole

    def is_open(self, one: Milestone) -> bool:
        """Tell whether a moment has no day to judge: not decided, and no rule that proposes one."""
        rule = self.definition.steps[one.step].moments[one.milestone].dating.of(one.period).rule
        return one.status == UNDECIDED and isinstance(rule, Undecided)

    def leaves_out(self, concerns: str) -> bool:
        """Tell whether a step that is left out has such a moment: then nothing can be said of its absence."""
        out = (self.definition.steps[each] for each in self.unresolved)
        return any(one.concerns == concerns for step in out for one in step.moments.values())

    def moments(self, *concerns: str) -> list[Milestone]:
        """Return the year's moments that concern one of these, by the periods' order."""
        found = (one for one in self.wheel.milestones if one.concerns in concerns)
        return sorted(found, key=lambda one: (one.period.months, one.at))


def moment_path(definition: Definition, step: str, moment: str, period: Period) -> Path:
    """Return where a moment's day is said: its decided date for the period, or else the moment."""
    path: Path = ("steg", step, "moment", moment)
    return _said(path, definition.steps[step].moments[moment].dating, period, "dag")


def krav_path(definition: Definition, step: str, krav: str, period: Period) -> Path:
    """Return where a krav's frist is said: its decided date for the period, or else ``frist``."""
    path: Path = ("steg", step, "krav", krav, "frist")
    due = definition.steps[step].krav[krav].due
    return _said(path, due, period) if due else path[:-1]


def _said(path: Path, dating: Dating, period: Period, *inner: str) -> Path:
    decided = decided_path(dating.decided, period)  # "ej beslutad" leaves the day to the rule
    return (*path, *inner, "beslutade", *decided) if decided else path


def moments_of(occurrence: Occurrence) -> Iterator[Milestone]:
    """Return an occurrence's moments, without the enheter's rungs and frister."""
    return (one for one in occurrence.milestones if one.obligation is None)


@dataclass(frozen=True, slots=True)
class _Unresolved:
    step: str
    path: Path
    period: Period
    error: str
    decided: bool  #: the tidplan of the year in which it lies is fastställd; a day that is only proposed may be lacking
    meeting: tuple[BodyId, int, int] | None  #: body, year and month of the meeting that is not there


def resolve(sourced: Sourced, years: Iterable[int]) -> tuple[list[ResolvedYear], list[Remark]]:
    """Resolve ``years``, and tell everything that has no day."""
    definition = sourced.definition
    resolved: list[ResolvedYear] = []
    every: list[_Unresolved] = []
    workdays = Workdays.with_closed(closed.day for closed in definition.closed_days)
    meetings, occasions = Meetings(definition, workdays), Occasions.of(definition)
    for year in years:
        missing: list[_Unresolved] = []
        for step_id, step in definition.steps.items():
            for period in periods_of(step, year, meetings, occasions):
                if held := in_force(step, period):
                    days = Days(definition, workdays, meetings, {}, held, period, occasions=occasions)
                    missing += _missing(definition, days, step_id, held)
        every += missing
        out = frozenset(one.step for one in missing)
        steps = {step_id: step for step_id, step in definition.steps.items() if step_id not in out}
        wheel = turn(definition.model_copy(update={"steps": steps}), [year])
        resolved.append(ResolvedYear(sourced, year, wheel, out))
    return resolved, [*_blamed(definition, every)]


def _missing(definition: Definition, days: Days, step_id: str, step: Step) -> Iterator[_Unresolved]:
    """Find what has no day, moments first; what only leans on another that has none is not told again."""
    told: set[str] = set()
    for path, dating, unit in _asked(definition, step_id, step, days.period):
        try:
            if path[2] == "krav":
                days.frist(str(path[3]), unit)
                treated = step.krav[str(path[3])].treated_at
                if treated:
                    days.moment(treated, unit)
            elif path[-1] == "lagens dag":
                days.resolve(dating, unit)
            else:
                days.moment(str(path[3]), unit)
        except NotYetHappenedError:
            continue
        except NoRuleInForce as error:
            meeting = _wanted(definition, dating, days.period, unit)
            if str(error) not in told or (meeting and path[2] == "moment"):
                decided = _is_decided(definition, dating, days.period, meeting)
                yield _Unresolved(step_id, path, days.period, str(error), decided, meeting)
            told.add(str(error))


def _asked(
    definition: Definition, step_id: str, step: Step, period: Period
) -> Iterator[tuple[Path, Dating, UnitId | None]]:
    """Yield where each day is said, how, and for whom."""
    for moment_id, moment in step.moments.items():
        for at in _units_at(definition, moment):
            yield moment_path(definition, step_id, moment_id, period), moment.dating.of_unit(at), at
            if moment.lawful:
                yield ("steg", step_id, "moment", moment_id, "lagens dag"), moment.lawful, at
    for krav_id, krav in step.krav.items():
        for unit_id, unit in definition.units.items():
            if krav.due and krav.is_owed_by(unit_id, unit):
                yield krav_path(definition, step_id, krav_id, period), krav.due.of_unit(unit_id), unit_id


def _units_at(definition: Definition, moment: Moment) -> list[UnitId | None]:
    if not moment.per_unit:
        return [None]
    return [unit_id for unit_id, unit in definition.units.items() if moment.is_of(unit)]


def _is_decided(
    definition: Definition, dating: Dating, period: Period, meeting: tuple[BodyId, int, int] | None
) -> bool:
    if isinstance(dating.rule, Undecided):
        return False
    if meeting and meeting[1] in definition.bodies[meeting[0]].decided:
        return True
    year = meeting[1] if meeting else period.year + getattr(dating.rule, "year", 0)
    return definition.is_fixed(year)


def _wanted(
    definition: Definition, dating: Dating, period: Period, unit: UnitId | None
) -> tuple[BodyId, int, int] | None:
    rule = dating.rule
    if not isinstance(rule, AtMeeting) or rule.month is None:
        return None
    body = definition.units[unit].body if rule.body == OWN_BODY and unit else rule.body
    return body, period.year + rule.year, rule.month


def _blamed(definition: Definition, missing: list[_Unresolved]) -> Iterator[Remark]:
    """Blame the moment that asks for a meeting that is not there, or the body when several ask for it."""
    asking: dict[tuple[BodyId, int, int], list[_Unresolved]] = {}
    askers: dict[tuple[BodyId, int], set[Path]] = {}  # by body and month, whatever the year
    for one in missing:
        if one.meeting:
            asking.setdefault(one.meeting, []).append(one)
            askers.setdefault(one.meeting[::2], set()).add(one.path)
        else:
            severity: Severity = "fel" if one.decided else "varning"
            yield Remark(path=one.path, rule="saknar-dag", message=one.error, period=one.period, severity=severity)
    shared = {wanted: ones for wanted, ones in asking.items() if len(askers[wanted[::2]]) > 1}
    for (body, year, month), ones in shared.items():
        decided = year in definition.bodies[body].decided
        path: Path = ("organ", body, *(("beslutade", year) if decided else ("regel",)))
        yield _no_meeting(definition, path, ones, Period(year, month))
    alone = [one for wanted, ones in asking.items() if wanted not in shared for one in ones]
    for path, period in dict.fromkeys((one.path, one.period) for one in alone):
        ones = [one for one in alone if (one.path, one.period) == (path, period)]
        yield _no_meeting(definition, path, ones, period)


def _no_meeting(definition: Definition, path: Path, ones: list[_Unresolved], period: Period) -> Remark:
    wanted = [one.meeting for one in ones if one.meeting]
    bodies = listing([*dict.fromkeys(definition.bodies[body].name for body, _, _ in wanted)])
    steps = listing([*dict.fromkeys(f"{definition.steps[one.step].name} {one.period.text}" for one in ones)])
    _, year, month = wanted[0]
    return Remark(
        path=path,
        rule="inget-mote",
        message=f"{bodies} har inget möte i {month_name(month)} {year}, som {steps} behöver; lägg till mötet "
        "under organet, eller ange en annan månad för momentet",
        period=period,
        severity="fel" if any(one.decided for one in ones) else "varning",
    )

"""The wheel as a value: what one calendar year holds, moment by moment, for the picture and the table alike."""

from bisect import bisect_left
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time
from itertools import groupby

from actions.contacts import contacts
from actions.scene import Scene
from arshjul.keys import MilestoneKey, ObligationKey, OccurrenceKey
from arshjul.ladder.standing import State, moment_state, worst
from arshjul.swedish import day_text, instant_text, listing, local, local_date
from arshjul.year.wheel import Milestone, Obligation, Occurrence, Wheel, owner_name
from store.plan import planning, recorded
from submissions.standing.completeness import part_states
from submissions.standing.states import states_of

#: The styrmodell's three parallel years ("Uppföljningsprocess"): what is done with each, the oldest first.
RINGS = ((-1, "Föregående år", "redovisas"), (0, "Innevarande år", "följs upp"), (1, "Kommande år", "budgeteras"))
FRIST = "frist"


@dataclass(frozen=True, slots=True, kw_only=True)
class Ring:
    """One of the three years that run side by side."""

    shift: int  #: years from the shown one: -1, 0 or 1
    year: int
    name: str
    does: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """One enhet, or body, at a mark."""

    name: str
    who: str  #: the roles that hand in; empty for a body
    state: State
    call: tuple[str, ...] = ()  #: whom to call when it is late


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """One moment of the year, for all enheter that share its day."""

    id: str  #: unique on the page, and the same as long as the day is
    shift: int  #: the ring
    at: datetime  #: the earliest instant of its members
    day: date  #: Swedish local
    name: str  #: "Underlag till delårsrapporten", "KS beslutar om delårsrapporten"
    occurrence: OccurrenceKey
    about: str  #: "Delårsrapport augusti 2027"
    report: str  #: "Delårsrapport"
    hosted: bool  #: handed in with another report
    body: bool  #: a body's moment; else a frist
    monthly: bool  #: comes again with other periods of the year
    members: tuple[Member, ...]
    together: bool  #: at the same clock time; else ``at`` is the earliest one's
    state: State  #: the worst of the members'
    status: str  #: "beslutad", "förslag" or "ej beslutad"
    lawful_until: date | None
    lagrum: str

    @property
    def when(self) -> str:
        """The day, with the clock time when it is the same for all."""
        return instant_text(self.at) if self.together else day_text(self.day)

    @property
    def whom(self) -> str:
        """Who it concerns: the enhet or body, or how many enheter."""
        return self.members[0].name if len(self.members) == 1 else f"{len(self.members)} enheter"

    @property
    def counts(self) -> tuple[tuple[State, int], ...]:
        """How many members are in each state, the worst first."""
        states = [member.state for member in self.members]
        return tuple((state, states.count(state)) for state in State if state in states)

    @property
    def standing(self) -> str:
        """The state in words: "Försenad", or "Försenad 2, Komplett 4"."""
        if len(self.counts) == 1:
            return self.state.word
        return ", ".join(f"{state} {count}" for state, count in self.counts)


@dataclass(frozen=True, slots=True, kw_only=True)
class YearWheel:
    """One calendar year: its rings, and its marks in time order."""

    year: int
    today: date | None  #: None when the year is not the one that runs
    planned: bool = False  #: without states, for the wall
    rings: tuple[Ring, ...]
    marks: tuple[Mark, ...]

    @property
    def months(self) -> list[tuple[int, list[Mark]]]:
        """The marks by month, for those months that have any."""
        return [(month, list(many)) for month, many in groupby(self.marks, key=lambda mark: mark.day.month)]

    @property
    def next_marks(self) -> tuple[Mark, ...]:
        """The marks of the next days that have any, three at least if there are so many."""
        ahead = [mark for mark in self.marks if self.today and mark.day >= self.today]
        return tuple(mark for mark in ahead if mark.day <= ahead[: max(1, min(3, len(ahead)))][-1].day)

    @property
    def wanting(self) -> tuple[Mark, ...]:
        """The marks that are late, escalated, or lack a decision."""
        return tuple(mark for mark in self.marks if mark.state.is_late or mark.state is State.BESLUT_SAKNAS)


@dataclass(frozen=True, slots=True, kw_only=True)
class HappenedByKey:
    """What has happened, by key: obligations' states, and the bodies' moments that are decided."""

    states: Mapping[ObligationKey, State] = field(default_factory=dict)
    decided: frozenset[MilestoneKey] = frozenset()
    since: date = date.min  #: in drift from
    calls: Mapping[ObligationKey, tuple[str, ...]] = field(default_factory=dict)  #: of what is late


def shown_years(now: datetime) -> range:
    """Return the calendar years whose three rings lie in the plan that is open at ``now``."""
    years = planning.plan_years(now)
    return range(years.start + 1, years.stop - 1)


def year_wheel(scene: Scene, year: int) -> YearWheel:
    """Gather one calendar year with everything that has happened."""
    session, wheel, since = scene.session, scene.wheel, scene.office.since
    owed = {one.obligation for one in _moments(wheel, year) if one.obligation}
    bodies = [one.key for one in _moments(wheel, year) if one.body]
    states = states_of(session, wheel, [wheel.obligations[key] for key in owed], since, scene.now)
    late = [wheel.obligations[key] for key, state in states.items() if state.is_late]
    parts = part_states(session, late)
    happened = HappenedByKey(
        states=states,
        decided=frozenset(recorded.decisions(session, bodies)),
        since=since,
        calls={one.key: contacts(scene, parts[one.key], one.unit) for one in late},
    )
    return build(wheel, year, happened, scene.now)


def build(wheel: Wheel, year: int, happened: HappenedByKey, now: datetime) -> YearWheel:
    """Return a calendar year's marks: every frist and every body's moment whose local day falls in it.

    Those of an occurrence that share a day are one mark. A period further from the year than one ring is drawn on
    the nearest ring; its text says its own year.
    """
    together: dict[tuple[str, str, str, date], list[Milestone]] = {}
    for one in _moments(wheel, year):
        together.setdefault((one.step, one.period.key, one.milestone, local_date(one.at)), []).append(one)
    marks = [_mark(wheel, year, many, happened, now) for many in together.values()]
    today = local_date(now)
    return YearWheel(
        year=year,
        today=today if today.year == year else None,
        rings=tuple(Ring(shift=shift, year=year + shift, name=name, does=does) for shift, name, does in RINGS),
        marks=tuple(sorted(marks, key=lambda mark: (mark.at, mark.id))),
    )


def without_states(wheel: YearWheel) -> YearWheel:
    """Return the year as it is planned, with neither states nor today: what is put on a wall says it all year."""
    marks = (
        replace(
            mark,
            state=State.KOMMANDE,
            members=tuple(replace(member, state=State.KOMMANDE, call=()) for member in mark.members),
        )
        for mark in wheel.marks
    )
    return replace(wheel, today=None, planned=True, marks=tuple(marks))


def _moments(wheel: Wheel, year: int) -> Iterable[Milestone]:
    first, last = (
        bisect_left(wheel.milestones, local(date(each, 1, 1), time()), key=lambda one: one.at)
        for each in (year, year + 1)
    )
    return (one for one in wheel.milestones[first:last] if not one.is_rung)


def _mark(wheel: Wheel, year: int, many: Sequence[Milestone], happened: HappenedByKey, now: datetime) -> Mark:
    first = many[0]
    day, occurrence = local_date(first.at), wheel.occurrence(first.occurrence)
    owed = wheel.obligations[first.obligation] if first.obligation else None
    members = tuple(
        _member_owing(wheel, wheel.obligations[one.obligation], happened)
        if one.obligation
        else _member_deciding(wheel, one, happened, now)
        for one in many
    )
    return Mark(
        id=f"{first.step}-{first.period.key}-{first.milestone}-{day:%m%d}",
        shift=max(-1, min(1, first.period.year - year)),
        at=first.at,
        day=day,
        name=_name(wheel, first, owed),
        occurrence=occurrence.key,
        about=f"{first.step_name} {first.period.text}",
        report=first.step_name,
        hosted=bool(owed and owed.host),
        body=first.obligation is None,
        monthly=len(wheel.definition.steps[first.step].months) > 1,
        members=members,
        together=len({one.at for one in many}) == 1,
        state=worst(member.state for member in members),
        status=next((one.status for one in many if one.status != "beslutad"), "beslutad"),
        lawful_until=first.lawful_until,
        lagrum=_sources(occurrence, many),
    )


def _name(wheel: Wheel, first: Milestone, owed: Obligation | None) -> str:
    name = owed.name if owed else first.name
    if first.unit and not owed:  # "nämnden beslutar" says nothing of what, unlike a body's own moment
        name = f"{wheel.definition.steps[first.step].definite}: {name}"
    return name[:1].upper() + name[1:]


def _sources(occurrence: Occurrence, many: Sequence[Milestone]) -> str:
    """Return the moment's sources and its occurrence's, each once."""
    texts = [one.lagrum.text for one in many] + [occurrence.lagrum.text]
    return "; ".join(dict.fromkeys(source for text in texts for source in text.split("; ")))


def _member_owing(wheel: Wheel, one: Obligation, happened: HappenedByKey) -> Member:
    roles = dict.fromkeys(part.role for part in one.parts)
    who = listing([wheel.definition.roles[role].name for role in roles])
    state = happened.states.get(one.key, State.KOMMANDE)
    return Member(name=one.unit_name, who=who, state=state, call=happened.calls.get(one.key, ()))


def _member_deciding(wheel: Wheel, one: Milestone, happened: HappenedByKey, now: datetime) -> Member:
    decided, decides = one.key in happened.decided, one.body is not None
    state = moment_state(one.at, now, happened.since, decided=decided, decides=decides)
    return Member(name=owner_name(wheel.definition, one), who="", state=state)

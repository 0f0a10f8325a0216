"""The board: occurrences by reports by enheter, what happens soon, the letters, and how punctual each enhet is."""

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from itertools import islice, takewhile

from actions.scene import Scene
from actions.underlag.anstand import waiting
from arshjul.definition.model import Definition
from arshjul.keys import ObligationKey, OccurrenceKey, UnitId
from arshjul.ladder.standing import State, state_of
from arshjul.periods import Period
from arshjul.swedish import STOCKHOLM, listing, local_date
from arshjul.year.wheel import Obligation, owner_name
from portal.lage.view import SOON
from store.plan import punctuality as record
from store.plan.punctuality import LettersTo
from submissions.standing.completeness import Below, PartState, below
from submissions.standing.states import states_of

SOON_WORKDAYS = 10
LETTERS_BACK = timedelta(days=365)


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What the board is narrowed to; "" is everything."""

    report: str = ""
    unit: str = ""
    state: str = ""  #: a state's id, or its word
    period: str = ""

    @property
    def any(self) -> bool:
        """Whether it is narrowed at all."""
        return any((self.report, self.unit, self.state, self.period))


@dataclass(frozen=True, slots=True, kw_only=True)
class BoardCell:
    """One enhet's obligation, and its state."""

    one: Obligation
    state: State
    below: Below | None  #: how what it carries up stands

    @property
    def word(self) -> str:
        """The state, and how many of those below are in: ``Ofullständig, 2 av 5``."""
        return f"{self.state.word}, {self.below.count}" if self.below else self.state.word


@dataclass(frozen=True, slots=True, kw_only=True)
class BoardRow:
    """One krav of one occurrence, with a cell for each enhet on the board; None where it owes nothing."""

    occurrence: OccurrenceKey
    title: str  #: "Delårsrapport augusti 2027"
    name: str  #: "underlag till delårsrapporten"
    cells: tuple[BoardCell | None, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Coming:
    """Something that happens within the next working days."""

    at: datetime
    what: str
    whom: str
    path: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Punctual:
    """How many of an enhet's hand-ins came in time, by the frist's year: (in time, of all), None for no frist."""

    unit_name: str
    after: str  #: ``efter A och B``, of an enhet that took over; their frister stand in rows of their own
    years: tuple[tuple[int, int] | None, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Wished:
    """A request for anstånd that waits for an answer."""

    what: str
    until: date
    by: str
    why: str
    path: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Board:
    """All of it."""

    asked: Asked
    units: tuple[tuple[str, str], ...]  #: id and name of the columns
    rows: tuple[BoardRow, ...]
    counts: tuple[tuple[State, int], ...]  #: state and how many cells, the worst first
    reports: tuple[tuple[str, str], ...]
    periods: tuple[Period, ...]
    every_unit: tuple[tuple[str, str], ...]
    states: tuple[State, ...]
    coming: tuple[Coming, ...]
    letters: tuple[LettersTo, ...]
    punctual_years: tuple[int, ...]
    punctual: tuple[Punctual, ...]
    wished: tuple[Wished, ...]  #: oldest first


def board(scene: Scene, asked: Asked, parts: Mapping[ObligationKey, Sequence[PartState]]) -> Board:
    """Gather the board of these obligations, whose parts' states are told by key.

    Without narrowing it shows what is open and has a frist within :data:`SOON`.
    """
    mine = sorted((scene.wheel.obligations[key] for key in parts), key=lambda one: (one.deadline.at, one.key))
    states = states_of(scene.session, scene.wheel, mine, scene.office.since, scene.now, parts)
    shown = [one for one in mine if _is_shown(one, states[one.key], asked, scene.now)]
    definition = scene.office.definition
    units = tuple((key, unit.name) for key, unit in definition.units.items() if any(one.unit == key for one in shown))
    years, punctual = _punctual(scene)
    return Board(
        asked=asked,
        units=units,
        rows=tuple(_rows(shown, states, parts, [key for key, _ in units])),
        counts=tuple((state, count) for state in State if (count := sum(states[one.key] == state for one in shown))),
        reports=tuple(dict.fromkeys((one.step, one.step_name) for one in mine)),
        periods=tuple(sorted({one.period for one in mine}, key=lambda period: (period.end, period.key))),
        every_unit=tuple((key, unit.name) for key, unit in definition.units.items()),
        states=tuple(state for state in State if state in set(states.values())),
        coming=tuple(_coming(scene)),
        letters=tuple(record.letters_by_person(scene.session, scene.now - LETTERS_BACK)),
        punctual_years=years,
        punctual=punctual,
        wished=tuple(_wished(scene)),
    )


def own_board(whole: Board, units: Collection[str]) -> Board:
    """Return the board as one sees it who sees only these enheter: what is told of the others is left out."""
    return replace(
        whole,
        every_unit=tuple((key, name) for key, name in whole.every_unit if key in units),
        coming=(),
        letters=(),
        punctual=(),
        wished=(),
    )


def _wished(scene: Scene) -> Iterator[Wished]:
    for each, one in waiting(scene):
        what = f"{one.step_name} {one.period.text}, {one.unit_name}"
        path = f"/lage/{one.key.path}"
        yield Wished(what=what, until=each.until, by=each.by, why=each.why, path=path)


def _is_shown(one: Obligation, state: State, asked: Asked, now: datetime) -> bool:
    if not asked.any:
        return abs(one.deadline.at - now) <= SOON or state.is_late
    if asked.state and state is not state_of(asked.state):
        return False
    wanted = ((asked.report, one.step), (asked.unit, one.unit), (asked.period, one.period.key))
    return all(not asks or asks == has for asks, has in wanted)


def _rows(
    shown: Sequence[Obligation],
    states: Mapping[ObligationKey, State],
    parts: Mapping[ObligationKey, Sequence[PartState]],
    units: Sequence[str],
) -> list[BoardRow]:
    groups: dict[tuple[str, str, str], dict[str, Obligation]] = defaultdict(dict)
    for one in shown:
        groups[one.step, one.period.key, one.krav][one.unit] = one
    rows = []
    for mine in groups.values():
        first = next(iter(mine.values()))
        cells = (
            BoardCell(one=mine[unit], state=states[mine[unit].key], below=below(parts[mine[unit].key]))
            if unit in mine
            else None
            for unit in units
        )
        rows.append(
            BoardRow(
                occurrence=first.occurrence,
                title=f"{first.step_name} {first.period.text}",
                name=first.name,
                cells=tuple(cells),
            )
        )
    return rows


def _coming(scene: Scene) -> list[Coming]:
    """Return frister and bodies' moments up to and including ten working days ahead, those that coincide as one."""
    last = scene.wheel.workdays.add(scene.today, SOON_WORKDAYS)
    together: dict[tuple[datetime, str, str], list[str]] = {}
    units = scene.office.definition.units
    ahead = bisect_left(scene.wheel.milestones, scene.now, key=lambda each: each.at)
    for each in takewhile(lambda each: local_date(each.at) <= last, islice(scene.wheel.milestones, ahead, None)):
        if each.is_rung:
            continue
        what = f"{each.step_name} {each.period.text}: {each.name}"
        path = f"/lage/{each.occurrence.path}"
        whom = units[each.unit].name if each.unit else owner_name(scene.office.definition, each, short=True)
        together.setdefault((each.at, what, path), []).append(whom)
    return [
        Coming(at=at, what=what, whom=f"{len(whom)} enheter" if len(whom) > 2 else " och ".join(whom), path=path)
        for (at, what, path), whom in together.items()
    ]


def _punctual(scene: Scene) -> tuple[tuple[int, ...], tuple[Punctual, ...]]:
    """Count a hand-in as in time when every part that is owed was first handed in by the frist that stood then."""
    found: dict[UnitId, dict[int, list[bool]]] = defaultdict(lambda: defaultdict(list))
    for due in record.passed(scene.session, scene.now):
        day: date = due.due_at.astimezone(STOCKHOLM).date()
        if (day < scene.office.since or due.added) and not due.opened:
            continue
        one = scene.wheel.obligations.get(due.key)
        if one and not one.parts:
            continue  # all of it is in its host's files
        owed = {part.id for part in one.parts} if one else set(due.parts)
        found[due.unit][day.year].append(bool(due.parts) and owed <= set(due.parts) and all(due.parts.values()))
    years = tuple(sorted({year for mine in found.values() for year in mine}))
    names = {key: unit.name for key, unit in scene.office.definition.units.items()}
    lines = (
        Punctual(
            unit_name=names.get(unit, unit),
            after=_after(scene.office.definition, unit),
            years=tuple((sum(mine[year]), len(mine[year])) if year in mine else None for year in years),
        )
        for unit, mine in found.items()
    )
    return years, tuple(sorted(lines, key=lambda line: line.unit_name))


def _after(definition: Definition, unit: UnitId) -> str:
    """Say whom an enhet took over from."""
    found = definition.units.get(unit)
    return (
        f"efter {listing([definition.units[each].name for each in found.succeeds])}" if found and found.succeeds else ""
    )

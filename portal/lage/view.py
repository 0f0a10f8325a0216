"""The status pages as values: every occurrence, and one occurrence with its enheter and moments."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from actions.contacts import contact, contacts, handler
from actions.scene import Scene
from actions.telling import letters_to_come
from actions.underlag.approving import Approved, approvals
from arshjul.keys import MilestoneKey, ObligationKey
from arshjul.ladder.standing import State, counted, moment_state
from arshjul.swedish import listing, local_date
from arshjul.year.wheel import Milestone, Obligation, Occurrence, Wheel, owner_name
from notifications.prefect_places import PREFECT, artifact_key, runs_of
from portal.underlag.timeline_view import Timeline, timeline_of
from portal.web.pages import left_text
from store.plan import status
from store.plan.silences import silences
from store.plan.status import DecidedMoment, LastLetter
from store.post.notices import word_name
from submissions.standing.completeness import PartState, below_words, lacks, owners_of, part_states
from submissions.standing.states import states_of

SOON = timedelta(days=45)
AHEAD = timedelta(days=400)


@dataclass(frozen=True, slots=True, kw_only=True)
class OccurrenceLine:
    """One occurrence in the overview."""

    occurrence: Occurrence
    states: tuple[tuple[str, State], ...]  #: enhet and krav, and their state
    complete: int
    asked: int  #: complete and owed, without what nobody is asked for
    late: int
    next_due: datetime | None
    left: str


@dataclass(frozen=True, slots=True, kw_only=True)
class LateLine:
    """What is late, and whom to call."""

    one: Obligation
    state: State
    left: str
    call: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Overview:
    """Occurrences that are open now, further ahead, and done; each soonest first."""

    now: tuple[OccurrenceLine, ...]
    later: tuple[OccurrenceLine, ...]
    done: tuple[OccurrenceLine, ...]
    late: tuple[LateLine, ...]  #: whom to call, the earliest frist first


@dataclass(frozen=True, slots=True, kw_only=True)
class ObligationLine:
    """One obligation of an occurrence."""

    one: Obligation
    state: State
    roles: str  #: who owes it
    lies_with: tuple[
        str, ...
    ]  #: who has it now, where it waits for enheter below: each enhet, and its role or whom to call
    left: str
    missing: tuple[tuple[str, str], ...]  #: the part's name, and what is wrong with it
    below: str  #: how what is carried up stands; "" for what carries nothing up
    letter: LastLetter | None
    letter_name: str
    call: tuple[str, ...]  #: whom of those who owe it to call, when it is late


@dataclass(frozen=True, slots=True, kw_only=True)
class Point:
    """One dated point of the occurrence, for all enheter that share it."""

    name: str
    kind: str
    at: datetime
    body: bool
    waits: str  #: what is said of a body's own moment that has been, without a decision recorded
    whom: str
    status: str
    passed: bool
    lawful_until: date | None
    lagrum: str
    decided: DecidedMoment | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Detail:
    """One occurrence."""

    occurrence: Occurrence
    closed_on: date | None
    groups: tuple[tuple[str, tuple[ObligationLine, ...]], ...]  #: what is owed, and its rows
    points: tuple[Point, ...]  #: frister and bodies' moments
    letters: tuple[Point, ...]  #: the letters that will go, if nothing comes in
    timeline: Timeline
    approved: Mapping[ObligationKey, Approved]  #: approvals that hold, by obligation key
    diarienummer: str | None
    handler: str  #: who handles the matter; "" where the definition names none


def ours(scene: Scene) -> list[Obligation]:
    """Return the obligations whose frister are ours, up to a year ahead, in the occurrences' order."""
    near = [
        one
        for occurrence in scene.wheel.occurrences
        if occurrence.flow
        for one in occurrence.obligations
        if one.deadline.at <= scene.now + AHEAD
    ]
    silent = silences(scene.session, scene.wheel, near, scene.office.since, scene.now)
    return [one for one in near if one.key not in silent or silent[one.key].is_end]


def overview(scene: Scene, parts: Mapping[ObligationKey, Sequence[PartState]]) -> Overview:
    """Gather the occurrences of these obligations, whose parts' states are told by key."""
    wheel, now = scene.wheel, scene.now
    mine = {
        occurrence.key: tuple(one for one in occurrence.obligations if one.key in parts)
        for occurrence in wheel.occurrences
    }
    owed = [wheel.obligations[key] for key in parts]
    states = states_of(scene.session, wheel, owed, scene.office.since, now, parts)
    lines = [_line(wheel, one, mine[one.key], states, now) for one in wheel.occurrences if mine.get(one.key)]
    lines.sort(key=lambda line: (line.next_due or line.occurrence.obligations[0].deadline.at, line.occurrence.key))
    still = [line for line in lines if line.next_due]
    return Overview(
        now=tuple(line for line in still if line.next_due and line.next_due <= now + SOON),
        later=tuple(line for line in still if line.next_due and line.next_due > now + SOON),
        done=tuple(reversed([line for line in lines if not line.next_due])),
        late=tuple(_late(scene, owed, states, parts)),
    )


def _late(
    scene: Scene,
    owed: Iterable[Obligation],
    states: Mapping[ObligationKey, State],
    parts: Mapping[ObligationKey, Sequence[PartState]],
) -> Iterable[LateLine]:
    for one in sorted(owed, key=lambda one: (one.deadline.at, one.key)):
        if states[one.key].is_late:
            call = contacts(scene, parts[one.key], one.unit)
            left = left_text(one.deadline.at, scene.now, scene.wheel.workdays)
            yield LateLine(one=one, state=states[one.key], left=left, call=call)


def detail(scene: Scene, occurrence: Occurrence) -> Detail:
    """Gather one occurrence."""
    session, wheel, since, now = scene.session, scene.wheel, scene.office.since, scene.now
    parts, letters = part_states(session, occurrence.obligations), status.last_letters(session, occurrence.key)
    states = states_of(session, wheel, occurrence.obligations, since, now, parts)
    groups: dict[str, list[ObligationLine]] = {}
    for one in occurrence.obligations:
        row = _row(scene, one, states[one.key], parts[one.key], letters.get(one.key))
        groups.setdefault(one.name, []).append(row)
    ordered = sorted(groups.items(), key=lambda item: min(row.one.deadline.at for row in item[1]))
    coming = letters_to_come(scene, occurrence.obligations)
    points = tuple(_points(wheel, occurrence, status.decisions(session, occurrence.key), coming, since, now))
    return Detail(
        occurrence=occurrence,
        closed_on=status.closed_on(session, occurrence.key.period),
        groups=tuple((name, tuple(rows)) for name, rows in ordered),
        points=tuple(point for point in points if point.body or point.kind == "frist"),
        letters=tuple(point for point in points if not point.body and point.kind != "frist"),
        timeline=timeline_of(scene, occurrence),
        approved=approvals(scene.session, list(occurrence.obligations)),
        diarienummer=scene.diarienummer(occurrence.key),
        handler=handler(scene, occurrence),
    )


def in_prefect(occurrence: Occurrence, slug: str, now: datetime, since: date) -> Mapping[str, str]:
    """Return the lists in Prefect that tell of this occurrence, by what they show; none of what has no flow.

    The table is drawn by the occurrence's first moment since the service began (``since``). ``slug`` is the
    installation's, as its artifacts' keys begin.
    """
    if not occurrence.flow:
        return {}
    runs = f"{PREFECT}{runs_of(occurrence.key)}"
    if not any(since <= local_date(each.at) and each.at <= now for each in occurrence.milestones):
        return {"körningarna": runs}
    table = f"{PREFECT}/v2/artifacts/key/{artifact_key(slug, *occurrence.key)}"
    return {"tabellen": table, "läget och körningarna": runs}


def _line(
    wheel: Wheel,
    occurrence: Occurrence,
    mine: Sequence[Obligation],
    states: Mapping[ObligationKey, State],
    now: datetime,
) -> OccurrenceLine:
    owing = [one.deadline.at for one in mine if states[one.key].is_owing]
    due = min(owing, default=None)
    complete, asked = counted(states[one.key] for one in mine)
    return OccurrenceLine(
        occurrence=occurrence,
        states=tuple((f"{one.unit_name}, {one.name}", states[one.key]) for one in mine),
        complete=complete,
        asked=asked,
        late=sum(states[one.key].is_late for one in mine),
        next_due=due,
        left=left_text(due, now, wheel.workdays) if due else "",
    )


def _row(
    scene: Scene, one: Obligation, state: State, parts: Sequence[PartState], letter: LastLetter | None
) -> ObligationLine:
    wheel, now = scene.wheel, scene.now
    roles, units = wheel.definition.roles, wheel.definition.units
    owing = [part.part.role for part in parts if not part.complete] or [part.part.role for part in parts]
    owners = owners_of(parts, one.unit)
    return ObligationLine(
        one=one,
        state=state,
        roles=listing([roles[role].name for role in dict.fromkeys(owing)]),
        left=left_text(one.deadline.at, now, wheel.workdays),
        missing=tuple((part.part.name, _wrong(part)) for part in parts if not part.complete),
        below=below_words(parts),
        letter=letter,
        letter_name=word_name(one, letter.rung) if letter else "",
        lies_with=tuple(
            f"{units[unit].name}: {contact(scene, role, unit) if state.is_late else roles[role].definite}"
            for role, unit in owners
            if unit != one.unit
        ),
        call=tuple(contact(scene, *each) for each in owners if each[1] == one.unit) if state.is_late else (),
    )


def _wrong(part: PartState) -> str:
    if part.part.carries and (lack := lacks(part)):
        return lack[0]
    stops = [found.message for found in part.findings if found.severity == "stopp"]
    return stops[0] if stops else "inte inlämnad"


def _points(
    wheel: Wheel, occurrence: Occurrence, decided: Mapping[MilestoneKey, DecidedMoment],
    coming: Mapping[MilestoneKey, datetime], since: date, now: datetime,
) -> Iterable[Point]:  # fmt: skip
    together: dict[tuple[datetime, str, str], list[Milestone]] = {}
    for one in occurrence.milestones:
        at = coming.get(one.key) if one.is_rung else one.at
        if at:  # a letter that will not go is no point
            together.setdefault((at, one.milestone, one.name), []).append(one)
    units = {one.unit for one in occurrence.obligations}
    for (at, _, name), many in together.items():
        first = many[0]
        mine = [one.unit for one in many if one.unit]
        everyone = len(mine) > 2 and set(mine) == units
        decision = next((decided[one.key] for one in many if one.key in decided), None)
        state = moment_state(at, now, since, decided=decision is not None, decides=first.body is not None)
        yield Point(
            name=name,
            kind=first.kind,
            at=at,
            body=first.obligation is None,
            waits=state.word.lower() if first.body and first.unit is None and state is State.BESLUT_SAKNAS else "",
            whom=_whom(wheel, first)
            if first.unit is None
            else f"alla {len(mine)} enheter"
            if everyone
            else listing([wheel.definition.units[unit].name for unit in mine]),
            status=first.status,
            passed=at <= now,
            lawful_until=first.lawful_until if first.body else None,
            lagrum=first.lagrum.text,
            decided=decision,
        )


def _whom(wheel: Wheel, one: Milestone) -> str:
    return owner_name(wheel.definition, one)

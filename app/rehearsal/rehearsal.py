"""A whole year with a virtual clock, through the functions that production runs, mail into a list.

The clock jumps from one instant at which something is due to the next. Nothing here decides anything: it calls
the round, the outbox and the recordings, and tells what they did.
"""

import asyncio
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from functools import partial
from heapq import heappop, heappush
from itertools import count

from actions.act import Act
from actions.bodies.body_letters import next_hand_over, tell_hand_overs
from actions.ladder.held_against import hold_against_now
from actions.ladder.notes import tell_vacant
from actions.ladder.rounds import bring_up
from actions.ladder.week import write_week
from actions.plan.happened import record_happening
from actions.plan.meeting_changes import change_meeting
from actions.plan.register_keeping import keep_entry
from actions.plan.silencing import hold_escalation, rest
from actions.plan.tidplan import close_period
from actions.scene import Scene
from actions.underlag.anstand import grant_anstand
from actions.underlag.opened_by_hand import say_opening
from actions.underlag.receiving import PartHandedIn
from actions.underlag.receiving import hand_in as handed_in
from app.rehearsal.scenario import (
    ALL,
    ClosedPeriod,
    Down,
    MovedMeeting,
    NewHolder,
    RegisteredHappening,
    RehearsedEntry,
    RehearsedHandIn,
    Scenario,
    UntilDay,
)
from arshjul.definition.model import Definition, krav_or_main, without_contents
from arshjul.definition.reading import Sourced
from arshjul.errors import RefusedError, nearest
from arshjul.keys import ObligationKey, RoleId, UnitId
from arshjul.swedish import local, local_date
from arshjul.year.turning import turn
from arshjul.year.wheel import Obligation, PartOwed, Wheel
from notifications.office import Office
from notifications.post.outbox import empty
from notifications.post.post import ListPost
from store.database import Session, Store, memory_store
from store.people.holders import holders, who
from store.people.needed_seats import vacant
from store.people.people_import import import_people
from store.people.seats import replace_holder
from store.plan.history import Happened, happened_since, next_letter
from store.plan.in_step import sync
from store.plan.obligations import next_thought
from store.post.letters import waiting_since
from submissions.files.parts import FORMS, Upload
from submissions.standing.completeness import part_states

BY, WHY = "scenariot", "enligt scenariot"
PDF = b"%PDF-1.7\n% a rehearsed hand-in\n%%EOF\n"


Do = Callable[[Scene], object]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Act:
    """Something that the scenario does at an instant."""

    at: datetime
    do: Do


def rehearse(
    sourced: Sourced,
    people: str | None,
    year: int,
    scenario: Scenario | None = None,
    *,
    since: date | None = None,
    until: date | None = None,
    store: Store | None = None,
) -> list[Happened]:
    """Rehearse ``year``, or its days from ``since`` to ``until`` (both inclusive); return what happened, in order.

    ``people`` is the CSV of who holds which role; seats that nobody holds get invented holders (example.se).
    ``store`` is an empty one to keep all of it in; without it what happened is all that is left.
    In drift from the first day: what fell due before it is silent. Files are handed in, but what is in them is not
    looked into.
    """
    scenario = scenario or Scenario.model_validate({})
    sourced = replace(sourced, definition=without_contents(sourced.definition))
    first, last = since or date(year, 1, 1), until or date(year, 12, 31)
    start, end = local(first, time(0)), local(last + timedelta(days=1), time(0))
    office = Office(
        sourced=sourced,
        mail_from="ekonomikontoret@example.se",
        public_url="http://127.0.0.1:8040",
        prefect_url="http://127.0.0.1:4200",
        secret=b"rehearsal",
        utskick="skarpt",
        since=first,
    )
    store, post = store or memory_store(), ListPost()
    with store.begin() as session:
        _seat(session, sourced, people, start)
        sync(session, Scene(session, office, start).wheel, start)
    acts = _Acts(scenario, sourced, year)
    clock = _Instants(scenario.down, end)
    now: datetime | None = start
    planned: Wheel | None = None
    with asyncio.Runner() as runner:
        while now is not None and now < end:
            for act in acts.until(now):
                with store.begin() as session:
                    act.do(Scene(session, office, now))
            with store.begin() as session:
                scene = Scene(session, office, now)
                if scene.wheel is not planned:  # the same wheel again has nothing new to plan
                    sync(session, scene.wheel, now)
                    planned = scene.wheel
                write_week(scene)
                tell_vacant(scene)
                bring_up(scene)
                tell_hand_overs(scene)
                waits = waiting_since(session, now) is not None
                wakes = [
                    next_thought(session, after=now),
                    next_letter(session, now),
                    acts.next_at(),
                    _next_week(scene, now),
                    next_hand_over(scene),
                ]
            if waits:
                runner.run(empty(store, post, _stopped_at(now), connections=1, check=partial(hold_against_now, office)))
            now = clock.after(now, wakes)
    with store.read() as session:
        return happened_since(session, start)


def _stopped_at(instant: datetime) -> Callable[[], datetime]:
    return lambda: instant


class _Instants:
    """The instants at which the service is up and has something to do."""

    def __init__(self, down: Sequence[Down], end: datetime) -> None:
        self._down, self._end = down, end

    def after(self, now: datetime, wakes: Sequence[datetime | None]) -> datetime | None:
        later = [max(wake, now + timedelta(seconds=1)) for wake in wakes if wake is not None]
        if not later:
            return None
        instant = min(later).astimezone(UTC)
        for span in self._down:
            if span.start <= instant < span.end:
                instant = span.end.astimezone(UTC)
        return instant


class _Acts:
    """The scenario's doings, by time."""

    def __init__(self, scenario: Scenario, sourced: Sourced, year: int) -> None:
        self._heap: list[tuple[datetime, int, _Act]] = []
        number = count()
        obligations = turn(sourced.definition, range(year - 1, year + 1), strict=False).obligations.values()
        for act in _acts(scenario, list(obligations), sourced):
            heappush(self._heap, (act.at, next(number), act))

    def until(self, now: datetime) -> Iterator[_Act]:
        while self._heap and self._heap[0][0] <= now:
            yield heappop(self._heap)[2]

    def next_at(self) -> datetime | None:
        return self._heap[0][0] if self._heap else None


def _acts(scenario: Scenario, obligations: Sequence[Obligation], sourced: Sourced) -> Iterator[_Act]:
    for hand_in in scenario.hand_ins:
        concerned = [one for one in obligations if _concerns(hand_in, one)]
        _refuse_unknown(hand_in, obligations, concerned)
        for one in concerned:
            yield _Act(at=_hand_in_at(hand_in, one, sourced), do=_hand_in(hand_in, one.key))
    for closing in scenario.closings:
        yield _Act(at=closing.at, do=_close(closing))
    for happening in scenario.happenings:
        yield _Act(at=happening.at, do=_register(happening))
    for entry in scenario.entries:
        yield _Act(at=entry.at, do=_keep(entry))
    for extension in scenario.extensions:
        yield _Act(at=extension.at, do=_until(extension, grant_anstand))
    for resting in scenario.resting:
        yield _Act(at=resting.at, do=_until(resting, rest))
    for held in scenario.held:
        yield _Act(at=held.at, do=_until(held, hold_escalation))
    for meeting in scenario.meetings:
        yield _Act(at=meeting.at, do=_move(meeting))
    for holder in scenario.holders:
        yield _Act(at=local(holder.since, time(0)), do=_seat_anew(holder))


def _close(each: ClosedPeriod) -> Do:
    return lambda scene: close_period(Act(scene, BY), each.period, each.closed_on)


def _register(each: RegisteredHappening) -> Do:
    if (day := each.day) is None:
        return lambda scene: say_opening(Act(scene, BY, WHY), each.happening, UnitId(each.unit), each.period)
    return lambda scene: record_happening(Act(scene, BY), each.happening, day)


def _keep(each: RehearsedEntry) -> Do:
    return lambda scene: keep_entry(Act(scene, BY), each.register_id, each.says)


def _until(each: UntilDay, record: Callable[[Act, ObligationKey, date], object]) -> Do:
    return lambda scene: record(Act(scene, BY, WHY), _key(scene, each), each.until)


def _move(each: MovedMeeting) -> Do:
    return lambda scene: change_meeting(Act(scene, BY, WHY), each.body, each.day, each.new_day, each.clock)


def _seat_anew(each: NewHolder) -> Do:
    return lambda scene: replace_holder(
        scene.session,
        each.role,
        UnitId(each.unit) if each.unit else None,
        each.name,
        each.address,
        each.since,
        scene.now,
        BY,
    )


def _key(scene: Scene, each: UntilDay) -> ObligationKey:
    definition = scene.office.definition
    krav = krav_or_main(definition, each.step, each.krav)
    return ObligationKey.of(definition.kommun.id, each.step, each.period, each.unit, krav)


def _concerns(hand_in: RehearsedHandIn, one: Obligation) -> bool:
    wanted = (
        (hand_in.unit, one.unit),
        (hand_in.step, one.step),
        (hand_in.period, one.period.key),
        (hand_in.krav, one.krav),
    )
    return all(ALL in names or name in names for names, name in wanted)


def _refuse_unknown(hand_in: RehearsedHandIn, every: Sequence[Obligation], concerned: Sequence[Obligation]) -> None:
    """Raise RefusedError for a name that nothing has: a misspelt one would hand nothing in, and nobody would see."""
    parts = {part.id for one in concerned or every for part in one.parts}
    for names, known, what in (
        (hand_in.unit, {one.unit for one in every}, "enhet"),
        (hand_in.step, {one.step for one in every}, "steg"),
        (hand_in.period, {one.period.key for one in every}, "period"),
        (hand_in.krav, {one.krav for one in every}, "krav"),
        (hand_in.parts, parts, "del"),
    ):
        for name in names:
            if name != ALL and name not in known:
                raise RefusedError(f"Inlämningarna i scenariot: okänd {what} '{name}'{nearest(name, known)}")
    if not concerned:
        raise RefusedError(
            f"Inlämningarna i scenariot: ingen rapport har {hand_in.unit}, {hand_in.step}, {hand_in.period} och {hand_in.krav} tillsammans."
        )


def _hand_in_at(hand_in: RehearsedHandIn, one: Obligation, sourced: Sourced) -> datetime:
    if hand_in.at:
        return hand_in.at
    workdays = turn(sourced.definition, []).workdays
    day = workdays.add(one.deadline.last_day, -(hand_in.workdays_before or 0))
    return local(day, time(10))


def _hand_in(hand_in: RehearsedHandIn, key: ObligationKey) -> Do:
    def do(scene: Scene) -> None:
        one = scene.wheel.obligations[key]
        by_role: dict[RoleId, list[PartHandedIn]] = defaultdict(list)
        waits = {state.part.id for state in part_states(scene.session, [one])[key] if state.waits}
        for part in one.parts:
            if part.id not in waits and (ALL in hand_in.parts or part.id in hand_in.parts):
                by_role[part.role].append(_imagined(key, part, scene))
        for role, parts in by_role.items():  # each who hands in gets a kvittens, as from the page
            person = scene.people.who(role, one.unit)
            act = Act(scene, person.name if person else BY)
            for outcome in handed_in(act, person, parts, via="repetition"):
                if outcome.refusal:
                    raise RefusedError(outcome.refusal)

    return do


def _imagined(key: ObligationKey, part: PartOwed, scene: Scene) -> PartHandedIn:
    """Return a hand-in of a part that nobody looks into."""
    fields: dict[str, str | bool] = {}
    if part.form == "protokollsutdrag":
        fields = {"paragraf": "§ 1", "datum": local_date(scene.now).isoformat(), "omedelbar justering": False}
    if part.form == "intyg":
        fields = {"intygas": True}
    if part.carries:
        fields = {"godkänns": True}
    upload = Upload(filename=f"{part.id}.pdf", content=PDF) if FORMS[part.form].wants_file else None
    return PartHandedIn(key=key, part=part.id, upload=upload, fields=fields)


def _next_week(scene: Scene, now: datetime) -> datetime:
    """Return the next first morning of a week, for the letter of the week; this week's if it is still to come."""
    hours, today = scene.office.definition.sending_hours, local_date(now)
    mondays = (today + timedelta(days=days - today.weekday()) for days in (0, 7))
    mornings = [local(scene.wheel.workdays.next(monday), hours.start) for monday in mondays]
    return next(morning for morning in mornings if morning > now)


def _seat(session: Session, sourced: Sourced, people: str | None, now: datetime) -> None:
    definition = sourced.definition
    if people is not None:
        import_people(session, people, "personer.csv", definition, now, BY)
    several = _in_several_places(definition)
    today, above = local_date(now), definition.above
    seats = {(role, unit if role in several else None) for role, unit in vacant(definition, holders(session, today))}
    for role, unit in sorted(seats, key=lambda seat: (len(above.get(seat[1], ())) if seat[1] else 0, str(seat))):
        if unit and unit in above and who(holders(session, today), role, unit, above[unit]):
            continue  # who holds it for the one above holds it here
        address = f"{'.'.join(filter(None, (role, unit))).replace('_', '-')}@example.se"
        replace_holder(session, role, unit, f"{role} {unit or ''}".strip(), address, None, now, BY)


def _in_several_places(definition: Definition) -> frozenset[RoleId]:
    """Return the roles that enheter or bodies have one each of; of every other the municipality has one."""
    roles = Counter(unit.responsible for unit in definition.units.values())
    roles |= Counter(role for body in definition.bodies.values() for role in (body.secretary, body.chair))
    return frozenset(role for role, places in roles.items() if places > 1)

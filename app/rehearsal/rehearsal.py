"""A whole year with a virtual clock, through the functions that production runs, mail into a list.

The clock jumps from one instant at which something is due to the next. Nothing here decides anything: it calls
the round, the outbox and the recordings, and tells what they did.
"""

import asyncio
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from functools import partial
from heapq import heappop, heappush
from itertools import count

from actions.bodies.body_letters import next_hand_over, tell_hand_overs
from actions.ladder.held_against import hold_against_now
from actions.ladder.notes import tell_vacant
from actions.ladder.rounds import bring_up
from actions.ladder.week import write_week
from actions.scene import Scene
from app.rehearsal.scenario import (
    Down,
    Scenario,
)
from app.rehearsal.scenario_acts import BY, ScenarioAct, acts_of
from arshjul.definition.declared import YearPlan
from arshjul.definition.model import Definition, without_contents
from arshjul.definition.reading import Sourced
from arshjul.keys import RoleId
from arshjul.swedish import local, local_date
from arshjul.year.turning import turn
from arshjul.year.wheel import Wheel
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


def as_fixed(sourced: Sourced, year: int) -> Sourced:
    """Return the definition with the year's tidplan fastställd: of a proposed one no letter goes, and none could be seen."""
    definition = sourced.definition
    if definition.is_fixed(year):
        return sourced
    fixed = YearPlan.model_construct(state="fastställd", source=definition.kommun.source)
    plans = {**definition.year_plans, year: fixed}
    return replace(sourced, definition=definition.model_copy(update={"year_plans": plans}))


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
        self._heap: list[tuple[datetime, int, ScenarioAct]] = []
        number = count()
        obligations = turn(sourced.definition, range(year - 1, year + 1), strict=False).obligations.values()
        for act in acts_of(scenario, list(obligations), sourced):
            heappush(self._heap, (act.at, next(number), act))

    def until(self, now: datetime) -> Iterator[ScenarioAct]:
        while self._heap and self._heap[0][0] <= now:
            yield heappop(self._heap)[2]

    def next_at(self) -> datetime | None:
        return self._heap[0][0] if self._heap else None


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

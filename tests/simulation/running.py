"""Running a seed: a year of what can happen, with every invariant held after every step."""

import logging
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from functools import cache, partial
from heapq import heapify, heappop

from arshjul.definition.model import without_contents
from arshjul.definition.reading import Sourced
from notifications.office import Utskick
from store.database import Store, make_tables, open_store
from tests.rig.load import SHIPPED, made_up, shipped
from tests.simulation.acts import ACTS, clocked
from tests.simulation.handing_in import hand_in, hand_ins
from tests.simulation.invariants import INVARIANTS, SELDOM, Invariant
from tests.simulation.not_yet import NOT_YET
from tests.simulation.registering import REGISTER_ACTS
from tests.simulation.seeing import Witness, look, note_day, remember
from tests.simulation.world import LILLVIK, SMALL, SUNDVIK, Told, World, dice_for, municipality

HEDEMORA = "Hedemoras rapporter"  #: Hedemora without what its year has beside the reports
GRANVIK = "granvik"  #: a made-up municipality with a register whose entries are owed
PLACES = (*SMALL, *SHIPPED, GRANVIK)  #: where a seed can be asked to live
PATIENCE = 2
STEPS = 20_000  #: a year that takes more does not come to rest


@dataclass(frozen=True, slots=True)
class Violation:
    """An invariant that did not hold, with the story that led there."""

    seed: int
    invariant: str
    at: datetime
    key: str | None
    words: str
    story: Sequence[Told] = field(repr=False)

    def __str__(self) -> str:
        about = [each for each in self.story if each.key in (None, self.key) or self.key is None]
        lines = "\n".join(f"    {each}" for each in about[-60:])
        return f"FRÖ {self.seed}: {self.invariant}\n  {self.at:%Y-%m-%d %H.%M} {self.key or ''}: {self.words}\n{lines}"


@dataclass(frozen=True, slots=True)
class Year:
    """What became of a seed."""

    seed: int
    steps: int
    letters: int
    violations: Sequence[Violation]
    digest: str


@dataclass(frozen=True, slots=True, order=True)
class Planned:
    """Something that the seed has decided will happen; ``number`` tells it from all others of the year."""

    at: datetime
    number: int
    kind: str


def run(
    seed: int, *, without: Collection[int] = (), store: Store | None = None, everything: bool = False,
    stop_at_first: bool = True, since: tuple[int, int] | None = None, days: int = 366, place: str | None = None,
) -> Year:  # fmt: skip
    """Live through the seed's year, or ``days`` of it from its first or from ``since``, a month and a day, on which the
    service is then new. ``place`` is where it is lived, if not where its number says (``where``). ``without`` leaves
    things out by their number.

    ``everything`` also holds the invariants that do not hold yet.
    """
    world = world_of(seed, store, since, place)
    witness, violations = Witness(patience=PATIENCE if world.is_very_small else 0), list[Violation]()
    queue = [each for each in planned(seed, world) if each[0].number not in without and each[0].at >= world.clock.true]
    heapify(queue)
    end = min(datetime(world.today.year + 1, 1, 1, tzinfo=UTC), world.clock.true + timedelta(days=days))
    held = {name: each for name, each in INVARIANTS.items() if everything or name not in NOT_YET}
    listener = _Listener(world)
    steps = 0
    try:
        while world.clock.true < end and steps < STEPS and not (violations and stop_at_first):
            steps += 1
            _step(world, queue)
            ahead = queue[0][0].at if queue else end
            violations += _held(seed, world, witness, held, ahead)
        if steps == STEPS:
            violations.append(Violation(seed, "kommer till ro", world.now, None, "året tar aldrig slut", world.story))
        world.chain()
        if not violations:
            violations += _held(seed, world, witness, held, end, seldom=True)
        return Year(seed, steps, len(world.post.handed), violations, world.digest())
    finally:
        listener.close()
        world.close()


def _step(world: World, queue: list[tuple[Planned, Callable[[], None]]]) -> None:
    """Do what happens at this instant, and let the service do what it owes."""
    while queue and queue[0][0].at <= world.clock.true and world.down_until is None:
        _, do = heappop(queue)
        do()
    if world.down_until is None:
        world.carry()
    if world.down_until is not None:  # by what happened just now
        world.clock.true, world.down_until = max(world.down_until, world.clock.true), None
        world.restart()
        world.tell("tjänsten startar")
        world.carry()


def _held(
    seed: int, world: World, witness: Witness, held: Mapping[str, Invariant], ahead: datetime, *, seldom: bool = False
) -> list[Violation]:
    """Hold every invariant, and step to the next instant at which something is due or happens: at most to ``ahead``.

    They are held of what has been written about since the last look, every fifth day of all that is near its frist, and
    every thirtieth of everything. In a very small municipality a step in which no letter left may be looked at together
    with the next ones, at most ``PATIENCE`` of them. ``seldom`` holds also those that are dear, of everything.
    """
    written, found = world.written(), list[Violation]()
    whole = seldom or witness.whole_is_due(world.now)
    at_once = len(world.post.handed) > len(witness.letters) or len(world.failures) > witness.failures
    with world.look() as scene:
        note_day(world, witness, scene)
        if (
            whole
            or witness.near_is_due(world.now)
            or at_once
            or (written != witness.written and not witness.may_wait())
        ):
            view = look(world, witness, scene, whole=whole)
            for name, invariant in (dict(held) | dict(SELDOM if seldom else {})).items():
                found += [Violation(seed, name, world.now, key, words, world.story) for key, words in invariant(view)]
            remember(view)
            witness.raised.update(matter.id for matter in view.matters)
            witness.written = written
        world.plan_is_old = scene.wheel is not world.planned
        world.planned = scene.wheel
        wake = world.next_wake(scene) - world.clock.offset
    if world.down_until is None:
        world.clock.true = max(min(wake, ahead), world.clock.true)
    return found


def planned(seed: int, world: World) -> Iterator[tuple[Planned, Callable[[], None]]]:
    """Yield what will happen, and what does it."""
    first, number = world.today, 0
    with world.look() as scene:
        wheel = scene.wheel
        ours = [one for one in wheel.obligations.values() if one.deadline.last_day.year == first.year and not one.host]
        ours += [each for one in ours for each in wheel.hosted.get(one.key, ())]
        workdays, fristen = wheel.workdays, sorted({one.deadline.last_day for one in ours})
    for one in ours:
        for each in hand_ins(seed, one, workdays):
            number += 1
            yield Planned(each.at.astimezone(UTC), number, "inlämning"), partial(hand_in, world, each)
    registers = world.office.definition.registers
    for kind, (act, most) in (ACTS | (REGISTER_ACTS if registers else {})).items():
        dice = dice_for(seed, "händelser", kind)
        most = (most + 1) // 2 if world.is_very_small else most  # as there is half as much to do it to
        for turn in range(dice.randint(1, most) if dice.random() < 0.6 else 0):
            own = dice_for(seed, kind, turn)
            day = date(first.year, 1, 1) + timedelta(days=own.randint(5, 364))
            if own.random() < 0.75:  # where something is at stake
                day = max(first, own.choice(fristen) + timedelta(days=own.randint(-12, 22)))
            at = clocked(day, own).astimezone(UTC)
            number += 1
            yield Planned(at, number, kind), partial(act, world, own)


def world_of(
    seed: int, store: Store | None = None, since: tuple[int, int] | None = None, place: str | None = None
) -> World:
    """Return the seed's world on the first day of its year, or on a month and day of it; ``place`` else than its own."""
    dice = dice_for(seed, "värld")
    year = dice.choice([2026, 2027, 2027, 2028, 2029])
    state = dice.choice(["fastställd", "fastställd", "fastställd", "förslag"])
    utskick: Utskick = dice.choice(["skarpt", "skarpt", "skarpt", "skugga"])
    place = place or where(seed)
    sourced = municipality(year, state, name=place) if place in SMALL else plain(place)
    month, day = since or (1, dice.choice([1, 4, 18]))
    first = date(year if place in SMALL else 2027, month, day)
    return World(store or make_tables(_one_store()), sourced, first, utskick)


def where(seed: int) -> str:
    """Return the municipality in which a seed lives: each hundredth in Hedemora, each tenth else in Sundvik."""
    return HEDEMORA if seed % 100 == 0 else SUNDVIK if seed % 10 == 0 else LILLVIK


@cache
def _one_store() -> Store:
    """Return the store of this process's years, one after the other: its engine has compiled what they ask."""
    return open_store("sqlite://")


@cache
def plain(place: str) -> Sourced:
    """Return a municipality's whole year, or Hedemora's reports, asking for the files but not for what is in them."""
    made = {HEDEMORA: "hedemora", GRANVIK: GRANVIK}
    sourced = made_up(made[place]) if place in made else shipped(place)
    return replace(sourced, definition=without_contents(sourced.definition))


class _Listener(logging.Handler):
    """Hears what the service swallowed: a fault of one obligation or letter is logged, and is none that may be."""

    def __init__(self, world: World) -> None:
        super().__init__(logging.ERROR)
        self._world = world
        logging.getLogger("notifications").addHandler(self)
        logging.getLogger("actions").addHandler(self)
        logging.getLogger("flows").addHandler(self)

    def emit(self, record: logging.LogRecord) -> None:
        if self._world.garbled and record.getMessage().startswith("letter.failed"):
            return  # as it should
        error = record.exc_info[1] if record.exc_info else ""
        self._world.failures.append(f"{record.getMessage()} {type(error).__name__}: {error}")

    def close(self) -> None:
        logging.getLogger("notifications").removeHandler(self)
        logging.getLogger("actions").removeHandler(self)
        logging.getLogger("flows").removeHandler(self)
        super().close()

"""The same years on PostgreSQL, with real concurrency: what a day holds is done by several at once, beside the rounds."""

import asyncio
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor, wait
from datetime import UTC, datetime, timedelta
from itertools import groupby
from threading import Event

from store.database import open_store
from store.upgrading import migrate
from tests.simulation.invariants import INVARIANTS, SELDOM, Invariant
from tests.simulation.not_yet import NOT_YET
from tests.simulation.running import Planned, Violation, Year, _held, planned, world_of
from tests.simulation.seeing import Witness
from tests.simulation.world import SUNDVIK, World

AT_ONCE = 6  #: people who do something in the same moment
CONNECTIONS = 3  #: letters that are on their way at a time
#: what one service does to another process, or to itself alone: nobody does it while others are at work
ALONE = ("utskick", "definition", "nere", "klocka", "rätt klocka", "död")
#: of what is done in the same moment it cannot be told afterwards whether the letter or the deed was first
ORDERED = (
    "inget om det som är komplett", "det som är över tiger", "påminnelsen före fristen", "KSAU läser det som står",
)  # fmt: skip
_Doing = tuple[Planned, Callable[[], None]]


def run_together(seed: int, url: str, *, since: tuple[int, int] | None = None, days: int = 366) -> Year:
    """Live through a seed's year, or ``days`` of it from ``since``, on the empty database at ``url``.

    A week's doings happen in one moment.
    """
    migrate(url)
    world = world_of(seed, open_store(url), since, SUNDVIK)
    world.post.connections = CONNECTIONS
    witness, violations, steps = Witness(), list[Violation](), 0
    held: Mapping[str, Invariant] = {name: each for name, each in INVARIANTS.items() if name not in NOT_YET}
    end = min(datetime(world.today.year + 1, 1, 1, tzinfo=UTC), world.clock.true + timedelta(days=days))
    doings = sorted(
        (each for each in planned(seed, world) if each[0].kind not in ALONE and each[0].at >= world.clock.true),
        key=lambda each: each[0],
    )
    weeks = [(at, list(some)) for at, some in groupby(doings, lambda each: _moment(each[0].at))]
    try:
        with ThreadPoolExecutor(AT_ONCE + 1) as people:
            while world.clock.true < end and not violations:
                steps += 1
                if weeks and weeks[0][0] <= world.clock.true:
                    _at_once(world, people, weeks.pop(0)[1])
                world.carry()
                world.carry()  # what came in while the last round was under way
                ahead, now = max(weeks[0][0], world.clock.true) if weeks else end, world.now
                at_once = {each.key for each in world.story if each.at == now and each.key}
                violations += [
                    each
                    for each in _held(seed, world, witness, held, ahead)
                    if each.invariant not in ORDERED or each.key not in at_once
                ]
        world.chain()
        violations += _held(seed, world, witness, dict(SELDOM), end, seldom=True)
        return Year(seed, steps, len(world.post.handed), violations, "")
    finally:
        world.close()


def _moment(at: datetime) -> datetime:
    """Return the moment at which a week's doings happen: its Wednesday at ten."""
    day = at - timedelta(days=at.weekday() - 2)
    return day.replace(hour=9, minute=0, second=0, microsecond=0)


def _at_once(world: World, people: ThreadPoolExecutor, doings: list[_Doing]) -> None:
    """Let people do these, rounds be made and the outbox be emptied, all at the same time."""
    over = Event()
    post = people.submit(_post, world, over)
    waiting = {people.submit(do) for _, do in doings}
    while waiting:
        world.bring_up()
        done, waiting = wait(waiting, timeout=0)
        for each in done:
            each.result()
    over.set()
    post.result()


def _post(world: World, over: Event) -> None:
    with asyncio.Runner() as runner:
        while not over.is_set():
            world.empty_outbox(runner)

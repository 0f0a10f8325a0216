"""The same years on PostgreSQL, with real concurrency: what a day holds is done by several at once, beside the rounds."""

from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor, wait
from datetime import UTC, datetime, timedelta
from itertools import groupby

from store.database import migrate, open_store
from tests.simulation.invariants import INVARIANTS, SELDOM, Invariant
from tests.simulation.not_yet import NOT_YET
from tests.simulation.running import Planned, Violation, Year, _held, planned, world_of
from tests.simulation.seeing import Witness
from tests.simulation.world import World

AT_ONCE = 6  #: people who do something in the same moment
#: what one service does to another process, or to itself alone: nobody does it while others are at work
ALONE = ("utskick", "definition", "nere", "klocka", "rätt klocka", "död")
#: what these show differs by which of two came first, not by what must hold
_Doing = tuple[Planned, Callable[[], None]]


def run_together(seed: int, url: str, *, days: int = 366) -> Year:
    """Live through a seed's year on the empty database at ``url``; a week's doings happen in one moment."""
    migrate(url)
    world = world_of(seed, open_store(url))
    witness, violations, steps = Witness(), list[Violation](), 0
    held: Mapping[str, Invariant] = {name: each for name, each in INVARIANTS.items() if name not in NOT_YET}
    end = min(datetime(world.today.year + 1, 1, 1, tzinfo=UTC), world.clock.true + timedelta(days=days))
    doings = sorted((each for each in planned(seed, world) if each[0].kind not in ALONE), key=lambda each: each[0])
    weeks = [(at, list(some)) for at, some in groupby(doings, lambda each: _moment(each[0].at))]
    try:
        with ThreadPoolExecutor(AT_ONCE) as people:
            while world.clock.true < end and not violations:
                steps += 1
                if weeks and weeks[0][0] <= world.clock.true:
                    _at_once(world, people, weeks.pop(0)[1])
                world.carry()
                world.carry()  # what came in while the last round was under way
                ahead = max(weeks[0][0], world.clock.true) if weeks else end
                violations += _held(seed, world, witness, held, ahead)
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
    waiting = {people.submit(do) for _, do in doings}
    while waiting:
        world.carry()
        done, waiting = wait(waiting, timeout=0)
        for each in done:
            each.result()

"""How long a year takes to plan: Hedemora's definition, three parallel years resolved to 2027's moments.

The naive way beside it resolves each moment's day anew, without remembering meetings or days already worked out.
"""

import statistics
import sys
import time
from collections.abc import Callable

from app.definition_files import read_sourced
from app.settings import definitions_folder
from arshjul.year.days.days import Days
from arshjul.year.days.meetings import Meetings
from arshjul.year.turning import plan_year

GOAL = 100  #: milliseconds
ROUNDS = 15
YEAR = 2027


def main() -> int:
    definition = read_sourced(definitions_folder() / "hedemora.yaml").definition
    remembered, plain = Days._once, Meetings.of_year
    ours = milliseconds(lambda: plan_year(definition, YEAR))
    Days._once = lambda self, _kind, _name, unit, dating: self.resolve(dating, unit)  # type: ignore[method-assign]  # the naive way
    Meetings.of_year = lambda self, body, year: self._resolve(body, year)  # type: ignore[method-assign]  # the naive way
    try:
        naive = milliseconds(lambda: plan_year(definition, YEAR))
    finally:
        Days._once, Meetings.of_year = remembered, plain  # type: ignore[method-assign]  # the naive way
    print(f"a year planned ({len(plan_year(definition, YEAR))} moments): {ours:.0f} ms (goal: within {GOAL} ms)")
    print(f"the same, nothing remembered: {naive:.0f} ms; ratio {naive / ours:.1f}")
    return 0 if ours <= GOAL else 1


def milliseconds(work: Callable[[], object]) -> float:
    """Return the median of some rounds, after one that does not count."""
    work()
    taken = []
    for _ in range(ROUNDS):
        start = time.perf_counter()
        work()
        taken.append((time.perf_counter() - start) * 1000)
    return statistics.median(taken)


if __name__ == "__main__":
    sys.exit(main())

"""Simulated years from the command line: ``python -m tests.simulation 1-100``; ``make simulate SEEDS=1-100 IN=ange``."""

import argparse
import os
import sys
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from multiprocessing import get_context

from tests.simulation.not_yet import NOT_YET
from tests.simulation.quietly import quietly
from tests.simulation.running import PLACES, where
from tests.simulation.shrinking import shrink


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the seeds in several processes; print each violation with its story. Returns how many seeds have one."""
    parser = argparse.ArgumentParser(prog="python -m tests.simulation", description=__doc__)
    parser.add_argument("seeds", help="1-100, or 7,12,40-60")
    parser.add_argument("--in", dest="place", choices=PLACES, help="where all of them live; else as each number says")
    parser.add_argument("--processes", type=int, default=max(1, (os.cpu_count() or 2) - 1))
    parser.add_argument("--all", action="store_true", help="also hold the invariants that do not hold yet")
    parser.add_argument("--shrink", action="store_true", help="leave out of the year what the fault does not need")
    asked = parser.parse_args(arguments)
    seeds, begun, faulty, lived = list(seeds_in(asked.seeds)), time.monotonic(), 0, list[int]()
    left_out = "" if asked.all else f", utan {', '.join(NOT_YET)}" if NOT_YET else ""
    lives = ", ".join(
        f"{count} i {place}" for place, count in Counter(asked.place or where(seed) for seed in seeds).most_common()
    )
    print(f"{len(seeds)} år: fröna {asked.seeds}, {lives}{left_out}", flush=True)
    with get_context("spawn").Pool(asked.processes) as pool:
        years = pool.imap_unordered(quietly, [(seed, asked.place, asked.all) for seed in seeds])
        for done, year in enumerate(years, 1):
            faulty += bool(year.violations)
            lived.append(year.seed)
            for violation in year.violations:
                print(violation, flush=True)
            if year.violations and asked.shrink:
                print(shrink(year.violations[0], everything=asked.all, place=asked.place), flush=True)
            if done % 10 == 0 or done == len(seeds):
                each = (time.monotonic() - begun) / done
                words = f"{done} av {len(seeds)} år, {faulty} med fel, {each:.1f} s per år"
                print(f"  {words}: frö {', '.join(map(str, lived))}", flush=True)
                lived.clear()
    return faulty


def seeds_in(words: str) -> Iterator[int]:
    """Read ``7,12,40-60``; both ends count."""
    for each in words.split(","):
        first, _, last = each.partition("-")
        yield from range(int(first), int(last or first) + 1)


if __name__ == "__main__":
    sys.exit(min(main(), 100))

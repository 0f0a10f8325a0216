"""A seed's year in a process of its own: a module that such a process can import, as it cannot ``__main__``."""

import gc
import logging

from tests.simulation.running import Year, run

gc.freeze()  # what was imported stays: only what a year makes is looked through, and seldom, as little of it goes in circles
gc.set_threshold(50_000, 20, 100)


def quietly(asked: tuple[int, str | None, bool]) -> Year:
    """Run a seed in its own place or in one that is asked for, also the invariants that do not hold yet when asked.

    What fails is meant to, and is not logged.
    """
    seed, place, everything = asked
    logging.disable(logging.WARNING)
    try:
        return run(seed, everything=everything, place=place)
    finally:
        gc.collect()  # a world and its service know each other, so that the year's letters would stay for years

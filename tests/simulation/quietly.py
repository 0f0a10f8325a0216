"""A seed's year in a process of its own: a module that such a process can import, as it cannot ``__main__``."""

import asyncio
import gc
import logging
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from threading import current_thread, main_thread
from typing import Any

from tests.simulation.running import Year, run

gc.freeze()  # what was imported stays: only what a year makes is looked through, and seldom, as little of it goes in circles
gc.set_threshold(50_000, 20, 100)


class _AtOnce(ThreadPoolExecutor):
    """Does what it is given in the thread that gives it."""

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        done = Future[Any]()
        try:
            done.set_result(fn(*args, **kwargs))
        except BaseException as error:
            done.set_exception(error)
        return done


class _OneThread(asyncio.DefaultEventLoopPolicy):
    """Lets the thread that carries letters write what became of each itself: nobody else waits for its loop here."""

    def new_event_loop(self) -> asyncio.AbstractEventLoop:
        loop = super().new_event_loop()
        if current_thread() is not main_thread():
            loop.set_default_executor(_AtOnce())
        return loop


def quietly(asked: tuple[int, str | None, bool]) -> Year:
    """Run a seed in its own place or in one that is asked for, also the invariants that do not hold yet when asked.

    What fails is meant to, and is not logged.
    """
    seed, place, everything = asked
    logging.disable(logging.WARNING)
    asyncio.set_event_loop_policy(_OneThread())
    try:
        return run(seed, everything=everything, place=place)
    finally:
        gc.collect()  # a world and its service know each other, so that the year's letters would stay for years

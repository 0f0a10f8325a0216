"""An event loop whose clock stands still: a limit in seconds bites when a test says so, whatever the machine's speed."""

import asyncio
import time
from collections.abc import Callable, Coroutine
from typing import Any, TypeVar

T = TypeVar("T")
MOST = 100_000  #: times that time goes by, or is not let go by yet: minutes
ROUNDS = 10  #: of the loop, in which what has come is read: a connection is taken in one, and read from in another


class StandingLoop(asyncio.SelectorEventLoop):
    """Its timers go by the clock that ``pass_by`` moves, alone. What others send is read as it comes."""

    _now = 0.0

    def time(self) -> float:
        """Return what the clock shows."""
        return self._now

    def pass_by(self, seconds: float) -> None:
        """Let time go by as ``wait_and_pass``, from another thread, and return when it has."""
        asyncio.run_coroutine_threadsafe(self.wait_and_pass(seconds), self).result(300)

    async def wait_and_pass(self, seconds: float) -> None:
        """Let time go by when what has come is read."""
        for _ in range(ROUNDS):
            await asyncio.sleep(0)
        self._now += seconds


def late(main: Coroutine[Any, Any, T], begun: Callable[[], bool], seconds: float) -> T:
    """Carry out ``main`` where no time goes by before ``begun``, and then ``seconds`` again and again."""

    async def carry_out() -> T:
        loop, task = asyncio.get_running_loop(), asyncio.create_task(main)
        assert isinstance(loop, StandingLoop)
        for _ in range(MOST):
            await asyncio.to_thread(time.sleep, 0.002)  # the others of this process have their turn
            if task.done():
                return task.result()
            if begun():
                await loop.wait_and_pass(seconds)
        raise AssertionError("it has not ended, whatever time has gone by")

    with asyncio.Runner(loop_factory=StandingLoop) as runner:
        return runner.run(carry_out())

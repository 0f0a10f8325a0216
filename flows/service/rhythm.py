"""A job done again and again: its pace is the monotonic clock's, which no setting of the machine's clock moves."""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass, field


@dataclass(slots=True, kw_only=True)
class Rhythm:
    """One job, done at once, then so many seconds after it last began, or as soon as somebody wakes it."""

    name: str
    job: Callable[[], Awaitable[object]]  #: raises nothing
    seconds: float
    _woken: asyncio.Event = field(default_factory=asyncio.Event)

    async def wake(self) -> None:
        """Let the job be done now, or once more when it is being done."""
        self._woken.set()

    async def go_on(self) -> None:
        """Do the job until the task is cancelled. One that takes longer than its interval is done again at once."""
        clock = asyncio.get_running_loop().time
        while True:
            next_at = clock() + self.seconds
            self._woken.clear()
            await self.job()
            with suppress(TimeoutError):
                async with asyncio.timeout_at(next_at):
                    await self._woken.wait()

"""The job that holds ``/health`` against how it was: what stays bad is told by mail, once, and that it is well again."""

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from actions.service.alarm import tell_bad, tell_well
from actions.service.health import HealthPart
from flows.machine import Machine

BAD_FOR, WELL_FOR = 5 * 60, 15 * 60  #: seconds that it must last before it is told; a short stop is nobody's matter


@dataclass(slots=True)
class Steady:
    """Tells bad from well by what has lasted, in seconds of the monotonic clock. It knows nothing at first."""

    bad: bool | None = None
    since: float = 0

    def look(self, bad: bool, now: float) -> bool | None:
        """Return how it is, ``bad`` or not, once it has been so for long enough; None before that."""
        if bad != self.bad:
            self.bad, self.since = bad, now
        return bad if now - self.since >= (BAD_FOR if bad else WELL_FOR) else None


class Alarm:
    """The watch over all parts of one machine."""

    def __init__(self, machine: Machine, monotonic: Callable[[], float]) -> None:
        self._machine = machine
        self._monotonic = monotonic
        self._steady = Steady()
        self.lasting: Mapping[str, HealthPart] = {}  #: how the parts stand, while something has been bad for a while

    async def look(self) -> None:
        """Ask every part, and write what is to be told."""
        machine = self._machine
        if machine.health is None:
            return
        parts = await asyncio.to_thread(machine.health)  # Prefect may take seconds to answer
        bad = any(not part.ok for part in parts.values())
        steady = self._steady.look(bad, self._monotonic())
        self.lasting = parts if steady else {}
        match steady:
            case True:
                machine.carry_out(lambda scene: tell_bad(scene, parts, machine.it_address))
            case False:
                machine.carry_out(lambda scene: tell_well(scene, machine.it_address))

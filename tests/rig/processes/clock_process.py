"""The watchdog on the machine's own clock, which libfaketime moves: STORE."""

import asyncio
import sys

from app.clock import RealClock
from flows.service.watchdog import Watchdog
from tests.rig.processes.crowd import machine_on


def main(store_url: str) -> None:
    asyncio.run(Watchdog(machine_on(store_url, RealClock())).watch(asyncio.Event()))


if __name__ == "__main__":
    main(*sys.argv[1:])

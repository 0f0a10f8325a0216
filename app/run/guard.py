"""The watch over the children: ends the children's process groups when ``arshjul up`` itself was killed.

It runs on its own, reads one line per child (``+pid`` started, ``-pid`` ended) and waits for the pipe to end.
A supervisor that stops in order has taken all its children off the list by then. The guard also inherits the
lock of the data folder, so the next ``up`` waits until the last one's children are gone.
"""

import os
import signal
import sys
import time
from collections.abc import Callable, Iterable

PATIENCE = 4.0  #: seconds between the first asking and the end
PAUSE = 0.05


def main() -> None:
    """Read the list from standard input until it ends, then end what is left on it."""
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
    groups: set[int] = set()
    for line in sys.stdin:
        sign, group = line[0], int(line[1:])
        (groups.add if sign == "+" else groups.discard)(group)
    end_groups(groups)


def end_groups(groups: Iterable[int], patience: float = PATIENCE, reap: Callable[[], object] = lambda: None) -> None:
    """Ask process groups to end, ask again halfway, and kill what is left after ``patience`` seconds.

    A parent gives ``reap``, which waits for its dead children: until then they count as there.
    """
    left = set(groups)
    half = patience / 2
    for request, seconds in ((signal.SIGTERM, half), (signal.SIGTERM, half), (signal.SIGKILL, 1.0)):
        left = {group for group in left if send(group, request)}
        deadline = time.monotonic() + seconds
        while left and time.monotonic() < deadline:
            time.sleep(PAUSE)
            reap()
            left = {group for group in left if send(group, 0)}


def send(group: int, number: int) -> bool:
    """Send a signal to a process group; tell whether anybody was there. Signal 0 only asks."""
    try:
        os.killpg(group, number)
    except (ProcessLookupError, PermissionError):  # macOS answers the second when only zombies are left
        return False
    return True


if __name__ == "__main__":
    main()

"""What processes have used of the processor, by the kernel's own count."""

import os
import time
from collections.abc import Collection
from pathlib import Path


def used(pid: int) -> tuple[float, float]:
    """Return the processor seconds of a process, and of those that it has started, with theirs that have ended."""
    own, ended = _ticks(pid)
    living = [int(each.name) for each in Path("/proc").iterdir() if each.name.isdigit()]
    children = [sum(_ticks(each)) for each in living if _parent(each) == pid]
    ticks = os.sysconf("SC_CLK_TCK")
    return own / ticks, (ended + sum(children)) / ticks


def _ticks(pid: int) -> tuple[int, int]:
    fields = _stat(pid)
    return (int(fields[11]) + int(fields[12]), int(fields[13]) + int(fields[14])) if fields else (0, 0)


def _parent(pid: int) -> int:
    fields = _stat(pid)
    return int(fields[1]) if fields else 0


def _stat(pid: int) -> list[str]:
    """Return the fields of a process after its name; none when it is gone."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return []


def settle(pids: Collection[int]) -> None:
    """Wait until processes that have just started use less than a tenth of a processor together."""

    def total() -> float:
        return sum(used(pid)[0] for pid in pids)

    before, now = 0.0, total()
    while now - before > 0.5:
        time.sleep(5)
        before, now = now, total()

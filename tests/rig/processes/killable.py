"""Processes for tests to kill, forked from one that has imported what they need: importing takes longer than they live."""

import os
import signal
from collections.abc import Callable
from multiprocessing import get_context
from multiprocessing.connection import Connection
from typing import Any

FORKS = get_context("forkserver")
FORKS.set_forkserver_preload(["tests.rig.processes.outbox_process", "tests.rig.processes.round_process"])


class Killable:
    """A process that does ``work(told, *arguments)``, and says how it goes with ``told.send``."""

    def __init__(self, work: Callable[..., None], *arguments: Any) -> None:
        self._heard: Connection
        self._heard, told = FORKS.Pipe(duplex=False)
        self.process = FORKS.Process(target=_in_a_group_of_its_own, args=(work, told, *arguments))
        self.process.start()
        told.close()

    def hears(self, seconds: float = 120) -> str:
        """Return what the process says next."""
        assert self._heard.poll(seconds), "the process says nothing"
        return str(self._heard.recv())

    def kill(self) -> None:
        """End its whole process group with SIGKILL, in the middle of whatever it does. It has been heard before."""
        os.killpg(self.process.pid or 0, signal.SIGKILL)
        self.ended()

    def ended(self) -> int | None:
        """Wait for its end; return its exit code."""
        self.process.join(120)
        self._heard.close()
        return self.process.exitcode


def _in_a_group_of_its_own(work: Callable[..., None], told: Connection, *arguments: Any) -> None:
    os.setpgrp()
    work(told, *arguments)

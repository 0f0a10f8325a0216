"""Processes for tests to kill, forked from one that has imported what they need: importing takes longer than they live."""

from collections.abc import Callable
from multiprocessing import get_context
from multiprocessing.connection import Connection
from typing import Any

FORKS = get_context("forkserver")
FORKS.set_forkserver_preload(["tests.outbox_process", "tests.round_process"])


class Killable:
    """A process that does ``work(told, *arguments)``, and says how it goes with ``told.send``."""

    def __init__(self, work: Callable[..., None], *arguments: Any) -> None:
        self._heard: Connection
        self._heard, told = FORKS.Pipe(duplex=False)
        self.process = FORKS.Process(target=work, args=(told, *arguments))
        self.process.start()
        told.close()

    def hears(self, seconds: float = 120) -> str:
        """Return what the process says next."""
        assert self._heard.poll(seconds), "the process says nothing"
        return str(self._heard.recv())

    def kill(self) -> None:
        """End it with SIGKILL, in the middle of whatever it does."""
        self.process.kill()
        self.ended()

    def ended(self) -> int | None:
        """Wait for its end; return its exit code."""
        self.process.join(120)
        self._heard.close()
        return self.process.exitcode

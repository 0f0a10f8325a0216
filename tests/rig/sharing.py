"""What is too dear for each file of tests: started by the first that asks, ended with the last of those that share it."""

from collections.abc import Callable
from contextlib import AbstractContextManager, ExitStack
from pathlib import Path
from typing import Any, TypeVar

#: files that share what waits for others, as one running service, to its name: taken first, in this order
SERVERS = {
    "test_service.py": "the service",
    "test_prefect_portal.py": "the service",
    "test_standing_sync.py": "a Prefect server",
    "test_automations.py": "a Prefect server",
    "test_flows.py": "a Prefect server",
    "test_unanswered.py": "a Prefect server",
    "test_server_client.py": "a Prefect server",
    "test_schedule.py": "a Prefect server",
    "test_compilation_reached.py": "a Prefect server",
    "test_runner.py": "a Prefect server",
}

#: all files that share something: one worker takes them
SHARING = SERVERS | {
    "test_house.py": "the code",
    "test_spelling.py": "the code",
    "test_municipalities.py": "the code",
}

#: files that run for longer than their text would say: taken before the others, so that none of them is the last
LONG = ("test_doors.py", "test_review_command.py", "test_template_command.py", "test_own_paper.py")

T = TypeVar("T")


def group(file: Path | str) -> str:
    """Return what a file shares, or the file itself when it shares nothing."""
    name = str(file)
    return SHARING.get(name.rpartition("/")[2], name)


class Shared:
    """What runs now for a group of files. It ends with the group: a server that waits for nobody costs like one at work."""

    def __init__(self) -> None:
        self._running: dict[str, Any] = {}
        self._ends = ExitStack()

    def get(self, name: str, start: Callable[[], AbstractContextManager[T]]) -> T:
        """Return what runs under a name, started now when it does not."""
        if name not in self._running:
            self._running[name] = self._ends.enter_context(start())
        running: T = self._running[name]
        return running

    def end(self) -> None:
        """End all of it, what was started last first."""
        self._running.clear()
        self._ends.close()


SHARED = Shared()

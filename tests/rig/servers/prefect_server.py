"""A real Prefect server for the tests that need one: a free port, a home of its own.

A test module says ``pytest_plugins = ["tests.rig.servers.prefect_server"]`` and asks for its fixtures.
"""

import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from app.run.guard import end_groups
from app.run.up import child_env
from app.run.up import prefect_server as server_child
from app.settings import Settings
from tests.rig.servers.new_prefect import lay_prefect_database
from tests.rig.servers.ports import free_port
from tests.rig.sharing import SHARED


@dataclass(frozen=True, slots=True)
class PrefectServer:
    """Where the server answers, and the environment that its clients' processes need."""

    api: str  #: for PrefectClient(api)
    auth: str  #: its secret, "user:password"
    env: dict[str, str]


@pytest.fixture(scope="module")
def prefect_server(tmp_path_factory: pytest.TempPathFactory) -> PrefectServer:
    """Return the server of the files that share one."""
    return SHARED.get("a Prefect server", lambda: started(tmp_path_factory.mktemp("prefect") / "år 1? #2"))


@contextmanager
def started(data_dir: Path) -> Iterator[PrefectServer]:
    """Start a server as ``up`` does, and end it."""
    settings = Settings(data_dir=data_dir, prefect_port=free_port())
    lay_prefect_database(settings.data_dir)
    child, env = server_child(settings), child_env(settings)
    log = settings.data_dir.with_name("prefect.log")
    with log.open("wb") as output:
        process = subprocess.Popen(child.argv, env=env, stdout=output, stderr=output, process_group=0)
    try:
        deadline = time.monotonic() + 150
        while not child.ready():
            assert process.poll() is None and time.monotonic() < deadline, log.read_text()
            time.sleep(0.2)
        yield PrefectServer(settings.prefect_api, env["PREFECT_API_AUTH_STRING"], env)
    finally:
        end_groups([process.pid], reap=process.poll)
        process.wait()

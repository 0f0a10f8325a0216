"""A real Prefect server for the tests that need one: a free port, a home of its own, once per session.

A test module says ``pytest_plugins = ["tests.rig.servers.prefect_server"]`` and asks for its fixtures.
"""

import socket
import subprocess
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import pytest

from app.run.guard import end_groups
from app.run.up import child_env
from app.run.up import prefect_server as server_child
from app.settings import Settings
from tests.rig.servers.new_prefect import lay_prefect_database


@dataclass(frozen=True, slots=True)
class PrefectServer:
    """Where the server answers, and the environment that its clients' processes need."""

    api: str  #: for PrefectClient(api)
    auth: str  #: its secret, "user:password"
    env: dict[str, str]


@pytest.fixture(scope="session")
def free_port() -> Callable[[], int]:
    """Return a function that returns a port of the loopback that nobody listens on now."""

    def find() -> int:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            return int(probe.getsockname()[1])

    return find


@pytest.fixture(scope="session")
def prefect_server(tmp_path_factory: pytest.TempPathFactory, free_port: Callable[[], int]) -> Iterator[PrefectServer]:
    """Start the server as ``up`` does, and end it with the session."""
    settings = Settings(data_dir=tmp_path_factory.mktemp("prefect") / "år 1? #2", prefect_port=free_port())
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

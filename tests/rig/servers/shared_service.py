"""One whole service for all tests that only use it: they run in one process (tests/conftest.py), and none destroys it.

A test module says ``pytest_plugins = ["tests.rig.servers.shared_service"]`` and asks for its fixtures.
"""

from collections.abc import Iterator

import pytest

from tests.rig.servers.service import Service
from tests.rig.servers.smtp_sink import Sink

START = "2027-09-10T06:59:20"  #: a Friday: at 07.00 the delårsrapport's first letters go


@pytest.fixture(scope="session")
def sink() -> Iterator[Sink]:
    """Return what takes the service's letters."""
    with Sink() as sink:
        yield sink


@pytest.fixture(scope="session")
def service(tmp_path_factory: pytest.TempPathFactory, sink: Sink) -> Iterator[Service]:
    """Return the service on a new folder, started just before the first letters of the delårsrapport."""
    folder = tmp_path_factory.mktemp("tjanst")
    (folder / "sie").mkdir()
    with Service(folder / "data? år#1", smtp_port=sink.port, NOW=START, LEDGER_FOLDER=str(folder / "sie")) as service:
        yield service

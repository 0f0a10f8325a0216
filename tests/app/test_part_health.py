"""What is told of Prefect when it does not answer: that it is down, or what is wrong with its own database."""

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, closing, contextmanager
from pathlib import Path

import pytest

from app.part_health import Prefect, prefect_part

NOBODY = "http://127.0.0.1:1/api"  #: where nothing listens


@contextmanager
def broken(file: Path) -> Iterator[None]:
    file.write_bytes(b"ingen databas" * 1000)
    yield


@contextmanager
def damaged(file: Path) -> Iterator[None]:
    """A database one of whose pages somebody wrote over."""
    with closing(sqlite3.connect(file)) as made:
        made.executescript("create table flow (id integer primary key, name text);")
        made.executemany("insert into flow (name) values (?)", [("x" * 200,)] * 500)
        made.commit()
    content = bytearray(file.read_bytes())
    content[4096:8192] = b"\xff" * 4096
    file.write_bytes(content)
    yield


@contextmanager
def locked(file: Path) -> Iterator[None]:
    """A database that another program holds for itself."""
    with closing(sqlite3.connect(file, isolation_level=None)) as other:
        other.executescript("pragma journal_mode=wal; create table flow (id integer); pragma locking_mode=exclusive;")
        other.execute("begin exclusive")
        yield


@contextmanager
def whole(file: Path) -> Iterator[None]:
    with closing(sqlite3.connect(file)) as made:
        made.execute("create table flow (id integer)")
    yield


@contextmanager
def absent(_file: Path) -> Iterator[None]:
    yield


@pytest.mark.parametrize(
    ("state", "begins", "remedy"),
    [
        (broken, "Prefects databas är trasig. Breven och portalen går ändå.", "flytta undan {file}"),
        (damaged, "Prefects databas är trasig. Breven och portalen går ändå.", "Prefect gör en ny databas"),
        (locked, "Prefects databas är låst av ett annat program ({file})", "Stäng det programmet"),
        (whole, "Prefect svarar inte. Breven går ändå", "starta om Prefect"),
        (absent, "Prefect svarar inte. Breven går ändå", "starta om Prefect"),
    ],
)
def test_prefect_that_does_not_answer_is_told_with_what_is_wrong_and_what_to_do(
    tmp_path: Path, state: Callable[[Path], AbstractContextManager[None]], begins: str, remedy: str
) -> None:
    file = tmp_path / "år 1? #2.db"
    with state(file):
        told = prefect_part(Prefect(api=NOBODY, database=file))
    assert not told.ok and told.text.startswith(begins.format(file=file)) and remedy.format(file=file) in told.text


def test_the_database_of_a_server_that_is_not_ours_is_not_looked_at() -> None:
    assert prefect_part(Prefect(api=NOBODY)).text.startswith("Prefect svarar inte.")

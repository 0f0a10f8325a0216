"""Every database that a commit of the project's history left comes up whole, and a step that is landed stays as it is."""

import hashlib
import sqlite3
from contextlib import closing
from datetime import date
from pathlib import Path

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from sqlalchemy import text

from app.settings import Settings
from app.wiring import open_machine, prepare
from arshjul.errors import RefusedError
from notifications.letters.sealing import HEADER
from store.database import open_store
from store.handins.versions import content, newest
from store.log.log_chain import chain
from store.log.log_verdict import verify
from store.tables import Table
from store.tokens import blotted_bytes
from store.upgrading import migrate
from tests.rig.handins import NOW
from tests.rig.paths import ROOT, TESTS

HERE = TESTS / "databases"
STEPS = ROOT / "store" / "migrations" / "versions"
DATABASES = sorted(HERE.glob("*.sql"))
STARTED = {"ace7661", "88c39d0"}  #: the first and the last form of the first step; the others start by night
CHANGED = {"id", "key", "message_id", "day", "to"}  #: of a letter, when another is made like it
ANVISNING = "hedemora/delarsrapport/2027-08/kommunstyrelsen/anvisning"
KEPT = ("setting", "person", "obligation", "letter", "notice", "submission", "blob", "finding", "log")


def of(commit: str) -> Path:
    """The database of a commit."""
    (found,) = HERE.glob(f"*-{commit}.sql")
    return found


def laid_in(folder: Path, sql: Path) -> str:
    """Lay an earlier database in a folder; return its URL."""
    file = folder / "arshjul.db"
    file.touch(mode=0o600)
    with closing(sqlite3.connect(file)) as database:
        database.executescript(sql.read_text())
    return f"sqlite:///{file}"


def rows(url: str) -> dict[str, list[tuple[object, ...]]]:
    """The rows of what must be kept, each with the columns that every form has."""
    with closing(sqlite3.connect(url.removeprefix("sqlite:///"))) as database:
        return {
            table: sorted(
                (row[: 3 if table == "person" else 4] for row in database.execute(f'SELECT * FROM "{table}"')),
                key=repr,
            )
            for table in KEPT
        }


def form(url: str) -> set[tuple[object, ...]]:
    """Every table's columns, keys, constraints and indexes, in no order."""
    with closing(sqlite3.connect(url.removeprefix("sqlite:///"))) as database:
        found: set[tuple[object, ...]] = set()
        names = [name for (name,) in database.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        for table in names:
            found |= {(table, "column", *row[1:]) for row in database.execute(f'PRAGMA table_info("{table}")')}
            found |= {(table, "points to", *row[2:]) for row in database.execute(f'PRAGMA foreign_key_list("{table}")')}
            for _, name, unique, origin, partial in database.execute(f'PRAGMA index_list("{table}")').fetchall():
                columns = tuple(row[2] for row in database.execute(f'PRAGMA index_info("{name}")'))
                found.add((table, "index", name if origin == "c" else "", unique, origin, partial, columns))
        return found


def differences(url: str) -> list[object]:
    """What Alembic finds between the database and the tables as the code has them."""
    store = open_store(url)
    try:
        with store.engine.connect() as connection:
            return list(compare_metadata(MigrationContext.configure(connection), Table.metadata))
    finally:
        store.close()


def take_steps_to(url: str, last: str) -> None:
    """Take the steps themselves, as they were taken when ``last`` was the newest; nothing is mended."""
    store, config = open_store(url), Config()
    config.set_main_option("script_location", str(STEPS.parent))
    with store.engine.connect() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, last)
        connection.commit()
    store.close()


@pytest.fixture(scope="module")
def fresh(tmp_path_factory: pytest.TempPathFactory) -> set[tuple[object, ...]]:
    url = f"sqlite:///{tmp_path_factory.mktemp('fresh')}/arshjul.db"
    migrate(url)
    assert differences(url) == []
    made = form(url)
    migrate(url)  # once more changes nothing
    assert form(url) == made
    return made


def test_every_form_that_the_tables_have_had_is_here() -> None:
    assert len([sql for sql in DATABASES if sql.name.startswith("0001-")]) >= 16
    assert {sql.name[:4] for sql in DATABASES} >= {"0001", "0002", "0003", "0004", "0005", "0006", "0007", "0008"}


@pytest.mark.parametrize("sql", DATABASES, ids=lambda sql: sql.stem)
def test_an_earlier_database_comes_up_whole(tmp_path: Path, sql: Path, fresh: set[tuple[object, ...]]) -> None:
    url = laid_in(tmp_path, sql)
    before = rows(url)
    assert all(before.values())
    migrate(url)
    assert form(url) == fresh
    assert rows(url) == before
    store = open_store(url)
    with store.begin() as session:
        chain(session)
        verdict = verify(session)
        assert (verdict.broken, verdict.unchained, verdict.fitting) == (None, 0, len(before["log"]))
    store.close()


@pytest.mark.parametrize("commit", ["f8069e1", "5d250bf", "46d12ea"])
def test_an_earlier_form_that_has_taken_later_steps_comes_up_whole(
    tmp_path: Path, commit: str, fresh: set[tuple[object, ...]]
) -> None:
    """The steps after the first could be taken with tables lacking: they did not touch those."""
    url = laid_in(tmp_path, of(commit))
    before = rows(url)
    take_steps_to(url, "0006")
    assert form(url) != fresh
    migrate(url)
    assert form(url) == fresh
    assert rows(url) == before


def test_a_letter_that_the_ekonomikontor_got_instead_is_known_as_a_shadow_letter(tmp_path: Path) -> None:
    url = laid_in(tmp_path, of("ace7661"))  # the only form without the mark
    with closing(sqlite3.connect(tmp_path / "arshjul.db")) as database:
        (sender,) = database.execute("SELECT sender FROM letter").fetchone()
        names = [row[1] for row in database.execute("PRAGMA table_info(letter)") if row[1] not in CHANGED]
        listed = ", ".join(f'"{name}"' for name in names)
        address = sender.rpartition("<")[2].removesuffix(">")
        database.execute(
            f'INSERT INTO letter (id, key, message_id, day, "to", {listed}) '
            f"SELECT 99, 'skugga', '<skugga@example.se>', '2027-09-11', ?, {listed} FROM letter",
            (f'["{address}"]',),
        )
        database.commit()
    migrate(url)
    with closing(sqlite3.connect(tmp_path / "arshjul.db")) as database:
        assert dict(database.execute("SELECT id = 99, shadow FROM letter")) == {0: 0, 1: 1}


def test_a_letter_that_was_refused_before_that_was_written_counts_from_when_it_was_tried_last(tmp_path: Path) -> None:
    url = laid_in(tmp_path, next(sql for sql in DATABASES if sql.name.startswith("0006-")))
    with closing(sqlite3.connect(tmp_path / "arshjul.db")) as database:
        (number,) = database.execute("SELECT min(id) FROM letter").fetchone()
        database.execute("UPDATE letter SET state = 'avvisat', handed_at = NULL WHERE id = ?", (number,))
        database.commit()
    migrate(url)
    with closing(sqlite3.connect(tmp_path / "arshjul.db")) as database:
        told = "SELECT id, refused_at = not_before FROM letter WHERE refused_at IS NOT NULL"
        assert database.execute(told).fetchall() == [(number, 1)]


HOLLOWED = """
    DROP TABLE asked_code; DROP TABLE diarienummer; DROP TABLE utlatande; DROP INDEX ix_submission_sha256;
    ALTER TABLE submission DROP COLUMN taken_away; ALTER TABLE letter DROP COLUMN shadow;
    ALTER TABLE log DROP COLUMN number; ALTER TABLE log ALTER COLUMN detail SET NOT NULL;
    ALTER TABLE submission ADD CONSTRAINT fk_submission_sha256_blob FOREIGN KEY (sha256) REFERENCES blob (sha256);
"""


def test_an_earlier_form_comes_up_whole_on_postgresql(postgres_url: str) -> None:
    take_steps_to(postgres_url, "0006")
    store = open_store(postgres_url)
    with store.begin() as session:
        session.execute(text("INSERT INTO setting VALUES ('i_drift_fran', '2027-09-01')"))
        session.connection().exec_driver_sql(HOLLOWED)
    store.close()
    assert differences(postgres_url) != []
    migrate(postgres_url)
    assert differences(postgres_url) == []


@pytest.mark.whole
@pytest.mark.parametrize(
    "sql",
    [pytest.param(sql, marks=() if sql.stem[5:] in STARTED else pytest.mark.nightly, id=sql.stem) for sql in DATABASES],
)
def test_an_earlier_installation_starts_and_carries_a_round_out(tmp_path: Path, sql: Path) -> None:
    laid_in(tmp_path, sql)
    settings = Settings(data_dir=tmp_path, now=NOW, i_drift_fran=date(2027, 9, 1))
    prepare(settings, lambda: NOW)
    machine = open_machine(settings)
    letters = rows(settings.database_url)["letter"]
    assert len(letters) == 1
    machine.bring_up()
    assert [row for row in rows(settings.database_url)["letter"] if row in letters] == letters
    with machine.store.begin() as session:
        chain(session)
        assert verify(session).broken is None
        assert session.execute(text("SELECT count(*) FROM obligation")).scalar_one() > 100  # the plan is there again
        handed_in = newest(session, [ANVISNING])[ANVISNING, "anvisningar"]
        assert (handed_in.version, content(session, str(handed_in.sha256))[:5]) == (1, b"%PDF-")
        (sent,) = session.execute(text("SELECT mime FROM letter WHERE id = :id"), {"id": letters[0][0]}).scalars()
        assert sent.startswith(HEADER) and blotted_bytes(sent) == sent  # no letter is kept with its links open
    machine.store.close()


@pytest.mark.parametrize(
    ("spoil", "told"),
    [
        ("DROP TABLE alembic_version", r"(?s)redan tabeller.*ARSHJUL_DATABASE_URL.*säkerhetskopia"),
        ("ALTER TABLE log DROP COLUMN way", r"(?s)log\.way saknas.*inget har ändrats.*säkerhetskopia"),
        ("DROP TABLE uploaded", r"(?s)uploaded\..*saknas.*säkerhetskopia"),
        ("UPDATE notice SET letter_id = 999", r"(?s)notice → letter saknas.*säkerhetskopia"),
    ],
)
def test_a_database_that_cannot_come_up_is_refused_with_what_to_do_and_left_alone(
    tmp_path: Path, spoil: str, told: str
) -> None:
    url = laid_in(tmp_path, of("1880cdc"))
    with closing(sqlite3.connect(tmp_path / "arshjul.db")) as database:
        database.executescript(spoil)
    before = form(url), rows(url)
    with pytest.raises(RefusedError, match=told):
        migrate(url)
    assert (form(url), rows(url)) == before


def test_a_step_that_is_landed_is_never_edited() -> None:
    """Databases have taken it as it was: another text leaves them with other tables than it says."""
    digests = {file.name: hashlib.sha256(file.read_bytes()).hexdigest() for file in STEPS.glob("*.py")}
    landed = dict(line.split() for line in (HERE / "landed_steps.txt").read_text().splitlines())
    edited = {name for name in landed if digests.get(name) != landed[name]}
    assert not edited, (
        f"{edited}: a landed step was edited or taken away. Put it back, and write the change as a new step"
    )
    new = {name: digests[name] for name in digests.keys() - landed.keys()}
    assert not new, f"a new step: add its line to tests/databases/landed_steps.txt when it lands: {new}"

"""A start that cannot be: another version's database, a first start that was killed, a HOME that is not there."""

import os
import shutil
import signal
import socket
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import select, text

from app.settings import Settings
from app.wiring import open_machine, prepare
from arshjul.errors import RefusedError
from arshjul.keys import MilestoneKey, ObligationKey, RoleId
from store.database import open_store
from store.post.notices import queue
from store.service.installation import set_up
from store.tables import NoticeRow, ObligationRow
from store.upgrading import migrate
from submissions.readers.process.confined import can_confine
from tests.rig.handins import NOW
from tests.rig.outbox_letters import letter

pytestmark = pytest.mark.whole


def at(settings: Settings, revision: str) -> None:
    store = open_store(settings.database_url)
    with store.begin() as session:
        session.execute(text("UPDATE alembic_version SET version_num = :revision"), {"revision": revision})
    store.close()


def test_another_versions_database_is_refused_with_what_to_do(tmp_path: Path) -> None:
    settings = Settings(data_dir=tmp_path)
    prepare(settings, lambda: NOW)
    open_machine(settings).store.close()
    at(settings, "9999")
    for open_it in (lambda: open_machine(settings), lambda: prepare(settings, lambda: NOW)):
        with pytest.raises(RefusedError, match=r"(?s)senare version av Årshjul \(steg 9999\).*säkerhetskopian"):
            open_it()
    at(settings, "0001")
    with pytest.raises(RefusedError, match=r"(?s)tidigare version av Årshjul \(steg 0001\).*arshjul up"):
        open_machine(settings)


def test_a_first_start_killed_between_its_tables_and_its_facts_is_told_and_done_at_the_next(tmp_path: Path) -> None:
    settings = Settings(data_dir=tmp_path)

    def killed() -> datetime:  # asked for the time when the tables are there and the facts are not
        os.kill(os.getpid(), signal.SIGKILL)
        return datetime.now(UTC)

    child = os.fork()
    if child == 0:
        prepare(settings, killed)
        os._exit(1)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == -signal.SIGKILL
    assert settings.secret_file.exists()
    _refused_and_then_ready(settings)


@pytest.mark.parametrize("made", ["nothing", "an empty database", "tables"])
def test_a_first_start_that_came_no_further_is_told_and_done_at_the_next(tmp_path: Path, made: str) -> None:
    settings = Settings(data_dir=tmp_path)
    if made == "an empty database":
        (tmp_path / "arshjul.db").touch()
    elif made == "tables":
        migrate(settings.database_url)
    _refused_and_then_ready(settings)


def _refused_and_then_ready(settings: Settings) -> None:
    with pytest.raises(RefusedError, match="Kör 'arshjul up' en gång"):
        open_machine(settings)
    prepare(settings, lambda: NOW)
    open_machine(settings).store.close()


def _up(*before: str, **variables: str) -> subprocess.CompletedProcess[str]:
    env = os.environ | {f"ARSHJUL_{name}": value for name, value in variables.items()} | {"HOME": "/proc/nowhere"}
    command = [*before, sys.executable, "-m", "app", "up"]
    return subprocess.run(command, env=env, capture_output=True, text=True, check=False)


def test_a_sender_from_whom_no_letter_can_be_written_stops_the_start_before_anything_is_made(tmp_path: Path) -> None:
    settings = Settings(data_dir=tmp_path, mail_from="ekonomi@exämple.se")
    with pytest.raises(RefusedError, match="ARSHJUL_MAIL_FROM"):
        prepare(settings, lambda: NOW)
    assert not (tmp_path / "arshjul.db").exists()


@pytest.mark.nightly  # test_up holds the same of its own start
@pytest.mark.slow  # starts processes that import Prefect
def test_a_home_that_is_not_there_changes_nothing_and_a_folder_that_cannot_be_made_is_told(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        done = _up(DATA_DIR=str(tmp_path / "data"), PORTAL_PORT=port)
    assert (done.returncode, "Warning" in done.stderr, "Traceback" in done.stderr) == (1, False, False)
    assert f"127.0.0.1:{port} går inte att lyssna på" in done.stdout
    done = _up(DATA_DIR="/proc/nowhere/data")
    assert (done.returncode, "Traceback" in done.stderr) == (1, False)
    assert "ARSHJUL_DATA_DIR" in done.stderr + done.stdout


@pytest.mark.nightly
@pytest.mark.slow  # starts a process that imports Prefect
@pytest.mark.skipif(shutil.which("setarch") is None or not can_confine(), reason="needs a Linux that can be another")
def test_a_start_where_the_reading_process_cannot_be_set_apart_says_so(tmp_path: Path) -> None:
    """On a machine whose system calls we do not know, as this one then calls itself."""
    words = "kan på den här datorn inte skiljas från nätet och hemligheten"
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        told = [_up(*before, DATA_DIR=str(tmp_path / "data"), PORTAL_PORT=port) for before in (("setarch", "i686"), ())]
    assert [words in " ".join(each.stdout.split()) for each in told] == [True, False], told[0].stdout


def test_a_start_in_a_shadow_that_the_variable_says_leaves_what_was_shown_also_where_letters_were_sharp_before(
    tmp_path: Path,
) -> None:
    settings = Settings(data_dir=tmp_path / "data", utskick="skugga")
    prepare(settings, lambda: NOW)
    store = open_store(settings.database_url)
    with store.begin() as session:
        set_up(session, {"utskick": "skarpt"}, NOW, replace=True)  # what the installation remembers
        key = ObligationKey(session.scalars(select(ObligationRow.key)).first() or "")
        session.add(shown := letter(900))
        shown.shadow = True
        session.flush()
        where = {
            "milestone_key": MilestoneKey(key.rpartition("/")[0] + "/sen"),
            "obligation_key": key,
            "rung": "sen",
            "due_at": NOW,
        }
        (notice,) = queue(session, **where, recipients=[(RoleId("forvaltningschef"), None)], now=NOW)
        notice.letter_id = shown.id
    prepare(settings, lambda: NOW)
    with store.read() as session:
        assert session.scalars(select(NoticeRow.passed)).all() == [None]
    prepare(Settings(data_dir=tmp_path / "data", utskick=None), lambda: NOW)
    with store.read() as session:
        assert session.scalars(select(NoticeRow.passed)).all() == ["skugga"]
    store.close()

"""What is kept is held against its checksum whenever it is read; and what was taken away is in no file of ours."""

from datetime import UTC, datetime
from hashlib import sha256

import pytest
import sqlalchemy as sa
from typer.testing import CliRunner

from app.archive.package import write_package
from app.commands.cli import cli
from app.settings import Settings
from app.wiring import open_machine, prepare
from store.database import overwrite_deleted
from store.handins import versions as submissions
from store.handins.removals import forget_blob
from store.handins.versions import RottenFileError, content, keep_blob, rotten
from store.tables import Blob, Incoming
from tests.rig.handins import town
from tests.rig.pages.hall import SECRET, Hall

NOW = datetime(2027, 9, 10, 8, tzinfo=UTC)
WORDS = b"Tjanstepersonens sjukskrivning " * 400
NAME = sha256(WORDS).hexdigest()


@pytest.fixture
def machine(tmp_path, monkeypatch):
    monkeypatch.setenv("ARSHJUL_DATA_DIR", str(tmp_path / "data"))
    settings = Settings(data_dir=tmp_path / "data")
    prepare(settings, lambda: NOW)
    machine = open_machine(settings)
    with machine.store.begin() as session:
        keep_blob(session, NAME, WORDS)
    yield machine
    machine.store.close()


def swap(store, name=NAME):
    with store.begin() as session:
        session.execute(sa.update(Blob).where(Blob.sha256 == name).values(content=b"Nagot annat"))


def test_a_swapped_file_is_told_and_not_handed_out_and_comes_back_with_its_like(machine, caplog):
    with machine.store.read() as session:
        assert (content(session, NAME), content(session, "0" * 64)) == (WORDS, None)
        assert list(rotten(session)) == []
    assert CliRunner().invoke(cli, ["verify-log"]).exit_code == 0
    swap(machine.store)
    with machine.store.read() as session:
        with pytest.raises(RottenFileError, match="säkerhetskopia från tiden före"):
            content(session, NAME)
        assert list(rotten(session)) == [NAME]
    assert f"file.rotten sha256={NAME}" in caplog.text
    told = CliRunner().invoke(cli, ["verify-log"])
    assert told.exit_code == 1 and NAME in told.output and "lämnas inte ut" in " ".join(told.output.split())
    with machine.store.begin() as session:
        keep_blob(session, NAME, b"Nagot tredje")  # what is not the file itself mends nothing
        assert list(rotten(session)) == [NAME]
        keep_blob(session, NAME, WORDS)
    with machine.store.read() as session:
        assert content(session, NAME) == WORDS


def test_no_page_and_no_package_holds_a_file_that_was_swapped(tmp_path):
    hall = Hall(town())
    raw = b"From: <a@example.se>\r\n\r\nHej"
    name = sha256(raw).hexdigest()
    with hall.town.store.begin() as session:
        keep_blob(session, name, raw)
        session.add(
            Incoming(digest="x", message_id="<1@example.se>", sha256=name, received_at=hall.now, taken_in_at=hall.now,
                     sender="a@example.se", subject="Hej", kind="svar", state="oläst", obligation_key=None,
                     letter_id=None, files=[], note="", handled_at=None, handled_by=None)
        )  # fmt: skip
    browser = hall.inside()
    assert browser.get("/registrera/1").status_code == 200
    swap(hall.town.store, name)
    page = browser.get("/registrera/1")
    assert page.status_code >= 400 and "stämmer inte med sin kontrollsumma" in page.text and "annat" not in page.text
    with hall.town.store.read(still=True) as session, pytest.raises(RottenFileError):
        write_package(session, hall.office().definition, 2027, tmp_path / "paket", hall.now, secret=SECRET)
    assert list(tmp_path.iterdir()) == []


def test_what_was_taken_away_is_gone_from_the_file_and_from_its_wal(machine, tmp_path):
    files = [tmp_path / "data" / name for name in ("arshjul.db", "arshjul.db-wal")]
    assert any(WORDS[:200] in file.read_bytes() for file in files)
    with machine.store.begin() as session:
        overwrite_deleted(session)
        with session.begin_nested():
            forget_blob(session, NAME)
        assert submissions.content(session, NAME) is None
    assert not any(b"sjukskrivning" in file.read_bytes() for file in files)
    assert files[1].stat().st_size == 0

"""What is kept is held against its checksum whenever it is read; and what was taken away is in no file of ours."""

import asyncio
import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from hashlib import sha256

import pytest
import sqlalchemy as sa
from typer.testing import CliRunner

from actions.ladder.week import week_view
from actions.service.health import store_parts
from app.archive.package import write_package
from app.commands.cli import cli
from app.settings import Settings
from app.wiring import open_machine, prepare
from flows.machine import Machine
from flows.service.file_check import FileCheck
from notifications.letters.resealing import seal_what_is_kept
from notifications.post.post import ListPost
from store.database import overwrite_deleted
from store.handins import versions as submissions
from store.handins.removals import forget_blob
from store.handins.versions import RottenFileError, content, keep_blob, rotten
from store.service.rotten import known_rotten, look_at_some, note_rotten
from store.tables import Blob, Incoming, LetterRow, LogRow
from submissions.compilation.keeping import fetch
from tests.rig.files.six_units import NOW as MADE
from tests.rig.files.six_units import OCCURRENCE, filled_town
from tests.rig.hedemora import town, whole_hedemora
from tests.rig.pages.hall import SECRET, Hall
from tests.rig.processes.mailbox_process import Stands
from tests.rig.rounds import OFFICE, house
from tests.rig.swedish_words import instant

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
    place = tmp_path / "paket"
    with hall.town.store.read(still=True) as session:
        package = write_package(session, hall.office().definition, 2027, place, hall.now, secret=SECRET)
    assert [each.sha256 for each in package.lost] == [name]
    written = {file.relative_to(place).as_posix(): file.read_bytes() for file in place.rglob("*") if file.is_file()}
    assert not any(b"Nagot annat" in content for content in written.values())
    told = json.loads(written["metadata.json"])["lost"]
    assert told == [{"name": "Hej", "path": package.lost[0].path, "sha256": name}]
    assert not (place / package.lost[0].path).exists()
    for page in ("index.html", "las-mig.txt"):
        assert "Paketet är inte helt: 1 fil saknas" in written[page].decode() and name in written[page].decode()
    (row,) = json.loads(written["inkommande/inkommande.json"])
    assert (row["file"], row["lost"], row["sha256"]) == (None, True, name)


def test_the_command_writes_the_rest_of_the_year_says_what_is_lost_and_logs_who_read_it(machine, monkeypatch, tmp_path):
    monkeypatch.setenv("ARSHJUL_NOW", "2028-01-10T08:00")
    with machine.store.begin() as session:
        session.add(
            Incoming(digest="x", message_id="<1@example.se>", sha256=NAME, received_at=NOW, taken_in_at=NOW,
                     sender="a@example.se", subject="Hej", kind="svar", state="oläst", obligation_key=None,
                     letter_id=None, files=[], note="", handled_at=None, handled_by=None)
        )  # fmt: skip
    swap(machine.store)
    told = CliRunner().invoke(cli, ["archive", "2027", "--mapp", str(tmp_path / "paket"), "--vem", "arkivarien"])
    assert told.exit_code == 1 and NAME in told.output and "Paketet är inte helt" in told.output
    assert (tmp_path / "paket/index.html").is_file()
    with machine.store.read() as session:
        rows = {row.what: row for row in session.scalars(sa.select(LogRow)) if row.who == "arkivarien"}
    assert rows["archive.made"].detail["lost"] == [NAME]
    assert rows["handling.read"].detail["what"] == "årets alla handlingar, 2027"


def test_a_file_that_rots_is_found_by_the_round_told_once_and_in_health_until_it_is_whole(tmp_path):
    service = house()
    contents = [f"fil {number}".encode() * 50 for number in range(7)]
    names = sorted(sha256(each).hexdigest() for each in contents)
    with service.store.begin() as session:
        for each in contents:
            keep_blob(session, sha256(each).hexdigest(), each)
    clock = Stands(instant("fredag 10 september 2027 kl. 10.00"))
    machine = Machine(store=service.store, office=service.office, clock=clock, post=lambda: service.post)
    check = FileCheck(machine, some=500)  # two or so at a time

    def round_of(turns: int = 5) -> tuple[list[str], str]:
        for _ in range(turns):
            asyncio.run(check.look())
        with service.store.read() as session:
            part = store_parts(session, clock.now, clock.now, has_mailbox=False).get("filer")
            assert part is None or (part.ok and part.warning)
            return known_rotten(session), part.text if part else ""

    assert round_of() == ([], "")
    for name in (names[0], names[5]):
        swap(service.store, name)
    for _ in range(3):
        lost, words = round_of()
        assert lost == [names[0], names[5]] and "2 sparade filer stämmer inte" in words and names[5][:16] in words
    with machine.look() as scene:
        assert any("2 sparade filer" in each for each in week_view(scene, "vecka 37", {}).faults)
    notes = [row for row in service.rows(LetterRow) if row.key.startswith("strandby/skadad-fil/")]
    assert len(notes) in (1, 2) and {tuple(row.to) for row in notes} == {(OFFICE,)}  # once, however often it is found
    with service.store.begin() as session:
        for each in contents:
            keep_blob(session, sha256(each).hexdigest(), each)
    assert round_of() == ([], "")


def test_a_sammanstallning_that_rots_is_made_anew_by_the_round_and_told_to_nobody():
    here, definition = filled_town(), whole_hedemora()
    first = fetch(here.store, definition.definition, OCCURRENCE, "xlsx", MADE)
    swap(here.store, first.sha256)
    office = replace(house().office, sourced=definition)
    check = FileCheck(
        Machine(store=here.store, office=office, clock=Stands(MADE + timedelta(minutes=1)), post=ListPost)
    )
    asyncio.run(check.look())
    with here.store.read() as session:
        (name,) = session.scalars(sa.select(Blob.sha256))
        assert name != first.sha256 and (known_rotten(session), list(rotten(session))) == ([], [])
        assert session.scalars(sa.select(LetterRow)).all() == []


def test_a_file_that_is_taken_away_while_the_round_reads_is_not_rotten(machine):
    contents = [b"ett", b"tva", b"tre"]
    first, second, third = sorted(sha256(each).hexdigest() for each in contents)
    with machine.store.begin() as session:
        session.execute(sa.delete(Blob))
        for each in contents:
            keep_blob(session, sha256(each).hexdigest(), each)
    swap(machine.store, third)
    with machine.store.begin() as session:

        def another(
            connection, _cursor, statement, *_
        ):  # commits between the list and the read: READ COMMITTED sees it
            if "blob.content" in statement.partition("FROM")[0]:
                connection.exec_driver_sql(f"DELETE FROM blob WHERE sha256 = '{second}'")

        sa.event.listen(session.connection(), "before_cursor_execute", another)
        assert look_at_some(session, "", 1_000_000) == ([third], "")
        assert session.scalars(sa.select(Blob.sha256).order_by(Blob.sha256)).all() == [first, third]
        assert note_rotten(session, [second, third], "", "", NOW) == [third]  # gone since it was found
        assert known_rotten(session) == [third]


def test_a_mail_that_has_rotten_does_not_stop_the_start(machine):
    with machine.store.begin() as session:
        session.add(
            Incoming(digest="x", message_id="<1@example.se>", sha256=NAME, received_at=NOW, taken_in_at=NOW,
                     sender="a@example.se", subject="Hej", kind="svar", state="oläst", obligation_key=None,
                     letter_id=None, files=[], note="", handled_at=None, handled_by=None)
        )  # fmt: skip
    swap(machine.store)
    with machine.store.begin() as session:
        assert seal_what_is_kept(session, SECRET) == 0


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

"""The three ways in for a ledger file: the command, the page, and the watched folder."""

import json
import os
import re
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path

import pytest
from httpx import Response
from sqlalchemy import select
from typer.testing import CliRunner, Result

from app.commands.cli import cli
from app.wiring import open_machine
from arshjul.errors import RefusedError
from flows.machine import Machine
from flows.service.ledger_folder import LedgerFolder
from notifications.post.post import ListPost
from store.database import Store
from store.tables import LedgerFile, LogRow
from tests.rig.files.books import OBJECTS, bolag, book, company_book
from tests.rig.files.five_books import as_five, five
from tests.rig.handins import NOW, Town
from tests.rig.hedemora import town
from tests.rig.installed import lay_installation
from tests.rig.pages.bench import SECRET, Bench
from tests.rig.pages.client import Client
from tests.rig.pages.logging_in import hidden, log_in

pytestmark = pytest.mark.whole


def files_in(store: Store) -> list[LedgerFile]:
    with store.read() as session:
        return list(session.scalars(select(LedgerFile).order_by(LedgerFile.id)))


# --- the command


@pytest.fixture
def arshjul(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Result]:
    """Run a command in an installation of Friday 10 September 2027."""
    for name in [name for name in os.environ if name.startswith("ARSHJUL_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("ARSHJUL_DATA_DIR", str(tmp_path / "data"))
    monkeypatch.setenv("ARSHJUL_NOW", "2027-09-10T09:00")
    lay_installation(tmp_path / "data", NOW)
    return lambda *words: CliRunner().invoke(cli, list(words))


def kept(tmp_path: Path, content: bytes, name: str = "bok.se") -> str:
    file = tmp_path / name
    file.write_bytes(content)
    return str(file)


def test_the_command_takes_a_file_in_and_tells_what_it_says(arshjul: Callable[..., Result], tmp_path: Path) -> None:
    file = kept(tmp_path, book(objects={**OBJECTS, "990": "Projekt"}))
    result = arshjul("ledger", file, "--vem", "ekonom Eva")
    assert result.exit_code == 0, result.output
    lines = result.stdout.replace("\u00a0", " ").splitlines()
    assert lines[0].startswith(
        "Hedemora kommun, januari–augusti 2027 (SIE typ 3): intagen fredag 10 september 2027 kl. 09.0"
    )
    assert lines[0].endswith("av ekonom Eva.")
    bildning = (
        "  Bildningsnämnden: utfall 6 240, samma period förra året 5 920, budget helår 9 840, budget perioden 6 560"
    )
    assert bildning in lines
    assert "  objekt 990 (Projekt): utfall 7 760 tkr, budget 11 760 tkr" in lines
    again = arshjul("ledger", file)
    assert "samma fil är redan intagen" in again.stdout


def test_the_command_gives_machines_the_same(arshjul: Callable[..., Result], tmp_path: Path) -> None:
    row = json.loads(arshjul("ledger", kept(tmp_path, book()), "--json").stdout)
    assert list(row) == [
        "outcome", "ledger", "company", "period", "to_date", "sha256", "amounts", "outside", "warnings", "reopened",
    ]  # fmt: skip
    assert (row["outcome"], row["ledger"], row["period"]) == ("intagen", "kommunen", "2027-08")
    assert row["amounts"]["bildningsnamnden"]["forskola"]["utfall"] == 144_000_000


@pytest.mark.parametrize(
    ("content", "asked", "word"),
    [
        (book(company="Avesta kommun"), [], "Avesta kommun"),
        (book(), ["--period", "2027-03"], "januari–mars 2027"),
        (book(), ["--bokforing", "energibolaget"], "Energibolaget AB"),
        (b"hej", [], "SIE"),
    ],
)
def test_the_command_refuses_with_words_and_keeps_nothing(
    arshjul: Callable[..., Result], tmp_path: Path, content: bytes, asked: list[str], word: str
) -> None:
    result = arshjul("ledger", kept(tmp_path, content), *asked)
    assert isinstance(result.exception, RefusedError)
    assert word in str(result.exception)
    assert files_in(open_machine().store) == []


# --- the page


@pytest.fixture
def bench() -> Bench:
    return Bench(town())


def logged_in(bench: Bench) -> Client:
    browser = bench.client()
    log_in(browser, bench.town.store, SECRET, bench.now, name="ekonom Eva")
    return browser


def send(browser: Client, content: bytes, name: str = "bok.se", **data: str) -> Response:
    token = hidden(browser.get("/bokforing").text)
    return browser.post("/bokforing", data={"csrf": token, **data}, files={"fil": (name, content)})


def shown(browser: Client, answer: Response) -> str:
    assert answer.status_code == 303, answer.text
    page = browser.get(answer.headers["location"].partition("#")[0]).text
    return " ".join(re.sub(r"<[^>]+>", " ", page).replace("\u00a0", " ").split())


def test_the_page_takes_a_file_and_shows_who_when_and_the_figures(bench: Bench) -> None:
    browser = logged_in(bench)
    assert "Ingen fil än" in browser.get("/bokforing").text
    page = shown(browser, send(browser, book(objects={**OBJECTS, "990": "Projekt"})))
    assert "Bokföringen är intagen" in page
    assert "objekt 990 (Projekt): utfall 7 760 tkr" in page
    assert "Bildningsnämnden 6 240 5 920 9 840 6 560 Förskola 1 440 1 360 2 280 1 520" in page
    assert "Objekt 990 hör inte till någon enhet 7 760 – 11 760 –" in page
    assert "bok.se fredag 10 september 2027 kl. 09.00, ekonom Eva · gäller" in page
    (file,) = files_in(bench.town.store)
    assert browser.get(f"/bokforing/fil/{file.id}").content == book(objects={**OBJECTS, "990": "Projekt"})


def test_the_page_takes_a_sie_5_and_says_so(bench: Bench) -> None:
    browser = logged_in(bench)
    page = shown(browser, send(browser, as_five(book()), "bok.xml"))
    assert "Hedemora kommun, januari–augusti 2027 (SIE 5): intagen" in page
    assert "Bildningsnämnden 6 240 5 920 9 840 6 560 Förskola 1 440 1 360 2 280 1 520" in page


def test_the_page_lists_why_a_file_is_refused_with_each_amount_on_one_line(bench: Bench) -> None:
    browser = logged_in(bench)
    answer = send(browser, bolag("#RES 0 5010 600000.00", "#PSALDO 0 202708 5010 {} 300000.00", to_date="20270831"))
    page = browser.get(answer.headers["location"].partition("#")[0]).text
    assert "<h3>Att rätta</h3>" in page
    assert page.count('<li class="late">Rad ') == 2
    assert "är 600\N{NO-BREAK SPACE}000,00\N{NO-BREAK SPACE}kr." in page


def test_the_page_says_what_the_outcome_is_summed_from_when_a_file_contradicts_itself(bench: Bench) -> None:
    browser = logged_in(bench)
    stray = [f'#PSALDO 0 202702 {account} {{1 "200"}} 99.00' for account in ("5010", "3010")]
    page = shown(browser, send(browser, book(kind=4, tail=stray)))
    assert "Filen säger emot sig själv: månadernas saldon (#PSALDO) stämmer inte med årets saldon." in page
    assert "Utfallet räknas ur verifikationerna (#VER), som stämmer med årets saldon." in page
    assert "Förskola 1 440" in page


def test_a_newer_file_counts_and_the_older_one_is_still_listed(bench: Bench) -> None:
    browser = logged_in(bench)
    send(browser, book())
    page = shown(browser, send(browser, book(more={"200": 100_000}), "ny.se"))
    assert "ny.se fredag 10 september 2027 kl. 09.00, ekonom Eva · gäller" in page
    assert "bok.se fredag 10 september 2027 kl. 09.00, ekonom Eva · ersatt" in page
    assert "Förskola 1 540" in page


@pytest.mark.parametrize(
    ("content", "name", "data", "word"),
    [
        (book(company="Avesta kommun"), "bok.se", {}, "Filen är bokföringen för Avesta kommun"),
        (book(), "bok.se", {"period": "2027-09"}, "januari–september 2027"),
        (b"", "", {}, "Ingen fil är vald"),
        (b"PK\x03\x04", "bok.xlsx", {}, "Filen är inte intagen"),
        (
            bolag("#RES 0 5010 600000.00", "#PSALDO 0 202708 5010 {} 300000.00", to_date="20270831"),
            "bok.se",
            {},
            "Konto 5010 Drift: månadernas saldon (#PSALDO) ger 300 000,00 kr, men årets saldo (#RES) är 600 000,00 kr. Saldo "
            "saknas för januari–juli 2027.",
        ),
        (
            five(root="SieEntry"),
            "bok.sie",
            {},
            "Exportera hela bokföringen som SIE 5 (Sie), eller som SIE typ 3 eller 4.",
        ),
    ],
)
def test_the_page_refuses_with_words(bench: Bench, content: bytes, name: str, data: dict[str, str], word: str) -> None:
    browser = logged_in(bench)
    assert word in shown(browser, send(browser, content, name, **data))
    assert files_in(bench.town.store) == []


def test_the_page_takes_no_form_from_another_site(bench: Bench) -> None:
    browser = logged_in(bench)
    headers = {"sec-fetch-site": "cross-site"}
    data = {"csrf": hidden(browser.get("/bokforing").text)}
    answer = browser.post("/bokforing", data=data, files={"fil": ("a.se", book())}, headers=headers)
    assert answer.status_code == 403
    assert files_in(bench.town.store) == []


def test_the_page_needs_no_script_and_no_address_of_its_own_leads_astray(bench: Bench) -> None:
    browser = logged_in(bench)
    page = browser.get("/bokforing").text
    assert "<script" not in page and "style=" not in page
    assert browser.get("/bokforing/fil/99").status_code == 404
    assert browser.get("/bokforing?svar=okänt").status_code == 200


# --- the watched folder


class StandingClock:
    """A clock that stands still."""

    def __call__(self) -> datetime:
        return NOW

    def real(self, instant: datetime) -> datetime:
        return instant


@pytest.fixture
def machine(tmp_path: Path) -> Iterator[Machine]:
    here: Town = town()
    folder = tmp_path / "sie"
    folder.mkdir()
    office = Bench(here).desk().office
    yield Machine(store=here.store, office=office, clock=StandingClock(), post=ListPost, ledger_folder=folder)


def lay(machine: Machine, content: bytes, name: str = "augusti.se") -> Path:
    assert machine.ledger_folder is not None
    file = machine.ledger_folder / name
    file.write_bytes(content)
    return file


def names(folder: Path | None, part: str) -> list[str]:
    assert folder is not None
    return sorted(file.name for file in (folder / part).glob("*")) if (folder / part).is_dir() else []


def test_a_file_is_taken_when_it_has_stood_still_and_moved_with_a_word(machine: Machine) -> None:
    watched = LedgerFolder(machine)
    file = lay(machine, book())
    assert watched.look() == []  # seen for the first time
    (place,) = watched.look()
    assert not file.exists()
    assert names(machine.ledger_folder, "intagna") == ["20270910-090000 augusti.se", "20270910-090000 augusti.se.txt"]
    assert place.read_bytes() == book()
    told = place.with_name(f"{place.name}.txt").read_text()
    assert told.startswith(
        "Hedemora kommun, januari–augusti 2027 (SIE typ 3): intagen fredag 10 september 2027 kl. 09.00 av"
    )
    assert [row.filename for row in files_in(machine.store)] == ["augusti.se"]


def test_a_file_that_grows_is_left_until_it_is_whole(machine: Machine) -> None:
    watched, content = LedgerFolder(machine), book()
    for part in (1000, 2000, 3000):
        lay(machine, content[:part])
        assert watched.look() == []
    lay(machine, content)
    assert watched.look() == []
    assert len(watched.look()) == 1
    assert names(machine.ledger_folder, "avvisade") == []


def test_what_is_refused_is_kept_with_the_reason(machine: Machine) -> None:
    watched = LedgerFolder(machine)
    lay(machine, book(company="Avesta kommun"), "fel.se")
    lay(machine, b"", "tom.se")
    lay(machine, company_book("Bostadsbolaget AB"), "bolag.se")
    watched.look()
    assert len(watched.look()) == 3
    assert names(machine.ledger_folder, "intagna") == ["20270910-090000 bolag.se", "20270910-090000 bolag.se.txt"]
    refused = names(machine.ledger_folder, "avvisade")
    assert refused == [
        "20270910-090000 fel.se", "20270910-090000 fel.se.txt", "20270910-090000 tom.se", "20270910-090000 tom.se.txt",
    ]  # fmt: skip
    assert machine.ledger_folder
    told = (machine.ledger_folder / "avvisade" / refused[1]).read_text()
    assert "fel.se togs inte emot fredag 10 september 2027 kl. 09.00." in told
    assert "Avesta kommun" in told and "Lägg den rättade filen i mappen igen." in told


def test_the_same_name_twice_overwrites_nothing(machine: Machine) -> None:
    watched = LedgerFolder(machine)
    for content in (book(), book(more={"200": 1000})):
        lay(machine, content)
        watched.look()
        watched.look()
    assert [name for name in names(machine.ledger_folder, "intagna") if name.endswith(".se")] == [
        "20270910-090000 augusti.se",
        "20270910-090000-2 augusti.se",
    ]
    assert len(files_in(machine.store)) == 2


def test_what_was_taken_but_not_moved_before_a_crash_is_recognised(machine: Machine) -> None:
    lay(machine, book())
    watched = LedgerFolder(machine)
    watched.look()
    watched.look()
    lay(machine, book(), "samma.se")  # as if the move had been lost
    after = LedgerFolder(machine)
    after.look()
    (place,) = after.look()
    assert "samma fil är redan intagen" in place.with_name(f"{place.name}.txt").read_text()
    assert len(files_in(machine.store)) == 1


def test_half_written_hidden_and_linked_files_and_folders_are_left_alone(machine: Machine, tmp_path: Path) -> None:
    folder = machine.ledger_folder
    assert folder is not None
    for name in (".dold.se", "~$bok.se", "bok.se.part", "bok.tmp"):
        lay(machine, book(), name)
    (folder / "mapp").mkdir()
    (tmp_path / "annan.se").write_bytes(book())
    (folder / "lank.se").symlink_to(tmp_path / "annan.se")
    watched = LedgerFolder(machine)
    watched.look()
    assert watched.look() == []
    assert files_in(machine.store) == []


def test_a_folder_that_goes_away_stops_nothing(machine: Machine) -> None:
    watched = LedgerFolder(machine)
    assert machine.ledger_folder is not None
    machine.ledger_folder.rmdir()
    assert watched.look() == []


def test_a_file_that_cannot_be_moved_is_taken_once(machine: Machine) -> None:
    lay(machine, book())
    assert machine.ledger_folder is not None
    (machine.ledger_folder / "intagna").symlink_to("ingenstans")
    watched = LedgerFolder(machine)
    for _ in range(4):
        watched.look()
    with machine.store.read() as session:
        taken = [row for row in session.scalars(select(LogRow)) if row.what == "ledger.taken"]
    assert len(taken) == 1
    (machine.ledger_folder / "intagna").unlink()
    again = LedgerFolder(machine)
    again.look()
    assert len(again.look()) == 1

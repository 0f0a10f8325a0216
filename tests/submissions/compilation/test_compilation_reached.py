"""Where people meet the sammanställning and what changed: the page, the kvittens, the command, the artifact, the watchdog."""

import asyncio
import json
import os
import re
import shutil
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date
from decimal import Decimal
from email import message_from_bytes, policy
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from sqlalchemy import func, select
from typer.testing import CliRunner, Result

from actions.scene import Scene
from actions.underlag.receipts import write_receipt
from app.clock import clock_for
from app.commands.cli import cli
from app.settings import Settings
from app.wiring import open_machine, prepare
from flows.machine import Machine
from flows.runs.run_picture import summary
from flows.service.watchdog import Watchdog
from notifications.office import Office
from portal.app import create_app
from portal.web.context import PortalContext
from store.access.links import issue, sign
from store.plan.waking import touch
from store.tables import Compilation, LetterRow, LogRow, Person
from submissions.files.filled import Filled
from submissions.intake.received import Received
from tests.rig.files.six_units import NOW, OCCURRENCE, QUESTION, economy, filled_town, hand_in, tables, with_cell
from tests.rig.handins import Town
from tests.rig.hedemora import BIN_UNDERLAG, whole_hedemora
from tests.rig.pages.client import Client
from tests.rig.pages.logging_in import log_in, press
from tests.rig.scenes import writing
from tests.rig.servers.service import environment, reporting_to

pytest_plugins = ["tests.rig.servers.prefect_server"]
pytestmark = pytest.mark.whole

CHIEF, SECRET = "forvaltningschef.bildning@example.se", b"0123456789abcdef0123456789abcdef"
OFFICE = Office(
    sourced=whole_hedemora(),
    mail_from="ekonomikontoret@example.se",
    public_url="http://testserver",
    prefect_url="http://127.0.0.1:4200",
    secret=SECRET,
    utskick="skarpt",
    since=date(2027, 8, 1),
)


def second_version(utfall: int = 92150) -> dict[str, Filled | None]:
    whole = tables("bildningsnamnden")
    table = with_cell(economy("bildningsnamnden"), "Förskola", "utfall", Decimal(utfall))
    return {"ekonomi": replace(whole, tables={**whole.tables, "ekonomi-delar": table})}


def browser(here: Town) -> Client:
    desk = PortalContext(
        store=here.store, office=OFFICE, clock=lambda: NOW, maildir=None, health=dict,

    )  # fmt: skip
    client = Client(create_app(desk), base_url=OFFICE.public_url, follow_redirects=False)
    log_in(client, here.store, OFFICE.secret, NOW)
    return client


def page_of(here: Town) -> str:
    """The chief's own page, as words."""
    with here.store.begin() as session:
        token = sign(SECRET, issue(session, CHIEF, ["forvaltningschef"], NOW))
    client = browser(here)
    assert press(client, f"/l/{token}").status_code == 303
    return " ".join(re.sub(r"<[^>]+>", " ", client.get("/mina").text).replace("\u00a0", " ").split())


class TestPages:
    @pytest.mark.parametrize("kind", ["xlsx", "docx"])
    def test_the_status_page_leads_to_a_file_to_save(self, kind: str) -> None:
        client = browser(filled_town())
        address = f"/lage/delarsrapport/2027-08/sammanstallning.{kind}"
        assert f'href="{address}"' in client.get("/lage/delarsrapport/2027-08").text
        answer = client.get(address)
        assert (answer.status_code, answer.content[:2]) == (200, b"PK")
        assert "officedocument" in answer.headers["content-type"]
        assert f"Sammanstallning_Delarsrapport_2027-08.{kind}" in answer.headers["content-disposition"]
        assert answer.headers["cache-control"] == "no-store"

    def test_a_tjänsteskrivelse_of_a_report_that_nobody_is_to_propose_is_refused_with_what_to_write(self) -> None:
        client = browser(filled_town())
        address = "/lage/delarsrapport/2027-08/tjansteskrivelse.docx"
        assert address not in client.get("/lage/delarsrapport/2027-08").text
        answer = client.get(address)
        assert (answer.status_code, "Skriv &#39;föreslås av&#39;" in answer.text) == (409, True)
        assert client.get(address.replace("2027-08", "2027-09")).status_code == 404

    def test_the_bodys_secretary_reads_it_too_for_the_letters_of_hand_over_lead_there(self) -> None:
        here = filled_town()
        client = browser(here)
        log_in(client, here.store, OFFICE.secret, NOW, address="kommunsekreterare@example.se")
        assert "sammanstallning.xlsx" in client.get("/lage/delarsrapport/2027-08").text
        assert client.get("/lage/delarsrapport/2027-08/sammanstallning.xlsx").content[:2] == b"PK"
        client.cookies.clear()
        assert client.get("/lage/delarsrapport/2027-08/sammanstallning.xlsx").status_code in (303, 403)

    @pytest.mark.parametrize(
        ("address", "words"),
        [
            ("delarsrapport/1999-08/sammanstallning.xlsx", "Delårsrapport finns inte i årshjulet för den perioden"),
            ("budget/2028/sammanstallning.xlsx", "finns inte i årshjulet för den perioden"),
            ("delarsrapport/2027-08/sammanstallning.pdf", "finns som .xlsx och .docx, inte som .pdf"),
        ],
    )
    def test_what_is_not_there_is_told(self, address: str, words: str) -> None:
        answer = browser(filled_town()).get(f"/lage/{address}")
        assert answer.status_code == 404 and words in answer.text

    def test_a_new_version_tells_what_changed_since_the_one_before(self) -> None:
        here = filled_town()
        assert "Ändrat sedan" not in page_of(here)
        with here.store.begin() as session:
            hand_in(session, here, "bildningsnamnden", "ekonomi", changed=second_version())
        page = page_of(here)
        assert "Ändrat sedan version 1 (1)" in page
        assert "Ekonomi, Förskola, Utfall perioden: 92 400 tkr blev 92 150 tkr (−250 tkr)" in page

    def test_the_same_figures_in_another_file_say_so_and_a_version_that_was_not_read_is_passed_over(self) -> None:
        here = filled_town()
        with here.store.begin() as session:
            hand_in(session, here, "bildningsnamnden", "ekonomi", changed={"ekonomi": None})
            hand_in(session, here, "bildningsnamnden", "ekonomi")
        assert "Inget har ändrats sedan version 1" in page_of(here)


class TestKvittens:
    def text(self, here: Town, version: int, outcome: str = "mottagen", **more: object) -> str:
        one = here.wheel.obligations[BIN_UNDERLAG]
        received = Received(
            obligation=one, part=one.parts[0], outcome="mottagen", version=version, received_at=NOW,
            by="Karin Exempelsson", late=False, complete=False, filename="ekonomi.xlsx", sha256="ab" * 32,
            ej_aktuellt=None, findings=(QUESTION,),
        )  # fmt: skip
        with here.store.begin() as session:
            person = session.get(Person, CHIEF)
            assert person is not None
            write_receipt(session, OFFICE, [replace(received, outcome=outcome, **more)], person, NOW)  # type: ignore[arg-type]  # as it takes them
            mime = session.scalars(select(LetterRow.mime).order_by(LetterRow.id.desc())).first()
        letter = message_from_bytes(mime or b"", policy=policy.default)
        body = letter.get_body(("plain",))
        assert body is not None
        return " ".join(body.get_content().replace("\u00a0", " ").split())

    def test_it_tells_time_version_fingerprint_findings_and_what_changed(self) -> None:
        here = filled_town()
        with here.store.begin() as session:
            hand_in(session, here, "bildningsnamnden", "ekonomi", changed=second_version())
        text = self.text(here, 2)
        for words in (
            "Mottaget: tisdag 21 september 2027 kl. 16.00",
            "ekonomi.xlsx, version 2: inte komplett än",
            f"ekonomi.xlsx, version 2: {'ab' * 32}",
            f"Behöver svar: {QUESTION.message}",
            f"Gör så här: {QUESTION.mend}",
            "Ekonomi!F10. Enligt styrmodell",
            "Ändrat sedan version 1: - Ekonomi, Förskola, Utfall perioden: 92 400 tkr blev 92 150 tkr (−250 tkr)",
        ):
            assert words in text

    def test_a_first_version_and_an_answered_question_have_nothing_to_compare_with(self) -> None:
        here = filled_town()
        assert "sedan version" not in self.text(here, 1)
        with here.store.begin() as session:
            hand_in(session, here, "bildningsnamnden", "ekonomi", changed=second_version())
        assert "sedan version" not in self.text(here, 2, outcome="besvarad")


def test_the_artifact_leads_to_both_files() -> None:
    here = filled_town()
    with here.store.read() as session:
        scene = Scene(session, OFFICE, NOW)
        words = summary(scene, scene.wheel.occurrence(OCCURRENCE))
    page = "http://testserver/lage/delarsrapport/2027-08"
    assert f"[Excel]({page}/sammanstallning.xlsx), [Word]({page}/sammanstallning.docx)" in words
    assert words.startswith("**Delårsrapport augusti 2027**")


def test_the_artifact_says_first_that_letters_do_not_go_to_their_readers() -> None:
    here = filled_town()
    with here.store.read() as session:
        for utskick in ("skugga", "av"):
            scene = Scene(session, replace(OFFICE, utskick=utskick), NOW)
            assert summary(scene, scene.wheel.occurrence(OCCURRENCE)).startswith(
                f"**Utskick är {'i ' * (utskick == 'skugga')}{utskick}."
            )


@pytest.fixture
def arshjul(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Result]:
    """Run a command in an installation of Hedemora on Tuesday 21 September 2027, where some have handed in."""
    shutil.copytree(_ready().name, tmp_path / "data")
    _in(tmp_path / "data", monkeypatch)
    return lambda *words: CliRunner().invoke(cli, list(words))


@cache
def _ready() -> TemporaryDirectory[str]:
    """The installation's folder, made ready once: each test has a copy."""
    folder = TemporaryDirectory()
    with pytest.MonkeyPatch.context() as environ:
        _in(Path(folder.name), environ)
        settings = Settings()
        prepare(settings, clock_for(settings))
        machine = open_machine()
        _hand_in(machine, "bildningsnamnden")
        machine.store.close()
    return folder


def _in(folder: Path, environ: pytest.MonkeyPatch) -> None:
    for name in [name for name in os.environ if name.startswith("ARSHJUL_")]:
        environ.delenv(name)
    for name, value in environment(folder, NOW="2027-09-21T16:00", I_DRIFT_FRAN="2027-08-01").items():
        if name.startswith("ARSHJUL_"):
            environ.setenv(name, value)


def _hand_in(machine: Machine, unit: str, *parts: str, changed: dict[str, Filled | None] | None = None) -> None:
    with writing(machine) as scene:
        hand_in(scene.session, Town(machine.store, scene.wheel, scene.office.sourced), unit, *parts, changed=changed)
        touch(scene.session, [OCCURRENCE], scene.now)


class TestCompile:
    """``compile STEP PERIOD --mapp FOLDER`` writes both files."""

    def test_both_files_are_written_and_the_läge_is_told(self, arshjul: Callable[..., Result], tmp_path: Path) -> None:
        result = arshjul("compile", "delarsrapport", "2027-08", "--mapp", str(tmp_path / "ut"), "--vem", "Eva Ekonom")
        assert result.exit_code == 0, result.output
        assert "Delårsrapport augusti 2027, läget tisdag 21 september 2027 kl. 16.00" in result.output
        assert "1 av 6 enheter har lämnat allt underlag: Bildningsnämnden." in result.output
        names = sorted(each.name for each in (tmp_path / "ut").iterdir())
        assert names == ["Sammanställning Delårsrapport 2027-08.docx", "Sammanställning Delårsrapport 2027-08.xlsx"]
        with open_machine().store.read() as session:
            reads = session.scalars(select(LogRow).where(LogRow.what == "handling.read", LogRow.who == "Eva Ekonom"))
            told = [(row.key, row.detail["filename"]) for row in reads]
        assert told == [("hedemora/delarsrapport/2027-08", name) for name in reversed(names)]

    def test_a_machine_reads_files_units_and_differences(self, arshjul: Callable[..., Result], tmp_path: Path) -> None:
        result = arshjul("compile", "delarsrapport", "2027-08", "--mapp", str(tmp_path), "--json")
        read = json.loads(result.stdout)
        assert list(read) == ["step", "period", "files", "units", "differences", "unanswered"]
        assert [each["kind"] for each in read["files"]] == ["xlsx", "docx"]
        assert all(Path(each["path"]).is_file() and len(each["sha256"]) == 64 for each in read["files"])
        missing = {each["unit"]: each["missing"] for each in read["units"]}
        assert missing["bildningsnamnden"] == [] and "Bolagets rapport" in missing["energibolaget"]
        assert (read["differences"], read["unanswered"]) == ([], 0)

    @pytest.mark.parametrize(
        ("step", "period", "words"),
        [
            ("delårsraport", "2027-08", "ingen rapport 'delårsraport', menade du 'delarsrapport'?"),
            ("delarsrapport", "2027-8", "finns inte för perioden '2027-8', menade du '2027-08'?"),
            ("budget", "2028", "ingen rapport 'budget'; tillåtna är arsredovisning, delarsrapport"),
        ],
    )
    def test_a_wrong_name_is_told_with_the_right_one(
        self, arshjul: Callable[..., Result], tmp_path: Path, step: str, period: str, words: str
    ) -> None:
        refused = arshjul("compile", step, period, "--mapp", str(tmp_path)).exception
        assert words in str(refused)

    def test_a_folder_that_cannot_be_written_is_told(self, arshjul: Callable[..., Result], tmp_path: Path) -> None:
        file = tmp_path / "upptagen"
        file.write_text("en fil")
        refused = arshjul("compile", "delarsrapport", "2027-08", "--mapp", str(file)).exception
        assert "går inte att skriva" in str(refused)


@pytest.fixture
def machine(arshjul: Callable[..., Result], prefect_server) -> Iterator[Machine]:
    with reporting_to(prefect_server.api, prefect_server.auth):
        yield open_machine()


@pytest.mark.slow
def test_the_watchdog_makes_it_anew_after_a_hand_in_and_not_otherwise(machine: Machine) -> None:
    watchdog = Watchdog(machine)

    def look() -> tuple[int, int]:
        async def once() -> int:
            await watchdog.prefect.draw_touched()
            return await watchdog.prefect.compile_redrawn()

        made = asyncio.run(once())
        with machine.store.read() as session:
            return made, session.scalar(select(func.count()).select_from(Compilation)) or 0

    assert look() == (4, 4)  # the prognos' too: its figures are in the delårsrapport's Ekonomi
    assert look() == (0, 4)
    with writing(machine) as scene:
        touch(scene.session, [OCCURRENCE], scene.now)  # a letter was handed over: nothing that it shows
    assert look() == (0, 4)
    _hand_in(machine, "bildningsnamnden", "ekonomi", changed=second_version())
    assert look() == (2, 4)

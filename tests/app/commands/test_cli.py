"""The command line: what machines read is stable, what people read is Swedish, and faults say what to do."""

import json
import os
import re
import shutil
import sys
import zipfile
from collections.abc import Callable
from datetime import date, datetime, time
from hashlib import sha256
from pathlib import Path
from runpy import run_module

import pytest
from docx import Document
from openpyxl import load_workbook
from sqlalchemy import select, update
from typer.testing import CliRunner, Result

from actions.plan.tidplan import close_period
from app.commands.cli import cli
from app.settings import load_settings
from app.wiring import open_machine, prepare
from arshjul.errors import DefinitionError, RefusedError
from arshjul.keys import ObligationKey, PartId
from arshjul.swedish import local
from store.access import links, login_links, sessions
from store.database import open_store
from store.tables import LogRow
from submissions.files.parts import Upload
from submissions.intake.receive import receive
from tests.rig.acts import act
from tests.rig.files.malls import FILES, OWN
from tests.rig.handins import docx
from tests.rig.installed import lay_installation
from tests.rig.load import file_of, hedemora, text
from tests.rig.scenes import writing

pytestmark = pytest.mark.whole

KEYS = ["key", "step", "period", "unit", "milestone", "at", "last_day", "lawful_until", "lagrum", "status", "window"]

BIN_2026 = ObligationKey("hedemora/delarsrapport/2026-08/bildningsnamnden/underlag")
KF_DECIDES = ("delarsrapport", "2026-08", "kf", "2026-11-24")
REFUSED: list[tuple[tuple[str, ...], str]] = [
    (("decide", *KF_DECIDES, "--beslut", "återremitteras"), "Skriv varför"),
    (
        ("decide", *KF_DECIDES, "--beslut", "återremitteras", "--varfor", "Redovisa åtgärderna."),
        "Det görs på organets sida i portalen: http://127.0.0.1:8040/organ/kf",
    ),
    (("people", "revoke-links", "hr-chef@example.se", "--varfor", "nej"), "Skriv varför"),
    (("open", "delarsrapport", "2026-08", "bildningsnamnden", "--varfor", "nej"), "Skriv varför"),
    (
        ("meeting", "kf", "--dag", "2026-12-22", "--ny-dag", "2027-01-12", "--varfor", "Lokalen."),
        "Mötet måste flyttas inom samma år",
    ),
    (("decide", *KF_DECIDES, "--beslut", "överlämnas"), "Välj vilket organ det överlämnas till"),
    (
        ("decide", *KF_DECIDES, "--beslut", "överlämnas", "--till", "bildningsnamnden"),
        "Välj vilket organ det överlämnas till",
    ),
    (("happened", "skr-prognosen", "2026-11-02"), "okänd händelse 'skr-prognosen', menade du 'skr-prognos'?"),
    (("happened", "skr-prognos", "2026-11-02", "--ta-tillbaka"), "är inte registrerad måndag 2 november 2026"),
    (("decide", *KF_DECIDES, "--till", "ks"), "Beslutet är behandlas, och då överlämnas inget"),
]


@pytest.fixture
def arshjul(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Result]:
    """Run a command in an empty installation."""
    for name in [name for name in os.environ if name.startswith("ARSHJUL_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("ARSHJUL_DATA_DIR", str(tmp_path / "data"))
    return lambda *words: CliRunner().invoke(cli, list(words))


@pytest.fixture
def program(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Callable[..., tuple[object, str]]:
    """Run ``python -m app`` in this process; return the code that it ends with and what it says of a fault."""

    def run(*words: str) -> tuple[object, str]:
        monkeypatch.setattr(sys, "argv", ["arshjul", *words])
        mask = os.umask(0o022)
        try:
            with pytest.raises(SystemExit) as ended:
                run_module("app", run_name="__main__")
        finally:
            os.umask(mask)  # a command makes what it writes its user's alone
        return ended.value.code, capsys.readouterr().err

    return run


def rows(result: Result) -> list[dict[str, object]]:
    assert result.exit_code == 0, result.output
    return list(json.loads(result.stdout))


class TestPlan:
    """``plan YEAR --json`` is a list of milestones in the order of time."""

    def test_each_line_has_the_documented_keys(self, arshjul: Callable[..., Result]) -> None:
        lines = rows(arshjul("plan", "2027", "--json"))
        assert all(list(line) == KEYS for line in lines)
        assert lines == sorted(lines, key=lambda line: (datetime.fromisoformat(str(line["at"])), str(line["key"])))
        assert {str(line["at"])[:4] for line in lines} == {"2027"}

    def test_it_is_saved_as_a_workbook_and_what_cannot_be_written_is_told(
        self, arshjul: Callable[..., Result], tmp_path: Path
    ) -> None:
        file = tmp_path / "ny mapp" / "plan.xlsx"
        assert "är sparad som" in arshjul("plan", "2027", "--xlsx", str(file)).output
        assert load_workbook(file).sheetnames == ["Årsplan 2027", "Brevens dagar"]
        told = arshjul("plan", "2027").output
        assert "När det registreras: SKR:s prognos (Uppdaterade budgetförutsättningar)" in told, "it has no day yet"
        refused = arshjul("plan", "2027", "--xlsx", str(tmp_path))  # a folder
        assert refused.exit_code == 1 and "går inte att skriva" in str(refused.exception or refused.output)

    @pytest.mark.parametrize(
        ("year", "key", "last_day", "lawful_until"),
        [
            # 31 October 2026 is a Saturday and alla helgons dag
            (2026, "delarsrapport/2026-08", "2026-10-30", "2026-11-02"),
            # 31 October 2027 is a Sunday
            (2027, "delarsrapport/2027-08", "2027-10-29", "2027-11-01"),
            # 15 April 2028 is påskafton, the 14th långfredag, the 17th annandag påsk
            (2028, "arsredovisning/2027", "2028-04-13", "2028-04-18"),
        ],
    )
    def test_what_the_law_says_is_handed_over_in_time(
        self, arshjul: Callable[..., Result], year: int, key: str, last_day: str, lawful_until: str
    ) -> None:
        line = next(
            each
            for each in rows(arshjul("plan", str(year), "--json"))
            if each["key"] == f"hedemora/{key}/kommunen/overlamnande"
        )
        assert (line["unit"], line["last_day"], line["lawful_until"]) == (None, last_day, lawful_until)

    def test_an_instant_carries_the_offset_of_summer_or_winter_time(self, arshjul: Callable[..., Result]) -> None:
        at = {line["key"]: line["at"] for line in rows(arshjul("plan", "2027", "--json"))}
        assert at["hedemora/delarsrapport/2027-08/bildningsnamnden/paminnelse-5"] == "2027-09-14T07:00:00+02:00"
        assert at["hedemora/budget/2028/kommunen/budget"] == "2027-11-23T18:00:00+01:00"

    def test_people_see_weekdays_and_swedish_names(self, arshjul: Callable[..., Result]) -> None:
        result = arshjul("plan", "2027")
        assert "tis 14 sep" in result.output
        assert "påminnelse 5" in result.output
        assert "Omsorgsnämnden" in result.output and "15 april 2027" in result.output
        assert not re.search(r"2027-\d\d|\b[a-z]+namnden\b", result.output), "an id or a machine's day"

    def test_what_was_recorded_moves_the_plan(self, arshjul: Callable[..., Result]) -> None:
        _installation()
        before = {line["key"]: line["last_day"] for line in rows(arshjul("plan", "2027", "--json"))}
        _record_late_closing(load_settings().database_url)
        after = {line["key"]: line["last_day"] for line in rows(arshjul("plan", "2027", "--json"))}
        frist = "hedemora/manadsrapport/2027-09/bildningsnamnden/frist"
        assert (before[frist], after[frist]) == ("2027-10-14", "2027-10-19")  # closed on Tuesday the 12th

    def test_the_diff_tells_frister_and_what_they_lead_to(
        self, arshjul: Callable[..., Result], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("ARSHJUL_NOW", "2027-10-15T08:00:00")
        monkeypatch.setenv("ARSHJUL_I_DRIFT_FRAN", "2027-01-01")
        prepare(load_settings(), lambda: local(date(2027, 10, 15), time(8)))
        assert rows(arshjul("plan", "2027", "--skillnader", "--json")) == []
        shipped = file_of("hedemora").read_text(encoding="utf-8")
        new = tmp_path / "ny.yaml"
        new.write_text(shipped.replace("maj, september", "maj, juni, september", 1), encoding="utf-8")
        told = rows(arshjul("plan", "2027", "--skillnader", "--json", "--definition", str(new)))
        assert all(list(line) == ["key", "before", "after", "told", "effects"] for line in told)
        effects = {str(line["key"]): line["effects"] for line in told}
        past = "hedemora/manadsrapport/2027-06/bildningsnamnden/underlag"
        ahead = "hedemora/manadsrapport/2028-06/bildningsnamnden/underlag"
        assert effects[past] == ["tillkommer efter fristen; tyst tills någon öppnar det (arshjul open)"]
        assert effects[ahead] == ["nytt att lämna in, frist fredag 14 juli 2028 kl. 16.00"]

    @pytest.mark.slow
    def test_sqlite_and_postgresql_give_the_same_bytes(
        self, arshjul: Callable[..., Result], tmp_path: Path, postgres_url: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """With something recorded, so that the databases really are asked."""
        monkeypatch.setenv("ARSHJUL_DEFINITION", str(file_of("strandby")))
        printed = []
        for url in (f"sqlite:///{tmp_path / 'arshjul.db'}", postgres_url):
            monkeypatch.setenv("ARSHJUL_DATABASE_URL", url)
            _installation(recorded=True)
            printed.append([arshjul("plan", year, "--json").stdout_bytes for year in ("2026", "2027", "2028")])
        assert printed[0] == printed[1]
        assert b"2027-10-19" in printed[0][1]


class TestCheck:
    """``check`` tells faults with file and line; a fault is exit code 1, a warning 0."""

    def test_hedemora_has_one_warning_and_no_fault(self, arshjul: Callable[..., Result]) -> None:
        (line,) = rows(arshjul("check", "--json"))
        assert list(line) == ["severity", "where", "rule", "message", "lagrum", "wordings"]
        assert line["wordings"] == [{"lagrum": "KL 11 kap. 8 §", "sfs": "2019:835", "day": "2025-05-26"}]
        assert (line["severity"], line["rule"], line["lagrum"]) == ("varning", "KL 11:8", "KL 11 kap. 8 §")

    def test_a_laglighetskontroll_is_saved_for_the_decision_on_the_tidplan(
        self, arshjul: Callable[..., Result], tmp_path: Path
    ) -> None:
        """With what is held against the law; not while the file itself is wrong."""
        paper = tmp_path / "kontroll.docx"
        result = arshjul(
            "check", str(file_of("mjolby")), "--ar", "2027", "--vem", "ekonomichefen", "--docx", str(paper)
        )
        assert (result.exit_code, result.output.splitlines()[0]) == (0, "Inga fel.")
        assert "Laglighetskontrollen är sparad som" in result.output
        document = Document(str(paper))
        facts = {row.cells[0].text: row.cells[1].text for row in document.tables[0].rows}
        assert document.paragraphs[0].text == "Laglighetskontroll av årshjulet 2027"
        assert (facts["Kommun"], facts["Definition"]) == ("Mjölby kommun", "mjolby.yaml")
        assert facts["SHA-256"] == sha256(file_of("mjolby").read_bytes()).hexdigest()
        wrong = tmp_path / "fel.yaml"
        wrong.write_text(
            file_of("mjolby").read_text(encoding="utf-8").replace("organ: ks\n", "organ: kss\n", 1), encoding="utf-8"
        )
        paper.unlink()
        result = arshjul("check", str(wrong), "--docx", str(paper))
        assert (result.exit_code, paper.exists()) == (1, False)
        assert "rätta först felen i filen" in result.output

    def test_a_misspelt_role_is_told_with_the_right_word(self, arshjul: Callable[..., Result], tmp_path: Path) -> None:
        text = load_settings().definition.read_text(encoding="utf-8")
        wrong = tmp_path / "fel.yaml"
        wrong.write_text(text.replace("till: [ekonomichef]", "till: [ekonmichef]", 1), encoding="utf-8")
        result = arshjul("check", str(wrong), "--json")
        (line,) = json.loads(result.stdout)
        assert result.exit_code == 1
        assert "okänd roll 'ekonmichef', menade du 'ekonomichef'?" in line["message"]

    def test_a_file_that_is_not_there_is_told(self, program: Callable[..., tuple[object, str]], tmp_path: Path) -> None:
        code, told = program("check", str(tmp_path / "saknas.yaml"))
        assert code == 1
        assert "går inte att läsa" in told
        assert "Traceback" not in told


class TestRehearse:
    """``rehearse YEAR --json`` is a list of events."""

    def test_events_have_the_documented_shape(
        self, arshjul: Callable[..., Result], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("ARSHJUL_DEFINITION", str(file_of("strandby")))
        scenario = tmp_path / "till februari.yaml"  # up to KSAU for the årsredovisning; a whole year takes long
        scenario.write_text("nere:\n  - {från: 2027-02-19, till: 2028-01-01}\n", encoding="utf-8")
        events = rows(arshjul("rehearse", "2027", "--scenario", str(scenario), "--json"))
        assert {event["kind"] for event in events} <= {"letter", "finding", "escalation", "withdrawn", "state"}
        letters = [event for event in events if event["kind"] == "letter"]
        assert all({"at", "key", "rung", "to", "cc", "subject", "notices"} <= set(letter) for letter in letters)
        assert any(letter["rung"] == "ksau" for letter in letters)


class TestUtskick:
    """No letter reaches people by mistake."""

    def test_what_was_sharp_towards_the_provbrevlada_is_skugga_towards_people(
        self, arshjul: Callable[..., Result], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        assert load_settings().utskick_at_start == "skarpt"
        _installation()
        assert open_machine().office.utskick == "skarpt"
        monkeypatch.setenv("ARSHJUL_SMTP_URL", "smtp://relay.example.se:25")
        _installation()
        assert open_machine().office.utskick == "skugga"
        arshjul("utskick", "skarpt", "--vem", "ekonomichef")
        _installation()  # a restart does not take back what somebody chose
        assert open_machine().office.utskick == "skarpt"

    def test_an_unknown_word_is_refused(self, arshjul: Callable[..., Result]) -> None:
        _installation()
        refused = arshjul("utskick", "skarp", "--vem", "ekonomichef").exception
        assert str(refused) == "okänt utskick 'skarp', menade du 'skarpt'?"


class TestPeople:
    """``people import`` reads what Excel saves, and says what it cannot read."""

    def test_a_csv_from_swedish_excel_is_read(self, arshjul: Callable[..., Result], tmp_path: Path) -> None:
        _installation()
        file = tmp_path / "personer.csv"
        text = load_settings().people.read_text(encoding="utf-8")
        file.write_bytes(text.replace("Förvaltningschef omsorg", "Förvaltningschef äldreomsorg").encode("cp1252"))
        result = arshjul("people", "import", str(file))
        assert result.exit_code == 0, result.output
        with open_machine().look() as scene:
            chief = scene.people.who("forvaltningschef", "omsorgsnamnden")
        assert chief is not None
        assert chief.name == "Förvaltningschef äldreomsorg"

    def test_a_file_that_is_not_there_is_told(self, arshjul: Callable[..., Result], tmp_path: Path) -> None:
        _installation()
        refused = arshjul("people", "import", str(tmp_path / "saknas.csv")).exception
        assert "går inte att läsa" in str(refused)

    def test_a_persons_links_are_revoked(self, arshjul: Callable[..., Result]) -> None:
        _installation()
        with writing(open_machine()) as scene:
            links.issue(scene.session, "hr-chef@example.se", ["hr_chef"], scene.now)
        assert (
            "Avslutat: 1 personlig länk"
            in arshjul("people", "revoke-links", "hr-chef@example.se", "--varfor", "Har slutat.").output
        )
        assert (
            "personlig länk"
            not in arshjul("people", "revoke-links", "hr-chef@example.se", "--varfor", "Har slutat.").output
        )


class TestRecord:
    """What is recorded by a command is refused as on a page, with the remedy."""

    def test_what_a_page_refuses_a_command_refuses_too(
        self, arshjul: Callable[..., Result], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("ARSHJUL_NOW", "2026-12-01T09:00")
        _installation()
        with writing(open_machine()) as scene:
            receive(
                scene.session, scene.wheel, BIN_2026, PartId("mal-och-resultat"), upload=Upload(filename="mål.docx", content=docx()),
                by="controller", via="prov", now=scene.now,
            )  # fmt: skip
            before = len(scene.session.scalars(select(LogRow)).all())
        for words, told in REFUSED:
            refused = arshjul(*words, "--vem", "ekonomichef").exception
            assert isinstance(refused, RefusedError) and told in str(refused), (words, refused)
        with open_machine().look() as scene:
            assert len(scene.session.scalars(select(LogRow)).all()) == before

    def test_a_round_that_is_asked_for_is_in_the_log_by_whom(self, arshjul: Callable[..., Result]) -> None:
        _installation()
        assert "(begärd av ekonomichef)." in arshjul("reconcile", "--vem", "ekonomichef").output
        with open_machine().look() as scene:
            rows = scene.session.scalars(select(LogRow).where(LogRow.what == "round.asked")).all()
        assert [row.who for row in rows] == ["ekonomichef"]


def test_what_an_enhet_below_has_handed_in_is_approved_by_a_command(
    arshjul: Callable[..., Result], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ARSHJUL_DEFINITION", str(file_of("bergvik")))
    monkeypatch.setenv("ARSHJUL_NOW", "2027-10-11T09:00")
    _installation()
    approve = (
        "submit", "aktivitetsplaner", "2028", "aldreomsorgen", "plan-hemtjanst-norr", "--krav", "verksamhetens", "--godkann", "--vem", "Bo Ek",
    )  # fmt: skip
    refused = arshjul(*approve).exception
    assert isinstance(refused, RefusedError) and "allt är inte inne än" in str(refused)
    plan = tmp_path / "plan.docx"
    plan.write_bytes(docx())
    below = ("submit", "aktivitetsplaner", "2028", "hemtjanst-norr", "plan", "--krav", "plan", "--fil", str(plan))
    assert "mottagen" in arshjul(*below, "--vem", "Ann Ek").output
    monkeypatch.setenv("ARSHJUL_NOW", "2027-10-11T10:00")
    assert "från hemtjänst norr: mottagen, version 1" in arshjul(*approve).output
    row = next(each for each in json.loads(arshjul("status", "--json").output) if each["unit"] == "Äldreomsorgen")
    assert row["below"] == "1 av 2 enheter under har lämnat, 1 godkänd; väntar på hemtjänst söder"


class TestMail:
    """``mail`` takes in a saved mail, and says what became of it."""

    def test_a_mail_that_waits_for_a_person_ends_with_1_and_the_page(
        self, arshjul: Callable[..., Result], tmp_path: Path
    ) -> None:
        _installation()
        file = tmp_path / "svar.eml"
        file.write_bytes(b"From: okand@example.org\r\nMessage-ID: <1@example.org>\r\nSubject: Hej\r\n\r\nHej\r\n")
        first = arshjul("mail", str(file), "--json")
        told = json.loads(first.stdout)
        assert (first.exit_code, told["kind"], told["state"], told["from"]) == (1, "svar", "oläst", "okand@example.org")
        again = arshjul("mail", str(file))
        assert again.exit_code == 1 and "Samma mejl" in again.output and "/registrera/1" in again.output

    def test_a_mail_cannot_come_tomorrow(self, arshjul: Callable[..., Result], tmp_path: Path) -> None:
        _installation()
        file = tmp_path / "svar.eml"
        file.write_bytes(b"From: okand@example.org\r\n\r\nHej\r\n")
        assert "har inte varit än" in str(arshjul("mail", str(file), "--kom", "2190-01-01T08:00").exception)


class TestTemplate:
    """``template REPORT UNIT PERIOD --mapp FOLDER`` writes what the enhet shall fill in, and prints the files."""

    def test_every_mall_of_the_enhet_is_written_with_what_is_handed_in_with_it(
        self, arshjul: Callable[..., Result], tmp_path: Path
    ) -> None:
        result = arshjul(
            "template", "delarsrapport", "bildningsnamnden", "2027-08", "--mapp", str(tmp_path / "ny" / "mapp")
        )
        assert result.exit_code == 0, result.output
        printed = [Path(line) for line in result.stdout.splitlines()]
        assert [file.name for file in printed] == [
            "Delårsrapport 2027-08 Bildningsnämnden Ekonomi.xlsx",
            "Delårsrapport 2027-08 Bildningsnämnden Mål- och resultatuppföljning.docx",
            "Delårsrapport 2027-08 Bildningsnämnden Riskanalys, åtgärder och kontrollinsatser.docx",
            "Delårsrapport 2027-08 Bildningsnämnden Särskilda uppdrag.xlsx",
            "Prognos 2027-08 Bildningsnämnden Planerade åtgärder.docx",
        ]
        assert sorted(printed) == sorted((tmp_path / "ny" / "mapp").iterdir())
        assert all(file.read_bytes().startswith(b"PK") for file in printed)

    def test_a_mall_of_a_definition_of_ones_own_has_the_registers_entries(
        self, arshjul: Callable[..., Result], tmp_path: Path
    ) -> None:
        words = ("styrdokument", "landsbygdsnamnden", "2018", "--definition", str(file_of("orebro")))
        (printed,) = arshjul("template", *words, "--mapp", str(tmp_path)).stdout.splitlines()
        (sheet,) = (each for each in load_workbook(printed).worksheets if each.title == "Styrdokument")
        names = [cell.value for row in sheet.iter_rows(max_col=2) for cell in row]
        assert {"Landsbygdsprogram för Örebro kommun", "Handlingsplan för hbtq-arbete 2017-2021"} <= {*names}

    def test_machines_get_each_file_with_its_part(self, arshjul: Callable[..., Result], tmp_path: Path) -> None:
        _installation()
        lines = rows(
            arshjul("template", "manadsrapport", "omsorgsnamnden", "2027-10", "--mapp", str(tmp_path), "--json")
        )
        assert [list(line) for line in lines] == [["file", "step", "period", "unit", "krav", "part"]] * 2
        assert [(line["step"], line["part"]) for line in lines] == [
            ("manadsrapport", "ekonomisk-uppfoljning"),
            ("prognos", "helarsprognos"),
        ]

    @pytest.mark.parametrize(
        ("words", "told"),
        [
            (
                ("delarsraport", "bildningsnamnden", "2027-08"),
                "okänd rapport 'delarsraport', menade du 'delarsrapport'?",
            ),
            (
                ("delarsrapport", "bildningsnamden", "2027-08"),
                "okänd enhet 'bildningsnamden', menade du 'bildningsnamnden'?",
            ),
            (("delarsrapport", "bildningsnamnden", "2027-09"), "menade du '2027-08'?"),
            (("prognos", "bildningsnamnden", "2027-04"), "det året görs den för 2027-03, 2027-08 och 2027-10"),
            (("delarsrapport", "bildningsnamnden", "augusti"), "skriv 2027-08 för en månad eller 2027 för ett år."),
            (
                ("detaljbudget", "kommunstyrelsen", "2027"),
                "detaljbudget 2027. Budgeten är inläst i ekonomisystemet: ett intyg, som kryssas i på sidan.",
            ),
            (
                ("budget", "kommunstyrelsen", "2027"),
                "ekonomi: en text utan rubriker för perioden; skriv 'rubriker' i delen, så får den en mall.",
            ),
            (
                ("budget", "bildningsnamnden", "2027"),
                "Bildningsnämnden lämnar inget till budget 2027; tillåtna är kommunstyrelsen.",
            ),
        ],
    )
    def test_a_wrong_name_is_told_with_the_nearest_right_word(
        self, arshjul: Callable[..., Result], tmp_path: Path, words: tuple[str, ...], told: str
    ) -> None:
        assert told in str(arshjul("template", *words, "--mapp", str(tmp_path)).exception)
        assert list(tmp_path.glob("*.*")) == []

    def test_a_wrong_name_tells_which_definition_was_read(self, arshjul: Callable[..., Result], tmp_path: Path) -> None:
        told = str(arshjul("template", "tertialrapport", "socialnamnden", "2027-04", "--mapp", str(tmp_path)).exception)
        assert told.endswith("Det som lästes är definitionen för Hedemora kommun; välj en annan med --definition.")

    def test_a_folder_that_cannot_be_written_is_told(self, arshjul: Callable[..., Result], tmp_path: Path) -> None:
        (tmp_path / "fil").write_text("")
        result = arshjul("template", "prognos", "energibolaget", "2027-03", "--mapp", str(tmp_path / "fil"))
        assert "går inte att skriva" in str(result.exception)
        assert "Välj en annan mapp" in str(result.exception)


class TestLogin:
    """``login`` prints a one-time link for the one who has the machine."""

    def test_the_link_opens_once_and_names_who_made_it(self, arshjul: Callable[..., Result]) -> None:
        _installation()
        result = arshjul("login", "--vem", "Anna Ek")
        assert result.exit_code == 0 and "Den fungerar en gång" in result.output
        token = re.search(r"http://127\.0\.0\.1:8040/logga-in/lank/(\S+)", result.output)[1]
        machine = open_machine()
        with machine.store.begin() as session:
            link = login_links.use(session, machine.office.secret, token, machine.clock())
            assert (link.name, link.address, link.via) == ("Anna Ek", None, "kommandoraden")
            with pytest.raises(RefusedError):
                login_links.use(session, machine.office.secret, token, machine.clock())

    def test_revoking_a_persons_links_logs_them_out_too(self, arshjul: Callable[..., Result]) -> None:
        _installation()
        machine = open_machine()
        with machine.store.begin() as session:
            address = "ekonomikontoret@example.se"
            who = {"subject": address, "name": "Anna Ek", "address": address, "via": "brev", "roles": None}
            token, _ = sessions.begin(session, machine.office.secret, **who, now=machine.clock())
        assert (
            "Avslutat: 1 inloggning"
            in arshjul("people", "revoke-links", address, "--vem", "test", "--varfor", "Har slutat.").output
        )
        with machine.store.read() as session:
            assert sessions.find(session, machine.office.secret, token, machine.clock()) is None


class TestInstallation:
    """Commands that need an installation say so when there is none."""

    @pytest.mark.usefixtures("arshjul")
    def test_an_empty_installation_is_told(self, program: Callable[..., tuple[object, str]]) -> None:
        code, told = program("status")
        assert code == 1
        assert "arshjul up" in told
        assert "Traceback" not in told

    def test_an_own_mall_that_is_missing_stops_the_start_and_is_told_by_check(
        self, arshjul: Callable[..., Result], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        file = tmp_path / "kommun.yaml"
        file.write_text(text("hedemora") + OWN)
        shutil.copy(FILES / "egen-ekonomi.xlsx", tmp_path)
        result = arshjul("check", str(file))
        assert result.exit_code == 1
        assert "mallen 'egen-verksamhetsberattelse.docx' går inte att läsa" in result.output
        monkeypatch.setenv("ARSHJUL_DEFINITION", str(file))
        monkeypatch.setenv("ARSHJUL_PEOPLE", str(file_of("hedemora").with_name("hedemora.personer.csv")))
        with pytest.raises(DefinitionError, match=r"egen-verksamhetsberattelse\.docx"):
            _installation()
        shutil.copy(FILES / "egen-verksamhetsberattelse.docx", tmp_path)
        assert arshjul("check", str(file)).exit_code == 0

    def test_our_template_of_the_tjansteskrivelse_is_written_and_is_taken_as_the_municipalitys_own(
        self, arshjul: Callable[..., Result], tmp_path: Path
    ) -> None:
        result = arshjul("paper-template", "--mapp", str(tmp_path))
        assert result.exit_code == 0 and "tjansteskrivelse.docx" in result.output
        file = tmp_path / "kommun.yaml"
        own = '\npapper:\n  tjansteskrivelse: {fil: tjansteskrivelse.docx, källa: exempel "Mallar"}\n'
        file.write_text(text("hedemora") + own)
        assert arshjul("check", str(file)).exit_code == 0
        (tmp_path / "tjansteskrivelse.docx").unlink()
        result = arshjul("check", str(file))
        assert result.exit_code == 1
        assert "mallen 'tjansteskrivelse.docx' till tjänsteskrivelse går inte att läsa" in result.output


def _installation(*, recorded: bool = False) -> None:
    """Make the installation ready; one that nothing has been said to is a copy of one that was made ready before."""
    settings = load_settings()
    said = {name for name in os.environ if name.startswith("ARSHJUL_")} - {"ARSHJUL_DATA_DIR", "ARSHJUL_NOW"}
    if said or settings.data_dir.exists():
        prepare(settings, _clock)
    else:
        lay_installation(settings.data_dir, _clock())
    if recorded:
        _record_late_closing(settings.database_url)


def _record_late_closing(url: str) -> None:
    store = open_store(url)
    now = local(date(2027, 10, 13), time(9))
    with store.begin() as session:
        close_period(act(session, now), "2027-09", date(2027, 10, 12))
    store.close()


class _Clock:
    def __call__(self) -> datetime:
        return local(date(2027, 1, 4), time(9))

    def real(self, instant: datetime) -> datetime:
        return instant


_clock = _Clock()


def test_hedemora_is_the_default_definition() -> None:
    assert load_settings().definition.name == hedemora().file


class TestTheLog:
    """``verify-log`` goes through the chain, ``archive`` takes out a year with it."""

    @pytest.fixture
    def installed(self, arshjul: Callable[..., Result], monkeypatch: pytest.MonkeyPatch) -> Callable[..., Result]:
        """An installation with a year that has ended."""
        monkeypatch.setenv("ARSHJUL_NOW", "2028-01-10T08:00")
        _installation(recorded=True)
        return arshjul

    def test_a_log_that_nobody_has_chained_holds_and_says_so(self, installed: Callable[..., Result]) -> None:
        result = installed("verify-log")
        assert result.exit_code == 0
        assert "Inget är kedjat än." in result.output
        assert "rader är inte kedjade än" in result.output

    def test_the_package_is_taken_out_once_and_logged(self, installed: Callable[..., Result], tmp_path: Path) -> None:
        place = tmp_path / "paket"
        result = installed("archive", "2027", "--mapp", str(place), "--vem", "arkivarien")
        assert result.exit_code == 0, result.output
        assert "Arkivpaketet för 2027" in result.output and "Kedjan stämmer" in result.output
        assert "Året är inte slut" not in result.output
        assert "arkivarien | Arkivpaket" not in (place / "logg/logg.txt").read_text(encoding="utf-8")
        store = open_store(load_settings().database_url)
        with store.read() as session:
            (row,) = session.scalars(select(LogRow).where(LogRow.what == "archive.made"))
        assert (row.who, row.detail["year"]) == ("arkivarien", 2027)
        store.close()
        again = installed("archive", "2027", "--mapp", str(place), "--vem", "arkivarien")
        assert isinstance(again.exception, RefusedError) and "finns redan" in str(again.exception)

    def test_a_persons_registerutdrag_is_written_once_and_logged(
        self, installed: Callable[..., Result], tmp_path: Path
    ) -> None:
        address, place = "ekonomichef@example.se", tmp_path / "utdrag.zip"
        result = installed("registerutdrag", address, "--till", str(place), "--vem", "arkivarien")
        assert result.exit_code == 0 and "Läs igenom det" in result.output
        with zipfile.ZipFile(place) as taken:
            assert json.loads(taken.read("registerutdrag.json"))["person"]["e-post"] == address
        again = installed("registerutdrag", address, "--till", str(place), "--vem", "arkivarien")
        assert isinstance(again.exception, RefusedError) and "finns redan" in str(again.exception)
        nobody = installed("registerutdrag", "okand@example.org", "--till", str(tmp_path / "x"), "--vem", "arkivarien")
        assert "Inga uppgifter om" in str(nobody.exception) and not (tmp_path / "x").exists()

    def test_what_may_be_gallrat_is_told_and_done_on_a_decision(
        self, installed: Callable[..., Result], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        assert "logg-2027: " in (told := installed("gallra").output) and "från fredag 1 januari 2038" in told
        early = installed("gallra", "logg-2027", "--beslut", "KS 2038 § 2", "--vem", "arkivarien")
        assert "får gallras först" in str(early.exception)
        monkeypatch.setenv("ARSHJUL_NOW", "2038-01-11T08:00")
        done = installed("gallra", "logg-2027", "--beslut", "KS 2038 § 2", "--vem", "arkivarien")
        assert done.exit_code == 0 and "Säkerhetskopior" in done.output, done.output
        assert json.loads(installed("verify-log", "--json").stdout)["holds"] is True

    def test_a_year_ahead_or_without_anything_is_told(self, installed: Callable[..., Result], tmp_path: Path) -> None:
        for year, words in (("2029", "har inte börjat"), ("2019", "Det finns inget från 2019")):
            result = installed("archive", year, "--mapp", str(tmp_path / year), "--vem", "arkivarien")
            assert words in str(result.exception)
            assert not (tmp_path / year).exists()

    def test_a_change_ends_with_code_1_and_names_the_row(
        self, installed: Callable[..., Result], tmp_path: Path
    ) -> None:
        installed("archive", "2027", "--mapp", str(tmp_path / "paket"), "--vem", "arkivarien")
        whole = json.loads(installed("verify-log", "--json").stdout)
        assert (whole["holds"], whole["broken"], whole["asked"]) == (True, None, None)
        digest = whole["days"][0]["digest"]
        found = installed("verify-log", "--kontrollsumma", digest[:20], "--json")
        assert found.exit_code == 0
        assert json.loads(found.stdout)["asked"]["head"]["digest"] == digest
        store = open_store(load_settings().database_url)
        with store.begin() as session:
            session.execute(update(LogRow).where(LogRow.number == 1).values(who="någon annan"))
        store.close()
        result = installed("verify-log", "--json")
        assert result.exit_code == 1
        assert json.loads(result.stdout)["broken"]["number"] == 1
        assert "Kedjan är bruten." in installed("verify-log").output
        assert installed("verify-log", "--kontrollsumma", digest).exit_code == 1

    def test_a_digest_that_is_not_there_ends_with_code_1(self, installed: Callable[..., Result]) -> None:
        result = installed("verify-log", "--kontrollsumma", "0" * 64)
        assert result.exit_code == 1
        assert result.output.startswith("Kontrollsumman finns inte i kedjan.")


def test_no_two_commands_have_one_name() -> None:
    """The later one would take the other's place without a word."""
    names = [each.name or (each.callback.__name__ if each.callback else "") for each in cli.registered_commands]
    assert {"hold", "hold-escalation"} <= set(names)
    assert [name for name in names if names.count(name) > 1] == []

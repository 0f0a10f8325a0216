"""What the year is: the plan, its check and its rehearsal, for people and for machines."""

import json
import re
from collections.abc import Callable
from datetime import date, datetime, time
from hashlib import sha256
from pathlib import Path

import pytest
from docx import Document
from openpyxl import load_workbook
from typer.testing import Result

from app.settings import load_settings
from app.wiring import prepare
from arshjul.swedish import local
from tests.rig.commands import installation, record_late_closing, rows
from tests.rig.load import file_of, hedemora

pytestmark = pytest.mark.whole

KEYS = ["key", "step", "period", "unit", "milestone", "at", "last_day", "lawful_until", "lagrum", "status", "window"]


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
        installation()
        before = {line["key"]: line["last_day"] for line in rows(arshjul("plan", "2027", "--json"))}
        record_late_closing(load_settings().database_url)
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
        assert effects[past] == ["tillkommer efter fristen; tyst tills någon öppnar det på underlagets sida"]
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
            installation(recorded=True)
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


def test_hedemora_is_the_default_definition() -> None:
    assert load_settings().definition.name == hedemora().file

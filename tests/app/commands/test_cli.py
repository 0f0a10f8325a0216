"""The command line: mails, own mallar and an empty installation; faults say what to do."""

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from typer.testing import Result

from app.commands.cli import cli
from arshjul.errors import DefinitionError
from tests.rig.commands import installation
from tests.rig.files.malls import FILES, OWN
from tests.rig.load import file_of, text

pytestmark = pytest.mark.whole


class TestMail:
    """``mail`` takes in a saved mail, and says what became of it."""

    def test_a_mail_that_waits_for_a_person_ends_with_1_and_the_page(
        self, arshjul: Callable[..., Result], tmp_path: Path
    ) -> None:
        installation()
        file = tmp_path / "svar.eml"
        file.write_bytes(b"From: okand@example.org\r\nMessage-ID: <1@example.org>\r\nSubject: Hej\r\n\r\nHej\r\n")
        first = arshjul("mail", str(file), "--json")
        told = json.loads(first.stdout)
        assert (first.exit_code, told["kind"], told["state"], told["from"]) == (1, "svar", "oläst", "okand@example.org")
        again = arshjul("mail", str(file))
        assert again.exit_code == 1 and "Samma mejl" in again.output and "/registrera/1" in again.output

    def test_a_mail_cannot_come_tomorrow(self, arshjul: Callable[..., Result], tmp_path: Path) -> None:
        installation()
        file = tmp_path / "svar.eml"
        file.write_bytes(b"From: okand@example.org\r\n\r\nHej\r\n")
        assert "har inte varit än" in str(arshjul("mail", str(file), "--kom", "2190-01-01T08:00").exception)


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
            installation()
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


def test_no_two_commands_have_one_name() -> None:
    """The later one would take the other's place without a word."""
    names = [each.name or (each.callback.__name__ if each.callback else "") for each in cli.registered_commands]
    assert {"hold", "hold-escalation"} <= set(names)
    assert [name for name in names if names.count(name) > 1] == []

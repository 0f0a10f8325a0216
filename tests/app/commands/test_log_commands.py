"""The log gone through and a year taken out of it, by commands."""

import json
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import select, update
from typer.testing import Result

from app.settings import load_settings
from arshjul.errors import RefusedError
from store.database import open_store
from store.tables import LogRow
from tests.rig.commands import installation

pytestmark = pytest.mark.whole


class TestTheLog:
    """``verify-log`` goes through the chain, ``archive`` takes out a year with it."""

    @pytest.fixture
    def installed(self, arshjul: Callable[..., Result], monkeypatch: pytest.MonkeyPatch) -> Callable[..., Result]:
        """An installation with a year that has ended."""
        monkeypatch.setenv("ARSHJUL_NOW", "2028-01-10T08:00")
        installation(recorded=True)
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

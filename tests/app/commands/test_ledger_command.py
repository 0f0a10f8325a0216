"""``arshjul ledger FILE --kontrollera``: a SIE file is read, and nothing is kept."""

import json
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner

from app.commands.ledger_command import ledger_commands
from arshjul.errors import RefusedError
from tests.rig.files.books import bolag
from tests.rig.files.five_books import account, closing_each, five
from tests.rig.paths import TESTS

pytestmark = pytest.mark.whole

SAMPLES = TESTS / "sie"


@pytest.fixture(scope="module")
def cli() -> typer.Typer:
    app = typer.Typer(pretty_exceptions_enable=False)
    app.command()(lambda: None)  # so that ledger is a command among others, as in the real one
    ledger_commands(app)
    return app


def test_the_command_prints_counts_and_findings(cli: typer.Typer) -> None:
    result = CliRunner().invoke(cli, ["ledger", str(SAMPLES / "typ3.se"), "--kontrollera", "--json"])
    assert result.exit_code == 0
    assert json.loads(result.stdout) == {
        "encoding": "cp437", "type": 3, "company": "Övningsföretaget AB", "to_date": "2012-12-31", "accounts": 299,
        "objects": 6, "period_balances": 113, "period_budgets": 444, "vouchers": 0, "outcome_from": "PSALDO", "findings": [],
    }  # fmt: skip


@pytest.mark.parametrize(("name", "line"), [("BokSald.SE", 1), ("transaktioner_ovnbolag-bad-balance.se", 3905)])
def test_the_command_ends_with_1_at_a_fel(cli: typer.Typer, name: str, line: int) -> None:
    result = CliRunner().invoke(cli, ["ledger", str(SAMPLES / name), "--kontrollera", "--json"])
    assert result.exit_code == 1
    assert [each["line"] for each in json.loads(result.stdout)["findings"] if each["severity"] == "fel"] == [line]


def test_the_command_tells_people_in_swedish(cli: typer.Typer) -> None:
    result = CliRunner().invoke(cli, ["ledger", str(SAMPLES / "typ3.se"), "--kontrollera"])
    assert result.stdout.splitlines() == [
        "Övningsföretaget AB: SIE typ 3, till och med måndag 31 december 2012 (cp437).",
        "299 konton, 6 objekt, 113 periodsaldon, 444 periodbudgetar, 0 verifikationer.",
        "Utfallet räknas ur månadernas saldon (#PSALDO).",
        "Filen kan användas.",
    ]


def test_the_command_tells_a_ledger_that_contradicts_itself_in_amounts(cli: typer.Typer, tmp_path: Path) -> None:
    file = tmp_path / "bok.se"
    months = [f"#PSALDO 0 20270{at} 5010 {{}} 75000.00" for at in range(1, 5)]
    file.write_bytes(bolag("#RES 0 5010 600000.00", *months, to_date="20270831"))
    result = CliRunner().invoke(cli, ["ledger", str(file), "--kontrollera"])
    assert result.exit_code == 1
    assert "#PSALDO) ger 300 000,00 kr, men årets saldo (#RES) är 600 000,00 kr." in result.stdout
    assert "Utfallet räknas" not in result.stdout
    assert result.stdout.splitlines()[-1] == "2 fel: filen kan inte användas förrän de är rättade."


def test_the_command_reads_a_sie_5_and_names_its_own_elements(cli: typer.Typer, tmp_path: Path) -> None:
    file = tmp_path / "bok.sie"
    file.write_bytes(five(accounts=[account("5010", "cost", *closing_each(75_000))]))
    result = CliRunner().invoke(cli, ["ledger", str(file), "--kontrollera"])
    assert result.stdout.splitlines() == [
        "Bostadsbolaget AB: SIE 5, till och med tisdag 31 augusti 2027 (utf-8).",
        "1 konton, 0 objekt, 8 periodsaldon, 0 periodbudgetar, 0 verifikationer.",
        "Utfallet räknas ur månadernas saldon (ClosingBalance).",
        "Filen kan användas.",
    ]


def test_the_command_tells_a_missing_file(cli: typer.Typer, tmp_path: Path) -> None:
    runner = CliRunner()
    missing = runner.invoke(cli, ["ledger", str(tmp_path / "ingen.se"), "--kontrollera"])
    assert isinstance(missing.exception, RefusedError)
    assert "går inte att läsa" in str(missing.exception)

"""``up`` starts with a plan that breaks the law or is not decided; only a definition that cannot be read stops it."""

from datetime import date
from pathlib import Path

import pytest

from app.commands.service_commands import refuse_unreadable
from app.commands.year_commands import checked_years, judged, today
from app.rehearsal.rehearsal import rehearse
from arshjul.definition.reading import read_definition
from arshjul.errors import DefinitionError
from tests.rig.load import text

NEW_YEARS_EVE, NEW_YEAR = date(2026, 12, 31), date(2027, 1, 1)
OVERLAMNANDE = (
    'dag: {regel: {regel: inom månader, antal: 2}, lagstadgad: true, kl: "16.00", källa: KL 11 kap. 16 §; plan § 8}'
)
FRIST = 'frist: {regel: {regel: fast dag, dag: 10 februari, år: 1}, kl: "16.00", '


def strandby(old: str, new: str, plans: str = "2028") -> str:
    """Return a definition of a town, changed, whose tidplaner are fastställda up to and including ``plans``."""
    whole = text("strandby")
    assert old in whole
    lines = [line for line in whole.splitlines(keepends=True) if not ("läge: fastställd" in line and line[2:6] > plans)]
    return "".join(lines).replace(old, new, 1)


def severities(file: Path, day: date, rule: str) -> list[str]:
    unusable, doubtful = judged(file, day)
    assert unusable == []
    return [each.severity for each in doubtful if each.rule == rule]


def written(tmp_path: Path, whole: str) -> Path:
    file = tmp_path / "kommun.yaml"
    file.write_text(whole, encoding="utf-8")
    return file


def test_a_plan_that_breaks_the_law_starts_and_is_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = written(tmp_path, strandby(OVERLAMNANDE, OVERLAMNANDE.replace("antal: 2", "antal: 3")))
    assert severities(file, NEW_YEAR, "KL 11:16") == ["fel"]
    refuse_unreadable(file, NEW_YEAR)
    told = " ".join(capsys.readouterr().out.split())
    assert (
        "fel: Delårsrapport augusti 2026: 'KS överlämnar delårsrapporten till KF och revisorerna' måndag 30 november"
        in told
    )
    assert "Tjänsten startar ändå, men planen har fel: rätta dem i definitionen och starta om." in told


def test_a_year_that_is_only_proposed_is_judged_as_a_warning(tmp_path: Path) -> None:
    late = OVERLAMNANDE.replace("antal: 2", "antal: 3")
    file = written(tmp_path, strandby(OVERLAMNANDE, late).replace("läge: fastställd", "läge: förslag"))
    assert severities(file, NEW_YEAR, "KL 11:16") == ["varning"]


def test_not_decided_starts_is_rehearsed_and_is_no_fault(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    undecided = FRIST.replace("{regel: fast dag, dag: 10 februari, år: 1}", "{regel: beslutad dag}")
    whole = strandby(FRIST, f"{undecided}beslutade: {{2026: ej beslutad, 2027: ej beslutad, 2028: ej beslutad}}, ")
    file = written(tmp_path, whole)
    assert severities(file, NEW_YEAR, "saknar-dag") == []
    refuse_unreadable(file, NEW_YEAR)
    assert "fel:" not in capsys.readouterr().out
    assert rehearse(read_definition(whole, "x.yaml"), None, 2027, until=date(2027, 1, 4)) is not None


def test_what_starts_in_december_starts_in_january(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    decided = FRIST.replace("{regel: fast dag, dag: 10 februari, år: 1}", "{regel: beslutad dag}")
    whole = strandby(FRIST, f"{decided}beslutade: {{2026: 2027-02-10, 2027: 2028-02-10}}, ", plans="2027")
    file = written(tmp_path, whole)
    assert severities(file, NEW_YEARS_EVE, "saknar-dag") == []
    assert severities(file, NEW_YEAR, "saknar-dag") == ["varning"]  # the new next year
    refuse_unreadable(file, NEW_YEAR)
    assert "Årsredovisning 2028 saknar beslutat datum" in " ".join(capsys.readouterr().out.split())


def test_only_what_cannot_be_read_stops_the_start(tmp_path: Path) -> None:
    file = written(tmp_path, strandby("trappa: arsredovisning", "trappa: arsredovisninge"))
    with pytest.raises(DefinitionError, match="okänd trappa 'arsredovisninge'"):
        refuse_unreadable(file, NEW_YEAR)


def test_the_years_that_are_judged_follow_the_services_clock(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ARSHJUL_NOW", "2031-05-04T10:00:00+02:00")
    monkeypatch.setenv("ARSHJUL_SMTP_URL", "")
    assert today().year == 2031
    definition = read_definition(strandby("format", "format"), "x.yaml").definition
    assert checked_years(definition, date(2031, 5, 4)) == range(2026, 2033)
    assert checked_years(definition, date(2026, 5, 4)) == range(2026, 2029)

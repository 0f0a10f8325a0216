"""``arshjul review``: an enhet's own ekonom and a script check files as if they were handed in; nothing is kept."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from app.commands.cli import cli
from arshjul.errors import RefusedError
from arshjul.swedish import instant_text
from submissions.templates.mall import Mall, mall_of
from tests.rig.files.cases import owed
from tests.rig.files.filling import FIELDS, careful, change, place
from tests.rig.handins import PDF
from tests.rig.load import hedemora

pytestmark = pytest.mark.whole

ABOUT = ("--steg", "delarsrapport", "--enhet", "bildningsnamnden", "--period", "2027-08")
FORM = ["rule", "severity", "part", "where", "message", "remedy", "lagrum"]
Review = Callable[..., Result]


def mall(step: str, part: str, unit: str = "bildningsnamnden") -> Mall:
    one, asked = owed(step, "2027-08", unit, part)
    return mall_of(hedemora().definition, one, asked, instant_text(one.deadline.at))


@pytest.fixture
def review(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Review:
    """Review files by name, in a place where nothing is installed."""
    monkeypatch.setenv("ARSHJUL_DATA_DIR", str(tmp_path / "data"))

    def run(files: dict[str, bytes], *more: str) -> Result:
        for name, content in files.items():
            (tmp_path / name).write_bytes(content)
        return CliRunner().invoke(cli, ["review", *(str(tmp_path / name) for name in files), *ABOUT, *more])

    return run


def test_a_mall_filled_in_with_care_has_nothing_to_say_and_code_0(review: Review) -> None:
    files = {"ekonomi.xlsx": careful(mall("delarsrapport", "ekonomi"))}
    result = review(files, "--json")
    assert (result.exit_code, json.loads(result.stdout)) == (0, [])
    assert "Inga anmärkningar." in review(files).stdout


def test_a_stopp_is_told_in_the_stable_form_with_code_1(review: Review) -> None:
    good = careful(mall("delarsrapport", "ekonomi"))
    content = change(good, {place(good, "ekonomi-delar", FIELDS, "ram-halls"): None})
    result = review({"ekonomi.xlsx": content}, "--json")
    (row,) = json.loads(result.stdout)
    assert result.exit_code == 1
    assert list(row) == FORM
    assert (row["rule"], row["severity"], row["part"]) == ("saknar-svar", "stopp", "ekonomi")
    assert row["where"].startswith("Ekonomi!") and row["remedy"] and row["lagrum"]


def test_a_question_alone_keeps_no_file_back(review: Review) -> None:
    good = careful(mall("delarsrapport", "ekonomi"))
    content = change(good, {place(good, "ekonomi-delar", "forskola", "prognos"): 14_000})
    result = review({"ekonomi.xlsx": content}, "--json")
    assert [(row["rule"], row["severity"]) for row in json.loads(result.stdout)] == [("prognos-under-utfall", "fråga")]
    assert result.exit_code == 0


def test_of_several_files_each_finding_says_which_and_each_file_its_part(review: Review) -> None:
    files = {
        "a.xlsx": careful(mall("delarsrapport", "ekonomi")),
        "b.docx": careful(mall("delarsrapport", "mal-och-resultat", unit="omsorgsnamnden")),
        "c.docx": careful(mall("prognos", "planerade-atgarder")),
    }
    (row,) = json.loads(review(files, "--json").stdout)
    assert list(row) == [*FORM, "file"]
    assert (row["file"], row["rule"], row["part"]) == ("b.docx", "fel-enhet", "mal-och-resultat")
    told = review(files).stdout
    assert "a.xlsx: Ekonomi" in told and "c.docx: Planerade åtgärder" in told


@pytest.mark.parametrize(
    ("name", "content", "rule"),
    [
        ("tom.xlsx", b"", "tom-fil"),
        ("text.xlsx", b"Utfall;100\n", "fel-slag"),
        ("ekonomi.xlsx", b"PK\3\4 half of an archive", "skadad"),
    ],
)
def test_what_cannot_be_read_is_refused_with_words(review: Review, name: str, content: bytes, rule: str) -> None:
    result = review({name: content}, "--json")
    (row,) = json.loads(result.stdout)
    assert (result.exit_code, row["severity"]) == (1, "stopp")
    assert row["rule"] == rule
    assert row["message"] and row["remedy"]


def test_a_table_as_a_pdf_is_refused(review: Review) -> None:
    (row,) = json.loads(review({"a.pdf": PDF}, "--del", "ekonomi", "--json").stdout)
    assert (row["rule"], row["part"]) == ("fel-slag", "ekonomi")


def test_a_misspelt_part_and_a_file_that_is_not_there_are_told(review: Review, tmp_path: Path) -> None:
    result = review({"a.pdf": PDF}, "--del", "ekonmi")
    assert isinstance(result.exception, RefusedError) and "menade du 'ekonomi'" in str(result.exception)
    result = CliRunner().invoke(cli, ["review", str(tmp_path / "borta.xlsx"), *ABOUT])
    assert isinstance(result.exception, RefusedError) and "den finns inte" in str(result.exception)


def test_a_rule_out_of_force_in_the_installation_is_not_asked(review: Review) -> None:
    from app.clock import clock_for
    from app.settings import load_settings
    from app.wiring import prepare

    settings = load_settings()
    prepare(settings, clock_for(settings))
    good = careful(mall("delarsrapport", "ekonomi"))
    files = {"ekonomi.xlsx": change(good, {place(good, "ekonomi-delar", "forskola", "prognos"): 14_000})}
    assert len(json.loads(review(files, "--json").stdout)) == 1
    why = "Fel i regeln: statsbidragen kommer i december."
    CliRunner().invoke(cli, ["rule", "rest", "prognos-under-utfall", "--vem", "Controller", "--varfor", why])
    assert json.loads(review(files, "--json").stdout) == []

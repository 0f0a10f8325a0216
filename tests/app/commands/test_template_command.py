"""The mallar of an enhet, written to a folder."""

from collections.abc import Callable
from pathlib import Path

import pytest
from openpyxl import load_workbook
from typer.testing import Result

from tests.rig.commands import installation, rows
from tests.rig.load import file_of

pytestmark = pytest.mark.whole


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
        installation()
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

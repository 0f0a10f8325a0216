"""The sammanställning as files: opened again, recomputed by other means, and harmless whatever stands in them."""

import io
import re
import shutil
import subprocess
from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from zipfile import ZipFile

import pytest
from docx import Document
from docx.document import Document as Written
from docx.oxml.ns import qn
from lxml import etree
from openpyxl import Workbook, load_workbook
from openpyxl.utils import range_boundaries
from openpyxl.worksheet.worksheet import Worksheet

from arshjul.keys import OccurrenceKey
from submissions.compilation.keeping import fetch
from submissions.files.filled import Filled
from tests.rig.files.six_units import (
    ECONOMY,
    EVIL,
    NAMES,
    NOW,
    OCCURRENCE,
    economy,
    evil_town,
    filled_town,
    hand_in,
    row,
    tables,
    with_cell,
)
from tests.rig.handins import Town
from tests.rig.hedemora import whole_hedemora

pytestmark = pytest.mark.whole

DEFINITION = whole_hedemora().definition
SOFFICE = shutil.which("soffice")
Convert = Callable[[str, dict[str, bytes]], list[bytes]]  #: the ending to turn files into, and they by name


def file_of(here: Town, kind: str) -> bytes:
    return fetch(here.store, DEFINITION, OCCURRENCE, kind, NOW).content


def workbook(here: Town, *, formulas: bool = False) -> Workbook:
    return load_workbook(io.BytesIO(file_of(here, "xlsx")), data_only=not formulas)


def document(here: Town) -> Written:
    return Document(io.BytesIO(file_of(here, "docx")))


def named_rows(sheet: Worksheet) -> dict[str, int]:
    """The last row of each name in the first column."""
    return {str(cell.value): cell.row for cell in sheet["A"] if cell.value is not None}


def words(sheet: Worksheet) -> list[str]:
    return [str(cell.value) for cells in sheet.iter_rows() for cell in cells if cell.value is not None]


class Recomputed:
    """What a workbook's formulas come to, worked out here and not by what wrote them."""

    def __init__(self, book: Workbook) -> None:
        self.book = book

    def value(self, sheet: Worksheet, place: str) -> Decimal:
        found = sheet[place].value
        if not isinstance(found, str):
            return Decimal(str(found or 0))
        assert found.startswith("="), f"{sheet.title}!{place} should be a number: {found}"
        return self.formula(sheet, found[1:])

    def formula(self, sheet: Worksheet, formula: str) -> Decimal:
        if summed := re.fullmatch(r"SUM\((.+)\)", formula):
            left, top, right, bottom = range_boundaries(summed[1])
            cells = [cell for cells in sheet.iter_rows(top, bottom, left, right) for cell in cells]
            return sum((self.value(sheet, cell.coordinate) for cell in cells), Decimal(0))
        if elsewhere := re.fullmatch(r"'?([^'!]+)'?!([A-Z]+\d+)", formula):
            return self.value(self.book[elsewhere[1]], elsewhere[2])
        if "+" in formula:
            return sum((self.value(sheet, place) for place in formula.split("+")), Decimal(0))
        first, *rest = formula.split("-")
        return self.value(sheet, first) - sum((self.value(sheet, place) for place in rest), Decimal(0))


class TestWorkbook:
    def test_the_totals_are_the_sums_of_the_made_up_figures(self, here: Town) -> None:
        sheet = workbook(here)["Ekonomi"]
        at = named_rows(sheet)
        for column, number in {"B": 0, "C": 1, "D": 2, "E": 3}.items():
            kommun = sum(Decimal(line[number]) for unit in list(NAMES)[:4] for line in ECONOMY[unit].values())
            assert Decimal(str(sheet[f"{column}{at['Summa nämnder och styrelse']}"].value)) == kommun
            bolag = Decimal(ECONOMY["bostadsbolaget"]["Bostadsbolaget AB"][number])
            assert Decimal(str(sheet[f"{column}{at['Summa bolag (1 av 2)']}"].value)) == bolag
        budget, prognos = (sheet[f"{each}{at['Omsorgsnämnden']}"].value for each in "DE")
        assert sheet[f"F{at['Omsorgsnämnden']}"].value == budget - prognos == -9400

    def test_every_formula_comes_to_the_value_that_stands_with_it(self, here: Town) -> None:
        formulas, values = workbook(here, formulas=True), workbook(here)
        recomputed, count = Recomputed(formulas), 0
        for sheet in formulas.worksheets:
            for cell in (each for cells in sheet.iter_rows() for each in cells if each.data_type == "f"):
                shown = values[sheet.title][cell.coordinate].value
                assert recomputed.value(sheet, cell.coordinate) == Decimal(str(shown)), (
                    f"{sheet.title}!{cell.coordinate}"
                )
                count += 1
        assert count > 100

    def test_no_total_adds_a_bolag_to_a_nämnd(self, here: Town) -> None:
        sheet = workbook(here, formulas=True)["Ekonomi"]
        at = named_rows(sheet)
        kommun = sheet[f"B{at['Summa nämnder och styrelse']}"].value
        assert str(kommun).count("+") == 3
        assert f"B{at['Bostadsbolaget AB']}" not in str(kommun)

    def test_the_verksamheter_fold_in_under_their_enhet(self, here: Town) -> None:
        sheet = workbook(here)["Ekonomi"]
        at = named_rows(sheet)
        assert not sheet.sheet_properties.outlinePr.summaryBelow
        assert sheet.row_dimensions[at["Förskola"]].outlineLevel == 1
        assert sheet.row_dimensions[at["Bildningsnämnden"]].outlineLevel == 0
        assert at["Bildningsnämnden"] < at["Förskola"] < at["Omsorgsnämnden"]

    def test_the_first_page_says_when_who_is_in_and_who_is_missing(self, here: Town) -> None:
        told = words(workbook(here)["Läget"])
        assert told[:3] == [
            "Delårsrapport augusti 2027: sammanställning",
            "Hedemora kommun",
            "Läget tisdag 21 september 2027 kl. 16.00",
        ]
        assert "Inget har kommit in från: Energibolaget AB." in told
        assert any(each.startswith("Preliminärt tills") for each in told)

    def test_a_difference_stands_on_the_first_page(self) -> None:
        here = filled_town()
        wrong = with_cell(economy("omsorgsnamnden"), "Summa", "budget", Decimal(1))
        whole = tables("omsorgsnamnden")
        with here.store.begin() as session:
            changed: dict[str, Filled | None] = {
                "ekonomi": replace(whole, tables={**whole.tables, "ekonomi-delar": wrong})
            }
            hand_in(session, here, "omsorgsnamnden", "ekonomi", changed=changed)
        assert "Ekonomi, Budget helår" in words(workbook(here)["Läget"])

    def test_the_chart_has_two_patterns_and_words_for_those_who_do_not_see_it(self, here: Town) -> None:
        with ZipFile(io.BytesIO(file_of(here, "xlsx"))) as files:
            chart, drawing = (files.read(f"xl/{each}1.xml").decode() for each in ("charts/chart", "drawings/drawing"))
        assert chart.count("<c:ser>") == 2 and "wdUpDiag" in chart and "solidFill" in chart
        assert "Omsorgsnämnden: underskott 9\u00a0400 tkr" in drawing
        assert "Miljö- och samhällsbyggnadsnämnden: överskott 800 tkr" in drawing

    def test_mål_questions_and_what_is_missing_have_pages_of_their_own(self, here: Town) -> None:
        book = workbook(here)
        goals = book["Mål och indikatorer"]
        assert [cell.value for cell in goals[named_rows(goals)["Alla enheter"]]][1:4] == [5, 5, 5]
        assert "Höstens elevantal är känt först i oktober." in " ".join(words(book["Frågor och svar"]))
        assert "Energibolaget AB" in words(book["Saknas"])
        assert book.sheetnames[:3] == ["Läget", "Avvikelser", "Ekonomi"]

    def test_names_of_pages_are_the_sheets_own_and_never_twice(self, here: Town) -> None:
        names = workbook(here).sheetnames
        assert len(set(names)) == len(names)
        assert {"Resultaträkning", "Resultaträkning bolag", "Balansräkning"} <= set(names)


class TestWordsFromOutside:
    def test_none_becomes_a_formula_in_the_workbook(self) -> None:
        book = workbook(evil_town(), formulas=True)
        ours = re.compile(r"=(SUM\([A-Z]+\d+:[A-Z]+\d+\)|'?[\w åäöÅÄÖ-]+'?![A-Z]+\d+|[A-Z]+\d+([+-][A-Z]+\d+)*)")
        for sheet in book.worksheets:
            for cell in (each for cells in sheet.iter_rows() for each in cells if each.data_type == "f"):
                assert ours.fullmatch(str(cell.value)), cell.value
        names = [cell for cell in book["Ekonomi"]["A"] if cell.value in EVIL]
        assert names and all(cell.data_type == "s" and cell.quotePrefix for cell in names)

    def test_none_becomes_a_field_in_the_document_and_none_is_lost(self) -> None:
        paper = document(evil_town())
        fields = [
            each.get(f"{{{each.nsmap['w']}}}instr") for each in paper.sections[0].header._element.iter("{*}fldSimple")
        ]
        assert fields == ["PAGE", "NUMPAGES"]
        within = [each.get(qn("w:instr")) for each in paper.element.iter(qn("w:fldSimple"))]
        assert all(re.fullmatch(r"PAGEREF _kapitel\d+", each) for each in within)  # the contents' pages
        assert not list(paper.element.iter(qn("w:instrText")))
        assert {each.get(qn("r:id")) for each in paper.element.iter(qn("w:hyperlink"))} == {None}
        told = [each.text for each in paper.paragraphs]
        assert "=HYPERLINK(A1)" in told and "@SUM(A1)" in told


class TestDocument:
    def test_a_wide_table_lies_on_a_page_of_its_own_with_the_same_head_and_foot(self, here: Town) -> None:
        sections = document(here).sections
        assert [each.page_width > each.page_height for each in sections] == [False, True, False]
        assert len({each.header.paragraphs[0].text for each in sections}) == 1
        assert len({each.footer.paragraphs[0].text for each in sections}) == 1

    def test_what_stands_in_brackets_begins_a_line_of_its_head_so_that_none_ends_at_its_dash(self, here: Town) -> None:
        heads = {cell.text for table in document(here).tables for cell in table.rows[0].cells}
        assert "Sannolikhet\n(1–4)" in heads and not any(" (" in each for each in heads)

    def test_a_column_of_numbers_holds_the_longest_word_of_its_head_in_both_files(self, here: Town) -> None:
        heads = [cell for table in document(here).tables for cell in table.rows[0].cells]
        (width,) = (cell.width for cell in heads if cell.text.startswith("Anslagsförändring"))
        assert width is not None and width.cm > 2.9
        sheet = workbook(here)["Investeringar"]
        (found,) = (each for each in sheet.iter_cols() if any("Anslagsförändring" in str(cell.value) for cell in each))
        assert sheet.column_dimensions[found[0].column_letter].width > len("Anslagsförändring")

    def test_numbers_have_the_decimals_that_were_given(self, here: Town) -> None:
        told = {cell.text for table in document(here).tables for row in table.rows for cell in row.cells}
        assert "48\u00a0120,5" in told and "48\u00a0121" not in told

    def test_its_chapters_follow_the_report(self, here: Town) -> None:
        headings = [each.text for each in document(here).paragraphs if each.style.name == "Heading 1"]
        assert headings[:2] == ["Avvikelser", "Ekonomi"]
        assert headings[headings.index("Balansräkning") + 1 :] == [
            "Mål- och resultatuppföljning",
            "Riskanalys, åtgärder och kontrollinsatser",
            "Kommunens förenklade förvaltningsberättelse",
            "Bolagets rapport",
            "Personalberättelse",
            "Frågor och svar",
            "Det som saknas",
        ]

    def test_the_first_words_say_when_who_is_in_and_who_is_missing(self, here: Town) -> None:
        told = [each.text for each in document(here).paragraphs][:6]
        assert told[2] == "Läget tisdag 21 september 2027 kl. 16.00"
        assert told[5] == "Inget har kommit in från: Energibolaget AB."

    def test_its_totals_are_the_made_up_figures(self, here: Town) -> None:
        found = next(each for each in document(here).tables if each.rows[0].cells[1].text.startswith("Utfall perioden"))
        cells = {
            each.cells[0].text: [cell.text.replace("\u00a0", "") for cell in each.cells[1:]] for each in found.rows
        }
        utfall = sum(Decimal(line[0]) for unit in list(NAMES)[:4] for line in ECONOMY[unit].values())
        assert cells["Summa nämnder och styrelse"][0] == str(utfall).replace(".", ",")
        assert cells["Omsorgsnämnden"][4] == "−9400"

    def test_every_picture_is_told_in_words_and_every_table_repeats_its_head(self, here: Town) -> None:
        with ZipFile(io.BytesIO(file_of(here, "docx"))) as files:
            root = etree.fromstring(files.read("word/document.xml"))
        pictures = [each.get("descr") for each in root.iter("{*}docPr")]
        assert "Omsorgsnämnden: underskott 9\u00a0400 tkr" in pictures
        assert all(pictures) and len(pictures) == 5
        assert all(table.find(".//{*}tblHeader") is not None for table in root.iter("{*}tbl"))

    def test_what_nobody_has_handed_in_is_said_once_and_nothing_is_said_to_be_checked(self) -> None:
        made = fetch(filled_town().store, DEFINITION, OccurrenceKey.of("arsredovisning", "2026"), "docx", NOW)
        told = [each.text for each in Document(io.BytesIO(made.content)).paragraphs]
        assert "Bostadsbolaget AB och Energibolaget AB: inte inlämnad." in told
        assert "Inga tabeller har kommit in än, så det finns inget att jämföra." in told

    def test_a_long_one_says_first_what_is_in_it_and_on_which_page(self, here: Town) -> None:
        told = document(here).paragraphs
        at = [each.text for each in told].index("Innehåll")
        chapters = [each for each in told if each.style.name == "Heading 1"]
        listed = told[at + 1 : at + 1 + len(chapters)]
        links = [each._p.find(qn("w:hyperlink")).get(qn("w:anchor")) for each in listed]
        fields = [each._p.find(qn("w:fldSimple")).get(qn("w:instr")) for each in listed]
        marks = [each._p.find(qn("w:bookmarkStart")).get(qn("w:name")) for each in chapters]
        assert [each.text.partition("\t")[0] for each in listed] == [each.text for each in chapters]
        assert links == marks and fields == [f"PAGEREF {each}" for each in marks]

    def test_it_says_that_it_is_swedish(self, here: Town) -> None:
        paper = document(here)
        assert paper.core_properties.language == "sv-SE"
        assert paper.core_properties.title == "Delårsrapport augusti 2027: sammanställning"


def test_thousands_of_rows_stand_in_the_workbook_and_are_counted_in_the_document() -> None:
    here, whole = filled_town(), tables("omsorgsnamnden")
    rows = tuple(row(f"Projekt {n}", {"budget": Decimal(n), "utfall": Decimal(1)}) for n in range(1, 1501))
    many = replace(whole.tables["investeringar"], rows=rows)
    with here.store.begin() as session:
        changed: dict[str, Filled | None] = {"ekonomi": replace(whole, tables={**whole.tables, "investeringar": many})}
        hand_in(session, here, "omsorgsnamnden", "ekonomi", changed=changed)
    sheet = workbook(here)["Investeringar"]
    assert sheet[f"D{named_rows(sheet)['Omsorgsnämnden']}"].value == sum(range(1, 1501))
    told = [cell.text for table in document(here).tables for cell in table.columns[0].cells]
    assert "och 1400 rader till" in told and "Projekt 100" in told and "Projekt 101" not in told


@pytest.mark.slow
@pytest.mark.skipif(SOFFICE is None, reason="no soffice here: the files are not opened in LibreOffice")
class TestLibreOffice:
    @pytest.fixture(scope="class")
    def convert(self, tmp_path_factory: pytest.TempPathFactory) -> Convert:
        """Turn files into another kind, by one LibreOffice for all of them: it takes longer to start than to work."""
        folder = tmp_path_factory.mktemp("office")

        def run(to: str, files: dict[str, bytes]) -> list[bytes]:
            sources = [folder / name for name in files]
            for source, content in zip(sources, files.values(), strict=True):
                source.write_bytes(content)
            profile = f"-env:UserInstallation=file://{folder / 'profil'}"
            out = folder / "ut"
            subprocess.run(
                [str(SOFFICE), "--headless", profile, "--convert-to", to, "--outdir", str(out), *map(str, sources)],
                check=True, capture_output=True, timeout=180,
            )  # fmt: skip
            return [(out / source.with_suffix(f".{to}").name).read_bytes() for source in sources]

        return run

    def test_both_files_open_and_print(self, here: Town, convert: Convert) -> None:
        printed = convert("pdf", {"bok.xlsx": file_of(here, "xlsx"), "text.docx": file_of(here, "docx")})
        assert [each[:5] for each in printed] == [b"%PDF-"] * 2

    def test_it_works_out_the_same_totals_from_the_formulas_alone(self, here: Town, convert: Convert) -> None:
        bare = io.BytesIO()
        workbook(here, formulas=True).save(bare)  # openpyxl leaves the values out: LibreOffice must work them out
        [ods] = convert("ods", {"tom.xlsx": bare.getvalue()})
        [by_ods] = convert("xlsx", {"raknad.ods": ods})
        worked_out = load_workbook(io.BytesIO(by_ods), data_only=True)
        ours = workbook(here)
        for sheet in workbook(here, formulas=True).worksheets:
            for cell in (each for cells in sheet.iter_rows() for each in cells if each.data_type == "f"):
                theirs = worked_out[sheet.title][cell.coordinate].value
                assert theirs == pytest.approx(float(ours[sheet.title][cell.coordinate].value)), cell.coordinate

"""Cells as people really fill them in: numbers, texts, days, merged cells and formulas."""

from datetime import date
from decimal import Decimal

import pytest
from openpyxl import Workbook
from openpyxl.styles import Alignment

from submissions.files.filled import Cell, Filled
from submissions.readers.here import read_here
from submissions.readers.wanted import wanted_of
from tests.rig.files.read_workbooks import BUDGET, FIRST, PROGNOS, UTFALL, changed, ekonomi, forskola, plain, with_cell
from tests.rig.files.reading_files import TITLE_ROW, filled, mall, rezipped, saved, workbook

pytestmark = pytest.mark.whole


@pytest.mark.parametrize(
    ("value", "number", "unit"),
    [("1 234,5", "1234.5", ""), ("−12", "-12", ""), ("12 tkr", "12", "tkr"), ("12 000 kr", "12000", "kr"), ("(12)", "-12", "")],
)  # fmt: skip
def test_a_number_pasted_as_text_is_a_number_and_says_so(value: str, number: str, unit: str) -> None:
    cell = with_cell(value)
    assert (cell.text, cell.number, cell.pasted, cell.unit) == (value, Decimal(number), True, unit)


@pytest.mark.parametrize(
    ("value", "number_format", "number", "unit", "text"),
    [
        (0.085, "0.0%", "8.5", "%", "8,5 %"),
        (12000, '#,##0 "kr"', "12000", "kr", "12000 kr"),
        (12345000, "#,##0,", "12345", "", "12345"),
        (0.085, None, "0.085", "", "0,085"),
        (1234.56, "#,##0", "1234.56", "", "1234,56"),
        (0.1 + 0.2, None, "0.3", "", "0,3"),
    ],
)
def test_a_number_is_what_its_format_shows(
    value: float, number_format: str | None, number: str, unit: str, text: str
) -> None:
    cell = with_cell(value, number_format=number_format)
    assert (cell.text, cell.number, cell.pasted, cell.unit) == (text, Decimal(number), False, unit)


def test_a_text_in_a_column_of_numbers_stays_a_text() -> None:
    assert (with_cell("se ovan").text, with_cell("se ovan").number) == ("se ovan", None)


def test_a_number_in_a_column_of_texts_is_not_taken_from_a_text() -> None:
    assert (with_cell("12 tkr", "G").text, with_cell("12 tkr", "G").number) == ("12 tkr", None)


def test_a_day_a_boolean_and_an_error_stand_as_they_are_shown() -> None:
    assert with_cell(date(2027, 8, 31), "G").text == "2027-08-31"  # a Tuesday
    assert with_cell(True, "G").text == "SANT"
    assert (with_cell("#DIV/0!").text, with_cell("#DIV/0!").number) == ("#DIV/0!", None)


def test_a_long_text_is_cut() -> None:
    cell = with_cell("å" * 9000, "G")
    assert len(cell.text) == 4000
    assert cell.text.endswith("…")


def test_characters_that_no_store_keeps_are_left_out() -> None:
    content = rezipped(
        saved(workbook()),
        {"xl/worksheets/sheet1.xml": lambda part: part.replace("Förskola".encode("ascii", "xmlcharrefreplace"), b"F_x0000__xD800_rskola")},
    )  # fmt: skip
    assert forskola(filled(content)).name == "Frskola"


def test_merged_cells_say_a_text_once_for_all_rows_and_a_number_once() -> None:
    def merge(book: Workbook) -> None:
        book["Ekonomi"].merge_cells(f"G{FIRST}:G{FIRST + 1}")
        book["Ekonomi"].merge_cells(f"B{FIRST}:B{FIRST + 1}")
        book["Mål och indikatorer"].merge_cells(f"A{FIRST}:A{FIRST + 2}")

    found = changed(merge)
    first, second = ekonomi(found).rows[:2]
    assert first.text("forklaring") == second.text("forklaring") != ""
    assert (first.number("utfall"), second.number("utfall")) == (UTFALL, None)
    assert [row.name for row in found.tables["mal"].rows] == ["Egen rad 1"] * 3


def test_titles_merged_over_two_rows_begin_the_table_below_them() -> None:
    def merge(book: Workbook) -> None:
        page = book["Ekonomi"]
        page.insert_rows(FIRST)
        for column in "ABCDEFG":
            page.merge_cells(f"{column}{TITLE_ROW}:{column}{FIRST}")
            page[f"{column}{TITLE_ROW}"].alignment = Alignment(wrap_text=True)

    found = changed(merge, names=False)
    assert [row.id for row in ekonomi(found).body] == [row.id for row in ekonomi(plain()).body]


def test_a_subheading_across_the_table_is_no_row() -> None:
    def head(book: Workbook) -> None:
        page = book["Mål och indikatorer"]
        page.insert_rows(FIRST)
        page[f"A{FIRST}"] = "En trygg skola"
        page.merge_cells(f"A{FIRST}:G{FIRST}")

    assert [row.name for row in changed(head).tables["mal"].rows] == ["Egen rad 1", "Egen rad 2", "Egen rad 3"]


def test_a_stray_cell_in_the_last_row_costs_nothing() -> None:
    found = changed(lambda book: book["Ekonomi"].__setitem__("XFD1048576", "x"))
    assert ekonomi(found) == ekonomi(plain())


# --- never calculated


def test_our_own_formulas_that_no_program_has_calculated_are_calculated_and_say_so() -> None:
    row, total = forskola(plain()), ekonomi(plain()).total
    assert total is not None
    assert row.cells["avvikelse"].uncalculated
    assert row.number("avvikelse") == BUDGET - PROGNOS
    assert total.cells["utfall"].uncalculated
    assert [total.number(each) for each in ("utfall", "avvikelse")] == [4 * UTFALL, 4 * (BUDGET - PROGNOS)]


def test_a_formula_of_theirs_is_not_guessed_nor_what_hangs_on_it() -> None:
    found = changed(lambda book: book["Ekonomi"].__setitem__(f"E{FIRST}", "=B9*1.5"))
    row, total = forskola(found), ekonomi(found).total
    assert total is not None
    assert (row.number("prognos"), row.cells["prognos"].uncalculated) == (None, True)
    assert (row.number("avvikelse"), total.number("prognos"), total.number("utfall")) == (None, None, 4 * UTFALL)


def test_lines_that_sum_others_are_calculated_in_turn() -> None:
    key = "hedemora/delarsrapport/2027-08/kommunstyrelsen/underlag"
    asked = mall("kommunens-rakenskaper", key)

    def sums(book: Workbook) -> None:
        for sheet in asked.sheets:
            for at, line in enumerate(sheet.rows):
                if line.sums:
                    book[sheet.sheet.title].cell(FIRST + at, 2, "=SUM(1,2)")

    found = read_here(saved(workbook(asked, change=sums)), "xlsx", wanted_of(asked))
    assert isinstance(found, Filled)
    result = found.tables["resultatrakning"]
    numbers = [row.number("utfall") for row in result.rows if row.id in ("nettokostnader", "verksamhetens-resultat", "efter-finansiella", "arets-resultat")]  # fmt: skip
    assert numbers == [3 * UTFALL, 5 * UTFALL, 7 * UTFALL, 8 * UTFALL]


def test_a_formula_whose_answer_is_an_empty_text_is_calculated() -> None:
    cell = b'<c r="F9"><f>D9-E9</f><v></v></c>', b'<c r="F9"><f>D9-E9</f><v/></c>', b'<c r="F9"><f>D9-E9</f></c>'

    def answered(part: bytes) -> bytes:
        assert any(each in part for each in cell)
        for each in cell:
            part = part.replace(each, b'<c r="F9" t="str"><f>IF(A9="","",D9-E9)</f><v></v></c>')
        return part

    found = filled(rezipped(saved(workbook()), {"xl/worksheets/sheet1.xml": answered}))
    assert forskola(found).cells["avvikelse"] == Cell(place=f"Ekonomi!F{FIRST}", text="")


@pytest.mark.parametrize(
    ("title", "unit"),
    [
        ("Utfall perioden (mnkr)", "mnkr"), ("Utfall, Mkr", "mnkr"), ("Utfall i kronor:", "kr"), ("Utfall [SEK]", "kr"),
        ("Utfall perioden (tkr)", ""), ("Utfall perioden", ""), ("Utfall, milj. kr", "mnkr"), ("Utfall, mn kr.", "mnkr"),
        ("Utfall (mdkr)", "mdkr"),
    ],
)  # fmt: skip
def test_a_unit_in_a_columns_title_is_its_numbers(title: str, unit: str) -> None:
    def change(book: Workbook) -> None:
        book.worksheets[0].cell(TITLE_ROW, 2, title)
        book.worksheets[0].cell(FIRST, 3, "900 tkr")

    cells = filled(saved(workbook(change=change))).tables["ekonomi-delar"].rows[0].cells
    assert [cells[each].unit for each in ("utfall", "utfall-fg", "budget")] == [unit, "tkr", ""]


@pytest.mark.parametrize(
    ("said", "unit"),
    [
        ("mnkr", "mnkr"), ("(kr)", "kr"), ("tkr", ""), ("Mkr", "mnkr"), ("i mnkr", "mnkr"), ("(i Mkr)", "mnkr"),
        ("miljoner kronor", "mnkr"), ("mdkr", "mdkr"), ("Mn kr.", "mnkr"), ("SEK", "kr"), ("Belopp i tusen kr", ""),
    ],
)  # fmt: skip
def test_a_unit_in_the_row_under_the_titles_is_their_numbers(said: str, unit: str) -> None:
    book = workbook(names=False, formulas=False)
    book.worksheets[0].insert_rows(FIRST)
    for column in range(2, 6):
        book.worksheets[0].cell(FIRST, column, said)
    row = filled(saved(book)).tables["ekonomi-delar"].rows[0]
    assert (row.id, row.cells["utfall"].number, row.cells["utfall"].unit) == ("forskola", 1000, unit)


@pytest.mark.parametrize("said", ["Belopp i mnkr", "(Mkr)", "Alla belopp anges i miljoner kronor"])
def test_a_unit_that_is_said_once_in_the_row_under_the_titles_is_all_numbers(said: str) -> None:
    book = workbook(names=False, formulas=False)
    book.worksheets[0].insert_rows(FIRST)
    book.worksheets[0].cell(FIRST, 1, said)
    rows = filled(saved(book)).tables["ekonomi-delar"].rows
    assert (rows[0].id, rows[0].cells["utfall"].unit, rows[0].cells["budget"].unit) == ("forskola", "mnkr", "mnkr")


@pytest.mark.parametrize("unit", ["miljoner kronor", "MSEK", "mdkr", "tusen kr", "kkr", "kronor"])
def test_a_columns_title_is_known_with_any_unit_after_it(unit: str) -> None:
    def change(book: Workbook) -> None:
        title = book.worksheets[0].cell(TITLE_ROW, 2)
        title.value = f"{str(title.value).partition('(')[0].strip()} ({unit})"

    read = filled(saved(workbook(names=False, formulas=False, change=change))).tables["ekonomi-delar"]
    assert (read.missing, read.rows[0].number("utfall")) == ((), 1000)


@pytest.mark.parametrize(
    ("said", "unit"),
    [
        ("Belopp anges i kronor som nettokostnad: kostnader med plus.", "kr"), ("Alla belopp i mnkr", "mnkr"), ("(Mkr)", "mnkr"),
        ("(i kr)", "kr"), ("Belopp: i miljoner kronor", "mnkr"), ("Belopp anges i tkr som nettokostnad", ""),
        ("Beloppen kommer i krav", ""), ("Ange om belopp i kr saknas", ""), ("kr", ""), ("Beloppen är i tusental", ""),
    ],
)  # fmt: skip
def test_a_unit_in_a_line_above_the_table_is_all_numbers(said: str, unit: str) -> None:
    def change(book: Workbook) -> None:
        book.worksheets[0].cell(TITLE_ROW - 1, 1, said)

    cells = filled(saved(workbook(change=change))).tables["ekonomi-delar"].rows[0].cells
    assert [cells[each].unit for each in ("utfall", "budget")] == [unit, unit]


def test_of_two_words_that_differ_the_one_that_the_mall_does_not_say_is_told() -> None:
    def change(book: Workbook) -> None:
        book.worksheets[0].cell(TITLE_ROW - 2, 1, "Belopp i kronor")
        book.worksheets[0].cell(TITLE_ROW, 2, "Utfall perioden (tkr)")
        book.worksheets[0].cell(TITLE_ROW, 3, "Utfall samma period förra året (mnkr)")

    cells = filled(saved(workbook(change=change))).tables["ekonomi-delar"].rows[0].cells
    assert [cells[each].unit for each in ("utfall", "utfall-fg", "budget")] == ["kr", "mnkr", "kr"]

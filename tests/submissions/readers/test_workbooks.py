"""Workbooks as people really send them: what is read out of an .xlsx and an .ods, and from where."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from io import BytesIO

import pytest
from openpyxl import Workbook
from openpyxl.workbook.defined_name import DefinedName
from python_calamine import CalamineWorkbook

from arshjul.definition.sheets.shipped import shipped
from submissions.files.filled import Cell, Filled
from submissions.readers.formats.ods import Spreadsheet
from submissions.readers.formats.xlsx import Workbook as Excel
from submissions.readers.formats.zipped import Archive
from submissions.readers.here import read_here
from submissions.readers.wanted import wanted_of
from submissions.templates.mall import MallSheet
from tests.rig.files.read_workbooks import (
    BUDGET,
    FILES,
    FIRST,
    PROGNOS,
    UTFALL,
    UTFALL_FG,
    changed,
    ekonomi,
    forskola,
    plain,
)
from tests.rig.files.reading_files import TITLE_ROW, as_google_sheets_writes, filled, mall, saved, workbook

pytestmark = pytest.mark.whole


# --- found by names


def test_every_sheet_column_row_field_and_the_mark_is_found() -> None:
    found = plain()
    assert list(found.tables) == [each.id for each in mall().sheets]
    for asked in mall().sheets:
        table = found.tables[asked.id]
        assert table.missing == ()
        assert list(table.columns) == [each.id for each in asked.sheet.columns]
        assert [row.id for row in table.body] == [each.id for each in asked.rows] or not asked.rows
        assert (table.total is not None) == asked.sheet.total
        assert list(table.fields) == [each.id for each in asked.sheet.fields]
    assert found.mark == mall().mark
    assert forskola(found).cells["utfall"] == Cell(place=f"Ekonomi!B{FIRST}", text="1000", number=UTFALL)
    assert ekonomi(found).fields["ram-halls"].text == "Ja"
    assert (forskola(found).name, forskola(found).place) == ("Förskola", f"Ekonomi!A{FIRST}")


def test_what_was_read_is_the_same_after_json() -> None:
    assert Filled.from_json(plain().to_json()) == plain()


def test_a_renamed_sheet_is_found_and_told_by_its_new_name() -> None:
    def rename(book: Workbook) -> None:
        book["Ekonomi"].title = "BIN ekonomi '27"
        for name in book.defined_names.values():
            name.attr_text = name.attr_text.replace("'Ekonomi'", "'BIN ekonomi ''27'")

    found = changed(rename)
    assert ekonomi(found).title == "BIN ekonomi '27"
    assert forskola(found).cells["utfall"].place == f"BIN ekonomi '27!B{FIRST}"


def moved(book: Workbook, rows: int, columns: int) -> None:
    """Move Ekonomi as Excel does when rows and columns are put in before it: names follow."""
    page = book["Ekonomi"]
    page.move_range(page.dimensions, rows=rows, cols=columns)
    for name in book.defined_names.values():
        sheet, _, cell = name.attr_text.rpartition("!")
        if sheet == "'Ekonomi'":
            _, letter, row = cell.split("$")
            name.attr_text = f"{sheet}!${chr(ord(letter) + columns)}${int(row) + rows}"


def test_inserted_rows_and_columns_above_and_before_do_no_harm() -> None:
    found = changed(lambda book: moved(book, 5, 3))
    assert forskola(found).cells["utfall"].place == f"Ekonomi!E{FIRST + 5}"
    assert [row.number("utfall") for row in ekonomi(found).body] == [UTFALL] * 4
    assert ekonomi(found).fields["ram-halls"].place == "Ekonomi!F9"


def test_rows_that_a_script_inserted_without_moving_the_names_do_no_harm() -> None:
    found = changed(lambda book: book["Ekonomi"].insert_rows(1, 3))
    assert [row.id for row in ekonomi(found).body] == [row.id for row in ekonomi(plain()).body]
    assert forskola(found).cells["utfall"].place == f"Ekonomi!B{FIRST + 3}"
    assert ekonomi(found).fields["ram-halls"].text == ekonomi(plain()).fields["ram-halls"].text


def test_a_column_that_a_script_inserted_without_moving_the_names_does_no_harm() -> None:
    def put_in(book: Workbook) -> None:
        book["Ekonomi"].insert_cols(3)
        book["Ekonomi"].cell(TITLE_ROW, 3, "Min egen")
        book["Ekonomi"].cell(FIRST, 3, 5)

    row = forskola(changed(put_in))
    assert [row.number(each) for each in ("utfall", "utfall-fg", "budget", "prognos")] == [
        UTFALL, UTFALL_FG, BUDGET, PROGNOS,
    ]  # fmt: skip
    assert row.cells["utfall-fg"].place == f"Ekonomi!D{FIRST}"


def test_a_name_holds_where_its_title_was_written_anew_and_another_column_got_its_words() -> None:
    def rename(book: Workbook) -> None:
        book["Ekonomi"].cell(TITLE_ROW, 2, "Utfall ack")
        book["Ekonomi"].cell(TITLE_ROW, 9, "Utfall perioden")
        book["Ekonomi"].cell(FIRST, 9, 7)

    assert forskola(changed(rename)).number("utfall") == UTFALL


def test_a_row_put_in_is_a_row_of_their_own() -> None:
    def put_in(book: Workbook) -> None:
        book["Ekonomi"].insert_rows(FIRST + 1)
        book["Ekonomi"].cell(FIRST + 1, 1, "Öppen förskola")
        book["Ekonomi"].cell(FIRST + 1, 2, 12)
        for name in book.defined_names.values():
            sheet, _, cell = name.attr_text.rpartition("!")
            _, letter, row = cell.split("$")
            if sheet == "'Ekonomi'" and int(row) > FIRST:
                name.attr_text = f"{sheet}!${letter}${int(row) + 1}"

    rows = ekonomi(changed(put_in)).rows
    assert [(row.name, row.id) for row in rows[:3]] == [
        ("Förskola", "forskola"),
        ("Öppen förskola", None),
        ("Grundskola", "grundskola"),
    ]
    assert rows[-1].total


def test_a_known_row_that_was_renamed_keeps_its_id() -> None:
    row = forskola(changed(lambda book: book["Ekonomi"].__setitem__(f"A{FIRST}", "Förskolan i Hedemora")))
    assert row.name == "Förskolan i Hedemora"


def test_a_known_row_that_is_empty_is_kept_with_empty_cells() -> None:
    def empty(book: Workbook) -> None:
        for column in range(2, 8):
            book["Ekonomi"].cell(FIRST, column).value = None

    row = forskola(changed(empty))
    assert set(row.cells) == {"utfall", "utfall-fg", "budget", "prognos", "avvikelse", "forklaring"}
    assert all(cell.is_empty for cell in row.cells.values())


def test_free_rows_that_nobody_used_are_left_out_though_the_malls_formulas_say_nought() -> None:
    def unused(book: Workbook) -> None:
        page = book["Investeringar"]
        for row in range(FIRST, FIRST + 3):
            for column in range(1, 9):
                page.cell(row, column).value = None
        page.cell(FIRST, 7, 0)
        page.cell(FIRST + 1, 7, f"=D{FIRST + 1}-F{FIRST + 1}")

    assert changed(unused).tables["investeringar"].body == ()


def test_a_deleted_column_is_told_as_missing() -> None:
    def delete(book: Workbook) -> None:
        book["Ekonomi"]["E8"] = None
        book.defined_names["ekonomi_delar__prognos"].attr_text = "#REF!"
        for row in range(FIRST, FIRST + 5):
            book["Ekonomi"].cell(row, 5).value = None

    assert ekonomi(changed(delete)).missing == ("prognos",)


def test_a_sheet_that_is_not_there_is_no_table() -> None:
    def delete(book: Workbook) -> None:
        del book["Personal"]
        for name in [each for each in book.defined_names if each.startswith("personal__")]:
            del book.defined_names[name]

    assert "personal" not in changed(delete).tables


def test_hidden_sheets_rows_and_columns_are_read() -> None:
    def hide(book: Workbook) -> None:
        book["Ekonomi"].sheet_state = "hidden"
        book["Ekonomi"].row_dimensions[FIRST].hidden = True
        book["Ekonomi"].column_dimensions["B"].hidden = True

    assert forskola(changed(hide)) == replace(forskola(plain()), hidden=True)


# --- found by titles


def without_places(found: Filled) -> dict[str, list[tuple[str, str | None, bool, list[str]]]]:
    return {
        key: [(row.name, row.id, row.total, [cell.text for cell in row.cells.values()]) for row in table.rows]
        for key, table in found.tables.items()
    }


def test_without_its_names_every_table_is_found_by_its_titles() -> None:
    found = filled(saved(workbook(names=False)))
    assert without_places(found) == without_places(plain())
    assert ekonomi(found).fields["ram-halls"].text == "Ja"
    assert found.mark is None


def test_pasted_into_another_workbook_it_is_found_wherever_it_lies() -> None:
    def paste(book: Workbook) -> None:
        for page in book.worksheets:
            page.title = f"Blad{book.index(page) + 1}"
            page.move_range(page.dimensions, rows=20, cols=6)
        front = book.create_sheet("Försättsblad", 0)
        front["A1"] = "Rapport"

    found = changed(paste, names=False)
    assert without_places(found) == without_places(plain())
    assert forskola(found).cells["utfall"].place == f"Blad1!H{FIRST + 20}"


def test_sheets_with_much_the_same_titles_are_told_apart() -> None:
    # Personal and Sjukfrånvaro share two titles of three: each is where most of its titles are
    both = shipped()["sjukfranvaro"], shipped()["personal"]
    labels = {each.id: {column.id: (column.title,) for column in each.columns} for each in both}
    sheets = tuple(MallSheet(sheet=each, rows=each.lines, labels=labels[each.id]) for each in both)

    def rename(book: Workbook) -> None:
        book["Personal"].title, book["Sjukfrånvaro"].title = "Blad1", "Blad2"
        book.move_sheet("Blad1", -1)

    made = replace(mall(), sheets=sheets)
    found = read_here(saved(workbook(made, names=False, change=rename)), "xlsx", wanted_of(made))
    assert isinstance(found, Filled)
    assert {key: table.title for key, table in found.tables.items()} == {"sjukfranvaro": "Blad2", "personal": "Blad1"}
    assert [row.id for row in found.tables["personal"].rows] == ["tillsvidare", "visstid", "arsarbetare"]


def test_a_title_that_was_lost_is_found_by_its_text() -> None:
    def lose(book: Workbook) -> None:
        del book.defined_names["ekonomi_delar__prognos"]

    assert ekonomi(changed(lose)).columns["prognos"] == f"Ekonomi!E{TITLE_ROW}"


def test_the_total_is_found_by_its_word_and_ends_the_table() -> None:
    def say(book: Workbook) -> None:
        book["Ekonomi"][f"A{FIRST + 4}"] = "TOTALT:"
        book["Ekonomi"][f"A{FIRST + 6}"] = "Källa: ekonomisystemet"

    found = ekonomi(changed(say, names=False))
    assert found.rows[-1].total
    assert found.rows[-1].name == "TOTALT:"


# --- other programs


@pytest.mark.parametrize("kind", ["xlsx", "ods"])
def test_a_workbook_saved_by_libreoffice_is_read_the_same_and_calculated(kind: str) -> None:
    found = filled((FILES / f"ekonomi-libreoffice.{kind}").read_bytes(), kind)
    assert without_places(found) == without_places(plain())
    assert found.mark == mall().mark
    assert forskola(found).cells["avvikelse"] == Cell(place=f"Ekonomi!F{FIRST}", text="100", number=Decimal(100))


def test_a_workbook_as_google_sheets_writes_it_is_read() -> None:
    found = filled(as_google_sheets_writes((FILES / "ekonomi-libreoffice.xlsx").read_bytes()))
    assert without_places(found) == without_places(plain())
    assert forskola(found).cells["avvikelse"].number == Decimal(100)
    assert not forskola(found).cells["avvikelse"].uncalculated


def by_calamine(content: bytes) -> dict[tuple[str, int, int], object]:
    """Read every cell with another reader, as our readers tell it."""
    found: dict[tuple[str, int, int], object] = {}
    with CalamineWorkbook.from_filelike(BytesIO(content)) as book:
        for title in book.sheet_names:
            rows = book.get_sheet_by_name(title).to_python(skip_empty_area=False)
            found |= {(title, at, column): each for at, row in enumerate(rows) for column, each in enumerate(row)}
    return {at: each for at, each in found.items() if each != ""}


def told(value: object) -> object:
    if isinstance(value, bool):
        return "SANT" if value else "FALSKT"
    if isinstance(value, int | float):
        return Decimal(f"{value:.15g}")
    return value.isoformat() if isinstance(value, date) else str(value).strip()


@pytest.mark.parametrize("name", ["ekonomi-libreoffice.xlsx", "ekonomi-libreoffice.ods", "openpyxl.xlsx"])
def test_every_cell_is_the_one_that_another_reader_reads(name: str) -> None:
    def various(book: Workbook) -> None:
        page = book.create_sheet("Allt möjligt", 0)
        page["C3"], page["C4"], page["C6"] = date(2027, 8, 31), True, 1e-7  # a Tuesday
        page["D9"], page["D10"], page["D11"] = "två\nrader", -1234567.891, "  blanka  "
        page["C3"].number_format = "yyyy-mm-dd"

    content = (
        saved(workbook(change=various, formulas=False)) if name == "openpyxl.xlsx" else (FILES / name).read_bytes()
    )
    book = (Excel if name.endswith("xlsx") else Spreadsheet)(Archive(content))
    ours = {
        (title, row, column): told(raw.text) if raw.number is None else raw.number
        for title, grid in book.grids(book.titles).items()
        for row, cells in grid.rows.items()
        for column, raw in cells.items()
        if not raw.uncalculated
    }
    assert ours == {at: told(value) for at, value in by_calamine(content).items()}


def test_a_row_of_units_under_the_titles_is_no_row() -> None:
    def say(book: Workbook) -> None:
        page = book["Investeringar"]
        page.insert_rows(FIRST)
        for column in "BCDEFG":
            page[f"{column}{FIRST}"] = "(tkr)"

    found = changed(say, names=False).tables["investeringar"]
    assert [row.name for row in found.body] == ["Egen rad 1", "Egen rad 2", "Egen rad 3"]


def test_a_name_that_points_nowhere_does_no_harm() -> None:
    def point(book: Workbook) -> None:
        for at, where in enumerate(["#REF!", "Ekonomi!A1", "'Borta'!$A$1", "1+1", "Ekonomi!$A:$A", "[1]Ark!$A$1"]):
            book.defined_names[f"skrap{at}"] = DefinedName(f"skrap{at}", attr_text=where)

    assert changed(point) == plain()

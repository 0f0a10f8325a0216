"""Lost in silence: what stands in a file but does not come along, or comes along though it was meant not to, is told."""

import re
from collections.abc import Callable
from copy import copy
from typing import Any

import pytest
from openpyxl.cell.rich_text import CellRichText, TextBlock
from openpyxl.cell.text import InlineFont
from openpyxl.styles import Font
from openpyxl.workbook import Workbook

from tests.rig.files import filling
from tests.rig.files.malls import FILES
from tests.rig.files.reading_files import rezipped
from tests.rig.files.reviewing import Tables, careful, filled_in, found_in
from tests.rig.files.spoilt.case import DELAR, MANAD

TWICE = {
    "under de andra": ("Förskola", 17),
    "med stora bokstäver och blanksteg": ("  FÖRSKOLA ", 17),
    "på mallens sista tomma rad": ("Grundskola", 19),
    "den sista verksamheten": ("Kultur och fritid", 18),
}


@pytest.mark.parametrize("what", TWICE)
def test_a_row_that_stands_twice_is_told_as_that(what: str) -> None:
    name, line = TWICE[what]

    def again(book: Workbook) -> None:
        page: Any = book["Ekonomi"]
        for letter, value in zip("ABCDE", (name, 18_800, 18_200, 38_000, 38_000), strict=True):
            page[f"{letter}{line}"] = value

    found = found_in(DELAR, filling.rework(careful(DELAR), again))
    assert list(found) == ["dubbel-rad"]
    assert found["dubbel-rad"].place == f"Ekonomi!A{line}"
    assert f"Raden ”{name.strip()}” står två gånger" in found["dubbel-rad"].message


def test_a_row_that_stands_three_times_is_told_at_both_places_and_a_strange_one_as_strange() -> None:
    def more(tables: Tables) -> None:
        figures = dict.fromkeys(("utfall", "utfall-fg", "budget-period", "budget"), 100)
        for at, name in enumerate(("Förskola", "Förskola", "Fritidshem")):
            tables["ekonomi-manad"][at] = {"verksamhet": name, **figures}

    content = filled_in(MANAD, more)
    at = [filling.place(content, "ekonomi-manad", number, "verksamhet") for number in range(3)]
    found = found_in(MANAD, content)
    assert {rule: each.place for rule, each in found.items()} == {
        "dubbel-rad": f"{at[0]} och {at[1]}",
        "okand-rad": at[2],
    }


def sheet(title: str, work: Callable[[Any], object]) -> Callable[[Workbook], None]:
    return lambda book: (work(book[title]), None)[1]


def line_of(page: Any, name: str) -> int:
    """The line of the row that is called this in a sheet's first column."""
    return next(row[0].row for row in page.iter_rows() if row[0].value == name)


def under(page: Any, lines: int, *values: Any) -> None:
    """Write a row so many lines under the sum."""
    for at, value in enumerate(values, 1):
        page.cell(line_of(page, "Summa") + lines, at, value)


BELOW = {
    "ett projekt": ("Investeringar", lambda page: under(page, 1, "Ny idrottshall", 25_000, 25_000, 10_000, 0, 4_000),
                    "”Ny idrottshall” med beslutad total utgift 25 000, prognos total utgift 25 000"),
    "efter två tomma rader": ("Investeringar", lambda page: under(page, 3, "Ny idrottshall", 25_000), "”Ny idrottshall”"),
    "en verksamhet": ("Ekonomi", lambda page: under(page, 1, "Fritidsgårdar", 400, 380), "”Fritidsgårdar” med utfall perioden 400"),
    "en rad utan namn": ("Ekonomi", lambda page: under(page, 1, None, 400), "”en rad utan namn”"),
    "en åtgärd, beloppet som text": ("Åtgärder", lambda page: under(page, 1, "Färre lokaler", "Chefen", "1 200 tkr"), "”Färre lokaler”"),
    "en tabell till, med egna rubriker": ("Ekonomi", lambda page: (
        under(page, 3, "Verksamhet", "Utfall perioden"), under(page, 4, "Fritidsgårdar", 400, 380)), "”Fritidsgårdar” med utfall perioden 400"),
    "två rader och en ny summa": ("Åtgärder", lambda page: (
        under(page, 1, "Färre lokaler", "Chefen", 100), under(page, 2, "Lägre hyra", "Chefen", 50), under(page, 3, "Totalt", None, 1050)),
        "”Färre lokaler” med effekt i år 100; ”Lägre hyra” med effekt i år 50."),
}  # fmt: skip


@pytest.mark.parametrize("what", BELOW)
def test_amounts_under_the_sum_are_told(what: str) -> None:
    title, work, says = BELOW[what]
    found = found_in(DELAR, filling.rework(careful(DELAR), sheet(title, work)))
    assert list(found) == ["under-summan"]
    assert found["under-summan"].severity == "fråga"
    assert found["under-summan"].place.startswith(f"{title}!A")
    message = found["under-summan"].message.replace("\N{NO-BREAK SPACE}", " ")
    assert says in message and "de kommer inte med" in message


@pytest.mark.parametrize(
    "values",
    [
        ("* Kultur hörde förra året till kommunstyrelsen",),
        ("Upprättad 2027-09-10",),
        ("Totalt", 1, 2),
        ("Differens", 0),
    ],
    ids=["en fotnot", "ett datum i texten", "en summa till", "en kontroll som är noll"],
)
def test_a_note_under_the_sum_is_none(values: tuple[Any, ...]) -> None:
    assert found_in(DELAR, filling.rework(careful(DELAR), sheet("Ekonomi", lambda page: under(page, 2, *values)))) == {}


def copied(title: str, of: str = "Ekonomi", **cells: Any) -> Callable[[Workbook], None]:
    def work(book: Workbook) -> None:
        copy: Any = book.copy_worksheet(book[of])
        copy.title = title
        for where, value in cells.items():
            copy[where] = value

    return work


COPIES = {
    "Excels kopia": copied("Ekonomi (2)", E13=25_000),
    "kopian har fått ett eget namn": copied("Nya siffror", B13=90),
    "LibreOffices kopia": copied("Ekonomi_2", C14=1),
    "en kopia av investeringarna": copied("Kopia av Investeringar", "Investeringar", A13="Ny hall", B13=900),
    "en kopia av målen, som bara är text": copied("Mål (2)", "Mål och indikatorer", A12="Trygg skola", B12="Enkät"),
}


@pytest.mark.parametrize("what", COPIES)
def test_a_filled_in_copy_of_a_sheet_is_told(what: str) -> None:
    content = filling.rework(careful(DELAR), COPIES[what])
    found = found_in(DELAR, content)
    assert list(found) == ["ifylld-kopia"]
    title = found["ifylld-kopia"].place
    assert f"Bladet ”{title}” är ifyllt men läses inte" in found["ifylld-kopia"].message


def test_two_copies_are_both_told_and_the_empty_sheet_too() -> None:
    def work(book: Workbook) -> None:
        copied("Ekonomi (2)", E13=25_000)(book)
        copied("Ekonomi (3)", E13=26_000)(book)
        page: Any = book["Ekonomi"]
        for line in range(13, 17):
            page[f"E{line}"] = None

    found = found_in(DELAR, filling.rework(careful(DELAR), work))
    assert list(found) == ["tom-ruta", "ifylld-kopia"]
    assert found["ifylld-kopia"].place == "Ekonomi (2) och Ekonomi (3)"


def test_a_copy_that_says_the_same_or_another_sheet_is_none() -> None:
    def another(book: Workbook) -> None:
        page: Any = book.create_sheet("Arbetsblad")
        page.append(["Konto", "Utfall", "Budget"])
        page.append(["5010", 1200, 1300])

    assert found_in(DELAR, filling.rework(careful(DELAR), copied("Ekonomi (2)"))) == {}
    assert found_in(DELAR, filling.rework(careful(DELAR), another)) == {}


def test_copies_are_known_by_their_titles_where_there_are_many_sheets() -> None:
    def work(book: Workbook) -> None:
        for at in range(30):
            book.create_sheet(f"Underlag {at}")
        copied("Kopia av Ekonomi", E13=25_000)(book)

    assert list(found_in(DELAR, filling.rework(careful(DELAR), work))) == ["ifylld-kopia"]


def strike(page: Any, name: str, columns: str = "ABCDEFGH") -> None:
    for letter in columns:
        cell = page[f"{letter}{line_of(page, name)}"]
        font = copy(cell.font)
        font.strike = True
        cell.font = font


def strike_letters(page: Any, name: str, *, more: str = "") -> None:
    """Strike out the letters of a row's name and not its cell, as who marks them first does."""
    told = TextBlock(InlineFont(strike=True), name)
    page.cell(line_of(page, name), 1).value = CellRichText(told, *([more] if more else []))


STRUCK = {
    "ett projekt": ("Investeringar", lambda page: strike(page, "Byte av ventilation"), "”Byte av ventilation”"),
    "bara namnet": ("Investeringar", lambda page: strike(page, "Byte av ventilation", "A"), "”Byte av ventilation”"),
    "bokstäverna i namnet": ("Investeringar", lambda page: strike_letters(page, "Byte av ventilation"), "”Byte av ventilation”"),
    "bara beloppen": ("Ekonomi", lambda page: strike(page, "Grundskola", "BCDEF"), "”Grundskola”"),
    "ett mål, som bara är text": ("Mål och indikatorer", lambda page: strike(page, "Mål 2: fler klarar sin utbildning"), "”Mål 2"),
    "en risk": ("Risk och intern kontroll", lambda page: strike(page, "Fel i lönehanteringen"), "”Fel i lönehanteringen”"),
}  # fmt: skip


@pytest.mark.parametrize("what", STRUCK)
def test_a_row_that_is_struck_out_is_asked_about(what: str) -> None:
    title, work, says = STRUCK[what]
    found = found_in(DELAR, filling.rework(careful(DELAR), sheet(title, work)))
    assert list(found) == ["overstruken-rad"]
    assert says in found["overstruken-rad"].message and found["overstruken-rad"].place.startswith(f"{title}!A")


def test_a_struck_out_word_in_a_comment_or_an_empty_row_is_not_asked_about() -> None:
    def work(page: Any) -> None:
        strike(page, "Byte av ventilation", "H")
        page.cell(line_of(page, "Summa") - 3, 1).font = Font(strike=True)
        strike_letters(page, "Ny skola i norr", more=" (i etapper)")

    assert found_in(DELAR, filling.rework(careful(DELAR), sheet("Investeringar", work))) == {}


def test_shared_letters_that_are_struck_out_are_asked_about_as_a_cells_own() -> None:
    run = "<r>{}<t>{}</t></r>"
    struck = "<rPr><strike/></rPr>"
    texts = {
        "all": run.format(struck, "Grund") + run.format(struck, "skola"),
        "some": run.format(struck, "Grund") + run.format("", "skola"),
        "none": run.format('<rPr><strike val="0"/></rPr>', "Grundskola"),
    }

    def told(how: str) -> bool:
        def rewritten(part: bytes) -> bytes:
            text, count = re.subn(rb"<t[^>]*>Grundskola</t>", texts[how].encode(), part)
            assert count
            return text

        book = (FILES / "ekonomi-libreoffice.xlsx").read_bytes()
        return "overstruken-rad" in found_in(DELAR, rezipped(book, {"xl/sharedStrings.xml": rewritten}))

    assert {how: told(how) for how in texts} == {"all": True, "some": False, "none": False}


def hide(page: Any, line: int) -> None:
    page.row_dimensions[line].hidden = True


HIDDEN = {
    "ett projekt": ("Investeringar", lambda page: hide(page, line_of(page, "Byte av ventilation"))),
    "en verksamhet": ("Ekonomi", lambda page: hide(page, line_of(page, "Gymnasium och vuxenutbildning"))),
    "ett mål": ("Mål och indikatorer", lambda page: hide(page, line_of(page, "Mål 2: fler klarar sin utbildning"))),
    "personalen": ("Personal", lambda page: hide(page, line_of(page, "Visstidsanställda"))),
}


@pytest.mark.parametrize("what", HIDDEN)
def test_a_hidden_row_that_counts_is_told(what: str) -> None:
    title, work = HIDDEN[what]
    found = found_in(DELAR, filling.rework(careful(DELAR), sheet(title, work)))
    assert {rule: each.severity for rule, each in found.items()} == {"dold-rad": "upplysning"}
    assert found["dold-rad"].place.startswith(f"{title}!A")


def test_hidden_rows_without_anything_in_them_are_not_told() -> None:
    def work(page: Any) -> None:
        for line in range(13, line_of(page, "Summa")):
            hide(page, line)

    assert found_in(DELAR, filling.rework(careful(DELAR), sheet("Investeringar", work))) == {}


HIDDEN_COLUMNS = {
    "en kolumn": ("Ekonomi", "C", "En kolumn är dold i filen och räknas med: ”Utfall samma period förra året”."),
    "två kolumner": ("Investeringar", "CD", "Kolumner är dolda i filen och räknas med: "),
    "en kolumn med bara text": ("Mål och indikatorer", "F", "En kolumn är dold i filen"),
}


@pytest.mark.parametrize("what", HIDDEN_COLUMNS)
def test_a_hidden_column_that_counts_is_told(what: str) -> None:
    title, letters, says = HIDDEN_COLUMNS[what]

    def work(page: Any) -> None:
        for letter in letters:
            page.column_dimensions[letter].hidden = True

    found = found_in(DELAR, filling.rework(careful(DELAR), sheet(title, work)))
    assert {rule: each.severity for rule, each in found.items()} == {"dold-rad": "upplysning"}
    assert found["dold-rad"].message.startswith(says), found
    assert found["dold-rad"].place.startswith(f"{title}!{letters[0]}")


@pytest.mark.parametrize(
    ("sheet", "seen", "unseen", "place"),
    [
        (2, rb'<row r="12">', b'<row r="12" ht="0" customHeight="1">', "Investeringar!A12"),
        (1, rb'<col width="[0-9.]+" customWidth="1" min="2"', b'<col width="0" customWidth="1" min="2"', "Ekonomi!B12"),
    ],
)
def test_what_has_no_height_or_width_is_hidden_too(sheet: int, seen: bytes, unseen: bytes, place: str) -> None:
    def without(part: bytes) -> bytes:
        text, count = re.subn(seen, unseen, part)
        assert count == 1
        return text

    found = found_in(DELAR, rezipped(careful(DELAR), {f"xl/worksheets/sheet{sheet}.xml": without}))
    assert list(found) == ["dold-rad"] and found["dold-rad"].place.startswith(place)


@pytest.mark.parametrize("state", ["hidden", "veryHidden"])
def test_a_hidden_sheet_that_counts_is_told(state: str) -> None:
    found = found_in(DELAR, filling.rework(careful(DELAR), lambda book: setattr(book["Ekonomi"], "sheet_state", state)))
    assert {rule: (each.severity, each.place) for rule, each in found.items()} == {
        "dold-rad": ("upplysning", "Ekonomi")
    }
    assert found["dold-rad"].message == "Ett blad är dolt i filen och räknas med: ”Ekonomi”."


def test_a_hidden_sheet_that_is_not_asked_for_or_says_nothing_is_not_told() -> None:
    def work(book: Workbook) -> None:
        book["Om mallen"].sheet_state = "hidden"
        book["Investeringar"].sheet_state = "hidden"

    def none(tables: Tables) -> None:
        tables["investeringar"] = {0: {"projekt": "Inga"}}

    assert found_in(DELAR, filling.rework(filled_in(DELAR, none), work)) == {}


def test_hidden_columns_beside_the_table_or_with_nothing_in_them_are_not_told() -> None:
    def work(page: Any) -> None:
        for letter in ("H", "Z", "XFD"):
            page.column_dimensions[letter].hidden = True
        for row in page.iter_rows(
            min_row=line_of(page, "Summa") - 5, max_row=line_of(page, "Summa"), min_col=8, max_col=8
        ):
            row[0].value = None

    assert found_in(DELAR, filling.rework(careful(DELAR), sheet("Ekonomi", work))) == {}


def beside(title: str, columns: int, lines: int = 0, **cells: Any) -> Callable[[Workbook], None]:
    """Copy a sheet's table so many columns to the right, and lines down, and then write in the copy."""

    def work(book: Workbook) -> None:
        page: Any = book[title]
        table = [[cell.value for cell in row] for row in page.iter_rows(min_row=8, max_row=20, max_col=columns - 1)]
        for down, row in enumerate(table):
            for right, value in enumerate(row, 1):
                if value is not None and not str(value).startswith("="):
                    page.cell(8 + lines + down, columns + right).value = value
        for where, value in cells.items():
            page[where] = value

    return work


SECOND = {
    "bredvid": beside("Ekonomi", 9, K14=25_000),
    "bredvid och längre ned": beside("Ekonomi", 9, 30, K45=25_000),
    "investeringar": beside("Investeringar", 10, L14=25_000),
    "mål, som bara är text": beside("Mål och indikatorer", 10, L13="Trygg skola"),
}


@pytest.mark.parametrize("what", SECOND)
def test_a_second_table_on_a_sheet_is_told(what: str) -> None:
    found = found_in(DELAR, filling.rework(careful(DELAR), SECOND[what]))
    assert list(found) == ["ifylld-kopia"]
    title, _, place = found["ifylld-kopia"].place.partition("!")
    assert (
        found["ifylld-kopia"].message
        == f"På bladet ”{title}” är en tabell till ifylld men läses inte, den som börjar i {place}."
    )


def test_a_second_table_that_says_the_same_or_only_has_some_titles_is_none() -> None:
    def own(page: Any) -> None:
        for column, values in enumerate((("Verksamhet", "Förskola"), ("Utfall", 77), ("Vikarier", 12)), 12):
            for line, value in enumerate(values, 12):
                page.cell(line, column).value = value

    assert found_in(DELAR, filling.rework(careful(DELAR), beside("Ekonomi", 9))) == {}
    assert found_in(DELAR, filling.rework(careful(DELAR), sheet("Ekonomi", own))) == {}


def in_ods(name: str, change: Callable[[str], str], more: str = "") -> bytes:
    """A mall that LibreOffice saved, with the start of one row's XML changed, to its name, and ``more`` styles."""

    def rewritten(part: bytes) -> bytes:
        text = part.decode()
        end = text.index(f"<text:p>{name}</text:p>")
        begin = text.rindex("<table:table-row", 0, end)
        changed = text[:begin] + change(text[begin:end]) + text[end:]
        return changed.replace("</office:automatic-styles>", f"{more}</office:automatic-styles>").encode()

    return rezipped((FILES / "ekonomi.libreoffice.ods").read_bytes(), {"content.xml": rewritten})


@pytest.mark.parametrize("how", ["collapse", "filter"], ids=["dold", "bortfiltrerad"])
def test_a_hidden_row_of_an_opendocument_workbook_is_told(how: str) -> None:
    hidden = in_ods(
        "Grundskola", lambda row: row.replace("<table:table-row ", f'<table:table-row table:visibility="{how}" ')
    )
    found = found_in(DELAR, hidden, "ods")
    assert list(found) == ["dold-rad"] and "”Grundskola”" in found["dold-rad"].message


@pytest.mark.parametrize("how", ["collapse", "filter"], ids=["dold", "bortfiltrerad"])
def test_a_hidden_column_of_an_opendocument_workbook_is_told(how: str) -> None:
    def hidden(part: bytes) -> bytes:
        text = part.decode()
        begin = text.index("<table:table-column", text.index('table:name="Ekonomi"'))
        begin = text.index("<table:table-column", begin + 5)
        return f'{text[:begin]}<table:table-column table:visibility="{how}" {text[begin + 20 :]}'.encode()

    content = rezipped((FILES / "ekonomi.libreoffice.ods").read_bytes(), {"content.xml": hidden})
    found = found_in(DELAR, content, "ods")
    assert list(found) == ["dold-rad"] and "dol" in found["dold-rad"].message and "olumn" in found["dold-rad"].message


STRUCK_STYLE = (
    '<style:style style:name="struket" style:family="table-cell" style:parent-style-name="ce6"><style:text-properties {}/></style:style>'
    '<style:style style:name="arvt" style:family="table-cell" style:parent-style-name="struket"/>'
)


@pytest.mark.parametrize(
    ("style", "line", "told"),
    [("struket", 'style:text-line-through-style="solid"', True), ("arvt", 'style:text-line-through-type="double"', True),
     ("struket", 'style:text-line-through-style="none"', False)],
)  # fmt: skip
def test_a_struck_out_row_of_an_opendocument_workbook_is_asked_about(style: str, line: str, told: bool) -> None:
    struck = in_ods("Grundskola", lambda row: row.replace('"ce6"', f'"{style}"'), STRUCK_STYLE.format(line))
    found = found_in(DELAR, struck, "ods")
    assert list(found) == (["overstruken-rad"] if told else [])


@pytest.mark.parametrize(("struck", "told"), [("Grundskola", True), ("Grund", False)])
def test_struck_out_letters_of_an_opendocument_workbook_are_asked_about(struck: str, told: bool) -> None:
    style = '<style:style style:name="T9" style:family="text"><style:text-properties style:text-line-through-style="solid"/></style:style>'

    def rewritten(part: bytes) -> bytes:
        span = f'<text:span text:style-name="T9">{struck}</text:span>'
        text = part.decode().replace("</office:automatic-styles>", f"{style}</office:automatic-styles>")
        return text.replace(
            "<text:p>Grundskola</text:p>", f"<text:p>{'Grundskola'.replace(struck, span)}</text:p>"
        ).encode()

    content = rezipped((FILES / "ekonomi.libreoffice.ods").read_bytes(), {"content.xml": rewritten})
    assert list(found_in(DELAR, content, "ods")) == (["overstruken-rad"] if told else [])


def test_a_hidden_sheet_of_an_opendocument_workbook_is_told() -> None:
    def hidden(part: bytes) -> bytes:
        return part.replace(b'table:display="true"', b'table:display="false"', 1)  # the first sheet's style

    content = rezipped((FILES / "ekonomi.libreoffice.ods").read_bytes(), {"content.xml": hidden})
    found = found_in(DELAR, content, "ods")
    assert [each.message for each in found.values()] == ["Ett blad är dolt i filen och räknas med: ”Ekonomi”."]


def test_what_libreoffice_saved_is_asked_nothing() -> None:
    assert found_in(DELAR, (FILES / "ekonomi.libreoffice.ods").read_bytes(), "ods") == {}

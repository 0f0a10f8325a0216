"""The workbook that a table part is filled in: a tab per sheet, and one that says what it is and carries its mark."""

from datetime import datetime

from openpyxl.packaging.core import DocumentProperties
from openpyxl.utils import quote_sheetname
from openpyxl.workbook import Workbook
from openpyxl.workbook.defined_name import DefinedName
from openpyxl.worksheet.worksheet import Worksheet

from submissions.files.packing import frozen
from submissions.templates import mall_looks, mall_words
from submissions.templates.mall import KnownFigures, Mall
from submissions.templates.page import print_out, protect, write
from submissions.templates.tab import Tab

MEDIA_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
ABOUT = "Om mallen"
_HOW = (
    "Gula rutor fyller du i. Grå rutor räknas ut och är låsta. Blå rutor är förifyllda med det som redan är känt: "
    "kontrollera dem, och ändra om de är fel.",
    "Belopp skrivs i tkr som tal, utan bokstäver. Tecknen, plus eller minus, står förklarade på varje flik.",
    "Fler rader: infoga dem ovanför summan. Flikar får döpas om och rader flyttas; ändra inte kolumnernas rubriker.",
    "Skyddet har inget lösenord. Du kan ta bort det, men då kan formler skrivas över av misstag.",
)


def workbook_of(mall: Mall, known: KnownFigures) -> bytes:
    """Return the workbook of a mall, prefilled with what is ``known``; the same input gives the same bytes.

    It has no macros and no links. Formulas carry no calculated values: the program that opens it calculates them.
    """
    book = Workbook()
    book.remove(book.worksheets[0])
    for sheet in mall.sheets:
        Tab(book, mall, sheet, known).lay()
    _about(book, mall)
    made = datetime(mall.period.year, 1, 1)  # noqa: DTZ001 - a document's property has no zone
    book.properties = DocumentProperties(
        title=f"{mall_words.title(mall)}, {mall_words.fit(mall.unit_name)}",
        subject=mall_words.part_name(mall),
        creator=mall_words.fit(f"{mall.kommun_name}, ekonomikontoret"),
        lastModifiedBy=mall_words.fit(f"{mall.kommun_name}, ekonomikontoret"),
        identifier=mall_words.identifier(mall),
        language="sv-SE",
        created=made,
    )
    book.active = 0
    return frozen(book.save, made)


def _about(book: Workbook, mall: Mall) -> None:
    """Say what the workbook is, how it is filled in and handed in, and carry the mark by which it is known."""
    page = book.create_sheet(ABOUT)
    page.column_dimensions["A"].width, page.column_dimensions["B"].width = 24, 96
    page.merge_cells("A1:B1")
    write(page, "A1", mall_words.title(mall), mall_looks.TITLE)
    page.row_dimensions[1].height = 24
    row = 2
    facts = (
        ("Kommun", mall.kommun_name),
        ("Enhet", mall.unit_name),
        ("Det som lämnas", mall.part_name),
        ("Perioden slutar", mall_words.last_day(mall)),
        ("Lämnas senast", mall.due_text),
        ("Lämnas in", mall_words.HAND_IN),
        ("Enligt", mall.lagrum),
    )
    for label, value in facts:
        row = _pair(page, row, label, value)
    row += 1
    for number, line in enumerate(_HOW):
        row = _pair(page, row, "Så fyller du i" if number == 0 else "", line)
    row += 1
    labels = ("Mallens version", "Kommun", "Rapport", "Period", "Enhet", "Del")
    write(page, f"A{row + 1}", "Mallens märkning", mall_looks.SUBTITLE)
    write(
        page,
        f"B{row + 1}",
        "Av den känner tjänsten igen mallen när den lämnas in. Ändra inget här.",
        mall_looks.QUIET_LINE,
    )
    row += 1
    for label, (name, value) in zip(labels, mall_words.marks(mall).items(), strict=True):
        row = _pair(page, row, label, value)
        book.defined_names[name] = DefinedName(name, attr_text=f"{quote_sheetname(page.title)}!$B${row}")
    page.sheet_view.showGridLines = False
    page.sheet_properties.tabColor = mall_looks.QUIET
    print_out(page, mall, f"A1:B{row}")
    protect(page, may_insert=False)


def _pair(page: Worksheet, row: int, label: str, value: str) -> int:
    row += 1
    write(page, f"A{row}", label, mall_looks.LABEL if label else mall_looks.LEAD)
    cell = write(page, f"B{row}", mall_words.fit(value), mall_looks.VALUE)
    cell.number_format = "@"
    page.row_dimensions[row].height = 14 * mall_looks.lines_of(str(cell.value), 100) + 4
    return row

"""The workbook that a table part is filled in: a tab per sheet, and one that says what it is and carries its mark."""

from collections.abc import Sequence
from datetime import UTC, datetime

from xlsxwriter.utility import quote_sheetname

from submissions.files.new_workbook import NewPage, NewWorkbook
from submissions.templates import mall_looks, mall_words
from submissions.templates.mall import KnownFigures, Mall
from submissions.templates.page import print_out, protect
from submissions.templates.tab import Tab
from submissions.templates.validation import LongChoices

MEDIA_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
ABOUT = "Om mallen"
_CHOICES = "D"  #: the hidden column with the choices that are too long for a cell's own list
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
    book = NewWorkbook(
        title=f"{mall_words.title(mall)}, {mall_words.fit(mall.unit_name)}",
        subject=mall_words.part_name(mall),
        author=mall_words.fit(f"{mall.kommun_name}, {mall.office}"),
        identifier=mall_words.identifier(mall),
        at=datetime(mall.period.year, 1, 1, tzinfo=UTC),
    )
    long = LongChoices(f"{quote_sheetname(ABOUT)}!${_CHOICES}")
    for sheet in mall.sheets:
        Tab(book, mall, sheet, known, long).lay()
    _about(book, mall, long.rows)
    return book.content()


def _about(book: NewWorkbook, mall: Mall, choices: Sequence[str]) -> None:
    """Say what the workbook is, how it is filled in and handed in, and carry the mark by which it is known."""
    page = book.page(ABOUT)
    page.width("A", 24)
    page.width("B", 96)
    page.across("A1", "B1", mall_words.title(mall), mall_looks.TITLE.style())
    page.height(1, 24)
    row = 2
    facts = (
        ("Kommun", mall.kommun_name),
        ("Enhet", mall.unit_name),
        ("Det som lämnas", mall.part_name),
        ("Perioden slutar", mall_words.last_day(mall)),
        ("Lämnas senast", mall.due_text),
        ("Lämnas in", mall_words.hand_in(mall)),
        ("Enligt", mall.lagrum),
    )
    for label, value in facts:
        row = _pair(page, row, label, value)
    row += 1
    for number, line in enumerate(_HOW):
        row = _pair(page, row, "Så fyller du i" if number == 0 else "", line)
    row += 1
    labels = ("Mallens version", "Kommun", "Rapport", "Period", "Enhet", "Del")
    row += 1
    page.text(f"A{row}", "Mallens märkning", mall_looks.SUBTITLE.style())
    known_by = "Av den känner tjänsten igen mallen när den lämnas in. Ändra inget här."
    page.text(f"B{row}", known_by, mall_looks.QUIET_LINE.style())
    for label, (name, value) in zip(labels, mall_words.marks(mall).items(), strict=True):
        row = _pair(page, row, label, value)
        book.name(name, page, f"B{row}")
    for number, choice in enumerate(choices, 1):
        page.text(f"{_CHOICES}{number}", mall_words.fit(choice), mall_looks.VALUE.style(shown="@"))
    if choices:
        page.sheet.set_column(f"{_CHOICES}:{_CHOICES}", None, None, {"hidden": True})
    page.sheet.hide_gridlines(2)
    page.sheet.set_tab_color(mall_looks.QUIET)
    print_out(page, mall, f"A1:B{row}")
    protect(page, may_insert=False)


def _pair(page: NewPage, row: int, label: str, value: str) -> int:
    row += 1
    page.text(f"A{row}", label, (mall_looks.LABEL if label else mall_looks.LEAD).style())
    text = mall_words.fit(value)
    page.text(f"B{row}", text, mall_looks.VALUE.style(shown="@"))
    page.height(row, 14 * mall_looks.lines_of(text, 100) + 4)
    return row

"""A workbook's looks: pages with titles, tables and sums, on A4 and in print. Words from outside are words only."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime, time
from decimal import Decimal
from math import ceil
from typing import Any

from openpyxl import Workbook
from openpyxl.cell.cell import Cell
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.utils import get_column_letter, quote_sheetname
from openpyxl.workbook.properties import CalcProperties
from openpyxl.worksheet.properties import Outline, PageSetupProperties
from openpyxl.worksheet.worksheet import Worksheet

from arshjul.definition.sheets import ColumnKind
from arshjul.formulas import begins_formula
from submissions.compilation.edits import with_alt_text, with_values
from submissions.files.figures import clean
from submissions.files.packing import Edit, frozen

FONT, SIZE = "Arial", 10
LINE_HEIGHT = 13.2  #: of a row of text, in points; no program works out the height of a wrapped cell alike
DEEP, QUIET, SHADE, LINE = "163A5F", "51606F", "E8F1F8", "B8C2CC"
LONGEST = 32_000  #: characters in a cell; Excel takes 32 767
CUT = " … (avkortat: hela texten finns i underlaget)"
FORMATS: dict[ColumnKind, str] = {"belopp": "#,##0", "procent": '0.0" %"', "antal": "#,##0"}
SIGNED = "+#,##0;-#,##0;0"
_THIN, _THICK = Side(style="thin", color=LINE), Side(style="medium", color=DEEP)


class CompiledBook:
    """A workbook under way. ``bytes_at`` gives the file: the same pages, the same bytes."""

    def __init__(self, title: str, author: str) -> None:
        self._book = Workbook()
        self._book.remove(self._book.worksheets[0])
        self._book.calculation = CalcProperties(fullCalcOnLoad=True)
        self._book.properties.title, self._book.properties.creator = clean(title), clean(author)
        self._book.properties.language = "sv-SE"
        self._pages: list[Page] = []
        self._footer = clean(f"{author} · {title}").replace("&", "&&")

    def page(self, title: str, widths: Sequence[float]) -> "Page":
        """Add a page; a title that is there already gets a number after it."""
        names = {each.name for each in self._pages}
        name = next(each for each in (title, *(f"{title} {n}" for n in range(2, 99))) if each not in names)
        page = Page(self._book.create_sheet(name), widths, self._footer)
        self._pages.append(page)
        return page

    def bytes_at(self, at: datetime) -> bytes:
        """Return the file, made at ``at``."""
        edits, drawings = dict[str, Edit](), 0
        for number, page in enumerate(self._pages, 1):
            if page.values:
                edits[f"xl/worksheets/sheet{number}.xml"] = with_values(page.values)
            if page.alt_text:
                drawings += 1
                edits[f"xl/drawings/drawing{drawings}.xml"] = with_alt_text(page.alt_text)
        return frozen(self._book.save, at, edits)


class Page:
    """One sheet of the workbook, written from the top; ``at`` is the next row."""

    def __init__(self, sheet: Worksheet, widths: Sequence[float], footer: str) -> None:
        self.sheet, self.name, self.at, self.alt_text = sheet, sheet.title, 1, ""
        self.values: dict[str, Decimal] = {}  #: what the formulas come to, by cell
        self._widths, self._lines = tuple(widths), 1
        for number, width in enumerate(widths, 1):
            sheet.column_dimensions[get_column_letter(number)].width = width
        sheet.sheet_view.showGridLines = False
        sheet.page_setup.orientation, sheet.page_setup.paperSize = "landscape", 9  # A4
        sheet.page_setup.fitToHeight = 0  # as many pages high as it needs, one wide
        sheet.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
        sheet.sheet_properties.outlinePr = Outline(summaryBelow=False)
        sheet.page_margins.left = sheet.page_margins.right = 0.5
        running = sheet.oddFooter
        assert running is not None  # noqa: S101 - openpyxl makes one for every sheet
        running.left.text, running.right.text = footer, "Sida &P av &N"
        running.left.size = running.right.size = 8

    def heading(self, words: str, size: float = 16) -> None:
        """Write a heading."""
        self.put(1, words, size=size, color=DEEP, bold=True)
        self.sheet.row_dimensions[self.at].height = size * 1.7
        self.at += 1

    def note(self, words: str, *, strong: bool = False) -> None:
        """Write a line of words across the page, as high as it needs."""
        cell = self.put(1, words, bold=strong, color="000000" if strong else QUIET)
        cell.alignment = Alignment(wrap_text=True, vertical="top")
        if len(self._widths) > 1:
            last = len(self._widths)
            self.sheet.merge_cells(start_row=self.at, end_row=self.at, start_column=1, end_column=last)
        self._lines = ceil(len(words) / sum(self._widths))
        self.next()

    def next(self) -> None:
        """Go to the next row, and give the row under way the height that its words need."""
        if self._lines > 1:
            self.sheet.row_dimensions[self.at].height = LINE_HEIGHT * self._lines + 2
        self.at, self._lines = self.at + 1, 1

    def gap(self) -> None:
        """Leave a row."""
        self.at += 1

    def head(self, titles: Sequence[str], *, numbers: Iterable[int] = (), freeze: bool = False) -> None:
        """Write a table's head; ``numbers`` are its columns of numbers, from 1."""
        numbers = set(numbers)
        for column, title in enumerate(titles, 1):
            cell = self.put(column, title, bold=True, color=DEEP)
            cell.fill = PatternFill("solid", fgColor=SHADE)
            side, indent = ("right", 0) if column in numbers else ("left", 1 if column - 1 in numbers else 0)
            cell.alignment = Alignment(wrap_text=True, vertical="bottom", horizontal=side, indent=indent)
            cell.border = Border(bottom=_THICK)
        high = max(ceil(len(title) * 1.2 / width) for title, width in zip(titles, self._widths, strict=False))
        self.sheet.row_dimensions[self.at].height = LINE_HEIGHT * max(1, high) + 8
        if freeze:
            self.sheet.print_title_rows = f"{self.at}:{self.at}"
            self.sheet.freeze_panes = f"B{self.at + 1}"
        self.at += 1

    def put(
        self, column: int, value: Decimal | str | int | date | time | None, *, shown: str = "", bold: bool = False,
        size: float = SIZE, color: str = "000000", italic: bool = False, indent: int = 0, wrap: bool = False,
    ) -> Cell:  # fmt: skip
        """Write a value in the row under way: a number or a day with its format, or words that are never a formula."""
        cell: Any = self.sheet.cell(self.at, column)
        if isinstance(value, str):
            text = clean(value)
            cell.value = text if len(text) <= LONGEST else f"{text[: LONGEST - len(CUT)]}{CUT}"
            cell.data_type = "s"  # openpyxl takes what begins with = for a formula
            cell.quotePrefix = begins_formula(text)
        else:
            cell.value = value
            cell.number_format = shown or "General"
        if indent or wrap:
            side = "left" if isinstance(value, str) else None  # an indent holds only from a side that is named
            cell.alignment = Alignment(indent=indent, wrap_text=wrap, vertical="top", horizontal=side)
        elif not isinstance(value, str):
            cell.alignment = Alignment(vertical="top", horizontal="right")
        else:
            cell.alignment = Alignment(vertical="top")
        if wrap and isinstance(value, str):
            across = (self._widths[column - 1] - 2 * indent) / (0.98 if bold else 0.9)
            self._lines = max(self._lines, *(ceil(len(line) / across) for line in [*value.split("\n"), "-"]))
        cell.font = Font(name=FONT, size=size, bold=bold, italic=italic, color=color)
        result: Cell = cell
        return result

    def work_out(self, column: int, formula: str, value: Decimal, *, shown: str, bold: bool = False) -> str:
        """Write a formula of our own with the value that it comes to; return the cell's place."""
        cell = self.put(column, None, shown=shown, bold=bold)
        cell.value = formula
        self.values[cell.coordinate] = value
        return cell.coordinate

    def sortable(self, head: int) -> None:
        """Let the table whose head is row ``head``, and which ends above the row under way, be sorted and filtered."""
        self.sheet.auto_filter.ref = f"A{head}:{get_column_letter(len(self._widths))}{self.at - 1}"

    def one_page(self) -> None:
        """Let it be printed on one page."""
        self.sheet.page_setup.fitToHeight = 1

    def rule(self, *, heavy: bool = False) -> None:
        """Draw a line over the row under way."""
        for column in range(1, len(self._widths) + 1):
            self.sheet.cell(self.at, column).border = Border(top=_THICK if heavy else _THIN)

    def inner(self) -> None:
        """Make the row under way one that can be folded in under the row above it."""
        self.sheet.row_dimensions[self.at].outline_level = 1

    def table(self, titles: Sequence[str], rows: Iterable[Sequence[str]], nothing: str = "") -> None:
        """Write a whole table of words, or ``nothing`` when it has no rows."""
        rows = list(rows)
        if not rows:
            self.note(nothing)
            return
        self.head(titles)
        for row in rows:
            self.rule()
            for column, words in enumerate(row, 1):
                self.put(column, words, bold=column == 1, wrap=True)
            self.next()

    def place(self, column: int) -> str:
        """Return ``D7``: a column of the row under way."""
        return f"{get_column_letter(column)}{self.at}"

    def elsewhere(self, place: str) -> str:
        """Return a cell of this page as other pages' formulas name it."""
        return f"{quote_sheetname(self.name)}!{place}"

"""A workbook's looks: pages with titles, tables and sums, on A4 and in print. Words from outside are words only."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time
from decimal import Decimal
from math import ceil
from typing import Any

from xlsxwriter.utility import quote_sheetname, xl_col_to_name

from arshjul.definition.sheets.column import ColumnKind
from submissions.files.figures import clean
from submissions.files.new_workbook import NewPage, NewWorkbook, Style

FONT, SIZE = "Arial", 10
LINE_HEIGHT = 13.2  #: of a row of text, in points; no program works out the height of a wrapped cell alike
DEEP, QUIET, SHADE, LINE = "#163A5F", "#51606F", "#E8F1F8", "#B8C2CC"
LONGEST = 32_000  #: characters in a cell; Excel takes 32 767
CUT = " … (avkortat: hela texten finns i underlaget)"
FORMATS: dict[ColumnKind, str] = {"belopp": "#,##0", "procent": '0.0" %"', "antal": "#,##0"}
SIGNED = "+#,##0;-#,##0;0"
_THIN: Style = {"top": 1, "top_color": LINE}
_THICK: Style = {"top": 2, "top_color": DEEP}
_A4 = 9

Value = Decimal | str | int | date | time | None


class PrintedBook:
    """A workbook under way. ``content`` gives the file: the same pages at the same instant, the same bytes."""

    def __init__(self, title: str, author: str, at: datetime) -> None:
        self._book = NewWorkbook(title=clean(title), author=clean(author), at=at)
        self._pages: list[Page] = []
        self._footer = clean(f"{author} · {title}")

    def page(self, title: str, widths: Sequence[float]) -> "Page":
        """Add a page; a title that is there already gets a number after it."""
        names = {each.name for each in self._pages}
        name = next(each for each in (title, *(f"{title} {n}" for n in range(2, 99))) if each not in names)
        page = Page(self._book.page(name), widths, self._footer)
        self._pages.append(page)
        return page

    def content(self) -> bytes:
        """Return the file."""
        for page in self._pages:
            page.write()
        return self._book.content()


@dataclass(slots=True)
class _Cell:
    """What a cell is to be, when everything has been said of it."""

    value: Value = None
    formula: str = ""
    style: dict[str, Any] = field(default_factory=dict)


class Page:
    """One sheet of the workbook, laid out from the top; ``at`` is the next row."""

    def __init__(self, written: NewPage, widths: Sequence[float], footer: str) -> None:
        self.written, self.name, self.at = written, written.title, 1
        self._widths, self._lines = tuple(widths), 1
        self._cells: defaultdict[tuple[int, int], _Cell] = defaultdict(_Cell)
        self._heights: dict[int, float] = {}
        self._inner: set[int] = set()
        self._across: set[int] = set()  #: rows whose words go over the whole page
        for number, width in enumerate(widths):
            written.width(xl_col_to_name(number), width)
        sheet = written.sheet
        sheet.hide_gridlines(2)
        sheet.set_landscape()
        sheet.set_paper(_A4)
        sheet.fit_to_pages(1, 0)  # as many pages high as it needs, one wide
        sheet.outline_settings(symbols_below=False)
        sheet.set_margins(left=0.5, right=0.5)
        written.feet(FONT, left=footer)

    @property
    def columns(self) -> int:
        """How many columns it has."""
        return len(self._widths)

    def write(self) -> None:
        """Write what was laid out."""
        for row in sorted(self._heights.keys() | self._inner):
            self.written.height(row, self._heights.get(row), inner=row in self._inner)
        for (row, column), cell in self._cells.items():
            where = f"{xl_col_to_name(column - 1)}{row}"
            match cell.value:
                case value if cell.formula:
                    assert isinstance(value, Decimal)  # noqa: S101 - work_out takes no other
                    self.written.formula(where, cell.formula, cell.style, float(value))
                case None:
                    self.written.blank(where, cell.style)
                case str(value) if row in self._across:
                    self.written.across(where, f"{xl_col_to_name(len(self._widths) - 1)}{row}", value, cell.style)
                case str(value):
                    self.written.text(where, value, cell.style)
                case Decimal() | int() as value:
                    self.written.number(where, float(value), cell.style)
                case value:
                    self.written.moment(where, value, cell.style)

    def heading(self, words: str, size: float = 16) -> None:
        """Write a heading."""
        self.put(1, words, size=size, color=DEEP, bold=True)
        self._heights[self.at] = size * 1.7
        self.at += 1

    def note(self, words: str, *, strong: bool = False) -> None:
        """Write a line of words across the page, as high as it needs."""
        self.put(1, words, bold=strong, color="#000000" if strong else QUIET)
        self._cell(1).style |= {"text_wrap": True}
        if len(self._widths) > 1:
            self._across.add(self.at)
        self._lines = ceil(len(words) / sum(self._widths))
        self.next()

    def next(self) -> None:
        """Go to the next row, and give the row under way the height that its words need."""
        if self._lines > 1:
            self._heights[self.at] = LINE_HEIGHT * self._lines + 2
        self.at, self._lines = self.at + 1, 1

    def gap(self) -> None:
        """Leave a row."""
        self.at += 1

    def head(self, titles: Sequence[str], *, numbers: Iterable[int] = (), freeze: bool = False) -> None:
        """Write a table's head; ``numbers`` are its columns of numbers, from 1."""
        numbers = set(numbers)
        for column, title in enumerate(titles, 1):
            self.put(column, title, bold=True, color=DEEP)
            side, indent = ("right", 0) if column in numbers else ("left", 1 if column - 1 in numbers else 0)
            self._cell(column).style |= {
                "text_wrap": True,
                "valign": "bottom",
                "align": side,
                "indent": indent,
                "pattern": 1,
                "bg_color": SHADE,
                "bottom": 2,
                "bottom_color": DEEP,
            }
        high = max(ceil(len(title) * 1.2 / width) for title, width in zip(titles, self._widths, strict=False))
        self._heights[self.at] = LINE_HEIGHT * max(1, high) + 8
        if freeze:
            self.written.sheet.repeat_rows(self.at - 1)
            self.written.sheet.freeze_panes(self.at, 1)
        self.at += 1

    def put(
        self, column: int, value: Value, *, shown: str = "", bold: bool = False, size: float = SIZE,
        color: str = "#000000", italic: bool = False, indent: int = 0, wrap: bool = False, side: str = "",
    ) -> None:  # fmt: skip
        """Write a value in the row under way: a number or a day with its format, or words that are never a formula.

        ``side``: to which it stands; else numbers and days to the right.
        """
        cell, is_words = self._cell(column), isinstance(value, str)
        if isinstance(value, str):
            text = clean(value)
            cell.value = text if len(text) <= LONGEST else f"{text[: LONGEST - len(CUT)]}{CUT}"
        else:
            cell.value = value
            cell.style |= {"num_format": shown} if shown else {}
        wanted = side or ("" if is_words else "right")
        if indent or wrap:
            wanted = side or ("left" if is_words else "")  # an indent holds only from a side that is named
        cell.style |= {
            "font_name": FONT,
            "font_size": size,
            "font_color": color,
            "bold": bold,
            "italic": italic,
            "valign": "top",
            "text_wrap": wrap,
            "indent": indent,
            **({"align": wanted} if wanted else {}),
        }
        if wrap and isinstance(value, str):
            across = (self._widths[column - 1] - 2 * indent) / (0.98 if bold else 0.9)
            self._lines = max(self._lines, *(ceil(len(line) / across) for line in [*value.split("\n"), "-"]))

    def work_out(self, column: int, formula: str, value: Decimal, *, shown: str, bold: bool = False) -> str:
        """Write a formula of our own with the value that it comes to; return the cell's place."""
        self.put(column, value, shown=shown, bold=bold)
        self._cell(column).formula = formula
        return self.place(column)

    def sortable(self, head: int) -> None:
        """Let the table whose head is row ``head``, and which ends above the row under way, be sorted and filtered."""
        self.written.sheet.autofilter(head - 1, 0, self.at - 2, len(self._widths) - 1)

    def one_page(self) -> None:
        """Let it be printed on one page."""
        self.written.sheet.fit_to_pages(1, 1)

    def rule(self, *, heavy: bool = False) -> None:
        """Draw a line over the row under way."""
        for column in range(1, len(self._widths) + 1):
            self._cell(column).style |= _THICK if heavy else _THIN

    def inner(self) -> None:
        """Make the row under way one that can be folded in under the row above it."""
        self._inner.add(self.at)

    def _cell(self, column: int) -> _Cell:
        return self._cells[self.at, column]

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
        return f"{xl_col_to_name(column - 1)}{self.at}"

    def elsewhere(self, place: str) -> str:
        """Return a cell of this page as other pages' formulas name it."""
        return f"{quote_sheetname(self.name)}!{place}"

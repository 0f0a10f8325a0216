"""Writing a workbook: a cell's words are words, never a formula, and the same cells are the same bytes."""

import io
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, time
from html import escape
from typing import Any

from xlsxwriter import Workbook
from xlsxwriter.format import Format
from xlsxwriter.utility import quote_sheetname
from xlsxwriter.worksheet import Worksheet

from arshjul.formulas import begins_formula
from submissions.files.packing import frozen

LONGEST_FOOT = 100  #: characters of what stands at each end of a page's foot; Excel takes 255 in all

Style = Mapping[str, Any]  #: XlsxWriter's properties of a cell: ``{"bold": True, "bg_color": "#F0F3F6"}``


class NewWorkbook:
    """A workbook under way; ``content`` is the file."""

    def __init__(self, *, title: str, author: str, at: datetime, subject: str = "", identifier: str = "") -> None:
        """``at`` is when it says that it was made: the same cells at the same instant are the same bytes."""
        self._into, self._identifier = io.BytesIO(), identifier
        self._book = Workbook(self._into, {"in_memory": True})
        self._book.set_properties({"title": title, "author": author, "subject": subject, "created": at.astimezone(UTC)})
        self._formats: dict[tuple[tuple[str, Any], ...], Format] = {}

    def page(self, title: str) -> "NewPage":
        """Add a page."""
        return NewPage(self, self._book.add_worksheet(title))

    def name(self, name: str, page: "NewPage", where: str) -> None:
        """Give a cell, as ``B7``, a name in the workbook."""
        letter = where.rstrip("0123456789")
        place = f"={quote_sheetname(page.title)}!${letter}${where.removeprefix(letter)}"
        _sure(self._book.define_name(name, place))

    def format(self, style: Style) -> Format:
        """Return how cells of a style look; each style is one format of the file."""
        key = tuple(style.items())
        if key not in self._formats:
            self._formats[key] = self._book.add_format(dict(style))
        return self._formats[key]

    def bars(self) -> Any:
        """Return XlsxWriter's chart of lying bars, to be put on a page."""
        return self._book.add_chart({"type": "bar"})

    def content(self) -> bytes:
        """Return the file; nothing can be written in it after that."""
        self._book.close()
        return frozen(lambda into: into.write(self._into.getvalue()), edits={"docProps/core.xml": self._more})

    def _more(self, properties: bytes) -> bytes:
        """Add the properties that XlsxWriter knows nothing of: the language, and the identifier by which it is known."""
        told = f"<dc:identifier>{escape(self._identifier)}</dc:identifier>" if self._identifier else ""
        told += "<dc:language>sv-SE</dc:language></cp:coreProperties>"
        return properties.replace(b"</cp:coreProperties>", told.encode())


class NewPage:
    """One page of a workbook. Each cell is written once, with its style; ``sheet`` is XlsxWriter's own."""

    def __init__(self, book: NewWorkbook, sheet: Worksheet) -> None:
        self.book, self.sheet, self.title = book, sheet, str(sheet.get_name())

    def text(self, where: str, text: str, style: Style) -> None:
        """Write words: what begins with ``= + - @`` is no formula, also when somebody edits the cell."""
        if not text:
            self.blank(where, style)
            return
        quoted = {"quote_prefix": True} if begins_formula(text) else {}
        _sure(self.sheet.write_string(where, text, self.book.format({**style, **quoted})))

    def blank(self, where: str, style: Style) -> None:
        """Write an empty cell."""
        _sure(self.sheet.write_blank(where, None, self.book.format(style)))

    def number(self, where: str, number: float, style: Style) -> None:
        """Write a number."""
        _sure(self.sheet.write_number(where, number, self.book.format(style)))

    def moment(self, where: str, moment: date | time, style: Style) -> None:
        """Write a day or a time of day; its format is in the style."""
        _sure(self.sheet.write_datetime(where, moment, self.book.format(style)))

    def formula(self, where: str, formula: str, style: Style, value: float | None = None) -> None:
        """Write a formula of our own, and what it comes to. None: whoever opens the file works it out."""
        _sure(self.sheet.write_formula(where, formula, self.book.format(style), "" if value is None else value))

    def across(self, first: str, last: str, text: str, style: Style) -> None:
        """Write words over several cells of a row."""
        _sure(self.sheet.merge_range(f"{first}:{last}", "", self.book.format(style)))
        self.text(first, text, style)

    def when(self, cells: str, asks: Mapping[str, Any], style: Style) -> None:
        """Let cells look otherwise when something holds, which XlsxWriter's words tell."""
        _sure(self.sheet.conditional_format(cells, {**asks, "format": self.book.format(style)}))

    def hold(self, cells: Sequence[str], rule: Mapping[str, Any]) -> None:
        """Let cells and ranges take only what a rule allows, which XlsxWriter's words tell."""
        first, *more = cells
        ranges = {"multi_range": " ".join(cells)} if more else {}
        _sure(self.sheet.data_validation(first, {**rule, **ranges}))

    def height(self, row: int, points: float | None, *, inner: bool = False) -> None:
        """Set a row's height (None: as it needs); rows count from 1. An inner one folds in under the row above it."""
        _sure(self.sheet.set_row(row - 1, points, None, {"level": 1} if inner else {}))

    def width(self, letter: str, signs: float) -> None:
        """Set a column's width."""
        self.sheet.set_column(f"{letter}:{letter}", signs)

    def feet(self, font: str, *, left: str, center: str = "") -> None:
        """Say at each page's foot what it is, and which page of how many; 8 points high."""
        look = f'&"{font},Regular"&8 '
        words = (f"{look}{each.replace('&', '&&')[:LONGEST_FOOT]}" for each in (left, center))
        begins = [f"{place}{each}" for place, each in zip(("&L", "&C"), words, strict=True)]
        self.sheet.set_footer(f"{begins[0]}{begins[1] if center else ''}&R{look}Sida &P av &N")


def _sure(fault: int | None) -> None:
    """Raise ValueError when XlsxWriter did not write what it was asked to: it only warns."""
    if fault:
        raise ValueError(f"a workbook cannot hold this (XlsxWriter's {fault})")

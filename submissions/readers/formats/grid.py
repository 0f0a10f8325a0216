"""A sheet as a sparse grid, the same for .xlsx and .ods: a stray cell in the last row costs one cell."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import NamedTuple, Protocol

from submissions.readers.written import MAX_TEXT, clean

MAX_CELLS = 400_000  #: cells with something in them that are kept of one sheet; a report's have a few hundred


MAX_MERGED = 20_000  #: cells of one merged area; a larger one is somebody's background


class Raw(NamedTuple):
    """A cell as it is shown: a number in a cell with a percent format is 8.5, its unit ``%``.

    ``linked`` is the other file from which its formula fetches its value.
    """

    text: str
    number: Decimal | None = None
    unit: str = ""
    uncalculated: bool = False
    linked: str = ""


NOTHING = Raw("")
Spot = tuple[int, int]  #: row and column, from 0


class Named(NamedTuple):
    """Where a defined name points: the first cell of its range."""

    sheet: str
    spot: Spot


@dataclass(slots=True)
class Grid:
    """A sheet's cells by row and column, from 0, its merged areas, what is struck out, and what is hidden."""

    title: str
    rows: dict[int, dict[int, Raw]] = field(default_factory=dict)
    merges: list[tuple[Spot, Spot]] = field(default_factory=list)  #: first and last cell, inclusive
    kept: int = 0
    full: bool = False  #: there is more that was not kept
    struck: set[Spot] = field(default_factory=set)
    hidden: set[int] = field(default_factory=set)  #: rows
    hidden_columns: list[tuple[int, int]] = field(default_factory=list)  #: first and last, inclusive
    hidden_whole: bool = False  #: who opens the file sees nothing of it
    _covered: dict[Spot, tuple[Spot, Spot]] | None = None

    def keep(self, row: int, column: int, raw: Raw) -> bool:
        """Keep a cell; False, and ``full``, when the sheet has more than is kept."""
        self.full = self.kept >= MAX_CELLS
        if not self.full:
            self.kept += 1
            self.rows.setdefault(row, {})[column] = raw
        return not self.full

    def at(self, row: int, column: int) -> Raw:
        """Return a cell, NOTHING where there is none."""
        return self.rows.get(row, {}).get(column, NOTHING)

    def place(self, row: int, column: int) -> str:
        """Return ``Ekonomi!D7``."""
        return f"{self.title}!{letters(column)}{row + 1}"

    def hides(self, column: int) -> bool:
        """Tell whether a column is hidden."""
        return any(first <= column <= last for first, last in self.hidden_columns)

    def merge_at(self, row: int, column: int) -> tuple[Spot, Spot] | None:
        """Return the merged area that a cell lies in: its first and last cell."""
        if self._covered is None:
            self._covered = {}
            for area in self.merges:
                (top, left), (bottom, right) = area
                if len(self._covered) < MAX_CELLS and (bottom - top + 1) * (right - left + 1) <= MAX_MERGED:
                    spots = ((row, column) for row in range(top, bottom + 1) for column in range(left, right + 1))
                    self._covered.update(dict.fromkeys(spots, area))
        return self._covered.get((row, column))


class Book(Protocol):
    """A workbook: its sheets, hidden ones too, and its defined names, case-folded."""

    @property
    def titles(self) -> tuple[str, ...]:
        """The sheets' titles, in order."""

    @property
    def names(self) -> Mapping[str, Named]:
        """The defined names that point at a cell."""

    def grids(self, titles: Iterable[str], rows: int | None = None) -> dict[str, Grid]:
        """Read these sheets, or only their first rows."""


class CachedBook:
    """A book whose sheets are read once, however often they are asked for."""

    def __init__(self, book: Book) -> None:
        self._book, self._read = book, dict[str, Grid]()
        self.titles, self.names = book.titles, book.names

    def grids(self, titles: Iterable[str], rows: int | None = None) -> dict[str, Grid]:
        """Read these sheets, or only their first rows."""
        asked = set(titles)
        if rows is not None:
            return self._book.grids(asked, rows)
        self._read |= self._book.grids(asked - self._read.keys())
        return {title: self._read[title] for title in asked if title in self._read}


def letters(column: int) -> str:
    """Return a column's letters: 0 is A, 27 is AB."""
    found = ""
    column += 1
    while column:
        column, rest = divmod(column - 1, 26)
        found = chr(65 + rest) + found
    return found


def column_of(written: str) -> int:
    """Return a column by its letters: A is 0."""
    column = 0
    for letter in written:
        column = column * 26 + ord(letter) - 64
    return column - 1


def cut(text: str) -> str:
    """Cut a text at its bound, and clean it."""
    text = clean(text)
    return text if len(text) <= MAX_TEXT else text[: MAX_TEXT - 1] + "…"


def decimal_of(written: str) -> Decimal | None:
    """Return a stored number with the fifteen digits that a spreadsheet has; None when it is none."""
    try:
        value = float(written)
    except ValueError:
        return None
    if not abs(value) < 1e18:  # nor infinite, nor no number at all
        return None
    text = f"{value:.15g}" if abs(value) > 1e-15 else "0"
    number = Decimal(text)
    return number.quantize(Decimal(1)) if "e+" in text else number  # 1e+17 is 100 000 000 000 000 000

"""What in a filled-in sheet can be relied on, so that one fault is told once.

A cell has at most one flaw, called by the rule that tells it. The rules about figures see only numbers without a
flaw, in rows that stand once: what is missing or misread is not also a wrong sum, a deviation or a lost krona.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal

from arshjul.definition.sheets.column import Column, ColumnRole, Line
from arshjul.definition.sheets.sheet import Sheet
from submissions.files.filled import FilledRow, FilledTable
from submissions.review.review_words import amount
from submissions.templates.mall import MallSheet


@dataclass(frozen=True, slots=True, kw_only=True)
class Spot:
    """A cell, said so that people find it."""

    place: str  #: "Ekonomi!D7"
    row: str  #: the row's name
    column: str  #: the column's title
    text: str = ""

    @property
    def name(self) -> str:
        """``Förskola, Utfall perioden``."""
        return f"{self.row}, {self.column}" if self.row else self.column


Flaws = Mapping[str, tuple[Spot, ...]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Sound:
    """A sheet that was asked for and found, with what can be relied on in it.

    ``rows`` are those that stand once and say something, without the total; ``missing``, ``unknown`` and ``doubled``
    tell of the others. ``says_none`` is a sheet of free rows that says that there are none.
    """

    asked: MallSheet
    table: FilledTable
    rows: tuple[FilledRow, ...]
    missing: tuple[Line, ...]
    unknown: tuple[FilledRow, ...]
    doubled: tuple[FilledRow, ...]
    says_none: bool
    flaws: Flaws = field(default_factory=dict)
    misread: frozenset[str] = frozenset()  #: places of numbers in the wrong unit or with the wrong sign

    @property
    def sheet(self) -> Sheet:
        """The sheet as it is asked for."""
        return self.asked.sheet

    @property
    def is_whole(self) -> bool:
        """Whether each row stands there once, and no other: only then does a total mean anything."""
        return not (self.missing or self.unknown or self.doubled)

    @property
    def columns(self) -> tuple[Column, ...]:
        """The columns that were found, without the one that names the rows."""
        return tuple(each for each in self.sheet.columns[1:] if each.id not in self.table.missing)

    def of(self, role: ColumnRole) -> str:
        """Return the id of the column that means this; "" when the sheet has none."""
        found = self.sheet.of_role(role)
        return found.id if found else ""

    def row(self, row_id: str) -> FilledRow | None:
        """Return the sound row with this id."""
        return next((each for each in self.rows if each.id == row_id), None)

    def number(self, row: FilledRow | None, column: str) -> Decimal | None:
        """Return a sound number: in the unit and with the sign that was asked for. Pasted text counts as its number."""
        cell = row.cells.get(column) if row else None
        return cell.number if cell and cell.place not in self.misread else None

    def adds_up(self, column: str) -> bool:
        """Tell whether a column's formulas had every number to work with: each row once, and no number as text."""
        cells = [row.cells.get(column) for row in self.rows]
        return self.is_whole and all(
            cell is not None and cell.number is not None and not cell.pasted and cell.place not in self.misread
            for cell in cells
        )

    def at(self, row: FilledRow | None, column: str) -> Spot:
        """Return where a row's cell is, also when there is nothing in it."""
        titled = self.sheet.column(column)
        return spot(self.table, row, column, titled.title if titled else column)


def spot(table: FilledTable, row: FilledRow | None, column: str, title: str) -> Spot:
    """Return where a cell is: the place that was read, or its column's letter on its row's line."""
    name = row.name.strip() if row else ""
    cell = row.cells.get(column) if row else None
    if cell:
        text = cell.text if cell.number is None or cell.pasted else amount(cell.number)
        return Spot(place=cell.place, row=name, column=title, text=text)
    if row is None:
        return Spot(place=table.columns.get(column, table.title), row=name, column=title)
    letters = re.fullmatch(r"(.*!\$?[A-Z]+\$?)\d+", table.columns.get(column, ""))
    line = re.search(r"(\d+)$", row.place)
    place = f"{letters[1]}{line[1]}" if letters and line else row.place
    return Spot(place=place, row=name, column=title)

"""What is filled in but not read: a copy of a sheet, filled in in its place or beside it, and a second table on a sheet."""

import re
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from decimal import Decimal

from submissions.files.filled import FilledTable
from submissions.readers.formats.grid import Book, Grid, Named, Spot, column_of
from submissions.readers.sheet_reading import read_tables
from submissions.readers.wanted import WantedSheet
from submissions.readers.written import blank_folded

MAX_OTHERS = 10  #: so many sheets of any title are looked into; where there are more, those whose title is a sheet's
MAX_COPIES = 3  #: of one sheet
_PLACE = re.compile(r"([A-Z]{1,3})([0-9]{1,7})")


def unread_copies(
    book: Book, wanted: Sequence[WantedSheet], tables: Mapping[str, FilledTable], apart: Collection[str]
) -> dict[str, str]:
    """Return the titles of sheets that have a read sheet's columns and say something else, with that sheet's id.

    ``tables`` are those that were read, and ``apart`` other sheets that are no table. A copy that says the same, or
    only what the mall was prefilled with, is none.
    """
    found: dict[str, str] = {}
    left = _others(book, wanted, {*apart, *(each.title for each in tables.values())})
    for _ in range(MAX_COPIES):
        copies = read_tables(_Others(book, left), wanted, may_fetch=True) if left else {}
        for sheet_id, copy in copies.items():
            if sheet_id in tables and set(_said(copy)) - set(_said(tables[sheet_id])):
                found[copy.title] = sheet_id
        seen = {each.title for each in copies.values()}
        left = [each for each in left if each not in seen]
        if not seen:
            break
    return {title: found[title] for title in book.titles if title in found}


def second_tables(book: Book, wanted: Sequence[WantedSheet], tables: Mapping[str, FilledTable]) -> dict[str, str]:
    """Return where tables begin that have a read table's titles, stand on its sheet beside it and say something else.

    Each with the sheet's id. What stands in the read table's own columns is read with it, or told as below its total.
    """
    taken: dict[str, list[Spot]] = defaultdict(list)
    for table in tables.values():
        taken[table.title] += [spot for place in table.columns.values() if (spot := _spot(place))]
    found: dict[str, str] = {}
    for title, grid in book.grids(taken).items():
        spots, columns = taken[title], {column for _, column in taken[title]}
        if all(cells.keys() <= columns for row, cells in grid.rows.items() if row > min(spots)[0]):
            continue  # nothing stands beside what was read
        here = [each for each in wanted if each.id in tables and tables[each.id].title == title]
        for sheet_id, copy in read_tables(_Beside(book, title, spots), here, may_fetch=True).items():
            if set(_said(copy)) - set(_said(tables[sheet_id])):
                found[next(iter(copy.columns.values()))] = sheet_id
    return found


def _spot(place: str) -> Spot | None:
    found = _PLACE.fullmatch(place.rpartition("!")[2])
    return (int(found[2]) - 1, column_of(found[1])) if found else None


def _others(book: Book, wanted: Sequence[WantedSheet], read: Collection[str]) -> list[str]:
    """Return the sheets that may be copies: few of any title, else those that are called as one that is looked for."""
    left = [each for each in book.titles if each not in read]
    if len(left) <= MAX_OTHERS:
        return left
    named = {blank_folded(each) for each in (*(sheet.title for sheet in wanted), *read)}
    return [each for each in left if any(name and name in blank_folded(each) for name in named)]


class _Others:
    """A book of these sheets alone, in which nothing is named: names point at the sheets that were read."""

    def __init__(self, book: Book, titles: Sequence[str]) -> None:
        self._book, self.titles, self.names = book, tuple(titles), dict[str, Named]()

    def grids(self, titles: Iterable[str], rows: int | None = None) -> dict[str, Grid]:
        return self._book.grids([each for each in titles if each in self.titles], rows)


class _Beside:
    """A book of one sheet without what lies under the titles that were read; nothing in it is named."""

    def __init__(self, book: Book, title: str, titles: Sequence[Spot]) -> None:
        self._book, self.titles, self.names = book, (title,), dict[str, Named]()
        self._from = {column: row for row, column in sorted(titles, reverse=True)}  # the uppermost title counts

    def grids(self, titles: Iterable[str], rows: int | None = None) -> dict[str, Grid]:
        return {title: self._without(grid, rows) for title, grid in self._book.grids(titles).items()}

    def _without(self, grid: Grid, most: int | None) -> Grid:
        kept = {
            row: {column: raw for column, raw in cells.items() if row < self._from.get(column, row + 1)}
            for row, cells in grid.rows.items()
            if most is None or row < most
        }
        return replace(grid, rows={row: cells for row, cells in kept.items() if cells})


def _said(table: FilledTable) -> Iterator[tuple[str, str, Decimal | str]]:
    """Give what stands in a table, by row and column: numbers but noughts, and texts."""
    for row in table.body:
        for column, cell in row.cells.items():
            said = cell.number if cell.number is not None else cell.text.strip()
            if said and not cell.uncalculated:
                yield row.id or blank_folded(row.name), column, said

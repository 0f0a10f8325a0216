"""The sheets that are looked for, read out of a workbook where they were found."""

from collections.abc import Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, field, replace
from itertools import islice

from submissions.files.filled import Cell, FilledRow, FilledTable
from submissions.readers.computed import compute
from submissions.readers.formats.grid import MAX_CELLS, Book, Grid, Raw, Spot
from submissions.readers.refusal import RefusedReadingError, linked_workbook, too_many_cells, too_many_rows
from submissions.readers.row_placing import Placed, is_total, place
from submissions.readers.table_places import Found, by_names, by_titles, folded_row, titles_in, where_titled
from submissions.readers.wanted import WantedColumn, WantedSheet
from submissions.readers.written import blank_folded, folded_title, only_unit, read_number, title_unit, unit_above

MAX_ROWS = 5000  #: rows of a table
MAX_ABOVE = 8  #: rows above its titles in which it may be said in what its amounts are
MAX_BELOW = 50  #: rows under its total that are told


def read_tables(
    book: Book, wanted: Sequence[WantedSheet], also: Set[str] = frozenset(), *, may_fetch: bool = False
) -> dict[str, FilledTable]:
    """Return the tables that were found, by sheet id.

    ``also``: other sheets that are needed, read in the same pass, as a pass is what takes time. Raises
    RefusedReadingError with everything that stops it: tables that are far too long, and, unless they ``may_fetch``, cells
    that fetch their values from other files.
    """
    found = {each.id: spot for each in wanted if (spot := by_names(book, each))}
    lost = [each for each in wanted if each.id not in found]
    if lost:
        found |= by_titles(book, lost, found)
    tables = {each.sheet for each in found.values()}
    grids = book.grids(tables | also)
    for each in wanted:
        if (spot := found.get(each.id)) and spot.by_name and spot.sheet in grids:
            found[each.id] = where_titled(grids[spot.sheet], each, spot)
    faults = [too_many_cells(each.title, MAX_CELLS) for each in grids.values() if each.full and each.title in tables]
    readers = [
        _Reader(book, grids[found[each.id].sheet], each, found[each.id], list(found.values()))
        for each in wanted
        if each.id in found and found[each.id].sheet in grids
    ]
    read = {}
    for reader in readers:
        try:
            read[reader.wanted.id] = reader.table()
        except RefusedReadingError as error:
            faults += error.refusal.every
    # what only hangs on other cells that are read is told with them
    fetched = {place: file for each in readers for place, file in each.fetched.items()} or {
        place: file for each in readers for place, file in each.derived.items()
    }
    if fetched and not may_fetch:
        faults.append(linked_workbook(list(dict.fromkeys(fetched.values())), list(fetched)))
    if faults:
        raise RefusedReadingError(*dict.fromkeys(faults))
    return read


@dataclass(slots=True)
class _Reader:
    """Reads one table where it was found."""

    book: Book
    grid: Grid
    wanted: WantedSheet
    found: Found
    every: list[Found]
    total_at: int | None = None  #: the total's row, when it was read
    fetched: dict[str, str] = field(default_factory=dict)  #: cells whose value is another file's, and which
    derived: dict[str, str] = field(default_factory=dict)  #: the same of sums and differences
    heads: dict[str, str] = field(default_factory=dict)  #: by column: the unit over it that is another than asked for

    def table(self) -> FilledTable:
        columns = self._columns()
        self._note_units(dict.fromkeys(columns, self._unit_above()))
        self._note_units({key: self._shown(*spot).text for key, spot in columns.items()})
        rows = compute(list(self._rows(columns)), self.wanted)
        return FilledTable(
            sheet=self.wanted.id,
            title=self.grid.title,
            rows=tuple(rows),
            fields={each.id: cell for each in self.wanted.fields if (cell := self._field(each))},
            columns={key: self.grid.place(*spot) for key, spot in columns.items()},
            missing=tuple(each.id for each in self.wanted.columns if each.id not in columns),
            below=tuple(islice(self._below(columns), MAX_BELOW)),
            hidden=tuple(key for key, (_, column) in columns.items() if self.grid.hides(column)),
            hidden_whole=self.grid.hidden_whole,
        )

    def _columns(self) -> dict[str, Spot]:
        """Fill in by their texts the titles whose names are gone."""
        titles = {folded_title(label): each.id for each in reversed(self.wanted.columns) for label in each.labels}
        by_text = titles_in(self.found.row, folded_row(self.grid.rows.get(self.found.row, {})), titles)
        at = {column: key for key, (_, column) in by_text.items()}
        named = self.found.columns
        beside = {key: by_text[key] for key, spot in named.items() if key in by_text and at.get(spot[1]) != key}
        if any(at.get(named[key][1]) for key in beside):
            # a name points at another one's title: a script that inserts a column moves no name, and the words tell
            named = named | beside
        used = {spot[1] for spot in named.values()}
        more = {key: spot for key, spot in by_text.items() if key not in named and spot[1] not in used}
        columns = named | more
        return {each.id: columns[each.id] for each in self.wanted.columns if each.id in columns}

    def _rows(self, columns: dict[str, Spot]) -> Iterator[FilledRow]:
        naming = columns.get(self.wanted.columns[0].id)
        first, last = self._extent(columns)
        placed = self._placed(naming, first, last)
        ids, total = placed.ids, placed.total
        if total is not None and total >= first:
            last = total + 1
        if sum(1 for row in self.grid.rows if first <= row < last) > MAX_ROWS:
            raise RefusedReadingError(too_many_rows(self.grid.title, MAX_ROWS))
        for row in sorted({*(each for each in self.grid.rows if first <= each < last), *ids}):
            if not first <= row < last:
                continue
            name = self._shown(row, naming[1]).text.strip() if naming else ""
            cells = {
                each.id: self._cell(each, row, columns[each.id][1])
                for each in self.wanted.columns[1:]
                if each.id in columns
            }
            row_id = ids.get(row)
            sums = row == total or (
                total is None and self.wanted.total is not None and row_id is None and is_total(name)
            )
            if row_id is None and not sums and not self._says_something(row, name, cells, columns):
                continue
            if row == first and self._is_units(name, cells):
                self._note_units({key: cell.text.strip() or name for key, cell in cells.items()})
                continue
            summed = sums or any(each.id == row_id and each.sums for each in self.wanted.lines)
            for each in self.wanted.columns[1:]:
                if each.id in columns:
                    self._note_fetched((row, columns[each.id][1]), derived=summed or each.minus is not None)
            place = self.grid.place(row, naming[1] if naming else min(each[1] for each in columns.values()))
            struck, hidden = self._is_struck(row, columns), row in self.grid.hidden
            yield FilledRow(name=name, place=place, id=row_id, total=sums, cells=cells, struck=struck, hidden=hidden)
            if sums:
                self.total_at = row
                return

    def _below(self, columns: dict[str, Spot]) -> Iterator[FilledRow]:
        """Give the rows under the total in which amounts stand; another sum, and a footnote, are none."""
        naming, (_, last) = columns.get(self.wanted.columns[0].id), self._extent(columns)
        amounts = [
            each for each in self.wanted.columns if each.kind == "belopp" and not each.minus and each.id in columns
        ]
        for row in sorted(self.grid.rows) if self.total_at is not None else ():
            if not (self.total_at or 0) < row < last:
                continue
            cells = {each.id: self._cell(each, row, columns[each.id][1]) for each in amounts}
            name = self._shown(row, naming[1]).text.strip() if naming else ""
            if any(cell.number for cell in cells.values()) and not is_total(name):
                place = self.grid.place(row, naming[1] if naming else columns[amounts[0].id][1])
                yield FilledRow(name=name, place=place, cells=cells)

    def _is_struck(self, row: int, columns: dict[str, Spot]) -> bool:
        """Whether somebody has struck the row out: its name, or each of its amounts."""
        if not self.grid.struck:
            return False
        naming = columns.get(self.wanted.columns[0].id)
        if naming and (row, naming[1]) in self.grid.struck:
            return True
        at = [columns[each.id][1] for each in self.wanted.columns if each.is_number and each.id in columns]
        amounts = [(row, column) for column in at if self.grid.at(row, column).number]
        return bool(amounts) and all(each in self.grid.struck for each in amounts)

    def _extent(self, columns: dict[str, Spot]) -> Spot:
        """Return the first row under the titles, and the one after the last: at another table's titles it ends."""
        first = max(row for row, _ in columns.values()) + 1
        if self.found.by_name and len({row for row, _ in columns.values()}) > 1:
            first = self.found.row + 1  # a title that was moved by itself does not move the table
        area = self.grid.merge_at(first - 1, min(column for _, column in columns.values()))
        first = max(first, area[1][0] + 1) if area else first
        below = [each.row for each in self.every if each.sheet == self.found.sheet and each.row > self.found.row]
        return first, min(below, default=max(self.grid.rows, default=0) + 1)

    def _placed(self, naming: Spot | None, first: int, last: int) -> Placed:
        """Return which row is which; where nothing names the rows only defined names tell."""
        rows = (each for each in self.grid.rows if first <= each < last)
        texts = {row: text for row in rows if naming and (text := self._shown(row, naming[1]).text.strip())}
        return place(self.wanted.lines, self._ids(), self._named_row(self.wanted.total), texts)

    def _named_row(self, label: str | None) -> int | None:
        named = self.book.names.get(label.casefold()) if label and not self.found.left_behind else None
        return named.spot[0] if named and named.sheet == self.grid.title else None

    def _ids(self) -> dict[str, int]:
        rows = ((each.id, self._named_row(each.label)) for each in self.wanted.lines)
        return {line: row for line, row in rows if row is not None}

    def _shown(self, row: int, column: int) -> Raw:
        """Return what a reader sees there: a cell merged downwards shows its text on each of its rows."""
        area = self.grid.merge_at(row, column)
        return self.grid.at(area[0][0], area[0][1]) if area and area[0][1] == column else self.grid.at(row, column)

    def _says_something(self, row: int, name: str, cells: dict[str, Cell], columns: dict[str, Spot]) -> bool:
        """Whether anybody wrote anything there: the mall's own formulas say 0 on a row that nobody has used."""
        minus = {each.id for each in self.wanted.columns if each.minus}
        if all(cell.is_empty or (key in minus and not cell.number) for key, cell in cells.items()):
            return bool(name) and not self._is_subheading(row, columns)
        return True

    def _is_units(self, name: str, cells: dict[str, Cell]) -> bool:
        """Whether the row only says in what the columns are: "tkr" under each title, or "Belopp i mnkr" first."""
        every = [name, *(cell.text for cell in cells.values())]
        return len({blank_folded(each) for each in every}) > 1 and None not in map(only_unit, every)

    def _note_units(self, said: Mapping[str, str]) -> None:
        """Keep which amounts stand under a unit that is not ours: "(mnkr)" in a title, or "kr" under it."""
        for each in self.wanted.columns:
            unit = title_unit(said.get(each.id, "")) if each.kind == "belopp" else ""
            if unit in ("kr", "mnkr", "mdkr") and unit not in map(title_unit, each.labels):
                self.heads[each.id] = unit

    def _unit_above(self) -> str:
        """Return the unit that a line above the table says of all its amounts."""
        rows = sorted(
            (row for row in self.grid.rows if self.found.row - MAX_ABOVE <= row < self.found.row), reverse=True
        )
        said = (unit_above(raw.text) for row in rows for raw in self.grid.rows[row].values() if raw.number is None)
        return next(filter(None, said), "")

    def _is_subheading(self, row: int, columns: dict[str, Spot]) -> bool:
        """Whether the row is one merged cell across the table."""
        places = [column for _, column in columns.values()]
        area = self.grid.merge_at(row, min(places))
        return len(places) > 1 and area is not None and area[1][1] >= max(places)

    def _cell(self, column: WantedColumn, row: int, at: int) -> Cell:
        # a number that is merged downwards stands once, or it would be summed twice
        raw = self.grid.at(row, at) if column.is_number else self._shown(row, at)
        cell = cell_of(raw, column, self.grid.place(row, at))
        unit = self.heads.get(column.id)
        return replace(cell, unit=unit) if unit and cell.number and not cell.unit else cell

    def _note_fetched(self, spot: Spot, *, derived: bool = False) -> None:
        if linked := self._shown(*spot).linked:
            (self.derived if derived else self.fetched)[self.grid.place(*spot)] = linked

    def _field(self, wanted: WantedColumn) -> Cell | None:
        """Return a field's answer: where its name points, else beside or under its title."""
        for label in wanted.labels:
            named = self.book.names.get(label.casefold())
            if named and named.sheet == self.grid.title and not self.found.left_behind:
                self._note_fetched(named.spot)
                return cell_of(self._shown(*named.spot), wanted, self.grid.place(*named.spot))
        titles = {folded_title(label) for label in wanted.labels}
        for row, cells in sorted(self.grid.rows.items()):
            if row >= self.found.row:
                return None
            at = next((column for column, raw in cells.items() if raw.text and folded_title(raw.text) in titles), None)
            if at is None:
                continue
            beside = [(row, column) for column in sorted(cells) if column > at and cells[column].text.strip()]
            below = [(row + 1, at)] if row + 1 < self.found.row and self.grid.at(row + 1, at).text.strip() else []
            area = self.grid.merge_at(row, at)
            spot = next(iter([*beside, *below]), (row, (area[1][1] if area else at) + 1))
            self._note_fetched(spot)
            return cell_of(self.grid.at(*spot), wanted, self.grid.place(*spot))
        return None


def cell_of(raw: Raw, column: WantedColumn, place: str) -> Cell:
    """Return a cell; in a column of numbers one that was pasted as text is read as the number that it says."""
    if raw.number is None and raw.text and column.is_number:
        written = read_number(raw.text, is_share=column.kind == "procent")
        if written:
            return Cell(place=place, text=raw.text, number=written.number, pasted=True, unit=written.unit)
    return Cell(place=place, text=raw.text, number=raw.number, unit=raw.unit, uncalculated=raw.uncalculated)

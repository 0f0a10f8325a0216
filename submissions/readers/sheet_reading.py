"""The sheets that are looked for, found in a workbook: by defined names, else by the titles' texts."""

from collections import Counter
from collections.abc import Iterator, Sequence, Set
from dataclasses import dataclass, field
from itertools import islice

from submissions.files.filled import Cell, FilledRow, FilledTable
from submissions.readers.computed import compute
from submissions.readers.formats.grid import MAX_CELLS, Book, Grid, Raw, Spot
from submissions.readers.refusal import RefusedReadingError, linked_workbook, too_many_cells, too_many_rows
from submissions.readers.row_placing import Placed, is_total, place
from submissions.readers.wanted import WantedColumn, WantedSheet
from submissions.readers.written import blank_folded, folded_title, read_number

HEAD_ROWS = 100  #: how far down a title row is looked for when its names are gone
MAX_SCANNED = 200  #: sheets that are looked through for it
MAX_ROWS = 5000  #: rows of a table
MAX_BELOW = 50  #: rows under its total that are told
_UNITS = {"", "tkr", "kr", "mnkr", "%", "procent", "antal", "st"}


@dataclass(slots=True)
class _Found:
    """Where a table lies: its sheet, its title row, and each title's column."""

    sheet: str
    row: int
    columns: dict[str, Spot]
    by_name: bool = False
    left_behind: bool = False  #: the sheet's names point at what was there before, and count for nothing
    fields: dict[str, Spot] = field(default_factory=dict)


def read_tables(book: Book, wanted: Sequence[WantedSheet], also: Set[str] = frozenset()) -> dict[str, FilledTable]:
    """Return the tables that were found, by sheet id. Raises RefusedReadingError for one that is far too long.

    ``also``: other sheets that are needed, read in the same pass, as a pass is what takes time.
    """
    found = {each.id: spot for each in wanted if (spot := _by_names(book, each))}
    lost = [each for each in wanted if each.id not in found]
    if lost:
        found |= _by_titles(book, lost, found)
    tables = {each.sheet for each in found.values()}
    grids = book.grids(tables | also)
    for each in wanted:
        if (spot := found.get(each.id)) and spot.by_name and spot.sheet in grids:
            found[each.id] = _where_titled(grids[spot.sheet], each, spot)
    for title in tables & grids.keys():
        if (grid := grids[title]).full:
            raise RefusedReadingError(too_many_cells(grid.title, MAX_CELLS))
    readers = [
        _Reader(book, grids[found[each.id].sheet], each, found[each.id], list(found.values()))
        for each in wanted
        if each.id in found and found[each.id].sheet in grids
    ]
    read = {each.wanted.id: each.table() for each in readers}
    fetched = {place: file for each in readers for place, file in each.fetched.items()}
    if fetched:
        raise RefusedReadingError(linked_workbook(list(dict.fromkeys(fetched.values())), list(fetched)))
    return read


def _by_names(book: Book, wanted: WantedSheet) -> _Found | None:
    """Find the titles by their defined names: on the sheet and the row to which most of them point."""
    spots = {
        column.id: book.names[label.casefold()]
        for column in reversed(wanted.columns)
        for label in reversed(column.labels)
        if label.casefold() in book.names
    }
    if not spots:
        return None
    sheet = Counter(each.sheet for each in spots.values()).most_common(1)[0][0]
    rows = Counter(each.spot[0] for each in spots.values() if each.sheet == sheet)
    columns = {key: each.spot for key, each in spots.items() if each.sheet == sheet}
    return _Found(sheet, rows.most_common(1)[0][0], columns, by_name=True)


def _where_titled(grid: Grid, wanted: WantedSheet, found: _Found) -> _Found:
    """Return where the titles stand when their names were left behind: a script that inserts rows moves no name.

    Names are left behind when none of them points at its own title, while every one of those titles stands in one
    other row. Titles that somebody has written anew stand nowhere else: then the names hold.
    """
    titles = {folded_title(label): each.id for each in reversed(wanted.columns) for label in each.labels}
    if any(titles.get(folded_title(grid.at(*spot).text)) == key for key, spot in found.columns.items()):
        return found
    rows = ((row, _titles_in(row, _folded(grid.rows[row]), titles)) for row in sorted(grid.rows) if row < HEAD_ROWS)
    at = next(((row, columns) for row, columns in rows if columns.keys() >= found.columns.keys()), None)
    return _Found(found.sheet, *at, left_behind=True) if at else found


def _by_titles(book: Book, lost: Sequence[WantedSheet], known: dict[str, _Found]) -> dict[str, _Found]:
    """Find title rows by their texts, the surest first: a row belongs to one table only."""
    grids = book.grids(book.titles[:MAX_SCANNED], HEAD_ROWS)
    heads = {title: {row: _folded(cells) for row, cells in sorted(grid.rows.items())} for title, grid in grids.items()}
    taken = {(each.sheet, each.row) for each in known.values()}
    candidates = []
    for order, wanted in enumerate(lost):
        titles = {folded_title(label): column.id for column in reversed(wanted.columns) for label in column.labels}
        for title, rows in heads.items():
            named = blank_folded(title) == blank_folded(wanted.title)
            for row, cells in rows.items():
                columns = _titles_in(row, cells, titles)
                if 2 * len(columns) >= len(wanted.columns) and len(columns) > 1:
                    share = len(columns) / len(wanted.columns)
                    candidates.append((-share, not named, order, row, wanted.id, title, columns))
    found: dict[str, _Found] = {}
    for _, _, _, row, sheet_id, title, columns in sorted(candidates, key=lambda each: each[:4]):
        if sheet_id not in found and (title, row) not in taken:
            taken.add((title, row))
            found[sheet_id] = _Found(title, row, columns)
    return found


def _folded(cells: dict[int, Raw]) -> dict[int, str]:
    """Return a row's texts as titles are compared; a number is no title."""
    return {column: folded_title(raw.text) for column, raw in sorted(cells.items()) if raw.text and raw.number is None}


def _titles_in(row: int, folded: dict[int, str], titles: dict[str, str]) -> dict[str, Spot]:
    found: dict[str, Spot] = {}
    for column, text in folded.items():
        key = titles.get(text)
        if key:
            found.setdefault(key, (row, column))
    return found


@dataclass(slots=True)
class _Reader:
    """Reads one table where it was found."""

    book: Book
    grid: Grid
    wanted: WantedSheet
    found: _Found
    every: list[_Found]
    total_at: int | None = None  #: the total's row, when it was read
    fetched: dict[str, str] = field(default_factory=dict)  #: cells whose value is another file's, and which

    def table(self) -> FilledTable:
        columns = self._columns()
        rows = compute(list(self._rows(columns)), self.wanted)
        return FilledTable(
            sheet=self.wanted.id,
            title=self.grid.title,
            rows=tuple(rows),
            fields={each.id: cell for each in self.wanted.fields if (cell := self._field(each))},
            columns={key: self.grid.place(*spot) for key, spot in columns.items()},
            missing=tuple(each.id for each in self.wanted.columns if each.id not in columns),
            below=tuple(islice(self._below(columns), MAX_BELOW)),
        )

    def _columns(self) -> dict[str, Spot]:
        """Fill in by their texts the titles whose names are gone."""
        titles = {folded_title(label): each.id for each in reversed(self.wanted.columns) for label in each.labels}
        by_text = _titles_in(self.found.row, _folded(self.grid.rows.get(self.found.row, {})), titles)
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
                continue
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
        """Whether the row only says in what the columns are: "tkr" under each title."""
        said = {blank_folded(each).strip("()[] ") for each in (name, *(cell.text for cell in cells.values()))}
        return len(said) > 1 and said <= _UNITS

    def _is_subheading(self, row: int, columns: dict[str, Spot]) -> bool:
        """Whether the row is one merged cell across the table."""
        places = [column for _, column in columns.values()]
        area = self.grid.merge_at(row, min(places))
        return len(places) > 1 and area is not None and area[1][1] >= max(places)

    def _cell(self, column: WantedColumn, row: int, at: int) -> Cell:
        # a number that is merged downwards stands once, or it would be summed twice
        raw = self.grid.at(row, at) if column.is_number else self._shown(row, at)
        return self._read(raw, column, self.grid.place(row, at))

    def _read(self, raw: Raw, column: WantedColumn, place: str) -> Cell:
        if raw.linked:
            self.fetched[place] = raw.linked
        return cell_of(raw, column, place)

    def _field(self, wanted: WantedColumn) -> Cell | None:
        """Return a field's answer: where its name points, else beside or under its title."""
        for label in wanted.labels:
            named = self.book.names.get(label.casefold())
            if named and named.sheet == self.grid.title and not self.found.left_behind:
                return self._read(self._shown(*named.spot), wanted, self.grid.place(*named.spot))
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
            return self._read(self.grid.at(*spot), wanted, self.grid.place(*spot))
        return None


def cell_of(raw: Raw, column: WantedColumn, place: str) -> Cell:
    """Return a cell; in a column of numbers one that was pasted as text is read as the number that it says."""
    if raw.number is None and raw.text and column.is_number:
        written = read_number(raw.text, is_share=column.kind == "procent")
        if written:
            return Cell(place=place, text=raw.text, number=written.number, pasted=True, unit=written.unit)
    return Cell(place=place, text=raw.text, number=raw.number, unit=raw.unit, uncalculated=raw.uncalculated)

"""Where a table lies in a workbook: by its titles' defined names, else by their texts."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from submissions.readers.formats.grid import Book, Grid, Raw, Spot
from submissions.readers.wanted import WantedSheet
from submissions.readers.written import blank_folded, folded_title

HEAD_ROWS = 100  #: how far down a title row is looked for when its names are gone
MAX_SCANNED = 200  #: sheets that are looked through for it


@dataclass(slots=True)
class Found:
    """Where a table lies: its sheet, its title row, and each title's column."""

    sheet: str
    row: int
    columns: dict[str, Spot]
    by_name: bool = False
    left_behind: bool = False  #: the sheet's names point at what was there before, and count for nothing
    fields: dict[str, Spot] = field(default_factory=dict)


def by_names(book: Book, wanted: WantedSheet) -> Found | None:
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
    return Found(sheet, rows.most_common(1)[0][0], columns, by_name=True)


def where_titled(grid: Grid, wanted: WantedSheet, found: Found) -> Found:
    """Return where the titles stand when their names were left behind: a script that inserts rows moves no name.

    Names are left behind when none of them points at its own title, while every one of those titles stands in one
    other row. Titles that somebody has written anew stand nowhere else: then the names hold.
    """
    titles = {folded_title(label): each.id for each in reversed(wanted.columns) for label in each.labels}
    if any(titles.get(folded_title(grid.at(*spot).text)) == key for key, spot in found.columns.items()):
        return found
    rows = ((row, titles_in(row, folded_row(grid.rows[row]), titles)) for row in sorted(grid.rows) if row < HEAD_ROWS)
    at = next(((row, columns) for row, columns in rows if columns.keys() >= found.columns.keys()), None)
    return Found(found.sheet, *at, left_behind=True) if at else found


def by_titles(book: Book, lost: Sequence[WantedSheet], known: dict[str, Found]) -> dict[str, Found]:
    """Find title rows by their texts, the surest first: a row belongs to one table only."""
    grids = book.grids(book.titles[:MAX_SCANNED], HEAD_ROWS)
    heads = {
        title: {row: folded_row(cells) for row, cells in sorted(grid.rows.items())} for title, grid in grids.items()
    }
    taken = {(each.sheet, each.row) for each in known.values()}
    candidates = []
    for order, wanted in enumerate(lost):
        titles = {folded_title(label): column.id for column in reversed(wanted.columns) for label in column.labels}
        for title, rows in heads.items():
            named = blank_folded(title) == blank_folded(wanted.title)
            for row, cells in rows.items():
                columns = titles_in(row, cells, titles)
                if 2 * len(columns) >= len(wanted.columns) and len(columns) > 1:
                    share = len(columns) / len(wanted.columns)
                    candidates.append((-share, not named, order, row, wanted.id, title, columns))
    found: dict[str, Found] = {}
    for _, _, _, row, sheet_id, title, columns in sorted(candidates, key=lambda each: each[:4]):
        if sheet_id not in found and (title, row) not in taken:
            taken.add((title, row))
            found[sheet_id] = Found(title, row, columns)
    return found


def folded_row(cells: dict[int, Raw]) -> dict[int, str]:
    """Return a row's texts as titles are compared; a number is no title."""
    return {column: folded_title(raw.text) for column, raw in sorted(cells.items()) if raw.text and raw.number is None}


def titles_in(row: int, folded: Mapping[int, str], titles: Mapping[str, str]) -> dict[str, Spot]:
    """Return where a row has the titles: ``titles`` are ids by folded texts, and of two of one text the first counts."""
    found: dict[str, Spot] = {}
    for column, text in folded.items():
        key = titles.get(text)
        if key:
            found.setdefault(key, (row, column))
    return found

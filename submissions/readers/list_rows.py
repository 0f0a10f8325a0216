"""A list that somebody keeps in a workbook, who holds which role: one sheet's rows, each as texts."""

from typing import TYPE_CHECKING

from submissions.readers.refusal import EMPTY, RefusedReadingError, too_many_cells, too_many_rows

if TYPE_CHECKING:  # whoever asks for a list apart reads no workbook itself
    from submissions.readers.formats.grid import Book

MOST_ROWS = 5_000
MOST_COLUMNS = 100
LEAST_COLUMNS = 3  #: cells in a row of a list
_Texts = dict[int, dict[int, str]]
ListRows = tuple[tuple[int, tuple[str, ...]], ...]  #: each row with anything in it: its number in the sheet, its cells


def rows_of(book: "Book") -> ListRows:
    """Return the rows of the first sheet with a table in it, else of the first with anything.

    Raises RefusedReadingError for none, and for too many.
    """
    first: tuple[str, _Texts] | None = None
    for title in book.titles:
        grid = book.grids([title])[title]
        if grid.full:
            raise RefusedReadingError(too_many_cells(title, MOST_ROWS * MOST_COLUMNS))
        texts = {
            row: {column: raw.text for column, raw in cells.items() if raw.text.strip()}
            for row, cells in sorted(grid.rows.items())
        }
        filled = {row: cells for row, cells in texts.items() if cells}
        if any(len(cells) >= LEAST_COLUMNS for cells in filled.values()):
            return _rows(title, filled)  # what stands before it is a word on how to fill it in
        first = first or ((title, filled) if filled else None)
    if first is None:
        raise RefusedReadingError(EMPTY)
    return _rows(*first)


def _rows(title: str, filled: _Texts) -> ListRows:
    if max(filled) >= MOST_ROWS:
        raise RefusedReadingError(too_many_rows(title, MOST_ROWS))
    return tuple(
        (row + 1, tuple(cells.get(column, "") for column in range(min(max(cells) + 1, MOST_COLUMNS))))
        for row, cells in filled.items()
    )

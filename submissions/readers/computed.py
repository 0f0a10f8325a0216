"""Formulas of ours that no program has calculated: the service calculates them from the row and the rows above.

Only what a sheet says of itself: a column that is the difference of two, a line that is the sum of others, the
total. ``uncalculated`` stays, for the file's own reader sees an empty cell.
"""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from decimal import Decimal

from submissions.files.filled import Cell, FilledRow
from submissions.readers.wanted import WantedSheet
from submissions.readers.written import shown_number


def compute(rows: Sequence[FilledRow], wanted: WantedSheet) -> list[FilledRow]:
    """Return the rows with those formulas calculated."""
    if not any(cell.uncalculated for row in rows for cell in row.cells.values()):
        return list(rows)
    done = {at: dict(row.cells) for at, row in enumerate(rows)}
    at_id = {row.id: at for at, row in enumerate(rows) if row.id}
    amounts = [each.id for each in wanted.columns if each.kind == "belopp" and not each.minus]
    for line in wanted.lines:
        if line.sums and line.id in at_id:
            parts = [done[at_id[each]] for each in line.sums if each in at_id]
            for column in amounts:
                _fill(done[at_id[line.id]], column, _sum(cells.get(column) for cells in parts))
    body = [done[at] for at, row in enumerate(rows) if not row.total]
    for at in (at for at, row in enumerate(rows) if row.total):
        for column in amounts:
            _fill(done[at], column, _sum(cells.get(column) for cells in body))
    for cells in done.values():
        for each in wanted.columns:
            if each.minus:
                _fill(cells, each.id, _difference(*(cells.get(part) for part in each.minus)))
    return [replace(row, cells=done[at]) for at, row in enumerate(rows)]


def _fill(cells: dict[str, Cell], column: str, number: Decimal | None) -> None:
    cell = cells.get(column)
    if cell and cell.uncalculated and cell.number is None and number is not None:
        cells[column] = replace(cell, number=number, text=shown_number(number))


def _sum(cells: Iterable[Cell | None]) -> Decimal | None:
    """Return the sum as a spreadsheet makes it, an empty cell being nothing; None when nothing stands in any."""
    every = [cell for cell in cells if cell]
    numbers = [cell.number for cell in every if cell.number is not None]
    return sum(numbers, Decimal(0)) if numbers and not any(_is_unknown(cell) for cell in every) else None


def _difference(of: Cell | None, less: Cell | None) -> Decimal | None:
    if (
        of is None
        or less is None
        or _is_unknown(of)
        or _is_unknown(less)
        or (of.number is None and less.number is None)
    ):
        return None
    return (of.number or Decimal(0)) - (less.number or Decimal(0))


def _is_unknown(cell: Cell) -> bool:
    """Whether it is a formula of somebody else's, which no program has calculated."""
    return cell.uncalculated and cell.number is None

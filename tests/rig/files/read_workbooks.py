"""A workbook of a mall, changed as people change it, and what is then read out of it."""

from collections.abc import Callable
from decimal import Decimal
from functools import cache
from typing import Any

from openpyxl import Workbook

from submissions.files.filled import Cell, Filled, FilledRow, FilledTable
from tests.rig.files.reading_files import AMOUNTS, TITLE_ROW, filled, saved, workbook
from tests.rig.paths import TESTS

FILES = TESTS / "files"
FIRST = TITLE_ROW + 1  #: the first row of a table, from 1: Förskola
EKONOMI = "ekonomi-delar"
UTFALL, UTFALL_FG, BUDGET, PROGNOS = map(Decimal, AMOUNTS)


def changed(change: Callable[[Workbook], None], **how: Any) -> Filled:
    return filled(saved(workbook(change=change, **how)))


def ekonomi(found: Filled) -> FilledTable:
    return found.tables[EKONOMI]


def forskola(found: Filled) -> FilledRow:
    row = ekonomi(found).row("forskola")
    assert row is not None
    return row


def with_cell(value: object, column: str = "B", number_format: str | None = None) -> Cell:
    """Read Förskola's utfall when this stands there."""

    def put(book: Workbook) -> None:
        cell = book["Ekonomi"][f"{column}{FIRST}"]
        cell.value = value
        if number_format:
            cell.number_format = number_format

    return forskola(changed(put)).cells[{"B": "utfall", "G": "forklaring"}[column]]


@cache
def plain() -> Filled:
    return filled(saved(workbook()))

"""Which cells of an Excel workbook show values of other files: those that fetch them, and those that hang on these."""

import re
from collections.abc import Iterable, Iterator, Mapping

from submissions.readers.formats.grid import Spot, column_of, letters
from submissions.readers.formats.outside_links import Links

MAX_FORMULAS = 20_000  #: in a workbook with more of them only the cells that fetch themselves are found
MAX_COMPARED = 2_000_000  #: so many times a formula is held against a cell that fetches
_TEXT = re.compile(r'"[^"]*"')
_REFERENCE = re.compile(
    r"(?:(?:'((?:[^']|'')+)'|(?<![\w.\]])([\w.]+))!|(?<![\w.!$]))"
    r"\$?([A-Z]{1,3})\$?([0-9]{1,7})(?::\$?([A-Z]{1,3})\$?([0-9]{1,7}))?(?![\w(])"
)
#: a sheet's formulas by their cell; of formulas that cells share, the first cell's place and text
Formulas = Mapping[Spot, tuple[Spot, str]]


def fetched_cells(sheets: Mapping[str, Formulas], links: Links) -> dict[tuple[str, Spot], str]:
    """Return the cells, by sheet and place, with the file that each one's value comes from."""
    found = {
        (sheet, spot): file
        for sheet, formulas in sheets.items()
        for spot, (_, text) in formulas.items()
        if (file := links.of(text))
    }
    if not found or sum(map(len, sheets.values())) > MAX_FORMULAS:
        return found
    areas = {
        (sheet, spot): list(_areas(sheet, _moved(text, first, spot)))
        for sheet, formulas in sheets.items()
        for spot, (first, text) in formulas.items()
        if (sheet, spot) not in found
    }
    new = dict(found)
    while new and len(areas) * len(new) <= MAX_COMPARED:
        new = {cell: file for cell, asked in areas.items() if cell not in found and (file := _file_in(asked, new))}
        found |= new
    return found


Area = tuple[str, Spot, Spot]  # a sheet, folded, and its first and last cell


def _areas(sheet: str, formula: str) -> Iterator[Area]:
    for quoted, plain, column, row, last_column, last_row in _REFERENCE.findall(_TEXT.sub("", formula)):
        name = quoted.replace("''", "'") or plain or sheet
        first = (int(row) - 1, column_of(column))
        last = (int(last_row) - 1, column_of(last_column)) if last_row else first
        yield name.casefold(), first, last


def _file_in(areas: Iterable[Area], fetched: Mapping[tuple[str, Spot], str]) -> str:
    for name, (top, left), (bottom, right) in areas:
        for (sheet, (row, column)), file in fetched.items():
            if sheet.casefold() == name and top <= row <= bottom and left <= column <= right:
                return file
    return ""


def _moved(formula: str, first: Spot, spot: Spot) -> str:
    """Return a formula that cells share as this cell has it."""
    if first == spot:
        return formula
    from openpyxl.formula.translate import Translator  # here: few workbooks need it, and a process reads one file

    return str(Translator(f"={formula}", _place(first)).translate_formula(_place(spot)))[1:]


def _place(spot: Spot) -> str:
    return f"{letters(spot[1])}{spot[0] + 1}"

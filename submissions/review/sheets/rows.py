"""A filled-in sheet's rows: which are known, which stand there again, which are missing; then its cells are judged."""

import re
from collections import Counter
from collections.abc import Mapping

from submissions.files.filled import FilledRow, FilledTable
from submissions.review.sheets.cells import DASHES, flaws_of
from submissions.review.sheets.misread import with_the_right_share, with_the_right_sign, with_the_right_unit
from submissions.review.sheets.sizes import with_the_right_size
from submissions.review.sheets.sound import Sound
from submissions.review.substance import folded
from submissions.templates.mall import KnownFigures, MallSheet

_NONE = re.compile(r"(?:det finns )?(?:inga|inget|ingen|ej aktuellt)\b")


def sound_of(asked: MallSheet, table: FilledTable, known: KnownFigures) -> Sound:
    """Judge a sheet's rows and cells, each once."""
    lines = {line.id: line for line in asked.rows}
    body = [row for row in table.body if row.id in lines or not lines or not _is_note(row)]
    told = body if lines else [row for row in body if not _says_none(row)]
    rows, doubled = _once(told, {folded(line.title): line.id for line in asked.rows})
    found = {row.id for row in rows}
    sound = Sound(
        asked=asked,
        table=table,
        rows=tuple(row for row in rows if row.id in lines or not lines),
        missing=tuple(line for line in asked.rows if line.id not in found),
        unknown=tuple(row for row in rows if lines and row.id not in lines),
        doubled=tuple(doubled),
        says_none=len(told) < len(body) and asked.sheet.may_say_none,
    )
    flaws = flaws_of(sound)
    sized = with_the_right_size(with_the_right_unit(sound, flaws, known), known)
    return with_the_right_share(with_the_right_sign(sized, known))


def _is_note(row: FilledRow) -> bool:
    """A line of words among the figures: a subheading, a footnote."""
    return row.id is None and all(cell.is_empty for cell in row.cells.values())


def _says_none(row: FilledRow) -> bool:
    return bool(_NONE.match(folded(row.name))) and all(
        cell.is_empty or (not cell.number and cell.text.strip() in ("0", *DASHES)) for cell in row.cells.values()
    )


def _once(rows: list[FilledRow], named: Mapping[str, str]) -> tuple[list[FilledRow], list[FilledRow]]:
    """Part the rows into those that stand for the first time, and those that stand there again.

    ``named`` are the known rows' ids by what they are called: such a row stands there again when another one calls
    itself the same. A free row stands there again when everything in it does: a mål may well have several indikatorer.
    """
    called = [folded(row.name) for row in rows]
    names = [row.id or named.get(each, each) for row, each in zip(rows, called, strict=True)]
    count = Counter(names)
    seen: set[tuple[str, frozenset[tuple[str, str]]]] = set()
    once: list[FilledRow] = []
    again: list[FilledRow] = []
    for row, name in zip(rows, names, strict=True):
        cells = row.cells if count[name] > 1 and not named else ()
        key = (name, frozenset((column, row.text(column)) for column in cells if row.text(column)))
        (again if key in seen else once).append(row)
        seen.add(key)
    return once, again

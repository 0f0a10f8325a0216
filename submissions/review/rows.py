"""A filled-in sheet's rows: which are known, which stand there again, which are missing; then its cells are judged."""

import re
from collections import Counter

from submissions.files.filled import FilledRow, FilledTable
from submissions.review.cells import DASHES, flaws_of
from submissions.review.rules.misread import with_the_right_sign, with_the_right_unit
from submissions.review.rules.substance import folded
from submissions.review.sound import Sound
from submissions.templates.mall import KnownFigures, MallSheet

#: Sheets of free rows whose help says that ``Inga`` may stand there.
MAY_SAY_NONE = ("investeringar",)
_NONE = re.compile(r"(?:det finns )?(?:inga|inget|ingen|ej aktuellt)\b")


def sound_of(asked: MallSheet, table: FilledTable, known: KnownFigures) -> Sound:
    """Judge a sheet's rows and cells, each once."""
    lines = {line.id: line for line in asked.rows}
    body = [row for row in table.body if row.id in lines or not lines or not _is_note(row)]
    told = body if lines else [row for row in body if not _says_none(row)]
    rows, doubled = _once(told, bool(lines))
    found = {row.id for row in rows}
    sound = Sound(
        asked=asked,
        table=table,
        rows=tuple(row for row in rows if row.id in lines or not lines),
        missing=tuple(line for line in asked.rows if line.id not in found),
        unknown=tuple(row for row in rows if lines and row.id not in lines),
        doubled=tuple(doubled),
        says_none=len(told) < len(body) and asked.id in MAY_SAY_NONE,
    )
    flaws = flaws_of(sound)
    return with_the_right_sign(with_the_right_unit(sound, flaws, known), known)


def _is_note(row: FilledRow) -> bool:
    """A line of words among the figures: a subheading, a footnote."""
    return row.id is None and all(cell.is_empty for cell in row.cells.values())


def _says_none(row: FilledRow) -> bool:
    return bool(_NONE.match(folded(row.name))) and all(
        cell.is_empty or (not cell.number and cell.text.strip() in ("0", *DASHES)) for cell in row.cells.values()
    )


def _once(rows: list[FilledRow], named: bool) -> tuple[list[FilledRow], list[FilledRow]]:
    """Part the rows into those that stand for the first time, and those that stand there again.

    A free row stands there again when everything in it does: a mål may well have several indikatorer.
    """
    names = [row.id or folded(row.name) for row in rows]
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

"""What a workbook's cells take, said in Swedish at the cell: lists, numbers, shares and dates."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from arshjul.definition.sheets.column import SUPPRESSED, Column
from submissions.templates.mall import MallSheet

_LARGEST = 1_000_000_000  #: tkr; nobody's amount is larger
_LIST = 255  #: characters of a list that Excel takes
_LONGEST = 250  #: characters of a message that Excel shows
_FIRST_DAY = date(2000, 1, 1)


@dataclass(frozen=True, slots=True)
class Rule:
    """What some cells take, in XlsxWriter's words."""

    cells: tuple[str, ...]  #: each a cell or a range
    options: Mapping[str, Any]


def choices_of(choices: Sequence[str], cells: Iterable[str], *, help_text: str = "") -> Rule:
    """Return a list to choose from."""
    words = ", ".join(choices[:-1]) + f" eller {choices[-1]}"
    told = f"Välj {words}."
    return _told(
        {"validate": "list", "source": list(choices)},
        told if len(told) <= _LONGEST else "Välj något ur rutans lista.",
        cells,
        help_text,
    )


class LongChoices:
    """Choices that a cell's own list cannot hold, kept in a column: ``rows`` is what stands in it, from its first row.

    Excel takes 255 characters of a list, and parts it where a choice has a comma.
    """

    def __init__(self, column: str) -> None:
        """``column`` is where they stand: ``'Om mallen'!$D``."""
        self._column = column
        self._placed: dict[tuple[str, ...], str] = {}
        self.rows: list[str] = []

    def source(self, choices: Sequence[str]) -> list[str] | str:
        """Return what a cell's list is taken from: the choices, or where they stand."""
        if len(",".join(choices)) <= _LIST and not any("," in each for each in choices):
            return list(choices)
        key = tuple(choices)
        if key not in self._placed:
            first = len(self.rows) + 1
            self.rows += choices
            page, _, letter = self._column.rpartition("!")
            self._placed[key] = f"={page}!{letter}${first}:{letter}${len(self.rows)}"
        return self._placed[key]


def rules_of(
    sheet: MallSheet, columns: Mapping[str, str], first: int, last: int, placed: Mapping[str, int]
) -> Iterator[Rule]:
    """Give a table's rules, one for all columns that are alike; ``placed`` is where each known row lies."""
    counted = {placed[line.id] for line in sheet.rows if line.sums}
    apart = sorted(placed[line.id] for line in sheet.rows if line.may_be_suppressed)
    rows = [row for row in range(first, last + 1) if row not in counted and row not in apart]
    alike: dict[tuple[str, tuple[str, ...], str], list[Column]] = {}
    marks = tuple(sheet.sheet.marks)
    for column in sheet.sheet.columns[1:]:
        if not column.minus and (column.kind != "text" or column.help):
            instead = (*column.instead, *marks)
            key = (column.kind, (*column.choices, *marks) if column.choices else (), column.help)
            if instead and column.kind not in ("text", "val"):
                yield _or_words(column, instead, list(_runs(columns[column.id], rows)))
            else:
                alike.setdefault(key, []).append(column)
    for (kind, choices, help_text), every in alike.items():
        cells = [run for column in every for run in _runs(columns[column.id], rows)]
        if choices:
            yield choices_of(choices, cells, help_text=help_text)
        else:
            yield _told(_rule(kind), _WORDS.get(kind, ""), cells, help_text)
    if apart:
        letters = [columns[each.id] for each in sheet.sheet.columns if each.kind == "procent"]
        one = f"{letters[0]}{apart[0]}"
        asks = f'=OR({one}="{SUPPRESSED}",AND(ISNUMBER({one}),{one}>=0,{one}<=100))'
        words = f"Skriv ett tal mellan 0 och 100, till exempel 5,8. Skriv {SUPPRESSED} för en grupp på högst tio."
        cells = [run for letter in letters for run in _runs(letter, apart)]
        yield _told({"validate": "custom", "value": asks}, words, cells)


def _or_words(column: Column, instead: Sequence[str], cells: list[str]) -> Rule:
    """Return a rule that takes what the column is for, or one of some words in its place."""
    first = cells[0].partition(":")[0]
    texts = [f'{first}="{each}"' for each in instead]
    asks = f"=OR({','.join([*texts, f'ISNUMBER({first})'])})"
    words = f"{_WORDS[column.kind]} Eller skriv {' eller '.join(f'”{each}”' for each in instead)}."
    return _told({"validate": "custom", "value": asks}, words, cells, column.help)


_WORDS = {
    "tal": "Skriv ett tal, till exempel 5,8.",
    "belopp": "Skriv beloppet i tkr som ett tal, till exempel 1250 eller -40. Inga bokstäver.",
    "antal": "Skriv ett antal: ett tal som är noll eller mer.",
    "procent": "Skriv ett tal mellan 0 och 100, till exempel 5,8. Inget procenttecken.",
    "datum": "Skriv ett datum, till exempel 2027-11-30.",
}


def _rule(kind: str) -> Mapping[str, Any]:
    match kind:
        case "belopp":
            return {"validate": "decimal", "criteria": "between", "minimum": -_LARGEST, "maximum": _LARGEST}
        case "tal":
            return {"validate": "decimal", "criteria": "between", "minimum": -_LARGEST, "maximum": _LARGEST}
        case "antal":
            return {"validate": "decimal", "criteria": ">=", "value": 0}
        case "procent":
            return {"validate": "decimal", "criteria": "between", "minimum": 0, "maximum": 100}
        case "datum":
            return {"validate": "date", "criteria": ">=", "value": _FIRST_DAY}
        case _:
            return {"validate": "any"}  # no rule, only its help at the cell


def _told(rule: Mapping[str, Any], words: str, cells: Iterable[str], help_text: str = "") -> Rule:
    options = dict(rule) | {"show_error": bool(words), "show_input": bool(help_text)}
    if words:
        options |= {"error_title": "Det går inte att skriva så här", "error_message": words[:_LONGEST]}
    if help_text:
        options |= {"input_title": "Så här fyller du i", "input_message": help_text[:_LONGEST]}
    return Rule(tuple(cells), options)


def _runs(letter: str, rows: Sequence[int]) -> Iterator[str]:
    """Give the rows as ranges: ``C9:C11`` for rows that follow on each other."""
    start = before = rows[0]
    for row in (*rows[1:], None):
        if row != before + 1:
            yield f"{letter}{start}" if start == before else f"{letter}{start}:{letter}{before}"
            start = row or 0
        before = row or 0

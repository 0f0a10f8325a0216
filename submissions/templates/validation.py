"""What a workbook's cells take, said in Swedish at the cell: lists, numbers, shares and dates."""

from collections.abc import Iterable, Iterator, Mapping, Sequence

from openpyxl.worksheet.datavalidation import DataValidation

from arshjul.sheets import SUPPRESSED, Column
from submissions.templates.mall import MallSheet

_LARGEST = 1_000_000_000  #: tkr; nobody's amount is larger
_LONGEST = 250  #: characters of a message that Excel shows


def choices_of(choices: Sequence[str], cells: Iterable[str], *, help_text: str = "") -> DataValidation:
    """Return a list to choose from."""
    words = ", ".join(choices[:-1]) + f" eller {choices[-1]}"
    listed = f'"{",".join(choices)}"'
    return _told(DataValidation(type="list", formula1=listed), f"Välj {words}.", cells, help_text)


def rules_of(
    sheet: MallSheet, columns: Mapping[str, str], first: int, last: int, placed: Mapping[str, int]
) -> Iterator[DataValidation]:
    """Give the rules of a table's columns; ``placed`` is where each known row lies."""
    counted = {placed[line.id] for line in sheet.rows if line.sums}
    apart = {placed[line.id] for line in sheet.rows if line.may_be_suppressed}
    for column in sheet.sheet.columns[1:]:
        letter = columns[column.id]
        if column.minus:
            continue
        whole = [row for row in range(first, last + 1) if row not in counted | apart]
        rule = _rule(column)
        if whole and (rule or column.help):
            words = _WORDS.get(column.kind, "")
            if column.kind == "val":
                yield choices_of(column.choices, _runs(letter, whole), help_text=column.help)
            else:
                yield _told(rule or DataValidation(), words, _runs(letter, whole), column.help)
        if apart and column.kind == "procent":
            one = f"{letter}{min(apart)}"
            asks = f'OR({one}="{SUPPRESSED}",AND(ISNUMBER({one}),{one}>=0,{one}<=100))'
            words = f"Skriv ett tal mellan 0 och 100, till exempel 5,8. Skriv {SUPPRESSED} för en grupp på högst tio."
            yield _told(DataValidation(type="custom", formula1=asks), words, _runs(letter, sorted(apart)))


_WORDS = {
    "belopp": "Skriv beloppet i tkr som ett tal, till exempel 1250 eller -40. Inga bokstäver.",
    "antal": "Skriv ett antal: ett tal som är noll eller mer.",
    "procent": "Skriv ett tal mellan 0 och 100, till exempel 5,8. Inget procenttecken.",
    "datum": "Skriv ett datum, till exempel 2027-11-30.",
}


def _rule(column: Column) -> DataValidation | None:
    match column.kind:
        case "belopp":
            return DataValidation(type="decimal", operator="between", formula1=str(-_LARGEST), formula2=str(_LARGEST))
        case "antal":
            return DataValidation(type="decimal", operator="greaterThanOrEqual", formula1="0")
        case "procent":
            return DataValidation(type="decimal", operator="between", formula1="0", formula2="100")
        case "datum":
            return DataValidation(type="date", operator="greaterThanOrEqual", formula1="36526")  # 2000-01-01
        case "val":
            return DataValidation(type="list")
        case _:
            return None


def _told(rule: DataValidation, words: str, cells: Iterable[str], help_text: str = "") -> DataValidation:
    rule.allow_blank = True
    if words:
        rule.showErrorMessage, rule.errorStyle = True, "stop"
        rule.errorTitle, rule.error = "Det går inte att skriva så här", words[:_LONGEST]
    if help_text:
        rule.showInputMessage, rule.promptTitle, rule.prompt = True, "Så här fyller du i", help_text[:_LONGEST]
    for cell in cells:
        rule.add(cell)
    return rule


def _runs(letter: str, rows: Sequence[int]) -> Iterator[str]:
    """Give the rows as ranges: ``C9:C11`` for rows that follow on each other."""
    start = before = rows[0]
    for row in (*rows[1:], None):
        if row != before + 1:
            yield f"{letter}{start}" if start == before else f"{letter}{start}:{letter}{before}"
            start = row or 0
        before = row or 0

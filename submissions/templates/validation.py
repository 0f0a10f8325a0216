"""What a workbook's cells take, said in Swedish at the cell: lists, numbers, shares and dates."""

from collections.abc import Iterable, Iterator, Mapping, Sequence

from openpyxl.worksheet.datavalidation import DataValidation

from arshjul.definition.sheets import SUPPRESSED, Column
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
    """Give a table's rules, one for all columns that are alike; ``placed`` is where each known row lies."""
    counted = {placed[line.id] for line in sheet.rows if line.sums}
    apart = sorted(placed[line.id] for line in sheet.rows if line.may_be_suppressed)
    rows = [row for row in range(first, last + 1) if row not in counted and row not in apart]
    alike: dict[tuple[str, tuple[str, ...], str], list[Column]] = {}
    for column in sheet.sheet.columns[1:]:
        if not column.minus and (column.kind != "text" or column.help):
            alike.setdefault((column.kind, column.choices, column.help), []).append(column)
    for (kind, choices, help_text), every in alike.items():
        cells = [run for column in every for run in _runs(columns[column.id], rows)]
        if choices:
            yield choices_of(choices, cells, help_text=help_text)
        else:
            yield _told(_rule(kind), _WORDS.get(kind, ""), cells, help_text)
    if apart:
        letters = [columns[each.id] for each in sheet.sheet.columns if each.kind == "procent"]
        one = f"{letters[0]}{apart[0]}"
        asks = f'OR({one}="{SUPPRESSED}",AND(ISNUMBER({one}),{one}>=0,{one}<=100))'
        words = f"Skriv ett tal mellan 0 och 100, till exempel 5,8. Skriv {SUPPRESSED} för en grupp på högst tio."
        cells = [run for letter in letters for run in _runs(letter, apart)]
        yield _told(DataValidation(type="custom", formula1=asks), words, cells)


_WORDS = {
    "belopp": "Skriv beloppet i tkr som ett tal, till exempel 1250 eller -40. Inga bokstäver.",
    "antal": "Skriv ett antal: ett tal som är noll eller mer.",
    "procent": "Skriv ett tal mellan 0 och 100, till exempel 5,8. Inget procenttecken.",
    "datum": "Skriv ett datum, till exempel 2027-11-30.",
}


def _rule(kind: str) -> DataValidation:
    match kind:
        case "belopp":
            return DataValidation(type="decimal", operator="between", formula1=str(-_LARGEST), formula2=str(_LARGEST))
        case "antal":
            return DataValidation(type="decimal", operator="greaterThanOrEqual", formula1="0")
        case "procent":
            return DataValidation(type="decimal", operator="between", formula1="0", formula2="100")
        case "datum":
            return DataValidation(type="date", operator="greaterThanOrEqual", formula1="36526")  # 2000-01-01
        case _:
            return DataValidation()  # no rule, only its help at the cell


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

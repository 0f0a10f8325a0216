"""What a file has that does not count, or that counts though its writer may not think so: told, and never in silence."""

from collections.abc import Callable

from submissions.files.filled import FilledRow
from submissions.finding import Finding
from submissions.review.case import Case, Judge, Registered, Rule
from submissions.review.review_words import amount, named, shown
from submissions.review.sheets.sound import Sound


def below_total(case: Case, judge: Judge) -> Finding | None:
    """Rows with amounts stand under the sum: they are in no total and come into no report."""
    rows = [(sheet, row) for sheet in case.sound.values() for row in sheet.table.below]
    if not rows:
        return None
    told = [f"{shown(row.name or 'en rad utan namn')} med {_amounts(sheet, row)}" for sheet, row in rows]
    return judge.found(
        named([row.place for _, row in rows]),
        f"Under summan står rader med belopp; de kommer inte med: {named(told, '; ')}.",
        "Flytta raden till ovanför summan om den ska räknas, annars ta bort den. Är det bara en not, svara med vad den visar.",
    )


def _amounts(sheet: Sound, row: FilledRow) -> str:
    numbers = [(each.title, number) for each in sheet.columns if (number := row.number(each.id))]
    return named([f"{title.lower()} {amount(number)}" for title, number in numbers])


def unread_copy(case: Case, judge: Judge) -> Finding | None:
    """A copy of a sheet is filled in otherwise than the sheet: only one of them is read."""
    copies = case.filled.unread
    if not copies:
        return None
    read = [f"{shown(title)} är ifyllt men läses inte; det som läses är {shown(_title(case, each))}" for title, each in copies.items()]  # fmt: skip
    return judge.found(
        named(list(copies)),
        f"Bladet {named(read, '; bladet ')}.",
        "Flytta det ifyllda till bladet som läses, och ta bort kopian. Ska kopian inte räknas, svara med vad den är.",
    )


def _title(case: Case, sheet_id: str) -> str:
    table = case.filled.tables.get(sheet_id)
    return table.title if table else next(each.sheet.title for each in case.mall.sheets if each.id == sheet_id)


def _rows_are(what: Callable[[FilledRow], bool], one: str, many: str, mend: str) -> Rule:
    """Return a rule that tells of the rows that are so and have something that counts."""

    def rule(case: Case, judge: Judge) -> Finding | None:
        rows = [row for sheet in case.sound.values() for row in sheet.rows if what(row) and _counts(sheet, row)]
        if not rows:
            return None
        return judge.found(
            named([row.place for row in rows]),
            f"{one if len(rows) == 1 else many}: {named([shown(row.name) for row in rows])}.",
            mend,
        )

    return rule


def _counts(sheet: Sound, row: FilledRow) -> bool:
    """Whether the row has a figure that counts; in a sheet without figures, whatever is written."""
    cells = [cell for key, cell in row.cells.items() if (column := sheet.sheet.column(key)) and not column.minus]
    if any(column.is_number for column in sheet.columns):
        return any(cell.number for cell in cells)
    return any(not cell.is_empty for cell in cells)


RULES = (
    Registered(id="under-summan", holds="Inga rader med belopp står under summan.", grade="I", rule=below_total),
    Registered(
        id="ifylld-kopia",
        holds="Inget blad är ifyllt vid sidan av det som läses.",
        grade="I",
        rule=unread_copy,
    ),
    Registered(
        id="overstruken-rad",
        holds="Ingen rad som räknas är överstruken.",
        grade="I",
        rule=_rows_are(
            lambda row: row.struck,
            "En rad är överstruken men räknas med",
            "Rader är överstrukna men räknas med",
            "Ta bort raden om den inte gäller längre. Gäller den: ta bort överstrykningen, eller svara med att den ska räknas.",
        ),
    ),
    Registered(
        id="dold-rad",
        holds="Rader som är dolda i filen räknas med, och sägs.",
        grade="I",
        rule=_rows_are(
            lambda row: row.hidden,
            "En rad är dold i filen och räknas med",
            "Rader är dolda i filen och räknas med",
            "Inget behöver göras om den ska räknas. Annars: visa raden, ta bort den och lämna in filen igen.",
        ),
    ),
)

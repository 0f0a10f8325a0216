"""What a file has that does not count, or that counts though its writer may not think so: told, and never in silence."""

from collections.abc import Callable, Iterator, Sequence

from submissions.files.filled import FilledRow, Section
from submissions.finding import Finding
from submissions.review.case import Case, Judge, Registered
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
    """A copy of a sheet, or of a table on it, is filled in otherwise than what is read."""
    copies, second = case.filled.unread, case.filled.second
    if not copies and not second:
        return None
    read = [f"Bladet {shown(title)} är ifyllt men läses inte; det som läses är {shown(_title(case, each))}." for title, each in copies.items()]  # fmt: skip
    read += [f"På bladet {shown(_title(case, each))} är en tabell till ifylld men läses inte, den som börjar i {place.rpartition('!')[2]}." for place, each in second.items()]  # fmt: skip
    what = ("bladet", "kopian") if copies else ("tabellen", "den andra tabellen")
    return judge.found(
        named([*copies, *second]),
        named(read, " "),
        f"Flytta det ifyllda till {what[0]} som läses, och ta bort {what[1]}. Ska {what[1]} inte räknas, svara med vad den är.",
    )


def _title(case: Case, sheet_id: str) -> str:
    table = case.filled.tables.get(sheet_id)
    return table.title if table else next(each.sheet.title for each in case.mall.sheets if each.id == sheet_id)


def struck_out(case: Case, judge: Judge) -> Finding | None:
    """A row, or a piece of a text, that somebody has struck out has something that counts."""
    rows, texts = _counting(case, lambda row: row.struck), _in_texts(case, lambda section: section.struck)
    if not rows and not texts:
        return None
    told = (
        [_counted(rows, "En rad är överstruken men räknas med", "Rader är överstrukna men räknas med")] if rows else []
    )
    if texts:
        told.append(_counted(texts, "Text är överstruken men räknas med", "Text är överstruken men räknas med"))
    what = "raden" if rows else "texten"
    return judge.found(
        named([place for place, _ in (*rows, *texts)]),
        " ".join(told),
        f"Ta bort {what} om den inte gäller längre. Gäller den: ta bort överstrykningen, eller svara med att den ska räknas.",
    )


def hidden(case: Case, judge: Judge) -> Finding | None:
    """A row, a column, a whole sheet or a text that who opens the file does not see has something that counts."""
    sheets = [
        each.table.title
        for each in case.sound.values()
        if each.table.hidden_whole and any(_counts(each, row) for row in each.rows)
    ]
    rows, columns = _counting(case, lambda row: row.hidden), list(_hidden_columns(case))
    texts = _in_texts(case, lambda section: section.hidden)
    if not rows and not columns and not sheets and not texts:
        return None
    told = (
        [_counted(rows, "En rad är dold i filen och räknas med", "Rader är dolda i filen och räknas med")]
        if rows
        else []
    )
    if columns:
        told.append(
            _counted(columns, "En kolumn är dold i filen och räknas med", "Kolumner är dolda i filen och räknas med")
        )
    if sheets:
        which = (
            "Ett blad är dolt i filen och räknas med" if len(sheets) == 1 else "Blad är dolda i filen och räknas med"
        )
        told.append(f"{which}: {named([shown(each) for each in sheets])}.")
    if texts:
        told.append(_counted(texts, "Text är dold i filen och räknas med", "Text är dold i filen och räknas med"))
    return judge.found(
        named([*(place for place, _ in (*rows, *columns, *texts)), *sheets]),
        " ".join(told),
        "Inget behöver göras om det ska räknas. Annars: visa det som är dolt, ta bort det och lämna in filen igen.",
    )


def _hidden_columns(case: Case) -> Iterator[tuple[str, str]]:
    for sheet in case.sound.values():
        for column in sheet.columns:
            cells = (row.cells.get(column.id) for row in sheet.rows)
            if column.id in sheet.table.hidden and any(cell and not cell.is_empty for cell in cells):
                yield sheet.table.columns[column.id], column.title


def _counting(case: Case, what: Callable[[FilledRow], bool]) -> list[tuple[str, str]]:
    """Return place and name of the rows that are so and have something that counts."""
    every = ((sheet, row) for sheet in case.sound.values() for row in sheet.rows)
    return [(row.place, row.name) for sheet, row in every if what(row) and _counts(sheet, row)]


def _in_texts(case: Case, what: Callable[[Section], Sequence[str]]) -> list[tuple[str, str]]:
    """Return place and beginning of the pieces of text that are so, under any heading."""
    return [(each.place, text) for each in case.filled.sections if each.heading for text in what(each)]


def _counted(those: Sequence[tuple[str, str]], one: str, many: str) -> str:
    return f"{one if len(those) == 1 else many}: {named([shown(name) for _, name in those])}."


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
        holds="Inget blad och ingen tabell är ifylld vid sidan av det som läses.",
        grade="I",
        rule=unread_copy,
    ),
    Registered(
        id="overstruken-rad",
        holds="Ingen rad eller text som räknas är överstruken.",
        grade="I",
        rule=struck_out,
    ),
    Registered(
        id="dold-rad",
        holds="Rader, kolumner, blad och texter som är dolda i filen räknas med, och sägs.",
        grade="I",
        rule=hidden,
    ),
)

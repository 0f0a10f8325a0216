"""Whether everything that is asked for stands in the tables: sheets, columns, rows."""

from arshjul.swedish import listing
from submissions.finding import Finding
from submissions.review.case import Case, Grade, Judge, Registered, Rule
from submissions.review.review_words import named, shown
from submissions.review.rules.filled_cells import kinds_of, nought
from submissions.review.sheets.sound import Sound


def no_sheet(case: Case, judge: Judge) -> Finding | None:
    """A sheet that the mall asks for was not found in the file."""
    lost = [each.sheet.title for each in case.mall.sheets if each.id not in case.filled.tables]
    if not lost:
        return None
    found = [each.title for each in case.filled.tables.values()]
    seen = f" Filen har {named([shown(each) for each in found])}." if found else " Inget av mallens blad hittades."
    which = "Bladet" if len(lost) == 1 else "Bladen"
    return judge.found(
        named(lost),
        f"{which} {listing([shown(each) for each in lost])} saknas.{seen}",
        "Fyll i alla blad i mallen som hör till delen. Har kolumnerna fått andra rubriker: ge dem mallens rubriker igen.",
    )


def no_column(case: Case, judge: Judge) -> Finding | None:
    """A column that must be filled in was not found."""
    lost = [
        (each, column)
        for each in case.sound.values()
        for column in each.sheet.columns
        if column.required and column.id in each.table.missing
    ]
    if not lost:
        return None
    which = "Kolumnen" if len(lost) == 1 else "Kolumnerna"
    told = named([f"{shown(column.title)} på bladet {each.table.title}" for each, column in lost])
    places = named([each.table.title for each, _ in lost])
    return judge.found(
        places,
        f"{which} {told} hittades inte.",
        "Lägg tillbaka kolumnen med mallens rubrik och fyll i den. Enklast är att hämta mallen på nytt och klistra in talen.",
    )


def no_row(case: Case, judge: Judge) -> Finding | None:
    """A row that the sheet always has is not there; the law's groups of sjukfrånvaro have a rule of their own."""
    lacking = [each for each in case.sound.values() if each.missing and each.sheet.kind != "sjukfrånvaro"]
    if not lacking:
        return None
    lost = [f"{shown(line.title)} på bladet {each.table.title}" for each in lacking for line in each.missing]
    other = [f"{shown(row.name)} ({row.place})" for each in lacking for row in each.unknown]
    heard = f" Däremot står {named(other)} där, som inte känns igen: har en rad bytt namn?" if other else ""
    which = "Raden" if len(lost) == 1 else "Raderna"
    return judge.found(
        named([each.table.title for each in lacking]),
        f"{which} {named(lost)} saknas eller är helt {'tom' if len(lost) == 1 else 'tomma'}.{heard}",
        f"Lägg tillbaka raden med mallens namn och fyll i den{nought(kinds_of(lacking))}.",
    )


def unknown_row(case: Case, judge: Judge) -> Finding | None:
    """A row with figures that the sheet does not have; where rows are missing too, it is told with those."""
    strange = [row for each in case.sound.values() if not each.missing for row in each.unknown]
    if not strange:
        return None
    which = "Raden" if len(strange) == 1 else "Raderna"
    return judge.found(
        named([row.place for row in strange]),
        f"{which} {named([shown(row.name) for row in strange])} finns inte i mallen. Beloppen där kommer inte med i rapporten.",
        f"Flytta beloppen till en av mallens rader. Behövs en ny rad: säg till {case.mall.office}, och svara med vad den gäller.",
    )


def double_row(case: Case, judge: Judge) -> Finding | None:
    """A row stands there twice."""
    again = [row for each in case.sound.values() for row in each.doubled]
    if not again:
        return None
    which = "Raden" if len(again) == 1 else "Raderna"
    return judge.found(
        named([row.place for row in again]),
        f"{which} {named([shown(row.name) for row in again])} står två gånger. Bara den första räknas.",
        "Ta bort den ena, eller lägg ihop dem till en rad.",
    )


def empty_sheet(case: Case, judge: Judge) -> Finding | None:
    """A sheet of free rows that may not be empty has none; mål have a rule of their own."""
    empty = [
        each
        for each in case.sound.values()
        if each.sheet.rows == "fria"
        and not (each.rows or each.says_none or each.sheet.may_be_empty or each.sheet.kind == "mål" or _lacks(each))
    ]
    if not empty:
        return None
    which = "Bladet" if len(empty) == 1 else "Bladen"
    return judge.found(
        named([each.table.title for each in empty]),
        f"{which} {listing([shown(each.table.title) for each in empty])} är {'tomt' if len(empty) == 1 else 'tomma'}.",
        f"Fyll i bladet. {empty[0].sheet.help}"
        if len(empty) == 1
        else " ".join(f"Fyll i {shown(each.table.title)}: {each.sheet.help}" for each in empty),
    )


def _lacks(sheet: Sound) -> bool:
    return any(column.required and column.id in sheet.table.missing for column in sheet.sheet.columns)


def _rule(rule_id: str, holds: str, grade: Grade, rule: Rule) -> Registered:
    return Registered(id=rule_id, holds=holds, grade=grade, rule=rule)


RULES = (
    _rule("saknar-blad", "Alla blad som rapporten och perioden kräver finns i filen.", "L", no_sheet),
    _rule("saknar-kolumn", "Alla kolumner som ska fyllas i finns på bladet.", "L", no_column),
    _rule("saknar-rad", "Varje verksamhet och varje post har sin rad.", "L", no_row),
    _rule("okand-rad", "Bladet har bara mallens rader.", "I", unknown_row),
    _rule("dubbel-rad", "Ingen rad står två gånger.", "I", double_row),
    _rule("tomt-blad", "Bladet är ifyllt, eller säger att inget finns när det får göra det.", "L", empty_sheet),
)

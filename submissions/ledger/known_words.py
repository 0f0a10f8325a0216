"""What an enhet has said before, and what is decided for it: the words that its mall is prefilled with."""

from collections.abc import Iterable, Iterator, Mapping, Sequence

from arshjul.definition.model import Definition
from arshjul.definition.registers.register import RegisterEntry, entries_of
from arshjul.definition.sheets.sheet import Sheet
from arshjul.periods import Period
from arshjul.year.wheel import Obligation
from store.database import Session
from store.handins import versions as submissions
from store.registers.entries import register_entries
from submissions.files.figures import clean
from submissions.files.filled import Filled, FilledTable
from submissions.ledger.ledger_changes import economy
from submissions.templates.mall import ENTRY

FORECAST_COMMENT = "forklaring-fg"  #: what the comment of the last prognos is known as

Texts = Mapping[str, Mapping[str, str]]
Rows = Mapping[str, tuple[Mapping[str, str], ...]]


def known_words(session: Session, definition: Definition, one: Obligation) -> tuple[Texts, Rows]:
    """Return the words that are known of rows, by row and column; and the known rows of sheets without rows of their own.

    The comments of the year's last prognos. The mål that are decided for the enhet and the year; where none are, those
    that it assessed last in the year. A register's entries that are the enhet's and hold for the period. The risks that it told of last, this year or last. What an enhet said that this
    one succeeds is not taken over.
    """
    asked = {key: definition.sheets[key] for part in one.parts for key in part.sheets}
    commented = any(column.known == FORECAST_COMMENT for sheet in asked.values() for column in sheet.columns)
    prefilled = {key: sheet for key, sheet in asked.items() if sheet.prefilled}
    if not commented and not prefilled:
        return {}, {}
    past = list(_past(session, one))
    ours = [filled for period, filled in past if period.year == one.period.year]
    rows = {
        key: _decided(session, definition, one, sheet) or _rows(ours, sheet)
        if sheet.prefilled == "mål"
        else _entries(session, definition, one, sheet)
        if sheet.prefilled == "register"
        else _rows([filled for _, filled in past], sheet)
        for key, sheet in prefilled.items()
    }
    texts = _comments(ours, definition.sheets) if commented else {}
    return texts, {key: each for key, each in rows.items() if each}


def _past(session: Session, one: Obligation) -> Iterator[tuple[Period, Filled]]:
    """Give what the enhet has handed in this year and last, for earlier periods, the latest first."""
    year, months = one.period.year, one.period.months
    periods = [Period(year, month) for month in range(1, months)]
    periods += [Period(year - 1, month) for month in (*range(1, 13), None)]
    read = submissions.handed_in(session, one.unit, [each.key for each in periods])
    every = [(Period.parse(key), row) for key, row in read if row.content]
    for period, row in sorted(every, key=lambda each: (each[0].year, each[0].month or 13), reverse=True):
        yield period, Filled.from_json(row.content or {})


def _comments(past: Sequence[Filled], sheets: Mapping[str, Sheet]) -> Texts:
    """Return what stood beside the figures of the last prognos, by row."""
    tables = (each for filled in past for each in economy(filled, sheets))
    last = next(((sheet, table) for sheet, table in tables if sheet.of_role("prognos")), None)
    column = last[0].of_role("förklaring") if last else None
    said = {row.id: clean(row.text(column.id)).strip() for row in last[1].body if row.id} if last and column else {}
    return {row: {FORECAST_COMMENT: text} for row, text in said.items() if text}


def _decided(session: Session, definition: Definition, one: Obligation, sheet: Sheet) -> tuple[Mapping[str, str], ...]:
    """Return the mål that are decided for the enhet: its own in the definition, then those of the registers.

    A register that has a sheet of its own is reported there.
    """
    elsewhere = {each.of_register for each in definition.sheets.values()}
    goals = (each for each in definition.units[one.unit].goals if each.year == one.period.year)
    known = [{"mal": each.goal, "indikator": each.indicator, "malvarde": each.target} for each in goals]
    for key, register in definition.registers.items():
        known += (
            [_said(each) for each in _held(session, definition, one, key)]
            if register.kind == "mål" and key not in elsewhere
            else []
        )
    return tuple(_in_columns(goal, sheet) for goal in known)


def _entries(session: Session, definition: Definition, one: Obligation, sheet: Sheet) -> tuple[Mapping[str, str], ...]:
    held = _held(session, definition, one, sheet.of_register or "")
    return tuple({**_in_columns(_said(each), sheet), sheet.naming.id: each.title, ENTRY: each.said} for each in held)


def _held(session: Session, definition: Definition, one: Obligation, register: str) -> list[RegisterEntry]:
    """Return the entries of a register that the enhet reports on for the period, in the register's order."""
    every = entries_of(definition.registers, register_entries(session)).get(register, {})
    return [each for each in every.values() if each.is_of(one.unit) and each.holds(one.period)]


def _said(entry: RegisterEntry) -> dict[str, str]:
    """Return what an entry says, by what it is known as in a column."""
    return {
        "mal": entry.title,
        "indikator": entry.indicator,
        "malvarde": entry.target,
        "startvarde": entry.start,
        "niva": entry.level,
        "givare": entry.by.strip(" ()"),
        "frist": entry.due.isoformat() if entry.due else "",
        "resurser": entry.resources,
    }


def _in_columns(said: Mapping[str, str], sheet: Sheet) -> dict[str, str]:
    return {each.id: said[each.known] for each in sheet.columns if each.known and each.known in said}


def _rows(past: Iterable[Filled], sheet: Sheet) -> tuple[Mapping[str, str], ...]:
    """Return the rows that were told of last on a sheet, with what its mall is prefilled with."""
    last = next((table for filled in past if (table := filled.tables.get(sheet.id))), None)
    return tuple(_row(last, sheet)) if last else ()


def _row(table: FilledTable, sheet: Sheet) -> Iterator[Mapping[str, str]]:
    """Give each row that says something, by column; what only stands under its name says nothing."""
    others = [each for each in sheet.columns[1:] if each.known]
    for row in table.body:
        said = {each.id: clean(row.text(each.id)).strip() for each in others}
        if row.name.strip() and any(said.values()):
            yield {sheet.naming.id: clean(row.name).strip(), **said}

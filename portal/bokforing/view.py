"""What the page of the ledgers shows: the files by ledger and period, and the figures of the one that counts."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from arshjul.definition.model import Definition
from arshjul.keys import UnitId
from arshjul.periods import Period
from store.database import Session
from store.handins import ledgers
from store.handins.ledgers import OUTSIDE
from store.tables import LedgerFile
from submissions.ledger.ledger_rows import COLUMNS, until_text
from submissions.ledger.ledger_words import ore_text, totals

SHOWN = 12  #: periods of each ledger whose figures are shown; the files of older ones are listed


@dataclass(frozen=True, slots=True, kw_only=True)
class LedgerLine:
    """A row of figures, tkr as people read them; "–" for what is not known."""

    name: str
    cells: tuple[str, ...]  #: in the order of ``COLUMNS``
    is_sum: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class BookPeriod:
    """A ledger's period: the files, the one that counts first, and its figures."""

    text: str
    anchor: str
    files: Sequence[LedgerFile]
    lines: tuple[LedgerLine, ...]
    outside: tuple[LedgerLine, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class LedgerShown:
    """One of the definition's ledgers; the newest period first."""

    id: str
    name: str
    units: tuple[str, ...]
    periods: tuple[BookPeriod, ...]


def books(session: Session, definition: Definition) -> tuple[LedgerShown, ...]:
    """Return every ledger of the definition with what was taken in."""
    by_book: dict[str, dict[str, list[LedgerFile]]] = {key: {} for key in definition.ledgers}
    for file in ledgers.files(session):
        if file.ledger in by_book:
            by_book[file.ledger].setdefault(file.period, []).append(file)
    return tuple(
        LedgerShown(
            id=key,
            name=plan.company,
            units=tuple(unit.name for unit in definition.units.values() if unit.ledger == key),
            periods=tuple(
                _period(session, definition, period, files, number < SHOWN)
                for number, (period, files) in enumerate(sorted(by_book[key].items(), key=_by_time, reverse=True))
            ),
        )
        for key, plan in definition.ledgers.items()
    )


def _by_time(item: tuple[str, list[LedgerFile]]) -> tuple[int, int]:
    period = Period.parse(item[0])
    return period.year, period.months


def _period(
    session: Session, definition: Definition, key: str, files: Sequence[LedgerFile], figures: bool
) -> BookPeriod:
    amounts = ledgers.amounts_of(session, files[0].id) if figures else {}
    text = until_text(Period.parse(key))
    units = {UnitId(unit): rows for unit, rows in amounts.items() if unit in definition.units}
    outside = amounts.get(OUTSIDE, {})
    return BookPeriod(
        text=text[:1].upper() + text[1:],
        anchor=f"{files[0].ledger}-{key}",
        files=files,
        lines=tuple(line for unit, rows in units.items() for line in _unit(definition, unit, rows)),
        outside=tuple(
            _line(f"Objekt {row}" if row else "På inget objekt", columns) for row, columns in outside.items()
        ),
    )


def _unit(definition: Definition, unit_id: UnitId, rows: Mapping[str, Mapping[str, int]]) -> list[LedgerLine]:
    unit = definition.units[unit_id]
    lines = [_line(unit.name, totals(rows), is_sum=True)]
    if unit.verksamheter:
        names = {key: each.name for key, each in unit.verksamheter.items()}
        lines += [_line(names.get(row, row), columns) for row, columns in rows.items()]
    return lines


def _line(name: str, columns: Mapping[str, int], *, is_sum: bool = False) -> LedgerLine:
    cells = tuple(ore_text(columns[column]) if column in columns else "–" for column in COLUMNS)
    return LedgerLine(name=name, cells=cells, is_sum=is_sum)

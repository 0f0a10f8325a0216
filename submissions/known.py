"""What is known of an enhet's economy: what its mall is prefilled with, and what its figures are held against."""

from collections.abc import Mapping
from decimal import Decimal

from arshjul.definition import Definition
from arshjul.periods import Period
from arshjul.wheel import Obligation
from store import ledgers, submissions
from store.database import Session
from store.tables import LedgerFile, Submission
from submissions.filled import Filled
from submissions.ledger_changes import economy, in_tkr
from submissions.ledger_rows import BUDGET, UTFALL, UTFALL_FG, closing
from submissions.templates.mall import Known

PROGNOS, PROGNOS_FG, UTFALL_THEN = "prognos", "prognos-fg", "utfall-vid-prognos-fg"
UTFALL_BEFORE = "utfall-forra"


def known_of(session: Session, definition: Definition, one: Obligation) -> Known:
    """Return what is known of an obligation's economy, in tkr with every decimal, by row and column.

    From the newest ledger file of the enhet's ledger and the period. Without one the year's budget comes from the
    year's newest earlier file. Last year's outcome: the file's own, else last year's file, else what was handed in
    then. The last prognos, the outcome that it was made from, and the last report's outcome: the year's newest earlier
    hand-ins.
    """
    plan_id = definition.units[one.unit].ledger
    plan = definition.ledgers.get(plan_id or "")
    period, last_year = closing(one.period), closing(Period(one.period.year - 1, one.period.month))
    file = ledgers.newest(session, plan_id, period.key) if plan_id else None
    layers: list[dict[str, dict[str, Decimal]]] = []
    if plan_id:
        then = ledgers.newest(session, plan_id, last_year.key)
        earlier = None if file else ledgers.newest_of(session, plan_id, _earlier(period))
        layers += [
            _of_file(session, file, one.unit),
            _renamed(_of_file(session, then, one.unit), {UTFALL: UTFALL_FG}),
            _renamed(_of_file(session, earlier, one.unit), {BUDGET: BUDGET}),
        ]
    handed_in = submissions.handed_in(session, one.unit, [Period(one.period.year - 1, one.period.month).key])
    layers += [_renamed(_figures(row), {UTFALL: UTFALL_FG}) for _, row in _own_step_first(handed_in, one)]
    this_year = submissions.handed_in(session, one.unit, _earlier(period))
    forecast_period, forecast = _last_with(this_year, PROGNOS, {PROGNOS: PROGNOS_FG, UTFALL: UTFALL_THEN})
    _, last = _last_with(this_year, UTFALL, {UTFALL: UTFALL_BEFORE})
    return Known(
        amounts=_laid_over([*layers, forecast, last]),
        from_ledger=file is not None,
        tolerance=plan.tolerance if plan else Decimal(1),
        forecast_period=forecast_period,
    )


def _earlier(period: Period) -> list[str]:
    """Return the keys of the same year's earlier periods, the latest first."""
    return [Period(period.year, month).key for month in range(period.months - 1, 0, -1)]


def _of_file(session: Session, file: LedgerFile | None, unit: str) -> dict[str, dict[str, Decimal]]:
    return in_tkr(ledgers.amounts(session, file.id, unit)) if file else {}


def _own_step_first(handed_in: list[tuple[str, Submission]], one: Obligation) -> list[tuple[str, Submission]]:
    """Return the newest first, those of the same report before the others."""
    newest_first = handed_in[::-1]
    return sorted(newest_first, key=lambda each: each[1].obligation_key.split("/")[1] != one.step)


def _figures(row: Submission) -> dict[str, dict[str, Decimal]]:
    """Return the numbers of a hand-in's economy, by row and column."""
    found: dict[str, dict[str, Decimal]] = {}
    for table in economy(Filled.from_json(row.content)) if row.content else []:
        for line in table.body:
            numbers = {column: cell.number for column, cell in line.cells.items() if cell.number is not None}
            if line.id is not None:
                found[line.id] = {**numbers, **found.get(line.id, {})}
    return found


def _last_with(
    handed_in: list[tuple[str, Submission]], column: str, names: Mapping[str, str]
) -> tuple[Period | None, dict[str, dict[str, Decimal]]]:
    """Return the newest hand-in that has the column, and its figures under their new names."""
    for period, row in reversed(handed_in):
        figures = _figures(row)
        if any(column in columns for columns in figures.values()):
            return Period.parse(period), _renamed(figures, names)
    return None, {}


def _renamed(amounts: Mapping[str, Mapping[str, Decimal]], names: Mapping[str, str]) -> dict[str, dict[str, Decimal]]:
    """Keep the named columns, under their new names."""
    return {
        row: {new: columns[old] for old, new in names.items() if old in columns} for row, columns in amounts.items()
    }


def _laid_over(layers: list[dict[str, dict[str, Decimal]]]) -> dict[str, dict[str, Decimal]]:
    """Return the layers on top of each other: the first that knows an amount says it."""
    found: dict[str, dict[str, Decimal]] = {}
    for layer in reversed(layers):
        for row, columns in layer.items():
            found.setdefault(row, {}).update(columns)
    return found

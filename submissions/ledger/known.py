"""What is known of an enhet's economy: what its mall is prefilled with, and what its figures are held against."""

from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from functools import partial

from arshjul.definition.model import Definition
from arshjul.definition.sheets.column import ColumnRole
from arshjul.definition.sheets.sheet import Sheet
from arshjul.keys import UnitId
from arshjul.periods import Period
from arshjul.year.succession import NOBODY, Before, before
from arshjul.year.wheel import Obligation
from store.database import Session
from store.handins import ledgers
from store.handins import versions as submissions
from store.tables import LedgerFile, Submission
from submissions.files.filled import Filled
from submissions.ledger.known_words import known_words
from submissions.ledger.ledger_changes import economy, in_tkr
from submissions.ledger.ledger_rows import BUDGET, BUDGET_PERIOD, UTFALL, UTFALL_FG, closing
from submissions.templates.mall import KnownFigures

PROGNOS, PROGNOS_FG, UTFALL_THEN = "prognos", "prognos-fg", "utfall-vid-prognos-fg"
UTFALL_BEFORE = "utfall-forra"
#: by what the columns of a hand-in mean, what their figures are known as
MEANT: Mapping[ColumnRole, str] = {
    "utfall": UTFALL,
    "utfall förra året": UTFALL_FG,
    "budget": BUDGET,
    "budget perioden": BUDGET_PERIOD,
    "prognos": PROGNOS,
}
#: what the columns of an earlier hand-in are called afterwards
AS_FORECAST = {PROGNOS: PROGNOS_FG, UTFALL: UTFALL_THEN}
AS_BEFORE = {UTFALL: UTFALL_BEFORE}

_Figures = dict[str, dict[str, Decimal]]  #: tkr, by row and column


def known_of(session: Session, definition: Definition, one: Obligation) -> KnownFigures:
    """Return what is known of an obligation's economy, in tkr with every decimal, by row and column.

    From the newest ledger file of the enhet's ledger and the period. Without one the year's budget comes from the
    year's newest earlier file. Last year's outcome: the file's own, else last year's file, else what was handed in
    then. The last prognos, the outcome that it was made from, and the last report's outcome: the year's newest earlier
    hand-ins. For periods that ended before the enhet began, what its predecessors knew is taken, row by row.
    """
    plan_id = definition.units[one.unit].ledger
    plan = definition.ledgers.get(plan_id or "")
    period, last_year = closing(one.period), closing(Period(one.period.year - 1, one.period.month))
    then = before(definition, one.unit, last_year)
    file = ledgers.newest(session, plan_id, period.key) if plan_id else None
    ours = _Past(session, definition, one)
    earlier = [each for each in _earlier(period) if not before(definition, one.unit, each).units]
    forecast_period, forecast = ours.last_with(one.unit, earlier, PROGNOS, AS_FORECAST)
    own = _laid_over(
        [
            _without_noughts(_of_file(session, file, one.unit), then),
            ours.outcome(one.unit, last_year),
            {} if file else ours.budget(one.unit, earlier),
            forecast,
            ours.last_with(one.unit, earlier, UTFALL, AS_BEFORE)[1],
        ]
    )
    told = _Inherited(ours, own)
    told.take(then, lambda unit: ours.outcome(unit, last_year))
    for each in _earlier(period):  # the latest first: what a later period knows stands
        predecessors = before(definition, one.unit, each)
        if forecast_period is None and told.take(
            predecessors, partial(ours.figures, period=each, column=PROGNOS, names=AS_FORECAST)
        ):
            forecast_period = each
        told.take(predecessors, partial(ours.figures, period=each, column=UTFALL, names=AS_BEFORE))
        if file is None:
            told.take(predecessors, partial(ours.budget, periods=[each]))
    texts, rows = known_words(session, definition, one)
    return KnownFigures(
        texts=texts,
        rows=rows,
        amounts=_laid_over([own, told.amounts]),
        from_ledger=file is not None,
        tolerance=plan.tolerance if plan else Decimal(1),
        forecast_period=forecast_period,
        inherited=told.whose,
        split=tuple(definition.units[each].name for each in told.split),
    )


class _Past:
    """What was known of enheter before now, one enhet at a time."""

    def __init__(self, session: Session, definition: Definition, one: Obligation) -> None:
        self._session, self.definition, self.one = session, definition, one

    def outcome(self, unit: UnitId, last_year: Period) -> _Figures:
        """Return an enhet's outcome of last year: of that year's ledger file, else of what was handed in then."""
        plan_id = self.definition.units[unit].ledger
        file = ledgers.newest(self._session, plan_id, last_year.key) if plan_id else None
        key = Period(self.one.period.year - 1, self.one.period.month).key
        handed_in = _own_step_first(submissions.handed_in(self._session, unit, [key]), self.one)
        layers = [_of_file(self._session, file, unit), *(self._of(row) for _, row in handed_in)]
        return _laid_over([_renamed(each, {UTFALL: UTFALL_FG}) for each in layers])

    def budget(self, unit: UnitId, periods: Sequence[Period]) -> _Figures:
        """Return the year's budget by the first of these periods that has a ledger file."""
        plan_id = self.definition.units[unit].ledger
        keys = [each.key for each in periods]
        file = ledgers.newest_of(self._session, plan_id, keys) if plan_id else None
        return _renamed(_of_file(self._session, file, unit), {BUDGET: BUDGET})

    def _of(self, row: Submission) -> _Figures:
        return _figures(row, self.definition.sheets)

    def figures(self, unit: UnitId, period: Period, column: str, names: Mapping[str, str]) -> _Figures:
        """Return the figures of the newest hand-in of a period that has the column."""
        return self.last_with(unit, [period], column, names)[1]

    def last_with(
        self, unit: UnitId, periods: Sequence[Period], column: str, names: Mapping[str, str]
    ) -> tuple[Period | None, _Figures]:
        """Return the newest hand-in of these periods that has the column, and its figures under their new names."""
        for period, row in reversed(submissions.handed_in(self._session, unit, [each.key for each in periods])):
            figures = self._of(row)
            if any(column in columns for columns in figures.values()):
                return Period.parse(period), _renamed(figures, names)
        return None, {}


class _Inherited:
    """What those who came before an enhet knew of its rows; ``own`` is what it knows itself, and needs from nobody."""

    def __init__(self, past: _Past, own: _Figures) -> None:
        self._past, self._own = past, own
        self.amounts: _Figures = {}
        self.whose: dict[str, dict[str, tuple[str, ...]]] = {}  #: names, by row and column
        self.split: dict[UnitId, None] = {}

    def take(self, predecessors: Before, known: Callable[[UnitId], _Figures]) -> bool:
        """Sum what the predecessors knew, row by row, and keep what is new; tell whether anything was.

        A sum is known when each of them that had the row knows it: a part of it would look like the whole.
        """
        self.split |= dict.fromkeys(predecessors.split)
        figures = {unit: known(unit) for unit in predecessors.units}
        took = False
        for row in self._rows():
            had = {unit: theirs for unit in figures if (theirs := self._theirs(unit, row))}
            columns = [figures[unit].get(theirs, {}) for unit, theirs in had.items()]
            for column in columns[0] if columns else ():
                new = column not in self._own.get(row, {}) and column not in self.amounts.get(row, {})
                if new and all(column in each for each in columns):
                    self.amounts.setdefault(row, {})[column] = sum((each[column] for each in columns), Decimal(0))
                    names = tuple(self._past.definition.units[unit].name for unit in had)
                    self.whose.setdefault(row, {})[column] = names
                    took = True
        return took

    def _rows(self) -> Sequence[str]:
        unit = self._past.one.unit
        return list(self._past.definition.units[unit].verksamheter) or [unit]

    def _theirs(self, unit: UnitId, row: str) -> str | None:
        """Return what a predecessor called a row: by the verksamhet's id; two enheter that are one row have one."""
        verksamheter = self._past.definition.units[unit].verksamheter
        if row == self._past.one.unit:
            return None if verksamheter else unit
        return row if row in verksamheter else None


def _without_noughts(figures: _Figures, then: Before) -> _Figures:
    """Return a ledger file's amounts, without noughts for a year in which the enhet's objects were not there."""
    if then == NOBODY:
        return figures
    return {
        row: {column: amount for column, amount in columns.items() if amount or column != UTFALL_FG}
        for row, columns in figures.items()
    }


def _earlier(period: Period) -> list[Period]:
    """Return the same year's earlier periods, the latest first."""
    return [Period(period.year, month) for month in range(period.months - 1, 0, -1)]


def _of_file(session: Session, file: LedgerFile | None, unit: UnitId) -> _Figures:
    return in_tkr(ledgers.amounts(session, file.id, unit)) if file else {}


def _own_step_first(handed_in: list[tuple[str, Submission]], one: Obligation) -> list[tuple[str, Submission]]:
    """Return the newest first, those of the same report before the others."""
    newest_first = handed_in[::-1]
    return sorted(newest_first, key=lambda each: each[1].obligation_key.step != one.step)


def _figures(row: Submission, sheets: Mapping[str, Sheet]) -> _Figures:
    """Return the numbers of a hand-in's economy, by row and what the columns mean."""
    found: _Figures = {}
    for sheet, table in economy(Filled.from_json(row.content), sheets) if row.content else []:
        columns = {name: column.id for role, name in MEANT.items() if (column := sheet.of_role(role))}
        for line in table.body:
            numbers = {name: number for name, key in columns.items() if (number := line.number(key)) is not None}
            if line.id is not None:
                found[line.id] = {**numbers, **found.get(line.id, {})}
    return found


def _renamed(amounts: Mapping[str, Mapping[str, Decimal]], names: Mapping[str, str]) -> _Figures:
    """Keep the named columns, under their new names."""
    return {
        row: {new: columns[old] for old, new in names.items() if old in columns} for row, columns in amounts.items()
    }


def _laid_over(layers: Sequence[_Figures]) -> _Figures:
    """Return the layers on top of each other: the first that knows an amount says it."""
    found: _Figures = {}
    for layer in reversed(layers):
        for row, columns in layer.items():
            found.setdefault(row, {}).update(columns)
    return found

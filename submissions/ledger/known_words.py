"""What an enhet has said before, and what is decided for it: the words that its mall is prefilled with."""

from collections.abc import Iterable, Iterator, Mapping, Sequence

from arshjul.definition.model import Definition
from arshjul.definition.sheets import SHEETS
from arshjul.periods import Period
from arshjul.year.wheel import Obligation
from store.database import Session
from store.handins import versions as submissions
from submissions.files.figures import clean
from submissions.files.filled import Filled, FilledTable
from submissions.ledger.ledger_changes import economy

COMMENTED = (
    "ekonomi-prognos",
    "ekonomi-delar",
)  #: the sheets whose rows' comments are written on from the last prognos
GOALS, RISKS = "mal", "intern-kontroll"

Texts = Mapping[str, Mapping[str, str]]
Rows = Mapping[str, tuple[Mapping[str, str], ...]]


def known_words(session: Session, definition: Definition, one: Obligation) -> tuple[Texts, Rows]:
    """Return the words that are known of rows, by row and column; and the known rows of sheets without rows of their own.

    The comments of the year's last prognos. The mål that are decided for the enhet and the year; where none are, those
    that it assessed last in the year. The risks that it told of last, this year or last. What an enhet said that this
    one succeeds is not taken over.
    """
    asked = {sheet for part in one.parts for sheet in part.sheets}
    if not asked & {*COMMENTED, GOALS, RISKS}:
        return {}, {}
    past = list(_past(session, one))
    ours = [filled for period, filled in past if period.year == one.period.year]
    rows = {
        GOALS: _decided(definition, one) or _rows(ours, GOALS),
        RISKS: _rows([filled for _, filled in past], RISKS),
    }
    texts = _comments(ours) if asked & {*COMMENTED} else {}
    return texts, {sheet: each for sheet, each in rows.items() if sheet in asked and each}


def _past(session: Session, one: Obligation) -> Iterator[tuple[Period, Filled]]:
    """Give what the enhet has handed in this year and last, for earlier periods, the latest first."""
    year, months = one.period.year, one.period.months
    periods = [Period(year, month) for month in range(1, months)]
    periods += [Period(year - 1, month) for month in (*range(1, 13), None)]
    read = submissions.handed_in(session, one.unit, [each.key for each in periods])
    every = [(Period.parse(key), row) for key, row in read if row.content]
    for period, row in sorted(every, key=lambda each: (each[0].year, each[0].month or 13), reverse=True):
        yield period, Filled.from_json(row.content or {})


def _comments(past: Sequence[Filled]) -> Texts:
    """Return what stood beside the figures of the last prognos, by row."""
    tables = (table for filled in past for table in economy(filled))
    last = next((each for each in tables if SHEETS[each.sheet].column("prognos")), None)
    said = {row.id: clean(row.text("forklaring")).strip() for row in last.body if row.id} if last else {}
    return {row: {"forklaring-fg": text} for row, text in said.items() if text}


def _decided(definition: Definition, one: Obligation) -> tuple[Mapping[str, str], ...]:
    goals = (each for each in definition.units[one.unit].goals if each.year == one.period.year)
    return tuple({"mal": each.goal, "indikator": each.indicator, "malvarde": each.target} for each in goals)


def _rows(past: Iterable[Filled], sheet_id: str) -> tuple[Mapping[str, str], ...]:
    """Return the rows that were told of last on a sheet, with what its mall is prefilled with."""
    last = next((table for filled in past if (table := filled.tables.get(sheet_id))), None)
    return tuple(_row(last, sheet_id)) if last else ()


def _row(table: FilledTable, sheet_id: str) -> Iterator[Mapping[str, str]]:
    naming, *others = [each for each in SHEETS[sheet_id].columns if each.known]
    for row in table.body:
        said = {each.known or "": clean(row.text(each.id)).strip() for each in others}
        if row.name.strip() and any(said.values()):
            yield {naming.known or "": clean(row.name).strip(), **said}

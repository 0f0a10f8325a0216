"""Sums hold for any numbers that tie, and one cell that is moved by more than rounding is told exactly once."""

from decimal import Decimal

from hypothesis import given, settings
from hypothesis import strategies as st

from submissions.review.book import judge, rulebook
from submissions.review.case import Case
from tests.rig.examples import examples
from tests.rig.files.cases import all_of, careful, owed, put, recalculated
from tests.rig.files.spoilt.case import BOLAG_DELAR, DELAR, KOMMUN_AR, MANAD
from tests.rig.load import hedemora

BOOK = rulebook(hedemora())
ARITHMETIC = {
    "avvikelse-fel-tecken",
    "avvikelse-raknefel",
    "delsumma",
    "slutsumma",
    "balans",
    "resultat-mot-balans",
    "kassaflode-mot-balans",
}
SUMS_ONLY = rulebook(hedemora(), resting=set(BOOK.entries) - ARITHMETIC)
#: A moved cell may pass nought: then its sign is what is told.
SUMS_AND_SIGNS = rulebook(hedemora(), resting=set(BOOK.entries) - ARITHMETIC - {"fel-tecken"})

AMOUNTS = st.decimals(min_value=-900_000, max_value=900_000, places=1)
ROWS = ("forskola", "grundskola", "gymnasium", "kultur")
COLUMNS = ("utfall", "utfall-fg", "budget", "prognos")
MOVES = st.decimals(min_value=Decimal("1.6"), max_value=5_000, places=1) | st.decimals(
    min_value=-5_000, max_value=Decimal("-1.6"), places=1
)


def economy(amounts: list[Decimal]) -> Case:
    cells = [(row, column) for row in ROWS for column in COLUMNS]
    changes = [put("ekonomi-delar", row, column, each) for (row, column), each in zip(cells, amounts, strict=True)]
    return recalculated(all_of(*changes)(careful(*owed(*DELAR))))


@settings(max_examples=examples(60))
@given(st.lists(AMOUNTS, min_size=16, max_size=16))
def test_any_amounts_that_a_spreadsheet_added_up_tie(amounts: list[Decimal]) -> None:
    assert judge(economy(amounts), SUMS_ONLY) == ()


@settings(max_examples=examples(100))
@given(
    st.lists(st.decimals(min_value=20_000, max_value=30_000, places=1), min_size=16, max_size=16),
    st.sampled_from([*((row, column) for row in (*ROWS, "summa") for column in (*COLUMNS, "avvikelse"))]),
    MOVES,
)
def test_one_cell_moved_by_more_than_rounding_is_told_exactly_once(
    amounts: list[Decimal], cell: tuple[str, str], move: Decimal
) -> None:
    case = economy(amounts)
    row, column = cell
    # a total of four rows may differ by two and a half tkr, an avvikelse by one and a half
    summed = row == "summa" or column in ("utfall", "utfall-fg")
    more = (move + 1 if move > 0 else move - 1) if summed else move
    (one,) = (each for each in case.filled.tables["ekonomi-delar"].rows if row in (each.id, each.name.lower()))
    found = judge(put("ekonomi-delar", row, column, (one.number(column) or Decimal(0)) + more)(case), SUMS_ONLY)
    assert len(found) == 1, [each.message for each in found]
    assert len(found[0].place.split(",")) == 1


@settings(max_examples=examples(60))
@given(st.lists(AMOUNTS, min_size=16, max_size=16))
def test_whole_tkr_do_not_become_a_finding_by_being_rounded(amounts: list[Decimal]) -> None:
    """Each amount is rounded by itself, as a report in whole tkr is: also the totals and the avvikelser."""
    case = economy(amounts)
    rounded = [
        put("ekonomi-delar", row.id or row.name.lower(), column, cell.number.quantize(Decimal(1)))
        for row in case.filled.tables["ekonomi-delar"].rows
        for column, cell in row.cells.items()
        if cell.number is not None
    ]
    assert judge(all_of(*rounded)(case), SUMS_ONLY) == ()


@settings(max_examples=examples(60))
@given(st.sampled_from((KOMMUN_AR, BOLAG_DELAR)), st.data())
def test_one_cell_moved_in_the_statements_is_told_by_one_rule(
    which: tuple[str, str, str, str], data: st.DataObject
) -> None:
    case = careful(*owed(*which))
    cells = [
        (sheet, row.id or "", column, cell.number)
        for sheet, table in case.filled.tables.items()
        for row in table.rows
        for column, cell in row.cells.items()
        if cell.number is not None
    ]
    sheet, row, column, number = data.draw(st.sampled_from(cells))
    move = data.draw(st.decimals(min_value=10, max_value=5_000, places=0))
    found = judge(put(sheet, row, column, number + move)(case), SUMS_AND_SIGNS)
    assert len(found) == 1, [each.message for each in found]


def test_a_month_without_any_amounts_ties() -> None:
    changes = [
        put("ekonomi-manad", row, column, 0)
        for row in ROWS
        for column in ("utfall", "utfall-fg", "budget-period", "budget")
    ]
    assert judge(recalculated(all_of(*changes)(careful(*owed(*MANAD)))), BOOK) == ()

"""Sums level by level: what came from below each enhet, and nothing counted twice."""

from datetime import datetime
from decimal import Decimal

from arshjul.ladder.standing import State
from arshjul.swedish import STOCKHOLM
from arshjul.year.turning import turn
from submissions.compilation.basis import Basis
from submissions.compilation.making import compile_occurrence
from submissions.files.filled import Cell, Filled, FilledRow, FilledTable
from submissions.standing.completeness import PartState
from tests.rig.load import made_up

NOW = datetime(2027, 5, 20, 9, tzinfo=STOCKHOLM)
SHEET = "ekonomi-manad"


def figures(unit: str, tkr: int) -> Filled:
    cell = Cell(place="Ekonomi!B2", text=str(tkr), number=Decimal(tkr))
    row = FilledRow(name=unit, place="Ekonomi!A2", id=unit, cells={"utfall": cell})
    return Filled(kind="xlsx", tables={SHEET: FilledTable(sheet=SHEET, title="Ekonomi", rows=(row,))})


def compiled(amounts: dict[str, int]) -> tuple[list[str], dict[str, Decimal], list[str]]:
    """Return the enheter as the table has them, its sums by their titles, and what does not agree."""
    definition = made_up("bergvik").definition
    occurrence = next(each for each in turn(definition, [2027]).occurrences if each.step == "prognos")
    states, read = {}, {}
    for one in occurrence.obligations:
        mine = []
        for part in one.parts:
            there, number = one.unit in amounts and bool(part.sheets), len(read) + 1
            if there:
                read[number] = figures(one.unit, amounts[one.unit])
            mine.append(
                PartState(
                    part=part,
                    obligation_key=one.key,
                    version=1 if there else None,
                    complete=there,
                    late=False,
                    submission_id=number if there else None,
                    received_at=NOW if there else None,
                    by=None,
                    filename="fil.xlsx",
                    sha256=None,
                    fields={},
                    ej_aktuellt=None,
                    findings=(),
                )
            )
        states[one.key] = mine
    basis = Basis(
        definition=definition, occurrence=occurrence, states=states, standing=dict.fromkeys(states, State.OFULLSTANDIG),
        answers=(), read=frozenset(read),
    )  # fmt: skip
    values = compile_occurrence(basis, read, NOW)
    (table,) = values.tables
    sums = {total.title: total.sums.get("utfall", Decimal(0)) for total in table.totals}
    return (
        [block.unit for block in table.blocks],
        sums,
        [each.words for each in values.remarks if "under" in each.words],
    )


def test_what_is_below_is_summed_for_each_enhet_above_and_once_for_all() -> None:
    blocks, sums, remarks = compiled({"hemtjanst-norr": 100, "hemtjanst-soder": 20, "bergskolan": 300, "vikskolan": 40})
    assert blocks == ["hemtjanst-norr", "hemtjanst-soder", "skolnamnden", "bergskolan", "vikskolan"]
    assert sums == {
        "Summa under Omsorgsnämnden": 120,
        "Summa under Äldreomsorgen": 120,
        "Summa under Skolnämnden": 340,
        "Summa nämnder och styrelse (4 av 5)": 460,
    }
    assert remarks == []


def test_where_the_upper_one_has_figures_of_its_own_they_count_and_a_difference_is_told() -> None:
    _, sums, remarks = compiled({"hemtjanst-norr": 100, "skolnamnden": 350, "bergskolan": 300, "vikskolan": 40})
    assert sums["Summa under Omsorgsnämnden (1 av 2)"] == 100
    assert sums["Summa under Skolnämnden"] == 340
    assert sums["Summa nämnder och styrelse (2 av 3)"] == 450
    assert remarks == [
        "Enheterna under blir 340\xa0tkr, men Skolnämnden har 350\xa0tkr (+10\xa0tkr). I summorna räknas det som Skolnämnden har."
    ]

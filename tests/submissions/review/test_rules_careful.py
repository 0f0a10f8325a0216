"""What a careful person hands in passes without a word, for every part of every report, period and enhet of 2027."""

import sys
import time
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from arshjul.year.wheel import Obligation, PartOwed
from submissions.files.filled import Filled, FilledTable
from submissions.review.book import judge, rulebook
from submissions.review.case import Case
from tests.rig.files.cases import all_of, careful, ledger_of, owed, parts_of_2027, put, recalculated, with_row, written
from tests.rig.load import hedemora

BOOK = rulebook(hedemora())


@pytest.mark.parametrize(
    ("one", "part"),
    [
        pytest.param(one, part, id=f"{one.step} {one.period} {one.unit} {part.id}".replace("å", "a"))
        for one, part in parts_of_2027()
    ],
)
def test_a_careful_underlag_has_no_finding(one: Obligation, part: PartOwed) -> None:
    case = careful(one, part)
    assert judge(case, BOOK) == ()
    if case.economy:
        known = ledger_of(case)
        assert judge(replace(case, known=known), BOOK) == (), "nor with a ledger that agrees"


def test_there_are_parts_of_every_report_and_enhet() -> None:
    every = parts_of_2027()
    assert {one.step for one, _ in every} == {"manadsrapport", "prognos", "delarsrapport", "arsredovisning"}
    assert {one.unit for one, _ in every} == set(hedemora().definition.units)
    assert len(every) > 100


def test_what_was_read_judges_alike_after_it_was_kept_as_json() -> None:
    case = spoilt()
    kept = replace(case, filled=Filled.from_json(case.filled.to_json()))
    assert judge(kept, BOOK) == judge(case, BOOK) != ()


def test_the_same_case_gives_the_same_findings_in_the_same_order() -> None:
    assert judge(spoilt(), BOOK) == judge(spoilt(), BOOK)


def spoilt() -> Case:
    case = careful(*owed("delarsrapport", "2027-08", "bildningsnamnden", "ekonomi"))
    return all_of(put("ekonomi-delar", "forskola", "utfall", ""), put("mal", "God arbetsmiljö", "bedomning", "Kanske"))(
        case
    )


@pytest.mark.parametrize(
    "sheet", ["investeringar", "intern-kontroll", "mal"], ids=["investeringar", "intern kontroll", "mål"]
)
def test_ten_times_as_many_rows_take_about_ten_times_as_long(sheet: str) -> None:
    case = careful(*owed("delarsrapport", "2027-08", "bildningsnamnden", "ekonomi"))
    rows = many(case.filled.tables[sheet])

    def of(table: FilledTable) -> Case:
        return recalculated(replace(case, filled=replace(case.filled, tables={**case.filled.tables, sheet: table})))

    whole, tenth = of(rows), of(replace(rows, rows=rows.rows[: len(rows.rows) // 10]))
    assert judge(whole, BOOK) == judge(tenth, BOOK) == ()
    assert steps(whole) < 12 * steps(tenth)  # each row held against each would be a hundred


def steps(case: Case) -> int:
    """Return how many lines of Python, calls and returns it takes to judge a case: the same on every machine."""
    fresh, taken = replace(case, known=case.known), 0

    def count(*_: object) -> Any:
        nonlocal taken
        taken += 1
        return count

    before = sys.gettrace()
    sys.settrace(count)
    try:
        judge(fresh, BOOK)
    finally:
        sys.settrace(before)
    return taken


def cost(case: Case) -> float:
    """Return what it takes to judge a case, in seconds of computing: to be held against another's on the same machine."""
    began = time.process_time()
    judge(case, BOOK)
    return time.process_time() - began


def many(table: FilledTable) -> FilledTable:
    first, *_ = table.rows
    rows = [
        replace(
            first,
            name=f"{first.name} {number}",
            place=f"{table.title}!A{number}",
            cells={key: replace(cell, place=f"{table.title}!{cell.place[len(table.title) + 1]}{number}") for key, cell in first.cells.items()},
        )
        for number in range(9, 309)
    ]  # fmt: skip
    return replace(table, rows=(*rows, *(row for row in table.rows if row.total)))


#: What careful people also write, and what must not be asked about.
ALSO_RIGHT = {
    "En rad med underskott, förklarad": (
        ("delarsrapport", "2027-08", "bildningsnamnden", "ekonomi"),
        (
            put("ekonomi-delar", "forskola", "prognos", 24_200),
            put("ekonomi-delar", "forskola", "forklaring", "Fler barn än budgeterat, två nya avdelningar från augusti."),
        ),
    ),
    "Ett större underskott, förklarat och med åtgärd": (
        ("prognos", "2027-03", "omsorgsnamnden", "helarsprognos"),
        (
            put("ekonomi-prognos", "aldreomsorg", "prognos", 24_700),
            put("ekonomi-prognos", "aldreomsorg", "forklaring", "Bemanningsföretag"),
            put("ekonomi-prognos", "funktionsstod", "prognos", 29_000),
            with_row("atgarder", "Egen bemanningspool", 9, ansvarig="Verksamhetschef", effekt=Decimal(400), klar="juni 2027"),
        ),
    ),
    "Ett underskott under gränsen för förklaring": (
        ("delarsrapport", "2027-08", "bildningsnamnden", "ekonomi"),
        (put("ekonomi-delar", "forskola", "prognos", 24_010),),
    ),
    "En verksamhet med intäkter har lägre prognos än utfall i tal": (
        ("delarsrapport", "2027-08", "bildningsnamnden", "ekonomi"),
        (
            put("ekonomi-delar", "kultur", "utfall", -500),
            put("ekonomi-delar", "kultur", "utfall-fg", -480),
            put("ekonomi-delar", "kultur", "budget", -900),
            put("ekonomi-delar", "kultur", "prognos", -900),
        ),
    ),
    "En fotnot under tabellen": (
        ("delarsrapport", "2027-08", "bildningsnamnden", "ekonomi"),
        (with_row("ekonomi-delar", "* Kultur och fritid hörde förra året till kommunstyrelsen", 15),),
    ),
    "Grupper som inte lämnas ut är markerade med ..": (
        ("arsredovisning", "2027", "kommunstyrelsen", "sjukfranvaro"),
        tuple(
            put("sjukfranvaro", group, column, mark)
            for group, mark in (("kvinnor", ".."), ("man", ".."), ("alder-29", "…"), ("alder-30-49", ".."))
            for column in ("utfall", "utfall-fg")
        ),
    ),
    "Ett mål nås delvis, kommenterat": (
        ("delarsrapport", "2027-08", "bildningsnamnden", "ekonomi"),
        (
            put("mal", "God arbetsmiljö", "bedomning", "nås delvis"),
            put("mal", "God arbetsmiljö", "forklaring", "Enkäten görs i november."),
        ),
    ),
    "Ett mål kan inte nås, kommenterat och med förslag som börjar med Se över": (
        ("delarsrapport", "2027-08", "bildningsnamnden", "ekonomi"),
        (
            put("mal", "God arbetsmiljö", "bedomning", "Kan inte nås"),
            put("mal", "God arbetsmiljö", "forklaring", "Omorganisation under hösten."),
            put("mal", "God arbetsmiljö", "forslag", "Se över målvärdet inför 2028"),
        ),
    ),
    "Frivilliga rutor med streck": (
        ("delarsrapport", "2027-08", "bildningsnamnden", "ekonomi"),
        (put("investeringar", "Byte av ventilation", "anslagsforandring", "–"),),
    ),
    "Val skrivna som tal och med andra bokstäver": (
        ("delarsrapport", "2027-08", "bildningsnamnden", "ekonomi"),
        (
            put("intern-kontroll", "Avtal följs inte", "sannolikhet", 3),
            put("mal", "God arbetsmiljö", "bedomning", " NÅS "),
        ),
    ),
    "Avrundning på en tkr": (
        ("delarsrapport", "2027-08", "bildningsnamnden", "ekonomi"),
        (put("ekonomi-delar", "forskola", "avvikelse", 101), put("ekonomi-delar", "summa", "utfall", 87_842)),
    ),
}  # fmt: skip


@pytest.mark.parametrize("what", ALSO_RIGHT)
def test_what_careful_people_also_write_is_not_asked_about(what: str) -> None:
    which, changes = ALSO_RIGHT[what]
    sums_stay = what == "Avrundning på en tkr"
    case = all_of(*changes)(careful(*owed(*which)))
    assert judge(case if sums_stay else recalculated(case), BOOK) == ()


def test_no_investments_is_said_with_inga() -> None:
    case = careful(*owed("arsredovisning", "2027", "omsorgsnamnden", "investeringsredovisning"))
    for said in ("Inga", "Inga investeringar i år"):
        table = case.filled.tables["investeringar"]
        none = replace(table.rows[0], name=said, cells={})
        changed = replace(table, rows=(none, *(row for row in table.rows if row.total)))
        filled = replace(case.filled, tables={"investeringar": changed})
        assert judge(recalculated(replace(case, filled=filled)), BOOK) == ()


def test_no_group_is_demanded_that_the_law_lets_out() -> None:
    """LKBR 11 kap. 6 §: an empty group is a question about the mark, never a stopp."""
    case = careful(*owed("arsredovisning", "2027", "kommunstyrelsen", "sjukfranvaro"))
    for group in ("kvinnor", "man", "alder-29", "alder-30-49", "alder-50"):
        for column in ("utfall", "utfall-fg"):
            found = judge(put("sjukfranvaro", group, column, "")(case), BOOK)
            assert [each.severity for each in found] == ["fråga"]


def test_a_mål_with_many_indikatorer_takes_no_longer_for_each() -> None:
    case = careful(*owed("delarsrapport", "2027-08", "bildningsnamnden", "ekonomi"))
    rows = many(case.filled.tables["mal"])
    same = replace(rows, rows=tuple(replace(row, name="Alla elever når målen") for row in rows.rows))
    numbered = replace(
        same,
        rows=tuple(
            replace(row, cells={**row.cells, "indikator": replace(row.cells["indikator"], text=f"Indikator {number}")})
            for number, row in enumerate(same.rows)
        ),
    )
    whole = replace(case, filled=replace(case.filled, tables={**case.filled.tables, "mal": numbered}))
    few = replace(numbered, rows=numbered.rows[: len(numbered.rows) // 10])
    tenth = replace(case, filled=replace(case.filled, tables={**case.filled.tables, "mal": few}))
    assert judge(whole, BOOK) == ()
    assert steps(whole) < 12 * steps(tenth)
    (found,) = judge(replace(case, filled=replace(case.filled, tables={**case.filled.tables, "mal": same})), BOOK)
    assert found.rule == "dubbel-rad"
    assert found.place.endswith("och 294 till")


def test_a_hostile_text_takes_little_more_than_any_text_of_its_length() -> None:
    case = careful(*owed("delarsrapport", "2027-08", "bildningsnamnden", "mal-och-resultat"))
    ordinary = cost(written("handelser", "Skolan har fler barn i år. " * 2_000)(case))
    for hostile in (
        "[text" * 10_000,
        "inget att " * 5_000,
        "se " * 16_000,
        "a-" * 25_000,
        "x" * 50_000,
        "#" * 50_000,
    ):
        # one that looks back for each sign: thousands; it does so within one call, where there is nothing to count
        assert cost(written("handelser", hostile)(case)) < 50 * ordinary

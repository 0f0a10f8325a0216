"""Each thing that can be wrong in an underlag gives exactly its own finding: its rule, how severe, and where."""

from functools import reduce

import pytest

from arshjul.definition.reading import read_definition
from submissions.review.book import judge, rulebook
from submissions.review.registry import REGISTRY
from tests.rig.files.cases import careful, owed, without_rows
from tests.rig.files.spoilt.case import DELAR, Spoilt
from tests.rig.files.spoilt.every import SPOILT
from tests.rig.load import file_of, hedemora

BOOK = rulebook(hedemora())
WRONG_UNIT = "En annan nämnds mall, med dess verksamheter"


@pytest.mark.parametrize("spoilt", SPOILT, ids=[f"{each.rule}: {each.what}" for each in SPOILT])
def test_one_fault_gives_exactly_its_own_finding(spoilt: Spoilt) -> None:
    found = judge(spoilt.case, BOOK)
    told = [(each.rule, each.severity, each.place) for each in found]
    assert told == [(spoilt.rule, spoilt.severity, spoilt.place)], [each.message for each in found]
    assert spoilt.says in found[0].message.replace("\N{NO-BREAK SPACE}", " ")
    assert found[0].mend.endswith((".", "?"))
    assert found[0].lagrum


def test_there_is_a_fault_for_every_rule() -> None:
    assert {each.rule for each in SPOILT} == set(REGISTRY)


def test_a_rule_out_of_force_says_nothing() -> None:
    for each in SPOILT:
        if each.what != WRONG_UNIT:
            assert judge(each.case, rulebook(hedemora(), resting=[each.rule])) == (), each.what


def test_when_it_is_answered_whose_file_it_is_everything_else_is_looked_at() -> None:
    (wrong,) = (each for each in SPOILT if each.what == WRONG_UNIT)
    assert [each.rule for each in judge(wrong.case, BOOK)] == ["fel-enhet"]
    assert [each.rule for each in judge(wrong.case, BOOK, answered=["fel-enhet"])] == ["fel-enhet", "saknar-rad"]
    assert [each.rule for each in judge(wrong.case, rulebook(hedemora(), resting=["fel-enhet"]))] == ["saknar-rad"]


def test_a_question_that_is_only_told_hides_nothing() -> None:
    (wrong,) = (each for each in SPOILT if each.what == WRONG_UNIT)
    told = file_of("hedemora").read_text().replace("fel-enhet: {nivå: fråga", "fel-enhet: {nivå: upplysning")
    found = judge(wrong.case, rulebook(read_definition(told, "x.yaml")))
    assert [each.rule for each in found] == ["fel-enhet", "saknar-rad"]


def test_there_are_faults_in_every_report() -> None:
    assert {each.which[0] for each in SPOILT} == {"manadsrapport", "prognos", "delarsrapport", "arsredovisning"}


def test_two_empty_sheets_are_each_told_by_their_own_help() -> None:
    empty = reduce(
        lambda case, sheet: without_rows(sheet)(case), ("investeringar", "intern-kontroll"), careful(*owed(*DELAR))
    )
    (found,) = (each for each in judge(empty, BOOK) if each.rule == "tomt-blad")
    assert found.message == "Bladen ”Investeringar” och ”Risk och intern kontroll” är tomma."
    assert "Fyll i ”Investeringar”: En rad för varje" in found.mend
    assert (
        "Fyll i ”Risk och intern kontroll”: En rad för varje risk: hur trolig den är, hur allvarlig den" in found.mend
    )

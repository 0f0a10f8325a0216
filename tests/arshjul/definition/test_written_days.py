"""A day as people write it: weekday, week and date beside each other must agree."""

from datetime import date

import pytest

from arshjul.definition.days.written_days import written_day
from arshjul.definition.reading import read_definition
from arshjul.errors import DefinitionError
from tests.rig.load import text


@pytest.mark.parametrize(
    "written",
    [
        "tisdag 2027-09-21",
        "2027-09-21 v. 38",
        "tisdag v. 38 2027-09-21",
        "tisdag 21 september 2027",
        "tisdag den 21 september 2027, vecka 38",
        "tisdag vecka 38 2027",
        "tisdag v.38, 2027",
    ],
)
def test_a_day_is_read_as_people_write_it(written: str) -> None:
    assert written_day(written) == date(2027, 9, 21)


def test_a_week_belongs_to_the_year_of_its_thursday() -> None:
    assert written_day("måndag vecka 1 2026") == date(2025, 12, 29)
    assert written_day("fredag vecka 53 2026") == date(2027, 1, 1)


@pytest.mark.parametrize(
    ("written", "told"),
    [
        ("onsdag 2027-09-21", "2027-09-21 är en tisdag, och närmaste onsdag är 2027-09-22"),
        ("v. 39 2027-09-21", "2027-09-21 ligger i vecka 38, och tisdag 28 september 2027 ligger i vecka 39"),
        (
            "onsdag v. 39 2027-09-21",
            "2027-09-21 är en tisdag, och närmaste onsdag är 2027-09-22; "
            "2027-09-21 ligger i vecka 38, och onsdag 29 september 2027 ligger i vecka 39",
        ),
    ],
)
def test_weekday_week_and_date_that_disagree_are_told_with_what_each_would_be(written: str, told: str) -> None:
    with pytest.raises(ValueError, match="säger emot sig") as wrong:
        written_day(written)
    assert str(wrong.value) == f"'{written}' säger emot sig: {told}. Rätta det som är fel"


@pytest.mark.parametrize(
    ("written", "told"),
    [
        ("tisdag v. 38", "räcker inte till en dag; skriv datumet, eller veckodag, vecka och år"),
        ("tisdag vecka 53 2027", "2027 har ingen vecka 53"),
        ("31 juni 2027", "finns inte i kalendern"),
    ],
)
def test_what_is_no_day_is_told(written: str, told: str) -> None:
    with pytest.raises(ValueError, match=told):
        written_day(written)


def test_it_is_told_where_it_stands_in_a_decided_day_a_meeting_and_a_closed_day() -> None:
    changed = text("granvik")
    for old, new in (
        (
            "regel: {regel: fast dag, dag: 15 mars, år: -1}",
            'regel: {regel: fast dag, dag: 15 mars, år: -1}\n          beslutade: {2028: "tisdag 2027-03-17"}',
        ),
        (
            'kl: "18.00"}\n',
            'kl: "18.00"}\n    beslutade: {2027: {källa: plan § 5, möten: [{datum: "måndag v. 9 2027-02-22"}]}}\n',
        ),
        (
            "organ:\n",
            'stängda dagar: [{datum: "torsdag 2027-05-07", namn: klämdag, källa: plan § 3}]\norgan:\n',
        ),
    ):
        assert old in changed
        changed = changed.replace(old, new, 1)
    with pytest.raises(DefinitionError) as told:
        read_definition(changed, "x.yaml")
    assert [(each.rule, each.message.partition(":")[0]) for each in told.value.faults] == [
        ("fel-varde", "'torsdag 2027-05-07' säger emot sig"),
        ("fel-varde", "'måndag v. 9 2027-02-22' säger emot sig"),
        ("fel-varde", "'tisdag 2027-03-17' säger emot sig"),
    ]

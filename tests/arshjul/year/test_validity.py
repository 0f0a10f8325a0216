"""For which years a thing holds: election years, the first of a mandatperiod, from and to, by the figures' own year."""

from datetime import date

import pytest

from arshjul.check.law import check
from arshjul.definition.days.validity import Validity, is_met
from arshjul.definition.model import without_contents
from arshjul.definition.reading import read_definition
from arshjul.periods import Period
from arshjul.swedish import day_text, local_date
from arshjul.year.turning import around, turn
from arshjul.year.wheel import Wheel
from tests.rig.load import made_up, text, text_with, told_of


@pytest.fixture(scope="module")
def years() -> Wheel:
    return turn(made_up("granvik").definition, range(2026, 2033))


def moment(wheel: Wheel, moment_id: str, year: int) -> str | None:
    found = [one for one in wheel.milestones if one.milestone == moment_id and one.period == Period(year)]
    return day_text(local_date(found[0].at)) if found else None


@pytest.mark.parametrize(
    ("year", "election", "first"),
    [(2022, True, False), (2023, False, True), (2026, True, False), (2027, False, True), (2028, False, False)],
)
def test_val_are_held_every_fourth_year_and_the_mandatperiod_begins_the_year_after(
    year: int, election: bool, first: bool
) -> None:
    assert (is_met("valår", year), is_met("inte valår", year)) == (election, not election)
    assert (is_met("första mandatåret", year), is_met("inte första mandatåret", year)) == (first, not first)


@pytest.mark.parametrize(
    ("budget_of", "expected"),
    [
        (2026, "måndag 30 juni 2025"),
        (2027, "måndag 30 november 2026"),  # valår
        (2028, "måndag 28 juni 2027"),
        (2031, "måndag 25 november 2030"),  # valår
    ],
)
def test_a_budget_is_decided_in_june_and_in_november_of_an_election_year(
    years: Wheel, budget_of: int, expected: str
) -> None:
    assert moment(years, "budget", budget_of) == expected


def test_what_is_for_the_first_year_of_a_mandatperiod_is_there_that_year_only(years: Wheel) -> None:
    found = {year: moment(years, "visionsdag", year) for year in range(2026, 2032)}
    assert {year: day for year, day in found.items() if day} == {
        2027: "onsdag 10 februari 2027",
        2031: "onsdag 12 februari 2031",
    }


def test_a_year_is_judged_by_what_held_for_it_whenever_it_is_looked_at() -> None:
    wheel = around(made_up("granvik").definition, 2029)
    said = {
        one.period.year: (day_text(one.deadline.last_day), [part.id for part in one.parts])
        for one in wheel.obligations.values()
        if one.step == "budget"
    }
    assert said[2028] == ("måndag 15 mars 2027", ["ramar"])
    assert said[2029] == ("fredag 31 mars 2028", ["ramar-med-plan"])  # 1 april 2028 är en lördag
    assert [one.period.year for one in wheel.occurrences if one.step == "tertialrapport"] == [2028, 2029, 2030, 2031]


def test_a_ladders_rungs_are_those_of_the_obligations_own_period(years: Wheel) -> None:
    rungs = {
        one.period.year: [rung.id for rung in one.ladder.rungs]
        for one in years.obligations.values()
        if one.step == "budget" and one.ladder
    }
    assert rungs[2027] == ["start", "paminnelse-5", "sen"]
    assert rungs[2028] == ["start", "paminnelse-7", "sen"]


#: another sheet from 2028 on, beside the one that holds until then, in one and the same part
NEW_SHEET = """  uppdragen:
    till: 2027
    namn: Särskilda uppdrag
"""
ITS_HEIR = """  uppdragen-nya:
    namn: Uppdragen
    hjälp: En rad för varje uppdrag.
    från: 2028
    kolumner: {uppdrag: {namn: Uppdrag, slag: text}, klart: {namn: Klart, slag: datum}}
utskickstider:"""


def with_heir(part: str = "blad: [uppdragen, uppdragen-nya]") -> str:
    whole = text("granvik").replace("  uppdragen:\n    namn: Särskilda uppdrag\n", NEW_SHEET, 1)
    return whole.replace("utskickstider:", ITS_HEIR, 1).replace("blad: [uppdragen]", part, 1)


def test_a_sheet_that_holds_from_a_year_on_is_asked_for_from_then_and_the_old_one_of_the_years_before() -> None:
    wheel = turn(read_definition(with_heir(), "x.yaml").definition, [2027, 2028, 2029])
    asked = [one for one in wheel.obligations.values() if one.step == "ekonomirapport"]
    said = {one.period.year: part.sheets for one in asked for part in one.parts if part.id == "uppdrag"}
    assert said == {2027: ("uppdragen",), 2028: ("uppdragen-nya",), 2029: ("uppdragen-nya",)}


def test_a_part_whose_sheets_have_all_ceased_is_asked_for_no_more_and_that_is_told_with_its_remedy() -> None:
    read = read_definition(with_heir("blad: [uppdragen]"), "x.yaml")
    for whole in (read.definition, without_contents(read.definition)):  # as a rehearsal has it, too
        parts = {
            one.period.year: [part.id for part in one.parts]
            for one in turn(whole, [2027, 2028]).obligations.values()
            if one.step == "ekonomirapport"
        }
        assert parts == {2027: ["prognos", "uppdrag"], 2028: ["prognos"]}
    (told,) = [one for one in check(read, [2027, 2028, 2029]) if one.rule == "blad-galler"]
    assert (told.severity, told.message) == (
        "varning",
        "Särskilda uppdrag i ekonomirapporten för mars 2028 frågas inte efter: inget av bladen 'uppdragen' gäller då; lägg "
        "till det blad som gäller, eller skriv 'från' eller 'till' i delen.",
    )


@pytest.mark.parametrize(
    ("said", "period", "expected"),
    [
        ({"från": 2028}, "2027-12", False),
        ({"från": 2028}, "2028-01", True),
        ({"från": "2028-04"}, "2028-03", False),
        ({"från": "2028-04"}, "2028-04", True),
        ({"från": "2028-04-15"}, "2028", True),
        ({"till": 2028}, "2028-12", True),
        ({"till": "2028-06"}, "2028-07", False),
        ({"till": "2028-06"}, "2028", False),
        ({"från": 2027, "till": 2027, "när": "valår"}, "2027", False),
    ],
)
def test_from_and_to_are_inclusive_and_held_against_the_periods_last_day(
    said: dict[str, object], period: str, expected: bool
) -> None:
    assert Validity.model_validate(said).holds(Period.parse(period)) is expected


def test_a_day_that_is_counted_from_what_does_not_hold_is_told_with_its_remedy() -> None:
    whole = text("granvik").replace(
        "regel: {regel: fast dag, dag: 15 mars, år: -1}", "regel: {regel: dagar, antal: 7, före: visionsdag}", 1
    )
    found = check(read_definition(whole, "x.yaml"), [2028])
    (told,) = [each.message for each in found if each.rule == "saknar-dag"]
    assert told == (
        "Budget 2028 räknar en dag från 'visionsdag', som inte gäller då; "
        "ge dagen en egen regel för de perioderna under 'undantag'."
    )


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("    från: 2028\n", "    från: våren\n", "fel-varde: 'våren' är varken ett år (2027), en månad (2027-04) eller en dag (2027-04-15)"),
        ("    från: 2028\n", "    från: 2028\n    till: 2027\n", f"fel-varde: gäller till {date(2027, 12, 31)}, men från {date(2028, 1, 1)}; rätta den ena"),
        ("när: första mandatåret", "när: valåret", "okant-ord: okänt värde 'valåret' för 'när', menade du 'valår'?"),
        ("{när: valår, regel:", "{regel:", "fel-varde: ett undantag säger när eller för vilka det gäller: 'när', 'från', 'till' eller 'enheter'"),
        ("{när: valår, regel: {regel: möte, organ: kf,", "{när: valår, regel: {regel: möte, organ: kff,", "okant-organ: okänt organ 'kff', menade du 'kf'?"),
        ("{regel: alla ur registret,", "{regel: alla ur registret, från: 2029, till: 2028,", "fel-varde: regeln gäller till 2028, men från 2029; rätta den ena"),
        ("gäller: {från: 2028}", "gäller: {från: 2027}", "trappans-ordning: trappsteget 'påminnelse' (-7) står i fel ordning: varje steg ska vara senare"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_told_with_its_remedy(old: str, new: str, told: str) -> None:
    assert told_of(text_with("granvik", old, new)) == [told]


@pytest.mark.parametrize(("held", "found"), [("från: 2027, till: 2027", 1), ("från: 2028, till: 2028", 0)])
def test_a_decided_day_of_what_does_not_hold_is_held_against_no_calendar(held: str, found: int) -> None:
    old = "organ: ks, från: 2027, till: 2027, dag: {regel: {regel: beslutad dag}, beslutade: {2027: 2027-09-23}"
    whole = text("granvik")
    assert old in whole
    new = old.replace("från: 2027, till: 2027", held).replace("2027-09-23", "2027-09-25")
    told = check(read_definition(whole.replace(old, new, 1), "x.yaml"), [2027])
    assert len([one for one in told if one.rule == "ledig-dag" and "lördag 25 september 2027" in one.message]) == found

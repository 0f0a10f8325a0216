"""Norrsjö's definition was written with the handbook alone: nothing is wrong in it, and its days are those it means."""

import pytest

from arshjul.check.law import check
from arshjul.swedish import day_text, instant_text, local_date
from arshjul.year.turning import turn
from arshjul.year.wheel import Wheel
from tests.rig.load import made_up


@pytest.fixture(scope="module")
def wheel() -> Wheel:
    return turn(made_up("norrsjo").definition, range(2025, 2032))


def test_nothing_is_wrong_from_2026_to_2030() -> None:
    assert [str(fault) for fault in check(made_up("norrsjo"), range(2026, 2031))] == []


@pytest.mark.parametrize(
    ("step", "period", "unit", "krav", "day"),
    [
        ("tertialrapport", "2026-04", "barnnamnden", "siffror", "onsdag 13 maj 2026"),
        ("tertialrapport", "2026-04", "barnnamnden", "text", "tisdag 19 maj 2026"),  # torsdagen är helgdag
        ("tertialrapport", "2026-04", "socialnamnden", "siffror", "fredag 15 maj 2026"),
        ("tertialrapport", "2026-04", "socialnamnden", "text", "onsdag 20 maj 2026"),
        ("tertialrapport", "2027-08", "barnnamnden", "siffror", "fredag 10 september 2027"),
        ("tertialrapport", "2027-08", "barnnamnden", "text", "onsdag 15 september 2027"),
        ("tertialrapport", "2027-08", "socialnamnden", "siffror", "onsdag 15 september 2027"),
        ("tertialrapport", "2027-08", "socialnamnden", "text", "måndag 20 september 2027"),
        ("verksamhetsrapport", "2026-03", "aldreomsorg", "underlag", "torsdag 9 april 2026"),
        ("verksamhetsrapport", "2027-09", "individ-och-familj", "underlag", "torsdag 7 oktober 2027"),
        ("delarsrapport", "2026-06", "barnnamnden", "underlag", "fredag 7 augusti 2026"),  # den 9 är en söndag
        ("delarsrapport", "2027-06", "barnnamnden", "underlag", "måndag 9 augusti 2027"),
        ("arsredovisning", "2026", "socialnamnden", "underlag", "fredag 12 februari 2027"),
    ],
)
def test_a_frist_is_the_day_that_is_meant(wheel: Wheel, step: str, period: str, unit: str, krav: str, day: str) -> None:
    key = f"norrsjo/{step}/{period}/{unit}/{krav}"
    (found,) = (one for one in wheel.obligations.values() if str(one.key) == key)
    assert instant_text(found.deadline.at) == f"{day} kl. 16.00"


@pytest.mark.parametrize(
    ("period", "proposed", "decided"),
    [
        ("2027", "tisdag 27 oktober 2026", "måndag 30 november 2026"),  # beslutas ett valår
        ("2028", "tisdag 25 maj 2027", "måndag 28 juni 2027"),
        ("2031", "tisdag 22 oktober 2030", "måndag 25 november 2030"),  # nästa valår
    ],
)
def test_the_budget_is_decided_in_june_but_in_november_of_an_election_year(
    wheel: Wheel, period: str, proposed: str, decided: str
) -> None:
    days = {
        str(one.milestone): day_text(local_date(one.at))
        for one in wheel.milestones
        if one.step == "budget" and one.period.key == period and one.unit is None
    }
    assert {key: days[key] for key in ("budgetforslag", "skattesats", "budget")} == {
        "budgetforslag": proposed,
        "skattesats": decided,
        "budget": decided,
    }


def test_the_kommundirektör_reports_to_each_meeting_of_ks(wheel: Wheel) -> None:
    found = [one for one in wheel.obligations.values() if one.step == "direktorsrapport"]
    frister = {one.period.key: instant_text(one.deadline.at) for one in found}
    assert len([key for key in frister if key.startswith("2027")]) == 10
    assert frister["2026-01-27"] == "måndag 19 januari 2026 kl. 12.00"
    assert frister["2027-01-26"] == "måndag 18 januari 2027 kl. 12.00"

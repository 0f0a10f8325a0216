"""Moments that belong to a role or a group: they have a day, a place in calendars, and nothing is recorded of them."""

from datetime import UTC, date, datetime

import pytest

from arshjul.check.law import check
from arshjul.definition.reading import read_definition
from arshjul.ladder.standing import State, moment_state
from arshjul.swedish import day_text, local_date
from arshjul.year.agenda import events_of, feeds_of
from arshjul.year.turning import turn
from arshjul.year.wheel import Wheel, owner_name
from tests.rig.load import made_up, text, text_with, told_of


@pytest.fixture(scope="module")
def wheel() -> Wheel:
    return turn(made_up("granvik").definition, [2028])


def test_they_have_a_day_and_a_name_of_whose_they_are(wheel: Wheel) -> None:
    found = [one for one in wheel.milestones if one.step == "budgetarbetet"]
    assert [(owner_name(wheel.definition, one), one.name, day_text(local_date(one.at))) for one in found] == [
        ("Ekonomichef", "gör en befolkningsprognos", "fredag 29 januari 2027"),
        ("Kommunchefsgruppen", "lämnar ett förslag till budget", "onsdag 19 maj 2027"),
    ]
    assert [(one.body, one.is_rung) for one in found] == [(None, False), (None, False)]


def test_they_stand_in_the_calendars_of_those_who_do_them(wheel: Wheel) -> None:
    (event,) = [one for one in events_of(wheel) if "/forslag/" in one.key]
    assert event.summary == "Kommunchefsgruppen: lämnar ett förslag till budget (budgetarbetet 2028)"
    assert event.feeds == {"alla", "roll/chef", "roll/ekonomichef"}
    assert "roll/ekonomichef" in {feed.key for feed in feeds_of(wheel.definition)}


def test_when_they_have_been_they_are_over_and_no_decision_is_missing() -> None:
    at, since = datetime(2027, 5, 19, 15, tzinfo=UTC), date(2027, 1, 1)
    ahead, later = datetime(2027, 5, 18, tzinfo=UTC), datetime(2027, 6, 1, tzinfo=UTC)
    assert moment_state(at, ahead, since, decided=False, decides=False) is State.KOMMANDE
    assert moment_state(at, later, since, decided=False, decides=False) is State.AVSLUTAD
    assert moment_state(at, later, since, decided=False) is State.BESLUT_SAKNAS


def test_their_order_is_held_as_any_other() -> None:
    changed = text("granvik").replace("vecka: 20, veckodag: onsdag", "vecka: 3, veckodag: onsdag", 1)
    found = [one.message for one in check(read_definition(changed, "x.yaml"), [2028]) if one.rule == "kedja"]
    assert found[0].startswith("Budgetarbetet 2028: 'gör en befolkningsprognos' (fredag 29 januari 2027) kommer efter")


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("roll: ekonomichef, dag", "dag", "fel-varde: ange en av 'organ', 'roll' och 'grupp': vems momentet är"),
        ("roll: ekonomichef, dag", "roll: ekonomichef, grupp: kcg, dag", "fel-varde: ange en av 'organ', 'roll' och 'grupp': vems momentet är"),
        ("roll: ekonomichef, dag", "roll: ekonomichefen, dag", "okand-roll: okänd roll 'ekonomichefen', menade du 'ekonomichef'?"),
        ("grupp: kcg, efter", "grupp: kgc, efter", "okand-grupp: okänd grupp 'kgc', menade du 'kcg'?"),
        ("grupp: kcg, efter", "grupp: kcg, avser: budget, efter", "fel-varde: bara ett organs moment har 'per enhet', 'avser' och 'lagens dag'; ange 'organ' i stället"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_told_with_its_remedy(old: str, new: str, told: str) -> None:
    assert told_of(text_with("granvik", old, new)) == [told]


def test_a_moment_of_each_enhet_is_before_the_body_that_is_named_and_before_its_own_where_it_says_so() -> None:
    def bodies(words: str) -> dict[str | None, str | None]:
        found = turn(read_definition(words, "x.yaml").definition, [2027]).milestones
        return {one.unit: one.body for one in found if one.milestone == "styrelse"}

    own, named = text("lindo"), "organ: ks\n        per enhet: true\n        slag: [bolag]"
    before = named.replace("organ: ks", "organ: egen")
    assert before in own
    changed = own.replace(before, named, 1).replace("organ: egen, månad: september", "organ: ks, månad: september")
    units = {key: unit.body for key, unit in made_up("lindo").definition.units.items() if unit.kind == "bolag"}
    assert bodies(own) == units
    assert bodies(changed) == dict.fromkeys(units, "ks")

"""Levels: what enheter under others owe, who carries it up, and the faults of levels that cannot be followed."""

import re

import pytest

from arshjul.check.law import check
from arshjul.definition.reading import read_definition
from arshjul.errors import DefinitionError
from arshjul.swedish import STOCKHOLM
from arshjul.year.concerned import concerned
from arshjul.year.turning import plan_year, turn
from arshjul.year.wheel import Wheel
from tests.rig.load import made_up, text
from tests.rig.paths import ROOT

PLANS = "bergvik/aktivitetsplaner/2027"

#: "Aktivitetsplaner 2027" worked out by hand from the almanac of 2026: days off are the weekends (and alla helgons dag)
BY_HAND = """
Thursday 2026-10-01 08.00 enhet: aktivitetsplan: första brevet
Tuesday 2026-10-13 08.00 enhet: aktivitetsplan: påminnelse 2 arbetsdagar före
Thursday 2026-10-15 08.00 verksamhet: verksamhetens aktivitetsplaner: första brevet
Thursday 2026-10-15 16.00 enhet: aktivitetsplan: frist
Friday 2026-10-16 08.00 enhet: aktivitetsplan: försenat, 1 arbetsdag efter
Monday 2026-10-19 08.00 enhet: aktivitetsplan: till närmast överordnad
Wednesday 2026-10-21 08.00 enhet: aktivitetsplan: till förvaltningschefen
Tuesday 2026-10-27 08.00 verksamhet: verksamhetens aktivitetsplaner: påminnelse 2 arbetsdagar före
Thursday 2026-10-29 16.00 verksamhet: verksamhetens aktivitetsplaner: frist
Friday 2026-10-30 08.00 verksamhet: verksamhetens aktivitetsplaner: försenat, 1 arbetsdag efter
Monday 2026-11-02 08.00 nämnd: första brevet
Monday 2026-11-02 08.00 verksamhet: verksamhetens aktivitetsplaner: till närmast överordnad
Wednesday 2026-11-04 08.00 verksamhet: verksamhetens aktivitetsplaner: till förvaltningschefen
Monday 2026-11-16 16.00 nämnd: frist
Tuesday 2026-11-17 08.00 nämnd: försenat, 1 arbetsdag efter
Wednesday 2026-11-18 08.00 nämnd: till ekonomichefen
Thursday 2026-11-19 08.00 nämnd: sista påminnelsen före KS
Friday 2026-11-20 08.00 nämnd: eskalering till KS
Tuesday 2026-12-08 13.00 KS tar del av aktivitetsplanerna
"""


@pytest.fixture(scope="module")
def wheel() -> Wheel:
    return turn(made_up("bergvik").definition, [2027])


def parts(wheel: Wheel, unit: str, krav: str) -> list[tuple[str, str]]:
    return [(part.id, part.role) for part in wheel.obligations[f"{PLANS}/{unit}/{krav}"].parts]  # type: ignore[index]


def test_the_timetable_of_three_levels_is_the_one_written_by_hand() -> None:
    definition = made_up("bergvik").definition
    lines = {
        f"{one.at.astimezone(STOCKHOLM):%A %Y-%m-%d %H.%M} "
        f"{'' if one.unit is None else (definition.units[one.unit].level or 'nämnd') + ': '}{one.name}": None
        for one in plan_year(definition, 2026)
        if one.step == "aktivitetsplaner"
    }
    assert sorted(lines) == sorted(BY_HAND.strip().splitlines())


def test_each_level_owes_its_own_krav_and_one_that_names_no_level_is_the_topmosts(wheel: Wheel) -> None:
    owed: dict[str, set[str]] = {}
    for one in wheel.occurrences[0].obligations:
        owed.setdefault(one.krav, set()).add(one.unit)
    assert owed == {
        "plan": {"hemtjanst-norr", "hemtjanst-soder", "bergskolan", "vikskolan"},
        "verksamhetens": {"aldreomsorgen"},
        "underlag": {"omsorgsnamnden", "skolnamnden"},
    }


def test_what_is_below_is_carried_up_one_level_at_a_time_and_past_a_level_that_is_not_there(wheel: Wheel) -> None:
    assert parts(wheel, "aldreomsorgen", "verksamhetens") == [
        ("plan-hemtjanst-norr", "verksamhetschef"),
        ("plan-hemtjanst-soder", "verksamhetschef"),
    ]
    assert parts(wheel, "omsorgsnamnden", "underlag") == [
        ("sammanfattning", "forvaltningschef"),
        ("verksamhetens-aldreomsorgen", "forvaltningschef"),
    ]
    assert parts(wheel, "skolnamnden", "underlag") == [
        ("sammanfattning", "forvaltningschef"),
        ("plan-bergskolan", "forvaltningschef"),
        ("plan-vikskolan", "forvaltningschef"),
    ]
    names = [part.name for part in wheel.obligations[f"{PLANS}/skolnamnden/underlag"].parts]  # type: ignore[index]
    assert names == ["Sammanfattning", "Aktivitetsplan från bergskolan", "Aktivitetsplan från vikskolan"]


def test_what_goes_straight_is_carried_by_nobody(wheel: Wheel) -> None:
    straight = [one for one in wheel.obligations.values() if one.step == "prognos" and one.krav == "enhetens"]
    assert len(straight) == 4 and not {one.key for one in straight} & wheel.carriers.keys()


def test_a_hand_in_below_concerns_everyone_who_carries_it_up(wheel: Wheel) -> None:
    below = wheel.obligations[f"{PLANS}/hemtjanst-norr/plan"]  # type: ignore[index]
    assert concerned(wheel, below) == {
        f"{PLANS}/hemtjanst-norr/plan",
        f"{PLANS}/aldreomsorgen/verksamhetens",
        f"{PLANS}/omsorgsnamnden/underlag",
    }


def test_the_rung_above_names_who_answers_for_the_enhet_nearest_above(wheel: Wheel) -> None:
    def told(unit: str, krav: str = "plan") -> list[tuple[str, ...]]:
        ladder = wheel.obligations[f"{PLANS}/{unit}/{krav}"].ladder  # type: ignore[index]
        return [rung.to for rung in ladder.rungs[-2:]] if ladder else []

    assert told("hemtjanst-norr") == [("verksamhetschef",), ("forvaltningschef",)]
    assert told("bergskolan") == [("forvaltningschef",), ("forvaltningschef",)]


def test_an_enhet_under_another_has_its_kind_and_body_unless_it_says_its_own() -> None:
    units = made_up("bergvik").definition.units
    assert {(each.kind, each.body) for key, each in units.items() if key in ("aldreomsorgen", "hemtjanst-norr")} == {
        ("nämnd", "omsorgsnamnden")
    }
    whole = text("bergvik").replace("under: omsorgsnamnden, nivå", "under: omsorgsnamnden, organ: ks, nivå")
    units = read_definition(whole, "x.yaml").definition.units
    assert [units[key].body for key in ("aldreomsorgen", "hemtjanst-norr")] == ["ks", "ks"]  # type: ignore[index]


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("under: aldreomsorgen, nivå", "under: aldreomsorg, nivå", "okänd enhet 'aldreomsorg', menade du 'aldreomsorgen'?"),
        ("under: omsorgsnamnden, nivå", "under: hemtjanst-norr, nivå", "cirkel: 'aldreomsorgen' → 'hemtjanst-norr' → 'aldreomsorgen'"),
        ("under: omsorgsnamnden, nivå: verksamhet,", "under: omsorgsnamnden,", "men har ingen 'nivå'; ange den"),
        ("        nivå: verksamhet\n", "        nivå: verksamheter\n", "okänd nivå 'verksamheter', menade du 'verksamhet'?"),
        ("samlar: [verksamhetens, plan]", "samlar: [verksamheten, plan]", "okänt krav 'verksamheten', menade du 'verksamhetens'?"),
        ("        samlar: plan\n", "        samlar: underlag\n", "kraven samlar varandra i en cirkel"),
        ("        nivå: enhet\n        frist: {regel: {regel: fast", "        nivå: enhet\n        direkt: true\n        frist: {regel: {regel: fast", "'plan' går direkt till sammanställningen"),
        ("        nivå: enhet\n        frist: {regel: {regel: fast", "        frist: {regel: {regel: fast", "så 'verksamhetens' har inget att samla; skriv till exempel 'nivå: enhet' i 'plan'"),
        ("        samlar: plan\n", "", "'delar' saknas"),
    ],
)  # fmt: skip
def test_levels_that_cannot_be_followed_are_told_with_the_remedy(old: str, new: str, says: str) -> None:
    whole = text("bergvik")
    assert old in whole
    with pytest.raises(DefinitionError) as told:
        read_definition(whole.replace(old, new, 1), "x.yaml")
    assert any(says in fault.message for fault in told.value.faults), [one.message for one in told.value.faults]


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("", "", []),
        ("dag: 29 oktober", "dag: 16 november", [("niva-efter-overordnad", "fel")]),
        ("        direkt: true\n", "", [("ingen-bar-upp", "varning")]),
    ],
)
def test_a_lower_levels_frist_comes_first_and_somebody_carries_it_up(
    old: str, new: str, expected: list[tuple[str, str]]
) -> None:
    found = check(read_definition(text("bergvik").replace(old, new, 1), "x.yaml"), [2027])
    ours = [each for each in found if not each.rule.startswith(("KL ", "LKBR "))]  # the law's reports it has none of
    assert [(each.rule, each.severity) for each in ours] == expected


def test_the_handbooks_example_of_levels_is_the_towns() -> None:
    page = (ROOT / "docs" / "definition.md").read_text()
    section = page[page.index("### Nivåer") : page.index("## Organ och möten")]
    examples = re.findall(r"```yaml\n(.*?)```", section, re.DOTALL)
    assert len(examples) == 2
    lines = text("bergvik").splitlines()
    assert [line for each in examples for line in each.splitlines() if line not in lines] == []

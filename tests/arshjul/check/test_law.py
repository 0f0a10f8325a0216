"""The plan is held against the law and itself: lawful plans are silent, each planted fault is found once, in place."""

import re

import pytest

from arshjul.check.law import check
from arshjul.definition.reading import read_definition
from arshjul.errors import DefinitionError, Fault
from tests.rig.files.planted import IN_THE_FILE, IN_THE_PLAN, Planted
from tests.rig.load import MADE_UP, SAID_OF_REPORTS, hedemora, made_up, text

YEARS = (2026, 2027)


def decided(whole: str) -> str:
    """Return a definition whose tidplaner are fastställda, on as many lines."""
    years = ", ".join(f"{year}: {{läge: fastställd, källa: KL 11 kap. 16 §}}" for year in range(2025, 2030))
    return re.sub(
        r"^tidplaner:\n((?:  .*\n)+)",
        lambda found: f"tidplaner: {{{years}}}\n" + "\n" * found[1].count("\n"),
        whole,
        flags=re.M,
    )


def kind(planted: Planted) -> str:
    return planted.kind


def own_warning(fault: Fault, base: str) -> bool:
    """Tell whether this is what check says of Hedemora's reports as they stand."""
    return base == "hedemora" and fault.rule in SAID_OF_REPORTS and fault.severity == "varning"


def test_hedemoras_only_finding_is_the_clash_between_october_and_november() -> None:
    line = hedemora().line("steg", "budget", "moment", "budgetforslag")
    every = check(hedemora(), (2026, 2027, 2028))
    (found,) = (each for each in every if each.line == line)
    assert sorted(each.rule for each in every if each is not found) == sorted(SAID_OF_REPORTS)
    assert (found.rule, found.severity, found.line, found.lagrum) == ("KL 11:8", "varning", line, "KL 11 kap. 8 §")
    assert found.message.startswith("Budget 2026: 'KS föreslår budget' tisdag 18 november 2025 ligger efter oktober")
    assert found.message.endswith("Det gäller varje år.")


@pytest.mark.parametrize("name", MADE_UP)
def test_a_lawful_plan_is_silent(name: str) -> None:
    assert check(made_up(name), (2026, 2027, 2028)) == []


@pytest.mark.parametrize("planted", IN_THE_FILE, ids=kind)
def test_a_fault_in_the_file_is_told_once_at_its_line(planted: Planted) -> None:
    with pytest.raises(DefinitionError) as told:
        read_definition(planted.changed, "x.yaml")
    assert [(each.line, each.rule) for each in told.value.faults] == [(planted.at, planted.rule)], str(told.value)
    assert planted.says in told.value.faults[0].message


@pytest.mark.parametrize("planted", IN_THE_PLAN, ids=kind)
def test_a_fault_in_the_plan_is_told_once_at_its_line(planted: Planted) -> None:
    found = check(read_definition(decided(planted.changed), "x.yaml"), YEARS)
    hers = [each for each in found if not own_warning(each, planted.base)]
    told = [(each.line, each.rule, each.severity) for each in hers]
    assert told == [(planted.at, planted.rule, planted.severity)], "\n".join(map(str, found))
    assert planted.says in hers[0].message
    assert hers[0].lagrum or not hers[0].rule.startswith(("KL", "LKBR")), "no lagrum, no rule"


def test_the_planted_faults_are_of_more_than_twenty_rules() -> None:
    planted = (*IN_THE_FILE, *IN_THE_PLAN)
    assert len({each.kind for each in planted}) == len(planted)
    assert len({each.rule for each in planted}) > 20


def test_all_that_has_no_day_is_told_in_one_go() -> None:
    whole = text("lindo").replace("månader: [februari, maj, september]", "månader: [februari, maj]")
    changed = whole.replace("mars, april, juni, september, oktober", "mars, april, september, oktober")
    found = check(read_definition(changed, "x.yaml"), YEARS)
    assert [each.rule for each in found] == ["inget-mote", "inget-mote"]
    assert "Lindöbolagens styrelse har inget möte i september 2026" in found[0].message + found[1].message
    assert "Kommunstyrelsen har inget möte i juni 2026" in found[0].message + found[1].message


def test_a_finding_of_several_years_is_told_once_and_names_them() -> None:
    found = check(hedemora(), (2026, 2028))
    (clash,) = (each for each in found if "oktober månads utgång" in each.message)
    assert clash.message.count("Det gäller varje år.") == 1


def test_a_budget_that_is_decided_in_its_own_year_is_told_what_its_rule_lacks() -> None:
    rule = "{regel: möte, organ: kf, månad: juni, år: -1}"
    assert rule in text("granvik")
    own_year = read_definition(text("granvik").replace(rule, rule.replace(", år: -1", "")), "x.yaml")
    said = [one.message for one in check(own_year, [2028]) if one.rule == "KL 11:10"]
    assert said and all("skriv 'år: -1' i den" in each for each in said)

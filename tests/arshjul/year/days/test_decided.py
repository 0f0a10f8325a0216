"""A decided day belongs to a period and, where it differs, to an enhet; a meeting's decided day is that meeting."""

import json
import re
from datetime import date

import pytest
import yaml

from arshjul.check.law import check
from arshjul.definition.reading import Sourced, read_definition
from arshjul.errors import DefinitionError, Fault
from arshjul.keys import BodyId, ObligationKey
from arshjul.swedish import instant_text
from arshjul.year.days.meetings import ChangedMeeting
from arshjul.year.turning import Recorded, turn
from arshjul.year.wheel import Obligation, Wheel
from tests.rig.load import text
from tests.rig.paths import ROOT

MONTHLY, KSAU, BY_RULE = "  manadsrapport:\n    namn", "\n  delarsrapport:\n    namn", "Friday 2027-10-15"


def strandby(after: str, old: str, new: str) -> Sourced:
    """Return Strandby's definition with ``old`` changed at its first place after ``after``."""
    whole = text("strandby")
    at = whole.index(old, whole.index(after))
    return read_definition(whole[:at] + new + whole[at + len(old) :], "x.yaml")


def frist_decided(decided: str) -> Sourced:
    """Return a definition with decided days for the månadsrapport's frist."""
    old = 'efter: stängning}, kl: "16.00", '
    return strandby(MONTHLY, old, f"{old}beslutade: {decided}, ")


def ksau_decided(day: str) -> Sourced:
    """Return a definition with a decided day for KSAU's moment in the delårsrapport."""
    old = "dag: {regel: {regel: möte, organ: ksau, månad: oktober}, "
    return strandby("KSAU får preliminära siffror", old, f"{old}beslutade: {{2027: {day}}}, ")


def frister(wheel: Wheel, period: str) -> dict[str, str]:
    occurrence = next(each for each in wheel.occurrences if each.key == ("manadsrapport", period))
    return {one.unit: f"{one.deadline.last_day:%A %Y-%m-%d}" for one in occurrence.obligations}


def told(sourced: Sourced) -> list[Fault]:
    return [each for each in check(sourced, (2027,)) if each.rule == "inget-mote-den-dagen"]


def faults(decided: str) -> list[tuple[str, str]]:
    with pytest.raises(DefinitionError) as error:
        frist_decided(decided)
    return [(each.rule, each.message) for each in error.value.faults]


def test_a_decided_day_is_that_periods_and_where_it_differs_that_enhets() -> None:
    sourced = frist_decided("{2027-09: 2027-11-12, 2027-10: {omsorgsnamnden: 2027-11-19}}")
    wheel = turn(sourced.definition, [2027, 2028])
    assert set(frister(wheel, "2027-09").values()) == {"Friday 2027-11-12"}
    assert frister(wheel, "2027-10") == {
        "kommunstyrelsen": "Friday 2027-11-12",  # by the rule: closed the fifth working day, and five more
        "bildningsnamnden": "Friday 2027-11-12",
        "omsorgsnamnden": "Friday 2027-11-19",
        "bostadsbolaget": "Friday 2027-11-12",
    }
    assert set(frister(wheel, "2027-05").values()) == {"Monday 2027-06-14"}
    assert set(frister(wheel, "2028-09").values()) == {"Friday 2028-10-13"}


@pytest.mark.parametrize("day", ["2027-11-12", "ej beslutad"])
def test_a_bare_year_for_a_step_with_several_periods_is_a_fault_with_its_remedy(day: str) -> None:
    ((rule, message),) = faults(f"{{2027: {day}}}")
    assert rule == "beslutad-period"
    assert message == (
        "2027 säger inte vilken period dagen gäller, för steget har 4 perioder om året; skriv dagen för var och en: "
        "{2027-02: …, 2027-05: …, 2027-09: …, 2027-10: …}"
    )


@pytest.mark.parametrize(
    ("decided", "rule", "says"),
    [
        ("{2027-07: 2027-08-12}", "beslutad-period", "steget har ingen period juli; dess perioder är februari, maj,"),
        ("{2027-09: {omsorg: 2027-11-12}}", "okand-enhet", "okänd enhet 'omsorg', menade du 'omsorgsnamnden'?"),
        ("{2027-09: snart}", "fel-varde", "'snart' är inget datum (2027-09-21) och inte heller 'ej beslutad'"),
        ("{2027-09: 2027-11-31}", "fel-varde", "'2027-11-31' är inget datum"),
        ("{hösten: 2027-11-12}", "okand-period", "okänd period 'hösten': skriv 2027-08 för en månad"),
    ],
)
def test_a_decided_day_that_belongs_nowhere_is_told_in_swedish(decided: str, rule: str, says: str) -> None:
    found = faults(decided)
    assert (rule, True) in [(each, says in message) for each, message in found], found
    assert not [message for _, message in found if "literal" in message or ".date" in message]


def test_a_shared_moment_has_one_day_and_an_enhet_that_owes_nothing_none() -> None:
    with pytest.raises(DefinitionError, match="dagen är gemensam för alla enheter"):
        ksau_decided("{omsorgsnamnden: 2027-10-05}")
    with pytest.raises(DefinitionError, match="'kommunstyrelsen' har ingen egen dag här"):
        old = 'efter: namnd}, kl: "16.00", '
        strandby("beslut om delårsrapporten", old, f"{old}beslutade: {{2027: {{kommunstyrelsen: 2027-10-01}}}}, ")


def underlag(wheel: Wheel) -> Obligation:
    key = ObligationKey.of("strandby", "delarsrapport", "2027-08", "bildningsnamnden", "underlag")
    return wheel.obligations[key]


def test_a_decided_day_of_a_moment_finds_the_bodys_meeting_its_hour_agenda_and_limit() -> None:
    by_rule, decided = (
        turn(each.definition, [2027]) for each in (ksau_decided("ej beslutad"), ksau_decided("2027-11-02"))
    )
    one = underlag(decided)
    assert one.treated is not None and one.limit is not None
    assert instant_text(one.treated.at) == "tisdag 2 november 2027 kl. 08.30"
    assert instant_text(one.treated.agenda_closes) == "onsdag 27 oktober 2027 kl. 12.00"
    assert instant_text(one.limit) == "måndag 25 oktober 2027 kl. 12.00"  # two working days for the sammanställning
    (moment,) = (each for each in decided.milestones if each.key.endswith("delarsrapport/2027-08/kommunen/ksau"))
    assert (instant_text(moment.at), moment.status) == ("tisdag 2 november 2027 kl. 08.30", "beslutad")
    assert underlag(by_rule).limit != one.limit


def test_the_very_day_of_the_meeting_is_the_meeting_and_a_frist_after_it_is_found() -> None:
    same = underlag(turn(ksau_decided("2027-10-05").definition, [2027]))
    assert same.limit and instant_text(same.limit) == "måndag 27 september 2027 kl. 12.00"
    late = text("strandby").replace("antal: 15, efter: periodens slut", "antal: 25, efter: periodens slut")
    dag = "dag: {regel: {regel: möte, organ: ksau, månad: oktober}, "
    late = late.replace(dag, f"{dag}beslutade: {{2027: 2027-10-05}}, ")
    (found,) = (each for each in check(read_definition(late, "x.yaml"), (2027,)) if "är för sen för" in each.message)
    assert (found.rule, found.severity) == ("frist-efter-mote", "fel")


def test_a_decided_day_moves_and_falls_with_its_meeting() -> None:
    definition, ksau = ksau_decided("2027-10-05").definition, BodyId("ksau")
    moved = ChangedMeeting(body=ksau, original=date(2027, 10, 5), day=date(2027, 10, 12))
    one = underlag(turn(definition, [2027], Recorded(meetings=(moved,))))
    assert one.treated and instant_text(one.treated.at) == "tisdag 12 oktober 2027 kl. 08.30"
    cancelled = ChangedMeeting(body=ksau, original=date(2027, 10, 5), day=None)
    wheel = turn(definition, [2027], Recorded(meetings=(cancelled,)))
    (moment,) = (each for each in wheel.milestones if each.key.endswith("delarsrapport/2027-08/kommunen/ksau"))
    assert moment.status == "ej beslutad" and underlag(wheel).treated is None


def test_a_decided_day_on_which_the_body_does_not_meet_is_a_finding() -> None:
    assert told(ksau_decided("2027-10-05")) == []
    (found,) = told(ksau_decided("2027-10-07"))
    assert found.severity == "fel"
    assert found.message == (
        "'KSAU får preliminära siffror' är beslutad till torsdag 7 oktober 2027, men Kommunstyrelsens arbetsutskott har "
        "inget möte den dagen (närmast är tisdag 5 oktober 2027 och tisdag 2 november 2027); rätta dagen, eller lägg "
        "till mötet under organet."
    )


def test_an_enhets_decided_day_finds_its_own_nämnds_meeting() -> None:
    old = "dag: {regel: {regel: möte, organ: egen, månad: september, vilket: sista}, "
    new = f"{old}beslutade: {{2027: {{omsorgsnamnden: 2027-08-25, bildningsnamnden: 2027-08-25}}}}, "
    sourced = strandby(KSAU, old, new)
    days = {
        one.unit: instant_text(one.at)
        for one in turn(sourced.definition, [2027]).milestones
        if one.key.endswith("/namnd") and one.step == "delarsrapport"
    }
    assert days["omsorgsnamnden"] == "onsdag 25 augusti 2027 kl. 13.00"  # its meeting
    assert days["bostadsbolaget"] == "onsdag 22 september 2027 kl. 09.00"
    (found,) = told(sourced)
    assert "Bildningsnämnden har inget möte den dagen (närmast är" in found.message


def test_a_day_with_no_rule_is_the_bodys_meeting_where_it_meets() -> None:
    old = "dag: {regel: {regel: möte, organ: ksau, månad: oktober}, "
    new = "dag: {regel: {regel: beslutad dag}, beslutade: {2027: 2027-10-05}, "
    one = underlag(turn(strandby("KSAU får preliminära siffror", old, new).definition, [2027]))
    assert one.treated and instant_text(one.treated.at) == "tisdag 5 oktober 2027 kl. 08.30"


def frist_excepted(exemption: str) -> Sourced:
    """Return a definition in which the månadsrapport's frist has an exemption."""
    old = 'efter: stängning}, kl: "16.00", '
    return strandby(MONTHLY, old, f"{old}undantag: [{exemption}], ")


def test_the_handbooks_rule_for_one_nämnd_gives_it_its_own_frist_ladder_and_source() -> None:
    page = (ROOT / "docs" / "definition.md").read_text(encoding="utf-8")
    (said,) = [each for each in re.findall(r"```yaml\n(frist:\n.*?)```", page, re.DOTALL) if "undantag" in each]
    old = '{regel: {regel: arbetsdagar, antal: 5, efter: stängning}, kl: "16.00", källa: plan § 2}'
    sourced = strandby(MONTHLY, old, json.dumps(yaml.safe_load(said)["frist"], ensure_ascii=False))
    wheel = turn(sourced.definition, [2027])
    own = frister(wheel, "2027-09")
    assert own.pop("omsorgsnamnden") == "Monday 2027-10-18" and set(own.values()) == {"Wednesday 2027-10-13"}
    assert "måndag 18 oktober och de andra onsdag 13 oktober" in page
    omsorg, other = (
        wheel.obligations[ObligationKey(f"strandby/manadsrapport/2027-09/{unit}/underlag")]
        for unit in ("omsorgsnamnden", "bildningsnamnden")
    )
    assert (omsorg.deadline.lagrum.text, other.deadline.lagrum.text) == ("Strandby plan, § 8", "Strandby plan, § 7")
    last = {
        one.unit: max(each.at for each in wheel.milestones if each.obligation == one.key and each.is_rung)
        for one in (omsorg, other)
    }
    assert f"{last['omsorgsnamnden']:%d}" != f"{last['bildningsnamnden']:%d}"
    assert not [each for each in check(sourced, (2027,)) if "frist" in each.rule]


def test_an_exemption_is_of_the_first_that_holds_for_the_year_and_the_enhet() -> None:
    own = "{enheter: [omsorgsnamnden], från: 2028, regel: {regel: arbetsdagar, antal: 12, efter: periodens slut}}"
    every = "{från: 2028, regel: {regel: arbetsdagar, antal: 9, efter: periodens slut}}"
    wheel = turn(frist_excepted(f"{own}, {every}").definition, [2027, 2028])
    assert len(set(frister(wheel, "2027-09").values())) == 1
    assert frister(wheel, "2028-09")["omsorgsnamnden"] == "Tuesday 2028-10-17"
    assert frister(wheel, "2028-09")["bildningsnamnden"] == "Thursday 2028-10-12"
    after = turn(frist_excepted(f"{every}, {own}").definition, [2028])
    assert set(frister(after, "2028-09").values()) == {"Thursday 2028-10-12"}


def test_a_day_that_is_only_decided_for_one_nämnd_is_its_own_meeting_with_its_hour() -> None:
    old = "dag: {regel: {regel: möte, organ: egen, månad: september, vilket: sista}, "
    own = "undantag: [{enheter: [omsorgsnamnden], regel: {regel: beslutad dag}}], beslutade: {2027-08: {omsorgsnamnden: 2027-08-25}}, "
    wheel = turn(strandby("nämnden eller bolagsstyrelsen beslutar", old, old + own).definition, [2027])
    days = {
        each.unit: instant_text(each.at)
        for each in wheel.milestones
        if (each.step, each.milestone, each.period.key) == ("delarsrapport", "namnd", "2027-08")
    }
    assert days["omsorgsnamnden"] == "onsdag 25 augusti 2027 kl. 13.00"  # when the nämnd meets, and no office closes
    assert "september" in days["bildningsnamnden"]


@pytest.mark.parametrize(
    ("exemption", "says"),
    [
        ("{enheter: [omsorg], regel: RULE}", "okänd enhet 'omsorg', menade du 'omsorgsnamnden'?"),
        ("{enheter: [bostadsbolag], regel: RULE}", "okänd enhet 'bostadsbolag', menade du 'bostadsbolaget'?"),
        ("{regel: RULE}", "ett undantag säger när eller för vilka det gäller: 'när', 'från', 'till' eller 'enheter'"),
    ],
)
def test_an_exemption_for_nobody_or_for_who_is_not_there_is_told(exemption: str, says: str) -> None:
    rule = "{regel: arbetsdagar, antal: 9, efter: periodens slut}"
    with pytest.raises(DefinitionError) as error:
        frist_excepted(exemption.replace("RULE", rule))
    assert any(says in each.message for each in error.value.faults), error.value.faults


def test_a_day_that_all_share_has_no_exemption_for_an_enhet() -> None:
    old = "dag: {regel: {regel: möte, organ: ksau, månad: oktober}, "
    own = "undantag: [{enheter: [omsorgsnamnden], regel: {regel: möte, organ: ksau, månad: november}}], "
    with pytest.raises(DefinitionError, match="dagen är gemensam för alla enheter; ta bort 'enheter'"):
        strandby("KSAU får preliminära siffror", old, old + own)

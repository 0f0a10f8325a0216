"""What the law asks for beside the reports' days: each rule is silent for a lawful plan and told once for one that is not."""

from dataclasses import dataclass

import pytest

from arshjul.check.law import check
from arshjul.definition.reading import Sourced, read_definition
from arshjul.errors import Fault
from tests.rig.load import text

YEARS = (2026, 2027)
DECIDED = "{läge: fastställd, av: KS, datum: 2025-11-19, källa: plan § 2}"


def lindo(*changes: tuple[str, str], decided: bool = True) -> Sourced:
    """Return Lindö's plan with some words in the place of others; its years decided, or one proposed alone."""
    whole = text("lindo")
    for old, new in changes:
        assert old in whole, old
        whole = whole.replace(old, new, 1)
    years = "".join(f"  {year}: {DECIDED}\n" for year in (*range(2025, 2030),)) if decided else f"  2040: {DECIDED}\n"
    return read_definition(whole.replace(f"  2026: {DECIDED}\n", years, 1), "x.yaml")


def found(*changes: tuple[str, str], decided: bool = True) -> list[Fault]:
    return check(lindo(*changes, decided=decided), YEARS)


@dataclass(frozen=True, kw_only=True)
class Breach:
    """``old`` becomes ``new``: what ``rule`` says, and as how grave when it is decided."""

    rule: str
    old: str
    new: str
    says: str
    lagrum: str
    severity: str = "fel"
    proposed: bool = True  #: a day: a warning as long as it is only proposed
    also: tuple[tuple[str, str], ...] = ()


BALANSKRAV = """  balanskrav:
    namn: Åtgärdsplan
    bestämd form: åtgärdsplanen
    slag: månadsuppföljning
    flöde: false
    lagrum: KL 11 kap. 12 §
    helår: true
    moment:
      kf: {namn: KF antar åtgärdsplanen, organ: kf, avser: balanskravsplan, dag: {regel: {regel: fast dag, dag: 4 december, år: 2}, källa: KL 11 kap. 12 §}}
  budget:
    namn: Budget
"""
EXPENSE = """  anslag:
    namn: Tilläggsanslag
    bestämd form: tilläggsanslaget
    slag: månadsuppföljning
    lagrum: KL 11 kap. 15 §
    perioder: [augusti]
    krav:
      underlag:
        namn: begäran om anslag
        slag: [styrelse]
        frist: {regel: {regel: fast dag, dag: 15 september}, kl: "16.00", källa: plan § 9}
        trappa: allt
        delar: {begaran: {namn: Begäran, form: text, källa: plan § 9}}
    moment:
      kf: {namn: KF beslutar om anslaget, organ: kf, avser: tilläggsanslag, dag: {regel: {regel: möte, organ: kf, månad: oktober}, källa: KL 11 kap. 15 §}}
  budget:
    namn: Budget
"""
EXPLAINED = """      forklaringar: {namn: KF hämtar in förklaringar, roll: ordforande, avser: förklaringar, dag: {regel: {regel: fast dag, dag: 1 juni, år: 1}, källa: KL 5 kap. 32 §}}
      revisionsberattelse:"""
FLOWING = ("    slag: budget\n    flöde: false\n", "    slag: budget\n")
KF_NOTICE = '    dagordningen stänger: {dagar: 7, kl: "12.00"}\n'

BREACHES = (
    Breach(
        rule="KL 5:14",
        old=KF_NOTICE,
        new=f'{KF_NOTICE}    extra ärenden: {{dagar: 0, kl: "09.00"}}\n',
        says="måndag 23 februari 2026 tar emot extra ärenden till måndag 23 februari 2026 kl. 09.00, men ett brådskande ärende ska "
        "tillkännages senast lördag 21 februari 2026",
        lagrum="KL 5 kap. 14 §; KL 5 kap. 15 §",
        proposed=False,
    ),
    Breach(
        rule="KL 5:32",
        old="      revisionsberattelse:",
        new=EXPLAINED,
        says="'KF hämtar in förklaringar' tisdag 1 juni 2027 ligger efter 'KF beslutar om ansvarsfrihet' måndag 31 maj 2027",
        lagrum="KL 5 kap. 32 §",
    ),
    Breach(
        rule="KL 6:9",
        old="avser: bolagsprövning, ",
        new="",
        says="verksamheten i Lindö Vatten AB och Lindö Värme AB har varit förenlig",
        lagrum="KL 6 kap. 9 §",
        severity="varning",
    ),
    Breach(
        rule="KL 6:9",
        old="provning: {namn: KS prövar bolagens verksamhet, organ: ks, ",
        new="provning: {namn: KS prövar bolagens verksamhet, organ: ks, när: valår, ",
        says="Lindö Vatten AB och Lindö Värme AB",
        lagrum="KL 6 kap. 9 §",
        severity="varning",
    ),
    Breach(
        rule="KL 8:16 a",
        old="antal: 14, före: ansvarsfrihet",
        new="antal: 6, före: ansvarsfrihet",
        says="'revisionsberättelsen publiceras' tisdag 25 maj 2027 ligger efter att mötet måndag 31 maj 2027 har "
        "tillkännagetts, senast måndag 24 maj 2027",
        lagrum="KL 8 kap. 16 a §; KL 5 kap. 13 §",
    ),
    Breach(
        rule="KL 8:16 a",
        old="avser: revisionsberättelse publiceras, ",
        new="",
        says="saknar dagen då revisionsberättelsen läggs på webbplatsen",
        lagrum="KL 8 kap. 16 a §",
        severity="varning",
    ),
    Breach(
        rule="KL 11:6 a",
        old=FLOWING[0],
        new=FLOWING[1],
        says="budgeten ska enligt lagen ha koncernföretagens ekonomi",
        lagrum="KL 11 kap. 6 a §",
        severity="varning",
    ),
    Breach(
        rule="KL 11:8",
        old="dag: 15 oktober, år: -1",
        new="dag: 1 december, år: -1",
        says="'presidiet föreslår revisorernas budget' måndag 1 december 2025 ligger efter november månads utgång",
        lagrum="KL 11 kap. 8 §",
    ),
    Breach(
        rule="KL 11:8",
        old="dag: 15 oktober, år: -1",
        new="dag: 3 november, år: -1",
        says="måndag 3 november 2025 ligger efter oktober månads utgång; november är tillåtet bara om det finns särskilda skäl",
        lagrum="KL 11 kap. 8 §",
        severity="varning",
    ),
    Breach(
        rule="KL 11:8",
        old="avser: revisorernas budget, ",
        new="",
        says="saknar presidiets förslag till budget för revisorerna",
        lagrum="KL 11 kap. 8 §",
        severity="varning",
    ),
    Breach(
        rule="KL 11:9",
        old="        namn: budgetförslag till KS\n        slag: [nämnd]\n",
        new="        namn: budgetförslag till KS\n        slag: [styrelse]\n",
        also=(FLOWING,),
        says="saknar dagen då nämnderna senast ska lämna sina budgetförslag till KS",
        lagrum="KL 11 kap. 9 §",
        severity="varning",
    ),
    Breach(
        rule="KL 11:12",
        old="  budget:\n    namn: Budget\n",
        new=BALANSKRAV,
        says="'KF antar åtgärdsplanen' måndag 4 december 2028 ligger efter torsdag 30 november 2028; ett negativt "
        "balanskravsresultat 2026 ska regleras inom tre år, och beslutet tas senast i budgeten för 2029",
        lagrum="KL 11 kap. 12 §",
        severity="varning",
    ),
    Breach(
        rule="KL 11:12",
        old="  budget:\n    namn: Budget\n",
        new=BALANSKRAV.replace("år: 2}, ", "år: 2}, beslutade: {2026: 2029-02-26}, "),
        says="'KF antar åtgärdsplanen' måndag 26 februari 2029 ligger efter söndag 31 december 2028",
        lagrum="KL 11 kap. 12 §",
        proposed=False,
    ),
    Breach(
        rule="KL 11:15",
        old="  budget:\n    namn: Budget\n",
        new=EXPENSE,
        says="saknar en del i tilläggsanslaget som säger hur utgiften ska finansieras",
        lagrum="KL 11 kap. 15 §",
        severity="varning",
    ),
    Breach(
        rule="KL 12:2",
        old=f"{KF_NOTICE}    regel: {{veckodag: måndag, nummer: -1",
        new='    dagordningen stänger: {dagar: 4, kl: "12.00"}\n    regel: {veckodag: måndag, nummer: 3',
        says="mellan 'KS beslutar och överlämnar' (onsdag 14 oktober 2026) och 'KF behandlar' (måndag 19 oktober 2026) ligger 2 "
        "arbetsdagar, och däremellan ska revisorerna bedöma rapporten skriftligt",
        lagrum="KL 12 kap. 2 §",
        severity="varning",
    ),
    Breach(
        rule="LKBR 3:13",
        old="sjukfrånvaro, redovisningsprinciper, sammanställda räkenskaper], källa: LKBR 4 kap. 1 §",
        new="sjukfrånvaro, redovisningsprinciper, sammanställda räkenskaper], handling: {gallras: 6 år efter årets slut, källa: plan "
        "§ 2}, källa: LKBR 4 kap. 1 §",
        says="Ekonomi i årsredovisningen gallras 6 år efter årets slut, men räkenskapsinformation ska bevaras till och med det "
        "sjunde året efter räkenskapsåret, 2026-års till och med lördag 31 december 2033",
        lagrum="LKBR 2 kap. 4 §; LKBR 3 kap. 13 §",
        proposed=False,
    ),
    Breach(
        rule="LKBR 9:4",
        old=", redovisningsprinciper",
        new="",
        says="årsredovisningen ska enligt lagen ha redovisningsprinciper",
        lagrum="LKBR 9 kap. 1 §; LKBR 9 kap. 4 §",
        severity="varning",
    ),
    Breach(
        rule="LKBR 12:2",
        old=", sammanställda räkenskaper",
        new="",
        says="ska enligt lagen ha sammanställda räkenskaper, om inte alla bolag, var för sig och tillsammans, är utan väsentlig",
        lagrum="LKBR 4 kap. 1 §; LKBR 12 kap. 2 §",
        severity="varning",
    ),
)


@pytest.mark.parametrize("breach", BREACHES, ids=lambda one: f"{one.rule} {one.severity}")
def test_each_duty_that_is_broken_is_told_once_with_its_lagrum(breach: Breach) -> None:
    def only(*, decided: bool) -> Fault:
        every = found((breach.old, breach.new), *breach.also, decided=decided)
        (told,) = [each for each in every if each.rule == breach.rule and breach.says in each.message]
        return told

    told, proposed = only(decided=True), only(decided=False)
    assert (told.severity, told.lagrum) == (breach.severity, breach.lagrum)
    assert proposed.severity == ("varning" if breach.proposed else breach.severity)


def test_a_lawful_plan_is_silent_whether_decided_or_proposed() -> None:
    assert found() == []
    assert [each for each in found(decided=False) if each.severity == "fel"] == []


def test_a_repealed_law_is_told_where_it_is_cited() -> None:
    (told,) = found(("källa: plan § 9", "källa: lag (1997:614) 9 kap. 1 §"))
    assert (told.rule, told.severity) == ("okant-lagrum", "varning")
    assert "'lag (1997:614) 9 kap. 1 §' är upphävd" in told.message
    added = 4  # years
    assert "källa: plan § 9" in text("lindo").splitlines()[told.line - added - 1]


def test_bodies_that_share_the_roles_of_a_ladders_end_are_told_with_the_one_that_it_reaches() -> None:
    rungs = "      - {slag: sen, arbetsdagar: 1, till: [ansvariga]}\n"
    top = "      - {slag: sista ord, arbetsdagar: 4, till: [chef]}\n      - {slag: ksau, arbetsdagar: 5, till: [chef, ordforande]}\n"
    (told,) = [each for each in found((rungs, rungs + top)) if each.rule == "delad-roll"]
    assert told.severity == "varning"
    assert told.message.startswith("trappsteget når KS, som står först i filen, men KF har samma roller")
    own = (
        '    ordförande: ordforande\n    kallelse: {dagar: 7, kl: "16.00"}',
        '    ordförande: vd\n    kallelse: {dagar: 7, kl: "16.00"}',
    )
    assert "delad-roll" not in {
        each.rule for each in found((rungs, rungs + top.replace("[chef, ordforande]", "[chef, vd]")), own)
    }


THIRD = "  valnamnden: {namn: Valnämnden, slag: nämnd, ansvarig: chef, organ: ks, källa: plan § 6}\n"


def test_a_nämnd_that_has_no_day_for_its_förslag_or_its_redovisning_is_named() -> None:
    before = "  nya-namnden: {namn: Nya nämnden"
    changed = text("lindo").replace(before, THIRD + before)
    for name in ("budgetförslag till KS", "underlag till årsredovisningen"):
        asked = f"        namn: {name}\n"
        assert asked in changed
        changed = changed.replace(f"{asked}        slag: [nämnd]\n", asked)
        changed = changed.replace(asked, f"{asked}        enheter: [ks, namnd, nya-namnden]\n")
    changed = changed.replace(*FLOWING)
    told = {one.rule: one for one in check(read_definition(changed, "x.yaml"), (2027, 2028))}
    assert told["KL 11:9"].message.startswith(
        "årshjulet saknar dagen då Valnämnden senast ska lämna sina budgetförslag"
    )
    assert told["KL 11:18"].message == (
        "årshjulet saknar en frist för redovisningen från Valnämnden (ett krav som också är deras); lägg till det. "
        "Det gäller varje år."
    )
    assert {told[rule].severity for rule in ("KL 11:9", "KL 11:18")} == {"varning"}

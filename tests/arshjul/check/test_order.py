"""What must come before what in a year's plan: neither too much is asked, nor is what cannot be carried out let by."""

import pytest

from arshjul.check.law import check
from arshjul.definition.reading import read_definition
from arshjul.errors import DefinitionError, Fault
from tests.rig.load import SAID_OF_REPORTS, text

Change = tuple[str, str, str]  #: words that stand before it, what stands there, and what shall

DEL, ARS, BUDGET = "\n  delarsrapport:\n    namn", "\n  arsredovisning:\n    namn", "\n  budget:\n    namn"
NAMND_IN_SEPTEMBER = "{regel: möte, organ: egen, månad: september, vilket: sista}"


def changed(*changes: Change, town: str = "hedemora") -> str:
    whole = text(town)
    for under, old, new in changes:
        at = whole.index(old, whole.index(under))
        whole = whole[:at] + new + whole[at + len(old) :]
    return whole


def found(*changes: Change, years: tuple[int, ...] = (2026, 2027)) -> list[Fault]:
    every = check(read_definition(changed(*changes), "x.yaml"), years)
    return [each for each in every if (each.rule in SAID_OF_REPORTS, each.severity) != (True, "varning")]


def kinds(*changes: Change, years: tuple[int, ...] = (2026, 2027)) -> list[tuple[str, str]]:
    return [(each.rule, each.severity) for each in found(*changes, years=years)]


def moment(name: str, more: str, day: str) -> str:
    return f"      {name}: {{namn: {name}, {more}, dag: {{regel: {day}, källa: KL 6 kap. 12 §}}}}\n"


def krav(name: str, more: str, day: str, form: str = "intyg") -> str:
    frist = f"frist: {{regel: {day}, källa: KL 6 kap. 12 §}}, trappa: anvisningar"
    return f"      {name}: {{namn: {name}, {more}, {frist}, delar: {{d: {{namn: d, form: {form}, källa: KL 6 kap. 12 §}}}}}}\n"


class TestNotOverStrict:
    """Lawful plans that other municipalities have."""

    def test_the_nämnder_decide_their_detaljbudget_in_december_in_the_budget_step(self) -> None:
        own = moment(
            "detaljbudget", "organ: egen, per enhet: true, slag: [nämnd]", "{regel: fast dag, dag: 10 december, år: -1}"
        )
        assert found((BUDGET, "    moment:\n", f"    moment:\n{own}")) == []

    def test_a_step_has_two_decisions_of_the_nämnd(self) -> None:
        own = moment(
            "uppfoljning", "organ: egen, per enhet: true, slag: [nämnd]", "{regel: möte, organ: egen, månad: oktober}"
        )
        assert found((DEL, "    moment:\n", f"    moment:\n{own}")) == []

    def test_what_follows_ks_has_a_frist_after_it(self) -> None:
        read_in = krav("inlast", "enheter: [kommunstyrelsen]", "{regel: fast dag, dag: 20 december, år: -1}")
        web = krav("webben", "enheter: [kommunstyrelsen]", "{regel: fast dag, dag: 5 maj, år: 1}")
        assert found(
            (BUDGET, "    moment:\n", f"    krav:\n{read_in}    moment:\n"), (ARS, "    krav:\n", f"    krav:\n{web}")
        ) == []  # fmt: skip

    def test_ks_decides_and_hands_over_on_the_same_decided_day(self) -> None:
        ks = "        dag:\n          regel: {regel: möte, organ: ks, månad: mars, år: 1}\n"
        whole = changed(
            (ARS, "      ks:\n        namn: KS fastställer årsredovisningen\n        organ: ks\n" + ks
             + '          källa: KL 11 kap. 19 §; styrmodell "Årsplanering för målarbetet"\n', ""),
            (ARS, "regel: {regel: fast dag, dag: 15 april, år: 1}\n          lagstadgad: true\n          kl: \"16.00\"",
             "regel: {regel: beslutad dag}\n          beslutade: {2026: 2027-03-16}"),
            (ARS, "        trappa: protokoll\n        behandlas: ks\n", "        trappa: protokoll\n        behandlas: overlamnande\n"),
        )  # fmt: skip
        assert [
            each for each in check(read_definition(whole, "x.yaml"), (2026,)) if each.rule not in SAID_OF_REPORTS
        ] == []

    def test_kf_meets_in_october_when_ks_has_decided_whatever_the_laws_last_day_is(self) -> None:
        assert found((DEL, "organ: kf, månad: november", "organ: kf, månad: oktober")) == []

    def test_a_real_breach_is_told_with_its_lagrum(self) -> None:
        (one,) = found(
            (DEL, "regel: {regel: möte, organ: ks, månad: oktober}", "regel: {regel: möte, organ: ks, månad: november}"),
            (DEL, "organ: kf, månad: november", "organ: kf, månad: oktober"),
            years=(2027,),
        )  # fmt: skip
        assert (one.rule, one.severity, one.lagrum) == ("KL 11:16", "fel", "KL 11 kap. 16 §")
        words = "'KS beslutar om delårsrapporten' (tisdag 16 november 2027) kommer efter 'KF behandlar delårsrapporten'"
        assert words in one.message


class TestNotBlind:
    """Plans that cannot be carried out."""

    def test_ks_after_kfs_agenda_has_closed(self) -> None:
        (one,) = found(
            (
                "Kommunfullmäktige",
                'dagordningen stänger: {dagar: 7, kl: "15.00"}',
                'dagordningen stänger: {dagar: 9, kl: "12.00"}',
            ),
            years=(2027,),
        )
        assert (one.rule, one.severity) == ("efter-dagordningen", "fel")
        assert one.message == (
            "Budget 2027: 'KS föreslår budget' (tisdag 17 november 2026) kommer efter att dagordningen för 'KF fastställer "
            "budgeten' tisdag 24 november 2026 har stängt, söndag 15 november 2026 kl. 12.00; flytta det ena, eller stäng "
            "dagordningen senare."
        )

    def test_a_nämnd_that_decides_before_its_underlag_is_due(self) -> None:
        (one,) = found((DEL, NAMND_IN_SEPTEMBER, "{regel: möte, organ: egen, månad: augusti}"), (DEL, "slag: [nämnd, bolag]\n        frist", "slag: [nämnd]\n        frist"), (DEL, "slag: [nämnd, bolag]\n        dag", "slag: [nämnd]\n        dag"), years=(2027,))  # fmt: skip
        assert (one.rule, one.severity) == ("beslut-fore-frist", "fel")
        assert (
            "(torsdag 26 augusti 2027 kl. 13.00) ligger före fristen för underlag till delårsrapporten, tisdag 21 sep"
            in one.message
        )

    def test_the_ladder_reaches_the_body_after_its_agenda_has_closed(self) -> None:
        (one,) = found((DEL, "          beslutade: {2028: 2028-09-20}\n", ""), years=(2028,))
        assert (one.rule, one.severity) == ("trappa-efter-dagordningen", "varning")
        assert (
            "når trappan KSAU torsdag 28 september 2028, efter att dagordningen för mötet tisdag 3 oktober 2028"
            in one.message
        )
        assert found(years=(2028,)) == []

    def test_a_body_that_prepares_before_the_protokoll_are_due(self) -> None:
        (one,) = found((ARS, "        preliminärt: true\n", ""), years=(2026,))
        assert (one.rule, one.severity) == ("protokoll-efter-mote", "fel")
        assert (
            "torsdag 4 mars 2027 kl. 16.00, ligger efter 'KSAU bereder årsredovisningen' (tisdag 2 mars 2027"
            in one.message
        )

    def test_a_body_prepares_by_what_it_does_and_not_by_its_letters(self) -> None:
        late = (DEL, "organ: ksau, månad: oktober", "organ: ksau, månad: november")
        called = ("\norgan:", "kort: KSAU", "kort: KSLU")
        (one,) = found(called, late, years=(2027,))
        assert "'KSAU får preliminära siffror' (tisdag 2 november 2027) kommer efter 'KS beslutar" in one.message
        silent = ("\norgan:", "    bereder: ks\n", "")
        assert found(silent, late, years=(2027,)) == []

    @pytest.mark.parametrize(
        ("change", "says"),
        [
            ((DEL, "organ: kf\n", "organ: kf\n        efter: inlast\n"), "'inlast' (fredag 26 november 2027) kommer efter 'KF behandlar delårsrapporten' (tisdag 23 november 2027)"),
            ((DEL, "organ: kf\n", "organ: kf\n        före: [namnd, overlamnande]\n"), "'KF behandlar delårsrapporten' (tisdag 23 november 2027) kommer efter "),
            ((DEL, "namn: underlag till delårsrapporten\n", "namn: underlag till delårsrapporten\n        före: namnd\n"), ""),
            ((DEL, "namn: underlag till delårsrapporten\n", "namn: underlag till delårsrapporten\n        efter: ksau\n"), "'KSAU får preliminära siffror' (tisdag 5 oktober 2027) kommer efter fristen för underlag"),
        ],
    )  # fmt: skip
    def test_the_order_that_the_definition_says_is_held(self, change: Change, says: str) -> None:
        other = moment("inlast", "organ: ks", "{regel: fast dag, dag: 26 november}")
        told = " ".join(
            each.message for each in found((DEL, "    moment:\n", f"    moment:\n{other}"), change, years=(2027,))
        )
        assert says in told and bool(says) == bool(told)

    def test_an_order_with_what_is_not_there_is_told_with_the_nearest(self) -> None:
        with pytest.raises(DefinitionError, match="'efter: ksa' är inget krav eller moment i steget, menade du 'ksau'"):
            read_definition(changed((DEL, "organ: kf\n", "organ: kf\n        efter: ksa\n")), "x.yaml")

    def test_a_protokoll_of_one_of_two_meetings_says_which(self) -> None:
        own = moment("uppfoljning", "organ: egen, per enhet: true, slag: [nämnd, bolag]", NAMND_IN_SEPTEMBER)
        fixed = (DEL, "regel: {regel: arbetsdagar, antal: 5, efter: namnd}", "regel: {regel: fast dag, dag: 1 oktober}")
        two = (DEL, "    moment:\n", f"    moment:\n{own}")
        assert ("vilket-sammantrade", "varning") in kinds(two, fixed, years=(2027,))
        said = (DEL, "        slutför: underlag\n", "        slutför: underlag\n        efter: namnd\n")
        assert kinds(two, fixed, said, years=(2027,)) == []


def test_what_is_decided_is_wrong_and_what_is_only_proposed_is_doubtful() -> None:
    late = (DEL, "antal: 15, efter: periodens slut", "antal: 25, efter: periodens slut")
    assert {severity for _, severity in kinds(late, years=(2027,))} == {"fel"}
    assert {severity for _, severity in kinds(late, years=(2029,))} == {"varning"}  # 2029 has no tidplan
    decided = (DEL, "beslutade: {2028: 2028-09-20}", "beslutade: {2029: 2029-10-05}")
    # the frist is decided, KSAU's meeting only proposed
    assert {severity for _, severity in kinds(decided, years=(2029,))} == {"varning"}

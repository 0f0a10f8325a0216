"""The letters of hand-over: to whom, once, with what they say, and when nothing is said."""

import re
from dataclasses import replace
from datetime import date

import pytest

from actions.act import Act
from actions.bodies.body_letters import KIND, report_views, tell_hand_overs
from actions.bodies.recording import Decided, record_decision
from actions.ladder.raising import bring_up_matter
from actions.plan.meeting_changes import change_meeting
from actions.scene import Scene
from arshjul.definition.reach import top_rung
from store.people.seats import replace_holder
from store.tables import LetterRow
from tests.rig.hedemora import OMN_UNDERLAG, town
from tests.rig.pages.counter import Counter
from tests.rig.pages.hall import Hall, words
from tests.rig.rounds import only
from tests.rig.swedish_words import day, instant

pytestmark = pytest.mark.whole

CLOSED = "onsdag 29 september 2027 kl. 12.00"  # KSAU's agenda, for Tuesday 5 October
KSAU = "hedemora/delarsrapport/2027-08/kommunen/ksau"
HANDED = "hedemora/delarsrapport/2027-08/kommunen/overlamnande"


class Round(Counter):
    """A counter whose letters of hand-over a test asks for at an instant."""

    def __init__(self):
        super().__init__(Hall(town()))
        self.office = replace(self.hall.office(), sourced=only("delarsrapport", town="hedemora"))

    def told(self, when, **changes):
        """Run once at an instant; return to whom a new letter goes, and its subject."""
        self.hall.now = instant(when)
        with self.hall.town.store.begin() as session:
            letters = tell_hand_overs(Scene(session, replace(self.office, **changes), self.hall.now))
            return [(row.to[0].removesuffix("@example.se"), row.subject) for row in letters]

    def letter(self):
        return " ".join(words(next(row for row in self.rows(LetterRow) if row.kind == KIND)).split())

    def decide(self, key, decided_on, when):
        with self.hall.town.store.begin() as session:
            done = Act(Scene(session, self.office, instant(when)), "Ekonom E")
            decided = Decided(on=day(decided_on), outcome="godkänns", paragraf="§ 1")
            record_decision(done, done.body_moment(key), decided, "godkänns")


@pytest.fixture
def house():
    return Round()


def test_before_its_frist_nothing_is_missing_it_is_to_be_handed_in(house):
    house.hand_in()
    with house.hall.town.store.read() as session:
        scene = Scene(session, house.office, instant("fredag 10 september 2027 kl. 09.00"))
        report = scene.wheel.obligations[OMN_UNDERLAG].occurrence
        moments = [one for one in scene.wheel.occurrence(report).milestones if one.body == "ks"]
        standing = report_views(scene, moments)[0].standing
    said = [line.said for each in standing for line in each.ahead]
    assert said and all(", ska lämna " in each for each in said) and not any("saknar" in each for each in said)


def test_ksaus_secretary_and_chair_are_told_once_when_the_agenda_has_closed(house):
    house.hand_in()
    assert house.told("onsdag 29 september 2027 kl. 11.59") == []
    subject = "Inför KSAU 5 okt: delårsrapporten per den 31 augusti 2027, 1 av 6 enheter klara"
    assert house.told(CLOSED) == [("ksau.sekreterare", subject), ("ksau.ordforande", subject)]
    assert house.told("onsdag 29 september 2027 kl. 12.01") == []
    said = house.letter()
    assert "KSAU får preliminära siffror" in said
    assert "Preliminär, i väntan på nämndens eller styrelsens beslut: Bildningsnämnden" in said
    assert (
        "Försenad: Omsorgsnämnden, frist tisdag 21 september, har inte lämnat in något (förvaltningschefen Förvaltningschef omsorg, forvaltningschef.omsorg@example.se)"
        in said
        and OMN_UNDERLAG not in said
    )


def test_a_matter_that_the_ladder_brought_says_whom_to_call(house):
    house.hall.now = instant("onsdag 29 september 2027 kl. 09.00")
    with house.hall.town.store.begin() as session:
        scene = Scene(session, house.office, house.hall.now)
        one = scene.wheel.obligations[OMN_UNDERLAG]
        bring_up_matter(scene, one, top_rung(one.ladder))
    house.told(CLOSED)
    brought = house.letter().partition("Ärenden som har lyfts till mötet")[2]
    assert (
        "augusti 2027. Ring förvaltningschefen Förvaltningschef omsorg, forvaltningschef.omsorg@example.se" in brought
    )


def test_the_secretary_and_the_chair_have_a_link_of_their_own_to_the_papers(house):
    house.told(CLOSED)
    said = [words(row) for row in house.rows(LetterRow) if row.kind == "överlämnande"]
    links = [re.search(r"http://testserver/se/\S+\?till=/organ/ksau/2027-10-05", each)[0] for each in said]
    assert len(links) == len(set(links)) == 2


def test_kf_and_the_revisorer_are_told_on_the_day_of_handing_over_and_who_hands_over_too(house):
    told = house.told("fredag 29 oktober 2027 kl. 07.00")
    assert [to for to, _ in told] == ["kommunsekreterare", "ksau.ordforande", "kf.ordforande", "revisorerna"]
    assert {subject for _, subject in told} == {
        "Överlämnas 29 okt: delårsrapporten per den 31 augusti 2027, till KF och revisorerna"
    }
    said = house.letter()
    assert "Sista dag enligt lag är måndag 1 november 2027. Enligt KL 11 kap. 16 §, SFS 2018:600, lydelsen" in said
    assert "KS beslutar om delårsrapporten, den 19 oktober 2027: inget beslut är registrerat." in said


def test_after_a_standstill_the_word_still_goes_until_the_laws_day_has_ended_and_says_no_more_than_that(house):
    assert len(house.told("måndag 1 november 2027 kl. 16.00")) == 4
    assert "har passerat" not in house.letter()
    assert Round().told("tisdag 2 november 2027 kl. 07.00") == []


def test_what_is_decided_already_is_not_told(house):
    house.decide(HANDED, "tisdag 19 oktober 2027", "onsdag 20 oktober 2027 kl. 09.00")
    assert house.told("fredag 29 oktober 2027 kl. 07.00") == []
    said = house.told("tisdag 16 november 2027 kl. 15.00")
    assert [to for to, _ in said] == ["kommunsekreterare", "kf.ordforande"]
    assert (
        "KS överlämnar delårsrapporten till KF och revisorerna: godkändes den 19 oktober 2027, § 1." in house.letter()
    )


def test_nothing_is_told_before_we_began_of_an_unfixed_tidplan_when_utskick_is_off_or_after_the_meeting(house):
    assert house.told(CLOSED, since=date(2027, 9, 30)) == []
    assert house.told(CLOSED, sourced=only("delarsrapport", tidplan=False)) == []
    assert house.told(CLOSED, utskick="av") == []
    assert house.told("tisdag 5 oktober 2027 kl. 08.30") == []
    assert house.told("onsdag 29 september 2027 kl. 17.00") == []  # the sending hours have ended
    assert len(house.told("torsdag 30 september 2027 kl. 07.00")) == 2


def test_in_skugga_the_ekonomikontor_gets_them_once_and_the_readers_later_when_it_is_sharp(house):
    assert {to for to, _ in house.told(CLOSED, utskick="skugga")} == {"ekonomikontoret"}
    assert house.told(CLOSED, utskick="skugga") == []
    assert [to for to, _ in house.told("torsdag 30 september 2027 kl. 07.00")] == [
        "ksau.sekreterare",
        "ksau.ordforande",
    ]


def test_one_person_who_is_both_secretary_and_chair_gets_one_letter(house):
    with house.hall.town.store.begin() as session:
        for role in ("ksau_sekreterare", "ksau_ordforande"):
            replace_holder(session, role, None, "En Person", "en.person@example.se", None, house.hall.now, "prov")
    assert [to for to, _ in house.told(CLOSED)] == ["en.person"]


def test_a_moved_meeting_is_told_anew_when_its_own_agenda_closes(house):
    house.told(CLOSED)
    with house.hall.town.store.begin() as session:
        change_meeting(
            Act(Scene(session, house.office, house.hall.now), "Ekonom E", "Fel lokal."),
            "ksau", day("tisdag 5 oktober 2027"), day("tisdag 12 oktober 2027"), None,
        )  # fmt: skip
    assert house.told("fredag 1 oktober 2027 kl. 07.00") == []
    assert {subject[:26] for _, subject in house.told("onsdag 6 oktober 2027 kl. 12.00")} == {
        "Inför KSAU 12 okt: delårsr"
    }


def test_kf_is_told_whether_the_revisorers_bedomning_is_there(house):
    house.told("tisdag 16 november 2027 kl. 15.00")
    assert (
        "Revisorernas bedömning av delårsrapporten har inte registrerats som inkommen (KL 12 kap. 2 §)."
        in house.letter()
    )


def test_the_main_krav_is_told_first_whatever_carries_it_up(house):
    office = replace(house.office, sourced=only("aktivitetsplaner", town="bergvik"))
    with house.hall.town.store.begin() as session:
        scene = Scene(session, office, instant("torsdag 1 oktober 2026 kl. 09.00"))
        moment = next(one for one in scene.wheel.milestones if str(one.milestone) == "ks" and one.period.key == "2027")
        (report,) = report_views(scene, [moment])
    assert report.standing[0].name == "nämndens aktivitetsplaner"

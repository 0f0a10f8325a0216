"""What people record: what is refused with which words, what it moves, and what stands in the log."""

from datetime import date, datetime, time

import pytest
from sqlalchemy import select

from actions.bodies.recording import Decided, decision_words, record_decision
from actions.plan.frister import open_obligation
from actions.plan.meeting_changes import change_meeting
from actions.plan.silencing import hold_escalation, rest
from actions.plan.tidplan import close_period, fix_tidplan
from actions.underlag.anstand import grant_anstand
from arshjul.errors import RefusedError
from arshjul.swedish import day_text, instant_text
from store.plan.in_step import Moved
from store.plan.matters import raise_matter
from store.plan.planning import current_wheel
from store.plan.recorded import decisions
from store.plan.silences import quiet_until
from store.tables import Closing, LogRow, ObligationRow
from tests.rig.acts import act
from tests.rig.handins import NOW, town
from tests.rig.load import strandby
from tests.rig.swedish_words import day, instant

pytestmark = pytest.mark.whole

BIN_UNDERLAG = "strandby/delarsrapport/2027-08/bildningsnamnden/underlag"  # frist: tisdag 21 september 2027 kl. 16.00
BIN_PROGNOS = "strandby/prognos/2027-08/bildningsnamnden/underlag"
BIN_PROTOKOLL = "strandby/delarsrapport/2027-08/bildningsnamnden/protokoll"
OMN_UNDERLAG = "strandby/delarsrapport/2027-08/omsorgsnamnden/underlag"
KSAU_5_OKTOBER = date(2027, 10, 5)
OVERLAMNANDE = "strandby/delarsrapport/2027-08/kommunen/overlamnande"
WHO, WHY = "ekonomichef Exempel", "sjukdom i ledningen"


class Desk:
    """Who records, at which instant, in one transaction."""

    def __init__(self, session):
        self.session, self.definition = session, strandby().definition

    def wheel(self, now=NOW):
        return current_wheel(self.session, self.definition, now)

    def one(self, key):
        return self.wheel().obligations[key]

    def frist(self, key):
        return instant_text(self.one(key).deadline.at)

    def anstand(self, key, until, *, why=WHY, by=WHO, now=NOW) -> list[Moved]:
        return grant_anstand(act(self.session, now, by, why, sourced=strandby()), key, day(until))

    def close(self, period, closed_on, now=NOW) -> list[Moved]:
        return close_period(act(self.session, now, WHO, sourced=strandby()), period, day(closed_on))

    def meeting(self, body, original, new, clock=None) -> list[Moved]:
        return change_meeting(act(self.session, NOW, WHO, WHY, sourced=strandby()), body, original, new, clock)

    def decide(self, key, decided_on, now, paragraf="§ 140", outcome="överlämnas") -> str:
        decided = Decided(on=day(decided_on), outcome=outcome, paragraf=paragraf, diarienummer="KS 2027/12")
        done = act(self.session, now, WHO, sourced=strandby())
        moment = done.body_moment(key)
        record_decision(done, moment, decided, outcome)
        return decision_words(moment, outcome, decided.on)

    def logged(self):
        return [
            (row.who, row.what, row.key)
            for row in self.session.scalars(select(LogRow).order_by(LogRow.id))
            if row.who == WHO
        ]


@pytest.fixture
def desk():
    with town(name="strandby").store.begin() as session:
        yield Desk(session)


def test_an_anstand_moves_the_frist_at_the_same_clock_time_and_the_prognos_with_its_host(desk):
    moved = desk.anstand(BIN_UNDERLAG, "torsdag 23 september 2027")
    assert [(each.key, instant_text(each.after)) for each in moved] == [
        (BIN_UNDERLAG, "torsdag 23 september 2027 kl. 16.00"),
        (BIN_PROGNOS, "torsdag 23 september 2027 kl. 16.00"),
    ]
    assert (WHO, "anstand.granted", BIN_UNDERLAG) in desk.logged()
    assert desk.frist(OMN_UNDERLAG) == "tisdag 21 september 2027 kl. 16.00"


def test_an_anstand_past_the_next_bodys_agenda_less_the_sammanstallning_is_refused_with_the_bound(desk):
    # KSAU meets tisdag 5 oktober; the agenda closes 4 working days before, and the sammanställning takes 2 more
    with pytest.raises(RefusedError) as refused:
        desk.anstand(BIN_UNDERLAG, "måndag 27 september 2027")
    assert str(refused.value) == (
        "Anstånd kan ges längst till fredag 24 september 2027: sammanställningen ska bli klar innan "
        "dagordningen stänger för KSAU tisdag 5 oktober 2027 kl. 08.30. Välj en tidigare dag, eller flytta mötet."
    )
    assert desk.frist(BIN_UNDERLAG) == "tisdag 21 september 2027 kl. 16.00"


def test_a_moved_meeting_moves_the_bound_with_it(desk):
    desk.meeting("ksau", KSAU_5_OKTOBER, date(2027, 10, 12))
    desk.anstand(BIN_UNDERLAG, "torsdag 30 september 2027")
    assert desk.frist(BIN_UNDERLAG) == "torsdag 30 september 2027 kl. 16.00"


@pytest.mark.parametrize(
    ("until", "words"),
    [
        (
            "tisdag 21 september 2027",
            "Fristen är redan tisdag 21 september 2027 kl. 16.00; ett anstånd måste vara senare.",
        ),
        ("måndag 20 september 2027", "ett anstånd måste vara senare"),
    ],
)
def test_an_anstand_that_is_no_later_than_the_frist_is_refused(desk, until, words):
    with pytest.raises(RefusedError, match=words):
        desk.anstand(BIN_UNDERLAG, until)


def test_an_anstand_until_a_time_that_has_been_is_refused(desk):
    with pytest.raises(RefusedError, match="har redan varit; välj en senare dag"):
        desk.anstand(BIN_UNDERLAG, "onsdag 22 september 2027", now=instant("torsdag 23 september 2027 kl. 09.00"))


def test_an_anstand_for_the_prognos_is_given_where_it_is_handed_in(desk):
    with pytest.raises(
        RefusedError,
        match=r"rognosen .*augusti 2027 lämnas med delårsrapporten per den 31 augusti 2027: ge anståndet där",
    ):
        desk.anstand(BIN_PROGNOS, "torsdag 23 september 2027")


def test_a_misspelt_key_is_refused_with_the_nearest(desk):
    with pytest.raises(RefusedError, match=f"menade du '{BIN_UNDERLAG}'"):
        desk.anstand(BIN_UNDERLAG.replace("bildnings", "bildning"), "torsdag 23 september 2027")


def test_nothing_is_recorded_without_who_and_why(desk):
    with pytest.raises(RefusedError, match="Skriv vem som gör detta"):
        desk.anstand(BIN_UNDERLAG, "torsdag 23 september 2027", by=" ")
    with pytest.raises(RefusedError, match="Skriv varför"):
        desk.anstand(BIN_UNDERLAG, "torsdag 23 september 2027", why="nej")


def test_the_newest_anstand_counts(desk):
    desk.anstand(BIN_UNDERLAG, "onsdag 22 september 2027")
    desk.anstand(BIN_UNDERLAG, "torsdag 23 september 2027")
    assert desk.frist(BIN_UNDERLAG) == "torsdag 23 september 2027 kl. 16.00"


SEPTEMBER = "strandby/manadsrapport/2027-09/omsorgsnamnden/underlag"  # planned closing torsdag 7 oktober
OKTOBER_8 = datetime.combine(date(2027, 10, 8), time(9), NOW.tzinfo)


def test_an_early_closing_moves_nothing(desk):
    assert desk.close("2027-09", "tisdag 5 oktober 2027", OKTOBER_8) == []
    assert desk.frist(SEPTEMBER) == "torsdag 14 oktober 2027 kl. 16.00"


def test_a_late_closing_moves_what_counts_from_it_later(desk):
    moved = desk.close("2027-09", "fredag 8 oktober 2027", OKTOBER_8)
    assert {each.key.step for each in moved} == {"manadsrapport"}
    assert len(moved) == 4  # one of each enhet
    assert desk.frist(SEPTEMBER) == "fredag 15 oktober 2027 kl. 16.00"


def test_a_closing_recorded_twice_is_one_and_the_last_word_counts(desk):
    desk.close("2027-09", "fredag 8 oktober 2027", OKTOBER_8)
    assert desk.close("2027-09", "fredag 8 oktober 2027", OKTOBER_8) == []
    desk.close("2027-09", "torsdag 7 oktober 2027", OKTOBER_8)
    assert len(desk.session.scalars(select(Closing)).all()) == 1
    assert desk.frist(SEPTEMBER) == "torsdag 14 oktober 2027 kl. 16.00"


@pytest.mark.parametrize(
    ("period", "closed_on", "words"),
    [
        ("2027-09", "torsdag 30 september 2027", "Perioden slutar torsdag 30 september 2027 och kan inte vara stängd"),
        ("2027-09", "måndag 11 oktober 2027", "har inte varit än"),
        ("2027-07", "fredag 6 augusti 2027", "Ingen rapport i årshjulet avser juli 2027"),
        ("2027-13", "fredag 8 oktober 2027", "2027-13"),
    ],
)
def test_a_closing_that_cannot_be_is_refused(desk, period, closed_on, words):
    with pytest.raises(RefusedError, match=words):
        desk.close(period, closed_on, OKTOBER_8)


@pytest.mark.parametrize(
    ("decided_on", "words"),
    [
        ("fredag 29 oktober 2027", "i tid enligt lagen (KL 11 kap. 16 §"),
        ("måndag 1 november 2027", "i tid enligt lagen (KL 11 kap. 16 §"),  # 31 oktober is a Sunday
        ("tisdag 2 november 2027", "1 dag efter sista dag enligt lag, måndag 1 november 2027 (KL 11 kap. 16 §"),
    ],
)
def test_a_decision_says_how_it_stands_to_the_laws_day(desk, decided_on, words):
    said = desk.decide(OVERLAMNANDE, decided_on, instant("onsdag 10 november 2027 kl. 09.00"))
    assert words in said
    on = f"den {decided_on.partition(' ')[2]}"
    assert said.startswith(f"KS överlämnar delårsrapporten till KF och revisorerna: överlämnades {on}, ")


def test_a_decision_that_no_law_dates_says_only_what_was_decided(desk):
    key = "strandby/delarsrapport/2027-08/kommunen/ksau"
    said = desk.decide(key, "tisdag 5 oktober 2027", instant("onsdag 6 oktober 2027 kl. 09.00"), outcome="godkänns")
    assert said == "KSAU får preliminära siffror: godkändes den 5 oktober 2027."


def test_the_newest_decision_of_a_moment_counts_and_both_stand_in_the_log(desk):
    now = instant("onsdag 10 november 2027 kl. 09.00")
    desk.decide(OVERLAMNANDE, "fredag 29 oktober 2027", now, paragraf="§ 1")
    desk.decide(OVERLAMNANDE, "torsdag 28 oktober 2027", now, paragraf="§ 2")
    assert decisions(desk.session, [OVERLAMNANDE])[OVERLAMNANDE].paragraf == "§ 2"
    assert desk.logged() == [(WHO, "decision.recorded", OVERLAMNANDE)] * 2


def test_a_decision_ahead_of_its_day_or_of_no_moment_is_refused(desk):
    with pytest.raises(RefusedError, match="har inte varit än"):
        desk.decide(OVERLAMNANDE, "fredag 29 oktober 2027", NOW)
    with pytest.raises(RefusedError, match=f"menade du '{OVERLAMNANDE}'"):
        desk.decide(OVERLAMNANDE + "t", "torsdag 9 september 2027", NOW)


def test_a_moved_meeting_takes_what_hangs_on_it_along(desk):
    # the nämnd's decision is due 5 working days after its meeting, torsdag 23 september
    assert desk.frist(BIN_PROTOKOLL) == "torsdag 30 september 2027 kl. 16.00"
    moved = desk.meeting("bildningsnamnden", date(2027, 9, 23), date(2027, 9, 28))
    assert [(each.key, instant_text(each.after)) for each in moved] == [
        (BIN_PROTOKOLL, "tisdag 5 oktober 2027 kl. 16.00")
    ]
    assert (WHO, "meeting.changed", "bildningsnamnden") in desk.logged()


def test_a_moved_meeting_keeps_its_clock_time_unless_it_gets_another(desk):
    desk.meeting("ksau", KSAU_5_OKTOBER, date(2027, 10, 12))
    assert desk.one(BIN_UNDERLAG).treated.clock == time(8, 30)
    desk.meeting("ksau", date(2027, 10, 12), date(2027, 10, 13), time(13, 0))
    assert instant_text(desk.one(BIN_UNDERLAG).treated.at) == "onsdag 13 oktober 2027 kl. 13.00"


def test_an_extra_meeting_that_comes_first_is_the_one_that_treats_the_report(desk):
    desk.meeting("ksau", None, date(2027, 10, 1), time(8, 30))
    assert day_text(desk.one(BIN_UNDERLAG).treated.day) == "fredag 1 oktober 2027"


def test_an_extra_meeting_wakes_those_whose_report_it_treats(desk):
    asleep = instant("fredag 31 december 2027 kl. 10.00")
    for row in desk.session.scalars(select(ObligationRow)):
        row.wake_at = asleep
    desk.meeting("ksau", None, date(2027, 10, 1), time(8, 30))  # a Friday, before the one of tisdag 5 oktober
    awake = {row.key for row in desk.session.scalars(select(ObligationRow).where(ObligationRow.wake_at == NOW))}
    assert {BIN_UNDERLAG, OMN_UNDERLAG} <= awake


def test_a_cancelled_meeting_leaves_the_next_one(desk):
    september = "strandby/manadsrapport/2027-09/omsorgsnamnden/underlag"
    assert day_text(desk.one(september).treated.day) == "tisdag 2 november 2027"
    desk.meeting("ksau", date(2027, 11, 2), None)
    assert day_text(desk.one(september).treated.day) == "tisdag 7 december 2027"


def test_a_report_whose_only_meeting_is_cancelled_waits_for_a_new_day_and_nothing_else_stops(desk):
    desk.meeting("ksau", KSAU_5_OKTOBER, None)
    moments = {each.key: each for each in desk.wheel().milestones}
    ksau = moments["strandby/delarsrapport/2027-08/kommunen/ksau"]
    assert (ksau.status, day_text(ksau.at.date())) == ("ej beslutad", "söndag 31 oktober 2027")
    assert moments["strandby/delarsrapport/2027-08/kommunen/ks"].status == "beslutad"
    desk.meeting("ksau", None, date(2027, 10, 12))
    moments = {each.key: each for each in desk.wheel().milestones}
    ksau = moments["strandby/delarsrapport/2027-08/kommunen/ksau"]
    assert (ksau.status, day_text(ksau.at.date())) == ("beslutad", "tisdag 12 oktober 2027")


def test_an_anstand_for_the_anvisningar_ends_before_the_first_letters_go(desk):
    """The first letters of the delårsrapport go on Friday 10 September 2027."""
    anvisning, now = (
        "strandby/delarsrapport/2027-08/kommunstyrelsen/anvisning",
        instant("måndag 14 juni 2027 kl. 09.00"),
    )
    with pytest.raises(RefusedError, match="behövs före fredag 10 september 2027"):
        desk.anstand(anvisning, "fredag 10 september 2027", now=now)
    assert desk.anstand(anvisning, "torsdag 9 september 2027", now=now)


def test_a_decision_before_the_periods_end_is_refused(desk):
    with pytest.raises(RefusedError, match="ligger före periodens slut, tisdag 31 augusti 2027"):
        desk.decide(OVERLAMNANDE, "tisdag 1 januari 2019", instant("fredag 29 oktober 2027 kl. 10.00"))


def test_what_was_tabled_stays_open(desk):
    now = instant("onsdag 20 oktober 2027 kl. 10.00")
    words = desk.decide(OVERLAMNANDE, "tisdag 19 oktober 2027", now, outcome="bordläggs")
    assert "i tid" not in words
    assert decisions(desk.session, [OVERLAMNANDE]) == {}
    desk.decide(OVERLAMNANDE, "onsdag 20 oktober 2027", now)
    assert list(decisions(desk.session, [OVERLAMNANDE])) == [OVERLAMNANDE]


@pytest.mark.parametrize(
    ("body", "original", "words"),
    [
        ("ksao", KSAU_5_OKTOBER, "okänt organ 'ksao', menade du 'ksau'"),
        ("ksau", date(2027, 10, 6), "har inget möte onsdag 6 oktober 2027, menade du '2027-10-0"),
        ("ksau", None, "Ange vilken dag mötet var"),
    ],
)
def test_a_change_to_no_meeting_is_refused(desk, body, original, words):
    with pytest.raises(RefusedError, match=words):
        desk.meeting(body, original, None)


def test_a_meeting_moved_twice_over_is_refused_the_second_time(desk):
    desk.meeting("ksau", KSAU_5_OKTOBER, date(2027, 10, 12))
    with pytest.raises(RefusedError, match="har inget möte tisdag 5 oktober 2027"):
        desk.meeting("ksau", KSAU_5_OKTOBER, date(2027, 10, 12))


def test_a_meeting_is_not_moved_to_another_year(desk):
    with pytest.raises(RefusedError, match="Mötet måste flyttas inom samma år"):
        desk.meeting("ksau", KSAU_5_OKTOBER, date(2028, 1, 11))


def test_vila_rests_at_most_until_the_frist(desk):
    rest(act(desk.session, NOW, WHO, WHY, sourced=strandby()), BIN_UNDERLAG, date(2027, 9, 21))
    assert quiet_until(desk.session, [BIN_UNDERLAG])["vila"] == {BIN_UNDERLAG: date(2027, 9, 21)}
    with pytest.raises(RefusedError, match="Breven kan vila längst till fristen, tisdag 21 september 2027"):
        rest(act(desk.session, NOW, WHO, WHY, sourced=strandby()), BIN_UNDERLAG, date(2027, 9, 22))
    with pytest.raises(RefusedError, match="har redan varit"):
        rest(act(desk.session, NOW, WHO, WHY, sourced=strandby()), BIN_UNDERLAG, date(2027, 9, 9))


def test_an_escalation_is_held_ten_working_days_at_most_and_can_be_held_again(desk):
    def hold(until: str) -> None:
        hold_escalation(act(desk.session, NOW, WHO, WHY, sourced=strandby()), BIN_UNDERLAG, day(until))

    hold("onsdag 15 september 2027")
    hold("fredag 24 september 2027")
    assert quiet_until(desk.session, [BIN_UNDERLAG])["håll"] == {BIN_UNDERLAG: date(2027, 9, 24)}
    with pytest.raises(RefusedError, match="från i dag till fredag 24 september 2027"):
        hold("måndag 27 september 2027")


def test_what_has_gone_to_ksau_cannot_be_held(desk):
    raise_matter(desk.session, desk.one(BIN_UNDERLAG), None, NOW)
    with pytest.raises(RefusedError, match="har redan väckts"):
        hold_escalation(act(desk.session, NOW, WHO, WHY, sourced=strandby()), BIN_UNDERLAG, date(2027, 9, 15))


def test_a_tidplan_is_fastst_from_a_day_that_has_been(desk):
    with pytest.raises(RefusedError, match="har inte varit än"):
        fix_tidplan(act(desk.session, NOW, WHO, sourced=strandby()), 2029, date(2027, 9, 11), None)
    fix_tidplan(act(desk.session, NOW, WHO, sourced=strandby()), 2029, date(2027, 9, 10), "§ 12")
    assert desk.logged() == [(WHO, "tidplan.fixed", "2029")]
    later = desk.wheel(instant("måndag 5 februari 2029 kl. 09.00")).obligations
    assert later["strandby/manadsrapport/2029-02/omsorgsnamnden/underlag"].deadline.status == "beslutad"


def test_an_obligation_from_before_we_began_can_be_opened(desk):
    with pytest.raises(RefusedError, match="Skriv varför"):
        open_obligation(act(desk.session, NOW, WHO, sourced=strandby()), BIN_UNDERLAG)
    open_obligation(act(desk.session, NOW, WHO, WHY, sourced=strandby()), BIN_UNDERLAG)
    row = desk.session.get(ObligationRow, BIN_UNDERLAG)
    assert (row.opened, row.wake_at) == (True, NOW)

"""The chain KSAU, KS, KF and the revisorer: the order of its days, the law's own, and where a report lands."""

from functools import cache

import pytest

from arshjul.bodies.chain import after, before, handing_over, held_against_law, landing, next_body
from arshjul.bodies.outcomes import outcomes_of, stated_outcome
from arshjul.errors import RefusedError
from arshjul.keys import OccurrenceKey
from arshjul.swedish import day_text
from arshjul.year.days.meetings import ChangedMeeting
from arshjul.year.turning import Recorded, turn
from arshjul.year.wheel import Milestone, Wheel
from tests.rig.hedemora import hedemora
from tests.rig.swedish_words import day


@cache
def wheel(*changes: ChangedMeeting) -> Wheel:
    return turn(hedemora().definition, [2026, 2027], Recorded(meetings=changes), strict=False)


def moment(name: str, *changes: ChangedMeeting) -> Milestone:
    step, period, last = name.split()
    found = wheel(*changes).occurrence(OccurrenceKey.of(step, period)).milestones
    return next(each for each in found if each.milestone == last and each.body and each.unit is None)


@pytest.mark.parametrize(
    ("name", "decided_on", "words"),
    [
        # two months from 31 August end on Sunday 31 October, so Monday 1 November is in time
        ("delarsrapport 2027-08 overlamnande", "måndag 1 november 2027", "i tid enligt lagen (KL 11 kap. 16 §)"),
        ("delarsrapport 2027-08 overlamnande", "tisdag 2 november 2027", "1 dag efter sista dag enligt lag, måndag 1 november 2027 (KL 11 kap. 16 §)"),
        ("arsredovisning 2026 overlamnande", "torsdag 15 april 2027", "i tid enligt lagen (KL 11 kap. 20 §)"),
        ("arsredovisning 2026 overlamnande", "tisdag 20 april 2027", "5 dagar efter sista dag enligt lag, torsdag 15 april 2027 (KL 11 kap. 20 §)"),
        ("arsredovisning 2026 ansvarsfrihet", "onsdag 30 juni 2027", "i tid enligt lagen (KL 5 kap. 24 §)"),
        ("arsredovisning 2026 ansvarsfrihet", "torsdag 1 juli 2027", "1 dag efter sista dag enligt lag, onsdag 30 juni 2027 (KL 5 kap. 24 §)"),
    ],
)  # fmt: skip
def test_a_recorded_day_is_held_against_the_laws_and_late_ones_are_counted(name, decided_on, words):
    assert held_against_law(moment(name), day(decided_on)).words == words


def test_a_moment_that_no_law_dates_is_held_against_none():
    assert held_against_law(moment("delarsrapport 2027-08 kf"), day("tisdag 23 november 2027")) is None


@pytest.mark.parametrize(
    ("name", "first"),
    [
        ("delarsrapport 2027-08 ksau", []),
        ("delarsrapport 2027-08 ks", ["ksau"]),
        ("delarsrapport 2027-08 kf", ["ksau", "ks", "overlamnande"]),
        ("arsredovisning 2026 ansvarsfrihet", ["ksau", "ks", "overlamnande", "kf"]),
    ],
)
def test_what_a_body_must_follow_is_the_plans_order_and_the_laws(name, first):
    one = moment(name)
    every = wheel().occurrence(one.occurrence)
    assert [each.milestone for each, _ in before(every, one)] == first


def test_kf_follows_the_handing_over_by_law_also_where_its_meeting_is_planned_earlier():
    # an extra meeting of KF on Tuesday 2 November 2027, which the moment of November takes: still after 29 October;
    # on a day before it the pair of the law decides, not the plan
    extra = ChangedMeeting(body="kf", original=day("tisdag 23 november 2027"), day=day("måndag 1 november 2027"))
    kf, handed = moment("delarsrapport 2027-08 kf", extra), moment("delarsrapport 2027-08 overlamnande", extra)
    every = wheel(extra).occurrence(OccurrenceKey.of("delarsrapport", "2027-08"))
    assert ("overlamnande", "KL 11 kap. 16 §") in [(each.milestone, law) for each, law in before(every, kf)]
    assert [(each.milestone, law) for each, law in after(every, handed)] == [("kf", "KL 11 kap. 16 §")]
    assert "kf" not in [each.milestone for each, _ in before(every, handed)]


@pytest.mark.parametrize(
    ("name", "to", "decided_on", "own", "meeting"),
    [
        # KSAU Tuesday 5 October; KS's agenda for the 19th closes Friday 8 October
        ("delarsrapport 2027-08 ksau", "ks", "tisdag 5 oktober 2027", "ks", "tisdag 19 oktober 2027"),
        ("delarsrapport 2027-08 ksau", "ks", "fredag 8 oktober 2027", "ks", "tisdag 19 oktober 2027"),
        ("delarsrapport 2027-08 ksau", "ks", "lördag 9 oktober 2027", "ks", "tisdag 16 november 2027"),
        # its own moment is in November
        ("delarsrapport 2027-08 ks", "kf", "tisdag 19 oktober 2027", "kf", "tisdag 23 november 2027"),
        ("arsredovisning 2026 overlamnande", "kf", "tisdag 16 mars 2027", "kf", "tisdag 27 april 2027"),
        # KF has no moment for a månadsrapport: the next meeting whose agenda is open, closing the same day
        ("manadsrapport 2027-02 ks", "kf", "tisdag 20 april 2027", None, "tisdag 27 april 2027"),
        ("manadsrapport 2027-02 ks", "kf", "onsdag 21 april 2027", None, "tisdag 25 maj 2027"),
    ],
)  # fmt: skip
def test_what_is_handed_on_lands_at_the_bodys_own_moment_or_the_next_open_agenda(name, to, decided_on, own, meeting):
    found = landing(wheel(), moment(name), to, day(decided_on))
    assert (found.moment.milestone if found.moment else None, day_text(found.meeting.day)) == (own, meeting)


def test_to_kf_is_by_law_to_the_revisorer_too_where_the_report_has_such_a_moment():
    ks = moment("delarsrapport 2027-08 ks")
    assert handing_over(wheel(), ks, "kf").milestone == "overlamnande"
    assert handing_over(wheel(), ks, "ksau") is None
    assert handing_over(wheel(), moment("manadsrapport 2027-02 ks"), "kf") is None


def test_each_body_knows_the_next():
    names = ("ksau", "ks", "overlamnande", "kf")
    assert [next_body(wheel(), moment(f"delarsrapport 2027-08 {each}")) for each in names] == ["ks", "kf", "kf", None]


def test_the_laws_own_word_for_a_decision_stands_first():
    assert outcomes_of(moment("delarsrapport 2027-08 kf"))[0] == "behandlas"
    assert outcomes_of(moment("arsredovisning 2026 kf"))[:2] == ("godkänns", "godkänns inte")
    assert outcomes_of(moment("arsredovisning 2026 ansvarsfrihet"))[:2] == ("beviljas", "vägras")
    assert outcomes_of(moment("delarsrapport 2027-08 overlamnande")) == ("överlämnas", "återremitteras", "bordläggs")


@pytest.mark.parametrize(
    ("key", "read", "becomes"),
    [
        ("arsredovisning 2026 ansvarsfrihet", "Beviljas ", "beviljas"),
        ("arsredovisning 2026 kf", "godkänns inte", "godkänns inte"),
        ("delarsrapport 2027-08 kf", "bordläggs", "bordläggs"),
        ("delarsrapport 2027-08 ksau", "föreslår", "föreslår"),
        ("delarsrapport 2027-08 ksau", "noteras", "noteras"),
        ("delarsrapport 2027-08 overlamnande", "överlämnas", "överlämnas"),
    ],
)
def test_a_decision_is_recorded_in_the_words_there_are(key, read, becomes):
    assert stated_outcome(read, outcomes_of(moment(key), prepares="ksau" in key), "Momentet") == becomes


@pytest.mark.parametrize(
    ("key", "read", "told"),
    [
        ("arsredovisning 2026 ansvarsfrihet", "godkänns", "Det kan bli beviljas, vägras, återremitteras"),
        (
            "delarsrapport 2027-08 ksau",
            "fastställs",
            "Det kan bli godkänns, läggs till handlingarna, noteras, föreslår",
        ),
        ("delarsrapport 2027-08 overlamnande", "godkänns", "Det kan bli överlämnas, återremitteras eller bordläggs."),
        ("delarsrapport 2027-08 kf", "", "skriv vad beslutet blev"),
    ],
)
def test_a_word_that_the_body_cannot_decide_is_refused_with_those_that_it_can(key, read, told):
    with pytest.raises(RefusedError, match=told):
        stated_outcome(read, outcomes_of(moment(key), prepares="ksau" in key), "Momentet")

"""When a body's readers are told what lies before it: after the agenda's closing, or on the law's own day."""

from functools import cache

import pytest

from arshjul.bodies.overlamnande import HandOver, hand_overs, meeting_of
from arshjul.swedish import instant_text
from arshjul.year.days.meetings import ChangedMeeting
from arshjul.year.turning import Recorded, turn
from tests.rig.hedemora import hedemora
from tests.rig.swedish_words import day


@cache
def words(*changes: ChangedMeeting) -> dict[str, HandOver]:
    """Return the words of 2026's årsredovisning and of the reports of 2027, by body, report and moments."""
    wheel = turn(hedemora().definition, [2026, 2027], Recorded(meetings=changes), strict=False)
    return {_name(one): one for one in hand_overs(wheel)}


def _name(one: HandOver) -> str:
    first = one.moments[0]
    what = "+".join(each.milestone for each in one.moments)
    return f"{first.step} {first.period.key} {what}{'' if one.meeting else ' på dagen'}"


@pytest.mark.parametrize(
    ("name", "at", "until"),
    [
        # KSAU: four working days before the meeting at 12; KS: seven
        ("delarsrapport 2027-08 ksau", "onsdag 29 september 2027 kl. 12.00", "tisdag 5 oktober 2027 kl. 08.30"),
        ("delarsrapport 2027-08 ks+overlamnande", "fredag 8 oktober 2027 kl. 12.00", "tisdag 19 oktober 2027 kl. 13.30"),
        # KF: seven days before at 15, when KS has met
        ("delarsrapport 2027-08 kf", "tisdag 16 november 2027 kl. 15.00", "tisdag 23 november 2027 kl. 18.00"),
        # Good Friday is 26 March 2027, annandag påsk the 29th
        ("manadsrapport 2027-02 ksau", "onsdag 31 mars 2027 kl. 12.00", "tisdag 6 april 2027 kl. 08.30"),
        # the law's handing over: on the planned day, and worth saying until the law's own day has ended
        ("delarsrapport 2027-08 overlamnande på dagen", "fredag 29 oktober 2027 kl. 07.00", "tisdag 2 november 2027 kl. 00.00"),
        ("arsredovisning 2026 overlamnande på dagen", "torsdag 15 april 2027 kl. 07.00", "fredag 16 april 2027 kl. 00.00"),
        # 15 April 2028 is påskafton: planned for Thursday the 13th, lawful until Tuesday the 18th
        ("arsredovisning 2027 overlamnande på dagen", "torsdag 13 april 2028 kl. 07.00", "onsdag 19 april 2028 kl. 00.00"),
    ],
)  # fmt: skip
def test_a_word_goes_when_the_agenda_has_closed_or_on_the_laws_planned_day(name, at, until):
    assert (instant_text(words()[name].at), instant_text(words()[name].until)) == (at, until)


def test_what_is_handed_over_between_meetings_stands_at_the_meeting_before_it():
    at_ks = words()["delarsrapport 2027-08 ks+overlamnande"]
    assert [each.lawful_until for each in at_ks.moments] == [None, day("måndag 1 november 2027")]
    wheel = turn(hedemora().definition, [2027])
    # fredag 29 oktober: KS meets tisdag 19 oktober, and then not before tisdag 16 november
    assert meeting_of(wheel, at_ks.moments[1]).day == day("tisdag 19 oktober 2027")


def test_the_word_follows_a_meeting_that_is_moved_and_one_without_a_day_gives_none():
    moved = ChangedMeeting(body="ksau", original=day("tisdag 5 oktober 2027"), day=day("tisdag 12 oktober 2027"))
    at = words(moved)["delarsrapport 2027-08 ksau"].at
    assert instant_text(at) == "onsdag 6 oktober 2027 kl. 12.00"
    cancelled = ChangedMeeting(body="ksau", original=day("tisdag 5 oktober 2027"), day=None)
    assert "delarsrapport 2027-08 ksau" not in words(cancelled)


def test_namndernas_own_moments_and_the_budget_that_no_flow_follows_give_none():
    assert not [name for name in words() if "namnd" in name or "budget" in name]

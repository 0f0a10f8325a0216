"""A time line tells only the letters that will go: no reminder for one who is done, no first letter after it went."""

from datetime import date

from actions.scene import Scene
from arshjul.keys import ObligationKey
from arshjul.swedish import day_text, local_date
from portal.underlag.timeline_view import timeline_of
from tests.rig.rounds import House, house_after
from tests.rig.swedish_words import instant

UNDERLAG = ObligationKey("strandby/delarsrapport/2027-08/bildningsnamnden/underlag")  # frist tisdag 21 september
PROTOKOLL = ObligationKey("strandby/delarsrapport/2027-08/bildningsnamnden/protokoll")


def coming(town: House, when: str, key: ObligationKey = UNDERLAG) -> list[str]:
    """The letters that are told as to come, each with its day."""
    with town.store.read() as session:
        scene = Scene(session, town.office, instant(when))
        one = scene.wheel.obligations[key]
        shown = timeline_of(scene, scene.wheel.occurrence(one.occurrence), one)
        names = {each.name for each in one.ladder.rungs}
        events = [event for _, mine in shown.units for event in mine]
        return [f"{each.what} {day_text(local_date(each.at))}" for each in events if each.ahead and each.what in names]


def town() -> House:
    return house_after("fredag 10 september 2027 kl. 07.00", steps=("delarsrapport",))


def test_after_the_first_letter_only_what_follows_it_is_told():
    before = coming(house_after(steps=("delarsrapport",)), "torsdag 9 september 2027 kl. 09.00")
    after = coming(town(), "fredag 10 september 2027 kl. 09.00")
    assert len(before) == len(after) + 1
    assert before[1:] == after
    assert after[0].endswith("tisdag 14 september 2027")


def test_one_who_is_done_has_no_reminder_ahead():
    here = town()
    here.hand_in(UNDERLAG, "måndag 13 september 2027 kl. 10.00")
    assert coming(here, "måndag 13 september 2027 kl. 10.01") == []


def test_a_frist_that_moves_brings_no_first_letter_again():
    here = town()
    here.anstand(UNDERLAG, date(2027, 9, 24), "måndag 13 september 2027 kl. 10.00")
    told = coming(here, "måndag 13 september 2027 kl. 10.01")
    assert told[0].endswith("fredag 17 september 2027")  # five working days before the new frist
    assert not [each for each in told if each.startswith("första brevet")]


def test_what_is_late_counts_from_what_was_taken_and_not_from_the_frist():
    here = town()
    here.morning("måndag 27 september 2027")  # the late word, three working days behind
    told = coming(here, "måndag 27 september 2027 kl. 09.00")
    assert [each[-len("28 september 2027") :] for each in told[:1]] == ["28 september 2027"]
    assert told[-1].endswith("fredag 1 oktober 2027")  # KSAU, four working days after that


def test_while_utskick_is_av_no_letter_is_told():
    assert coming(house_after(steps=("delarsrapport",), utskick="av"), "torsdag 9 september 2027 kl. 09.00") == []


def test_what_went_in_skugga_is_said_to_have_reached_the_ekonomikontor_alone():
    key = ObligationKey("strandby/delarsrapport/2027-08/omsorgsnamnden/underlag")

    def told(utskick: str) -> list[str]:
        here = house_after("fredag 10 september 2027 kl. 07.00", steps=("delarsrapport",), utskick=utskick)
        with here.store.read() as session:
            scene = Scene(session, here.office, instant("fredag 10 september 2027 kl. 09.00"))
            one = scene.wheel.obligations[key]
            shown = timeline_of(scene, scene.wheel.occurrence(one.occurrence), one)
        return [each.text for _, mine in shown.units for each in mine if each.what.startswith("Brev:")]

    assert told("skugga") == ["Skugga: det gick bara till ekonomikontoret."]
    assert told("skarpt") == [""]

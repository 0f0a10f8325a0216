"""What is late after an agenda closed and before its meeting is brought to it as an extra ärende, where the body takes one."""

from dataclasses import replace
from datetime import date

from actions.papers.before_body import meeting_in_time
from actions.scene import Scene
from arshjul.keys import BodyId
from store.tables import Matter
from tests.rig.climbing import SECRETARY, paper
from tests.rig.rounds import House, body, house_after
from tests.rig.swedish_words import instant

UNDERLAG = "strandby/delarsrapport/2027-08/bildningsnamnden/underlag"  # frist tisdag 21 september


def late_climb(town: House) -> None:
    """The ladder begins two days late: KSAU's rung is on torsdag 30 september, the day after the agenda closed."""
    for day in ("fredag 24", "måndag 27", "tisdag 28", "onsdag 29"):
        town.morning(f"{day} september 2027")
    for day in ("torsdag 30 september", "fredag 1 oktober"):
        town.morning(f"{day} 2027")


def without_extra(town: House) -> House:
    definition = town.office.definition
    ksau = definition.bodies[BodyId("ksau")].model_copy(update={"extra": None})
    changed = definition.model_copy(update={"bodies": {**definition.bodies, BodyId("ksau"): ksau}})

    town.office = replace(town.office, sourced=replace(town.office.sourced, definition=changed))
    return town


def letters(town: House) -> list[str]:
    return [body(mail) for mail in town.to(SECRETARY) if "underlag saknas" in str(mail["Subject"])]


def test_it_is_brought_to_the_meeting_that_treats_the_report_and_says_so():
    town = house_after(steps=("delarsrapport",))
    late_climb(town)
    rows = [row for row in town.rows(Matter) if row.obligation_key == UNDERLAG]
    assert [str(row.meeting_day) for row in rows] == ["2027-10-05"]
    (words, *_) = letters(town)
    assert "Stängde onsdag 29 september 2027 kl. 12.00. Tas upp som extra ärende" in words
    assert "lägger fram ärendet som extra ärende på mötet" in words
    assert "Ingen dagordning är öppen i tid" not in words


def test_a_meeting_that_moves_to_where_the_agenda_has_closed_leaves_an_extra_matter_and_says_so():
    town = house_after(steps=("delarsrapport",))
    for day in ("onsdag 22", "torsdag 23", "fredag 24", "måndag 27", "tisdag 28"):
        town.morning(f"{day} september 2027")
    town.meeting("ksau", date(2027, 10, 5), date(2027, 10, 6), "torsdag 30 september 2027 kl. 13.00")
    town.round("torsdag 30 september 2027 kl. 13.01")
    (words, *_) = [body(mail) for mail in town.to(SECRETARY) if str(mail["Subject"]).startswith("Ärendet flyttas")]
    assert "går i stället till onsdag 6 oktober 2027" in words
    assert "Dagordningen stängde torsdag 30 september 2027 kl. 12.00. Ärendet lämnas därför som extra ärende" in words
    assert "Dagordningen stänger" not in words


def test_what_comes_in_then_is_a_komplettering_and_no_withdrawal():
    town = house_after(steps=("delarsrapport",))
    late_climb(town)
    town.hand_in(UNDERLAG, "måndag 4 oktober 2027 kl. 09.00")
    town.round("måndag 4 oktober 2027 kl. 09.01")
    assert {row.obligation_key: row.state for row in town.rows(Matter)}[UNDERLAG] == "kompletterat"


def test_where_the_body_takes_none_it_goes_to_the_chair_as_before():
    town = without_extra(house_after(steps=("delarsrapport",)))
    late_climb(town)
    assert {row.meeting_day for row in town.rows(Matter)} == {None}
    (words, *_) = letters(town)
    assert "Ingen dagordning är öppen i tid" in words


def test_after_the_last_hour_for_extra_arenden_none_is_taken():
    town = house_after(steps=("delarsrapport",))
    with town.store.read() as session:
        for when, day in (
            ("måndag 4 oktober 2027 kl. 12.00", "2027-10-05"),
            ("måndag 4 oktober 2027 kl. 12.01", "None"),
        ):
            scene = Scene(session, town.office, instant(when))
            meeting = meeting_in_time(scene, scene.wheel.obligations[UNDERLAG], BodyId("ksau"))
            assert str(meeting.day if meeting else None) == day


def test_later_letters_of_a_matter_that_was_moved_to_be_an_extra_one_say_so_too():
    town = house_after(steps=("delarsrapport",))
    for day in ("onsdag 22", "torsdag 23", "fredag 24", "måndag 27", "tisdag 28"):
        town.morning(f"{day} september 2027")
    town.meeting("ksau", date(2027, 10, 5), date(2027, 10, 6), "torsdag 30 september 2027 kl. 13.00")
    town.round("torsdag 30 september 2027 kl. 13.01")
    before = len(town.to(SECRETARY))
    town.hand_in(UNDERLAG, "fredag 1 oktober 2027 kl. 09.00")  # one of several: the others get a new paper
    town.round("fredag 1 oktober 2027 kl. 09.01")
    (mail,) = town.to(SECRETARY)[before:]
    assert "Dagordningen stängde torsdag 30 september 2027 kl. 12.00. Ärendet lämnas därför som extra ärende" in paper(
        mail
    )

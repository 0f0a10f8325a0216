"""After KSAU, and what a frist that moves to and fro is told; a matter ends by the hour at which things came in."""

import asyncio
from datetime import date

from actions.ladder.daily import write_daily
from actions.moved import hear_of_move
from actions.people.seating import name_deputy
from actions.plan.frister import confirm_earlier
from actions.scene import Scene
from notifications.post.outbox import empty
from store.people.seats import replace_holder
from store.plan.recorded import give_time
from store.plan.waking import wake_all
from store.post.notices import MOVED, queue
from store.tables import Matter, ObligationRow
from submissions.files.parts import Upload
from submissions.intake.receive import receive
from tests.rig.acts import act
from tests.rig.climbing import AFTER, CHIEF_OF, LATE, SECRETARY, afterwards, month
from tests.rig.handins import PDF
from tests.rig.rounds import House, attached, body, house, house_after, only
from tests.rig.swedish_words import instant


def at_ksau() -> House:
    """The månadsrapport for September before KSAU of tisdag 2 november, whose agenda closes onsdag 27 oktober."""
    return month(*AFTER)


def test_when_the_proposed_day_has_passed_the_ekonomikontoret_and_the_secretary_are_told_once():
    town = at_ksau()
    town.morning("onsdag 3 november 2027")  # the day that the proposal asks for
    assert afterwards(town, "ekonomikontoret") == []
    for day in ("torsdag 4", "fredag 5", "måndag 8"):
        town.morning(f"{day} november 2027")
    (office,), (secretary,) = afterwards(town, "ekonomikontoret"), afterwards(town, SECRETARY)
    for words in (office, secretary):
        assert "senast onsdag 3 november 2027" in words
        assert "Bildningsnämnden, underlag till månadsrapporten" in words
        assert f"{CHIEF_OF}@example.se" in words
        assert "utan att allt har kommit in" in words  # some of it may have
    subjects = {str(mail["Subject"])[:32] for mail in town.mails() if "efter KSAU" in str(mail["Subject"])}
    assert subjects == {"Saknas efter KSAU: månadsrapport"}
    assert "Ring den som ska lämna in" in office
    assert "Ge anstånd" not in office  # its last day is long gone: it would be refused
    assert "Ta upp ärendet igen på nästa möte" in secretary
    assert afterwards(town, "ksau.ordforande") == []


def test_what_came_in_is_not_missed_afterwards():
    town = at_ksau()
    town.hand_in(LATE, "onsdag 3 november 2027 kl. 15.00")
    town.morning("torsdag 4 november 2027")
    (office,) = afterwards(town, "ekonomikontoret")
    assert "Bildningsnämnden" not in office
    assert "Omsorgsnämnden" in office


def test_the_proposed_day_follows_a_meeting_that_moves():
    town = at_ksau()
    town.meeting("ksau", date(2027, 11, 2), date(2027, 11, 9), "fredag 22 oktober 2027 kl. 10.00")
    town.morning("måndag 25 oktober 2027")
    town.morning("tisdag 26 oktober 2027")
    town.morning("torsdag 4 november 2027")
    assert afterwards(town, SECRETARY) == []
    town.morning("torsdag 11 november 2027")
    assert len(afterwards(town, SECRETARY)) == 1


def register(town: House, key: str, when: str, handed_over: str) -> None:
    with town.store.begin() as session:
        wheel = Scene(session, town.office, instant(when)).wheel
        for part in wheel.obligations[key].parts:
            receive(session, wheel, key, part.id, upload=Upload(filename="a.pdf", content=PDF), fields={}, by="chef",
                    via="registrerad", now=instant(when), handed_over_at=instant(handed_over), registered_by="ekonom")  # fmt: skip


def test_what_was_handed_over_before_the_agenda_closed_withdraws_the_matter_also_when_registered_later():
    town = at_ksau()
    register(town, LATE, "fredag 29 oktober 2027 kl. 09.00", "onsdag 27 oktober 2027 kl. 03.27")
    town.round("fredag 29 oktober 2027 kl. 09.01")
    assert {row.obligation_key: row.state for row in town.rows(Matter)}[LATE] == "återkallat"


def test_what_was_handed_over_after_the_agenda_closed_completes_the_matter():
    town = at_ksau()
    town.hand_in(LATE, "onsdag 27 oktober 2027 kl. 12.01")
    town.round("fredag 29 oktober 2027 kl. 09.01")
    assert {row.obligation_key: row.state for row in town.rows(Matter)}[LATE] == "kompletterat"


def test_a_frist_that_moves_away_and_back_is_told_each_time():
    town = house_after("fredag 10 september 2027 kl. 07.00", steps=("delarsrapport",))
    for until, when in ((date(2027, 9, 23), "måndag 13"), (date(2027, 9, 24), "onsdag 15")):
        town.anstand(LATER, until, f"{when} september 2027 kl. 10.00")
        town.round(f"{when} september 2027 kl. 10.01")
    with town.store.begin() as session:  # back to the day between, by the ekonomikontor's word
        now = instant("fredag 17 september 2027 kl. 09.00")
        give_time(
            session, town.office.definition, {LATER: instant("torsdag 23 september 2027 kl. 16.00")}, "rättat", "e", now
        )
        confirm_earlier(act(session, now, office=town.office), LATER)
    town.round("fredag 17 september 2027 kl. 09.01")
    town.round("fredag 17 september 2027 kl. 09.02")
    _, _, _, back = town.to(CHIEF_OF)
    assert "torsdag 23 september" in body(back)
    assert "fredag 24 september" in body(back)  # what it was before
    assert attached(back)


FRIST = instant("tisdag 21 september 2027 kl. 16.00")
LATER = "strandby/delarsrapport/2027-08/bildningsnamnden/underlag"


def test_a_frist_that_moved_is_told_to_the_one_who_came_and_not_to_the_one_who_left():
    town = house_after("fredag 10 september 2027 kl. 07.00", steps=("delarsrapport",))
    now = instant("måndag 13 september 2027 kl. 08.00")
    with town.store.begin() as session:
        replace_holder(
            session, "forvaltningschef", "bildningsnamnden", "Ny", "ny@example.se", date(2027, 9, 13), now, "x"
        )
        wake_all(session, now)
    town.anstand(LATER, date(2027, 9, 23), "måndag 13 september 2027 kl. 10.00")
    town.round("måndag 13 september 2027 kl. 10.01")
    (told,) = town.to("ny")
    assert "torsdag 23 september" in body(told)
    assert attached(told)
    assert len(town.to(CHIEF_OF)) == 1


def test_a_moved_frist_takes_no_reminders_place():
    town = house_after("fredag 10 september 2027 kl. 07.00", steps=("delarsrapport",))
    town.anstand(LATER, date(2027, 9, 22), "tisdag 21 september 2027 kl. 07.00")
    with town.store.begin() as session:  # the run of one moment wrote the word of the move ...
        scene = Scene(session, town.office, instant("tisdag 21 september 2027 kl. 07.00"))
        one = scene.wheel.obligations[LATER]
        rows = queue(session, milestone_key=one.milestone_key(MOVED), obligation_key=one.key, rung=MOVED,
                     due_at=one.deadline.at, recipients=hear_of_move(scene, one, scene.look([one.key]).told[one.key]), now=scene.now)  # fmt: skip
        letter = write_daily(scene.look([one.key]), rows[0].person_id, rows, None)
    assert letter is not None
    assert letter.daily_to is None
    asyncio.run(empty(town.store, town.post, lambda: scene.now, connections=1))
    town.round("tisdag 21 september 2027 kl. 07.05")  # ... before another run came to the day's reminder
    _, moved, reminder = town.to(CHIEF_OF)
    assert str(moved["Subject"]).startswith("Ny frist")
    assert "1 arbetsdag kvar" in body(reminder)


def test_after_three_anstand_the_first_letter_goes_on_the_day_that_the_last_one_gives_it():
    town, key = house(only("manadsrapport"), since=date(2026, 6, 1)), "strandby/manadsrapport/2026-05/bildningsnamnden/underlag"  # fmt: skip
    granted = [("måndag 1", date(2026, 6, 16)), ("måndag 8", date(2026, 6, 18)), ("onsdag 10", date(2026, 7, 20))]
    for day, until in granted:
        town.anstand(key, until, f"{day} juni 2026 kl. 10.00")
        town.round(f"{day} juni 2026 kl. 10.01")
    assert town.to(CHIEF_OF) == []
    (row,) = [row for row in town.rows(ObligationRow) if row.key == key]
    assert row.wake_at == instant("måndag 13 juli 2026 kl. 07.00")
    town.morning("måndag 13 juli 2026")
    (first,) = town.to(CHIEF_OF)
    assert "måndag 20 juli" in body(first)


def test_what_is_handed_in_with_another_is_late_a_moment_after_its_frist():
    town = house_after()
    town.round("tisdag 21 september 2027 kl. 16.00")  # the frist's own instant: still in time
    asleep = [row.key for row in town.rows(ObligationRow) if row.due_at == FRIST and not row.wake_at]
    assert asleep == []
    town.round("tisdag 21 september 2027 kl. 16.01")
    states = {row.key: row.state for row in town.rows(ObligationRow) if row.due_at == FRIST}
    assert set(states.values()) == {"Försenad"}
    assert any("/prognos/" in key for key in states)


def test_a_deputy_hears_of_what_is_owed_with_something_that_came_in():
    days = ("torsdag 23", "fredag 24", "måndag 27", "tisdag 28", "onsdag 29", "torsdag 30")
    town = house_after("tisdag 14 september 2027 kl. 07.00", "onsdag 22 september 2027 kl. 07.00")
    delarsrapport = next(
        row.key
        for row in town.rows(ObligationRow)
        if row.due_at == FRIST and "/delarsrapport/" in row.key and "/omsorgsnamnden/" in row.key
    )
    town.hand_in(delarsrapport, "onsdag 22 september 2027 kl. 10.00")  # and not the prognos that comes with it
    for day in days:
        town.morning(f"{day} september 2027")
    (row,) = [row for row in town.rows(ObligationRow) if row.key == delarsrapport]
    # the ladder is at its end, and asks nothing more until the day that KSAU's paper proposes has passed
    assert (row.state, row.wake_at) == ("Preliminär", instant("torsdag 7 oktober 2027 kl. 07.00"))
    with town.store.begin() as session:
        by = act(session, instant("torsdag 30 september 2027 kl. 11.00"), why="ledig", office=town.office)
        seat = ("forvaltningschef", "omsorgsnamnden")
        name_deputy(by, seat, "Ersättare Ek", "ersattare@example.se", date(2027, 10, 1), date(2027, 10, 8))
    town.morning("fredag 1 oktober 2027")
    (letter,) = town.to("ersattare")
    assert "Försenat: 2 av 2 inlämningar" in body(letter)  # the prognos, and the nämnd's decision

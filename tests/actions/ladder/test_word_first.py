"""Nobody meets the ladder without having had the word: who was told nothing is not told of, and the office gets the case."""

from dataclasses import replace
from datetime import date

import pytest
from sqlalchemy import select, update

from actions.ladder.notes import tell_undelivered
from actions.scene import Scene
from arshjul.ladder.due import Standing, due
from store.people.seats import replace_holder
from store.plan.waking import wake_all
from store.post.letter_states import BOUNCED, HANDED, REFUSED, WAITING
from store.post.notices import queue
from store.tables import LetterRow, Matter, NoticeRow, ObligationRow, Person
from tests.rig.climbing import AFTER, CHIEF_OF, LATE, cases, climb, month
from tests.rig.load import people_of
from tests.rig.rounds import House, body, go_live, name_of
from tests.rig.rungs import BIN, CHIEF, HOURS, WORKDAYS, rung_at
from tests.rig.swedish_words import instant

UP = ("ekonomichef", "kommundirektor", "ksau.sekreterare", "ksau.ordforande")


def about_bildning(town: House, *names: str) -> list[str]:
    return [str(mail["Subject"]) for name in names for mail in town.to(name) if "Bildningsnämnden" in body(mail)]


def test_nothing_goes_above_one_who_owes_and_has_had_no_word():
    standing = replace(CHIEF, taken={"sen": date(2027, 9, 22)}, unheard=("forvaltningschef",))
    answer = due(BIN, standing, WORKDAYS, HOURS, instant("torsdag 23 september 2027 kl. 07.00"))
    assert (answer.rung, answer.withheld and answer.withheld.id) == (None, "ekonomichef")
    assert answer.wake == instant("fredag 24 september 2027 kl. 07.00")


def test_the_word_is_told_anew_to_those_alone_whom_it_can_reach():
    standing = replace(CHIEF, taken={"sen": date(2027, 9, 22)}, unheard=("forvaltningschef", "hr-chef"))
    standing = replace(standing, reachable=("hr-chef",))
    answer = due(BIN, standing, WORKDAYS, HOURS, instant("torsdag 23 september 2027 kl. 07.00"))
    assert (answer.rung and answer.rung.id, answer.again) == ("sen", ("hr-chef",))


def test_a_rung_that_was_skipped_stays_skipped_when_its_holder_changes():
    taken = {"sen": date(2027, 9, 22), "kommundirektor": date(2027, 9, 24)}
    skipped = Standing(owing=("ekonomichef",), holders=CHIEF.holders, taken=taken)
    assert (
        rung_at(BIN, replace(skipped, owing=("forvaltningschef",)), "måndag 27 september 2027 kl. 07.00") == "sista-ord"
    )


def test_no_two_rungs_come_on_a_day_for_two_frister():
    standing = replace(CHIEF, spoken_on=date(2027, 9, 10))
    assert rung_at(BIN, standing, "fredag 10 september 2027 kl. 10.00") is None
    assert rung_at(BIN, standing, "måndag 13 september 2027 kl. 07.00") == "start"


def test_a_frist_wakes_also_the_one_who_thinks_at_its_very_instant():
    answer = due(BIN, CHIEF, WORKDAYS, HOURS, BIN.deadline.at)
    assert answer.wake is not None
    assert BIN.deadline.at < answer.wake < instant("tisdag 21 september 2027 kl. 16.01")


def test_one_whose_address_is_refused_is_not_taken_to_ksau_and_the_ekonomikontoret_gets_the_case_once():
    town = month()
    town.post.refused[f"{CHIEF_OF}@example.se"] = "550 5.1.1 Okänd mottagare"
    climb(town)
    assert about_bildning(town, *UP) == []
    assert LATE not in {row.obligation_key for row in town.rows(Matter)}
    assert town.to("ksau.sekreterare")  # the others, who were told, are there
    (case,) = cases(town)
    for said in (
        "Bildningsnämnden",
        f"{CHIEF_OF}@example.se",
        "550 5.1.1 Okänd mottagare",
        "frist torsdag 14 oktober 2027 kl. 16.00",
        "https://arshjul.example.se/personer",
    ):
        assert said in case


def test_the_ladder_goes_on_when_the_address_is_right_and_the_word_was_handed_over():
    town = month()
    town.post.refused[f"{CHIEF_OF}@example.se"] = "550 5.1.1 Okänd mottagare"
    climb(town, AFTER[:3])
    with town.store.begin() as session:
        session.execute(update(Person).where(Person.id == f"{CHIEF_OF}@example.se").values(address="chef@example.se"))
        wake_all(session, instant("tisdag 19 oktober 2027 kl. 09.00"))
    town.round("tisdag 19 oktober 2027 kl. 09.00")
    assert [str(mail["Subject"])[:9] for mail in town.to("chef")] == ["Försenat:"]
    assert about_bildning(town, *UP) == []  # not the same day
    town.morning("onsdag 20 oktober 2027")
    assert len(about_bildning(town, "ekonomichef")) == 1
    climb(town, ("torsdag 21", "fredag 22", "måndag 25"))
    assert len(about_bildning(town, "ksau.sekreterare")) == 1


def test_a_box_that_was_full_is_tried_again_after_five_working_days():
    town = month()
    town.post.refused[f"{CHIEF_OF}@example.se"] = "552 5.2.2 Brevlådan är full"
    climb(town)
    town.post.refused.clear()
    climb(town, ("fredag 22",))
    tried = [str(mail["Date"])[:11] for mail in town.to(CHIEF_OF)]  # the refused one is on the list too
    assert tried == ["Fri, 15 Oct", "Fri, 22 Oct"]
    assert {row.state for row in town.rows(LetterRow) if row.person_id == f"{CHIEF_OF}@example.se"} == {REFUSED, HANDED}


def test_the_five_working_days_count_from_the_refusal_however_long_the_letter_had_waited():
    town = month(*AFTER[:1])  # the word of Friday the 15th is written, and waits
    with town.store.begin() as session:
        letter = session.scalars(select(LetterRow).where(LetterRow.person_id == f"{CHIEF_OF}@example.se")).one()
        letter.state, letter.handed_at, letter.not_before = WAITING, None, instant("måndag 25 oktober 2027 kl. 09.00")
    town.post.refused[f"{CHIEF_OF}@example.se"] = "550 5.1.1 Okänd mottagare"
    town.round("måndag 25 oktober 2027 kl. 09.00")
    town.post.refused.clear()
    before = len(town.to(CHIEF_OF))
    for day in ("måndag 25 oktober 2027 kl. 09.05", "fredag 29 oktober 2027 kl. 09.00"):
        town.round(day)
    assert len(town.to(CHIEF_OF)) == before
    town.round("måndag 1 november 2027 kl. 09.00")
    assert len(town.to(CHIEF_OF)) == before + 1


def test_a_letter_that_came_back_is_no_word():
    town = month(*AFTER[:2])
    with town.store.begin() as session:
        session.execute(update(LetterRow).where(LetterRow.person_id == f"{CHIEF_OF}@example.se").values(state=BOUNCED))
    climb(town, AFTER[2:])
    assert about_bildning(town, "kommundirektor", "ksau.sekreterare") == []
    assert len(cases(town)) == 1


def test_a_reminder_of_before_the_frist_is_no_late_word():
    town = month("torsdag 14")
    assert len(town.to(CHIEF_OF)) == 1  # handed over: what comes after the frist is not
    town.post.refused[f"{CHIEF_OF}@example.se"] = "550 5.1.1 Okänd mottagare"
    climb(town)
    assert about_bildning(town, *UP) == []
    assert LATE not in {row.obligation_key for row in town.rows(Matter)}
    (case,) = cases(town)
    assert "Bildningsnämnden" in case


def test_a_new_chief_gets_the_word_before_anything_goes_above_her():
    town = month(*AFTER[:3])
    with town.store.begin() as session:
        now = instant("tisdag 19 oktober 2027 kl. 10.00")
        replace_holder(
            session, "forvaltningschef", "bildningsnamnden", "Ny", "ny@example.se", date(2027, 10, 20), now, "x"
        )
    climb(town, AFTER[3:])
    assert [subject.partition(":")[0] for subject in about_bildning(town, "ny")] == [
        "Försenat",
        "Sista påminnelsen",
    ]
    assert about_bildning(town, "ksau.sekreterare") == []
    climb(town, ("fredag 22",))
    assert len(about_bildning(town, "ksau.sekreterare")) == 1


def test_a_rung_that_only_the_one_who_owes_held_is_taken_when_another_holds_it():
    town, monday = month(), "måndag 18 oktober 2027 kl. "
    with town.store.begin() as session:
        now = instant("torsdag 14 oktober 2027 kl. 09.00")
        replace_holder(session, "ekonomichef", None, "", f"{CHIEF_OF}@example.se", date(2027, 10, 14), now, "x")
    climb(town, AFTER[:2])
    with town.store.begin() as session:
        assert session.get_one(ObligationRow, LATE).wake_at == instant("tisdag 19 oktober 2027 kl. 07.00")
        now = instant(f"{monday}10.00")
        replace_holder(session, "ekonomichef", None, "Ny", "ny@example.se", date(2027, 10, 18), now, "x")
    assert about_bildning(town, "ny") == []
    town.round(f"{monday}10.01")
    assert len(about_bildning(town, "ny")) == 1
    assert town.round(f"{monday}10.02").looked_at == 0


def test_an_enhet_without_a_chief_is_the_ekonomikontorets_case():
    town = month(people="\n".join(line for line in people_of("strandby").splitlines() if f"{CHIEF_OF}@" not in line))
    climb(town)
    assert about_bildning(town, *UP) == []
    assert "saknar innehavare" in cases(town)[0]


@pytest.mark.parametrize("live", ["onsdag 20 oktober 2027 kl. 10.00", "tisdag 19 oktober 2027 kl. 10.00"])
def test_from_skugga_to_skarpt_in_the_middle_of_a_ladder_it_begins_with_those_who_owe(live):
    # nobody is kommundirektör: that rung went to the ekonomikontoret itself, and not as another's
    town = month(
        utskick="skugga", people="\n".join(x for x in people_of("strandby").splitlines() if "kommundirektor@" not in x)
    )
    climb(town, AFTER[: 4 if "onsdag" in live else 3])
    go_live(town, live)
    before = len(town.mails())
    climb(town, ("torsdag 21", "fredag 22", "måndag 25", "tisdag 26", "onsdag 27"))
    told = [name_of(mail) for mail in town.mails()[before:] if "Bildningsnämnden" in body(mail)]
    assert told[0] == CHIEF_OF
    assert [name for name in dict.fromkeys(told) if name in (CHIEF_OF, *UP)][:2] == [CHIEF_OF, "ekonomichef"]


def test_a_reminder_of_before_the_frist_is_not_written_after_it():
    town = month("torsdag 14")
    with town.store.begin() as session:
        one = Scene(session, town.office, instant("torsdag 14 oktober 2027 kl. 15.59")).wheel.obligations[LATE]
        rung = next(each for each in one.ladder.rungs if each.kind == "påminnelse")
        queue(session, milestone_key=one.milestone_key("paminnelse-9"), obligation_key=LATE, rung=rung.id,
              due_at=one.deadline.at, recipients=[("forvaltningschef", f"{CHIEF_OF}@example.se")], now=one.deadline.at)  # fmt: skip
    town.morning("fredag 15 oktober 2027")
    (letter,) = [mail for mail in town.to(CHIEF_OF) if str(mail["Date"]).startswith("Fri")]
    assert "Försenat" in str(letter["Subject"])
    notices = [row for row in town.rows(NoticeRow) if row.obligation_key == LATE and "paminnelse-9" in row.key]
    assert [row.passed for row in notices] == ["inte längre aktuellt"]


def test_an_obligation_whose_notice_was_passed_over_is_thought_of_at_once():
    town = month()
    with town.store.begin() as session:
        now = instant("onsdag 13 oktober 2027 kl. 18.00")
        one = Scene(session, town.office, now).wheel.obligations[LATE]
    town.round("onsdag 13 oktober 2027 kl. 18.00")
    with town.store.begin() as session:
        queue(session, milestone_key=one.milestone_key("start"), obligation_key=LATE, rung="start",
              due_at=instant("onsdag 13 oktober 2027 kl. 16.00"), recipients=[("forvaltningschef", None)], now=now)  # fmt: skip
        session.get(ObligationRow, LATE).wake_at = None
    town.morning("torsdag 14 oktober 2027")
    assert len(town.to(CHIEF_OF)) == 1


def test_the_word_of_a_refused_letter_says_that_the_ladder_waits():
    town = month()
    town.post.refused[f"{CHIEF_OF}@example.se"] = "550 Nej"
    town.morning("fredag 15 oktober 2027")
    with town.store.begin() as session:
        tell_undelivered(Scene(session, town.office, instant("fredag 15 oktober 2027 kl. 07.05")))
    with town.store.read() as session:
        note = session.scalars(select(LetterRow).where(LetterRow.kind == "notis")).one()
    words = note.mime.decode().replace("=\r\n", "")
    assert "g=C3=A5r trappan inte vidare" in words

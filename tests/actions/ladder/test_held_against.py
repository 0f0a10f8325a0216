"""A letter that could not go at once is held against how things stand before each later attempt."""

import re
from dataclasses import replace
from datetime import date, timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage

import pytest
from sqlalchemy import select, update

from actions.act import Act
from actions.ladder.daily import MOVED_KIND
from actions.people.letting_out import let_out
from actions.people.seating import change_holder, end_seat, name_deputy
from actions.scene import Scene
from actions.underlag.sending_back import send_back
from actions.underlag.taking_away import take_away
from notifications.letters.sealing import unsealed
from store.people.holders import person_of
from store.people.seats import replace_holder
from store.plan.matters import raise_matter
from store.plan.shadow import choose_utskick
from store.plan.waking import wake_all
from store.post.letter_states import HANDED, REFUSED, TAKEN_BACK, WAITING
from store.post.notices import queue
from store.tables import LetterRow, LogRow, Matter, NoticeRow, Person, Submission
from tests.rig.acts import act
from tests.rig.climbing import AFTER, CHIEF_OF, LATE, climb, month
from tests.rig.outbox_letters import letter
from tests.rig.rounds import House, attached, body, go_live, house_after, weekly
from tests.rig.swedish_words import instant

CHIEF = f"{CHIEF_OF}@example.se"
SECRETARY = "ksau.sekreterare@example.se"


def letters(town: House, person: str = CHIEF) -> list[LetterRow]:
    return [row for row in town.rows(LetterRow) if row.person_id == person]


def reached(town: House, address: str) -> list[EmailMessage]:
    """What the server took for an address: a letter's copy may have been taken when its reader was deferred."""
    taken = [mime for _, recipients, mime in town.post.sent if address in recipients]
    return [message_from_bytes(mime, policy=policy.default) for mime in taken]


def logged(town: House, what: str) -> list[str]:
    return [row.key for row in town.rows(LogRow) if row.what == what]


def test_what_came_in_while_the_post_was_down_is_taken_back_with_its_notices():
    town = month()
    town.post.down = "ingen svarar"
    town.morning("fredag 15 oktober 2027")  # sen
    town.hand_in(LATE, "fredag 15 oktober 2027 kl. 09.00")
    town.post.down = None
    town.round("fredag 15 oktober 2027 kl. 10.00")
    assert town.to(CHIEF_OF) == []
    assert [row.state for row in letters(town)] == [TAKEN_BACK]
    assert logged(town, "letter.taken_back") == [row.key for row in letters(town)]
    mine = [row for row in town.rows(NoticeRow) if row.obligation_key == LATE]
    assert [(row.passed, row.letter_id) for row in mine] == [("inte längre aktuellt", letters(town)[0].id)]
    assert len(town.to("forvaltningschef.omsorg")) == 1  # the others' letters went


def test_five_days_left_becomes_what_is_left_under_the_same_key_with_its_files():
    town = house_after(steps=("delarsrapport",))
    town.post.down = "ingen svarar"
    town.morning("fredag 10 september 2027")
    before = letters(town)[0]
    town.post.down = None
    town.round("måndag 13 september 2027 kl. 06.59")  # before the round of the day wrote anything
    (letter,) = town.to(CHIEF_OF)
    assert "7 arbetsdagar kvar" in letters_words(before)
    assert "6 arbetsdagar kvar" in body(letter)
    assert (letter["X-Arshjul-Key"], letter["Message-ID"]) == (before.key, before.message_id)
    assert str(attached(letter)[0]).endswith(".ics")
    assert before.key in logged(town, "letter.rewritten")


def opened(town: House, row: LetterRow) -> EmailMessage:
    return message_from_bytes(unsealed(row.mime, town.office.secret), policy=policy.default)


def letters_words(row: LetterRow) -> str:
    return body(message_from_bytes(row.mime, policy=policy.default))


def test_a_letter_that_says_the_same_still_is_the_same_bytes():
    town = house_after(steps=("delarsrapport",))
    town.post.down = "ingen svarar"
    town.morning("fredag 10 september 2027")
    before = {row.key: row.mime for row in town.rows(LetterRow)}
    town.post.down = None
    town.round("fredag 10 september 2027 kl. 15.00")
    assert {mime for _, _, mime in town.post.sent} == set(before.values())


def test_a_reader_who_was_deferred_for_days_gets_one_letter_of_the_day_and_the_latest_word():
    town = month()
    town.post.deferred[CHIEF] = "450 försök igen"
    town.morning("onsdag 13 oktober 2027")
    town.morning("torsdag 14 oktober 2027")
    town.morning("fredag 15 oktober 2027")
    assert reached(town, CHIEF) == []
    town.post.deferred.clear()
    for clock in ("07.00", "08.10", "09.00", "16.00"):
        town.round(f"måndag 18 oktober 2027 kl. {clock}")
    (letter,) = reached(town, CHIEF)
    assert str(letter["Subject"]).startswith("Försenat")
    assert "2 arbetsdagar försenat" in body(letter)
    assert {row.state for row in letters(town)} == {HANDED, TAKEN_BACK}
    town.morning("tisdag 19 oktober 2027")
    assert [str(mail["Subject"])[:8] for mail in town.to("ekonomichef") if "Bildningsnämnden" in body(mail)] == [
        "Försenat"
    ]


def test_a_frist_that_is_no_longer_in_force_is_not_told():
    town = month()
    town.post.down = "ingen svarar"
    town.morning("onsdag 13 oktober 2027")
    town.anstand(LATE, date(2027, 10, 18), "onsdag 13 oktober 2027 kl. 09.00")
    town.round("onsdag 13 oktober 2027 kl. 09.01")
    town.post.down = None
    town.round("torsdag 14 oktober 2027 kl. 07.00")
    told = [body(mail) for mail in town.to(CHIEF_OF)]
    assert len(told) == 1
    assert str(town.to(CHIEF_OF)[0]["Subject"]).startswith("Ny frist")
    assert "måndag 18 oktober 2027 kl. 16.00" in told[0]


def test_the_word_that_a_frist_has_moved_is_not_taken_back_because_another_kind_of_letter_went() -> None:
    town = month()
    town.morning("onsdag 13 oktober 2027")
    town.anstand(LATE, date(2027, 10, 18), "onsdag 13 oktober 2027 kl. 09.00")
    town.post.deferred[CHIEF] = "450 försök igen"
    town.morning("torsdag 14 oktober 2027")
    assert letters(town)[-1].kind == MOVED_KIND
    assert weekly(town, "torsdag 14 oktober 2027 kl. 07.05")
    town.post.deferred.clear()
    town.round("torsdag 14 oktober 2027 kl. 07.10")
    assert [row.state for row in letters(town)] == [HANDED, HANDED]
    assert str(reached(town, CHIEF)[-1]["Subject"]).startswith("Ny frist")


@pytest.mark.parametrize(("days", "state"), [(7, "väckt"), (0, "återkallat")])
def test_leaving_the_shadow_leaves_what_ksau_was_told_before_it(days: int, state: str) -> None:
    """Of another frist as it was; of the same, raised anew in the shadow, as ended: KSAU is told anew either way."""
    town = house_after(*(f"{day} september 2027 kl. 07.00" for day in CLIMBED))
    told = {(row.obligation_key, row.due_at): row.state for row in matters(town)}
    (key, due_at) = min(told)
    now, tried = instant("onsdag 29 september 2027 kl. 10.00"), due_at + timedelta(days=days)
    with town.store.begin() as session:
        choose_utskick(session, "skugga", "ekonomichef", now, {"ksau"})
        one = Scene(session, town.office, now).wheel.obligations[key]
        session.add(shown := letter(900))
        shown.shadow = True
        session.flush()
        where = {"milestone_key": one.milestone_key("ksau"), "obligation_key": key, "rung": "ksau", "due_at": tried}
        (notice,) = queue(session, **where, recipients=[("ksau_sekreterare", SECRETARY)], now=now, again=True)
        notice.letter_id = shown.id
        raise_matter(session, replace(one, deadline=replace(one.deadline, at=tried)), None, now)
        choose_utskick(session, "skarpt", "ekonomichef", now, {"ksau"})
    left = {(row.obligation_key, row.due_at): row.state for row in matters(town)}
    assert left == told | {(key, due_at): state}


CLIMBED = ("onsdag 22", "torsdag 23", "fredag 24", "måndag 27", "tisdag 28")


def matters(town: House) -> list[Matter]:
    return [row for row in town.rows(Matter) if isinstance(row, Matter)]


def test_ksau_does_not_read_a_matter_after_it_was_withdrawn():
    town = month(*AFTER[:4])
    town.post.deferred[SECRETARY] = "450 försök igen"
    climb(town, AFTER[4:])
    for one in {row.obligation_key for row in town.rows(Matter)}:
        town.hand_in(one, "torsdag 21 oktober 2027 kl. 10.00")
    town.post.deferred.clear()
    town.round("torsdag 21 oktober 2027 kl. 12.00")
    assert reached(town, SECRETARY) == []  # neither the matter nor its withdrawal
    assert [str(mail["Subject"])[:15] for mail in town.to("ksau.ordforande")][-1] == "Ärendet återkal"


def test_ksau_reads_only_what_is_still_so_of_a_letter_that_waited():
    town = month(*AFTER[:4])
    town.post.down = "ingen svarar"
    climb(town, AFTER[4:])
    town.hand_in(LATE, "torsdag 21 oktober 2027 kl. 10.00")
    town.post.down = None
    town.round("fredag 22 oktober 2027 kl. 07.00")
    (letter,) = [mail for mail in town.to("ksau.sekreterare") if "underlag saknas" in str(mail["Subject"])]
    assert "Bildningsnämnden" not in body(letter)
    assert "Omsorgsnämnden" in body(letter)


def test_one_who_left_gets_no_reminder_and_the_one_who_came_does():
    town = month()
    town.post.deferred[CHIEF] = "450 försök igen"
    town.morning("fredag 15 oktober 2027")
    with town.store.begin() as session:
        now = instant("fredag 15 oktober 2027 kl. 10.00")
        replace_holder(
            session, "forvaltningschef", "bildningsnamnden", "Ny", "ny@example.se", date(2027, 10, 18), now, "x"
        )
        wake_all(session, now)
    town.post.deferred.clear()
    town.round("måndag 18 oktober 2027 kl. 07.00")
    town.round("måndag 18 oktober 2027 kl. 07.05")
    assert reached(town, CHIEF) == []
    assert len(town.to("ny")) == 1


def test_an_address_put_right_while_the_letter_waits_is_the_one_it_goes_to():
    town = month()
    town.post.deferred[CHIEF] = "450 försök igen"
    town.morning("fredag 15 oktober 2027")
    with town.store.begin() as session:
        session.execute(update(Person).where(Person.id == CHIEF).values(address="ratt@example.se"))
    town.round("fredag 15 oktober 2027 kl. 07.30")
    assert len(town.to("ratt")) == 1
    assert REFUSED not in {row.state for row in letters(town)}


def test_a_controller_who_came_while_the_letter_waited_reads_the_copy_and_nobody_reads_it_twice():
    town = month()
    town.post.deferred[CHIEF] = "450 försök igen"
    town.morning("fredag 15 oktober 2027")
    with town.store.begin() as session:
        now = instant("fredag 15 oktober 2027 kl. 10.00")
        before = person_of(session, "controller.bildning@example.se")
        replace_holder(
            session, "controller", "bildningsnamnden", "Ny", "ny.controller@example.se", date(2027, 10, 18), now, "x"
        )
        wake_all(session, now)
    assert before and len(reached(town, before.address)) == 1  # the copy was taken
    town.morning("måndag 18 oktober 2027")  # the letter is written anew; its reader cannot be given it yet
    assert len(reached(town, "ny.controller@example.se")) == 1
    town.post.deferred.clear()
    town.round("måndag 18 oktober 2027 kl. 10.00")
    assert len(reached(town, CHIEF)) == 1
    assert len(reached(town, "ny.controller@example.se")) == len(reached(town, before.address)) == 1


CONTROLLER = "controller.bildning@example.se"
DEPUTY = "ersattare@example.se"


def deferred(town: House, whom: str, morning: str = "fredag 15 oktober 2027") -> None:
    town.post.deferred[whom] = "450 försök igen"
    town.morning(morning)
    town.post.deferred.clear()


def test_a_controller_who_is_back_after_a_deputy_is_not_given_the_copy_again():
    town = month()
    deferred(town, CHIEF)
    with town.store.begin() as session:
        by = act(session, instant("fredag 15 oktober 2027 kl. 10.00"), why="ledig måndag", office=town.office)
        day = date(2027, 10, 18)
        name_deputy(by, ("controller", "bildningsnamnden"), "Ersättare Ek", DEPUTY, day, day)
        wake_all(session, by.scene.now)
    deferred(town, CHIEF, "måndag 18 oktober 2027")
    assert [len(reached(town, each)) for each in (CHIEF, CONTROLLER, DEPUTY)] == [0, 1, 1]
    deferred(town, CHIEF, "tisdag 19 oktober 2027")
    town.round("tisdag 19 oktober 2027 kl. 10.00")
    assert [len(reached(town, each)) for each in (CHIEF, CONTROLLER, DEPUTY)] == [1, 1, 1]


def test_an_address_whose_capitals_are_put_right_is_not_given_the_copy_again():
    town = month()
    deferred(town, CHIEF)
    with town.store.begin() as session:
        session.execute(update(Person).where(Person.id == CONTROLLER).values(address=CONTROLLER.title()))
    town.morning("måndag 18 oktober 2027")
    assert CONTROLLER.title() in next(row.cc for row in letters(town) if row.state == HANDED)
    assert [len(reached(town, each)) for each in (CHIEF, CONTROLLER, CONTROLLER.title())] == [1, 1, 0]


def ends_seat(by: Act) -> None:
    end_seat(by, ("controller", "bildningsnamnden"), by.scene.today)


def is_let_out(by: Act) -> None:
    let_out(by, CONTROLLER.upper())


def is_away(by: Act) -> None:
    day = by.scene.today + timedelta(days=3)
    name_deputy(by, ("controller", "bildningsnamnden"), "Ersättare Ek", DEPUTY, day, day)


@pytest.mark.parametrize("happens, copies", [(ends_seat, 0), (is_let_out, 0), (is_away, 1)])
def test_a_copy_that_waits_goes_to_those_who_have_the_role_still(happens, copies):
    town = month()
    deferred(town, CONTROLLER)
    assert [len(reached(town, each)) for each in (CHIEF, CONTROLLER)] == [1, 0]
    (waits,) = [row for row in letters(town) if row.state == WAITING]
    with town.store.begin() as session:
        by = act(session, instant("fredag 15 oktober 2027 kl. 10.00"), why="slutar i dag", office=town.office)
        happens(by)
        wake_all(session, by.scene.now)
    town.round("måndag 18 oktober 2027 kl. 06.59")  # before the letter of that day is written
    assert [len(reached(town, each)) for each in (CHIEF, CONTROLLER, DEPUTY)] == [1, copies, 0]
    assert [(row.state, row.pending) for row in letters(town) if row.id == waits.id] == [(HANDED, None)]
    assert dropped(town) == ([] if copies else [(waits.key, [CONTROLLER])])


def dropped(town: House) -> list[tuple[str, list[str]]]:
    """Which copies the log says go no more."""
    return [(row.key, row.detail["recipients"]) for row in town.rows(LogRow) if row.what == "letter.copy_dropped"]


@pytest.mark.parametrize("happens, copies", [(ends_seat, 0), (is_let_out, 0), (is_away, 1)])
def test_a_letter_that_nobody_has_had_yet_is_copied_to_those_who_have_the_role_still(happens, copies):
    """An återremiss: it tells what has happened, and is not written anew."""
    town = month()
    town.post.down = "ingen svarar"
    town.hand_in(LATE, "torsdag 14 oktober 2027 kl. 09.00")
    with town.store.begin() as session:
        by = act(session, instant("fredag 15 oktober 2027 kl. 10.00"), why="Bilaga saknas.", office=town.office)
        send_back(by, by.scene.wheel.find(LATE).key, (), date(2027, 10, 22))
    with town.store.begin() as session:
        happens(act(session, instant("fredag 15 oktober 2027 kl. 11.00"), why="slutar i dag", office=town.office))
    town.post.down = None
    town.round("måndag 18 oktober 2027 kl. 10.00")
    (row,) = [row for row in letters(town) if row.kind == "återremiss"]
    assert row.state == HANDED and CONTROLLER in row.cc
    sent = [recipients for _, recipients, mime in town.post.sent if mime == row.mime]
    assert sent == [(CHIEF, *[CONTROLLER] * copies)]
    assert [each for each in dropped(town) if each[0] == row.key] == ([] if copies else [(row.key, [CONTROLLER])])


NEW = "ny.chef@example.se"


def changes_chief(by: Act) -> None:
    change_holder(by, ("forvaltningschef", "bildningsnamnden"), "Ny Chef & Ek", NEW, by.scene.today)


def stands_in(by: Act) -> None:
    monday = date(2027, 10, 18)
    name_deputy(by, ("forvaltningschef", "bildningsnamnden"), "Ny Chef & Ek", NEW, monday, monday)


def leaves(by: Act) -> None:
    end_seat(by, ("forvaltningschef", "bildningsnamnden"), by.scene.today)


def sends_back(by: Act) -> None:
    send_back(by, by.scene.wheel.find(LATE).key, (), date(2027, 10, 22))


def takes_away(by: Act) -> None:
    (first, *_) = by.scene.session.scalars(select(Submission).where(Submission.obligation_key == LATE)).all()
    take_away(by, by.scene.wheel.find(LATE).key, first.id, "misstag", date(2027, 10, 22), decision="KS 2027 § 12")


@pytest.mark.parametrize(
    "word, kind, happens, whose",
    [
        (sends_back, "återremiss", changes_chief, NEW),
        (sends_back, "återremiss", stands_in, NEW),
        (takes_away, "borttagen handling", changes_chief, NEW),
        (takes_away, "borttagen handling", leaves, "ekonomikontoret@example.se"),
    ],
)
def test_a_word_of_an_underlag_that_waits_goes_to_who_has_the_role_when_it_goes(word, kind, happens, whose):
    """With its reasons, which stand in no other letter; and whoever has left is not told what is no longer theirs."""
    town = month()
    town.post.down = "ingen svarar"
    town.hand_in(LATE, "torsdag 14 oktober 2027 kl. 09.00")
    with town.store.begin() as session:
        word(act(session, instant("fredag 15 oktober 2027 kl. 10.00"), why="Bilaga saknas.", office=town.office))
    with town.store.begin() as session:
        by = act(session, instant("fredag 15 oktober 2027 kl. 11.00"), why="slutar i dag", office=town.office)
        happens(by)
        wake_all(session, by.scene.now)
    (was,) = [row for row in town.rows(LetterRow) if row.kind == kind]
    town.post.down = None
    for clock in ("10.00", "10.01", "10.15"):
        town.round(f"måndag 18 oktober 2027 kl. {clock}")
    assert not [mail for mail in reached(town, CHIEF) if str(mail["Subject"]) == was.subject]
    (mail,) = [mail for mail in reached(town, whose) if str(mail["Subject"]) == was.subject]
    html = mail.get_body(("html",)).get_content()
    assert "Bilaga saknas." in body(mail) and str(mail["To"]).endswith(f"{whose}>")
    assert ("Hej Ny Chef & Ek!" in body(mail), "Hej Ny Chef &amp; Ek!" in html) == (whose == NEW,) * 2
    assert "Förvaltningschef bildning!" not in body(mail) + html
    mine, theirs = (re.findall(r"/l/(\S{40,})", body(each)) for each in (mail, opened(town, was)))
    assert len(mine) == len(theirs) == 1 and mine != theirs and mine[0] in html and theirs[0] not in html
    assert [str(name) for name in attached(mail)] == [str(name) for name in attached(opened(town, was))]
    assert (was.key in logged(town, "letter.taken_back")) and [
        each for each in (CONTROLLER,) if [m for m in reached(town, each) if str(m["Subject"]) == was.subject]
    ] == [CONTROLLER]


def test_a_reminder_that_goes_along_with_another_word_counts_no_more_once_its_frist_has_passed():
    town = month()
    town.post.down = "ingen svarar"
    town.hand_in(LATE, "torsdag 14 oktober 2027 kl. 09.00")
    with town.store.begin() as session:
        by = act(session, instant("fredag 15 oktober 2027 kl. 10.00"), why="Bilaga saknas.", office=town.office)
        send_back(by, by.scene.wheel.find(LATE).key, (), date(2027, 10, 18))
    (row,) = [row for row in letters(town) if row.kind == "återremiss"]
    along = [notice.rung for notice in town.rows(NoticeRow) if notice.letter_id == row.id]
    assert any(rung.startswith("paminnelse") for rung in along)
    town.post.down = None
    town.round("tisdag 19 oktober 2027 kl. 10.00")
    (row,) = [row for row in letters(town) if row.kind == "återremiss"]
    assert row.state == HANDED  # what was sent back is so still
    told = [notice.rung for notice in town.rows(NoticeRow) if notice.letter_id == row.id and notice.passed is None]
    assert told == [rung for rung in along if not rung.startswith("paminnelse")]


def test_a_letter_whose_reader_was_refused_and_whose_copy_nobody_reads_any_more_was_refused_on_that_day():
    town = month()
    town.post.deferred[CHIEF] = "450 försök igen"
    deferred(town, CONTROLLER)
    (waits,) = [row for row in letters(town) if row.state == WAITING]
    with town.store.begin() as session:  # the server has refused its reader by now
        refused = {"answer": f"{CHIEF}: 550 5.1.1 No such user", "pending": {CONTROLLER: "450 försök igen"}}
        session.execute(update(LetterRow).where(LetterRow.id == waits.id).values(**refused))
    deferred(
        town, CONTROLLER, "fredag 15 oktober 2027"
    )  # the copy waits, and the ekonomikontor hears at once of the address
    (told,) = [mail for mail in town.to("ekonomikontoret") if "som inte kom fram" in str(mail["Subject"])]
    assert f"{CHIEF}: »550 5.1.1 No such user«" in body(told) and "inte den som det är ställt till" in body(told)
    now = instant("fredag 15 oktober 2027 kl. 10.00")
    with town.store.begin() as session:
        ends_seat(act(session, now, why="slutar i dag", office=town.office))
        wake_all(session, now)
    later = "måndag 18 oktober 2027 kl. 06.59"
    town.round(later)
    (row,) = [row for row in letters(town) if row.id == waits.id]
    assert (row.state, row.refused_at, row.pending) == (REFUSED, instant(later), None)
    assert dropped(town) == [(waits.key, [CONTROLLER])]


@pytest.mark.parametrize("named", [True, False], ids=["another", "none before"])
def test_a_registrator_who_came_while_the_tjansteskrivelse_waited_reads_it_once(named):
    town = month(*AFTER[:4])
    town.post.down = "ingen svarar"
    climb(town, AFTER[4:])
    assert sorted(tuple(row.cc) for row in of_kind(town, "eskalering"))[-1] == ("registrator@example.se",)
    with town.store.begin() as session:
        if not named:  # nobody held the role when they were written
            session.execute(update(LetterRow).where(LetterRow.kind == "eskalering").values(cc=[]))
        now = instant("torsdag 21 oktober 2027 kl. 10.00")
        replace_holder(session, "registrator", None, "Ny", "ny.registrator@example.se", date(2027, 10, 20), now, "x")
    town.hand_in(LATE, "torsdag 21 oktober 2027 kl. 10.00")
    town.post.down = None
    town.round("fredag 22 oktober 2027 kl. 07.00")
    assert (len(reached(town, "ny.registrator@example.se")), reached(town, "registrator@example.se")) == (1, [])
    (copied,) = [row for row in of_kind(town, "eskalering") if row.cc]
    assert SECRETARY in copied.to


def of_kind(town: House, kind: str) -> list[LetterRow]:
    return [row for row in town.rows(LetterRow) if row.kind == kind]


def test_a_sharp_letter_waits_while_everything_goes_to_the_ekonomikontoret_and_comes_when_it_is_sharp_again():
    town = month(*AFTER)
    town.post.down = "ingen svarar"
    town.hand_in(LATE, "torsdag 21 oktober 2027 kl. 10.00")
    town.round("torsdag 21 oktober 2027 kl. 10.01")
    with town.store.begin() as session:
        choose_utskick(session, "skugga", "ekonomichef", instant("torsdag 21 oktober 2027 kl. 10.10"), {"ksau"})
    town.post.down = None
    before = len(town.post.sent)
    town.round("torsdag 21 oktober 2027 kl. 10.11")
    waiting = of_kind(town, "ändrat ärende")
    assert waiting and {(row.state, row.shadow) for row in waiting} == {(WAITING, False)}
    assert min(row.not_before for row in waiting) > instant("torsdag 21 oktober 2027 kl. 10.11")
    assert town.post.sent[before:] == []
    go_live(town, "torsdag 21 oktober 2027 kl. 11.00")
    town.round("torsdag 21 oktober 2027 kl. 11.01")
    assert {row.state for row in of_kind(town, "ändrat ärende")} == {HANDED}
    assert [str(mail["Subject"])[:5] for mail in town.to("ksau.sekreterare")][-1] == "Kvar:"


def test_in_the_shadow_a_word_of_where_a_matter_went_that_waits_goes_as_long_as_it_lies_there():
    town = month(*AFTER, utskick="skugga")
    town.post.down = "ingen svarar"
    town.meeting("ksau", date(2027, 11, 2), date(2027, 11, 9), "fredag 22 oktober 2027 kl. 10.00")
    town.round("fredag 22 oktober 2027 kl. 10.01")
    town.post.down = None
    town.round("fredag 22 oktober 2027 kl. 10.30")
    moved = of_kind(town, "flyttat")
    assert moved and {(row.state, row.shadow) for row in moved} == {(HANDED, True)}

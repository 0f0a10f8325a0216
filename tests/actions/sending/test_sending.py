"""What the ekonomikontor sends by hand: a reminder now, and a letter once more; and what a new holder gets the same day."""

import dataclasses
import re
from datetime import date

import pytest

from actions.act import Act
from actions.people.seating import change_holder, name_deputy
from actions.plan.silencing import rest
from actions.scene import Scene
from actions.sending.reminding import remind_now
from actions.sending.sent_again import send_again
from arshjul.errors import RefusedError
from notifications.letters.sealing import unsealed
from store.tables import LetterRow, LogRow, NoticeRow
from tests.rig.climbing import CHIEF_OF, LATE, month
from tests.rig.rounds import House, attached, body, house_after
from tests.rig.swedish_words import instant

pytestmark = pytest.mark.whole

FEW = ("bildningsnamnden", "omsorgsnamnden")  # few, so that a round is cheap
SEAT, DAY = ("forvaltningschef", "bildningsnamnden"), "fredag 15 oktober 2027"


@pytest.fixture(scope="module")
def late() -> House:
    """The månadsrapport's frist has passed, and those who owe have been told that morning."""
    return month("fredag 15", units=FEW)


def does(town: House, what, when: str = f"{DAY} kl. 10.00", why: str = "Ny chef."):
    with town.store.begin() as session:
        return what(Act(Scene(session, town.office, instant(when)), "Ekonom E", why))


def told(town: House, name: str, before: int = 0) -> list[str]:
    return [str(mail["Subject"]) for mail in town.to(name)[before:]]


def test_a_reminder_now_goes_beside_the_letter_of_the_day_with_link_and_mallar_and_moves_no_rung(late) -> None:
    town = late.copy()
    before, notices = len(told(town, CHIEF_OF)), len(town.rows(NoticeRow))
    assert before == 1  # today's
    assert does(town, lambda act: remind_now(act, LATE)).startswith("Påminnelsen går nu till ")
    town.round(f"{DAY} kl. 10.01")
    (mail,) = town.to(CHIEF_OF)[before:]
    assert str(mail["Subject"]).startswith("Försenat:") and "/l/" in body(mail) and "saknas" in body(mail)
    assert any(str(name).endswith(".xlsx") for name in attached(mail)) or attached(mail) == []  # a town without tables
    assert len(town.rows(NoticeRow)) == notices
    town.morning("måndag 18 oktober 2027")
    assert [str(each["Subject"])[:9] for each in town.to("ekonomichef")] == ["Försenat:"]  # as if none had gone
    assert [(row.who, row.key) for row in town.rows(LogRow) if row.what == "reminder.sent"] == [("Ekonom E", LATE)]


def test_at_night_it_waits_for_the_hours_is_taken_back_when_all_came_in_and_three_a_day_are_enough(late) -> None:
    town, night = late.copy(), f"{DAY} kl. 21.00"
    assert does(town, lambda act: remind_now(act, LATE), night).startswith(
        "Påminnelsen går måndag 18 oktober 2027 kl. 07.00 till"
    )
    for _ in range(2):
        does(town, lambda act: remind_now(act, LATE), night)
    with pytest.raises(RefusedError, match="redan fått 3 sådana påminnelser"):
        does(town, lambda act: remind_now(act, LATE), night)
    town.hand_in(LATE, "söndag 17 oktober 2027 kl. 12.00")
    sent = len(told(town, CHIEF_OF))
    town.morning("måndag 18 oktober 2027")
    assert [subject for subject in told(town, CHIEF_OF, sent) if subject.startswith("Försenat")] == []
    assert {row.state for row in town.rows(LetterRow) if row.kind == "påminnelse nu"} == {"återtaget"}
    with pytest.raises(RefusedError, match="Inget saknas"):
        does(town, lambda act: remind_now(act, LATE), "måndag 18 oktober 2027 kl. 09.00")


def test_when_utskick_is_off_none_is_written_and_in_skugga_the_office_gets_it(late) -> None:
    town = late.copy()
    town.office = dataclasses.replace(town.office, utskick="av")
    with pytest.raises(RefusedError, match="Utskick är av"):
        does(town, lambda act: remind_now(act, LATE))
    town.office = dataclasses.replace(town.office, utskick="skugga")
    said = does(town, lambda act: remind_now(act, LATE))
    assert said.startswith("Utskick är i skugga") and said.endswith("går nu till ekonomikontoret.")
    (row,) = [row for row in town.rows(LetterRow) if row.kind == "påminnelse nu"]
    assert row.shadow and row.to == ["ekonomikontoret@example.se"]


def test_a_new_holder_gets_link_mallar_and_what_is_owed_the_same_day_also_when_it_was_told_that_morning(late) -> None:
    town = late.copy()
    does(town, lambda act: change_holder(act, SEAT, "Ny Chef", "ny@example.se", date(2027, 10, 15)))
    town.round(f"{DAY} kl. 10.01")
    (mail,) = town.to("ny")
    assert str(mail["Subject"]).startswith("Försenat:") and "/l/" in body(mail)
    town.round(f"{DAY} kl. 10.02")
    assert len(told(town, "ny")) == 1
    town.morning("måndag 18 oktober 2027")
    assert len(told(town, "ny")) == 1  # one word is one


@pytest.fixture(scope="module")
def asked() -> House:
    """The first letter about the månadsrapport has gone, a week before its frist."""
    return house_after("torsdag 7 oktober 2027 kl. 07.00", steps=("manadsrapport",), units=FEW, since=date(2027, 9, 27))


def test_before_the_frist_a_corrected_address_gets_the_first_letter_that_day_and_a_deputy_too(asked) -> None:
    town, at = asked.copy(), "torsdag 7 oktober 2027 kl. 10.00"
    first = told(town, CHIEF_OF)
    does(town, lambda act: change_holder(act, SEAT, "Chefen", "ratt@example.se", date(2027, 10, 7)), at)
    omsorg = ("forvaltningschef", "omsorgsnamnden")
    does(
        town,
        lambda act: name_deputy(act, omsorg, "Ersättare", "ers@example.se", date(2027, 10, 8), date(2027, 10, 9)),
        at,
    )
    town.round("torsdag 7 oktober 2027 kl. 10.01")
    assert told(town, "ratt") == first and told(town, "ers") == []
    (mail,) = town.to("ratt")
    assert "/l/" in body(mail) and attached(mail) == attached(town.to(CHIEF_OF)[0]) != []
    town.morning("fredag 8 oktober 2027")
    assert len(told(town, "ers")) == 1 and len(told(town, "ratt")) == 1


def test_what_rests_and_what_has_not_begun_wakes_no_letter_to_who_comes(asked) -> None:
    town, at = asked.copy(), "torsdag 7 oktober 2027 kl. 10.00"
    does(town, lambda act: rest(act, LATE, date(2027, 10, 12)), at, "Bokslutet dröjer.")
    does(town, lambda act: change_holder(act, SEAT, "Ny Chef", "ny@example.se", date(2027, 10, 7)), at)
    town.round("torsdag 7 oktober 2027 kl. 10.01")
    town.morning("tisdag 12 oktober 2027")
    assert told(town, "ny") == []
    town.morning("onsdag 13 oktober 2027")
    assert len(told(town, "ny")) == 1


def test_a_letter_goes_again_as_it_was_to_the_corrected_address_and_says_so(late) -> None:
    town = late.copy()
    (old,) = [row for row in town.rows(LetterRow) if row.to == [f"{CHIEF_OF}@example.se"]]
    does(town, lambda act: change_holder(act, SEAT, "Chefen", "ratt@example.se", date(2027, 10, 15)))
    town.round(f"{DAY} kl. 10.00")
    before = len(told(town, "ratt"))
    assert does(town, lambda act: send_again(act, SEAT, old.id)) == "Brevet går nu till Chefen, ratt@example.se."
    town.round(f"{DAY} kl. 10.01")
    (mail,) = town.to("ratt")[before:]
    was = town.to(CHIEF_OF)[0]
    assert str(mail["Subject"]) == str(was["Subject"]) and attached(mail) == attached(was)
    text = body(mail)
    assert (
        f"Skickas igen. Brevet gick första gången {DAY} kl. 07.00 till {CHIEF_OF}@example.se." in text
        and "Hej Chefen!" in text
    )
    first, second = (
        re.search(rb"/l/([A-Za-z0-9_.-]{60,})", unsealed(row.mime, town.office.secret).replace(b"=\r\n", b""))[1]
        for row in (old, next(row for row in town.rows(LetterRow) if row.kind == "brev igen"))
    )
    assert first != second  # the new reader's own
    with pytest.raises(RefusedError, match="redan gått en gång till i dag"):
        does(town, lambda act: send_again(act, SEAT, old.id))
    with pytest.raises(RefusedError, match="Välj ett av breven"):
        does(town, lambda act: send_again(act, SEAT, 10**6))

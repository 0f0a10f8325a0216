"""A letter that the server had when the service died may have come: it goes again as itself, and no other takes its place."""

from collections.abc import Sequence
from datetime import date

import pytest

from notifications.post.post import Delivery, ListPost
from store.plan.shadow import choose_utskick
from store.post.holding import ALWAYS
from store.post.letter_states import HANDED, TAKEN_BACK, WAITING, may_have_come
from store.post.letters import hold_until
from store.post.notices import MAYBE_TOLD
from store.tables import LetterRow, Matter, NoticeRow
from tests.rig.climbing import AFTER, CHIEF_OF, LATE, month
from tests.rig.processes.faults import ACCEPTED, Killed
from tests.rig.rounds import House, body, go_live, house_after
from tests.rig.swedish_words import instant

CHIEF = f"{CHIEF_OF}@example.se"
SECRETARY = "ksau.sekreterare@example.se"


class DeadlyPost(ListPost):
    """The service dies, once, when the server has taken a letter to ``address`` and before we could note it."""

    def __init__(self, address: str) -> None:
        super().__init__()
        self.address: str | None = address

    async def deliver(self, sender: str, recipients: Sequence[str], mime: bytes) -> Delivery:
        delivery = await super().deliver(sender, recipients, mime)
        if self.address in recipients:
            self.address = None
            raise Killed(ACCEPTED)
        return delivery


def die(town: House, address: str, when: str, up_again: str, opens: str) -> None:
    """Die in a round between the server's OK and our commit; the service is up again after the sending hours."""
    before, town.post = town.post.sent, DeadlyPost(address)
    town.post.sent = before
    with pytest.raises(Killed):
        town.round(when)
    with town.store.begin() as session:
        hold_until(session, instant(up_again), instant(opens), but=ALWAYS)
    assert [row.state for row in town.rows(LetterRow) if may_have_come(row)] == [WAITING]


def told(town: House, name: str, about: str = "") -> list[tuple[str, str]]:
    """The Message-ID and the beginning of the subject of all that a reader got."""
    return [(str(mail["Message-ID"]), str(mail["Subject"])[:8]) for mail in town.to(name) if about in body(mail)]


def test_the_word_of_a_late_evening_goes_again_under_its_own_ids_the_next_morning() -> None:
    town = house_after(
        "onsdag 22 september 2027 kl. 07.00",
        "torsdag 23 september 2027 kl. 07.00",
        steps=("delarsrapport",),
        since=date(2027, 9, 20),
    )
    town.post.deferred[CHIEF] = "450 försök igen"
    town.round("fredag 24 september 2027 kl. 07.00")  # the others' letters go
    die(
        town,
        CHIEF,
        "fredag 24 september 2027 kl. 16.30",
        "fredag 24 september 2027 kl. 17.22",
        "måndag 27 september 2027 kl. 07.00",
    )
    town.round("måndag 27 september 2027 kl. 07.00")  # the day of the next word, about another underlag
    *before, first, again = told(town, CHIEF_OF)
    assert first == again
    town.round("måndag 27 september 2027 kl. 09.00")
    assert told(town, CHIEF_OF) == [*before, first, again]  # the day's letter has gone
    town.round("tisdag 28 september 2027 kl. 07.00")
    assert [subject for _, subject in told(town, CHIEF_OF)[len(before) + 2 :]] == ["Sista på"]
    assert {row.state for row in town.rows(LetterRow) if CHIEF in row.to} == {HANDED}


def test_what_came_in_meanwhile_is_not_said_again() -> None:
    town = month()
    die(
        town,
        CHIEF,
        "fredag 15 oktober 2027 kl. 16.30",
        "fredag 15 oktober 2027 kl. 17.22",
        "måndag 18 oktober 2027 kl. 07.00",
    )
    town.hand_in(LATE, "lördag 16 oktober 2027 kl. 10.00")
    town.round("måndag 18 oktober 2027 kl. 07.00")
    assert len(told(town, CHIEF_OF)) == 1
    assert [row.state for row in town.rows(LetterRow) if CHIEF in row.to] == [TAKEN_BACK]
    assert {row.passed for row in town.rows(NoticeRow) if row.person_id == CHIEF} == {MAYBE_TOLD}


def test_a_frist_that_moved_after_a_letter_that_may_have_come_is_told_as_moved() -> None:
    town = house_after(steps=("delarsrapport",))
    one = "strandby/delarsrapport/2027-08/bildningsnamnden/underlag"
    die(
        town,
        CHIEF,
        "fredag 10 september 2027 kl. 16.30",
        "fredag 10 september 2027 kl. 17.22",
        "måndag 13 september 2027 kl. 07.00",
    )
    town.anstand(one, date(2027, 9, 24), "lördag 11 september 2027 kl. 09.00")
    town.round("måndag 13 september 2027 kl. 07.00")
    assert [subject for _, subject in told(town, CHIEF_OF)][1:] == ["Ny frist"]
    assert [row.passed for row in town.rows(NoticeRow) if row.person_id == CHIEF] == [MAYBE_TOLD, None]


def test_ksau_hears_that_a_matter_is_withdrawn_of_which_it_may_have_read() -> None:
    town = month(*AFTER[:4])
    die(
        town,
        SECRETARY,
        "torsdag 21 oktober 2027 kl. 16.30",
        "torsdag 21 oktober 2027 kl. 17.22",
        "fredag 22 oktober 2027 kl. 07.00",
    )
    for key in {row.obligation_key for row in town.rows(Matter)}:
        town.hand_in(key, "torsdag 21 oktober 2027 kl. 18.00")
    town.round("fredag 22 oktober 2027 kl. 07.00")
    subjects = [str(mail["Subject"]) for mail in town.to("ksau.sekreterare")]
    assert [each.startswith("Ärendet återkal") for each in subjects] == [False, True]


def test_a_moved_frist_that_may_have_been_told_waits_for_the_morning_when_the_letter_of_the_day_has_gone() -> None:
    town = month(AFTER[0])
    town.anstand(LATE, date(2027, 10, 15), "fredag 15 oktober 2027 kl. 09.00")
    die(
        town,
        CHIEF,
        "fredag 15 oktober 2027 kl. 15.15",
        "fredag 15 oktober 2027 kl. 16.00",
        "fredag 15 oktober 2027 kl. 16.01",
    )
    town.round("fredag 15 oktober 2027 kl. 16.30")
    assert [subject for _, subject in told(town, CHIEF_OF)] == ["Försenat", "Ny frist"]
    town.round("måndag 18 oktober 2027 kl. 07.00")
    _, first, again = [ident for ident, _ in told(town, CHIEF_OF)]
    assert first == again  # in other words: the frist has passed


def test_a_letter_that_may_have_come_waits_while_utskick_is_skugga_and_then_goes_as_itself() -> None:
    town = house_after(
        "onsdag 22 september 2027 kl. 07.00",
        "torsdag 23 september 2027 kl. 07.00",
        steps=("delarsrapport",),
        since=date(2027, 9, 20),
    )
    town.post.deferred[CHIEF] = "450 försök igen"
    town.round("fredag 24 september 2027 kl. 07.00")
    die(
        town,
        CHIEF,
        "fredag 24 september 2027 kl. 16.30",
        "fredag 24 september 2027 kl. 17.22",
        "måndag 27 september 2027 kl. 07.00",
    )
    *before, first = told(town, CHIEF_OF)
    with town.store.begin() as session:
        choose_utskick(session, "skugga", "ekonomichef", instant("lördag 25 september 2027 kl. 09.00"), {"ksau"})
        town.office = town.office.at(session)
    town.round("måndag 27 september 2027 kl. 07.00")  # the day of the next word, about another underlag
    assert told(town, CHIEF_OF) == [*before, first]
    go_live(town, "måndag 27 september 2027 kl. 12.00")
    town.round("måndag 27 september 2027 kl. 12.01")
    assert told(town, CHIEF_OF)[len(before) :][:2] == [first, first]

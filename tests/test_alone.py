"""A letter that cannot be composed stops that letter alone; in the shadow nobody but the ekonomikontor reads along."""

from dataclasses import replace

import pytest
from sqlalchemy import select

from app.wiring import _try_sender
from arshjul.errors import RefusedError
from store.holding import hold, let_go
from store.installation import set_up
from store.letters import HANDED
from store.planning import wake_all
from store.tables import LetterRow, LogRow, NoticeRow, Person
from tests.handins import people_csv
from tests.outbox_letters import letter
from tests.swedish_words import instant
from tests.test_rounds import OFFICE, OWING, house, name_of

FIRST = "fredag 10 september 2027"


def test_a_letter_that_cannot_be_composed_stops_itself_alone_and_is_told_once_a_day() -> None:
    service = house()
    with service.store.begin() as session:
        person = session.scalars(select(Person).where(Person.address == f"{OWING[0]}@example.se")).one()
        torn = letter(1, state=HANDED)  # its id cannot stand in the header of the next letter in the thread
        torn.message_id, torn.thread = "trasigt id", f"delarsrapport/2027-08/{person.id}"
        session.add(torn)
        name = person.name
    service.morning(FIRST)
    service.round(f"{FIRST} kl. 08.30")
    assert sorted({name_of(mail) for mail in service.mails()} & set(OWING)) == OWING[1:]
    notes = [mail for mail in service.mails() if "kunde inte skrivas" in str(mail["Subject"])]
    assert [name_of(mail) for mail in notes] == ["ekonomikontoret"]
    assert name in str(notes[0]["Subject"])
    with service.store.begin() as session:
        assert len(session.scalars(select(LogRow).where(LogRow.what == "letter.failed")).all()) == 1
        session.delete(session.get_one(LetterRow, 1))
    service.round(f"{FIRST} kl. 10.00")
    assert len(service.to(OWING[0])) == 1


def test_in_the_shadow_no_copy_leaves_and_a_vacant_roles_letter_counts_as_tried_only() -> None:
    controllers = [line for line in people_csv().splitlines() if line.startswith(("#", "roll,", "controller,"))]
    service = house(utskick="skugga", people="\n".join(controllers))
    service.round(f"{FIRST} kl. 07.00")
    with service.store.read() as session:
        rows = session.scalars(select(LetterRow).join(NoticeRow, NoticeRow.letter_id == LetterRow.id)).all()
    assert rows
    assert all(row.shadow and row.to == [OFFICE] and row.cc == [] for row in rows)


def test_what_is_said_of_utskick_holds_at_once() -> None:
    service = house()
    with service.store.begin() as session:
        set_up(session, {"utskick": "av"}, instant(f"{FIRST} kl. 06.00"))
    assert service.morning(FIRST) == []
    service.office = replace(service.office, utskick_is_set=True)  # a setting wins over what the store says
    with service.store.begin() as session:
        wake_all(session, instant(f"{FIRST} kl. 09.00"))  # as a start does
    service.round(f"{FIRST} kl. 09.00")
    assert {name_of(mail) for mail in service.mails()} >= set(OWING)


def test_a_hold_needs_a_reason_and_ends() -> None:
    service, now = house(), instant(f"{FIRST} kl. 06.00")
    with service.store.begin() as session:
        with pytest.raises(RefusedError, match="varför"):
            hold(session, "Eva", "  ", now)
        hold(session, "Eva", "Fel frist.", now)
        assert let_go(session, "Eva", now)
        assert not let_go(session, "Eva", now)


@pytest.mark.parametrize(
    "address", ["åsa@example.se", "ekonomi@exämple.se", "a b@example.se", "Ekonomi <e@example.se>"]
)
def test_a_sender_from_whom_no_letter_can_be_written_is_refused_at_start(address: str) -> None:
    with pytest.raises(RefusedError, match=r"ARSHJUL_MAIL_FROM: .* ekonomi@example\.se"):
        _try_sender(address)
    _try_sender("ekonomi@example.se")

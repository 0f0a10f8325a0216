"""What follows from a mail that says that a letter did not arrive: whose it is, whom it means, and when it is doubted."""

from datetime import timedelta
from email import message_from_bytes, policy

import pytest
from sqlalchemy import select

from actions.act import Act
from actions.inbox.registering import confirm_return, mail_of, returned
from arshjul.errors import RefusedError
from arshjul.keys import OccurrenceKey
from store.access.links import mark_opened
from store.plan.status import last_letters
from store.post.incoming import BOUNCE, REGISTERED, UNREAD
from store.post.letters import reserve
from store.post.state import post_fault
from store.tables import Incoming, LetterRow, Link, Person
from tests.rig.files.mails import (
    CHIEF,
    CONTROLLER,
    EKONOMI,
    OFFICE,
    Desk,
    after_the_first_letters,
    answer,
    dsn,
    guessed_id,
    receipts,
)
from tests.rig.handins import BIN_UNDERLAG
from tests.rig.swedish_words import instant

pytestmark = pytest.mark.whole


@pytest.fixture
def desk() -> Desk:
    """At nine on the Friday on which the first letters went at seven."""
    return after_the_first_letters()


FORGED_BOUNCES = {
    "the key alone": lambda letter: f"X-Arshjul-Key: {letter.key}\r\nSubject: x\r\n\r\n".encode(),
    "the id that was guessed": lambda letter: f"Message-ID: {guessed_id(letter.key)}\r\n\r\n".encode(),
    "the subject": lambda letter: f"Message-ID: <x@example.se>\r\nSubject: {letter.subject}\r\n\r\n".encode(),
    "the thread's first": lambda letter: f"Message-ID: <x@y.se>\r\nReferences: {letter.message_id}\r\n\r\n".encode(),
}


@pytest.mark.parametrize("headers_only", [False, True])
@pytest.mark.parametrize("returns", FORGED_BOUNCES.values(), ids=FORGED_BOUNCES)
def test_a_bounce_that_does_not_return_a_letter_of_ours_marks_none(desk, returns, headers_only):
    letter = desk.letter()
    taken = desk.take(dsn(CHIEF, returns(letter), headers_only=headers_only))
    assert (taken.row.state, taken.row.letter_id) == (UNREAD, None) and "vilket av våra brev" in taken.row.note
    assert (desk.letter().state, desk.letter().answer) == ("överlämnat", None)


def test_a_bounce_whose_id_a_server_replaced_is_known_by_the_signed_key(desk):
    letter = desk.letter()
    raw = letter.mime.replace(letter.message_id.encode(), b"<AM0PR07MB1234@eurprd07.prod.outlook.com>", 1)
    assert desk.take(dsn(CHIEF, raw)).row.letter_id == letter.id and desk.letter().state == "studsat"


def test_a_bounce_counts_only_for_those_whom_the_letter_went_to(desk):
    taken = desk.take(dsn("revisorerna@example.se", desk.letter().mime))  # it went to two others
    assert taken.row.state == UNREAD and "vilken mottagare" in taken.row.note
    assert (desk.letter().state, desk.letter().answer) == ("överlämnat", None)


def test_a_hard_bounce_turns_its_letter_into_studsat_and_tells_the_ekonomikontor_once(desk):
    letter = desk.letter()
    taken = desk.take(dsn(CHIEF, letter.mime))
    assert (taken.row.state, taken.row.letter_id) == (BOUNCE, letter.id)
    assert desk.letter().state == "studsat" and "550 5.1.1 No such user" in desk.letter().answer
    desk.take(dsn(CHIEF, letter.mime, ident="<studs-2@relay.example.se>"))  # some servers say it twice
    for _ in range(3):
        desk.later(minutes=1)
        desk.round()
    (note,) = [row for row in desk.rows(LetterRow) if row.kind == "notis"]
    text = message_from_bytes(note.mime, policy=policy.default).get_body(("plain",)).get_content()
    assert note.to == [OFFICE] and "kom tillbaka. 5.1.1" in " ".join(text.split())


@pytest.mark.parametrize(
    "status, said, ours",
    [
        ("5.7.60", "smtp; 550 5.7.60 SMTP; Client does not have permissions to send as this sender", True),
        ("5.0.0", "smtp; 535 Authentication unsuccessful", True),
        ("5.7.1", "smtp; 550 5.7.1 Message rejected", False),
        ("4.4.7", "smtp; 550 4.4.7 Message expired", False),
    ],
)
def test_what_came_back_because_of_us_is_the_posts_fault_and_nobodys_bounce(desk, status, said, ours):
    taken = desk.take(dsn(CHIEF, desk.letter().mime, status=status, said=said))
    with desk.town.store.read() as session:
        fault = post_fault(session)
    if not ours:
        assert (fault, desk.letter().state, taken.row.state) == (None, "studsat", BOUNCE)
        return
    assert fault and not fault.sure and status in fault.words and "ARSHJUL_MAIL_FROM" in fault.words
    assert (desk.letter().state, desk.letter().answer) == ("överlämnat", None)
    assert taken.row.state == UNREAD and CHIEF in taken.row.note and status in taken.row.note


def opens_the_link(desk: Desk) -> None:
    with desk.town.store.begin() as session:
        link = session.scalars(select(Link).join(Person, Link.person_id == Person.id).where(Person.address == CHIEF))
        mark_opened(session, link.first(), desk.now)


def answers_it(desk: Desk) -> None:
    desk.take(answer(about=desk.letter().message_id, text="Tack, jag återkommer."))


@pytest.mark.parametrize(
    "happens, days, bounced, why",
    [
        (opens_the_link, 0, CHIEF, "öppnade sin personliga länk fredag 10 september 2027 kl. 09.00"),
        (answers_it, 0, CHIEF, "Förvaltningschef bildning svarade på det fredag 10 september 2027"),
        (None, 8, CHIEF, "det lämnades över redan fredag 10 september 2027 kl. 07.00"),
        (None, 0, "annan@provider.example.com", "annan@provider.example.com«, som brevet inte gick till"),
    ],
)
@pytest.mark.parametrize("status", ["5.1.1", "5.7.60"])  # the reader's, and one that would be the post's fault
def test_a_bounce_that_does_not_fit_what_is_known_unhears_nobody_and_a_person_says_whether_it_is_so(
    desk, happens, days, bounced, why, status
):
    with desk.town.store.begin() as session:
        session.get_one(LetterRow, desk.letter().id).cc = []
    if happens:
        happens(desk)
    desk.later(days=days, minutes=5)
    taken = desk.take(dsn(bounced, desk.letter().mime, status=status, said=f"smtp; 550 {status} x"))
    assert taken.row.state == UNREAD and why in taken.row.note and "Ingenting är ändrat" in taken.row.note
    assert (desk.letter().state, desk.letter().answer) == ("överlämnat", None)
    with desk.scene() as scene:
        assert post_fault(scene.session) is None
        row = scene.session.get_one(Incoming, taken.row.id)
        confirm_return(Act(scene, "Ekonom E"), row, [CHIEF])
        assert row.handled_by == "Ekonom E"
        assert (post_fault(scene.session) is None) == (status == "5.1.1")  # the other is the post's fault too
    assert desk.letter().state == "studsat" and f"{CHIEF}: kom tillbaka. {status}" in desk.letter().answer


FORWARDED = "bildning.chef@intern.example.se"


@pytest.mark.parametrize(
    "address, status, named",
    [(FORWARDED, "5.1.1", frozenset()), (CHIEF, "5.7.60", {CHIEF})],
    ids=["forwarded", "the sender's fault"],
)
@pytest.mark.parametrize("lost", [(CHIEF,), (CONTROLLER,), (CHIEF, CONTROLLER)], ids=["reader", "copy", "both"])
def test_a_person_says_whom_a_letter_with_a_copy_did_not_reach(desk, address, status, named, lost):
    assert (desk.letter().to, desk.letter().cc) == ([CHIEF], [CONTROLLER])
    desk.later(minutes=5)
    taken = desk.take(dsn(address, desk.letter().mime, status=status, said=f"smtp; 550 {status} x"))
    assert taken.row.state == UNREAD and address in taken.row.note
    with desk.scene() as scene:
        row = scene.session.get_one(Incoming, taken.row.id)
        found = returned(scene, row, mail_of(scene, row))
        assert (found.readers, found.named, found.why) == ((CHIEF, CONTROLLER), named, "")
        for nobody in ([], ["annan@example.se"], [CHIEF, FORWARDED]):
            with pytest.raises(RefusedError, match="Markera vem brevet inte nådde"):
                confirm_return(Act(scene, "Ekonom E"), row, nobody)
        confirm_return(Act(scene, "Ekonom E"), row, lost)
        assert (row.state, row.handled_by) == (BOUNCE, "Ekonom E")
        assert returned(scene, row, mail_of(scene, row)) is None
    assert [each.split(": ")[0] for each in desk.letter().answer.splitlines()] == list(lost)
    assert desk.letter().state == ("studsat" if CHIEF in lost else "överlämnat")


@pytest.mark.parametrize("action, state", [("failed", BOUNCE), ("delayed", "")])
def test_a_bounce_that_names_one_reader_and_another_address_is_laid_before_a_person_for_the_other(desk, action, state):
    another = f"Final-Recipient: rfc822; {FORWARDED}\r\nAction: failed\r\nStatus: 5.1.1\r\n\r\n".encode()
    clear = dsn(CONTROLLER, desk.letter().mime, action=action, status="5.1.1" if state else "4.4.1", said="smtp; x")
    taken = desk.take(clear.replace(b"\r\n\r\n--b\r\nContent-Type: message/rfc822", b"\r\n\r\n" + another + b"--b\r\nContent-Type: message/rfc822"))  # fmt: skip
    assert taken.row.state == UNREAD and f"Det nådde inte »{FORWARDED}«" in taken.row.note
    assert (desk.letter().answer or "").startswith(f"{CONTROLLER}: kom tillbaka" if state else "")
    with desk.scene() as scene:
        row = scene.session.get_one(Incoming, taken.row.id)
        found = returned(scene, row, mail_of(scene, row))
        assert CHIEF in found.readers and (CHIEF in found.named) == bool(state)  # then nobody else is left
        confirm_return(Act(scene, "Ekonom E"), row, [CHIEF])
    assert desk.letter().state == "studsat"


def test_a_bounce_of_the_copy_alone_means_not_the_reader_who_is_left(desk):
    desk.take(dsn(CONTROLLER, desk.letter().mime))
    again = dsn(CONTROLLER, desk.letter().mime, status="5.7.60", said="smtp; 550 5.7.60 x", ident="<studs-2@a.example>")
    taken = desk.take(again)
    assert taken.row.state == UNREAD and f"nådde inte {CONTROLLER}" in taken.row.note
    with desk.scene() as scene:
        row = scene.session.get_one(Incoming, taken.row.id)
        found = returned(scene, row, mail_of(scene, row))
        assert (found.readers, found.named) == ((CHIEF,), frozenset())


def test_a_bounce_for_one_who_has_not_been_given_the_letter_yet_is_doubted_and_not_to_be_said(desk):
    """Whoever has the copy knows what a bounce of it must look like, and could hold the letter back from its reader."""
    with desk.town.store.begin() as session:
        letter = session.get_one(LetterRow, desk.letter().id)
        letter.state, letter.handed_at, letter.pending = "väntar", None, {CHIEF: "450 försök igen"}
    taken = desk.take(dsn(CHIEF, desk.letter().mime))
    assert taken.row.state == UNREAD and f"det har inte lämnats över till {CHIEF} än" in taken.row.note
    assert (desk.letter().state, desk.letter().answer) == ("väntar", None)
    with desk.scene() as scene:
        row = scene.session.get_one(Incoming, taken.row.id)
        assert returned(scene, row, mail_of(scene, row)).readers == (CONTROLLER,)
        with pytest.raises(RefusedError, match="Markera vem brevet inte nådde"):
            confirm_return(Act(scene, "Ekonom E"), row, [CHIEF])


def test_there_is_nothing_to_say_of_a_letter_that_is_only_late_or_whose_readers_are_all_told(desk):
    late = desk.take(dsn(FORWARDED, desk.letter().mime, action="delayed", status="4.4.1", said="smtp; 451 x"))
    desk.take(dsn(CHIEF, desk.letter().mime, ident="<studs-2@relay.example.se>"))
    desk.take(dsn(CONTROLLER, desk.letter().mime, ident="<studs-3@relay.example.se>"))
    told = desk.take(dsn(FORWARDED, desk.letter().mime, ident="<studs-4@relay.example.se>"))
    with desk.scene() as scene:
        for taken, why in ((late, "servern försöker fortfarande"), (told, "redan antecknat för alla")):
            row = scene.session.get_one(Incoming, taken.row.id)
            found = returned(scene, row, mail_of(scene, row))
            assert (row.state, found.readers) == (UNREAD, ()) and why in found.why
            with pytest.raises(RefusedError, match=why):
                confirm_return(Act(scene, "Ekonom E"), row, [CHIEF])


def test_a_bounce_that_came_before_the_link_was_opened_counts_and_a_second_one_changes_nothing(desk):
    desk.take(dsn(CHIEF, desk.letter().mime))
    opens_the_link(desk)
    again = desk.take(dsn(CHIEF, desk.letter().mime, ident="<studs-2@relay.example.se>"))
    assert again.row.state == BOUNCE and desk.letter().answer.count("kom tillbaka") == 1


def test_only_a_bounce_can_be_said_to_be_so(desk):
    taken = desk.take(answer(about=desk.letter().message_id, text="Hej"))
    with desk.scene() as scene, pytest.raises(RefusedError, match="ingen studs"):
        confirm_return(Act(scene, "Ekonom E"), scene.session.get_one(Incoming, taken.row.id), [CHIEF])


def test_the_ladder_goes_on_after_a_bounce_as_after_a_refusal(desk):
    desk.take(dsn(CHIEF, desk.letter().mime))
    desk.now = instant("tisdag 14 september 2027 kl. 07.00")  # påminnelse, 5 arbetsdagar före
    desk.round()
    assert [row.rung for row in desk.rows(LetterRow) if row.to == [CHIEF]] == ["start", "paminnelse-5"]


def test_the_status_page_knows_that_the_last_letter_came_back(desk):
    desk.take(dsn(CHIEF, desk.letter().mime))
    with desk.town.store.read() as session:
        assert last_letters(session, OccurrenceKey.of("delarsrapport", "2027-08"))[BIN_UNDERLAG].bounced


def test_a_copy_that_came_back_is_told_and_the_letter_stands(desk):
    letter = desk.letter()
    desk.take(dsn(CONTROLLER, letter.mime))
    assert desk.letter().state == "överlämnat" and CONTROLLER in desk.letter().answer
    desk.take(dsn(CHIEF, letter.mime, ident="<studs-2@relay.example.se>"))
    assert desk.letter().state == "studsat"
    for _ in range(2):
        desk.later(minutes=1)
        desk.round()
    notes = [row for row in desk.rows(LetterRow) if row.kind == "notis"]
    assert len(notes) == 1  # both were known when the round came


def test_a_second_address_that_bounces_later_is_told_by_a_word_of_its_own(desk):
    letter = desk.letter()
    for number, address in enumerate((CONTROLLER, CHIEF)):
        desk.take(dsn(address, letter.mime, ident=f"<studs-{number}@relay.example.se>"))
        desk.later(minutes=1)
        desk.round()
    first, second = [
        message_from_bytes(row.mime, policy=policy.default) for row in desk.rows(LetterRow) if row.kind == "notis"
    ]
    texts = [mail.get_body(("plain",)).get_content() for mail in (first, second)]
    assert [(CONTROLLER in text, CHIEF in text) for text in texts] == [(True, False), (False, True)]


def test_a_delay_changes_nothing_but_is_kept(desk):
    taken = desk.take(dsn(CHIEF, desk.letter().mime, action="delayed", status="4.4.1"))
    assert taken.row.state == BOUNCE and "fördröjt" in taken.row.note
    assert (desk.letter().state, desk.letter().answer) == ("överlämnat", None)


def test_a_bounce_of_a_letter_that_is_being_sent_now_is_read_when_it_is_settled(desk):
    desk.take(answer(about=desk.letter().message_id, files=[EKONOMI]))
    (kvittens,) = receipts(desk)
    with desk.town.store.begin() as session:
        reserve(session, desk.now, timedelta(minutes=20), 5)
    with pytest.raises(ValueError, match="på väg just nu"):
        desk.take(dsn(CHIEF, kvittens.mime))
    assert [row.state for row in desk.rows(Incoming)] == [REGISTERED]  # not kept: it lies in the mailbox


def test_a_bounce_of_an_unknown_letter_is_laid_before_a_person(desk):
    taken = desk.take(dsn(CHIEF, b"Message-ID: <annan@example.se>\r\nSubject: x\r\n\r\nhej"))
    assert taken.row.state == UNREAD and "vilket av våra brev" in taken.row.note


@pytest.mark.parametrize(
    ("sender", "state"),
    [
        (CHIEF, UNREAD),
        (CONTROLLER, UNREAD),
        ("hr-chef@example.se", UNREAD),
        ("postmaster@relay.example.se", BOUNCE),
        ("svar@filter.example.org", BOUNCE),
    ],
)
def test_a_bounce_that_somebody_of_ours_has_sent_is_doubted(desk, sender, state):
    """No server writes in the name of a person."""
    desk.later(minutes=5)
    taken = desk.take(dsn(CHIEF, desk.letter().mime, sender=sender))
    assert (taken.row.state, "inte av en e-postserver" in taken.row.note) == (state, state == UNREAD), taken.row.note
    assert desk.letter().state == ("överlämnat" if state == UNREAD else "studsat")

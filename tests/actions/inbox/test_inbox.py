"""What follows from a mail: a hand-in, a letter that came back, or a word laid before a person; each mail once."""

import re
from dataclasses import replace
from datetime import date
from email import message_from_bytes, policy

import pytest
from sqlalchemy import select

from actions.inbox.sorting import marked_for
from actions.ladder.notes import tell_waiting
from notifications.letters.mime import sign_of
from notifications.trust import Trust
from store.post.incoming import ASIDE, AUTOMATIC, REGISTERED, UNREAD
from store.tables import Holder, Incoming, LetterRow, LogRow, ObligationRow, Person, Submission
from submissions.files.filled import MallMark
from tests.rig import hedemora
from tests.rig.files.filling import careful
from tests.rig.files.mails import (
    CHIEF,
    CONTROLLER,
    EKONOMI,
    OFFICE,
    START,
    Desk,
    after_the_first_letters,
    answer,
    dsn,
    forwarded,
    guessed_id,
    receipts,
)
from tests.rig.files.malls import mall
from tests.rig.handins import BIN_PROGNOS, BIN_UNDERLAG, LOCKED_EXCEL, PDF, docx, xlsx
from tests.rig.swedish_words import instant

pytestmark = pytest.mark.whole
DEPUTY = "bitr.bildning@example.se"


@pytest.fixture
def desk() -> Desk:
    """At nine on the Friday on which the first letters went at seven."""
    return after_the_first_letters()


def filed(desk: Desk) -> list[tuple[str, str, str, str]]:
    return [(row.obligation_key, row.part, row.by, row.via) for row in desk.rows(Submission)]


def deputise(desk: Desk, role: str = "forvaltningschef") -> None:
    with desk.town.store.begin() as session:
        session.add(Person(id=DEPUTY, name="Biträdande chef", address=DEPUTY))
        session.flush()
        row = session.scalars(select(Holder).where(Holder.role == role, Holder.unit == "bildningsnamnden")).one()
        row.deputy_id, row.deputy_from, row.deputy_to = DEPUTY, date(2027, 9, 6), date(2027, 9, 17)


def test_a_reply_with_the_file_is_handed_in_for_its_sender_from_when_it_came(desk):
    came = instant("fredag 10 september 2027 kl. 08.12")
    taken = desk.take(answer(about=desk.letter().message_id, files=[EKONOMI]), came)
    assert (taken.row.state, taken.row.obligation_key) == (REGISTERED, BIN_UNDERLAG)
    assert filed(desk) == [(BIN_UNDERLAG, "ekonomi", "Förvaltningschef bildning", "brev")]
    (row,) = desk.rows(Submission)
    assert (row.received_at, row.late, row.filename) == (came, False, "Ekonomi bildning.xlsx")
    (log,) = [row for row in desk.rows(LogRow) if row.what == "submission.received"]
    assert (log.at, log.who, log.detail["by"], log.detail["handed_over_at"]) == (
        desk.now, "brevlådan", "Förvaltningschef bildning", came.isoformat(),
    )  # fmt: skip


def test_what_came_before_the_frist_is_in_time_though_the_service_was_down(desk):
    desk.now = instant("torsdag 23 september 2027 kl. 09.00")  # the frist was Tuesday the 21st kl. 16.00
    letter = desk.letter().message_id
    desk.take(answer(about=letter, files=[EKONOMI]), instant("tisdag 21 september 2027 kl. 15.59"))
    late = answer(about=letter, files=[("Riskanalys åtgärder och kontrollinsatser.docx", docx())], ident="<2@x.se>")
    desk.take(late, instant("tisdag 21 september 2027 kl. 16.01"))
    assert [(row.part, row.late) for row in desk.rows(Submission)] == [
        ("ekonomi", False), ("riskanalys-och-intern-kontroll", True),
    ]  # fmt: skip


def test_the_kvittens_goes_to_the_registered_address_and_says_who_registered(desk):
    desk.take(answer(about=desk.letter().message_id, files=[EKONOMI], name="Någon Annan", Reply_To="ond@example.org"))
    (letter,) = receipts(desk)
    assert (letter.to, letter.cc) == ([CHIEF], [])
    mail = message_from_bytes(letter.mime, policy=policy.default)
    assert "av brevlådan" in mail.get_body(("plain",)).get_content() and b"ond@example.org" not in letter.mime


def test_a_reply_from_the_deputy_is_handed_in_by_the_deputy(desk):
    deputise(desk)
    desk.take(answer(sender=DEPUTY, about=desk.letter().message_id, files=[EKONOMI]))
    assert filed(desk)[0][2] == "Biträdande chef" and receipts(desk)[0].to == [DEPUTY]


def test_a_deputy_whose_days_are_over_is_a_stranger(desk):
    deputise(desk)
    desk.now = instant("måndag 20 september 2027 kl. 09.00")
    taken = desk.take(answer(sender=DEPUTY, about=desk.letter().message_id, files=[EKONOMI]))
    assert taken.row.state == UNREAD and filed(desk) == []


def test_the_controller_in_copy_may_hand_in(desk):
    desk.take(answer(sender=CONTROLLER, about=desk.letter().message_id, files=[EKONOMI]))
    assert filed(desk)[0][2] == "Controller bildning" and receipts(desk)[0].to == [CONTROLLER]


@pytest.mark.parametrize(
    "sender", ["okand@example.org", "forvaltningschef.omsorg@example.se", "revisorerna@example.se"]
)
def test_a_stranger_or_anothers_chief_is_laid_before_a_person_and_gets_no_letter(desk, sender):
    before = len(desk.rows(LetterRow))
    taken = desk.take(answer(sender=sender, about=desk.letter().message_id, files=[EKONOMI]))
    assert (taken.row.state, taken.row.obligation_key) == (UNREAD, BIN_UNDERLAG)
    assert filed(desk) == [] and len(desk.rows(LetterRow)) == before


@pytest.mark.parametrize(
    ("passed", "word"),
    [("dmarc=fail", "säger att mejlet inte kommer från example.se (dmarc=fail)"), ("dmarc=none", "kan inte intyga"),
     ("", "har inte intygat")],
)  # fmt: skip
def test_a_sender_that_our_server_does_not_pass_is_laid_before_a_person(desk, passed, word):
    taken = desk.take(answer(about=desk.letter().message_id, files=[EKONOMI], passed=passed))
    assert taken.row.state == UNREAD and word in taken.row.note and filed(desk) == []
    asked = desk.take(
        answer(about=desk.letter().message_id, text="Kan vi få anstånd?", passed=passed, ident="<2@x.se>")
    )
    assert asked.row.note.startswith("Ett svar utan fil.") and word in asked.row.note  # nor is a wish granted unasked


def test_without_a_server_to_believe_nothing_is_filed_by_itself(desk):
    desk.office = replace(desk.office, trust=Trust())
    desk.take(dsn(CHIEF, desk.letter().mime))
    assert desk.letter().state == "studsat"  # a bounce is known by the letter that it returns
    taken = desk.take(answer(about=desk.letter().message_id, files=[EKONOMI]))
    assert (taken.row.state, filed(desk)) == (UNREAD, []) and "ARSHJUL_MAIL_AUTHSERV" in taken.row.note


def test_a_mail_forwarded_whole_is_handed_in_for_whoever_forwards_it(desk):
    inner = answer(sender="assistent@example.org", about=desk.letter().message_id, files=[EKONOMI])
    desk.take(forwarded(inner, sender=CHIEF))
    assert filed(desk) == [(BIN_UNDERLAG, "ekonomi", "Förvaltningschef bildning", "brev")]


GUESSES = {
    "a subject and a sender": lambda letter: {"subject": f"Sv: VB: {letter.subject}"},
    "an obligation's key in the subject": lambda letter: {"subject": f"Underlag, {BIN_UNDERLAG}"},
    "an obligation's key in the text": lambda letter: {"text": f"Underlag, {BIN_UNDERLAG}. Hälsningar"},
    "the letter's key in the text": lambda letter: {"text": f"X-Arshjul-Key: {letter.key}\n\n{letter.key}"},
    "a key with another's sign": lambda letter: {
        "text": f"X-Arshjul-Key: {letter.key}\nX-Arshjul-Sign: {sign_of(letter.key, b'annan')}"
    },
    "the sign of another key": lambda letter: {
        "text": f"X-Arshjul-Key: {BIN_UNDERLAG}\nX-Arshjul-Sign: {sign_of(letter.key, b'hemlig')}"
    },
}


@pytest.mark.parametrize("guess", GUESSES.values(), ids=GUESSES)
def test_what_anybody_can_write_is_a_guess_for_a_person_and_files_nothing(desk, guess):
    taken = desk.take(
        answer(about="<AM0PR07MB1234@eurprd07.prod.outlook.com>", files=[EKONOMI], **guess(desk.letter()))
    )
    assert (taken.row.state, taken.row.letter_id, filed(desk)) == (UNREAD, None, [])
    assert taken.row.obligation_key == BIN_UNDERLAG and "är en gissning. Kontrollera det." in taken.row.note


def test_an_id_that_can_be_worked_out_from_the_key_is_nobodys(desk):
    assert desk.letter().message_id != guessed_id(desk.letter().key)
    taken = desk.take(answer(about=guessed_id(desk.letter().key), files=[EKONOMI]))
    assert (taken.row.state, taken.row.letter_id, filed(desk)) == (UNREAD, None, [])


def test_a_letter_from_before_ids_were_signed_is_known_by_the_id_that_is_stored(desk):
    with desk.town.store.begin() as session:
        letter = session.get_one(LetterRow, desk.letter().id)
        letter.message_id = guessed_id(letter.key)
    desk.take(answer(about=desk.letter().message_id, files=[EKONOMI]))
    assert filed(desk)


def test_a_signed_key_is_enough_where_a_server_has_replaced_the_ids(desk):
    letter = desk.letter()
    quoted = f"X-Arshjul-Key: {letter.key}\nX-Arshjul-Sign: {sign_of(letter.key, b'hemlig')}"
    taken = desk.take(answer(about="<AM0PR07MB1234@eurprd07.prod.outlook.com>", files=[EKONOMI], text=quoted))
    assert (taken.row.state, taken.row.letter_id) == (REGISTERED, letter.id)


def test_only_what_is_ours_is_set_aside_as_ours(desk):
    letter = desk.letter()
    fake = answer(sender=OFFICE, files=[EKONOMI], X_Arshjul_Key=letter.key, X_Arshjul_Sign="0" * 32)
    assert desk.take(fake).row.state == UNREAD


def test_two_files_find_each_its_own_part(desk):
    files = [EKONOMI, ("Planerade åtgärder.docx", docx(b"2")), ("Mål och resultat.docx", docx())]
    taken = desk.take(answer(about=desk.letter().message_id, files=files))
    assert taken.row.state == REGISTERED
    assert {(key, part) for key, part, *_ in filed(desk)} == {
        (BIN_UNDERLAG, "ekonomi"), (BIN_PROGNOS, "planerade-atgarder"), (BIN_UNDERLAG, "mal-och-resultat"),
    }  # fmt: skip
    assert len(receipts(desk)) == 2  # one for all, and the registrator's: the prognos is complete


def test_a_file_that_could_be_several_parts_is_laid_before_a_person_and_the_sure_one_is_filed(desk):
    files = [EKONOMI, ("rapport.docx", docx())]
    taken = desk.take(answer(about=desk.letter().message_id, files=files))
    assert taken.row.state == UNREAD and "»rapport.docx«: det går inte att se vilken del" in taken.row.note
    assert [part for _, part, *_ in filed(desk)] == ["ekonomi"]
    assert [file.get("part") for file in taken.row.files] == ["ekonomi", None]


def test_the_only_missing_part_of_its_kind_takes_a_file_of_any_name(desk):
    named = [EKONOMI, ("Planerade åtgärder.docx", docx(b"2")), ("Mål och resultat.docx", docx())]
    desk.take(answer(about=desk.letter().message_id, files=named))
    desk.take(answer(about=desk.letter().message_id, files=[("text.docx", docx(b"3"))], ident="<2@x.se>"))
    assert [part for _, part, *_ in filed(desk)][-1] == "riskanalys-och-intern-kontroll"


def test_a_marked_mall_is_known_whatever_it_is_called(desk):
    """By mail: though its name is another part's, or none's."""
    parts = ("riskanalys-och-intern-kontroll", "mal-och-resultat")
    contents = [careful(mall("delarsrapport", "2027-08", "bildningsnamnden", part)) for part in parts]
    files = [("svar.docx", contents[0]), ("Planerade åtgärder.docx", contents[1])]
    taken = desk.take(answer(about=desk.letter().message_id, files=files))
    assert [(key, part) for key, part, *_ in filed(desk)] == [(BIN_UNDERLAG, part) for part in parts]
    assert [file["mark"]["part"] for file in taken.row.files] == list(parts)


def test_a_mail_that_answers_nothing_is_about_what_its_mall_is_marked_for_and_a_person_confirms_it():
    desk = Desk(hedemora.town(START))  # whose mallar these are
    content = careful(mall("delarsrapport", "2027-08", "bildningsnamnden", "mal-och-resultat"))
    taken = desk.take(answer(subject="Rapport", files=[("svar.docx", content)]))
    assert (taken.row.state, taken.row.obligation_key) == (UNREAD, hedemora.BIN_UNDERLAG)
    assert "förslaget är en gissning" in taken.row.note and filed(desk) == []


def test_another_municipalitys_mall_tells_nothing(desk):
    ours = MallMark(
        kommun="strandby", step="delarsrapport", period="2027-08", unit="bildningsnamnden", part="mal-och-resultat"
    )
    with desk.scene() as scene:
        assert marked_for(scene, [ours])[0] == BIN_UNDERLAG
        assert marked_for(scene, [replace(ours, kommun="annan"), replace(ours, part="x"), MallMark()]) == []


def test_a_file_for_a_part_that_is_in_already_replaces_nothing_by_itself(desk):
    letter = desk.letter().message_id
    desk.take(answer(about=letter, files=[EKONOMI]))
    taken = desk.take(answer(about=letter, files=[("Ekonomi ny.xlsx", xlsx(b"2"))], ident="<2@x.se>"))
    assert taken.row.state == UNREAD and len(filed(desk)) == 1


def test_the_same_file_in_a_new_mail_is_known_and_gives_no_second_kvittens(desk):
    letter = desk.letter().message_id
    for number in range(2):
        taken = desk.take(answer(about=letter, files=[EKONOMI], ident=f"<{number}@x.se>"))
        assert taken.row.state == REGISTERED
    assert len(filed(desk)) == len(receipts(desk)) == 1


def test_our_own_file_that_comes_back_untouched_is_no_hand_in(desk):
    with desk.town.store.begin() as session:
        letter = session.get_one(LetterRow, desk.letter().id)
        mail = message_from_bytes(letter.mime, policy=policy.SMTP)
        mail.add_attachment(xlsx(), maintype="application", subtype="octet-stream", filename="mall.xlsx")
        letter.mime = mail.as_bytes()
    taken = desk.take(answer(about=desk.letter().message_id, files=[("mall.xlsx", xlsx())]))
    assert taken.row.state == UNREAD and taken.row.files == [] and filed(desk) == []


def test_a_file_that_is_refused_is_told_with_its_remedy_and_waits(desk):
    taken = desk.take(answer(about=desk.letter().message_id, files=[("ekonomi.xlsx", LOCKED_EXCEL)]))
    assert taken.row.state == UNREAD and receipts(desk) == []
    assert "Filen är låst med lösenord. Ta bort lösenordet" in taken.row.note


def test_a_winmail_dat_an_empty_mail_and_a_word_without_a_file_wait_for_a_person(desk):
    letter = desk.letter().message_id
    notes = [
        desk.take(answer(about=letter, files=[("winmail.dat", b"x")], ident="<1@x.se>")).row.note,
        desk.take(b"").row.note,
        desk.take(answer(about=letter, text="Kan vi få anstånd?", ident="<2@x.se>")).row.note,
    ]
    assert [re.split(r"[.:]", note)[0] for note in notes] == [
        "Bilagorna ligger i en winmail", "Avsändaren går inte att läsa", "Ett svar utan fil",
    ]  # fmt: skip


def test_an_out_of_office_is_set_aside_and_never_answered(desk):
    before = len(desk.rows(LetterRow))
    taken = desk.take(
        answer(
            about=desk.letter().message_id,
            subject="Autosvar: Jag är på semester",
            text="Åter måndag.",
            Auto_Submitted="auto-replied",
        )
    )
    assert (taken.row.state, taken.row.handled_by) == (AUTOMATIC, "brevlådan")
    assert len(desk.rows(LetterRow)) == before


def test_a_letter_of_our_own_is_set_aside(desk):
    assert desk.take(desk.letter().mime).row.state == ASIDE


def test_the_same_mail_twice_is_taken_in_once_also_with_another_servers_lines_on_it(desk):
    raw = answer(about=desk.letter().message_id, files=[EKONOMI]).as_bytes()
    first, again = desk.take(raw), desk.take(b"Received: from a by b; Fri, 10 Sep 2027 09:00:00 +0200\r\n" + raw)
    assert (first.again, again.again, again.row.id) == (False, True, first.row.id)
    assert len(desk.rows(Incoming)) == len(filed(desk)) == len(receipts(desk)) == 1


def test_another_mail_under_the_same_message_id_is_not_lost(desk):
    letter = desk.letter().message_id
    desk.take(answer(about=letter, text="Reklam"))
    desk.take(answer(about=letter, files=[EKONOMI]))
    assert len(desk.rows(Incoming)) == 2 and len(filed(desk)) == 1


def test_a_mail_that_is_too_large_is_told(desk):
    taken = desk.take(answer().as_bytes().partition(b"\r\n\r\n")[0] + b"\r\n\r\n", too_large=True)
    assert taken.row.state == UNREAD and "större än 40 MB" in taken.row.note


def test_in_skugga_the_kvittens_goes_to_the_ekonomikontor():
    desk = Desk(utskick="skugga")
    desk.round()
    shadow = next(row for row in desk.rows(LetterRow) if BIN_UNDERLAG in desk.told(row))
    desk.take(answer(files=[EKONOMI], about=shadow.message_id))
    assert filed(desk) and receipts(desk)[0].to == [OFFICE]


EVIL = "Logga in på https://ond.example.org/in?x=1 nu, eller www.ond.example.org"


def test_a_strangers_words_stand_in_our_letters_as_theirs_and_without_a_link(desk):
    desk.take(dsn(CHIEF, desk.letter().mime, said=f"smtp; 550 {EVIL}"))
    desk.take(
        answer(sender="okand@example.org", subject=f"{EVIL} »slut«", files=[("www.ond.example.org.xlsx", xlsx())])
    )
    desk.take(
        answer(
            about=desk.letter().message_id, files=[("https:__x", b"x"), ("www.ond.example.org", b"y")], ident="<3@x.se>"
        )
    )
    for minutes in (1, 1):
        desk.later(minutes=minutes)
        desk.round()
        with desk.scene() as scene:
            tell_waiting(scene)
    notes = [message_from_bytes(row.mime, policy=policy.default) for row in desk.rows(LetterRow) if row.kind == "notis"]
    texts = [" ".join(note.get_body(("plain",)).get_content().split()) for note in notes]
    htmls = [note.get_body(("html",)).get_content() for note in notes]
    assert len(notes) == 2
    assert f"{CHIEF}: »kom tillbaka. 5.1.1 550 Logga in på hxxps[:]//ond[.]example[.]org/in?x=1 nu" in texts[0]
    assert "»okand@example.org«: »Logga in på hxxps[:]//ond[.]example[.]org" in texts[1] and "›slut‹«." in texts[1]
    assert "»www[.]ond[.]example[.]org«: " in texts[1]
    assert not re.search(r"(?i)https?://ond|www\.ond", " ".join(texts + htmls))


def test_what_waits_is_told_once_a_day_within_the_sending_hours(desk):
    desk.take(answer(sender="okand@example.org", subject="Hej\u202e", files=[EKONOMI]))
    for when in ("fredag 10 september 2027 kl. 16.59", "fredag 10 september 2027 kl. 17.01", "lördag 11 september 2027 kl. 09.00",
                 "måndag 13 september 2027 kl. 07.00", "måndag 13 september 2027 kl. 07.01"):  # fmt: skip
        desk.now = instant(when)
        with desk.scene() as scene:
            tell_waiting(scene)
    told = [row for row in desk.rows(LetterRow) if "väntar på att registreras" in row.subject]
    assert [row.key for row in told] == ["strandby/inkorg/2027-09-10", "strandby/inkorg/2027-09-13"]
    assert b"/registrera" in told[0].mime


def test_a_hand_in_wakes_the_obligation(desk):
    desk.take(answer(about=desk.letter().message_id, files=[EKONOMI, ("x.pdf", PDF)]))
    row = next(row for row in desk.rows(ObligationRow) if row.key == BIN_UNDERLAG)
    assert row.wake_at == desk.now

"""Mails as programs and servers write them: each is taken as what it is, and none is put aside in silence."""

from dataclasses import replace
from datetime import timedelta

import pytest

from actions.act import Act
from actions.inbox.registering import set_aside
from actions.people.seating import end_seat
from notifications.trust import Trust
from store.post.incoming import AUTOMATIC, BOUNCE, UNREAD, by_id
from store.tables import Holder, Incoming, Submission
from tests.rig.files.mails import CHIEF, Desk, after_the_first_letters, answer
from tests.rig.paths import TESTS

pytestmark = pytest.mark.whole

FILES = TESTS / "files" / "mail"
WRITTEN = b"<8b1edf02cb80f71b51787085739baf4c.arshjul@example.se>"  #: the letter that the files answer

SAVED = {
    "30-two-authentication-results": (UNREAD, "inte kommer från example.se (dmarc=fail)"),
    "31a-human-semester": (UNREAD, "Ett svar utan fil."),
    "32a-daemon-auto-replied": (BOUNCE, "Brevet är märkt som studsat."),
    "32b-report-without-type": (BOUNCE, "Brevet är märkt som studsat."),
    "33-gmail-delay": (BOUNCE, "Brevet är fördröjt"),
    "34-msg-attached": (UNREAD, "»Ekonomin.msg«: Filen är ett mejl sparat ur Outlook (.msg). Öppna mejlet, spara bilagan"),
    "35-rpmsg": (UNREAD, "mejl (.rpmsg), som bara dess mottagare kan öppna. Be avsändaren om filen utan skydd"),
    "37-rfc822-base64": (UNREAD, "Ett bifogat mejl går inte att läsa."),
    "38-zip": (UNREAD, "»Ekonomi.zip«: Filen är ett zip-arkiv (.zip). Packa upp den och lämna in filerna var för sig."),
    "39-read-receipt-tnef": (AUTOMATIC, "Automatiskt svar (läskvitto)."),
}  # fmt: skip


@pytest.fixture
def desk() -> Desk:
    return after_the_first_letters()


@pytest.mark.parametrize(("name", "right"), SAVED.items(), ids=SAVED)
def test_a_saved_mail_is_taken_as_what_it_is(desk, name, right):
    raw = (FILES / f"{name}.eml").read_bytes()
    assert WRITTEN in raw
    taken = desk.take(raw.replace(WRITTEN, desk.letter().message_id.encode()))
    assert (taken.row.state, right[1] in taken.row.note, desk.rows(Submission)) == (right[0], True, []), taken.row.note
    assert desk.letter().state == ("studsat" if "märkt som studsat" in right[1] else "överlämnat")


WITHOUT_A_SERVER = {
    "30-two-authentication-results": ("Ett svar med en fil.", True),
    "34-msg-attached": ("»Ekonomin.msg«: Filen är ett mejl sparat ur Outlook (.msg). Öppna mejlet", True),
    "35-rpmsg": ("»message.rpmsg«: Filen är ett skyddat mejl (.rpmsg)", True),
    "38-zip": ("»Ekonomi.zip«: Filen är ett zip-arkiv (.zip). Packa upp den", True),
    "31a-human-semester": ("Ett svar utan fil.", False),
    "33-gmail-delay": ("Brevet är fördröjt", False),
    "37-rfc822-base64": ("Ett bifogat mejl går inte att läsa.", False),
}


@pytest.mark.parametrize(("name", "right"), WITHOUT_A_SERVER.items(), ids=WITHOUT_A_SERVER)
def test_it_is_told_what_it_is_also_when_no_server_is_chosen(desk, name, right):
    desk.office = replace(desk.office, trust=Trust())
    raw = (FILES / f"{name}.eml").read_bytes().replace(WRITTEN, desk.letter().message_id.encode())
    note = desk.take(raw).row.note
    assert (note.startswith(right[0]), "ARSHJUL_MAIL_AUTHSERV" in note) == (True, right[1]), note


@pytest.mark.parametrize("passed", ["", "dmarc=fail", "dmarc=none"])
@pytest.mark.parametrize(
    ("name", "content", "word"),
    [
        ("Ekonomi.csv", b"konto;belopp\r\n4010;12\r\n", "Filen är ren text (.csv eller .txt)."),
        ("bild.jpg", b"\xff\xd8\xff" + b"x" * 90_000, "Filen är en bild."),
        ("brev.eml", b"From: a", "Filen är ett sparat mejl (.eml)."),
    ],
)
def test_it_is_told_what_a_file_is_also_when_its_sender_is_in_doubt(desk, name, content, word, passed):
    for about, number in ((desk.letter().message_id, 1), ("", 2)):  # an answer, and a mail about nobody knows what
        mail = answer(about=about, subject="x", files=[(name, content)], passed=passed, ident=f"<{number}@x.se>")
        note = desk.take(mail).row.note
        assert note.startswith(f"»{name}«: {word}") and "e-postserver" in note and "{" not in note, note


DAEMON = "mailer-daemon@mx.example.se"
GONE = f"Delivery to the following recipient failed permanently:\n\n  {CHIEF}\n  550 5.1.1 No such user\n\nMessage-ID: %s\n"
LATE = f"Delivery to the following recipient has been delayed:\n\n  {CHIEF}\n\nMessage will be retried.\n\nMessage-ID: %s\n"
AUTO = {"Auto_Submitted": "auto-replied"}
EMPTY = {"Return_Path": "<>", **AUTO}
SIBLINGS = {
    # a person begins as she likes
    "autosvar in a subject": ({"subject": "Autosvar i vårt system, hur gör vi?"}, UNREAD),
    "out of office in a subject": ({"subject": "Out of office: vem svarar nu?"}, UNREAD),
    "frånvaro": ({"subject": "Frånvaro i nämnden, kan vi få anstånd?"}, UNREAD),
    "an absence by its header": ({"subject": "Semester!", **AUTO}, AUTOMATIC),
    "an absence by another": ({"subject": "Borta", "X_Autoreply": "yes"}, AUTOMATIC),
    # what a server wrote
    "a daemon's word that is not known": ({"sender": DAEMON, "text": "Quota 90 %.", **AUTO}, UNREAD),
    "postmaster's word": ({"sender": "postmaster@mx.example.se", "text": "Se bifogat.", **AUTO}, UNREAD),
    "an empty Return-Path from nobody's address": ({**EMPTY, "sender": "svar@x.se", "text": "Quota 90 %."}, UNREAD),
    "an empty Return-Path and no word": ({"text": "Ärendet är mottaget.", "Return_Path": "<>"}, UNREAD),
    "a bounce address of many": ({"sender": "bounces+17-chef=example.se@x.se", "text": "Se bifogat.", **AUTO}, UNREAD),
    "MDaemon": ({"sender": "mdaemon@x.se", "text": "Se bifogat.", **AUTO}, UNREAD),
    # a program of somebody of ours answers from an empty path, too (RFC 3834)
    "an absence with an empty Return-Path": ({"text": "Jag är borta.", **EMPTY}, AUTOMATIC),
    "another with an empty Return-Path": ({"Return_Path": "<>", "Precedence": "auto_reply"}, AUTOMATIC),
    "an absence that names its sender and undelivered mail": (
        {"text": f"Jag gick inte att nå på {CHIEF}. Undeliverable mail is read later.", **EMPTY},
        AUTOMATIC,
    ),
    "a subsystem's failure": ({"sender": "mail-delivery-subsystem@x.se", "text": GONE}, BOUNCE),
    "Gmail's failure": ({"sender": DAEMON, "subject": "Delivery Status Notification (Failure)", "text": GONE}, BOUNCE),
}


@pytest.mark.parametrize(("given", "state"), SIBLINGS.values(), ids=SIBLINGS)
def test_its_siblings_are_too(desk, given, state):
    ident = desk.letter().message_id
    more = {**given, "text": given["text"].replace("%s", ident)} if "text" in given else given
    taken = desk.take(answer(about=ident, **more))
    assert taken.row.state == state, taken.row.note


@pytest.mark.parametrize(
    ("subject", "text", "late"),
    [
        ("Delivery Status Notification (Delay)", LATE, True),
        ("Delivery Status Notification", LATE, True),
        ("Leveransen är fördröjd", f"{CHIEF}: servern försöker igen.\n\nMessage-ID: %s", True),
        ("Delivery Status Notification (Failure)", LATE, False),
        ("Delivery Status Notification", GONE + LATE, False),
        ("Undeliverable: Delårsrapport", GONE, False),
    ],
)
def test_a_delay_in_words_is_no_bounce_and_a_failure_is(desk, subject, text, late):
    words = text.replace("%s", desk.letter().message_id)
    taken = desk.take(answer(sender=DAEMON, subject=subject, text=words))
    assert (taken.row.state, "fördröjt" in taken.row.note) == (BOUNCE, late), taken.row.note
    assert desk.letter().state == ("överlämnat" if late else "studsat")


@pytest.mark.parametrize(
    ("parts", "state"),
    [
        ('multipart/report; report-type=disposition-notification; boundary="b"', AUTOMATIC),
        ('multipart/report; report-type=Disposition-Notification; boundary="b"', AUTOMATIC),
        ('multipart/report; report-type=feedback-report; boundary="b"', UNREAD),
        ('multipart/report; report-type=tlsrpt; boundary="b"', UNREAD),
        ('multipart/report; boundary="b"', UNREAD),
    ],
)
def test_a_report_that_is_no_receipt_is_seen(desk, parts, state):
    raw = f"From: {CHIEF}\r\nSubject: x\r\nAuto-Submitted: auto-replied\r\nReturn-Path: <>\r\nContent-Type: {parts}\r\n\r\n"
    taken = desk.take(f"{raw}--b\r\nContent-Type: text/plain\r\n\r\nEtt ord.\r\n--b--\r\n".encode())
    assert taken.row.state == state, taken.row.note


@pytest.mark.parametrize(
    ("disposition", "state"),
    [
        ("automatic-action/MDN-sent-automatically; displayed", AUTOMATIC),
        ("manual-action/MDN-sent-manually; deleted", AUTOMATIC),
        ("automatic-action/MDN-sent-automatically; deleted", UNREAD),  # Dovecot: the mailbox is full
        ("Automatic-Action/MDN-sent-automatically;deleted/error", UNREAD),
        ("manual-action/MDN-sent-automatically; failed", UNREAD),
        ("", UNREAD),
    ],
)
def test_a_receipt_that_a_letter_was_thrown_away_is_seen(desk, disposition, state):
    head = f"From: {CHIEF}\r\nSubject: Automatically rejected mail\r\nAuto-Submitted: auto-replied (rejected)\r\n"
    head += 'Content-Type: multipart/report; report-type=disposition-notification; boundary="b"\r\n\r\n'
    told = f"Final-Recipient: rfc822; {CHIEF}\r\nDisposition: {disposition}\r\n\r\n"
    part = "--b\r\nContent-Type: message/disposition-notification\r\n\r\n"
    taken = desk.take(f"{head}{part}{told}--b--\r\n".encode())
    assert taken.row.state == state, taken.row.note


@pytest.mark.parametrize("sender", ["<>", '"Jetmail System" <>', "Postmaster <>", "Mail"])
def test_a_sender_without_an_address_is_called_none(desk, sender):
    word = "Mejlet har ingen avsändare som går att läsa"
    taken = desk.take(f"From: {sender}\r\nSubject: Mail Error\r\n\r\nYour mail cannot be delivered.\r\n".encode())
    assert (taken.row.state, taken.row.sender) == (UNREAD, "") and "<>" not in taken.row.note
    assert "Avsändaren går inte att läsa." in taken.row.note or word in taken.row.note


def test_a_servers_word_is_told_also_when_a_part_of_it_cannot_be_read(desk):
    head = f'From: {DAEMON}\r\nSubject: x\r\nContent-Type: multipart/mixed; boundary="b"\r\n\r\n'
    part = (
        "--b\r\nContent-Type: message/rfc822\r\nContent-Transfer-Encoding: base64\r\n\r\nRnJvbTogYQ0KDQpo\r\n--b--\r\n"
    )
    assert desk.take(f"{head}{part}".encode()).row.note.startswith("En e-postserver har skrivit något")


@pytest.mark.parametrize(
    ("name", "state"),
    [("urn:content-classes:mdn", AUTOMATIC), ("urn:content-classes:message", UNREAD), ("mdn", UNREAD)],
)
def test_a_receipt_of_reading_is_known_by_its_class(desk, name, state):
    raw = answer(about=desk.letter().message_id, subject="Läst: Delårsrapport").as_bytes()
    assert desk.take(f"Content-class: {name}\r\n".encode() + raw).row.state == state


@pytest.mark.parametrize(
    ("content", "state"),
    [
        (b"\x78\x9f\x3e\x22...REPORT.IPM.Note.IPNRN\x00", AUTOMATIC),
        (b"\x78\x9f\x3e\x22" + "REPORT.IPM.Note.IPNNRN".encode("utf-16-le"), AUTOMATIC),
        (b"\x78\x9f\x3e\x22...IPM.Microsoft Mail.Note\x00", UNREAD),
        (b"\x78\x9f\x3e\x22...REPORT.IPM.Note.NDR\x00", UNREAD),
    ],
)
def test_a_winmail_dat_is_a_receipt_only_when_it_says_so(desk, content, state):
    taken = desk.take(answer(about=desk.letter().message_id, files=[("winmail.dat", content)]))
    assert taken.row.state == state, taken.row.note


@pytest.mark.parametrize(
    ("name", "word"),
    [
        ("Underlag.MSG", "Filen är ett mejl sparat ur Outlook (.msg). Öppna mejlet"),
        ("brev.eml", "Filen är ett sparat mejl (.eml). Öppna mejlet"),
        ("a.rpmsg", "Filen är ett skyddat mejl (.rpmsg)"),
        ("allt.7z", "Filen är ett packat arkiv (.7z, .rar, .tar eller liknande). Packa upp den"),
        ("allt.ZIP", "Filen är ett zip-arkiv (.zip). Packa upp den"),
        ("allt.rar", "Filen är ett packat arkiv (.7z, .rar, .tar eller liknande). Packa upp den"),
    ],
)
def test_files_in_which_others_lie_are_told_by_name(desk, name, word):
    taken = desk.take(answer(about=desk.letter().message_id, files=[(name, b"PK\x03\x04 or what it is")]))
    assert taken.row.state == UNREAD and f"»{name}«: {word}" in taken.row.note


OLE = bytes.fromhex("D0CF11E0A1B11AE1") + bytes(600)


@pytest.mark.parametrize(
    ("name", "content", "word"),
    [
        ("utan ändelse", OLE + "__substg1.0_0037001F".encode("utf-16-le"), "ett mejl sparat ur Outlook (.msg)"),
        ("Ekonomi.xls", b"<html><table></table></html>", "en webbsida (.html eller .mht), vad den än heter"),
        ("Ekonomi.csv", b"konto;belopp\r\n4010;12\r\n", "ren text (.csv eller .txt)"),
        ("Text.rtf", rb"{\rtf1 hej}", "i formatet RTF (.rtf)"),
        ("~$Ekonomi.xlsx", b"\x02Ek" + b" " * 52 + b"\x02\0E\0k\0" + b"\0 " * 53, "en låsfil"),
        ("Ekonomi.url", b"[InternetShortcut]\r\nURL=https://example.se", "en genväg, och inte själva filen"),
        ("skärmbild.jpg", b"\xff\xd8\xff" + b"x" * 90_000, "en bild"),
    ],
)
def test_files_of_other_kinds_are_told_by_name_as_when_they_are_handed_in(desk, name, content, word):
    taken = desk.take(answer(about=desk.letter().message_id, files=[(name, content)]))
    assert taken.row.state == UNREAD and f"Filen är {word}" in taken.row.note, taken.row.note


@pytest.mark.parametrize("kind", ["message/rfc822", "message/partial; id=x; number=1; total=2"])
@pytest.mark.parametrize("coding", ["base64", "quoted-printable"])
def test_an_enclosed_mail_that_cannot_be_opened_is_told(desk, kind, coding):
    head = f"Authentication-Results: mx.example.se; dmarc=pass\r\nFrom: {CHIEF}\r\nSubject: x\r\nMIME-Version: 1.0\r\n"
    inner = f"--b\r\nContent-Type: {kind}\r\nContent-Transfer-Encoding: {coding}\r\n\r\nRnJvbTogYQ0KDQpo\r\n--b--\r\n"
    taken = desk.take(f'{head}Content-Type: multipart/mixed; boundary="b"\r\n\r\n{inner}'.encode())
    assert taken.row.state == UNREAD and taken.row.note.startswith("Ett bifogat mejl går inte att läsa.")


LEFT = "Hej! Jag har slutat på kommunen. Skriv till https://ny.example.org eller ny.chef@example.org."


@pytest.mark.parametrize(
    ("text", "headers"),
    [
        (LEFT, AUTO),
        (LEFT, EMPTY),
        ("Min nya e-postadress är ny.chef@example.org.", {"X_Autoreply": "yes"}),
        ("Bodil no longer works here.", {"Precedence": "auto_reply"}),
    ],
)
def test_an_answer_that_says_that_its_sender_is_gone_waits_for_a_person_and_changes_nothing(desk, text, headers):
    before = [(row.role, row.unit, row.person_id, row.until) for row in desk.rows(Holder)]
    row = desk.take(answer(about=desk.letter().message_id, subject="Automatiskt svar", text=text, **headers)).row
    assert (row.state, row.kind) == (UNREAD, AUTOMATIC)
    assert "har slutat, eller har en annan adress: »" in row.note and "Personer och roller" in row.note
    assert "https://" not in row.note
    assert before == [(row.role, row.unit, row.person_id, row.until) for row in desk.rows(Holder)]
    assert desk.letter().state == "överlämnat"


def test_it_is_said_once_and_again_when_other_words_come(desk):
    def says(text: str, number: int) -> Incoming:
        return desk.take(answer(text=text, ident=f"<auto-{number}@example.se>", **AUTO)).row

    first = says("Jag har slutat.", 1)
    assert (first.state, says("Jag har slutat.", 2).state) == (UNREAD, AUTOMATIC)
    with desk.scene() as scene:
        set_aside(Act(scene, "Ekonom E", "Hon är kvar till jul."), by_id(scene.session, first.id))
    assert "är redan taget om hand" in says("Jag har slutat.", 3).note
    assert says("Min nya e-postadress är x@example.org.", 4).state == UNREAD


@pytest.mark.parametrize("sender", ["okand@example.org", "ordforande.bildning@example.se"])
def test_what_is_no_news_is_put_aside(desk, sender):
    """A stranger has no role, and who has left a role already has none."""
    if not sender.startswith("okand"):
        role = ("namndordforande", "bildningsnamnden")
        with desk.scene() as scene:
            end_seat(Act(scene, "Ekonom E", "Har slutat."), role, scene.today - timedelta(days=1))
    row = desk.take(answer(sender=sender, text="Jag har slutat.", **AUTO)).row
    assert row.state == AUTOMATIC, row.note

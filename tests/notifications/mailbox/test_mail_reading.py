"""What a mail says, read purely: whose it is, which letter it answers, its files; and what is automatic or a bounce."""

import time
from email.message import EmailMessage
from email.policy import SMTP

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from notifications.letters.mime import build
from notifications.letters.views.composed import Composed
from notifications.mailbox.bounces import matching
from notifications.mailbox.mail_reading import read_mail
from notifications.mailbox.mail_wire import told
from notifications.mailbox.read_apart import heard
from tests.rig.examples import examples
from tests.rig.files.mails import CHIEF, OFFICE, START, answer, dsn, forwarded
from tests.rig.handins import PDF, docx, xlsx

pytestmark = pytest.mark.whole

KEY = "hedemora/brev/2027-09-10/forvaltningschef.bildning@example.se"
IDENT = "<0123456789abcdef0123456789abcdef.arshjul@example.se>"
LETTER = build(
    Composed(subject="Delårsrapport augusti 2027: underlag senast tisdag 21 september kl. 16.00", text="Hej", html="<p>Hej</p>"),
    sender=OFFICE, to=[CHIEF], key=KEY, message_id=IDENT, now=START,
)  # fmt: skip


def our_letter() -> EmailMessage:
    from email import message_from_bytes, policy

    found = message_from_bytes(LETTER, policy=policy.SMTP)
    assert isinstance(found, EmailMessage)
    return found


def test_a_reply_names_its_letter_its_sender_and_its_file():
    mail = read_mail(answer(about=IDENT, name="Chef, Bildning", files=[("Ekonomi.xlsx", xlsx())]).as_bytes())
    assert (mail.kind, mail.sender, mail.sender_name, mail.about) == ("svar", CHIEF, "Chef, Bildning", (IDENT,))
    assert [(file.name, file.content) for file in mail.files] == [("Ekonomi.xlsx", xlsx())]


def test_swedish_names_of_files_are_read_in_every_way_that_programs_write_them():
    mail = answer(files=[("Måluppföljning å ä ö.docx", docx())]).as_bytes()
    outlook = mail.replace(
        mail[mail.index(b"filename") : mail.index(b"\r\n", mail.index(b"filename"))],
        b'filename="=?iso-8859-1?Q?M=E5luppf=F6ljning_=E5_=E4_=F6.docx?="',
    )
    assert {read_mail(raw).files[0].name for raw in (mail, outlook)} == {"Måluppföljning å ä ö.docx"}


def test_a_mail_forwarded_whole_names_our_letter_and_carries_the_inner_ones_file():
    mail = read_mail(forwarded(answer(about=IDENT, files=[("a.xlsx", xlsx())])).as_bytes())
    assert IDENT in mail.about and [file.name for file in mail.files] == ["a.xlsx"]


def test_our_own_letter_enclosed_gives_its_key_and_none_of_its_files():
    inner = our_letter()
    inner.add_attachment(docx(), maintype="application", subtype="octet-stream", filename="mall.docx")
    mail = read_mail(forwarded(inner).as_bytes())
    assert mail.keys == (KEY,) and IDENT in mail.about and mail.files == ()


def test_pictures_in_the_signature_and_what_programs_add_are_no_files():
    mail = answer(files=[("a.pdf", PDF)])
    mail.add_attachment(b"png", maintype="image", subtype="png", filename="image001.png")
    mail.add_attachment(
        b"png", maintype="image", subtype="png", filename="logga.png", disposition="inline", cid="<x@y>"
    )
    mail.add_attachment(b"sig", maintype="application", subtype="pkcs7-signature", filename="smime.p7s")
    mail.add_attachment(b"VCARD", maintype="text", subtype="vcard", filename="chef.vcf")
    assert [file.name for file in read_mail(mail.as_bytes()).files] == ["a.pdf"]


def test_a_photograph_that_somebody_attached_is_a_file():
    mail = answer()
    mail.add_attachment(b"jpg", maintype="image", subtype="jpeg", filename="protokollet.jpg")
    assert [file.name for file in read_mail(mail.as_bytes()).files] == ["protokollet.jpg"]


@pytest.mark.parametrize(
    ("maintype", "subtype", "name"), [("application", "ms-tnef", "x"), ("application", "octet-stream", "winmail.dat")]
)
def test_a_winmail_dat_is_told_as_unreadable_with_what_to_do(maintype, subtype, name):
    mail = answer()
    mail.add_attachment(b"\x78\x9f\x3e\x22", maintype=maintype, subtype=subtype, filename=name)
    read = read_mail(mail.as_bytes())
    assert read.files == () and "winmail.dat" in read.unread[0] and "Be avsändaren" in read.unread[0]


def test_an_encrypted_mail_is_told_as_unreadable():
    mail = answer()
    mail.add_attachment(b"x", maintype="application", subtype="pkcs7-mime", filename="smime.p7m")
    assert "krypterat" in read_mail(mail.as_bytes()).unread[0]


@pytest.mark.parametrize(
    ("subject", "headers"),
    [
        ("Automatiskt svar: Delårsrapport", {"Auto_Submitted": "auto-replied"}),
        ("Borta", {"Precedence": "auto_reply"}),
        ("Semester!", {"Auto_Submitted": "auto-replied"}),
        ("Jag är borta", {"X_Autoreply": "yes"}),
        ("Ärendet är mottaget", {"Auto_Submitted": "auto-generated; x=y"}),
    ],
)
def test_out_of_office_and_other_machines_are_known(subject, headers):
    assert read_mail(answer(subject=subject, **headers).as_bytes()).kind == "automatiskt svar"


@pytest.mark.parametrize(
    ("subject", "headers"),
    [
        ("SV: Delårsrapport", {}),
        ("Autosvar: hur gör vi?", {}),
        ("Frånvaro i nämnden", {}),
        ("Semester vecka 37", {}),
        ("Semesterlöneskulden", {}),
        ("SV: Delårsrapport", {"Auto_Submitted": "no"}),
    ],
)
def test_what_a_person_wrote_is_an_answer(subject, headers):
    assert read_mail(answer(subject=subject, **headers).as_bytes()).kind == "svar"


@pytest.mark.parametrize(
    ("subject", "text"),
    [
        ("Your message was quarantined", f"Message to {CHIEF} was held."),
        ("Ditt mejl", "Ditt mejl har lagts i karantän av vårt filter."),
        ("Bekräfta att du är en människa", "Klicka på länken, så levereras ditt mejl."),
        ("Please verify", "Please confirm your email address to deliver your message."),
        ("Delårsrapport", "Your message to the list is being held until a moderator has looked at it."),
        ("Info", "Meddelandet hålls kvar i skräpposten. Mottagaren har fått besked."),
        ("Info", "Your mail is awaiting moderator approval."),
        ("Info", "Det har inte levererats än. Bekräfta din e-postadress."),
    ],
)
def test_a_letter_that_a_filter_keeps_back_is_laid_before_a_person(subject, text):
    mail = read_mail(answer(subject=subject, text=text, Auto_Submitted="auto-generated").as_bytes())
    assert (mail.kind, mail.automatic) == ("svar", "")


@pytest.mark.parametrize(
    "text", ["Jag är borta.", "Jag läser inte mejl i väntan på en ny dator.", "Bekräfta mötet med min kollega."]
)
def test_who_is_only_away_keeps_no_letter_back(text):
    assert read_mail(answer(text=text, Auto_Submitted="auto-replied").as_bytes()).kind == "automatiskt svar"


def test_a_scanner_that_sends_a_file_is_not_set_aside_as_automatic():
    scanned = answer(subject="Skannat dokument", files=[("skannat.pdf", PDF)], Auto_Submitted="auto-generated")
    assert read_mail(scanned.as_bytes()).kind == "svar"


@pytest.mark.parametrize("headers_only", [False, True])
def test_a_hard_bounce_names_the_letter_the_recipient_and_the_servers_words(headers_only):
    mail = read_mail(dsn(CHIEF, LETTER, headers_only=headers_only))
    assert mail.kind == "studs" and mail.bounce.permanent
    assert (mail.bounce.failed[0].address, mail.bounce.failed[0].words) == (CHIEF, "5.1.1 550 5.1.1 No such user")
    assert IDENT in mail.about and KEY in mail.keys and mail.files == ()


def test_a_delayed_bounce_is_not_for_good():
    mail = read_mail(dsn(CHIEF, LETTER, action="delayed", status="4.4.1", said="smtp; 451 4.4.1 timeout"))
    assert mail.kind == "studs" and not mail.bounce.permanent


def test_a_letter_that_was_given_up_is_for_good_though_its_last_word_was_4():
    mail = read_mail(dsn(CHIEF, LETTER, action="failed", status="4.4.7", said="smtp; 450 4.4.7 expired"))
    assert mail.bounce.permanent


def test_a_receipt_of_delivery_is_no_bounce():
    mail = read_mail(dsn(CHIEF, LETTER, action="delivered", status="2.0.0"))
    assert (mail.kind, mail.bounce) == ("automatiskt svar", None)


EXCHANGE = f"""Det gick inte att leverera ditt meddelande till {CHIEF}.

E-postadressen du angav hittades inte.
Remote Server returned '550 5.1.10 RESOLVER.ADR.RecipientNotFound; Recipient {CHIEF} not found by SMTP address lookup'

Ursprungliga brevhuvuden:
Message-ID: {IDENT}
X-Arshjul-Key: {KEY}
"""
REFUSED = f"""Your message to {CHIEF} was stopped by our policy: the attachment's type is not allowed.
550 5.7.1 Message refused

Message-ID: {IDENT}
"""
EXIM = f"""This message was created automatically by mail delivery software.

A message that you sent could not be delivered to one or more of its recipients. This is a permanent error.

  {CHIEF}
    host mx.example.se: 550 5.1.1 User unknown

------ This is a copy of your message, including all the headers. ------
Message-ID: {IDENT}
"""
QMAIL = f"""Hi. This is the qmail-send program at relay.example.se.
I'm afraid I wasn't able to deliver your message to the following addresses.

<{CHIEF}>:
192.0.2.7 does not like recipient.
Remote host said: 550 Invalid recipient

--- Below this line is a copy of the message.

Message-ID: {IDENT}
"""


@pytest.mark.parametrize(
    ("sender", "subject", "text", "headers"),
    [
        ("postmaster@example.se", "Kan inte leverera: Delårsrapport augusti 2027", EXCHANGE, {"X_MS_Exchange_Message_Is_Ndr": "true"}),
        ("Mailer-Daemon@relay.example.se", "Mail delivery failed: returning message to sender", EXIM, {"X_Failed_Recipients": CHIEF}),
        ("MAILER-DAEMON@relay.example.se", "failure notice", QMAIL, {"Return_Path": "<>"}),
        ("postmaster@example.se", "Message rejected", REFUSED, {"Return_Path": "<>"}),
        ("postmaster@example.se", "Ditt meddelande har avvisats", REFUSED, {}),
        ("MAILER-DAEMON@example.se", "Information", f"Brevet stoppades av vårt filter.\n{REFUSED}", {}),
    ],
    ids=["Exchange", "Exim", "qmail", "a filter", "a Swedish one", "another"],
)  # fmt: skip
def test_bounces_in_plain_words_are_known_too(sender, subject, text, headers):
    mail = read_mail(answer(sender=sender, subject=subject, text=text, **headers).as_bytes())
    assert mail.kind == "studs" and mail.bounce.permanent and IDENT in mail.about
    found = next(failed for failed in mail.bounce.failed if matching(failed, [CHIEF, OFFICE]) == CHIEF)
    assert found.words.startswith(("Remote", "host", "550", "192"))


def test_a_delay_in_plain_words_is_not_for_good():
    text = (
        f"This is a warning message only. Delivery to {CHIEF} has been delayed: 451 4.4.1 timeout. We will keep trying."
    )
    mail = read_mail(
        answer(sender="mailer-daemon@x.se", subject="Warning: message delayed 24 hours", text=text).as_bytes()
    )
    assert mail.kind == "studs" and not mail.bounce.permanent


def test_a_person_who_writes_about_undelivered_mail_is_no_bounce():
    text = "Mitt brev till dig kunde inte levereras (delivery failed), så jag skickar det igen."
    assert read_mail(answer(subject="Undeliverable?", text=text).as_bytes()).kind == "svar"


def test_the_bounce_of_a_forwarded_letter_is_matched_by_the_address_we_asked_for_or_the_only_one():
    bounce = read_mail(dsn("annan.adress@provider.example.com", LETTER)).bounce
    assert matching(bounce.failed[0], [CHIEF]) == CHIEF
    assert matching(bounce.failed[0], [CHIEF, OFFICE]) is None


def test_two_from_addresses_are_nobodys():
    raw = answer().as_bytes().replace(b"From: ", b"From: annan@example.se\r\nFrom: ", 1)
    listed = answer().as_bytes().replace(CHIEF.encode(), f"{CHIEF}, annan@example.se".encode(), 1)
    assert read_mail(raw).sender == read_mail(listed).sender == ""


def test_nothing_in_a_name_can_become_a_header_or_turn_the_text():
    mail = answer(files=[("a.pdf", PDF)]).as_bytes()
    wild = mail.replace(b"From: ", b"From: =?utf-8?q?Chef=0D=0ABcc:_x=40y.se=E2=80=AE?= <").replace(
        b".se\r\nTo", b".se>\r\nTo", 1
    )
    wild = wild.replace(b'"a.pdf"', b'"=?utf-8?q?..=2F..=2Fa=0D=0Ab=00.pdf?="')
    read = read_mail(wild)
    assert not any(char in f"{read.sender_name}{read.subject}{read.files[0].name}" for char in "\r\n\x00\u202e")


def test_the_same_mail_by_another_way_has_the_same_digest_and_another_text_another():
    mail = answer(about=IDENT, files=[("a.pdf", PDF)])
    raw = mail.as_bytes()
    assert (
        read_mail(b"Received: from relay.example.se; Fri, 10 Sep 2027 09:00:00 +0200\r\n" + raw).digest
        == read_mail(raw).digest
    )
    assert read_mail(answer(about=IDENT, files=[("a.pdf", PDF + b" ")]).as_bytes()).digest != read_mail(raw).digest


@pytest.mark.parametrize(
    "raw",
    [
        b"", b"\x00" * 500, b"From: " + b"a@b.se, " * 20_000 + b"\r\n\r\nhej", b"Content-Type: text/plain; charset=x-okand\r\n\r\n\xff",
        b"Content-Type: multipart/mixed\r\n\r\nutan gr\xe4ns", b"Content-Type: multipart/mixed; boundary=x\r\n\r\n--x\r\n" * 500,
        b"Content-Transfer-Encoding: base64\r\n\r\n!!!!", b"Subject: =?utf-8?b?////?=\r\nFrom: =?x?q?=\r\n\r\n", b"From: <<>>@\r\n\r\n",
        b"Content-Disposition: attachment; filename*=utf-8''%ff%00%0d\r\n\r\nx", b"Message-ID: " + b"<" * 9_999 + b"\r\n\r\n",
        b"Content-Type: message/rfc822\r\n\r\n" * 400, b"Content-Type: text/plain; charset=\"a\x00b\"\r\n\r\n\xff",
    ],
)  # fmt: skip
def test_a_malformed_mail_is_read_as_far_as_it_goes(raw):
    mail = read_mail(raw)
    assert mail.kind in ("svar", "oläsligt") and mail.bounce is None


@pytest.mark.parametrize(
    "raw",
    [
        b"Content-Type: text/html\r\n\r\n" + b"<!--" * 100_000,
        b"Content-Type: multipart/mixed; boundary=x\r\n\r\n" + b"--x\r\n\r\na\r\n" * 100_000,
        b"Content-Type: " + b'"' * 300_000 + b"\r\n\r\nhej",
        b"X: 1\r\n" * 2_000_000 + b"\r\nhej",
        b"From: MAILER-DAEMON@x.se\r\nSubject: failure notice\r\n\r\n" + b"-" * 400_000,
    ],
    ids=["comments", "parts", "quotes", "headers", "dashes"],
)
def test_no_mail_is_built_so_that_reading_it_takes_long(raw):
    began = time.process_time()
    read_mail(raw)
    assert time.process_time() - began < 8  # the standard library's own way takes from ten seconds to minutes


def test_a_mail_in_more_parts_than_are_read_is_told():
    raw = b"Content-Type: multipart/mixed; boundary=x\r\n\r\n" + b"--x\r\n\r\na\r\n" * 3_000
    assert read_mail(raw).unread == (
        "Mejlets delar går inte att läsa. Öppna det i ert e-postprogram, spara filerna och lägg in dem här.",
    )


SEEDS = [
    answer(about=IDENT, name="Chef", files=[("a.xlsx", xlsx()), ("å.pdf", PDF)]).as_bytes(),
    forwarded(answer(about=IDENT, files=[("a.xlsx", xlsx())])).as_bytes(),
    dsn(CHIEF, LETTER),
    dsn(CHIEF, LETTER, headers_only=True, action="delayed", status="4.4.1"),
    answer(sender="MAILER-DAEMON@x.se", subject="failure notice", text=QMAIL).as_bytes(),
    EmailMessage(policy=SMTP).as_bytes(),
]
BITS = st.sampled_from(
    [b"", b"\r\n", b"\r\n\r\n", b"\x00", b"\xff\xfe", b"--b", b"--b--", b";", b'"', b"=?utf-8?q?=ff?=", b"Content-Type: message/rfc822\r\n",
     b"Content-Type: message/delivery-status\r\n", b"charset=utf-7;", b"<", b"(" * 50, b"boundary=", b"=\r\n", b"%00", b"\xc3"]
)  # fmt: skip


@settings(max_examples=examples(150))
@given(st.sampled_from(SEEDS), st.lists(st.tuples(st.floats(0, 1), st.integers(0, 60), BITS), max_size=6))
def test_no_mutated_mail_raises_anything(raw, cuts):
    for where, length, bit in cuts:
        at = int(where * len(raw))
        raw = raw[:at] + bit + raw[at + length :]
    mail = read_mail(raw)
    assert heard(told(mail)) == mail
    assert mail.kind != "oläsligt" and mail.digest and "\n" not in mail.subject + mail.sender + mail.sender_name

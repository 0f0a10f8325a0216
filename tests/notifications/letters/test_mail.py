"""A letter's bytes, read back as a mail program reads them."""

from dataclasses import replace
from datetime import UTC, datetime
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from typing import Any

import pytest

from arshjul.errors import RefusedError
from notifications.letters.mime import build, message_id, sign_of
from notifications.letters.views.composed import Attachment, Composed

NOW = datetime(2027, 9, 14, 5, 1, tzinfo=UTC)  # a Tuesday, 07.01 in Sweden
KEY = "hedemora/delarsrapport/2027-08/miljo-och-samhallsbyggnadsnamnden/paminnelse-5/forvaltningschef"
SECRET = b"hemlig"
ID = message_id(KEY, "hedemora.example.se", SECRET)
RUN = "0b9a3c7e-0f5d-4d33-9d1c-2f6f5f1f7a10"
CALENDAR = Attachment(
    filename="frist.ics",
    media_type="text/calendar; method=PUBLISH",
    content="BEGIN:VCALENDAR\r\nSUMMARY:Frist för Bildningsnämnden\r\nEND:VCALENDAR\r\n".encode(),
)
PAPER = Attachment(filename="tjansteskrivelse.docx", media_type="application/vnd.x", content=bytes(range(256)))
LETTER = Composed(
    subject="Försenat: Delårsrapport augusti 2027, underlag från Miljö- och samhällsbyggnadsnämnden skulle ha kommit",
    text="Hej Åsa!\n\n" + "ord " * 400 + "\n",
    html="<!DOCTYPE html>\n<p>Hej Åsa!</p>\n" + "<p>" + "ä" * 3000 + "</p>\n",
    attachments=(CALENDAR, PAPER),
)


def raw(composed: Composed = LETTER, **changes: Any) -> bytes:
    given: dict[str, Any] = {
        "sender": "ekonomikontoret@hedemora.example.se",
        "to": [("Åsa Öberg Exempelsson", "asa@example.se")],
        "cc": ["controller@example.se"],
        "key": KEY,
        "message_id": ID,
        "now": NOW,
        "run_id": RUN,
    }
    return build(composed, **(given | changes))


def read(content: bytes) -> EmailMessage:
    mail = message_from_bytes(content, policy=default)
    assert isinstance(mail, EmailMessage)
    assert not mail.defects
    assert not any(part.defects for part in mail.walk())
    return mail


def test_the_headers_say_from_whom_to_whom_and_that_a_machine_wrote_it() -> None:
    mail = read(raw())
    assert {name: str(mail[name]) for name in mail if name != "Content-Type"} == {
        "Date": "Tue, 14 Sep 2027 07:01:00 +0200",
        "From": "Ekonomikontoret <ekonomikontoret@hedemora.example.se>",
        "Reply-To": "Ekonomikontoret <ekonomikontoret@hedemora.example.se>",
        "To": "Åsa Öberg Exempelsson <asa@example.se>",
        "Cc": "controller@example.se",
        "Subject": LETTER.subject,
        "Message-ID": ID,
        "X-Arshjul-Key": KEY,
        "X-Arshjul-Run": RUN,
        "Auto-Submitted": "auto-generated",
        "X-Auto-Response-Suppress": "OOF, AutoReply",
        "Content-Language": "sv",
        "MIME-Version": "1.0",
    }


def test_text_and_html_stand_beside_each_other_and_files_after_them() -> None:
    mail = read(raw())
    assert [part.get_content_type() for part in mail.walk()] == [
        "multipart/mixed",
        "multipart/alternative",
        "text/plain",
        "text/html",
        "text/calendar",
        "application/vnd.x",
    ]
    text, html = mail.get_body(("plain",)), mail.get_body(("html",))
    assert text is not None
    assert text.get_content().replace("\r\n", "\n") == LETTER.text
    assert html is not None
    assert html.get_content().replace("\r\n", "\n") == LETTER.html
    calendar, paper = mail.iter_attachments()
    assert calendar.get_payload(decode=True) == CALENDAR.content
    assert dict(calendar["Content-Type"].params) == {"charset": "utf-8", "method": "PUBLISH"}
    assert [each.get_filename() for each in (calendar, paper)] == ["frist.ics", "tjansteskrivelse.docx"]
    assert paper.get_payload(decode=True) == PAPER.content


def test_a_letter_without_files_is_only_its_two_forms() -> None:
    mail = read(raw(replace(LETTER, attachments=())))
    assert mail.get_content_type() == "multipart/alternative"


def test_every_server_can_carry_the_bytes() -> None:
    content = raw()
    assert content.isascii()
    lines = content.split(b"\r\n")
    assert not any(b"\n" in line or b"\r" in line for line in lines)
    assert max(map(len, lines)) <= 998
    body = content.partition(b"\r\n\r\n")[2]
    assert max(map(len, body.split(b"\r\n"))) <= 78


def test_keys_and_ids_stand_in_plain_sight_on_one_line() -> None:
    lines = raw(in_reply_to=message_id("annat", "hedemora.example.se", SECRET)).split(b"\r\n")
    assert f"X-Arshjul-Key: {KEY}".encode() in lines
    assert f"Message-ID: {ID}".encode() in lines


def test_the_same_letter_is_the_same_bytes() -> None:
    assert raw() == raw()
    assert raw(message_id=message_id("annat", "example.se", SECRET)) != raw()


def test_a_message_id_is_stable_and_belongs_to_key_and_municipality() -> None:
    assert message_id(KEY, "hedemora.example.se", SECRET) == ID
    assert message_id(KEY, "hedemora.example.se", SECRET).endswith(".arshjul@hedemora.example.se>")
    assert (
        len({ID, message_id(KEY, "annan.example.se", SECRET), message_id("annat", "hedemora.example.se", SECRET)}) == 3
    )
    with pytest.raises(RefusedError, match="domänen 'hedemora kommun' kan inte stå i ett brev"):
        message_id(KEY, "hedemora kommun", SECRET)


def test_nobody_without_the_secret_can_tell_a_letters_id_or_sign_its_key() -> None:
    assert message_id(KEY, "hedemora.example.se", b"annan") != ID
    assert len({sign_of(KEY, SECRET), sign_of(KEY, b"annan"), sign_of("annat", SECRET), ID[1:33]}) == 4
    assert sign_of(KEY, SECRET) == sign_of(KEY, SECRET)
    assert f"X-Arshjul-Sign: {sign_of(KEY, SECRET)}".encode() in raw(sign=sign_of(KEY, SECRET)).split(b"\r\n")


def test_a_letter_in_a_thread_follows_its_first() -> None:
    first = message_id("första", "hedemora.example.se", SECRET)
    mail = read(raw(in_reply_to=first))
    assert (mail["In-Reply-To"], mail["References"]) == (first, first)
    assert "References" not in read(raw())
    assert "X-Arshjul-Run" not in read(raw(run_id=None))


@pytest.mark.parametrize(
    "name", ["Åkesson, Örjan", 'Karin "Kajsa" Å', "Bo (vikarie)", "a@b", "", "Ärlig;Grupp:", "Anna Exempelsson"]
)
def test_odd_names_stay_whole_and_stay_names(name: str) -> None:
    mail = read(raw(to=[(name, "namn@example.se")]))
    (address,) = mail["To"].addresses
    assert (address.display_name, address.addr_spec) == (name.replace('"', "”"), "namn@example.se")


@pytest.mark.parametrize("bad", ["Åsa\r\nBcc: alla@example.se", "Åsa\nBcc: alla@example.se", "Åsa\x00\u2028Bcc: x"])
def test_no_name_or_subject_can_add_a_header(bad: str) -> None:
    mail = read(raw(replace(LETTER, subject=bad), to=[(bad, "asa@example.se")], sender_name=bad))
    assert "Bcc" not in mail
    assert "\n" not in mail["Subject"]
    assert [each.addr_spec for each in mail["To"].addresses] == ["asa@example.se"]


@pytest.mark.parametrize(
    "bad",
    ["=?utf-8?q?x=0D=0ABcc:_alla=40example.se?=", "=?utf-8?b?DQpCY2M6IGFsbGFAZXhhbXBsZS5zZQ0KDQo=?=",
     "=?utf-8?q?x=2C_alla=40example=2Ese?=", ":Åsa =?utf-8?q?x=2C_alla=40example=2Ese?=", '"', '\\"', "=?utf-8?q?=22?= Å"],
)  # fmt: skip
def test_words_that_mail_would_decode_stay_words_in_each_header(bad: str) -> None:
    file = replace(PAPER, filename=f"{bad}.docx")
    letter = raw(
        replace(LETTER, subject=bad, attachments=(file,)), to=[(bad, "asa@example.se"), ("Bo", "bo@example.se")],
        cc=[(bad, "cc@example.se")], sender_name=bad,
    )  # fmt: skip
    assert b"\nBcc" not in letter
    mail, shown = read(letter), bad.replace("=?", "= ?").replace("?=", "? =")
    named = [(each.display_name, each.addr_spec) for each in (*mail["To"].addresses, *mail["Cc"].addresses)]
    name = shown.replace('"', "”")
    assert named == [(name, "asa@example.se"), ("Bo", "bo@example.se"), (name, "cc@example.se")]
    assert [each.addr_spec for each in mail["From"].addresses] == ["ekonomikontoret@hedemora.example.se"]
    assert mail["Subject"] == shown
    assert [part.get_filename() for part in mail.iter_attachments()] == [f"{shown}.docx"]


@pytest.mark.parametrize(
    "bad",
    ["asa", "asa@", "åsa@example.se", "asa@exämple.se", "a b@example.se", "asa@example.se\r\nBcc: b@example.se",
     "asa@example.se, bo@example.se", "<asa@example.se>", "asa@-example.se", "a" * 300 + "@example.se", ""],
)  # fmt: skip
def test_an_address_that_mail_cannot_carry_does_not_stop_the_others(bad: str) -> None:
    mail = read(raw(to=[("Åsa", bad), "bo@example.se"]))
    assert [each.addr_spec for each in mail["To"].addresses] == ["bo@example.se"]
    assert "Bcc" not in mail
    assert "Adressen kan inte skrivas i ett brev" in mail["To"]


@pytest.mark.parametrize(
    ("what", "value"),
    [
        ("sender", "ekonomikontoret"),
        ("sender", "a@example.se\r\nBcc: b@example.se"),
        ("key", "nyckel med mellanslag"),
        ("key", "k\r\nBcc: b@example.se"),
        ("key", "k" * 1000),
        ("message_id", "utan-vinklar@example.se"),
        ("message_id", "<a@example.se>\r\nBcc: b@example.se"),
        ("in_reply_to", "<a b@example.se>"),
        ("run_id", "id\nBcc: b@example.se"),
    ],
)
def test_what_the_service_itself_got_wrong_is_refused_in_swedish(what: str, value: str) -> None:
    with pytest.raises(RefusedError, match=r"kan inte stå i ett brev\. Rätta den"):
        raw(**{what: value})

"""What in a mail is a file that somebody hands in; what programs add by themselves is laid aside without a word."""

from email.message import EmailMessage

import pytest

from notifications.mailbox.enclosed import SMALL_PICTURE
from notifications.mailbox.mail_reading import read_mail
from tests.rig.files.mails import answer
from tests.rig.handins import PDF

pytestmark = pytest.mark.whole

LARGE = b"\xff\xd8" + b"x" * 90_000
DOUBLE = b"\x00\x05\x16\x07\x00\x02\x00\x00" + b"Mac OS X        " + b"\x00" * 60
OCTETS = "application/octet-stream"


def with_part(
    kind: str, content: bytes, name: str = "", *, inline: bool = False, cid: str = "", html: str = ""
) -> bytes:
    mail = answer(files=[("a.pdf", PDF)])
    if html:
        mail.get_body().add_alternative(html, subtype="html")
    main, sub = kind.split("/")
    mail.add_attachment(
        content, maintype=main, subtype=sub, filename=name or None, disposition="inline" if inline else "attachment",
        cid=f"<{cid}>" if cid else None,
    )  # fmt: skip
    return mail.as_bytes()


def names(raw: bytes) -> list[str]:
    return [file.name for file in read_mail(raw).files]


ASIDE = {
    "AppleDouble by its type": ("application/applefile", DOUBLE, "Ekonomi.xlsx", {}),
    "AppleDouble by its name": (OCTETS, b"anything", "._Ekonomi.xlsx", {}),
    "AppleDouble by its bytes": (OCTETS, DOUBLE, "Ekonomi", {}),
    "a Mac folder's notes": (OCTETS, b"\x00\x00\x00\x01Bud1", ".DS_Store", {}),
    "Outlook's picture": ("image/png", LARGE, "image001.png", {}),
    "Outlook's picture as octets": (OCTETS, LARGE, "image001.png", {}),
    "Swedish Outlook's": ("image/jpeg", LARGE, "bild002.jpg", {}),
    "Outlook on the web's": ("image/png", LARGE, "Outlook-kommunvap.png", {}),
    "Outlook's drawing": (OCTETS, b"emf", "image003.emz", {}),
    "Outlook's other drawing": (OCTETS, b"mso", "oledata.mso", {}),
    "a logo that was attached": ("image/png", LARGE, "Logotyp_RGB.png", {}),
    "a coat of arms": ("image/jpeg", LARGE, "Kommunvapen färg.jpg", {}),
    "a network's mark": ("image/png", LARGE, "facebook-32.png", {}),
    "a small picture in the text": ("image/gif", b"x" * 400, "prick.gif", {"inline": True}),
    "a small picture with an id": ("image/png", b"x" * (SMALL_PICTURE - 1), "a.png", {"cid": "1@x"}),
    "a large picture that the text shows": ("image/png", LARGE, "b.png", {"cid": "c1@x", "html": '<img src="cid:C1@x">'}),
    "a text that Exchange made a file of": ("text/html", b"<p>Mvh</p>", "ATT00001.htm", {}),
    "another": ("text/plain", b"Skickat fran min iPhone", "ATT00002.txt", {}),
    "a signature by its name": (OCTETS, b"0\x80", "smime.p7s", {}),
    "a card by its name": (OCTETS, b"BEGIN:VCARD", "Chef.vcf", {}),
    "an invitation by its name": (OCTETS, b"BEGIN:VCALENDAR", "invite.ics", {}),
}  # fmt: skip


@pytest.mark.parametrize(("kind", "content", "name", "more"), ASIDE.values(), ids=ASIDE)
def test_what_a_program_added_is_no_file(kind, content, name, more):
    assert names(with_part(kind, content, name, **more)) == ["a.pdf"]


KEPT = {
    "an iPhone's photograph": ("image/jpeg", LARGE, "image0.jpeg", {"inline": True}),
    "another's": ("image/jpeg", LARGE, "IMG_1234.jpeg", {"inline": True, "cid": "p@x"}),
    "a photograph that was attached": ("image/jpeg", LARGE, "protokollet.jpg", {}),
    "a small one that was attached": ("image/png", b"x" * 900, "stämpel.png", {}),
    "a log that is no logo": ("image/png", LARGE, "loggbok.png", {}),
    "a table that begins as a note": (OCTETS, b"PK\x03\x04", "_Ekonomi.xlsx", {}),
    "a text file": ("text/plain", b"hej", "ATT göra.txt", {}),
    "a document of a logo": (OCTETS, PDF + b"1", "logotyp.pdf", {}),
}


@pytest.mark.parametrize(("kind", "content", "name", "more"), KEPT.values(), ids=KEPT)
def test_what_a_person_added_is_a_file(kind, content, name, more):
    assert names(with_part(kind, content, name, **more)) == ["a.pdf", name]


def test_the_pictures_of_an_html_that_the_mail_carries_are_no_files():
    mail = EmailMessage()
    mail["From"] = "chef@example.se"
    mail.set_content("<p>Hej</p>", subtype="html")
    mail.add_related(LARGE, "image", "png", filename="karta.png")  # named by its place alone
    mail.add_attachment(PDF, maintype="application", subtype="pdf", filename="a.pdf")
    assert names(mail.as_bytes()) == ["a.pdf"]


def test_a_mac_sends_one_file_in_two_parts_and_one_is_read():
    inner = (
        b'--d\r\nContent-Type: application/applefile; name="Ekonomi.xlsx"\r\nContent-Transfer-Encoding: base64\r\n\r\n'
        b"AAUWBwACAAA=\r\n--d\r\nContent-Type: application/vnd.openxmlformats-officedocument.spreadsheetml.sheet\r\n"
        b'Content-Disposition: attachment; filename="Ekonomi.xlsx"\r\nContent-Transfer-Encoding: base64\r\n\r\n'
        b"UEsDBA==\r\n--d--\r\n"
    )
    raw = b'From: chef@example.se\r\nContent-Type: multipart/appledouble; boundary="d"\r\n\r\n' + inner
    [file] = read_mail(raw).files
    assert (file.name, file.content) == ("Ekonomi.xlsx", b"PK\x03\x04")


@pytest.mark.parametrize(
    "said", ["access-type=URL; URL=\"https://example.se/x.xlsx\"", "access-type=ANON-FTP; site=\"ftp.example.se\"; name=\"x.xlsx\"", "access-type=local-file; name=\"x\""]
)  # fmt: skip
def test_a_file_that_a_mail_only_points_at_is_told_and_no_empty_file(said):
    raw = (
        b'From: chef@example.se\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary="b"\r\n\r\n'
        b"--b\r\nContent-Type: text/plain\r\n\r\nHej\r\n--b\r\nContent-Type: message/external-body; "
        + said.encode()
        + b"\r\n\r\nContent-Type: application/vnd.openxmlformats-officedocument.spreadsheetml.sheet; name=x.xlsx\r\n"
        b"Content-ID: <1@x>\r\n\r\n\r\n--b--\r\n"
    )
    read = read_mail(raw)
    assert read.files == () and ["hänvisar till" in each for each in read.unread] == [True]


@pytest.mark.parametrize(
    "body",
    ["Hej!\n\nbegin 644 Ekonomi.xlsx\n#4$L#\n`\nend\n", "begin-base64 644 x.xlsx\nUEsDBA==\n====\n", "=ybegin line=128 size=3 name=x.xlsx\nabc\n=yend\n"],
)  # fmt: skip
def test_a_file_that_lies_in_a_mails_text_is_told(body):
    for raw in (b"From: chef@example.se\nSubject: SV: x\n\n" + body.encode(), answer(text=body).as_bytes()):
        assert ["uuencode" in each for each in read_mail(raw).unread] == [True]


def test_a_text_that_begins_something_is_no_file():
    assert read_mail(answer(text="Hej!\nbegin 644 på torsdag\n\noch sluta sen").as_bytes()).unread == ()


def test_an_encrypted_mail_is_told_also_when_its_type_says_nothing():
    read = read_mail(with_part(OCTETS, b"0\x80", "smime.p7m"))
    assert [file.name for file in read.files] == ["a.pdf"] and "krypterat" in read.unread[0]


def test_a_pgp_mail_is_told_as_encrypted_and_none_of_its_parts_as_a_file():
    raw = (
        b'From: chef@example.se\r\nContent-Type: multipart/encrypted; protocol="application/pgp-encrypted"; boundary="b"\r\n\r\n'
        b"--b\r\nContent-Type: application/pgp-encrypted\r\n\r\nVersion: 1\r\n--b\r\nContent-Type: application/octet-stream; "
        b'name="encrypted.asc"\r\n\r\n-----BEGIN PGP MESSAGE-----\r\n--b--\r\n'
    )
    read = read_mail(raw)
    assert read.files == () and ["krypterat" in each for each in read.unread] == [True]

"""Mails as they come to the ekonomikontor, and a service that has just sent its first letters."""

import asyncio
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from email.message import EmailMessage
from email.policy import SMTP
from functools import cache
from hashlib import sha256

from sqlalchemy import select

from actions.act import Act
from actions.inbox.inbox import MAILBOX, TakenMail, take_in
from actions.inbox.sorting import Opened, open_mail
from actions.ladder.rounds import bring_up
from actions.scene import Scene
from notifications.mailbox.mail_reading import read_mail
from notifications.office import Office, Utskick
from notifications.post.outbox import empty
from notifications.post.post import ListPost
from notifications.trust import Trust
from store.post.incoming import obligations_told
from store.tables import LetterRow
from tests.rig.handins import Town, copied, town, xlsx
from tests.rig.swedish_words import instant

OFFICE = "ekonomikontoret@example.se"
BORDER = "mx.example.se"  #: whose word is taken for who sent a mail
CHIEF = "forvaltningschef.bildning@example.se"
CONTROLLER = "controller.bildning@example.se"
START = instant("fredag 10 september 2027 kl. 07.00")  # the delårsrapport's first letters; it is due Tuesday the 21st
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def answer(
    *, sender: str = CHIEF, name: str = "", about: str = "", subject: str = "SV: Delårsrapport",
    files: Sequence[tuple[str, bytes]] = (), text: str = "Hej, här kommer den.", ident: str = "<svar-1@post.example.se>",
    passed: str = "dmarc=pass", **headers: str,
) -> EmailMessage:  # fmt: skip
    """A mail as a person's program writes it, and as the border passes it; ``passed`` "" is one on which it wrote nothing."""
    mail = EmailMessage(policy=SMTP)
    if passed:
        mail["Authentication-Results"] = f"{BORDER}; {passed} header.from={sender.rpartition('@')[2]}"
    mail["From"] = f'"{name}" <{sender}>' if name else sender
    mail["To"] = OFFICE
    mail["Subject"] = subject
    mail["Message-ID"] = ident
    if about:
        mail["In-Reply-To"] = about
        mail["References"] = about
    for header, value in headers.items():
        mail[header.replace("_", "-")] = value
    mail.set_content(text)
    for filename, content in files:
        mail.add_attachment(content, maintype="application", subtype="octet-stream", filename=filename)
    return mail


def forwarded(inner: EmailMessage, **more: str) -> EmailMessage:
    """A mail with another one enclosed whole."""
    mail = answer(subject="VB: Delårsrapport", ident="<vidare-1@post.example.se>", text="Se bifogat.", **more)
    mail.add_attachment(inner)
    return mail


def dsn(
    recipient: str, letter: bytes, *, action: str = "failed", status: str = "5.1.1", said: str = "smtp; 550 5.1.1 No such user",
    sender: str = "MAILER-DAEMON@relay.example.se", headers_only: bool = False, ident: str = "<studs-1@relay.example.se>",
) -> bytes:  # fmt: skip
    """A bounce by RFC 3464, as Postfix and Exchange write it."""
    returned = letter.split(b"\r\n\r\n")[0] + b"\r\n\r\n" if headers_only else letter
    kind = b"text/rfc822-headers" if headers_only else b"message/rfc822"
    head = (
        f"From: Mail Delivery System <{sender}>\r\nTo: {OFFICE}\r\nSubject: Undelivered Mail Returned to Sender\r\n"
        f"Message-ID: {ident}\r\nAuto-Submitted: auto-replied\r\nMIME-Version: 1.0\r\n"
        'Content-Type: multipart/report; report-type=delivery-status; boundary="b"\r\n\r\n'
        "--b\r\nContent-Type: text/plain\r\n\r\nYour message could not be delivered.\r\n"
        "--b\r\nContent-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; relay.example.se\r\n\r\n"
        f"Final-Recipient: rfc822; {recipient}\r\nAction: {action}\r\nStatus: {status}\r\nDiagnostic-Code: {said}\r\n\r\n"
    ).encode()
    return head + b"--b\r\nContent-Type: " + kind + b"\r\n\r\n" + returned + b"\r\n--b--\r\n"


def opened(raw: bytes) -> Opened:
    """A mail that has been read, none of its files."""
    return Opened(mail=read_mail(raw), raw=raw)


@dataclass
class Desk:
    """The service in a test's hands, at ``now``."""

    town: Town = field(default_factory=lambda: town(START))
    utskick: Utskick = "skarpt"
    now: datetime = START
    post: ListPost = field(default_factory=ListPost)

    def __post_init__(self) -> None:
        self.office = Office(
            sourced=self.town.sourced,
            mail_from=OFFICE,
            public_url="https://arshjul.example.se",
            prefect_url="http://127.0.0.1:4200",
            secret=b"hemlig",
            utskick=self.utskick,
            since=date(2027, 9, 1),
            trust=Trust(servers=frozenset({BORDER})),
        )

    @contextmanager
    def scene(self) -> Iterator[Scene]:
        with self.town.store.begin() as session:
            yield Scene(session, self.office, self.now)

    def round(self) -> None:
        """Bring up, and empty the outbox."""
        with self.scene() as scene:
            bring_up(scene)
        asyncio.run(empty(self.town.store, self.post, lambda: self.now, connections=1))

    def take(
        self,
        mail: EmailMessage | bytes,
        arrived: datetime | None = None,
        *,
        too_large: bool = False,
        by: str = MAILBOX,
        ask: bool = False,
    ) -> TakenMail:
        raw = mail if isinstance(mail, bytes) else mail.as_bytes()
        opened = open_mail(self.look, raw, arrived or self.now, too_large=too_large, read=read_mail)
        with self.scene() as scene:
            return take_in(Act(scene, by), opened, arrived or self.now, ask=ask)

    @contextmanager
    def look(self) -> Iterator[Scene]:
        with self.town.store.read() as session:
            yield Scene(session, self.office, self.now)

    def later(self, **more: float) -> None:
        self.now += timedelta(**more)

    def letter(self, to: str = CHIEF, kind: str = "dagens brev") -> LetterRow:
        return next(row for row in self.rows(LetterRow) if to in row.to and row.kind == kind)

    def told(self, letter: LetterRow) -> list[str]:
        """Return the keys of the obligations that a letter tells of."""
        with self.town.store.read() as session:
            return obligations_told(session, letter.id)

    def rows(self, table: type) -> list:
        with self.town.store.read() as session:
            return list(session.scalars(select(table)).all())


@cache
def _opened() -> Desk:
    desk = Desk()
    desk.round()
    desk.later(hours=2)
    return desk


def after_the_first_letters() -> Desk:
    """A desk of the test's own at nine on the Friday on which the first letters went at seven."""
    opened = _opened()
    return Desk(town=copied(opened.town), now=opened.now)


def mail_with(*files):
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = "okand@example.se", "ekonomikontoret@example.se", "SV: underlag"
    mail["Message-ID"], mail["Date"] = "<1@example.se>", "Mon, 12 Apr 2027 09:00:00 +0200"
    mail.set_content("Här kommer filerna.")
    for number, content in enumerate(files):
        mail.add_attachment(content, maintype="application", subtype="octet-stream", filename=f"fil{number}.xlsx")
    return mail.as_bytes()


EKONOMI = ("Ekonomi bildning.xlsx", xlsx())


def receipts(desk: Desk) -> list[LetterRow]:
    return [row for row in desk.rows(LetterRow) if row.kind == "kvittens"]


def guessed_id(key: str) -> str:
    """The id that a letter had when anybody could work it out from its key."""
    return f"<{sha256(key.encode()).hexdigest()[:32]}.arshjul@example.se>"

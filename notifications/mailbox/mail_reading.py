"""One mail that came to us, as a value: from whom, about which letter, with which files, and what it is.

Pure: bytes in, a :class:`Mail` out. Nothing here raises, whatever the bytes are; what cannot be read is told.
"""

import re
from dataclasses import dataclass, field
from datetime import datetime
from email.message import Message
from email.utils import parsedate_to_datetime
from hashlib import sha256
from typing import Final, Literal

from notifications.letters.own_headers import KEY_HEADER, SIGN_HEADER
from notifications.mailbox import parsing
from notifications.mailbox.bounces import (
    Bounce,
    has_empty_path,
    has_status,
    is_held_back,
    is_of_a_server,
    is_thrown_away,
    our_ids,
    read_bounce,
)
from notifications.mailbox.enclosed import File, files_of, is_tnef, unread_in
from notifications.mailbox.farewell import farewell_in
from notifications.mailbox.stamps import Stamp, stamps_of

MAX_BYTES = 40 * 1024 * 1024  #: the largest mail that is taken in whole
MAX_TEXT = "40 MB"

UNREADABLE: Final = "oläsligt"
READ, DELIVERED = RECEIPTS = ("läskvitto", "leveranskvitto")
Kind = Literal["svar", "studs", "automatiskt svar", "oläsligt"]

_RECEIPT_CLASS = "urn:content-classes:mdn"
#: how a TNEF names a receipt of reading, and of being taken away unread: in ASCII or UTF-16
_RECEIPTS = ("IPM.NOTE.IPNRN", "IPM.NOTE.IPNNRN", "IPM.MICROSOFT MAIL.READ RECEIPT")
_IDENT = re.compile(r"Message-ID:\s*(<[^<>\s]{3,300}>)", re.IGNORECASE)
_REPLY = re.compile(r"^\s*(?:(?:sv|vs|re|aw|vb|fw|fwd|vidarebefordrat)\s*(?:\[\d+\])?\s*:\s*)+", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Mail:
    """What a mail says."""

    kind: Kind
    sender: str  #: the one address in From, folded; "" when there is none, or more than one
    sender_name: str
    subject: str
    message_id: str  #: "" when it has none
    about: tuple[str, ...]  #: Message-IDs that it answers or carries, the nearest first
    keys: tuple[str, ...]  #: X-Arshjul-Key of letters that are enclosed or quoted
    own_key: str  #: X-Arshjul-Key of this very mail: then it is a letter of ours
    text: str = field(repr=False)
    files: tuple[File, ...] = ()  #: what somebody may mean to hand in
    unread: tuple[str, ...] = ()  #: Swedish: what is in it that cannot be read, and what to do
    automatic: str = ""  #: by what it is known as an automatic answer; with ``of_a_server`` it may be a server's
    farewell: str = ""  #: what an automatic answer says of its sender's having left, or of another address
    of_a_server: bool = False  #: a mail server wrote it, or may have (an empty path back), and it is no receipt
    bounce: Bounce | None = None
    arrived: datetime | None = None  #: by the last server's own line; only for mails that somebody brings as a file
    signs: tuple[str, ...] = ()  #: X-Arshjul-Sign of this mail and of letters that are enclosed or quoted
    returned: tuple[str, ...] = ()  #: Message-IDs of what a bounce sends back, the nearest first
    stamps: tuple[Stamp, ...] = ()  #: what servers have written on it about who sent it, the newest first

    @property
    def digest(self) -> str:
        """Tells whether two mails are the same one, whatever servers have written on it on the way."""
        whole = sha256()
        for piece in (self.message_id, self.sender, self.subject, self.text, *(each.sha256 for each in self.files)):
            whole.update(piece.encode() + b"\x00")
        return whole.hexdigest()

    @property
    def bare_subject(self) -> str:
        """The subject without ``SV:``, ``VB:`` and the like."""
        return _REPLY.sub("", self.subject).strip()


def read_mail(raw: bytes) -> Mail:
    """Read a mail. Never raises."""
    message = parsing.parse(raw)
    try:
        return unreadable(raw) if message is None else _read(message, stamps_count=not parsing.is_read_otherwise(raw))
    except Exception:  # a mail that the standard library fails on in a new way is laid before a person
        return unreadable(raw)


def _read(message: Message, *, stamps_count: bool) -> Mail:
    senders = parsing.addresses(message, "from") if parsing.count(message, "from") == 1 else ()
    sender_name, sender = senders[0] if len(senders) == 1 and "@" in senders[0][1] else ("", "")
    subject, text = parsing.header(message, "subject"), _text(message)
    bounce = read_bounce(message, subject, sender, text)
    files = () if bounce else files_of(message)
    automatic = "" if bounce else _automatic(message, sender, has_files=bool(files))
    receipt = automatic in RECEIPTS
    if automatic and not receipt and is_held_back(subject, text):
        automatic = ""  # a person looks: nobody has the letter
    return Mail(
        kind="studs" if bounce else "automatiskt svar" if automatic else "svar",
        sender=sender.casefold(),
        sender_name=sender_name,
        subject=subject[:500],
        message_id=next(iter(parsing.message_ids(parsing.header(message, "message-id"))), ""),
        about=_about(message, text),
        keys=_ours(message, KEY_HEADER),
        signs=tuple(filter(None, (parsing.header(message, SIGN_HEADER), *_ours(message, SIGN_HEADER)))),
        returned=_returned(message, text) if bounce else (),
        own_key=parsing.header(message, KEY_HEADER),
        text=text,
        files=files,
        unread=unread_in(message),
        automatic=automatic,
        farewell=farewell_in(subject, text) if automatic and not receipt else "",
        of_a_server=not receipt and (is_of_a_server(message, sender) or has_empty_path(message)),
        bounce=bounce,
        arrived=_arrived(parsing.header(message, "received")),
        stamps=stamps_of(message) if stamps_count else (),
    )


def unreadable(raw: bytes) -> Mail:
    """Return what is known of a mail that cannot be read."""
    return Mail(
        kind=UNREADABLE,
        sender="",
        sender_name="",
        subject="",
        message_id=f"<{sha256(raw).hexdigest()}>",  # nothing else tells two unreadable mails apart
        about=(),
        keys=(),
        own_key="",
        text="",
        unread=("Mejlet går inte att läsa. Be avsändaren skicka det en gång till.",),
    )


def _arrived(received: str) -> datetime | None:
    try:
        at = parsedate_to_datetime(received.rpartition(";")[2].strip())
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
    return at if at.tzinfo else None


def _about(message: Message, text: str) -> tuple[str, ...]:
    """Return which letters are meant: In-Reply-To, References from the last, letters enclosed or quoted."""
    found = [*parsing.message_ids(parsing.header(message, "in-reply-to"))]
    found += reversed(parsing.message_ids(parsing.header(message, "references")))
    for part, within in parsing.walk(message):
        if within and (own := parsing.header(part, "message-id")):
            found += parsing.message_ids(own)
            found += parsing.message_ids(parsing.header(part, "in-reply-to"))
        elif parsing.kind(part) in ("text/rfc822-headers", "message/rfc822-headers"):
            found += parsing.message_ids(parsing.text_of(part))
    return tuple(dict.fromkeys([*found, *our_ids(text)]))[:200]


def _returned(message: Message, text: str) -> tuple[str, ...]:
    """Return which letter a bounce sends back: by its Message-ID alone, for a thread's first is another letter."""
    found = [parsing.header(part, "message-id") for part, within in parsing.walk(message) if within]
    for part, _ in parsing.walk(message):
        if parsing.kind(part) in ("text/rfc822-headers", "message/rfc822-headers"):
            found += _IDENT.findall(parsing.text_of(part))
    found += [*_IDENT.findall(text), parsing.header(message, "in-reply-to")]
    return tuple(dict.fromkeys(each for one in found for each in parsing.message_ids(one)))[:50]


def _ours(message: Message, header: str) -> tuple[str, ...]:
    found = [parsing.header(part, header) for part, within in parsing.walk(message) if within]
    for part, _ in parsing.walk(message):
        if parsing.kind(part) in ("text/rfc822-headers", "message/rfc822-headers"):
            found += re.findall(rf"^{header}:\s*(\S+)", parsing.text_of(part), re.IGNORECASE | re.MULTILINE)
    found += re.findall(rf"{header}:\s*(\S+)", _text(message), re.IGNORECASE)  # a bounce that quotes headers
    return tuple(dict.fromkeys(each for each in found if each))[:50]


def _text(message: Message) -> str:
    """Return what a reader sees: the plain texts of the mail itself, else its html without tags."""
    plain, html = [], []
    for part, _ in parsing.walk(message, enclosed=False):
        if parsing.disposition(part) == "attachment":
            continue
        if parsing.kind(part) == "text/plain":
            plain.append(parsing.text_of(part))
        elif parsing.kind(part) == "text/html":
            html.append(parsing.without_tags(parsing.text_of(part)))
    return "\n".join(plain if any(each.strip() for each in plain) else html)[: parsing.LONGEST_TEXT]


def _automatic(message: Message, sender: str, *, has_files: bool) -> str:
    """Return by what a mail is known as an automatic answer; "" for one that a person wrote, or that one should see.

    By its headers alone: a person may begin a subject with any word. One with a file that could be handed in (a
    scanner sends so) is never taken as automatic, nor what a mail server surely writes and is no receipt.
    """
    if has_files:
        return ""
    if _is_receipt(message):
        return READ
    if has_status(message):
        return DELIVERED  # a status that tells of no fault
    if is_of_a_server(message, sender):
        return ""
    submitted = parsing.header(message, "auto-submitted").lower()
    if submitted and not submitted.startswith("no"):
        return f"Auto-Submitted: {submitted[:60]}"
    for name in ("x-autoreply", "x-autorespond", "x-autoresponder", "x-auto-reply-from"):
        if parsing.header(message, name):
            return name
    if parsing.header(message, "precedence").lower().replace("-", "_") == "auto_reply":
        return "Precedence: auto_reply"
    return ""


def _is_receipt(message: Message) -> bool:
    """Tell whether a mail is a receipt that ours was read, or taken away unread."""
    if parsing.kind(message) == "multipart/report":
        kind = parsing.parameter(message, "report-type").lower()
        return kind == "disposition-notification" and not is_thrown_away(message)
    if parsing.header(message, "content-class").lower() == _RECEIPT_CLASS:
        return True
    for part, _ in parsing.walk(message, enclosed=False):
        if is_tnef(part):
            head = parsing.content(part)[:100_000].replace(b"\x00", b"").upper()
            if any(name.encode() in head for name in _RECEIPTS):
                return True
    return False

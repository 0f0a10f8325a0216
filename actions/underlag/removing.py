"""What has been taken away goes out of the mails that brought it too: the mail stays, with a word in the file's place."""

from collections.abc import Collection, Iterable
from email import policy
from email.header import Header
from email.message import Message
from email.parser import BytesParser
from email.utils import format_datetime
from hashlib import sha256

from notifications.plain import one_line
from store.database import Session
from store.handins import removals
from store.handins import versions as submissions
from store.handins.versions import RottenFileError
from store.post import incoming
from store.tables import Incoming, Submission

KEPT_HEADERS = ("From", "To", "Date", "Subject", "Message-ID")
_POLICY = policy.compat32.clone(linesep="\r\n", max_line_length=None)  # headers stay as they are


def strip_mails(session: Session, gone: Iterable[Submission], word: str, names: Collection[str] = ()) -> int:
    """Take the files of these versions out of the mails that were taken in; return how many mails changed.

    A file that another version still holds stays in them. ``word`` is what became of it: "gallrad" or "borttagen",
    and ``names`` are files' names that go too.
    """
    checksums = {row.sha256 for row in gone if row.sha256 and not removals.holding(session, row.sha256)}
    rows = incoming.with_files(session, checksums)
    for row in rows:
        try:
            raw = submissions.content(session, row.sha256)
        except RottenFileError:  # what the files are in it nobody knows: nothing of it stays
            incoming.replace_content(session, row, _bare_of(row, word), checksums, names)
            continue
        if raw is not None:
            incoming.replace_content(session, row, without_files(raw, checksums, word), checksums, names)
    return len(rows)


def _bare_of(row: Incoming, word: str) -> bytes:
    """Return a mail whose bytes were found changed as what was noted of it when it came: who sent what when."""
    bare = Message(policy=_POLICY)
    noted = (row.sender, None, format_datetime(row.received_at), row.subject, row.message_id)
    for name, value in zip(KEPT_HEADERS, noted, strict=True):
        if value:
            bare[name] = Header(one_line(value), "utf-8").encode() if not value.isascii() else one_line(value)
    _say(bare, f"Mejlets innehåll är borttaget: det hade skadats efter att det kom in, och en fil i det är {word}.")
    return bare.as_bytes()


def without_files(raw: bytes, checksums: Collection[str], word: str) -> bytes:
    """Return a mail with these files (by SHA-256) replaced by a word.

    Of a mail in which they are not found, only who sent what when is left: nobody knows where in it they are.
    """
    mail = BytesParser(policy=_POLICY).parsebytes(raw)
    found = [part for part in mail.walk() if _checksum(part) in checksums]
    if not found:
        bare = Message(policy=_POLICY)
        for name in KEPT_HEADERS:
            if name in mail:
                bare[name] = mail[name]
        _say(bare, f"Mejlets innehåll är borttaget: en fil i det är {word}.")
        return bare.as_bytes()
    for part in found:
        _say(part, f"Filen är {word}. SHA-256: {_checksum(part)}")
    return mail.as_bytes()


def without_content(mime: bytes, words: str) -> bytes:
    """Return a letter with its headers as they are and ``words`` for its content."""
    mail = BytesParser(policy=_POLICY).parsebytes(mime)
    _say(mail, words)
    return mail.as_bytes()


def _checksum(part: Message) -> str | None:
    payload = None if part.is_multipart() else part.get_payload(decode=True)
    return sha256(payload).hexdigest() if isinstance(payload, bytes) else None


def _say(part: Message, words: str) -> None:
    for name in [each for each in part.keys() if each.lower().startswith("content-")]:  # noqa: SIM118 - a mail is no dict
        del part[name]
    part["Content-Type"] = "text/plain; charset=utf-8"
    part["Content-Transfer-Encoding"] = "8bit"
    part.set_payload(f"{words}\r\n".encode().decode("ascii", "surrogateescape"))

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
from store.handins import removals, withheld
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
            incoming.replace_content(
                session,
                row,
                bare_of(
                    row,
                    f"Mejlets innehåll är borttaget: det hade skadats efter att det kom in, och en fil i det är {word}.",
                ),
                checksums,
                names,
            )
            continue
        if raw is not None:
            incoming.replace_content(session, row, without_files(raw, checksums, word), checksums, names)
    _strip_withheld(session, checksums, word)
    return len(rows)


def _strip_withheld(session: Session, checksums: Collection[str], word: str) -> None:
    """Take the files out of the mails as they lie behind a spärr too: they are not to come back when it is lifted."""
    for piece in withheld.all_laid(session, "mail") if checksums else ():
        was = piece.detail.get("was")
        if piece.content is not None and was and any(each["sha256"] in checksums for each in was["files"]):
            kept = [each | ({"gone": True} if each["sha256"] in checksums else {}) for each in was["files"]]
            withheld.change_laid(piece, without_files(piece.content, checksums, word), {**was, "files": kept})


def bare_of(row: Incoming, words: str, subject: str | None = None) -> bytes:
    """Return a mail as what was noted of it when it came, who sent what when, and ``words`` for its content."""
    bare = Message(policy=_POLICY)
    noted = (row.sender, None, format_datetime(row.received_at), subject or row.subject, row.message_id)
    for name, value in zip(KEPT_HEADERS, noted, strict=True):
        if value:
            bare[name] = Header(one_line(value), "utf-8").encode() if not value.isascii() else one_line(value)
    _say(bare, words)
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


def files_in(raw: bytes) -> dict[str, bytes]:
    """Return what a mail's parts hold, by SHA-256."""
    mail = BytesParser(policy=_POLICY).parsebytes(raw)
    return {
        checksum: payload
        for part in mail.walk()
        if (checksum := _checksum(part)) and isinstance(payload := part.get_payload(decode=True), bytes)
    }


def _checksum(part: Message) -> str | None:
    payload = None if part.is_multipart() else part.get_payload(decode=True)
    return sha256(payload).hexdigest() if isinstance(payload, bytes) else None


def _say(part: Message, words: str) -> None:
    for name in [each for each in part.keys() if each.lower().startswith("content-")]:  # noqa: SIM118 - a mail is no dict
        del part[name]
    part["Content-Type"] = "text/plain; charset=utf-8"
    part["Content-Transfer-Encoding"] = "8bit"
    part.set_payload(f"{words}\r\n".encode().decode("ascii", "surrogateescape"))

"""A letter as it goes to the archive: as it was sent, but for the links that still open somebody's page."""

from email import policy
from email.header import Header
from email.message import Message
from email.parser import BytesParser
from quopri import encodestring

from notifications.letters.sealing import without_seal
from portal.web.redaction import hide_tokens

NOTE = "X-Arshjul-Arkiv"
_POLICY = policy.compat32.clone(linesep="\r\n", max_line_length=None)  # headers stay as they are


def without_links(mime: bytes) -> bytes:
    """Return the letter with the tokens of links hidden, and a header that says so; else its very bytes."""
    letter = without_seal(mime)
    mail = BytesParser(policy=_POLICY).parsebytes(letter)
    changed = [_hide(part) for part in mail.walk() if part.get_content_maintype() == "text"]
    if not any(changed) and letter == mime:
        return mime
    mail[NOTE] = Header("personliga länkar är maskerade", "utf-8").encode()
    return mail.as_bytes()


def _hide(part: Message) -> bool:
    """Hide the tokens in one part; tell whether there were any."""
    payload = part.get_payload(decode=True)
    if not isinstance(payload, bytes):
        return False
    charset = part.get_content_charset("utf-8")
    before = payload.decode(charset, "surrogateescape")
    after = hide_tokens(before)
    if after == before:
        return False
    del part["Content-Transfer-Encoding"]
    part["Content-Transfer-Encoding"] = "quoted-printable"
    part.set_payload(encodestring(after.encode(charset, "surrogateescape")).decode("ascii"))
    return True

"""A mail's bytes as a tree that never raises: malformed, endless or hostile mails give less, not an error."""

import re
from collections.abc import Iterator
from email.message import EmailMessage, Message
from email.parser import BytesHeaderParser, BytesParser
from email.policy import EmailPolicy
from functools import lru_cache
from typing import Any

from lxml.etree import Comment, LxmlError, strip_elements
from lxml.html import HTMLParser, document_fromstring

from notifications.plain import one_line

LONGEST_HEADER = 4_000  #: characters of one header that are read: the standard parser is slow on endless ones
LONGEST_OF_A_PART = 1_000  #: the same for those that every part has
LONGEST_HEAD = 500_000  #: bytes of a mail's headers that are read
MOST_BOUNDARIES = 2_000  #: lines that may part a mail's parts; of one with more only the head is read
MOST_PARTS = 100  #: parts of one mail that are looked at
DEEPEST = 15  #: mails and containers within each other
LONGEST_TEXT = 200_000  #: characters of a text that are read

_OTHERWISE = re.compile(rb"\r(?!\n)|^from[ \t]+:", re.IGNORECASE | re.MULTILINE)
_MESSAGE_ID = re.compile(r"<[^<>\s]{3,300}>")


class _Policy(EmailPolicy):
    """The default reading of headers, bounded; one that it cannot read is taken as it stands."""

    def header_fetch_parse(self, name: str, value: Any) -> Any:
        longest = LONGEST_OF_A_PART if name.lower().startswith("content-") else LONGEST_HEADER
        return _read_header(name, str(value)[:longest])


@lru_cache(maxsize=512)
def _read_header(name: str, text: str) -> Any:
    """Read one header; remembered, for the standard library asks for the same one again and again."""
    try:
        return _DEFAULT.header_fetch_parse(name, text)
    except Exception:  # the standard library has many ways to fail on a malformed header
        return one_line(text.encode("utf-8", "replace").decode())


_DEFAULT = EmailPolicy(raise_on_defect=False)
POLICY = _Policy(raise_on_defect=False)


def parse(raw: bytes) -> EmailMessage | None:
    """Return the mail's tree; only its headers when the body cannot be read; None when not even they can."""
    head = _head(raw)
    whole = raw if len(head) < LONGEST_HEAD and raw.count(b"\n--") <= MOST_BOUNDARIES else head
    for parser, read in ((BytesParser, whole), (BytesHeaderParser, head)):
        try:
            message = parser(policy=POLICY).parsebytes(read)
        except Exception:  # noqa: S112 - RecursionError and others: what cannot be read is less, not a fault
            continue
        if isinstance(message, EmailMessage):
            return message
    return None


def _head(raw: bytes) -> bytes:
    """Return a mail's headers, at most so much of them as is read."""
    ends = [at for end in (b"\n\r\n", b"\n\n") if (at := raw.find(end, 0, LONGEST_HEAD)) >= 0]
    return raw[: min(ends, default=LONGEST_HEAD - 2) + 1] + b"\n"


def header(message: Message, name: str) -> str:
    """Return a header on one line; "" when it is not there or cannot be read."""
    try:
        return one_line(str(message[name] or "").encode("utf-8", "replace").decode())
    except Exception:  # as above
        return ""


def count(message: Message, name: str) -> int:
    """Return how many headers of this name there are."""
    return sum(key.lower() == name for key in message.keys())  # noqa: SIM118 - a header may come more than once


def addresses(message: Message, name: str) -> tuple[tuple[str, str], ...]:
    """Return (name, address) of each mailbox in a header; nothing for one that cannot be read.

    An address with a sign that would have to be left out is none: without it, it would be somebody else's.
    """
    try:
        found: Any = message[name]
        read = [(one_line(each.display_name), each.addr_spec) for each in found.addresses if each.addr_spec]
        return tuple(read) if all(each.isascii() and each == one_line(each) for _, each in read) else ()
    except Exception:  # as above
        return ()


def is_read_otherwise(raw: bytes) -> bool:
    """Tell whether a mail server may see other headers than we do.

    At a CR without LF we see a line where it sees none; ``From :`` is a From to it, and the beginning of a mail in a
    folder to the standard library.
    """
    return _OTHERWISE.search(_head(raw)) is not None


def message_ids(text: str) -> tuple[str, ...]:
    """Return the Message-IDs in a text, in order, each once; at most 100."""
    return tuple(dict.fromkeys(_MESSAGE_ID.findall(text)))[:100]


def kind(part: Message) -> str:
    """Return a part's content type, lower case."""
    try:
        return str(part.get_content_type()).lower()
    except Exception:  # as above
        return "application/octet-stream"


def parameter(part: Message, name: str, of: str = "content-type") -> str:
    """Return a parameter of a header; "" when it is not there."""
    try:
        found = part.get_param(name, "", of)
    except Exception:  # as above
        return ""
    return one_line("".join(found[2:]) if isinstance(found, tuple) else str(found))


def disposition(part: Message) -> str:
    """Return ``attachment``, ``inline`` or ""."""
    try:
        return str(part.get_content_disposition() or "")
    except Exception:  # as above
        return ""


def filename(part: Message) -> str:
    """Return the name that the sender gave a part; "" when there is none."""
    try:
        return one_line(str(part.get_filename() or "").encode("utf-8", "replace").decode())
    except Exception:  # as above
        return ""


def content(part: Message) -> bytes:
    """Return a part's bytes, decoded; b"" for what has none."""
    try:
        found = part.get_payload(decode=True)
    except Exception:  # as above
        return b""
    return found if isinstance(found, bytes) else b""


def text_of(part: Message) -> str:
    """Return a text part's characters, without NUL; what its character set does not hold is replaced."""
    raw = content(part)[: 4 * LONGEST_TEXT]
    try:
        text = raw.decode(parameter(part, "charset") or "utf-8", "replace")
    except (LookupError, ValueError):
        text = raw.decode("utf-8", "replace")
    return text[:LONGEST_TEXT].encode("utf-8", "replace").decode().replace("\x00", "")


def children(part: Message) -> list[Message]:
    """Return the parts within a part."""
    payload = part.get_payload() if part.is_multipart() else []  # of a text it would be decoded, which may fail
    return [each for each in payload if isinstance(each, Message)]


def walk(message: Message, *, enclosed: bool = True) -> Iterator[tuple[Message, int]]:
    """Yield each part with how many mails it is enclosed in, the outermost first; without ``enclosed`` only 0."""
    waiting, seen = [(message, 0, 0)], 0
    while waiting and seen < MOST_PARTS:
        part, depth, within = waiting.pop(0)
        seen += 1
        yield part, within
        inner = within + (kind(part) == "message/rfc822")
        if depth < DEEPEST and (enclosed or inner == 0):
            waiting[:0] = [(child, depth + 1, inner) for child in children(part)]


def without_tags(html: str) -> str:
    """Return html's words as lines. By lxml: the standard library's parser takes minutes for some hostile texts."""
    try:
        tree = document_fromstring(
            html.encode("utf-8", "replace"), parser=HTMLParser(encoding="utf-8", no_network=True)
        )
    except (LxmlError, ValueError):  # nothing in it is html
        return ""
    strip_elements(tree, Comment, "style", "script", "head", with_tail=False)
    for element in tree.iter("br", "p", "div", "tr", "li"):
        element.tail = f"\n{element.tail or ''}"
    lines = (" ".join(line.split()) for line in "".join(str(piece) for piece in tree.itertext()).splitlines())
    return "\n".join(line for line in lines if line)

"""A letter as the bytes that go over SMTP: headers, text and html beside each other, files after them.

The bytes are frozen when the letter is written, and the same input gives the same bytes, so a letter that is
sent once more is the same letter to every server and reader.
"""

import hmac
import re
from collections.abc import Iterator, Sequence
from datetime import datetime
from email import message_from_bytes, policy
from email.headerregistry import Address, Group, HeaderRegistry
from email.message import EmailMessage, Message
from email.policy import EmailPolicy
from email.utils import format_datetime
from functools import cache, lru_cache
from hashlib import sha256
from typing import Any

from arshjul.addresses import ADDRESS, DOMAIN, can_carry
from arshjul.errors import RefusedError
from arshjul.swedish import STOCKHOLM
from notifications.letters.own_headers import KEY_HEADER, LOG_HEADER, RUN_HEADER, SIGN_HEADER
from notifications.letters.views.composed import Attachment, Composed
from notifications.office import UNNAMED
from notifications.plain import header_words, one_line

QUOTED, IN_BASE64 = "quoted-printable", "base64"
_END = b"\r\n"
_OTHER_FORM = "a letter and its other wording must be of one form"
Recipient = str | tuple[str, str]  #: an address, or a name and an address

LONGEST_NAME = 60  #: characters of a display name
LONGEST_KEY = 900  #: characters: its header must fit a line of 998 octets (RFC 5322)

_KEY = re.compile(r"[\x21-\x7e]+")
_MESSAGE_ID = re.compile(r"<[\x21-\x3b\x3d\x3f-\x7e]{1,200}>")


class _Headers(HeaderRegistry):
    """The standard headers' classes, one for each name: the registry makes a new class for each header of each letter."""

    def __getitem__(self, name: str) -> Any:
        return _header_class(name.lower())


@cache
def _header_class(name: str) -> Any:
    return HeaderRegistry().__getitem__(name)


class _Policy(EmailPolicy):
    """SMTP's lines, and keys written as they are: the standard fold encodes a long word that has no space."""

    def header_store_parse(self, name: str, value: Any) -> tuple[str, Any]:
        return (name, _parsed(name, value)) if type(value) is str else super().header_store_parse(name, value)

    def fold(self, name: str, value: str) -> str:
        if name in (KEY_HEADER, SIGN_HEADER, RUN_HEADER, LOG_HEADER, "Message-ID", "In-Reply-To"):
            return f"{name}: {value}{self.linesep}"
        return _folded(self, name, value)

    def fold_binary(self, name: str, value: str) -> bytes:
        return self.fold(name, value).encode("ascii")


_POLICY = _Policy(linesep="\r\n", cte_type="7bit", raise_on_defect=False, header_factory=_Headers())


@lru_cache(maxsize=1024)  # a header is what its text says, and most are the same in every letter
def _parsed(name: str, value: str) -> Any:
    return EmailPolicy.header_store_parse(_POLICY, name, value)[1]


@lru_cache(maxsize=1024)  # and so is its line
def _folded(policy: EmailPolicy, name: str, value: str) -> str:
    return str(EmailPolicy.fold(policy, name, value))


def message_id(key: str, domain: str, secret: bytes) -> str:
    """Return the Message-ID of the letter ``key``, the same each time, which nobody without the secret can guess.

    ``domain`` is that of the ekonomikontor's address. Raises RefusedError when it is no domain.
    """
    return f"<{_signed('Message-ID', key, secret)}.arshjul@{_checked(DOMAIN, domain, 'domänen')}>"


def sign_of(key: str, secret: bytes) -> str:
    """Return what shows that a key stands in a letter of ours: a key alone can be guessed."""
    return _signed(SIGN_HEADER, key, secret)


def _signed(what: str, key: str, secret: bytes) -> str:
    return hmac.new(secret, f"{what}\n{key}".encode(), sha256).hexdigest()[:32]


def build(
    composed: Composed,
    *,
    sender: str,
    to: Sequence[Recipient],
    cc: Sequence[Recipient] = (),
    key: str,
    message_id: str,
    now: datetime,
    sender_name: str = UNNAMED.name,
    sign: str | None = None,
    in_reply_to: str | None = None,
    run_id: str | None = None,
    log_head: tuple[int, str] | None = None,
) -> bytes:
    """Return the letter's bytes: ASCII only, lines ended by CRLF and at most 998 octets.

    ``sender`` is From and Reply-To. ``sign`` is the key's, of :func:`sign_of`. ``in_reply_to`` is the Message-ID of the thread's first letter, ``run_id``
    the Prefect run that made this one, ``log_head`` the number and digest of the log's newest chained row. Names and the subject are cleaned to one line. A recipient's address
    that mail cannot carry is left out of the headers (the post refuses it alone, so the others get theirs);
    a sender, key or id that cannot stand in a header raises RefusedError.
    """
    mail = EmailMessage(policy=_POLICY)
    mail["Date"] = format_datetime(now.astimezone(STOCKHOLM))
    office = str(Address(_name(sender_name), addr_spec=_checked(ADDRESS, sender, "avsändaradressen")))
    mail["From"] = office
    mail["Reply-To"] = office
    mail["To"] = _recipients(to)
    if cc:
        mail["Cc"] = _recipients(cc)
    mail["Subject"] = header_words(composed.subject)
    mail["Message-ID"] = _checked(_MESSAGE_ID, message_id, "brevets id")
    if in_reply_to:
        first = _checked(_MESSAGE_ID, in_reply_to, "trådens första id")
        mail["In-Reply-To"] = first
        mail["References"] = first
    mail[KEY_HEADER] = _checked(_KEY, key, "brevets nyckel")
    if sign is not None:
        mail[SIGN_HEADER] = _checked(_KEY, sign, "nyckelns signatur")
    if run_id is not None:
        mail[RUN_HEADER] = _checked(_KEY, run_id, "körningens id")
    if log_head is not None:
        mail[LOG_HEADER] = f"{log_head[0]} {_checked(_KEY, log_head[1], 'loggens huvud')}"
    mail["Auto-Submitted"] = "auto-generated"
    mail["X-Auto-Response-Suppress"] = "OOF, AutoReply"  # never DR, NDR or All: we want the bounces
    _fill(mail, composed)
    mail["Content-Language"] = "sv"  # set last: Content- headers follow the text when files join it
    _set_boundaries(mail, message_id)
    return mail.as_bytes()


def words_of(letter: bytes) -> Composed:
    """Return the words and files of a letter that :func:`build` wrote."""
    mail = message_from_bytes(letter, policy=policy.default)
    bodies = {kind: mail.get_body((kind,)) for kind in ("plain", "html")}
    files = tuple(
        Attachment(filename=each.get_filename() or "", media_type=_media_type(each), content=content)
        for each in mail.walk()
        if each.get_filename() and isinstance(content := each.get_payload(decode=True), bytes)
    )
    text, html = (str(body.get_content()) if body else "" for body in bodies.values())
    return Composed(subject=str(mail["Subject"]), text=text, html=html, attachments=files)


def _media_type(part: Message) -> str:
    method = part.get_param("method")  # a calendar's
    return f"{part.get_content_type()}; method={method}" if method else part.get_content_type()


def reworded(letter: bytes, composed: Composed, other: Composed) -> bytes:
    """Return a letter that was built of ``composed`` as it would have been built of ``other``; its headers are the same.

    Each text of the two is as long and folds alike, as one with its signs blotted out does. Raises ValueError else.
    """
    place = 0
    for (before, cte), (after, _) in zip(_bodies(composed), _bodies(other), strict=True):
        for old, new in _changed(before, after, cte):
            place = letter.find(old, place)
            if place < 0 or len(old) != len(new):
                raise ValueError(_OTHER_FORM)
            letter = letter[:place] + new + letter[place + len(old) :]
            place += len(old) - len(_END)  # which the next may begin with
    return letter


def _bodies(composed: Composed) -> Iterator[tuple[str, str]]:
    """Give each text of a letter, in its order, and how it is encoded."""
    yield composed.text, QUOTED
    yield composed.html, QUOTED
    for file in composed.attachments:
        if file.media_type.startswith("text/"):
            yield file.content.decode(), IN_BASE64


def _changed(before: str, after: str, cte: str) -> Iterator[tuple[bytes, bytes]]:
    """Give what differs between two encoded texts: whole lines where each is encoded by itself, and else all of it."""
    if before == after:
        return
    by_line = cte == QUOTED
    olds, news = (each.encode().splitlines() if by_line else [each.encode()] for each in (before, after))
    if len(olds) != len(news):
        raise ValueError(_OTHER_FORM)
    for old, new in zip(olds, news, strict=True):
        if old != new:
            yield _END + _encoded(old.decode(), cte), _END + _encoded(new.decode(), cte)


def _encoded(text: str, cte: str) -> bytes:
    part = EmailMessage(policy=_POLICY)
    part.set_content(text, cte=cte)
    return part.as_bytes().partition(b"\r\n\r\n")[2]


def _fill(mail: EmailMessage, composed: Composed) -> None:
    mail.set_content(composed.text, cte=QUOTED)
    mail.add_alternative(composed.html, subtype="html", cte=QUOTED)
    for file in composed.attachments:
        kind, _, parameter = file.media_type.partition(";")
        maintype, _, subtype = kind.strip().partition("/")
        if maintype == "text":
            name, _, value = parameter.strip().partition("=")
            mail.add_attachment(
                file.content.decode(),
                subtype=subtype,
                cte=IN_BASE64,  # its own line ends stay as they are
                filename=header_words(file.filename),
                params={name: value} if name else None,
            )
        else:
            mail.add_attachment(file.content, maintype=maintype, subtype=subtype, filename=header_words(file.filename))


def _set_boundaries(mail: EmailMessage, seed: str) -> None:
    """Separate the parts by what the letter's id gives: the standard library draws lots."""
    many = [part for part in mail.walk() if part.is_multipart()]
    for number, part in enumerate(many):
        # "=_" stands in no quoted-printable or base64 text
        part.set_boundary(f"=_{sha256(seed.encode()).hexdigest()[:24]}_{number}")


def _recipients(recipients: Sequence[Recipient]) -> str:
    return ", ".join(str(_recipient(each)) for each in recipients)  # as text: most stand in many letters, read once


def _recipient(recipient: Recipient) -> Address | Group:
    name, address = ("", recipient) if isinstance(recipient, str) else recipient
    if not can_carry(address):
        return Group("Adressen kan inte skrivas i ett brev", ())
    return Address(_name(name), addr_spec=address)


def _name(name: str) -> str:
    words = header_words(name).replace('"', "”")  # the library writes a straight one bare, and the name ends there
    return words[:LONGEST_NAME].strip()


def _checked(form: re.Pattern[str], value: str, what: str) -> str:
    if not form.fullmatch(value) or len(value) > LONGEST_KEY:
        raise RefusedError(
            f"{what} '{one_line(value)[:80]}' kan inte stå i ett brev. "
            "Rätta den: inga mellanslag, inga radbrytningar och inte å, ä eller ö."
        )
    return value

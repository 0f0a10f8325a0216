"""The files of a mail that somebody may mean to hand in, and what in it cannot be opened.

What mail programs add by themselves is nobody's hand-in, and is laid aside without a word: signatures, the pictures of a
letter's foot, a Mac's notes about a file (AppleDouble), the pieces of text that a server makes files of.
"""

import re
from dataclasses import dataclass, field
from email.message import Message
from hashlib import sha256

from notifications.letters.own_headers import KEY_HEADER
from notifications.mailbox import parsing

SMALL_PICTURE = 15_000  #: bytes: no photograph or scanned page is smaller, and most logos and icons are

_BESIDE = frozenset(
    {
        "application/pkcs7-signature", "application/x-pkcs7-signature", "application/pgp-signature", "text/x-vcard",
        "text/vcard", "text/directory", "text/calendar", "application/ics", "text/x-amp-html", "application/applefile",
    }
)  # fmt: skip
#: the same, by name, where their type says nothing
_BESIDE_NAMED = re.compile(
    r"\._.*|\.ds_store|thumbs\.db|desktop\.ini|.*\.(?:p7s|vcf|ics)|signature\.asc|oledata\.mso|.*\.(?:emz|wmz)"
    r"|att\d{3,}\.(?:txt|html?|bin|dat|c)",
    re.IGNORECASE,
)
_APPLE_DOUBLE = b"\x00\x05\x16\x07"
#: what Outlook and others call the pictures of a letter; an iPhone calls its photographs image0.jpeg
_PICTURE = re.compile(r"(?:(?:image|bild)[\w-]*\d{3,}|outlook-[\w-]*)\.(?:png|jpe?g|gif|bmp)", re.IGNORECASE)
_OF_THE_FOOT = re.compile(
    r"(?<![a-zåäö])(?:logo(?:typ[a-z]*|s|type)?|logga|kommunvapen|vapen|sign?atur|signature|facebook|instagram|linkedin"
    r"|twitter|youtube|icon|ikon|banner|sidfot|footer)(?![a-zåäö])",
    re.IGNORECASE,
)
_CID = re.compile(r"cid:([^\"'>\s)]{1,300})", re.IGNORECASE)
#: a file in the text itself, as programs from before MIME send it
_IN_TEXT = re.compile(r"^(?:begin(?:-base64)? 0?[0-7]{3} [^\r\n]+|=ybegin [^\r\n]*name=[^\r\n]*)\r?\n\S", re.MULTILINE)
_ELSEWHERE = "message/external-body"  #: says where the file lies (RFC 2046, 5.2.3)
_TNEF = frozenset({"application/ms-tnef", "application/vnd.ms-tnef"})
_ENCRYPTED = frozenset({"application/pkcs7-mime", "application/x-pkcs7-mime", "multipart/encrypted"})


@dataclass(frozen=True, slots=True, kw_only=True)
class File:
    """A file that came with a mail. The name is the sender's, and is not to be trusted."""

    name: str
    media_type: str
    content: bytes = field(repr=False)

    @property
    def sha256(self) -> str:
        """The checksum of its bytes."""
        return sha256(self.content).hexdigest()


def files_of(message: Message) -> tuple[File, ...]:
    """Return the files, also those of a mail that was forwarded whole; never those of a letter of ours."""
    found: list[File] = []
    ours: set[int] = set()
    shown = _shown_in_text(message)
    for part, _ in parsing.walk(message):
        inside = parsing.children(part)
        if (
            id(part) in ours
            or (part is not message and parsing.header(part, KEY_HEADER))
            or parsing.kind(part) in ("multipart/encrypted", _ELSEWHERE)  # a word on what is not here: told as that
        ):
            ours |= {id(child) for child in inside}
            continue
        if inside or id(part) in shown or not _is_file(part):
            continue
        name = parsing.filename(part) or f"bilaga {len(found) + 1}"
        found.append(File(name=name, media_type=parsing.kind(part), content=parsing.content(part)))
    return tuple({each.sha256: each for each in reversed(found)}.values())[::-1]


def _shown_in_text(message: Message) -> set[int]:
    """Return the pictures (by id) that are a part of the letter's text: its html shows them."""
    pictures: dict[str, int] = {}
    shown: set[int] = set()
    named: set[str] = set()
    for part, _ in parsing.walk(message):
        kind = parsing.kind(part)
        if kind == "multipart/related":
            shown |= {id(child) for child in parsing.children(part)[1:] if parsing.kind(child).startswith("image/")}
        elif kind == "text/html":
            named |= {each.casefold() for each in _CID.findall(parsing.text_of(part))}
        elif ident := parsing.header(part, "content-id"):
            pictures[ident.strip("<> ").casefold()] = id(part)
    return shown | {part for ident, part in pictures.items() if ident in named}


def _is_file(part: Message) -> bool:
    """Tell whether somebody may mean to hand a part in: not texts, signatures, or pictures in the letter's foot."""
    kind, name = parsing.kind(part), parsing.filename(part)
    if kind in _BESIDE or kind.startswith(("multipart/", "message/")) or is_tnef(part) or _is_encrypted(part):
        return False
    if _BESIDE_NAMED.fullmatch(name) or parsing.content(part).startswith(_APPLE_DOUBLE):
        return False
    if _PICTURE.fullmatch(name):
        return False
    if kind.startswith("image/"):
        beside = bool(parsing.header(part, "content-id")) or parsing.disposition(part) == "inline"
        return not _OF_THE_FOOT.search(name) and not (beside and len(parsing.content(part)) < SMALL_PICTURE)
    if kind in ("text/plain", "text/html"):
        return parsing.disposition(part) == "attachment" and bool(name)
    return bool(name) or parsing.disposition(part) == "attachment" or kind.startswith("application/")


def is_tnef(part: Message) -> bool:
    """Tell whether a part is Outlook's own envelope, winmail.dat."""
    return parsing.kind(part) in _TNEF or parsing.filename(part).casefold() == "winmail.dat"


def _is_encrypted(part: Message) -> bool:
    return parsing.kind(part) in _ENCRYPTED or parsing.filename(part).casefold() == "smime.p7m"


def unread_in(message: Message) -> tuple[str, ...]:
    """Tell what is in the mail that we cannot open, with the remedy."""
    found: dict[str, None] = {}
    for part, _ in parsing.walk(message):
        kind = parsing.kind(part)
        if is_tnef(part):
            found[
                "Bilagorna ligger i en winmail.dat, som bara Outlook kan öppna. Be avsändaren skicka mejlet som "
                "HTML eller oformaterad text, eller spara filerna ur mejlet och lägg in dem här."
            ] = None
        elif _is_encrypted(part):
            found[
                "Mejlet är krypterat eller ligger i en S/MIME-fil. Öppna det i ert e-postprogram, spara filerna "
                "och lägg in dem här."
            ] = None
        elif kind.startswith("multipart/") and not parsing.children(part):
            found[
                "Mejlets delar går inte att läsa. Öppna det i ert e-postprogram, spara filerna och lägg in dem här."
            ] = None
        elif kind == _ELSEWHERE:
            found[
                "En bilaga ligger inte i mejlet utan på en annan plats, som det bara hänvisar till. Be avsändaren skicka "
                "filen själv."
            ] = None
        elif kind == "text/plain" and _IN_TEXT.search(parsing.text_of(part)):
            found[
                "En bilaga ligger i mejlets text (uuencode), som äldre e-postprogram skriver. Öppna mejlet i ert "
                "e-postprogram, spara filerna och lägg in dem här, eller be avsändaren skicka dem som bilagor."
            ] = None
        elif kind == "message/partial" or (kind == "message/rfc822" and _is_closed(part)):
            found[
                "Ett bifogat mejl går inte att läsa. Öppna det i ert e-postprogram, spara filerna ur det och lägg in dem här."
            ] = None
    return tuple(found)


def _is_closed(part: Message) -> bool:
    """Tell whether a mail that is enclosed cannot be opened: encoded, which RFC 2046 forbids, or without a header."""
    coding = parsing.header(part, "content-transfer-encoding").lower()
    return coding not in ("", "7bit", "8bit", "binary") or not any(each.keys() for each in parsing.children(part))

"""Files of another kind than is taken: each called by its name, with what its sender does about it.

Told by the bytes, for the name is the sender's choice; only a program's own files beside the real one are told by their
names too.
"""

import re
from collections.abc import Collection
from dataclasses import dataclass

_WANTED = "{kinds}"  #: where a remedy names the kinds that are taken


@dataclass(frozen=True, slots=True, kw_only=True)
class Foreign:
    """A kind of file that is not taken. ``remedy`` may name the kinds that are, as ``{kinds}``."""

    message: str
    remedy: str

    def mend(self, kinds: str) -> str:
        """Return what to do, where ``kinds`` are taken: ``Excel (.xlsx)``."""
        return self.remedy.replace(_WANTED, kinds)


def _saved_from(program: str) -> str:
    return f"Öppna den i {program}, välj Arkiv > Spara som och {_WANTED}, och lämna in den nya filen."


_UNPACK = "Packa upp den och lämna in filerna var för sig."
_ATTACHED = "Öppna mejlet, spara bilagan som en egen fil, och lämna in den."
ZIP = Foreign(message="Filen är ett zip-arkiv (.zip).", remedy=_UNPACK)
PACKED = Foreign(message="Filen är ett packat arkiv (.7z, .rar, .tar eller liknande).", remedy=_UNPACK)
XLSB = Foreign(message="Filen är en binär arbetsbok (.xlsb).", remedy=_saved_from("Excel"))
ONENOTE = Foreign(
    message="Filen är en anteckningsbok ur OneNote (.one).",
    remedy=f"Klistra in innehållet i mallen, och lämna in den som {_WANTED}.",
)
ENCODED = Foreign(
    message="Filen är en bilaga som ett äldre e-postprogram har skrivit om till text (uuencode eller liknande).",
    remedy=f"Be avsändaren om filen själv, som {_WANTED}, och lämna in den.",
)
DRAWN = Foreign(
    message="Filen är gjord i Visio, Project eller Publisher.",
    remedy=f"Klistra in innehållet i mallen, och lämna in den som {_WANTED}.",
)
OLD_OFFICE = Foreign(
    message="Filen är i ett äldre Office-format (.xls eller .doc).", remedy=_saved_from("Excel eller Word")
)
SLIDES = Foreign(
    message="Filen är en presentation.", remedy=f"Klistra in innehållet i mallen, och lämna in den som {_WANTED}."
)
TEXT = Foreign(
    message="Filen är ren text (.csv eller .txt).",
    remedy=f"Klistra in det som står i den i mallen, och lämna in mallen som {_WANTED}.",
)
RTF = Foreign(message="Filen är i formatet RTF (.rtf).", remedy=_saved_from("Word"))
NUMBERS = Foreign(
    message="Filen är gjord i Numbers (.numbers).",
    remedy="Välj Arkiv > Exportera till > Excel i Numbers, och lämna in den nya filen.",
)
PAGES = Foreign(
    message="Filen är gjord i Pages (.pages).",
    remedy="Välj Arkiv > Exportera till > Word i Pages, och lämna in den nya filen.",
)
MAIL = Foreign(message="Filen är ett sparat mejl (.eml).", remedy=_ATTACHED)
OUTLOOK = Foreign(message="Filen är ett mejl sparat ur Outlook (.msg).", remedy=_ATTACHED)
ENVELOPE = Foreign(
    message="Filen är Outlooks omslag om bilagor (winmail.dat).",
    remedy="Öppna mejlet i Outlook, spara bilagan som en egen fil, och lämna in den.",
)
PROTECTED_MAIL = Foreign(
    message="Filen är ett skyddat mejl (.rpmsg), som bara dess mottagare kan öppna.",
    remedy="Be avsändaren om filen utan skydd, och lämna in den.",
)
LOCK = Foreign(
    message="Filen är en låsfil, som Excel eller Word lägger bredvid den riktiga filen.",
    remedy="Stäng programmet, och välj filen med samma namn utan ~$ i början.",
)
APPLE = Foreign(
    message="Filen är en dold fil, som en Mac lägger bredvid den riktiga filen.",
    remedy="Välj filen med samma namn utan ._ i början.",
)
PAGE = Foreign(
    message="Filen är en webbsida (.html eller .mht), vad den än heter.", remedy=_saved_from("Excel eller Word")
)
XML = Foreign(
    message="Filen är XML och ingen arbetsbok eller text, vad den än heter.", remedy=_saved_from("Excel eller Word")
)
PICTURE = Foreign(
    message="Filen är en bild.",
    remedy=f"Lämna in filen som bilden visar, som {_WANTED}: det som står i en bild går inte att läsa.",
)
SHORTCUT = Foreign(
    message="Filen är en genväg, och inte själva filen.",
    remedy=f"Öppna genvägen, spara en kopia på datorn som {_WANTED}, och lämna in kopian.",
)
SIE = Foreign(
    message="Filen är en SIE-fil ur ekonomisystemet.",
    remedy=f"Lämna den till dem som håller årshjulet. Här behövs mallen som {_WANTED}.",
)

_HEAD = 4096
#: how files begin
_BEGINS: tuple[tuple[bytes, Foreign], ...] = (
    (b"{\\rtf", RTF), (b"7z\xbc\xaf\x27\x1c", PACKED), (b"Rar!\x1a\x07", PACKED), (b"\x1f\x8b\x08", PACKED),
    (b"BZh", PACKED), (b"\xfd7zXZ\0", PACKED), (b"\x28\xb5\x2f\xfd", PACKED), (b"MSCF\0", PACKED),
    (b"\xe4\x52\x5c\x7b\x8c\xd8\xa7\x4d", ONENOTE), (b"\xa1\x2f\xff\x43\xd9\xef\x76\x4c", ONENOTE),  # its list of pages
    (b"\x78\x9f\x3e\x22", ENVELOPE), (b"bplist00", SHORTCUT),
    (b"\x76\xe8\x04\x60\xc4\x11\xe3\x86", PROTECTED_MAIL), (b"\0\x05\x16\x07", APPLE), (b"\x09\x08\x10\0", OLD_OFFICE),
    (b"\x09\x08\x08\0", OLD_OFFICE), (b"\x09\x04\x06\0", OLD_OFFICE), (b"\x89PNG", PICTURE), (b"\xff\xd8\xff", PICTURE),
    (b"GIF8", PICTURE), (b"II*\0", PICTURE), (b"MM\0*", PICTURE), (b"L\0\0\0\x01\x14\x02\0", SHORTCUT),
)  # fmt: skip
_PICTURES_LATER = (b"WEBP", b"heic", b"heix", b"mif1", b"msf1", b"avif")  #: after eight bytes: a telephone's
_FIELDS = r"(?:[\w-]+:[^\n]*\n(?:[ \t][^\n]*\n)*)*?"  #: of a mail's head
#: what stands first in a text, after blanks
_WORDS: tuple[tuple[str, Foreign], ...] = (
    (
        r"(?:<!--.*?-->\s*)*+(?:<!doctype\s+html|<(?:html|head|body|table|meta|style|div|p|center|title|link|script|font)\b)",
        PAGE,
    ),
    (r"<\?xml\b(?:[^<]|<!)*?<html\b", PAGE),
    (r"(?:<\?xml\b|<!doctype\s+plist|<plist)(?:[^<]|<(?!key>))*?<key>URL</key>", SHORTCUT),
    (r"<", XML),
    (r"begin(?:-base64)? 0?[0-7]{3} [^\n]+\n|=ybegin |\(This file must be converted with BinHex", ENCODED),
    (r"#FLAGGA\b", SIE),
    (r"\[InternetShortcut\]|\{\s*\"(?:url|doc_id)\"|\{[^{}]{0,500}\"doc_id\"", SHORTCUT),
    (_FIELDS + r"(?:x-document-type|snapshot-content-location):|from: *<saved by [^\n]*\n", PAGE),  # saved as one file
    (r"(?:from [^\n]*\n|\d+ *\n)?" + _FIELDS + r"(?:from|received|return-path|message-id|mime-version):[^\n]*\n", MAIL),
)
#: what the folders of old Office files and of saved mails are called; each as it is written there
_IN_OLE = (
    ("__nameid_version1.0", OUTLOOK), ("__substg1.0_", OUTLOOK), ("PowerPoint Document", SLIDES),
    ("WordDocument", OLD_OFFICE), ("Workbook", OLD_OFFICE),  # in which a drawing may lie
    ("VisioDocument", DRAWN), ("TBkndTask", DRAWN), ("Quill", DRAWN),
)  # fmt: skip
_MEDIA_TYPES = {"presentation": SLIDES, "graphics": PICTURE, "image": PICTURE}


def foreign_of(content: bytes) -> Foreign | None:
    """Return what a file is that is neither zipped nor one of the old Office's; None when nobody can tell."""
    begun = next((each for begins, each in _BEGINS if content.startswith(begins)), None)
    if begun or content[8:12] in _PICTURES_LATER:
        return begun or PICTURE
    if content[257:262] == b"ustar":
        return PACKED
    if _is_lock(content):
        return LOCK
    text = _text(content[:_HEAD])
    if text is None:
        return None
    start = text.lstrip()
    if not start:
        return None
    return next((each for words, each in _WORDS if re.match(words, start, re.IGNORECASE | re.DOTALL)), TEXT)


def foreign_in_ole(content: bytes) -> Foreign:
    """Return what a file in the old Office's container is."""
    found = (each for name, each in _IN_OLE if name.encode("utf-16-le") in content)
    return next(found, OLD_OFFICE)


def foreign_in_zip(names: Collection[str], media_type: str) -> Foreign:
    """Return what a zipped file is by its parts' folded names and the ``mimetype`` that it states."""
    if any(name.endswith(".iwa") or name == "index.zip" for name in names):
        # Apple's: where the tables of a Numbers file lie
        return NUMBERS if any("tables/" in name or "calculationengine" in name for name in names) else PAGES
    if media_type.startswith("application/vnd.oasis.opendocument."):
        word = media_type.removeprefix("application/vnd.oasis.opendocument.").partition("-")[0]
        return _MEDIA_TYPES.get(word, _TEMPLATE)
    return ZIP


def foreign_named(name: str) -> Foreign | None:
    """Return which program's own file beside the real one this is by its name; None when it is none."""
    last = name.replace("\\", "/").rpartition("/")[2]
    if last.startswith(("~$", ".~lock.")):
        return LOCK
    return APPLE if last.startswith("._") else None


_TEMPLATE = Foreign(
    message="Filen är en OpenDocument-fil av ett annat slag, till exempel en mall.",
    remedy=_saved_from("LibreOffice"),
)


def _is_lock(content: bytes) -> bool:
    """Tell whether it is a lock file of Office's: its user's name twice, in bytes and in UTF-16, and no more."""
    if not 150 < len(content) < 180:
        return False
    length = content[0]
    return 0 < length < 54 and not content[1 + length : 54].strip(b" \0")


def _text(head: bytes) -> str | None:
    """Return a text's beginning; None when it is no text."""
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        return head[: len(head) // 2 * 2].decode("utf-16", "replace")
    if re.search(rb"[\0-\x08\x0e-\x1a\x1c-\x1f]", head):
        return None
    return head.decode("utf-8-sig", "replace")

"""What a file is, by its bytes and not by its name, and the name that it is kept under."""

import struct
import unicodedata
import zipfile
import zlib
from dataclasses import dataclass
from io import BytesIO
from pathlib import PurePosixPath

from submissions.files.active import Active, active_in_office, active_in_opendocument
from submissions.files.foreign import OLD_OFFICE, SLIDES, XLSB, Foreign, foreign_in_ole, foreign_in_zip, foreign_of
from submissions.files.office_package import (
    MANIFEST,
    TYPES,
    Parts,
    TooMuchError,
    has_macros,
    is_ambiguous,
    main_part,
    root_type,
)
from submissions.files.parts import KINDS, MAX_NAME

_OLE = bytes.fromhex("D0CF11E0A1B11AE1")  # old Office files, and new ones behind a password
_FORBIDDEN = set('<>:"|?*')
_PEEK = 200  # bytes read of what a file says that it is
_MAX_ENTRIES = 10_000
#: endings that tell another kind of file than is taken
_OTHER_ENDINGS = {
    "xlsm", "xlsb", "xltx", "docm", "dotx", "xls", "doc", "rtf", "zip", "csv", "txt", "html", "htm", "xml", "numbers",
    "pages", "eml", "msg", "exe",
}  # fmt: skip
_ENTRY = b"PK\x01\x02"  # begins each entry of an archive's list of contents


@dataclass(frozen=True, slots=True, kw_only=True)
class Contents:
    """What a file's bytes tell."""

    kind: str | None = None  #: an id of ``parts.KINDS``
    encrypted: bool = False  #: nobody opens it without a password
    macros: bool = False
    guarded: bool = False  #: a PDF with protection: it may or may not open without a password
    damaged: bool = False
    foreign: Foreign | None = None  #: what it is, when it is known and not taken
    active: tuple[Active, ...] = ()  #: what in it fetches or runs something when it is opened, each kind once
    crowded: bool = False  #: an archive of more parts than anybody's file has

    @property
    def old_office(self) -> bool:
        """Whether it is an .xls or a .doc."""
        return self.foreign is OLD_OFFICE


def look_into(content: bytes) -> Contents:
    """Tell what a file is by its bytes."""
    if content.startswith(_OLE):
        encrypted = "EncryptedPackage".encode("utf-16-le") in content
        return Contents(encrypted=encrypted, foreign=None if encrypted else foreign_in_ole(content))
    if b"%PDF-" in content[:1024]:
        return Contents(kind="pdf", guarded=b"/Encrypt" in content, damaged=b"%%EOF" not in content[-2048:])
    if content.startswith(b"PK"):
        return _look_into_zip(content)
    return Contents(foreign=foreign_of(content))


def clean_name(name: str, kind: str | None, fallback: str) -> str:
    """Return a name that is safe to keep and to show: no folders, no control characters, å ä ö as they are.

    The ending is the kind's own; a name that is too long is cut before its ending.
    """
    name = unicodedata.normalize("NFC", name).replace("\\", "/").rpartition("/")[2]
    name = "".join("-" if char in _FORBIDDEN else char for char in name if unicodedata.category(char)[0] != "C")
    name = " ".join(name.split()).strip(". ")
    path = PurePosixPath(name)
    stem, ending = (path.stem, path.suffix) if name else (fallback, "")
    if kind and ending.lower() != f".{kind}":
        stem, ending = (name or fallback), f".{kind}"
    return f"{stem[: MAX_NAME - len(ending)].strip()}{ending}"


def ending_of(name: str) -> str:
    """Return a name's ending, folded and without its dot; "" when it has none of the known ones."""
    ending = PurePosixPath(name.replace("\\", "/")).suffix.lower().lstrip(".")
    return ending if ending in KINDS or ending in _OTHER_ENDINGS else ""


def _look_into_zip(content: bytes) -> Contents:
    if content.count(_ENTRY) > _MAX_ENTRIES:  # counted before they are read: each takes memory
        return Contents(damaged=True, crowded=True)
    try:
        with zipfile.ZipFile(BytesIO(content)) as archive:
            entries = archive.infolist()
            if any(entry.flag_bits & 0x1 for entry in entries):
                return Contents(encrypted=True)
            if any(entry.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED) for entry in entries):
                return Contents(damaged=True)  # no Office program packs in another way
            return _office(archive, Parts(archive))
    except TooMuchError:
        return Contents(damaged=True, crowded=True)
    except (
        zipfile.BadZipFile,
        zlib.error,
        NotImplementedError,
        OSError,
        ValueError,
        RuntimeError,
        EOFError,
        struct.error,
    ):
        return Contents(damaged=True)


def _office(archive: zipfile.ZipFile, parts: Parts) -> Contents:
    names = parts.entries.keys()
    if TYPES in names:
        return Contents(damaged=True) if is_ambiguous(archive) else _package(parts)
    media_type = _media_type(archive, parts)
    kind = next((kind.id for kind in KINDS.values() if kind.media_type == media_type), None)
    if kind is None or "content.xml" not in names:
        return Contents(foreign=foreign_in_zip(names, media_type))
    if is_ambiguous(archive):
        return Contents(damaged=True)
    macros = any(name.startswith(("basic/", "scripts/")) for name in names)
    encrypted = MANIFEST in names and "encryption-data" in parts.text(MANIFEST)
    active = active_in_opendocument(parts) if not encrypted else ()
    return Contents(kind=kind, macros=macros, encrypted=encrypted, active=active)


def _media_type(archive: zipfile.ZipFile, parts: Parts) -> str:
    """Return what an OpenDocument file says that it is: in a part of its own, else in its list of parts."""
    if "mimetype" in parts.entries:
        with archive.open(parts.entries["mimetype"]) as file:
            return file.read(_PEEK).decode("ascii", "replace").strip()
    return root_type(parts.text(MANIFEST)) if MANIFEST in parts.entries else ""


def _package(parts: Parts) -> Contents:
    main = main_part(parts)
    kind = main.kind if main and main.kind in KINDS else None
    foreign = {"xlsb": XLSB, "pptx": SLIDES}.get(main.kind) if main else None
    macros = foreign is None and has_macros(parts)
    active = active_in_office(parts, kind) if kind else ()
    return Contents(kind=kind, macros=macros, active=active, foreign=foreign)

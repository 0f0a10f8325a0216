"""What a file is, by its bytes and not by its name, and the name that it is kept under."""

import struct
import unicodedata
import zipfile
import zlib
from dataclasses import dataclass
from io import BytesIO
from pathlib import PurePosixPath

from submissions.files.active import Active, TooMuchError, active_in_office, active_in_opendocument
from submissions.files.parts import KINDS, MAX_NAME

_OLE = bytes.fromhex("D0CF11E0A1B11AE1")  # old Office files, and new ones behind a password
_FORBIDDEN = set('<>:"|?*')
_PEEK = 200_000  # bytes read of any one file inside an archive: a bomb never unfolds
_MAX_ENTRIES = 10_000
_ENTRY = b"PK\x01\x02"  # begins each entry of an archive's list of contents


@dataclass(frozen=True, slots=True, kw_only=True)
class Contents:
    """What a file's bytes tell."""

    kind: str | None = None  #: an id of ``parts.KINDS``
    encrypted: bool = False  #: nobody opens it without a password
    macros: bool = False
    guarded: bool = False  #: a PDF with protection: it may or may not open without a password
    damaged: bool = False
    old_office: bool = False  #: .xls or .doc
    active: Active | None = None  #: what in it fetches or runs something when it is opened
    crowded: bool = False  #: an archive of more parts than anybody's file has


def look_into(content: bytes) -> Contents:
    """Tell what a file is by its bytes."""
    if content.startswith(_OLE):
        encrypted = "EncryptedPackage".encode("utf-16-le") in content
        return Contents(encrypted=encrypted, old_office=not encrypted)
    if b"%PDF-" in content[:1024]:
        return Contents(kind="pdf", guarded=b"/Encrypt" in content, damaged=b"%%EOF" not in content[-2048:])
    if content.startswith(b"PK"):
        return _look_into_zip(content)
    return Contents()


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
    return ending if ending in KINDS or ending in ("xlsm", "docm", "xls", "doc", "zip", "csv", "txt", "exe") else ""


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
            return _office(archive, {entry.filename for entry in entries})
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


def _office(archive: zipfile.ZipFile, names: set[str]) -> Contents:
    if "[Content_Types].xml" in names:
        types = _read(archive, "[Content_Types].xml")
        macros = b"macroEnabled" in types or any(name.endswith("vbaProject.bin") for name in names)
        kind = "xlsx" if "xl/workbook.xml" in names else "docx" if "word/document.xml" in names else None
        active = active_in_office(archive, names) if kind and not macros else None
        return Contents(kind=kind, macros=macros, active=active)
    if "mimetype" in names and "content.xml" in names:
        media_type = _read(archive, "mimetype").decode("ascii", "replace").strip()
        kind = next((kind.id for kind in KINDS.values() if kind.media_type == media_type), None)
        manifest = _read(archive, "META-INF/manifest.xml") if "META-INF/manifest.xml" in names else b""
        macros = any(name.startswith(("Basic/", "Scripts/")) for name in names)
        encrypted = b"encryption-data" in manifest
        active = active_in_opendocument(archive, names) if kind and not macros and not encrypted else None
        return Contents(kind=kind, macros=macros, encrypted=encrypted, active=active)
    return Contents()


def _read(archive: zipfile.ZipFile, name: str) -> bytes:
    with archive.open(name) as file:
        return file.read(_PEEK)

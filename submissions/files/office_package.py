"""An Office file as a package of parts: found by what relates to them, never by what its writer called them.

ECMA-376 part 2: names are compared without regard to case, ``_rels/.rels`` tells which part is the main one, and
``[Content_Types].xml`` what each is. Some zip programs write backslashes. The parts are looked through as text and never
parsed: this runs where a broken part must do no harm.
"""

import posixpath
import re
import zipfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from html import unescape
from urllib.parse import unquote

MOST = 200 * 1024 * 1024  #: bytes, unpacked, of all parts that are looked through, inclusive
_PIECE, _OVERLAP, _PEEK = 1024 * 1024, 4096, 4096
TYPES, ROOT = "[content_types].xml", "_rels/.rels"
MANIFEST = "meta-inf/manifest.xml"  #: OpenDocument's list of parts

# every search ends at the next "<", which no tag may hold: else many tags without an end would take hours
INSIDE = r"(?:[^<>\"']|\"[^\"<]*+\"|'[^'<]*+')*+"
_RELATION = re.compile(rf"<(?:[\w.-]+:)?Relationship\b{INSIDE}>")
_TYPE = re.compile(rf"<(?:[\w.-]+:)?(?:Override|Default)\b{INSIDE}>")
_ENTRY = re.compile(rf"<(?:[\w.-]+:)?file-entry\b{INSIDE}>")
_SAID = re.compile(r"([\w.:-]+)\s*=\s*(\"[^\"]*\"|'[^']*')")
#: what a main part is, by words of its content type; else by its folder
_KINDS = (("spreadsheetml", "xlsx"), ("ms-excel", "xlsx"), ("wordprocessingml", "docx"), ("ms-word", "docx"),
          ("presentationml", "pptx"), ("ms-powerpoint", "pptx"))  # fmt: skip
_FOLDERS = {"xl": "xlsx", "word": "docx", "ppt": "pptx"}
_USUAL = ("xl/workbook.xml", "word/document.xml")  #: where a file that tells of no main part has it


class TooMuchError(ValueError):
    """There is more to look through than anybody's file holds."""


@dataclass(frozen=True, slots=True)
class Main:
    """The main part: its folded name, and the kind of file that it makes it (``xlsb``: a workbook in binary)."""

    name: str
    kind: str


def folded_name(name: str) -> str:
    """Return a part's name as names are compared."""
    return name.replace("\\", "/").lstrip("/").lower()


def entries_of(archive: zipfile.ZipFile) -> dict[str, zipfile.ZipInfo]:
    """Return an archive's parts by their folded names; of several with one name the last, as zip programs do."""
    return {folded_name(entry.filename): entry for entry in archive.infolist() if not entry.filename.endswith("/")}


def is_ambiguous(archive: zipfile.ZipFile) -> bool:
    """Tell whether two parts have one name: one program would show the one, another the other."""
    names = [folded_name(entry.filename) for entry in archive.infolist() if not entry.filename.endswith("/")]
    return len(names) > len(set(names))


def resolved(source: str, target: str) -> str:
    """Return the folded name of the part that a relation of ``source`` (folded; "": the package's own) points at."""
    folder = posixpath.join("/", posixpath.dirname(source))
    return folded_name(posixpath.normpath(posixpath.join(folder, target.replace("\\", "/"))))


def relations(text: str) -> Iterator[tuple[str, str]]:
    """Give each relation's kind and target."""
    for tag in _RELATION.findall(text):
        said = _said(tag)
        yield said.get("Type", "").rpartition("/")[2], said.get("Target", "")


def main_part(parts: "Parts") -> Main | None:
    """Return the main part of a package; None when nothing in it is one."""
    own = relations(parts.text(ROOT)) if ROOT in parts.entries else ()
    named = [resolved("", target) for kind, target in own if kind == "officeDocument"]
    types = _types(parts.types)
    typed = [name for name, said in types.items() if re.search(r"\.main\b", said) and not name.startswith(".")]
    for name in (*named, *map(unquote, named), *typed, *_USUAL):
        if name in parts.entries:
            said = _type_of(name, types)
            kind = next((kind for word, kind in _KINDS if word in said), _FOLDERS.get(name.partition("/")[0]))
            binary = kind == "xlsx" and name.endswith(".bin")
            return Main(name, "xlsb" if binary else kind) if kind else None
    return None


def has_macros(parts: "Parts") -> bool:
    """Tell whether a package has a program in it.

    The content type of a kind that may have one is none, nor is that of a program which is not there.
    """
    types = _types(parts.types)
    return (
        any(name.endswith("vbaproject.bin") for name in parts.entries)
        or any(kind == "vbaProject" for every in parts.relations.values() for kind, _ in every)
        or any("vnd.ms-office.vbaproject" in _type_of(name, types).lower() for name in parts.entries)
    )


def root_type(manifest: str) -> str:
    """Return what an OpenDocument file's list of parts says that the whole file is."""
    entries = (_said(tag) for tag in _ENTRY.findall(manifest))
    said = ({key.rpartition(":")[2]: value for key, value in each.items()} for each in entries)
    return next((each.get("media-type", "") for each in said if each.get("full-path") == "/"), "")


def _types(text: str) -> dict[str, str]:
    """Return content types by part, and by ending (``.bin``)."""
    found: dict[str, str] = {}
    for tag in _TYPE.findall(text):
        said = _said(tag)
        name = folded_name(said["PartName"]) if "PartName" in said else f".{said.get('Extension', '').lower()}"
        found[name] = said.get("ContentType", "")
    return found


def _type_of(name: str, types: Mapping[str, str]) -> str:
    """Return a part's content type: its own, else its ending's."""
    return types.get(name) or types.get(f".{name.rpartition('.')[2]}", "")


def _said(tag: str) -> dict[str, str]:
    return {key: unescape(value[1:-1]) for key, value in _SAID.findall(tag)}


class Parts:
    """The parts of a file as text, never more of them in all than :data:`MOST`."""

    def __init__(self, archive: zipfile.ZipFile) -> None:
        self._archive, self._left = archive, MOST
        self.entries = entries_of(archive)

    @cached_property
    def types(self) -> str:
        """The content types, as they are written; "" when there are none."""
        return self.text(TYPES) if TYPES in self.entries else ""

    @cached_property
    def relations(self) -> Mapping[str, tuple[tuple[str, str], ...]]:
        """The relations, by the folded name of the part that holds them."""
        every = [entry for name, entry in self.entries.items() if name.endswith(".rels")]
        return {folded_name(entry.filename): tuple(relations(self._whole(entry))) for entry in every}

    def text(self, name: str) -> str:
        """Return a part whole by its folded name, without comments and with what CDATA holds."""
        return self._whole(self.entries[name])

    def is_xml(self, name: str) -> bool:
        """Tell whether a part begins as XML does, whatever its name."""
        with self._archive.open(self.entries[name]) as part:
            begins = part.read(_PEEK).lstrip(b"\xef\xbb\xbf\xff\xfe\0 \t\r\n")
        return not begins or begins.startswith(b"<")

    def pieces(self, name: str) -> Iterator[str]:
        """Give a large part piece by piece, each with the end of the one before it."""
        entry = self.entries[name]
        self._count(entry)
        with self._archive.open(entry) as part:
            first = part.read(_PIECE)
            encoding = _encoding(first)
            before, piece = b"", first
            while piece:
                yield _plain((before + piece).decode(encoding, "replace"))
                before, piece = piece[-_OVERLAP:], part.read(_PIECE)

    def _whole(self, entry: zipfile.ZipInfo) -> str:
        self._count(entry)
        content = self._archive.read(entry)
        return _plain(content.decode(_encoding(content), "replace"))

    def _count(self, entry: zipfile.ZipInfo) -> None:
        self._left -= entry.file_size
        if self._left < 0:
            raise TooMuchError(entry.filename)


def _encoding(content: bytes) -> str:
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        return "utf-16"
    if content[:4].count(0) == 2:
        return "utf-16-le" if content[1:2] == b"\0" else "utf-16-be"
    return "utf-8"


_UNSEEN = re.compile(r"<!--.*?(?:-->|\Z)|<\?.*?(?:\?>|\Z)|<!\[CDATA\[(.*?)(?:\]\]>|\Z)", re.DOTALL)


def _plain(text: str) -> str:
    return _UNSEEN.sub(lambda found: (found[1] or "").replace("<", "&lt;"), text)

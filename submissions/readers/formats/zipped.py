"""A zipped file of XML parts, opened so that nothing in it can unfold further than it says or reach outside it."""

import posixpath
import struct
import zipfile
import zlib
from collections.abc import Callable, Iterator
from functools import cached_property
from io import BytesIO
from typing import IO, NamedTuple, Protocol
from urllib.parse import unquote

from lxml import etree

from submissions.files.office_package import Parts, entries_of, main_part, resolved
from submissions.readers.refusal import DAMAGED, TOO_LARGE_INSIDE, UNSAFE_XML, RefusedReadingError

MAX_UNPACKED = 400 * 1024 * 1024  #: all parts together, in bytes as the archive says, inclusive
MAX_PART = 160 * 1024 * 1024  #: one part that is read; one of which most is left out may be all that there is
MAX_RATIO = 200  #: unpacked by packed; real files have 5-60, a bomb 1000
_LARGE = 256 * 1024  #: bytes of a part, unpacked, that is worth being looked through before it is taken apart
_SMALL = 30 * 1024 * 1024  # below this a ratio says nothing

#: What a broken archive or a broken part raises.
FAULTS = (
    zipfile.BadZipFile, zlib.error, struct.error, EOFError, NotImplementedError, RuntimeError, OSError,
    UnicodeDecodeError, etree.XMLSyntaxError,
)  # fmt: skip


def is_out_of_memory(error: BaseException) -> bool:
    """Whether libxml2 calls a part that it got no memory for a syntax error."""
    return isinstance(error, etree.XMLSyntaxError) and getattr(error, "code", None) == etree.ErrorTypes.ERR_NO_MEMORY


class Readable(Protocol):
    """Whatever bytes can be read from."""

    def read(self, size: int = -1, /) -> bytes:
        """Return some bytes, b"" at the end."""


class Relation(NamedTuple):
    """What one part has to do with another: ``part`` is that one's folded name, or ``elsewhere`` an address outside."""

    id: str
    kind: str  #: the last word of its type: ``worksheet``
    part: str
    elsewhere: str


class Archive:
    """The parts of a file. Sizes are looked at before anything is unpacked, and a part that lies is damaged."""

    def __init__(self, content: bytes) -> None:
        self._zip = zipfile.ZipFile(BytesIO(content))
        entries = self._zip.infolist()
        unpacked = sum(entry.file_size for entry in entries)
        if unpacked > MAX_UNPACKED or (unpacked > _SMALL and unpacked > MAX_RATIO * len(content)):
            raise RefusedReadingError(TOO_LARGE_INSIDE)
        self._entries = entries_of(self._zip)
        self.names = frozenset(self._entries)  #: folded, as every name here
        self._related: dict[str, list[Relation]] = {}

    @cached_property
    def main(self) -> str:
        """The name of an Office file's main part, whatever its writer called it."""
        main = main_part(Parts(self._zip))
        if main is None:
            raise RefusedReadingError(DAMAGED)
        return main.name

    def relations(self, source: str) -> list[Relation]:
        """Return a part's relations; "" has the package's own."""
        if source not in self._related:
            folder, name = posixpath.split(source)
            root = self.parse_if_there(posixpath.join(folder, "_rels", f"{name}.rels"))
            every = root.iter("{*}Relationship") if root is not None else ()
            self._related[source] = [self._relation(source, each) for each in every]
        return self._related[source]

    def related(self, source: str, kind: str, usual: str) -> str | None:
        """Return the part of one kind (``styles``) that a part is related to, else the one where such a part usually is."""
        found = (each.part for each in self.relations(source) if each.kind == kind and each.part in self.names)
        return next(found, resolved(source, usual) if resolved(source, usual) in self.names else None)

    def parse(self, name: str) -> "etree._Element":
        """Return a small part whole. Raises RefusedReadingError when it is not there or not safe."""
        with self._open(name) as part:
            parser = etree.XMLParser(
                resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False, remove_comments=True,
                remove_pis=True,
            )  # fmt: skip
            root = etree.parse(part, parser).getroot()
        if root is None:
            raise RefusedReadingError(DAMAGED)
        return root

    def parse_if_there(self, name: str | None) -> "etree._Element | None":
        """Return a part whole, or None when the file has none."""
        return self.parse(name) if name in self.names and name else None

    def walk(
        self, name: str, *tags: str, starts: bool = False, through: Callable[[IO[bytes]], Readable] | None = None
    ) -> Iterator[tuple[str, "etree._Element"]]:
        """Give a large part's elements as they end (and start); whoever walks clears what it has seen.

        ``through``: what the bytes of a large part are read through first.
        """
        with self._open(name, MAX_UNPACKED if through else MAX_PART) as part:
            is_large = self._entries[name].file_size > _LARGE
            yield from etree.iterparse(
                through(part) if through and is_large else part, events=("start", "end") if starts else ("end",), tag=tags, resolve_entities=False,
                no_network=True, load_dtd=False, huge_tree=False, remove_comments=True, remove_pis=True,
            )  # fmt: skip

    def _relation(self, source: str, element: "etree._Element") -> Relation:
        kind, target = (element.get("Type") or "").rpartition("/")[2], element.get("Target") or ""
        if element.get("TargetMode") == "External":
            return Relation(element.get("Id") or "", kind, "", target)
        part = resolved(source, target)
        return Relation(element.get("Id") or "", kind, part if part in self.names else unquote(part), "")

    def _open(self, name: str, most: int = MAX_PART) -> IO[bytes]:
        entry = self._entries.get(name)
        if entry is None:
            raise RefusedReadingError(DAMAGED)
        if entry.file_size > most:
            raise RefusedReadingError(TOO_LARGE_INSIDE)
        with self._opened(entry) as head:
            # UTF-16 puts a zero beside each character; Office and LibreOffice never write a DOCTYPE
            if b"<!DOCTYPE" in head.read(4096).replace(b"\0", b"").upper():
                raise RefusedReadingError(UNSAFE_XML)
        return self._opened(entry)

    def _opened(self, entry: zipfile.ZipInfo) -> IO[bytes]:
        try:
            return self._zip.open(entry)
        except ValueError as error:  # a place before the file's start, or a name that is no text
            raise RefusedReadingError(DAMAGED) from error


def local(element: "etree._Element") -> str:
    """Return an element's name without its namespace; "" for what is no element."""
    tag = element.tag
    return tag.rpartition("}")[2] if isinstance(tag, str) else ""


def attribute(element: "etree._Element", name: str) -> str | None:
    """Return an attribute by its name without the namespace: Strict and Transitional files have different ones."""
    return next((str(value) for key, value in element.attrib.items() if str(key).rpartition("}")[2] == name), None)


def drop(element: "etree._Element") -> None:
    """Let go of an element that was walked, and of those before it."""
    element.clear()
    parent = element.getparent()
    while parent is not None and element.getprevious() is not None:
        del parent[0]

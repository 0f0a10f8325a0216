"""A package's files, private: written to a temporary folder with a checksum each, and moved into place when all are there."""

import hashlib
import json
import os
import re
import shutil
import tempfile
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from arshjul.errors import RefusedError
from store.private_files import make_folder, open_private

MANIFEST = "checksummor.sha256"
LONGEST_NAME = 80  #: characters; a whole path then stays within what Windows takes (260)
_UNSAFE = re.compile(r"[^A-Za-z0-9._-]+")
_RESERVED = frozenset({"con", "prn", "aux", "nul", *(f"{kind}{n}" for kind in ("com", "lpt") for n in range(1, 10))})


@dataclass(frozen=True, slots=True, kw_only=True)
class PackageFile:
    """One file of the package."""

    path: str  #: from the package's folder, with slashes
    sha256: str
    size: int


class Folder:
    """The folder that a package is written to."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self.count = 0

    def write(self, path: str, pieces: Iterable[bytes]) -> PackageFile:
        """Write a file piece by piece, and its checksum into the manifest. Raises OSError."""
        target = self._path / path
        make_folder(target.parent)
        digest, size = hashlib.sha256(), 0
        with open_private(target, "xb") as file:
            for piece in pieces:
                file.write(piece)
                digest.update(piece)
                size += len(piece)
        written = PackageFile(path=path, sha256=digest.hexdigest(), size=size)
        with open_private(self._path / MANIFEST, "ab") as manifest:
            manifest.write(f"{written.sha256}  {path}\n".encode())
        self.count += 1
        return written

    @property
    def checksum(self) -> str:
        """The manifest's own SHA-256: with it the whole package is held."""
        return hashlib.sha256((self._path / MANIFEST).read_bytes()).hexdigest()


@contextmanager
def new_folder(place: Path) -> Iterator[Folder]:
    """Give a folder to write to, which is ``place`` when all is well and nothing when it is not.

    Raises RefusedError when ``place`` is there already, or when the disk does not take the package.
    """
    place = place.absolute()
    if place.exists() or place.is_symlink():
        raise RefusedError(f"{place} finns redan, och ett arkivpaket skrivs aldrig över. Ange en mapp som inte finns.")
    try:
        make_folder(place.parent)
        temporary = Path(tempfile.mkdtemp(prefix=f".{place.name}.ofullstandig-", dir=place.parent))
    except OSError as error:
        raise RefusedError(
            f"Det går inte att skriva i {place.parent} ({error.strerror}). Välj en annan mapp."
        ) from None
    try:
        yield Folder(temporary)
        os.sync()  # the files are on the disk before the name says that they are
        temporary.rename(place)
    except OSError as error:
        raise RefusedError(
            f"Arkivpaketet gick inte att skriva till {place} ({error.strerror}). Inget av det ligger kvar. "
            "Se till att det finns plats, och kör igen."
        ) from None
    finally:
        shutil.rmtree(temporary, ignore_errors=True)


def safe(name: str) -> str:
    """Return a name that any file system takes: a to z, digits, ``-_.``; å, ä and ö become a, a and o."""
    folded = unicodedata.normalize("NFKD", name)
    plain = _UNSAFE.sub("_", "".join(char for char in folded if not unicodedata.combining(char)))
    stem, dot, ending = plain.strip("._ ").rpartition(".")
    if not dot or len(ending) > 8:
        stem, dot, ending = plain.strip("._ "), "", ""
    stem = stem[: LONGEST_NAME - len(ending) - 1].strip("._ ") or "fil"
    return f"{stem}_{dot}{ending}" if stem.lower() in _RESERVED else f"{stem}{dot}{ending}"


def json_list(rows: Iterable[Mapping[str, Any]]) -> Iterator[bytes]:
    """Return a JSON list, one row a line, while it is read."""
    yield b"["
    for number, row in enumerate(rows):
        yield b",\n" if number else b"\n"
        yield json.dumps(row, ensure_ascii=False).encode()
    yield b"\n]\n"


def json_object(value: Mapping[str, Any]) -> Iterator[bytes]:
    """Return a JSON object."""
    yield json.dumps(value, ensure_ascii=False, indent=1).encode() + b"\n"


def lines(texts: Iterable[str]) -> Iterator[bytes]:
    """Return text, line by line."""
    for text in texts:
        yield f"{text}\n".encode()

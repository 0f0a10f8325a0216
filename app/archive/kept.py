"""What a package takes of the files that are kept, each held against its checksum: what is not as it came stays out."""

from dataclasses import dataclass

from store import archive
from store.database import Session
from store.handins.versions import RottenFileError


@dataclass(frozen=True, slots=True, kw_only=True)
class Lost:
    """A file that belongs in the package and is not there, as it is not what it was when it came."""

    name: str  #: as it was handed in
    path: str  #: where in the package it would have stood
    sha256: str  #: of the file as it came


class Kept:
    """Reads the files, and remembers what was lost."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self.lost: list[Lost] = []

    def content(self, sha256: str, *, path: str, name: str) -> bytes | None:
        """Return a file's bytes; None when they have been taken away, or are lost."""
        try:
            return archive.content(self._session, sha256)
        except RottenFileError:
            self.lost.append(Lost(name=name, path=path, sha256=sha256))
            return None

    def has(self, sha256: str) -> bool:
        """Tell whether a file that has been asked for is in the package."""
        return archive.has_content(self._session, sha256) and not self.is_lost(sha256)

    def is_lost(self, sha256: str | None) -> bool:
        """Tell whether a file that has been asked for was lost."""
        return any(each.sha256 == sha256 for each in self.lost)

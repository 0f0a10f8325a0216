"""Whether anything can be taken in now, and whether this file may be: room on the disk, and the virus scanner."""

import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from submissions.files.scanning import Clamd

MEGABYTE = 1024 * 1024
FLOOR = 500 * MEGABYTE  #: bytes that are left free whatever comes in: the log, the letters and the database need them
TIMES = 3  #: a file lies as a temporary one, in the database and in its write-ahead log at once


@dataclass(frozen=True, slots=True, kw_only=True)
class Intake:
    """What each file meets before it is kept. Without a scanner files are not scanned; without folders, no floor."""

    scanner: Clamd | None = None
    folders: Sequence[Path] = ()  #: where what comes in is written
    floor: int = FLOOR

    def lacks_room(self, coming: int = 0) -> str:
        """Return "" when ``coming`` bytes fit and the floor stays free, else in Swedish what to do."""
        for folder in self.folders:
            try:
                free = shutil.disk_usage(folder).free
            except OSError:
                continue  # nobody knows; the writing itself tells
            if free - TIMES * coming < self.floor:
                return (
                    f"Disken med {folder} har bara {free // MEGABYTE} MB ledigt, och {self.floor // MEGABYTE} MB ska "
                    "finnas kvar, så inga filer tas emot. Frigör plats, eller ge tjänsten en större disk."
                )
        return ""

    def hindrance(self) -> str:
        """Return "" when files can be taken in now, else in Swedish why not and what to do."""
        return self.lacks_room() or (self.scanner.hindrance() if self.scanner else "")

    def scan(self, name: str, file: IO[bytes] | bytes) -> None:
        """Let the scanner look at a file. Raises InfectedError, or ScannerDownError; see :class:`Clamd`."""
        if self.scanner:
            self.scanner.scan(name, file)

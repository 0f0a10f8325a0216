"""The watched folder: SIE files that the ekonomisystem lays there are taken in by themselves.

A file that was read lies in ``intagna/`` or ``avvisade/`` beside it, with a text that says what became of it. It is
moved after the store has it, so that nothing is lost; one that could not be moved is recognised the next time.
"""

import asyncio
import logging
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from stat import S_IMODE

from actions.act import Act
from actions.underlag.reopenings import take_in_ledger
from arshjul.errors import RefusedError
from arshjul.swedish import STOCKHOLM, instant_text
from flows.machine import Machine
from submissions.ledger.ledger_reading import read_ledger
from submissions.ledger.ledger_words import lines
from submissions.sie.sie_text import MAX_BYTES

logger = logging.getLogger(__name__)

TAKEN, REFUSED = "intagna", "avvisade"
BY = "den bevakade mappen"
_UNFINISHED = (".tmp", ".part", ".filepart", ".crdownload", ".lock", ".swp")  # what programs call a file they write


@dataclass(frozen=True, slots=True)
class _Look:
    """How a file was when we looked: when it is the same twice nobody is writing it."""

    size: int
    changed: int
    inode: int


class LedgerFolder:
    """One folder, looked at again and again."""

    def __init__(self, machine: Machine) -> None:
        if machine.ledger_folder is None:
            raise ValueError("the machine has no folder to watch")
        self._machine, self._folder = machine, machine.ledger_folder
        self._seen: dict[Path, _Look] = {}
        self._stuck: dict[Path, _Look] = {}  #: dealt with, but it could not be moved

    async def sweep(self) -> None:
        """Take in the files that have stood still since the last time; in a thread, as a large one takes seconds."""
        await asyncio.to_thread(self.look)

    def look(self) -> list[Path]:
        """Deal with what has stood still; return where it lies now."""
        now = {file: look for file in self._files() if (look := _look(file))}
        ready = [file for file, look in now.items() if self._seen.get(file) == look != self._stuck.get(file)]
        self._seen = now
        self._stuck = {file: look for file, look in self._stuck.items() if now.get(file) == look}
        moved = []
        for file in ready:
            if place := self._deal_with(file, now[file]):
                moved.append(place)
        return moved

    def _files(self) -> list[Path]:
        try:
            return sorted(file for file in self._folder.iterdir() if _is_whole(file))
        except OSError as error:
            logger.warning("ledger_folder.gone folder=%s error=%s", self._folder, error.strerror)
            return []

    def _deal_with(self, file: Path, look: _Look) -> Path | None:
        now = self._machine.clock()
        try:
            content = file.read_bytes() if look.size <= MAX_BYTES else b""
            if _look(file) != look:
                return None  # somebody writes it after all
            where, words = self._take(file.name, look.size, content, now)
        except OSError as error:  # it went away, or may not be read: tried again
            logger.warning("ledger_folder.unread file=%s error=%s", file.name, error.strerror)
            return None
        except Exception:  # the database is away: the file stays, and is tried again
            logger.exception("ledger_folder.failed file=%s", file.name)
            return None
        try:
            place = _move(file, self._folder / where, now, words)
        except OSError as error:
            logger.warning("ledger_folder.unmoved file=%s error=%s", file.name, error.strerror)
            self._stuck[file] = look
            return None
        if _look(place) != look and not file.exists():
            place.rename(file)  # another one came in its place as we moved it: that one is not read yet
        return place

    def _take(self, name: str, size: int, content: bytes, now: datetime) -> tuple[str, str]:
        """Return the folder that a file goes to, and what is to be said of it."""
        office = self._machine.office
        try:
            if size > MAX_BYTES:
                raise RefusedError(
                    f"Filen är större än {MAX_BYTES // 1_000_000} MB. Exportera typ 3, eller ett år i taget."
                )
            self._machine.intake.scan(name, content)
            read = read_ledger(office.definition, content, name)  # before anything is locked
            taken = self._machine.carry_out(lambda scene: take_in_ledger(Act(scene, BY), read))
        except RefusedError as refused:
            logger.warning("ledger_folder.refused file=%s", name)
            told = f"{name} togs inte emot {instant_text(now)}.\n\n{refused}\n\nLägg den rättade filen i mappen igen.\n"
            return REFUSED, told
        logger.info("ledger_folder.taken file=%s outcome=%s", name, taken.outcome)
        return TAKEN, "\n".join(lines(taken, office.definition)) + "\n"


def _is_whole(file: Path) -> bool:
    """Tell whether it is a file that somebody laid there: no link, nothing hidden, nothing half written by name."""
    hidden = file.name.startswith((".", "~"))
    return not hidden and file.suffix.lower() not in _UNFINISHED and not file.is_symlink() and file.is_file()


def _look(file: Path) -> _Look | None:
    try:
        stat = file.stat()
    except OSError:
        return None
    return _Look(stat.st_size, stat.st_mtime_ns, stat.st_ino)


def _move(file: Path, folder: Path, now: datetime, words: str) -> Path:
    """Move a file, under a name that nothing there has; what is said of it is written first."""
    if not folder.exists():
        folder.mkdir()
        folder.chmod(S_IMODE(folder.parent.stat().st_mode))  # whoever may read the folder shall find what became of it
    stamp = f"{now.astimezone(STOCKHOLM):%Y%m%d-%H%M%S}"
    count = 1
    while True:
        place = folder / f"{stamp}{f'-{count}' if count > 1 else ''} {file.name}"
        note = place.with_name(f"{place.name}.txt")
        if not place.exists() and not note.exists():
            break
        count += 1
    note.write_text(words, encoding="utf-8")
    note.chmod(S_IMODE(file.stat().st_mode))  # for those whom the file is for
    return file.rename(place)

"""Files that their user alone may read: made whole or not at all, and held against what others may do with them."""

import os
import secrets
import stat
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, cast

UMASK = 0o077  #: what a process of ours takes away from each file that it makes
FOLDER, FILE = 0o700, 0o600
OTHERS = 0o077  #: what group and everybody else may do


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenPlaces:
    """What others on the machine could get at in a folder, when it was looked through."""

    closed: tuple[Path, ...] = ()  #: it was ours, and now they cannot
    open: tuple[Path, ...] = ()  #: not ours to close, or the file system holds no rights


def be_private() -> None:
    """Let everything that this process and its children make be their user's alone, whatever they were started with."""
    os.umask(UMASK)


def make_folder(folder: Path) -> None:
    """Make a private folder, and private folders on the way to it; one that is there stays as it is. Raises OSError."""
    if not folder.is_dir():
        if folder.parent != folder:
            make_folder(folder.parent)
        folder.mkdir(mode=FOLDER, exist_ok=True)  # parents=True would make those on the way by the umask


def open_private(file: Path, mode: str) -> BinaryIO:
    """Open a file to write bytes (``wb``, ``ab``, ``xb``); one that is made is private. Raises OSError."""
    return cast("BinaryIO", open(file, mode, opener=lambda path, flags: os.open(path, flags, FILE)))


def write_whole(file: Path, content: bytes) -> None:
    """Write a private file in place of what was there: all of it is on the disk, or none. Raises OSError."""
    draft = _draft(file, content)
    try:
        draft.replace(file)
    finally:
        draft.unlink(missing_ok=True)
    _settle(file.parent)


def made_once(file: Path, make: Callable[[], bytes]) -> bytes:
    """Return what a private file holds; one that is not there is made, whole, and by one of several at once.

    The folder is made when it is not there. Raises OSError.
    """
    with suppress(FileNotFoundError):
        return file.read_bytes()
    make_folder(file.parent)
    draft = _draft(file, make())
    try:
        with suppress(FileExistsError):  # somebody else was first: theirs holds
            os.link(draft, file)  # a name that is there already is never taken over, as a rename would
    finally:
        draft.unlink(missing_ok=True)
    _settle(file.parent)
    return file.read_bytes()


def is_open(path: Path) -> bool:
    """Tell whether others than its user may do anything with a file or folder. Raises OSError."""
    return bool(path.lstat().st_mode & OTHERS)


def close(folder: Path) -> OpenPlaces:
    """Take others' rights away from a folder and all that is in it; tell what they could get at.

    Links are not followed. What somebody else owns is left as it is, and told when it is open.
    """
    closed: list[Path] = []
    left: list[Path] = []
    for path in _all(folder):
        with suppress(FileNotFoundError):  # a process that runs took it away meanwhile
            found = path.lstat()
            if stat.S_ISLNK(found.st_mode) or not found.st_mode & OTHERS:
                continue
            (closed if _closed(path, found.st_mode) else left).append(path)
    return OpenPlaces(closed=tuple(closed), open=tuple(left))


def _all(folder: Path) -> Iterator[Path]:
    if not folder.is_dir():
        yield from [folder] if folder.exists() else []
        return
    yield folder  # first: from then on nobody else gets to what is inside
    for place, folders, files in os.walk(folder):
        yield from (Path(place) / name for name in (*folders, *files))


def _closed(path: Path, mode: int) -> bool:
    try:
        path.chmod(stat.S_IMODE(mode) & ~OTHERS)
    except PermissionError:
        return False
    return not is_open(path)


def _draft(file: Path, content: bytes) -> Path:
    draft = file.with_name(f".{file.name}.{secrets.token_hex(8)}")
    try:
        with open_private(draft, "xb") as opened:
            opened.write(content)
            opened.flush()
            os.fsync(opened.fileno())
    except BaseException:
        draft.unlink(missing_ok=True)
        raise
    return draft


def _settle(folder: Path) -> None:
    """Put a folder's names on the disk."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)

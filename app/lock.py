"""One ``arshjul up`` per data folder: a lock that the system lets go of when its holders are gone."""

import fcntl
import json
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

from arshjul.errors import RefusedError
from store.private_files import make_folder

FILE = "up.lock"
PATIENCE = 60.0  #: seconds that a new start waits for a killed one's children to end
PAUSE = 0.2


@contextmanager
def held(data_dir: Path, started: datetime) -> Iterator[int]:
    """Hold the folder's lock and yield its file descriptor; a process that inherits it holds the lock too.

    ``started`` is the machine's time, which :func:`running_since` tells others.
    Raises RefusedError when another ``up`` runs on the folder, or when the folder cannot be written to.
    """
    try:
        make_folder(data_dir)
        lock = os.open(data_dir / FILE, os.O_RDWR | os.O_CREAT, 0o600)
    except OSError as error:
        raise RefusedError(
            f"Mappen {data_dir} går inte att skriva i ({error.strerror}). "
            "Rätta behörigheten, eller välj en annan mapp med ARSHJUL_DATA_DIR."
        ) from None
    try:
        _take(lock, data_dir)
        os.ftruncate(lock, 0)
        os.pwrite(lock, json.dumps({"pid": os.getpid(), "since": started.isoformat()}).encode(), 0)
        yield lock
        os.ftruncate(lock, 0)
    finally:
        os.close(lock)


def running_since(data_dir: Path) -> str | None:
    """Return the instant (ISO 8601) at which the ``up`` that now runs on the folder started, or None."""
    try:
        lock = os.open(data_dir / FILE, os.O_RDWR)
    except OSError:
        return None
    try:
        return None if _taken(lock) else _holder(lock).get("since")
    finally:
        os.close(lock)


def _take(lock: int, data_dir: Path) -> None:
    deadline = time.monotonic() + PATIENCE
    while not _taken(lock):
        pid = int(_holder(lock).get("pid", "0"))
        if _alive(pid) or time.monotonic() > deadline:
            raise RefusedError(
                f"Årshjul är redan i gång på mappen {data_dir} (process {pid or 'okänd'}). "
                "Stanna det först, med Ctrl-C där det kör, eller välj en annan mapp med ARSHJUL_DATA_DIR."
            )
        time.sleep(PAUSE)


def _taken(lock: int) -> bool:
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _holder(lock: int) -> dict[str, str]:
    try:
        read = json.loads(os.pread(lock, 4096, 0))
    except ValueError:
        return {}  # the holder is just about to write, or to leave
    return {str(key): str(value) for key, value in read.items()} if isinstance(read, dict) else {}


def _alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return pid > 0

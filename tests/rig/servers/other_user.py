"""Another user of the same machine, who tries to read what lies in a folder, or to do something."""

import json
import os
import stat
from collections.abc import Callable
from pathlib import Path
from typing import Any

NOBODY = 65534


def readable_by_others(folder: Path) -> list[Path]:
    """Return what another user can read of a folder and of all in it, by each one's own rights.

    So a closed folder above hides no open file. Where we are not root nobody can be sent there, and what the rights
    say counts.
    """
    paths = [path for path in (folder, *folder.rglob("*")) if not path.is_symlink()]
    if os.geteuid() != 0:
        return [path for path in paths if path.lstat().st_mode & (stat.S_IRWXG | stat.S_IRWXO)]
    ours, theirs = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            os.setgroups([])
            os.setresgid(NOBODY, NOBODY, NOBODY)
            for number, path in enumerate(paths):
                if _opens(path):
                    os.write(theirs, f"{number}\n".encode())
            os._exit(0)
        finally:
            os._exit(1)
    os.close(theirs)
    with os.fdopen(ours) as told:
        found = [paths[int(line)] for line in told]
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
    return found


def _opens(path: Path) -> bool:
    try:
        named = os.open(path, os.O_PATH)  # root finds it, and reads nothing
    except FileNotFoundError:
        return False  # taken away meanwhile
    os.seteuid(NOBODY)
    try:
        os.close(os.open(f"/proc/self/fd/{named}", os.O_RDONLY | os.O_NONBLOCK))
    except OSError:
        return False
    finally:
        os.seteuid(0)
        os.close(named)
    return True


def as_nobody(work: Callable[[], Any]) -> Any:
    """Return what ``work`` returns (as JSON has it) when another user does it; as ourselves where we are not root."""
    if os.geteuid() != 0:
        return work()
    ours, theirs = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            os.setgroups([])
            os.setresgid(NOBODY, NOBODY, NOBODY)
            os.setresuid(NOBODY, NOBODY, NOBODY)
            os.write(theirs, json.dumps(work()).encode())
            os._exit(0)
        finally:
            os._exit(1)
    os.close(theirs)
    with os.fdopen(ours) as told:
        answer = told.read()
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
    return json.loads(answer)

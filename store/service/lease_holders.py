"""Who holds what: the name of this process in a lease, and whether the process that another lease names is gone."""

import os
import secrets
import socket
from functools import cache
from pathlib import Path

_BOOT, _NAMESPACE = Path("/proc/sys/kernel/random/boot_id"), Path("/proc/self/ns/pid")


@cache
def _token(_pid: int) -> str:
    return secrets.token_hex(4)  # a child that was forked gets its own


def own_name() -> str:
    """Return this process's name: where it runs, its id, and a word by which a later one with the same id is told apart."""
    pid = os.getpid()
    return f"{':'.join([socket.gethostname(), *_numbering()])}/{pid}/{_token(pid)}"


def is_gone(holder: str | None) -> bool:
    """Tell whether a holder's process is no more; False where that cannot be known, e.g. of one on another machine.

    Only a process of this same boot and this same numbering (a container has its own) is known by its id: machines
    that were cloned, and containers, may have the same hostname. For all others the lease runs out.
    """
    place, pid, token = (*(holder or "").split("/"), "", "")[:3]
    numbering = _numbering()
    if not numbering or place != ":".join([socket.gethostname(), *numbering]) or not pid.isdigit():
        return False
    if int(pid) == os.getpid():
        return bool(token) and token != _token(os.getpid())
    try:
        os.kill(int(pid), 0)
    except ProcessLookupError:
        return True
    except PermissionError:
        return False  # somebody else's: it is there
    return False


def _numbering() -> tuple[str, ...]:
    """Return within what a process id names one process: the boot and the namespace; nothing where Linux does not tell."""
    try:
        return _BOOT.read_text("ascii").strip(), str(_NAMESPACE.stat().st_ino)
    except OSError:
        return ()

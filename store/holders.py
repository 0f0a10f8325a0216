"""Who holds what: the name of this process in a lease, and whether the process that another lease names is gone."""

import os
import secrets
import socket
from functools import cache


@cache
def _token(_pid: int) -> str:
    return secrets.token_hex(4)  # a child that was forked gets its own


def own_name() -> str:
    """Return this process's name: machine, process id, and a word by which a later one with the same id is told apart."""
    pid = os.getpid()
    return f"{socket.gethostname()}/{pid}/{_token(pid)}"


def is_gone(holder: str | None) -> bool:
    """Tell whether a holder was on this machine and its process is no more; one on another machine is never gone."""
    host, pid, token = (*(holder or "").split("/"), "", "")[:3]
    if host != socket.gethostname() or not pid.isdigit():
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

"""A reading process without sockets and without our files: whatever a file makes it do, it reaches nobody and nothing.

Linux's own means, which any user may take on and nobody can put off: seccomp refuses each new socket, Landlock each
file but Python's and the readers' own. The process still has the three files that it was handed.
"""

import ctypes
import os
import platform
import struct
import sys
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path

_PACKAGES = ("arshjul", "store", "submissions", "notifications")
_SYSTEM = (
    "/usr",
    "/lib",
    "/lib64",
    "/dev/null",
    "/dev/urandom",
    "/etc/ld.so.cache",
    "/etc/localtime",
    "/etc/mime.types",
)
_NO_NEW_PRIVILEGES, _SECCOMP, _FILTER = 38, 22, 2  # prctl's
_RULESET, _ADD_RULE, _RESTRICT = 444, 445, 446  #: Landlock's system calls, the same on every machine
_EXECUTE, _READ_FILE, _READ_DIR, _ALL = 1, 1 << 2, 1 << 3, (1 << 13) - 1
#: by machine: how the kernel names it, and its ``socket`` and ``socketpair``
_CALLS = {"x86_64": (0xC000003E, 41, 53), "aarch64": (0xC00000B7, 198, 199)}
_ALLOW, _REFUSE, _KILL = 0x7FFF0000, 0x00050001, 0x80000000


def can_confine() -> bool:
    """Tell whether this machine can."""
    return sys.platform == "linux" and platform.machine() in _CALLS and _call(_RULESET, None, 0, 1) > 0


def confine() -> bool:
    """Take sockets and files away from this process, for good; False where the machine cannot."""
    if not can_confine() or _libc().prctl(_NO_NEW_PRIVILEGES, 1, 0, 0, 0) != 0:
        return False
    return _take_files() and _take_sockets()


def _take_files() -> bool:
    wanted = struct.pack("=Q", _ALL)
    ruleset = _call(_RULESET, wanted, len(wanted), 0)
    if ruleset < 0:
        return False
    try:
        for path, rights in _allowed():
            place = os.open(path, os.O_PATH)
            try:
                rights = rights if os.path.isdir(path) else rights & ~_READ_DIR  # noqa: PTH112 - beside os.open
                _call(_ADD_RULE, ruleset, 1, struct.pack("=Qi", rights, place), 0)
            finally:
                os.close(place)
        return _call(_RESTRICT, ruleset, 0) == 0
    finally:
        os.close(ruleset)


def _allowed() -> Iterator[tuple[str, int]]:
    read = _EXECUTE | _READ_FILE | _READ_DIR
    ours = [place for name in _PACKAGES if (spec := find_spec(name)) for place in spec.submodule_search_locations or ()]
    for path in dict.fromkeys((*_SYSTEM, sys.prefix, sys.base_prefix, *ours)):
        if Path(path).exists():
            yield path, read
    for root in dict.fromkeys(str(Path(place).parent) for place in ours):
        yield root, _READ_DIR  # where modules are looked for by name; what lies beside them cannot be read


def _take_sockets() -> bool:
    kernel_name, *refused = _CALLS[platform.machine()]
    program = [
        _step(0x20, 4),  # which machine's calls these are
        _step(0x15, kernel_name, 1, 0),
        _step(0x06, _KILL),
        _step(0x20, 0),  # which call it is
        *(_step(0x15, number, len(refused) - at, 0) for at, number in enumerate(refused)),
        _step(0x06, _ALLOW),
        _step(0x06, _REFUSE),
    ]
    steps = ctypes.create_string_buffer(b"".join(program))
    form = struct.pack("HxxxxxxP", len(program), ctypes.addressof(steps))
    return int(_libc().prctl(_SECCOMP, _FILTER, form, 0, 0)) == 0


def _step(code: int, value: int, if_so: int = 0, if_not: int = 0) -> bytes:
    return struct.pack("=HBBI", code, if_so, if_not, value)


def _call(number: int, *arguments: bytes | int | None) -> int:
    return int(_libc().syscall(number, *arguments))


def _libc() -> ctypes.CDLL:
    return ctypes.CDLL(None, use_errno=True)

"""A reading process without sockets and without our files: whatever a file makes it do, it reaches nobody and nothing.

Linux's own means, which any user may take on and nobody can put off: seccomp refuses each new socket, Landlock each
file but Python's and the readers' own. Landlock leaves what is done to a file by its name without opening it (its
length, rights and marks), and to another process by its number: that seccomp refuses, too. The process still has the
three files that it was handed.
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
_MACHINES = {"x86_64": 0xC000003E, "aarch64": 0xC00000B7}  #: as the kernel names them
#: what is refused, by its number on each of them; aarch64 never had the older forms
_REFUSED = {
    "socket": (41, 198),
    "socketpair": (53, 199),
    "io_uring_setup": (425, 425),  # opens sockets past this filter
    "truncate": (76, 45),
    "chmod": (90, None),
    "fchmod": (91, 52),
    "fchmodat": (268, 53),
    "fchmodat2": (452, 452),
    "chown": (92, None),
    "fchown": (93, 55),
    "lchown": (94, None),
    "fchownat": (260, 54),
    "utime": (132, None),
    "utimes": (235, None),
    "futimesat": (261, None),
    "utimensat": (280, 88),
    "setxattr": (188, 5),
    "lsetxattr": (189, 6),
    "fsetxattr": (190, 7),
    "removexattr": (197, 14),
    "lremovexattr": (198, 15),
    "fremovexattr": (199, 16),
    "setxattrat": (463, 463),
    "removexattrat": (466, 466),
    "kill": (62, 129),
    "tkill": (200, 130),
    "tgkill": (234, 131),
    "rt_sigqueueinfo": (129, 138),
    "rt_tgsigqueueinfo": (297, 240),
    "pidfd_send_signal": (424, 424),
    "prlimit64": (302, 261),
}
_X32 = 0x40000000  #: from here on x86_64 has the same calls once more, under other numbers
_ALLOW, _REFUSE, _KILL = 0x7FFF0000, 0x00050001, 0x80000000


def can_confine() -> bool:
    """Tell whether this machine can."""
    return sys.platform == "linux" and platform.machine() in _MACHINES and _call(_RULESET, None, 0, 1) > 0


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
    machine = list(_MACHINES).index(platform.machine())
    refused = [number for numbers in _REFUSED.values() if (number := numbers[machine]) is not None]
    program = [
        _step(0x20, 4),  # which machine's calls these are
        _step(0x15, _MACHINES[platform.machine()], 1, 0),
        _step(0x06, _KILL),
        _step(0x20, 0),  # which call it is
        _step(0x35, _X32, len(refused) + 1, 0),
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

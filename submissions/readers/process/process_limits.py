"""What reading one file may take, of time and of memory."""

import resource
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """Bounds of one reading process. A report's own file takes tenths of a second and a hundred megabytes."""

    seconds: int = 15  #: of computing
    wall_seconds: float = 40.0  #: on the clock, from the process's start
    memory: int = 700 * 1024 * 1024  #: bytes of address space
    output: int = 32 * 1024 * 1024  #: bytes of what it tells

    def to_json(self) -> dict[str, Any]:
        """Return it as JSON's own kinds."""
        return asdict(self)

    @classmethod
    def from_json(cls, read: Mapping[str, Any]) -> "Limits":
        """Return what ``to_json`` gave."""
        return cls(**read)

    def hold(self) -> None:
        """Put this process under them, for good. Nothing can be started from it, and it leaves no memory image."""
        _set(resource.RLIMIT_AS, self.memory)
        _set(resource.RLIMIT_CPU, self.seconds)
        _set(resource.RLIMIT_FSIZE, self.output)
        _set(resource.RLIMIT_CORE, 0)
        _set(resource.RLIMIT_NPROC, 0)  # the superuser is not held by this one


def _set(what: int, most: int) -> None:
    hard = resource.getrlimit(what)[1]
    most = most if hard == resource.RLIM_INFINITY else min(most, hard)
    # past the soft bound of time the kernel sends a signal that tells why; the hard one kills
    resource.setrlimit(what, (most, most + (what == resource.RLIMIT_CPU and hard != most)))

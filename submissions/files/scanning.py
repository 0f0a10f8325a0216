"""A virus scanner that looks at each file before anything of it is kept: clamd, over its socket, by INSTREAM.

https://docs.clamav.net/manual/Usage/Scanning.html: ``zINSTREAM`` and NUL, then chunks, each after its length in four
bytes (big-endian), a length of nought at the end; the answer is ``stream: OK``, ``stream: NAME FOUND`` or ``… ERROR``.
"""

import re
import socket
import struct
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from io import BytesIO
from typing import IO
from urllib.parse import urlsplit

from arshjul.errors import WORDLESS, ArshjulError, RefusedError

CHUNK = 65_536
TIMEOUT = 60.0  #: seconds that clamd may take for one step
_FOUND = re.compile(r"stream: (.{1,200}?)(?:\([0-9a-f:]+\))? FOUND")


class ScannerDownError(ArshjulError):
    """The scanner did not say whether a file is clean, so nothing is kept. The message is Swedish, with the remedy."""


class InfectedError(RefusedError):
    """The scanner found something. ``virus`` is its name for it."""

    def __init__(self, name: str, virus: str) -> None:
        super().__init__(
            f"{name} togs inte emot: virusskyddet hittade {virus} i filen. Gör om filen från början i ett eget program, "
            "eller hör av dig till IT. Öppna den inte."
        )
        self.virus = virus


@dataclass(frozen=True, slots=True)
class Clamd:
    """A clamd that listens on ``unix:/path`` or ``tcp://host:port``."""

    address: str

    def __post_init__(self) -> None:
        """Raises ValueError, in Swedish, for an address that is none."""
        parts = urlsplit(self.address)
        port_is_right = False
        with suppress(ValueError):
            port_is_right = parts.port is not None
        if not (parts.scheme == "unix" and parts.path.startswith("/")) and not (
            parts.scheme == "tcp" and parts.hostname and port_is_right
        ):
            raise ValueError(
                f"'{self.address}' är ingen adress till clamd. Skriv unix:/run/clamav/clamd.ctl eller tcp://127.0.0.1:3310."
            )

    def scan(self, name: str, file: IO[bytes] | bytes) -> None:
        """Let the scanner look at a file, from its beginning; return when it is clean.

        Raises InfectedError, and ScannerDownError when clamd cannot be reached or does not say.
        """
        source: IO[bytes] = BytesIO(file) if isinstance(file, bytes) else file
        source.seek(0)
        with self._line() as line:
            line.sendall(b"zINSTREAM\0")
            try:
                while chunk := source.read(CHUNK):
                    line.sendall(struct.pack(">I", len(chunk)) + chunk)
                line.sendall(struct.pack(">I", 0))
            except (BrokenPipeError, ConnectionResetError):
                pass  # it says why, e.g. that the file is larger than it takes
            said = _answer(line)
        source.seek(0)
        if found := _FOUND.fullmatch(said):
            raise InfectedError(name, found[1].removesuffix(".UNOFFICIAL"))
        if said != "stream: OK":
            raise ScannerDownError(self._down(f"det svarade ”{said[:100]}”"))

    def hindrance(self) -> str:
        """Return "" when clamd answers, else in Swedish what is wrong and what to do."""
        try:
            with self._line() as line:
                line.sendall(b"zPING\0")
                said = _answer(line)
        except ScannerDownError as down:
            return str(down)
        return "" if said == "PONG" else self._down(f"det svarade ”{said[:100]}”")

    @contextmanager
    def _line(self) -> Iterator[socket.socket]:
        parts = urlsplit(self.address)
        local = parts.scheme == "unix"
        with socket.socket(socket.AF_UNIX) if local else _tcp(parts.hostname or "") as line:
            line.settimeout(TIMEOUT)
            try:
                line.connect(parts.path if local else (parts.hostname or "", parts.port or 0))
                yield line
            except OSError as error:
                raise ScannerDownError(self._down(error.strerror or WORDLESS)) from None

    def _down(self, why: str) -> str:
        return (
            f"Virusskyddet på {self.address} gav inget besked ({why}), så inga filer tas emot. Starta clamd, eller rätta "
            "ARSHJUL_CLAMD; tar det inte så stora filer: höj StreamMaxLength till 50M i clamd.conf."
        )


def _tcp(host: str) -> socket.socket:
    return socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET)


def _answer(line: socket.socket) -> str:
    """Read one answer, to its NUL or the line's end."""
    said = b""
    while b"\0" not in said and len(said) < 4096:
        try:
            piece = line.recv(4096)
        except ConnectionResetError:
            break
        if not piece:
            break
        said += piece
    return said.partition(b"\0")[0].decode("utf-8", "replace").strip()

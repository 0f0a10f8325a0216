"""A clamd for tests: the real one with one signature of our own where it is installed, and a peer that misbehaves."""

import shutil
import socket
import struct
import subprocess
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

EICAR = rb"X5O!P%@AP[4\PZX54(P^)7CC)7}$EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"
REAL = shutil.which("clamd")


@contextmanager
def real_clamd(folder: Path) -> Iterator[str]:
    """Run the machine's own clamd on a database of one signature; yield its address."""
    assert REAL
    (folder / "db").mkdir()
    (folder / "db" / "test.ndb").write_text(f"Arshjul.Test:0:*:{EICAR.hex()}\n")
    line = folder / "c"
    config = folder / "clamd.conf"
    config.write_text(f"DatabaseDirectory {folder}/db\nLocalSocket {line}\nForeground yes\nStreamMaxLength 1M\n")
    with (folder / "ut").open("wb") as out:
        process = subprocess.Popen([REAL, "-c", str(config)], stdout=out, stderr=out)
        try:
            deadline = time.monotonic() + 150
            while not line.exists():
                assert process.poll() is None and time.monotonic() < deadline, (folder / "ut").read_text()
                time.sleep(0.05)
            yield f"unix:{line}"
        finally:
            process.terminate()
            process.wait(150)


@contextmanager
def speaking(*, says: bytes | None = None) -> Iterator[str]:
    """Speak clamd's protocol over TCP: EICAR is found, else ``says`` (None: what clamd says of a clean file)."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        thread = threading.Thread(target=_serve, args=(server, says), daemon=True)
        thread.start()
        yield f"tcp://127.0.0.1:{server.getsockname()[1]}"
        server.shutdown(socket.SHUT_RDWR)
        thread.join(5)


def _serve(server: socket.socket, says: bytes | None) -> None:
    while True:
        try:
            line, _ = server.accept()
        except OSError:
            return
        with line, line.makefile("rb") as read:
            command = b""
            while not command.endswith(b"\0"):
                command += read.read(1)
            if command == b"zPING\0":
                line.sendall(says or b"PONG\0")
                continue
            assert command == b"zINSTREAM\0"
            content = b""
            while length := struct.unpack(">I", read.read(4))[0]:
                content += read.read(length)
            found = b"stream: Eicar-Test-Signature FOUND\0"
            line.sendall(found if EICAR in content else says or b"stream: OK\0")

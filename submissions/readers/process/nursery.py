"""Where reading processes come from: a process that has loaded the readers, and forks one for each file.

Loading Python and the libraries takes ten times as long as reading a report's own file. The nursery knows nothing of
the service and sees no file: it is handed three open files (what is asked, the answer, the complaints), gives them to
a new process that takes on its limits and reads, waits for its end, and tells how it ended. Each process reads one
file, and what that does to it dies with it.
"""

import gc
import os
import signal
import socket
import struct
import subprocess
import sys
import traceback
from collections.abc import Mapping
from contextlib import suppress
from typing import IO

#: it gives way to the others, and so do its children, so that whoever opens a page does not wait for files that are
#: read; and no folder of whoever started the service is looked into for modules
COMMAND = ("nice", "-n", "10", sys.executable, "-P", "-X", "utf8", "-m", "submissions.readers.process.nursery")
_ENDED = struct.Struct("i")


class Nursery:
    """A nursery, started when it is first needed and anew when it has died. For one thread at a time."""

    def __init__(self, environment: Mapping[str, str]) -> None:
        self._environment = environment
        self._process: subprocess.Popen[bytes] | None = None
        self._line: socket.socket | None = None

    def read(self, given: IO[bytes], said: IO[bytes], cried: IO[bytes], seconds: float) -> int:
        """Let a new process read, and return its exit code; negative: the signal that ended it.

        Raises TimeoutError when it took longer than ``seconds``: then it is ended. OSError when none can be started.
        """
        for _ in range(2):  # one that had died since the last file is no fault of this one
            line = self._started()
            line.settimeout(seconds)
            given.seek(0)
            for each in (said, cried):
                each.seek(0)
                each.truncate()
            try:
                socket.send_fds(line, [b"r"], [each.fileno() for each in (given, said, cried)])
                answer = line.recv(_ENDED.size)
            except TimeoutError:
                self.end()
                raise
            except OSError:
                answer = b""
            if len(answer) == _ENDED.size:
                return int(_ENDED.unpack(answer)[0])
            self.end()
        return -signal.SIGKILL

    def end(self) -> None:
        """End it, and whatever it has under way."""
        if self._process:
            with suppress(ProcessLookupError):
                os.killpg(self._process.pid, signal.SIGKILL)  # not waited for yet, so the number is its own
            self._process.wait()
        if self._line:
            self._line.close()
        self._process = self._line = None

    def _started(self) -> socket.socket:
        if self._line and self._process and self._process.poll() is None:
            return self._line
        if self._line:
            self._line.close()
        self._line, theirs = socket.socketpair()
        with theirs:
            self._process = subprocess.Popen(  # noqa: S603 - our own command
                COMMAND,
                stdin=theirs.fileno(),
                stdout=subprocess.DEVNULL,
                cwd="/",
                env=self._environment,
                process_group=0,
            )
        return self._line


def main() -> None:
    """Start a process for each file that is handed over on stdin, a socket, until whoever asks is gone."""
    line = socket.socket(fileno=0)
    _load()
    gc.freeze()  # its children share what is loaded
    while True:
        _, handed, _, _ = socket.recv_fds(line, 1, 3)
        if len(handed) < 3:
            return
        child = os.fork()
        if child == 0:
            _become_reader(handed)
        for each in handed:
            os.close(each)
        line.sendall(_ENDED.pack(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])))


def _load() -> None:
    """Load what reading a workbook or a text takes."""
    from submissions.readers import headings, here, marks, sheet_reading  # noqa: F401 - to have them loaded


def _become_reader(handed: list[int]) -> None:
    from submissions.readers.__main__ import main as read

    try:
        for at, each in enumerate(handed):
            os.dup2(each, at)  # stdin was the line to whoever asks: from here on nobody can be reached
        os.closerange(3, max(handed) + 1)
        read()
    except BaseException:  # nothing may go on as the nursery
        traceback.print_exc()
    finally:
        os._exit(1)


if __name__ == "__main__":
    main()

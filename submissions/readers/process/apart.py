"""Reading a file in a process of its own: whatever the file does to it, the service gets an answer.

The process is new for each file, with nothing of ours in it but the readers, and with limits on memory, time and
output. One that dies, hangs or talks nonsense is a refusal like any other, with
its reason in the log.
"""

import io
import json
import logging
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryFile
from typing import IO, Any

from pydantic import TypeAdapter, ValidationError

import arshjul
import submissions
from submissions.files.filled import Filled, MallMark
from submissions.readers.list_rows import ListRows
from submissions.readers.process.process_limits import Limits
from submissions.readers.refusal import TOO_LONG, TOO_MUCH_MEMORY, UNREADABLE, Refusal
from submissions.readers.wanted import Wanted, wanted_of
from submissions.templates.mall import Mall

LIMITS = Limits()
#: it gives way to the others, so that whoever opens a page does not wait for files that are read; and no folder of
#: whoever started the service is looked into for modules
COMMAND = ("nice", "-n", "10", sys.executable, "-P", "-X", "utf8", "-m", "submissions.readers")
_LOG = logging.getLogger(__name__)
_AT_ONCE = threading.BoundedSemaphore(max(2, os.cpu_count() or 2))  # more would only take each other's time


@dataclass(frozen=True, slots=True)
class _Answer:
    """What the reading process writes: one of the three."""

    filled: Filled | None = None
    rows: ListRows | None = None
    refusal: Refusal | None = None


_ANSWER = TypeAdapter(_Answer)


def read_apart(
    content: bytes, kind: str, mall: Mall, *, limits: Limits = LIMITS, command: tuple[str, ...] = COMMAND
) -> Filled | Refusal:
    """Read a file for a mall, in a process of its own. Never raises for what the file or the process does.

    Raises OSError when the machine has no room for what lies there meanwhile: that is no fault of the file's.
    ``kind`` is the id of ``parts.KINDS`` that the file was handed in as. At most as many files are read at once as
    there are processors; the rest wait here. ``command`` starts the process.
    """
    wanted = wanted_of(mall)
    asked = {"kind": kind, "wanted": wanted.to_json()}
    said = told_apart(asked, content, kind, command=command, limits=limits)
    return said if isinstance(said, Refusal) else _answer(said, kind, wanted)


def read_mark_apart(
    content: bytes, kind: str, *, limits: Limits = LIMITS, command: tuple[str, ...] = COMMAND
) -> MallMark | None:
    """Return the mark that a file carries, read in a process of its own as :func:`read_apart` reads; None without one."""
    nothing = Wanted()
    said = told_apart({"kind": kind, "wanted": nothing.to_json()}, content, kind, command=command, limits=limits)
    read = said if isinstance(said, Refusal) else _answer(said, kind, nothing)
    return read.mark if isinstance(read, Filled) else None


def read_list_apart(
    content: bytes, kind: str, *, limits: Limits = LIMITS, command: tuple[str, ...] = COMMAND
) -> ListRows | Refusal:
    """Read a list in a workbook (``kind``: "xlsx" or "ods"), in a process of its own; as :func:`read_apart` else."""
    said = told_apart({"kind": kind}, content, kind, command=command, limits=limits)
    answer = said if isinstance(said, Refusal) else _heard(said, kind)
    if isinstance(answer, Refusal):
        return answer
    if answer.rows is None:
        _LOG.warning("reading.nonsense kind=%s bytes=%d", kind, len(content))
        return UNREADABLE
    return answer.rows


def told_apart(
    asked: Mapping[str, Any],
    content: bytes,
    kind: str,
    *,
    command: tuple[str, ...],
    limits: Limits,
    turn: AbstractContextManager[Any] = _AT_ONCE,
) -> bytes | Refusal:
    """Return what a reading process of ours tells on stdout of ``content``; ``kind`` names it in the log.

    The process gets a line of JSON (``asked``, and the ``limits`` that it takes on), then the content. ``turn`` is what
    it waits for first: the others, unless whoever asks holds a transaction meanwhile. Raises OSError when the machine's
    disk is full.
    """
    head = json.dumps({**asked, "limits": limits.to_json()}).encode() + b"\n"
    with turn, TemporaryFile() as given, TemporaryFile() as said, TemporaryFile() as cried:
        # no pipe: feeding one a page at a time, beside others, would make them all wait for their turn
        given.writelines((head, content))
        given.seek(0)
        try:
            code = _run(command, given, said, cried, limits.wall_seconds)
        except subprocess.TimeoutExpired:
            _LOG.warning("reading.too_long kind=%s bytes=%d", kind, len(content))
            return TOO_LONG
        except OSError:
            _LOG.exception("reading.not_started kind=%s bytes=%d", kind, len(content))
            return UNREADABLE
        words = _tail(cried)
        if code or words:
            _LOG.warning("reading.told kind=%s bytes=%d code=%d %s", kind, len(content), code, words)
        if code:
            _hold_room(said)
            return _death(code, words)
        said.seek(0)
        return said.read(limits.output)


def _run(command: tuple[str, ...], given: IO[bytes], said: IO[bytes], cried: IO[bytes], seconds: float) -> int:
    """Return how the process ended; negative: the signal that ended it. Raises TimeoutExpired when it was ended for its time."""
    return subprocess.run(  # noqa: S603 - our own command; the file is only its input
        command, stdin=given, stdout=said, stderr=cried, timeout=seconds, cwd="/", env=_environment(), check=False,
    ).returncode  # fmt: skip


def _environment() -> dict[str, str]:
    """Return what the process may know of ours: where the modules are. No address, no password."""
    roots = dict.fromkeys(str(Path(each).resolve().parents[1]) for each in (submissions.__file__, arshjul.__file__))
    return {"PYTHONPATH": os.pathsep.join(roots), "PATH": os.defpath, "LANG": "C.UTF-8"}


def _heard(said: bytes, kind: str) -> _Answer | Refusal:
    try:
        answer = _ANSWER.validate_json(said)
    except ValidationError as error:
        _LOG.warning("reading.nonsense kind=%s bytes=%d errors=%d", kind, len(said), error.error_count())
        return UNREADABLE
    return answer.refusal or answer


def _answer(said: bytes, kind: str, wanted: Wanted) -> Filled | Refusal:
    answer = _heard(said, kind)
    if isinstance(answer, Refusal):
        return answer
    if answer.filled is None or answer.filled.kind != kind or not _is_asked(answer.filled, wanted):
        _LOG.warning("reading.nonsense kind=%s bytes=%d", kind, len(said))
        return UNREADABLE
    return answer.filled


def _is_asked(filled: Filled, wanted: Wanted) -> bool:
    headings = {each.id for each in wanted.headings}
    return filled.tables.keys() <= {each.id for each in wanted.sheets} and all(
        each.id is None or each.id in headings for each in filled.sections
    )


def _hold_room(said: IO[bytes]) -> None:
    """Raise OSError when nothing more can be written: what the process died of is then the full disk."""
    said.seek(0, os.SEEK_END)
    said.write(bytes(io.DEFAULT_BUFFER_SIZE))
    said.flush()


def _death(code: int, words: str) -> Refusal:
    if code == -signal.SIGXCPU:
        return TOO_LONG
    # a C library that gets no memory aborts, or walks on without it
    return TOO_MUCH_MEMORY if "alloc" in words or "MemoryError" in words else UNREADABLE


def _tail(cried: IO[bytes]) -> str:
    size = cried.seek(0, os.SEEK_END)
    cried.seek(max(0, size - 2000))
    return cried.read().decode("utf-8", "replace").strip()

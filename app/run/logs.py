"""The logs: time, level and one form for every process, set up here, and a file for each child that turns over."""

import logging
import re
import time
from collections.abc import Mapping
from io import TextIOWrapper
from logging.handlers import RotatingFileHandler
from pathlib import Path
from threading import Thread
from types import MappingProxyType
from typing import IO

from portal.web.redaction import hide_tokens
from store.private_files import open_private

TIME = "%Y-%m-%dT%H:%M:%S%z"
FORM = "%(asctime)s %(levelname)s %(name)s: %(message)s"
LIMIT, KEPT = 5_000_000, 3  #: bytes of a file before it is set aside, and how many older ones are kept
LONGEST = 100_000  #: bytes of a line; the rest becomes a line of its own
QUIET = ("apscheduler", "httpx", "httpcore", "alembic", "imapclient")  #: they tell of each thing that they do

_FORMED = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d[+-]\d{4} ([A-Z]+) ")
_LEVEL = re.compile(r"(DEBUG|INFO|WARNING|ERROR|CRITICAL):\s+")
_COLOUR = re.compile(r"\x1b\[[0-9;]*m")

#: the same form for the Prefect server, its runner and its runs
PREFECT_FORM: Mapping[str, str] = MappingProxyType(
    {
        "PREFECT_LOGGING_COLORS": "false",
        "PREFECT_LOGGING_FORMATTERS_STANDARD_DATEFMT": TIME,
        **{f"PREFECT_LOGGING_FORMATTERS_STANDARD_{each}": FORM for each in ("FORMAT", "FLOW_RUN_FMT", "TASK_RUN_FMT")},
    }
)


def set_up() -> None:
    """Let this process write its log to standard error, in the one form; ``up`` puts it in the process's file."""
    logging.basicConfig(level=logging.INFO, format=FORM, datefmt=TIME, force=True)
    for name in QUIET:
        logging.getLogger(name).setLevel(logging.WARNING)


class Log:
    """A child's log file, readable by this user alone. It turns over while the child runs."""

    def __init__(self, path: Path, *, limit: int = LIMIT) -> None:
        self._file = _Private(path, maxBytes=limit, backupCount=KEPT, encoding="utf-8", errors="replace")
        self._former = Former(path.stem)
        self._reader: Thread | None = None

    def follow(self, output: IO[bytes]) -> None:
        """Write what a process says, until it and all that it started have said all."""
        self._reader = Thread(target=self._read, args=(output,), daemon=True)
        self._reader.start()

    def drain(self, seconds: float = 1.0) -> None:
        """Wait for the last that a dead process said; others that it started may still speak."""
        if self._reader is not None:
            self._reader.join(seconds)

    def _read(self, output: IO[bytes]) -> None:
        with output:
            while raw := output.readline(LONGEST):
                line = self._former.form(raw.decode(errors="replace").rstrip("\r\n"), time.strftime(TIME))
                self._file.handle(logging.makeLogRecord({"msg": line}))
        self._file.close()


class Former:
    """Gives what a process says the one form: lines that do not have it get the time and a level, and no token stays."""

    def __init__(self, name: str) -> None:
        self._name, self._level, self._traceback = name, "INFO", False

    def form(self, line: str, now: str) -> str:
        """Return a line in the one form. A traceback has its fault's level, its last line too."""
        line = hide_tokens(_COLOUR.sub("", line))
        if formed := _FORMED.match(line):
            self._level, self._traceback = formed[1], False
            return line
        if line.startswith("Traceback "):
            self._level, self._traceback = "ERROR", True
        elif told := _LEVEL.match(line):
            self._level, self._traceback, line = told[1], False, line[told.end() :]
        elif not self._traceback and not line.startswith((" ", "\t")):
            self._level = "INFO"
        elif self._traceback and line and not line.startswith((" ", "\t")):
            self._traceback = False  # the fault itself
        return f"{now} {self._level} {self._name}: {line}"


class _Private(RotatingFileHandler):
    def _open(self) -> TextIOWrapper:
        return TextIOWrapper(open_private(Path(self.baseFilename), "ab"), encoding="utf-8", errors="replace")

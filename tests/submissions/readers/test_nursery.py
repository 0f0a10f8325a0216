"""The nursery: each file meets a process of its own, and what becomes of one is no other's business."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from tempfile import TemporaryFile

import pytest

from submissions.files.filled import Filled
from submissions.readers.process.apart import _environment, read_apart
from submissions.readers.process.nursery import Nursery
from submissions.readers.process.process_limits import Limits
from submissions.readers.wanted import wanted_of
from tests.rig.files.reading_files import mall, saved, workbook

pytestmark = pytest.mark.slow


def asked(content: bytes, **bounds: int) -> bytes:
    limits = Limits(**bounds).to_json()
    return (
        json.dumps({"limits": limits, "kind": "xlsx", "wanted": wanted_of(mall()).to_json()}).encode() + b"\n" + content
    )


def told(nursery: Nursery, content: bytes, seconds: float = 30.0) -> tuple[int, bytes]:
    """Return how the process ended, and what it said."""
    with TemporaryFile() as given, TemporaryFile() as said, TemporaryFile() as cried:
        given.write(content)
        code = nursery.read(given, said, cried, seconds)
        said.seek(0)
        return code, said.read()


def number(nursery: Nursery) -> int:
    """Return the nursery's process id."""
    assert nursery._process
    return nursery._process.pid


def test_one_nursery_reads_file_after_file_each_in_a_new_process() -> None:
    nursery, book = Nursery(_environment()), saved(workbook())
    first = told(nursery, asked(book))
    before = number(nursery)
    assert told(nursery, b"no question at all\n")[0] == 1  # whatever happens there, the next one is read
    assert told(nursery, asked(book)) == first
    assert first[0] == 0
    assert number(nursery) == before
    nursery.end()


def test_the_limits_are_the_childs_and_not_the_nurserys() -> None:
    nursery = Nursery(_environment())
    told(nursery, asked(saved(workbook()), seconds=3))
    limits = Path(f"/proc/{number(nursery)}/limits").read_text()
    assert "Max cpu time              unlimited" in limits
    nursery.end()


def test_the_nursery_knows_nothing_of_the_services_own(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ARSHJUL_SMTP_PASSWORD", "hemligt")
    nursery = Nursery(_environment())
    told(nursery, asked(b""))
    assert b"hemligt" not in Path(f"/proc/{number(nursery)}/environ").read_bytes()
    held = {each.name: str(each.readlink()) for each in Path(f"/proc/{number(nursery)}/fd").iterdir()}
    assert held.keys() == {"0", "1", "2"}, held  # the line, and where complaints go
    nursery.end()


def test_a_nursery_that_was_killed_between_two_files_costs_neither() -> None:
    nursery, book = Nursery(_environment()), saved(workbook())
    first = told(nursery, asked(book))
    os.kill(number(nursery), signal.SIGKILL)
    time.sleep(0.2)
    assert told(nursery, asked(book)) == first
    nursery.end()


def test_one_that_hangs_is_ended_with_its_nursery_and_the_next_is_read() -> None:
    nursery, book = Nursery(_environment()), saved(workbook())
    told(nursery, asked(book))
    os.kill(number(nursery), signal.SIGSTOP)  # as a child that never ends
    with pytest.raises(TimeoutError):
        told(nursery, asked(book), seconds=0.5)
    assert told(nursery, asked(book))[0] == 0
    nursery.end()


def test_a_nursery_ends_with_whoever_asked() -> None:
    code = (
        "from tests.submissions.readers.test_nursery import Nursery, _environment, asked, number, os, told\n"
        "nursery = Nursery(_environment()); told(nursery, asked(b''))\n"
        "print(number(nursery), flush=True); os._exit(0)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    gone = Path(f"/proc/{int(done.stdout)}")
    until = time.monotonic() + 10
    while gone.exists() and time.monotonic() < until and "zombie" not in (gone / "status").read_text():
        time.sleep(0.05)
    assert not gone.exists() or "zombie" in (gone / "status").read_text()


def test_what_is_read_apart_comes_from_a_nursery_that_gives_way() -> None:
    assert isinstance(read_apart(saved(workbook()), "xlsx", mall()), Filled)
    nursery = Nursery(_environment())
    told(nursery, asked(b""))
    assert os.getpriority(os.PRIO_PROCESS, number(nursery)) >= os.getpriority(os.PRIO_PROCESS, 0) + 10
    nursery.end()

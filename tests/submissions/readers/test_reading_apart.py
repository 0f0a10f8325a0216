"""Reading in a process of its own: no file, and no fault of the process, reaches the service."""

import json
import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from submissions.files.filled import Filled
from submissions.readers.process.apart import COMMAND, LIMITS, read_apart
from submissions.readers.refusal import Refusal
from submissions.readers.wanted import Wanted, wanted_of
from tests import fuzz
from tests.rig.examples import examples
from tests.rig.files.reading_files import document, filled, mall, rezipped, saved, saved_text, wanted, workbook
from tests.rig.load import ROOT


def python(code: str) -> tuple[str, ...]:
    return (sys.executable, "-c", f"import sys; sys.stdin.buffer.read(); {code}")


def refusal(command: tuple[str, ...] = COMMAND, content: bytes = b"x", **bounds: float) -> Refusal:
    found = read_apart(content, "xlsx", mall(), command=command, limits=replace(LIMITS, **bounds))  # type: ignore[arg-type] - numbers by name
    assert isinstance(found, Refusal), found
    assert found.mend
    return found


def test_what_is_looked_for_is_the_same_after_json() -> None:
    for part in ("ekonomi", "mal-och-resultat"):
        assert Wanted.from_json(json.loads(json.dumps(wanted(part).to_json()))) == wanted_of(mall(part))


@pytest.mark.slow
def test_a_workbook_and_a_text_are_read_apart_as_they_are_here() -> None:
    book, text = saved(workbook()), saved_text(document())
    assert read_apart(book, "xlsx", mall()) == filled(book)
    assert read_apart(text, "docx", mall("mal-och-resultat")) == filled(text, "docx", "mal-och-resultat")
    assert refusal(content=b"").rule == "tom-fil"


@pytest.mark.slow
def test_it_reads_wherever_the_service_was_started(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "json.py").write_text("raise SystemExit('the wrong json')")
    monkeypatch.chdir(tmp_path)
    assert isinstance(read_apart(saved(workbook()), "xlsx", mall()), Filled)


@pytest.mark.slow
def test_the_process_knows_nothing_of_the_services_own(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ARSHJUL_SMTP_PASSWORD", "hemligt")
    told = "import os, json; print(json.dumps({'refusal': dict(rule='r', message=','.join(sorted(os.environ)), mend='m')}))"
    assert "ARSHJUL_SMTP_PASSWORD" not in refusal(python(told)).message


@pytest.mark.slow
@pytest.mark.parametrize(
    ("does", "rule"),
    [
        ("sys.exit(3)", "gar-inte-att-lasa"),
        ("import os; os.abort()", "gar-inte-att-lasa"),
        ("import os, signal; os.kill(os.getpid(), signal.SIGKILL)", "gar-inte-att-lasa"),
        ("import os, signal; os.kill(os.getpid(), signal.SIGXCPU)", "tar-for-lang-tid"),
        ("print('memory allocation of 99 bytes failed', file=sys.stderr); sys.exit(134)", "for-mycket-minne"),
        ("pass", "gar-inte-att-lasa"),
        ("print('hej')", "gar-inte-att-lasa"),
        ("print('{}')", "gar-inte-att-lasa"),
        ("print('[1, 2')", "gar-inte-att-lasa"),
        ("print('{\"filled\": {\"kind\": \"xlsx\"}, \"refusal\": {}}')", "gar-inte-att-lasa"),
        ("print('{\"filled\": {\"kind\": \"ods\"}}')", "gar-inte-att-lasa"),
        ("print('{\"filled\": {\"kind\": \"xlsx\", \"tables\": {\"x\": {\"sheet\": \"x\", \"title\": \"X\"}}}}')", "gar-inte-att-lasa"),
        ("print('{\"filled\": {\"kind\": \"xlsx\", \"words\": \"många\"}}')", "gar-inte-att-lasa"),
        ("sys.stdout.buffer.write(b'\\xff' * 1000)", "gar-inte-att-lasa"),
    ],
)  # fmt: skip
def test_a_process_that_dies_or_talks_nonsense_is_a_refusal(does: str, rule: str) -> None:
    assert refusal(python(does)).rule == rule


@pytest.mark.slow
def test_a_process_that_does_not_start_or_reads_nothing_is_a_refusal() -> None:
    assert refusal(("/finns/inte",)).rule == "gar-inte-att-lasa"
    assert refusal((sys.executable, "-c", "pass"), b"x" * 5_000_000).rule == "gar-inte-att-lasa"


@pytest.mark.slow
def test_a_process_that_hangs_is_ended() -> None:
    assert refusal(python("import time; time.sleep(600)"), wall_seconds=1.0).rule == "tar-for-lang-tid"


@pytest.mark.slow
def test_one_that_hangs_keeps_no_other_file_from_being_read(tmp_path: Path) -> None:
    let_go = tmp_path / "let-go"
    hangs = f"import os, time; [time.sleep(0.05) for _ in range(600) if not os.path.exists({str(let_go)!r})]"
    with ThreadPoolExecutor(1) as others:
        hanging = others.submit(refusal, python(hangs))
        assert isinstance(read_apart(saved(workbook()), "xlsx", mall()), Filled)
        assert not hanging.done()
        let_go.touch()
        assert hanging.result().rule == "gar-inte-att-lasa"


@pytest.mark.slow
def test_a_file_that_is_read_gives_way_to_the_pages() -> None:
    own = os.getpriority(os.PRIO_PROCESS, 0)
    told = "import os, json; print(json.dumps({'refusal': dict(rule='r', message=str(os.nice(0)), mend='m')}))"
    assert int(refusal((*COMMAND[:3], *python(told))).message) >= min(own + 10, 19)


def slow_workbook() -> bytes:
    """Fill the mall's own first sheet with four million cells: each must be looked at."""
    cells = b"".join(b"<c><v>%d</v></c>" % at for at in range(4000))
    rows = (b"<row>" + cells + b"</row>") * 1000
    full = {"xl/worksheets/sheet1.xml": lambda part: part.replace(b"</sheetData>", rows + b"</sheetData>")}
    return rezipped(saved(workbook()), full)


@pytest.mark.slow
def test_a_really_slow_file_is_stopped_by_its_time_of_computing() -> None:
    assert refusal(content=slow_workbook(), seconds=1).rule == "tar-for-lang-tid"


@pytest.mark.slow
def test_a_file_that_takes_too_much_memory_is_stopped_by_its_bound() -> None:
    row = b"<row>" + b"<c/>" * 3_000_000 + b"</row>"  # one row is held whole
    full = {"xl/worksheets/sheet1.xml": lambda part: part.replace(b"</sheetData>", row + b"</sheetData>")}
    assert refusal(content=rezipped(saved(workbook()), full), memory=200 * 1024 * 1024).rule == "for-mycket-minne"


@pytest.mark.slow
def test_a_bomb_of_many_gigabytes_is_refused_by_its_size() -> None:
    content = rezipped(saved(workbook()), {"xl/worksheets/sheet1.xml": b" " * 150_000_000})
    assert len(content) < 250_000
    assert refusal(content=content).rule == "for-stor-inuti"


@pytest.mark.slow
def test_the_limits_hold_before_a_byte_of_the_file_is_read() -> None:
    asked = {"limits": LIMITS.to_json(), "kind": "xlsx", "wanted": Wanted().to_json()}
    code = (
        "import resource, sys, json; from submissions.readers.process.process_limits import Limits\n"
        "Limits.from_json(json.loads(sys.stdin.buffer.readline())['limits']).hold()\n"
        "print([resource.getrlimit(each)[0] for each in (resource.RLIMIT_AS, resource.RLIMIT_CPU, resource.RLIMIT_CORE,"
        " resource.RLIMIT_NPROC, resource.RLIMIT_FSIZE)])"
    )
    paths = os.pathsep.join((str(ROOT), str(ROOT / "calendar")))
    done = subprocess.run(
        (sys.executable, "-c", code), input=json.dumps(asked).encode() + b"\n", capture_output=True, check=True,
        env={"PYTHONPATH": paths},
    )  # fmt: skip
    assert json.loads(done.stdout) == [LIMITS.memory, LIMITS.seconds, 0, 0, LIMITS.output]


@pytest.mark.slow
def test_the_process_loads_only_what_reading_takes() -> None:
    code = (
        "import sys, submissions.readers.here, submissions.readers.formats.xlsx, submissions.readers.sheet_reading,"
        " submissions.readers.formats.docx, submissions.readers.headings\n"
        "heavy = {'sqlalchemy', 'prefect', 'pydantic', 'openpyxl', 'docx', 'arshjul.definition.model', 'arshjul.year.wheel'}\n"
        "print(sorted(heavy & set(sys.modules)))"
    )
    paths = os.pathsep.join((str(ROOT), str(ROOT / "calendar")))
    done = subprocess.run((sys.executable, "-c", code), capture_output=True, check=True, env={"PYTHONPATH": paths})
    assert done.stdout.decode().strip() == "[]"


@pytest.mark.whole
@settings(max_examples=examples(60))
@given(st.sampled_from(fuzz.FORMATS), st.integers(0, 10**9))
def test_a_mutated_file_is_read_or_refused_with_words(kind: str, number: int) -> None:
    content, part = fuzz.mutated(kind, 0, number)
    assert fuzz.judged(kind, content, part)

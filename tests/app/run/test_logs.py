"""The logs: each line has time, level and one form, whoever wrote it, and a file turns over while its process runs."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from app.run.logs import KEPT, PREFECT_FORM, Former, Log, set_up

NOW = "2027-09-10T09:00:00+0200"
OURS = "2027-09-10T08:59:59+0200 WARNING flows.service.watchdog: prefect.down job=plan"


@pytest.mark.parametrize(
    ("said", "written"),
    [
        ([OURS], [OURS]),
        (["INFO:     127.0.0.1:1 - GET /"], [f"{NOW} INFO prov: 127.0.0.1:1 - GET /"]),
        (["\x1b[32mINFO\x1b[0m:     Uvicorn"], [f"{NOW} INFO prov: Uvicorn"]),
        (["en rad"], [f"{NOW} INFO prov: en rad"]),
        ([OURS, "  dess fortsättning"], [OURS, f"{NOW} WARNING prov:   dess fortsättning"]),
        (
            ["Traceback (most recent call last):", '  File "a.py"', "ValueError: nej", "sedan"],
            [
                f"{NOW} ERROR prov: Traceback (most recent call last):",
                f'{NOW} ERROR prov:   File "a.py"',
                f"{NOW} ERROR prov: ValueError: nej",
                f"{NOW} INFO prov: sedan",
            ],
        ),
    ],
)
def test_each_line_gets_the_one_form(said: list[str], written: list[str]) -> None:
    former = Former("prov")
    assert [former.form(line, NOW) for line in said] == written


def test_a_file_turns_over_while_its_process_runs_and_nobody_else_reads_it(tmp_path: Path) -> None:
    reading, writing = os.pipe()
    log = Log(tmp_path / "prov.log", limit=1000)
    log.follow(os.fdopen(reading, "rb"))
    with os.fdopen(writing, "w") as process:
        for number in range(200):
            print(f"rad {number}", file=process, flush=True)
    log.drain(30)
    files = sorted(tmp_path.iterdir())
    assert [file.name for file in files] == ["prov.log", *(f"prov.log.{number + 1}" for number in range(KEPT))]
    assert {file.stat().st_mode & 0o777 for file in files} == {0o600}
    assert max(file.stat().st_size for file in files) <= 1000
    assert files[0].read_text().splitlines()[-1].endswith(" INFO prov: rad 199")
    assert files[1].read_text().startswith("20")


@pytest.mark.slow  # starts a process that imports Prefect
def test_our_loggers_and_prefects_write_the_same_form() -> None:
    code = (
        "import logging, app.run.logs; app.run.logs.set_up()\n"
        "from prefect.logging.configuration import setup_logging; setup_logging()\n"
        "for name in ('flows.service.watchdog', 'uvicorn.error', 'prefect.runner'):\n"
        "    logging.getLogger(name).warning('hej')\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], env=os.environ | PREFECT_FORM, capture_output=True, text=True, check=True
    )
    lines = done.stderr.splitlines()
    former = Former("prov")
    assert [line.split(maxsplit=1)[1] for line in lines] == [
        "WARNING flows.service.watchdog: hej",
        "WARNING uvicorn.error: hej",
        "WARNING prefect.runner: hej",
    ]
    assert [former.form(line, NOW) for line in lines] == lines


def test_set_up_lets_no_chatter_through(capsys: pytest.CaptureFixture[str]) -> None:
    import logging

    before = logging.root.handlers[:], logging.root.level
    try:
        set_up()
        assert not logging.getLogger("apscheduler.scheduler").isEnabledFor(logging.INFO)
        assert logging.getLogger("flows.service.watchdog").isEnabledFor(logging.INFO)
    finally:
        logging.root.handlers[:], logging.root.level = before

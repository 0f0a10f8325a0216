"""Commands run in this process, on an installation that is empty or made ready."""

import json
import os
import sys
from collections.abc import Callable
from datetime import date, datetime, time
from pathlib import Path
from runpy import run_module

import pytest
from typer.testing import CliRunner, Result

from actions.plan.tidplan import close_period
from app.commands.cli import cli
from app.settings import load_settings
from app.wiring import prepare
from arshjul.swedish import local
from store.database import open_store
from tests.rig.acts import act
from tests.rig.installed import lay_installation


@pytest.fixture
def arshjul(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Result]:
    """Run a command in an empty installation."""
    for name in [name for name in os.environ if name.startswith("ARSHJUL_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("ARSHJUL_DATA_DIR", str(tmp_path / "data"))
    return lambda *words: CliRunner().invoke(cli, list(words))


@pytest.fixture
def program(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Callable[..., tuple[object, str]]:
    """Run ``python -m app`` in this process; return the code that it ends with and what it says of a fault."""

    def run(*words: str) -> tuple[object, str]:
        monkeypatch.setattr(sys, "argv", ["arshjul", *words])
        mask = os.umask(0o022)
        try:
            with pytest.raises(SystemExit) as ended:
                run_module("app", run_name="__main__")
        finally:
            os.umask(mask)  # a command makes what it writes its user's alone
        return ended.value.code, capsys.readouterr().err

    return run


def rows(result: Result) -> list[dict[str, object]]:
    assert result.exit_code == 0, result.output
    return list(json.loads(result.stdout))


class NewYear:
    """Stands on the morning of the first Monday of 2027."""

    def __call__(self) -> datetime:
        return local(date(2027, 1, 4), time(9))

    def real(self, instant: datetime) -> datetime:
        return instant


CLOCK = NewYear()


def installation(*, recorded: bool = False) -> None:
    """Make the installation ready; one that nothing has been said to is a copy of one that was made ready before."""
    settings = load_settings()
    said = {name for name in os.environ if name.startswith("ARSHJUL_")} - {"ARSHJUL_DATA_DIR", "ARSHJUL_NOW"}
    if said or settings.data_dir.exists():
        prepare(settings, CLOCK)
    else:
        lay_installation(settings.data_dir, CLOCK())
    if recorded:
        record_late_closing(settings.database_url)


def record_late_closing(url: str) -> None:
    store = open_store(url)
    now = local(date(2027, 10, 13), time(9))
    with store.begin() as session:
        close_period(act(session, now), "2027-09", date(2027, 10, 12))
    store.close()

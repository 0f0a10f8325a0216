"""An installation as its first start leaves it, made ready once: each test has a copy of the folder."""

import os
import shutil
from datetime import datetime
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from app.settings import Settings
from app.wiring import prepare


def lay_installation(folder: Path, at: datetime) -> None:
    """Put Hedemora's installation in a folder that is not there, started at ``at`` with no settings of its own."""
    shutil.copytree(_made(at).name, folder)


@cache
def _made(at: datetime) -> TemporaryDirectory[str]:
    folder = TemporaryDirectory()
    with pytest.MonkeyPatch.context() as environ:
        for name in [name for name in os.environ if name.startswith("ARSHJUL_")]:
            environ.delenv(name)
        prepare(Settings(data_dir=Path(folder.name)), lambda: at)  # type: ignore[arg-type]  # it only tells the time
    return folder

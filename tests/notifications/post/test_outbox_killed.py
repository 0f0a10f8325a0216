"""Killed at random moments, the outbox still gets every letter to its recipient, few of them twice."""

import contextlib
import os
import random
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa

from store.database import Store, open_store
from store.post.letter_states import HANDED, RESERVED
from store.tables import LetterRow, Table
from tests.rig.outbox_letters import letter, read, write
from tests.rig.paths import ROOT
from tests.rig.processes import outbox_process
from tests.rig.processes.killable import Killable

pytestmark = pytest.mark.slow

LETTERS = 200
SLOW = (0.02, 0.05)  #: seconds that the server takes for a message
MORE = 4  #: a life ends when the server has taken so many more letters at most, and a moment later
MOMENT = (0.0, 0.06)  #: seconds: a letter is on the wire, or taken and not yet committed
DEATHS, CONNECTIONS = 30, 3
LEASE = timedelta(hours=1)  #: longer than the test: the next process knows that the one before is gone

DUE = datetime(2026, 1, 1, tzinfo=UTC)  #: long ago: the process reads the real clock


@dataclass(frozen=True, slots=True)
class Kill:
    """What one kill left behind, once the server had read what was already on its way."""

    held: frozenset[str]  #: recipients whose letters were on lease
    accepted: Counter[str]  #: how often each recipient's letter had been accepted


def accepted_files(folder: Path) -> list[tuple[str, bytes]]:
    """Return (recipient, message) of everything the server said OK to, in order."""
    parts = [file.read_bytes().split(b"\r\n", 1) for file in sorted(folder.glob("*.eml"))]
    return [(recipient.decode(), message) for recipient, message in parts]


@contextlib.contextmanager
def sink_process(folder: Path, seed: int) -> Iterator[int]:
    """Run the SMTP server as a process of its own, which no kill reaches; yield its port."""
    command = [
        sys.executable,
        str(ROOT / "tests/rig/servers/smtp_sink.py"),
        "--maildir",
        str(folder),
        "--seed",
        str(seed),
    ]
    command += ["--slow", *map(str, SLOW)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout
            yield int(process.stdout.readline())
        finally:
            process.kill()


def sender(database: str, port: int, connections: int, lease: timedelta) -> Killable:
    """Start a process that empties the outbox."""
    smtp = f"smtp://127.0.0.1:{port}"
    process = Killable(outbox_process.main, database, smtp, connections, lease)
    assert process.hears() == "ready"
    return process


def by_state(store: Store, state: str) -> frozenset[str]:
    with store.read() as session:
        return frozenset(row[0] for row in session.scalars(sa.select(LetterRow.to).where(LetterRow.state == state)))


def wait_for_more(folder: Path, count: int) -> None:
    """Wait until the server has taken ``count`` more letters, however slow the machine is."""
    wanted = len(list(folder.glob("*.eml"))) + count
    for _ in range(2000):
        if len(list(folder.glob("*.eml"))) >= wanted:
            return
        time.sleep(0.005)


def wait_for_silence(folder: Path) -> list[tuple[str, bytes]]:
    """Return what was accepted, when what the dead had on its way has been read to the end."""
    time.sleep(SLOW[1] + 0.05)
    before, got = -1, accepted_files(folder)
    for _ in range(20):
        if len(got) == before:
            break
        time.sleep(0.05)
        before, got = len(got), accepted_files(folder)
    return got


@pytest.mark.nightly  # kills at chance; tests/actions/ladder/test_seeded_faults.py and the simulator kill at named points in every run
def test_kills_lose_no_letter_and_repeat_only_between_the_servers_ok_and_our_commit(tmp_path: Path) -> None:
    seed = int(os.environ.get("ARSHJUL_TEST_SEED", random.SystemRandom().randrange(10_000)))
    moments = random.Random(seed)
    print(f"seed {seed} (repeat with ARSHJUL_TEST_SEED={seed})")
    database, folder = f"sqlite:///{tmp_path}/arshjul.db", tmp_path / "sink"
    folder.mkdir()
    store = open_store(database)
    Table.metadata.create_all(store.engine)
    write(store, [letter(number, not_before=DUE) for number in range(1, LETTERS + 1)])

    kills: list[Kill] = []
    with sink_process(folder, seed) as port:
        for _ in range(DEATHS):
            process = sender(database, port, CONNECTIONS, LEASE)
            wait_for_more(folder, moments.randint(0, MORE))
            time.sleep(moments.uniform(*MOMENT))
            process.kill()
            got = wait_for_silence(folder)
            kills.append(Kill(by_state(store, RESERVED), Counter(recipient for recipient, _ in got)))
        unsent_at_last_kill = LETTERS - len(by_state(store, HANDED))
        process = sender(database, port, CONNECTIONS, LEASE)
        for _ in range(1800):
            if len(by_state(store, HANDED)) == LETTERS:
                break
            time.sleep(0.05)
        process.kill()
        got = wait_for_silence(folder)

    times = Counter(recipient for recipient, _ in got)
    repeated = [recipient for recipient, count in times.items() if count > 1]
    print(f"{len(got)} accepted, {len(repeated)} repeated, {unsent_at_last_kill} unsent when last killed")

    assert unsent_at_last_kill > 0, "the kills must come while letters go"
    assert any(kill.held & set(kill.accepted) for kill in kills), "some between the server's OK and our commit"
    rows = {f"mottagare-{number:03}@example.se": read(store, number) for number in range(1, LETTERS + 1)}
    assert set(times) == set(rows), "200 recipients have their letter"
    assert {row.state for row in rows.values()} == {HANDED}
    assert len(got) <= LETTERS + DEATHS * CONNECTIONS
    for recipient, message in got:
        assert message == rows[recipient].mime, "the same bytes, and so the same Message-ID and X-Arshjul-Key"
    for recipient in repeated:
        # each further copy was made because a kill found the letter accepted and on lease, not yet committed
        excused = {kill.accepted[recipient] for kill in kills if recipient in kill.held and kill.accepted[recipient]}
        assert excused >= set(range(1, times[recipient])), f"{recipient} was repeated without a kill between"
    store.close()

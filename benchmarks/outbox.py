"""Letters a second through the outbox, against a bare aiosmtplib loop with as many connections.

Run: ``python benchmarks/outbox.py``. Both send the same letters to the same server (aiosmtpd in a process of its
own, which only counts them), in turns, so that what else the machine does falls on both. The outbox reads its
letters from an SQLite file with ``synchronous=FULL`` and commits each outcome before that connection's next letter;
the bare loop has its letters in a list and forgets them. Both are warm: the server has taken letters, and the store
has handed some over, as a service that runs all day has. The target is a median ratio of at least 0.60.
"""

import argparse
import asyncio
import gc
import statistics
import subprocess
import sys
import tempfile
import time
from collections import deque
from collections.abc import Sequence
from pathlib import Path

ROOT = Path(__file__).parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "calendar")]

from aiosmtplib import SMTP  # noqa: E402 - after the path, so that it runs without an install

from notifications.post.outbox import empty  # noqa: E402 - same
from notifications.post.smtp_post import SmtpPost  # noqa: E402 - same
from store.database import open_store  # noqa: E402 - same
from store.tables import LetterRow, Table  # noqa: E402 - same
from tests.rig.outbox_letters import NOW, letter, write  # noqa: E402 - same

TARGET = 0.60
CONNECTIONS = 3
WARMING = 50  #: letters before the time is taken


async def bare(port: int, letters: Sequence[LetterRow]) -> float:
    """Return the seconds that a loop of ``sendmail`` takes for the letters."""
    left = deque(letters)

    async def work() -> None:
        async with SMTP(hostname="127.0.0.1", port=port) as client:
            while left:
                row = left.popleft()
                await client.sendmail(row.sender, row.to, row.mime)

    begun = time.perf_counter()
    await asyncio.gather(*(work() for _ in range(CONNECTIONS)))
    return time.perf_counter() - begun


async def through_the_outbox(port: int, letters: Sequence[LetterRow], folder: Path) -> float:
    """Return the seconds that the outbox takes for the letters, from an SQLite file in ``folder``."""
    store = open_store(f"sqlite:///{folder}/arshjul.db")
    Table.metadata.create_all(store.engine)
    write(store, [letter(len(letters) + number) for number in range(1, WARMING + 1)])
    post = SmtpPost.from_url(f"smtp://127.0.0.1:{port}")
    await empty(store, post, lambda: NOW)
    write(store, letters)
    begun = time.perf_counter()
    tally = await empty(store, post, lambda: NOW, connections=CONNECTIONS)
    took = time.perf_counter() - begun
    store.close()
    assert tally.handed == len(letters), tally
    return took


def main() -> int:
    """Print letters a second for both, pair by pair, and the median of the ratios; 1 when under the target."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--letters", type=int, default=500)
    parser.add_argument("--pairs", type=int, default=41)
    given = parser.parse_args()
    command = [sys.executable, str(ROOT / "tests/rig/servers/smtp_sink.py")]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as sink:
        try:
            assert sink.stdout
            ratios = measure(int(sink.stdout.readline()), given.letters, given.pairs)
        finally:
            sink.kill()
    median = statistics.median(ratios)
    print(f"outbox/bare: median {median:.2f}, from {min(ratios):.2f} to {max(ratios):.2f}; target {TARGET:.2f}")
    return 0 if median >= TARGET else 1


def measure(port: int, count: int, pairs: int) -> list[float]:
    """Return outbox speed over bare speed for each pair; who begins changes from pair to pair."""
    size = len(letter(1, paragraphs=10).mime)
    print(f"{count} letters of {size / 1024:.1f} kB over {CONNECTIONS} connections, {pairs} pairs")
    asyncio.run(bare(port, [letter(number) for number in range(1, WARMING + 1)]))
    ratios = []
    for pair in range(pairs):
        seconds: dict[str, float] = {}
        for who in ("bare", "outbox") if pair % 2 == 0 else ("outbox", "bare"):
            letters = [letter(number, paragraphs=10) for number in range(1, count + 1)]
            gc.collect()  # what was left by the one before is not cleared on this one's time
            if who == "bare":
                seconds[who] = asyncio.run(bare(port, letters))
            else:
                with tempfile.TemporaryDirectory() as folder:
                    seconds[who] = asyncio.run(through_the_outbox(port, letters, Path(folder)))
        ratios.append(seconds["bare"] / seconds["outbox"])
        speeds = ", ".join(f"{who} {count / seconds[who]:.0f}/s" for who in ("bare", "outbox"))
        print(f"  pair {pair + 1}: {speeds}, ratio {ratios[-1]:.2f}")
    return ratios


if __name__ == "__main__":
    sys.exit(main())

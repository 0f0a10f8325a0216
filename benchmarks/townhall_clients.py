"""The two clients of ``townhall.py``: who hand in, and who read meanwhile, each in a process of its own.

Their requests are ready beforehand, so that they take little of the processor.
"""

import asyncio
import random
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

READ_EVERY = 0.2  #: seconds between two pages that are opened


@dataclass(frozen=True, slots=True)
class Sent:
    """One hand-in, ready to be sent: what goes over the wire, and who sends it."""

    cookies: str
    request: bytes


@dataclass(frozen=True, slots=True)
class Timed:
    """What a client process measured."""

    answers: list[int]  #: the status of each hand-in, 0 when there was none
    took: list[float]  #: seconds of each hand-in
    pages: list[tuple[str, float]]  #: what was read, and its seconds
    wrong: list[str]  #: pages that did not come, or did not say what they shall
    until: float  #: seconds until the last answer


async def ask(port: int, request: bytes) -> tuple[int, str, bytes]:
    """Send a request on a connection of its own; return the status, where it leads, and the body."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port, limit=2**20)
    writer.write(request)
    answer = await reader.read(-1)
    writer.close()
    head, _, body = answer.partition(b"\r\n\r\n")
    lines = head.decode("latin-1").split("\r\n")
    where = next((line.partition(" ")[2] for line in lines if line.lower().startswith("location:")), "")
    return int(lines[0].split()[1]), where, body


async def page(port: int, path: str, cookies: str) -> tuple[float, int, bytes]:
    begun = time.perf_counter()
    request = f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nCookie: {cookies}\r\nConnection: close\r\n\r\n"
    status, _, body = await ask(port, request.encode())
    return time.perf_counter() - begun, status, body


async def hand_in(port: int, many: Sequence[Sent], spread: float) -> Timed:
    """Hand everything in, each at a moment of its own within ``spread`` seconds, and look at the answer's page."""
    chance, begun = random.Random(200), time.perf_counter()
    timed = Timed([], [], [], [], 0.0)

    async def one(each: Sent, wait: float) -> None:
        await asyncio.sleep(wait)
        start = time.perf_counter()
        try:
            status, where, _ = await ask(port, each.request)
            timed.answers.append(status)
            timed.took.append(time.perf_counter() - start)
            took, status, body = await page(port, where.partition("#")[0] or "/mina", each.cookies)
        except (OSError, ValueError, IndexError) as error:
            timed.wrong.append(f"a hand-in: {error!r}")
            return
        timed.pages.append(("the answer", took))
        if status != 200 or "Tack, det är mottaget".encode() not in body:
            timed.wrong.append(f"the answer's page: {status}")

    await asyncio.gather(*(one(each, chance.uniform(0, spread)) for each in many))
    return Timed(timed.answers, timed.took, timed.pages, timed.wrong, time.perf_counter() - begun)


async def read(port: int, wanted: Sequence[tuple[str, str, str]], done: Path) -> Timed:
    """Open pages at a steady pace until ``done`` is there: what, path and cookies. None waits for the one before."""
    timed = Timed([], [], [], [], 0.0)

    async def one(what: str, path: str, cookies: str) -> None:
        try:
            took, status, _ = await page(port, path, cookies)
        except (OSError, ValueError, IndexError) as error:
            timed.wrong.append(f"{path}: {error!r}")
            return
        timed.pages.append((what, took))
        if status != 200:
            timed.wrong.append(f"{path}: {status}")

    begun = time.perf_counter()
    under_way: list[asyncio.Task[None]] = []
    while not done.exists():
        at = len(under_way)
        under_way.append(asyncio.create_task(one(*wanted[at % len(wanted)])))
        await asyncio.sleep(max(0.0, begun + (at + 1) * READ_EVERY - time.perf_counter()))
    await asyncio.gather(*under_way)
    return timed


def hand_in_here(port: int, many: Sequence[Sent], spread: float) -> Timed:
    return asyncio.run(hand_in(port, many, spread))


def read_here(port: int, wanted: Sequence[tuple[str, str, str]], done: Path) -> Timed:
    return asyncio.run(read(port, wanted, done))

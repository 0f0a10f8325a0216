"""Clocks that jump: no job stops, and a beat from the future is a fault. libfaketime moves the real clock."""

import asyncio
import os
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from app.part_health import Prefect, health
from arshjul.keys import ObligationKey
from flows.machine import Machine
from flows.service.rhythm import Rhythm
from flows.service.watchdog import Watchdog
from notifications.post.post import ListPost
from store.database import memory_store, open_store
from store.plan.waking import wake
from store.service.leases import beat, beats
from store.tables import NoticeRow, ObligationRow, Table
from tests.rig.paths import ROOT
from tests.rig.processes.mailbox_process import Stands
from tests.rig.rounds import House, house, house_after
from tests.rig.servers.ports import free_port
from tests.rig.servers.service import within

LIBRARY = next(map(str, Path("/usr/lib").glob("*/faketime/libfaketimeMT.so.1")), "")
NONE_FOUND = "no libfaketime here (apt-get install faketime; .ci/packages does)"
NOW = datetime(2027, 9, 10, 9, 0, tzinfo=UTC)


@pytest.fixture
def library() -> str:
    if not LIBRARY and os.environ.get("FAKETIME_DEMANDED"):
        pytest.fail(NONE_FOUND)
    if not LIBRARY:
        pytest.skip(NONE_FOUND)
    return LIBRARY


@pytest.fixture
def hands(tmp_path: Path) -> Path:
    """The file that says how far the watchdog's clock is off."""
    file = tmp_path / "clock"
    file.write_text("+0")
    return file


@pytest.fixture
def url(library: str, hands: Path, tmp_path: Path) -> Iterator[str]:
    """The store of a watchdog in a process of its own, which reads the clock in ``hands``."""
    url = f"sqlite:///{tmp_path / 'arshjul.db'}"
    moved = {
        "LD_PRELOAD": library,
        "FAKETIME_TIMESTAMP_FILE": str(hands),
        "FAKETIME_CACHE_DURATION": "1",  # second, after which the file is read again
        "FAKETIME_DONT_FAKE_MONOTONIC": "1",  # nobody sets that one, on any machine
        "PREFECT_API_URL": f"http://127.0.0.1:{free_port()}/api",
    }
    store = open_store(url)
    Table.metadata.create_all(store.engine)
    store.close()
    root = ROOT
    command = [sys.executable, "-m", "tests.rig.processes.clock_process", url]
    with subprocess.Popen(command, cwd=root, env=os.environ | moved) as process:
        yield url
        process.kill()


@pytest.mark.slow
def test_a_clock_that_steps_back_five_hours_stops_no_job(url: str, hands: Path) -> None:
    jobs = {"utkorg", "väktare", "väckning", "loggkedja"}  # those that need no Prefect

    store = open_store(url)

    def seen() -> dict[str, datetime]:
        with store.read() as session:
            return beats(session)

    assert within(150, lambda: jobs <= set(seen()))
    before = seen()
    hands.write_text("-5h")
    often = jobs - {"väktare"}  # every minute: too long to wait for here
    assert within(150, lambda: all(seen()[job] < before[job] - timedelta(hours=4) for job in often))
    store.close()


def test_what_a_clock_that_was_ahead_slept_past_is_thought_of_again_when_it_is_set_back() -> None:
    town = house_after("onsdag 1 september 2027 kl. 08.00")
    opens = min(wakes(town).values())
    due = {key for key, wake in wakes(town).items() if wake == opens}
    clock = Stands(opens + timedelta(hours=12))  # the evening of that day: nothing leaves before the next
    machine = Machine(store=town.store, office=town.office, clock=clock, post=lambda: town.post)
    watchdog = Watchdog(machine, grace=timedelta(0))
    asyncio.run(watchdog.round())
    assert all(wakes(town)[key] > clock.now for key in due)
    clock.now = opens - timedelta(hours=1)
    asyncio.run(watchdog.round())
    assert {wakes(town)[key] for key in due} == {opens}


def test_what_a_clock_that_was_ahead_slept_past_is_thought_of_also_when_it_is_set_back_before_the_first_round() -> None:
    town = house_after("onsdag 1 september 2027 kl. 08.00")
    opens = min(wakes(town).values())
    due = {key for key, wake in wakes(town).items() if wake == opens}
    clock = Stands(opens + timedelta(hours=12))
    machine = Machine(store=town.store, office=town.office, clock=clock, post=lambda: town.post)
    asyncio.run(Watchdog(machine, grace=timedelta(0)).round())
    started = Watchdog(machine, grace=timedelta(0))
    clock.now = opens - timedelta(hours=1)
    asyncio.run(started.round())
    assert {wakes(town)[key] for key in due} == {opens}


def test_what_is_touched_again_and_again_is_carried_out_by_the_watchdog_all_the_same() -> None:
    """The grace of two minutes for a run of Prefect's counts from when it was due, not from the last touch."""
    town = house_after("onsdag 1 september 2027 kl. 08.00")
    opens = min(wakes(town).values())
    clock = Stands(opens)
    watchdog = Watchdog(Machine(store=town.store, office=town.office, clock=clock, post=lambda: town.post))
    for minute in range(4):
        clock.now = opens + timedelta(minutes=minute)
        with town.store.begin() as session:
            wake(session, map(ObligationKey, wakes(town)), clock.now)
        asyncio.run(watchdog.round())
    assert {row.rung for row in town.rows(NoticeRow)} == {"start"}


def wakes(town: House) -> dict[str, datetime]:
    """When each obligation needs a thought next."""
    rows = (row for row in town.rows(ObligationRow) if isinstance(row, ObligationRow))
    return {row.key: row.wake_at for row in rows if row.wake_at}


def test_a_job_is_done_at_once_at_its_pace_and_when_it_is_woken() -> None:
    done: list[float] = []

    async def job() -> None:
        done.append(asyncio.get_running_loop().time())

    async def scene() -> None:
        often, seldom = Rhythm(name="ofta", job=job, seconds=0.01), Rhythm(name="sällan", job=job, seconds=1000)
        task = asyncio.create_task(often.go_on())
        while len(done) < 3:
            await asyncio.sleep(0.01)
        task.cancel()
        done.clear()
        task = asyncio.create_task(seldom.go_on())
        while not done:
            await asyncio.sleep(0)
        await seldom.wake()
        while len(done) < 2:
            await asyncio.sleep(0)
        task.cancel()

    asyncio.run(asyncio.wait_for(scene(), 300))


@pytest.mark.parametrize(("ahead", "ok"), [(0, True), (29, True), (31, False), (3600, False), (-181, False)])
def test_a_beat_from_the_future_is_a_fault_with_its_remedy(ahead: int, ok: bool) -> None:
    store = memory_store()
    with store.begin() as session:
        for part in ("utkorg", "väktare"):
            beat(session, part, NOW + timedelta(seconds=ahead))
    machine = Machine(store=store, office=house().office, clock=Stands(NOW), post=ListPost)
    found = health(machine, Prefect(api="http://127.0.0.1:1/api"))["väktare"]
    assert found.ok is ok
    assert ("Ställ serverns klocka rätt" in found.text) is (ahead > 30)

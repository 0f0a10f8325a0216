"""A Prefect that is down, or never answers, or a second service beside: letters go all the same, and once."""

import asyncio
import socket
import subprocess
import sys
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import httpx
import pytest
from prefect.settings import PREFECT_API_URL, temporary_settings
from sqlalchemy import select

from app.clock import clock_for
from app.settings import Settings
from app.wiring import open_machine, prepare
from arshjul.swedish import STOCKHOLM
from flows.machine import Machine, at_hand
from flows.reports import reports_of
from flows.service.watchdog import Watchdog
from store.database import open_store
from store.service.leases import LEADER, beats
from store.tables import Lease, LetterRow
from tests.rig.hands import Hands
from tests.rig.servers.ports import free_port
from tests.rig.servers.served import CHIEF, READERS, daily, letters_to, mail
from tests.rig.servers.service import environment, reporting_to, within
from tests.rig.servers.smtp_sink import Sink

pytestmark = pytest.mark.slow
pytest_plugins = ["tests.rig.servers.prefect_server"]


@pytest.fixture
def installation(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[Machine, Hands, Sink]]:
    """An installation of its own with a post of its own, and a clock in our hands; flows open the same one."""
    with Sink() as post:
        variables = environment(tmp_path / "data", SMTP_URL=f"smtp://127.0.0.1:{post.port}", NOW="2027-09-10T06:55")
        for name, value in variables.items():
            if name.startswith("ARSHJUL_"):
                monkeypatch.setenv(name, value)
        settings = Settings()
        prepare(settings, clock_for(settings))
        machine, clock = open_machine(settings), Hands(clock_for(settings)())
        yield replace(machine, clock=clock), clock, post


def at(hour: int, minute: int, second: int = 0) -> datetime:
    return datetime(2027, 9, 10, hour, minute, second, tzinfo=STOCKHOLM)


def test_with_prefect_down_the_watchdog_sends_after_its_grace_and_the_run_finds_it_done(installation, prefect_server):
    machine, clock, post = installation
    watchdog = Watchdog(machine, grace=timedelta(minutes=2))

    async def outage() -> None:
        clock.now = at(6, 58)
        await watchdog.round()
        clock.now = at(7, 1, 30)
        await watchdog.round()
        await watchdog.outbox.empty()
        assert set(daily(post)) == set()  # Prefect still has time
        with pytest.raises(httpx.HTTPError):
            await watchdog.prefect.plan()
        clock.now = at(7, 2, 30)
        await watchdog.round()
        await watchdog.outbox.empty()
        assert set(daily(post)) == READERS

    with temporary_settings({PREFECT_API_URL: f"http://127.0.0.1:{free_port()}/api"}):
        asyncio.run(outage())
    sent = len(post.accepted)
    clock.now = at(7, 4)
    report = reports_of(machine.office.definition)["delarsrapport"]
    with reporting_to(prefect_server.api, prefect_server.auth), at_hand(machine):
        state = asyncio.run(report("2027-08", moment="start", return_state=True))
    asyncio.run(watchdog.outbox.empty())
    assert state.name == "Ofullständig"
    assert len(post.accepted) == sent
    with machine.store.read() as session:
        assert {row.run_id for row in session.scalars(select(LetterRow))} == {None}


def test_a_prefect_that_never_answers_holds_up_neither_round_nor_outbox(installation):
    machine, clock, post = installation
    clock.now = at(7, 10)

    async def watch(watchdog: Watchdog) -> None:
        stopping = asyncio.Event()
        watching = asyncio.create_task(watchdog.watch(stopping))
        for _ in range(600):  # a job beats when it is over, a moment after its last letter came
            if set(daily(post)) == READERS and {"utkorg", "väktare"} <= set(beaten()):
                break
            await asyncio.sleep(0.2)
        stopping.set()
        await watching

    def beaten() -> Mapping[str, datetime]:
        with machine.store.read() as session:
            return beats(session)

    with socket.create_server(("127.0.0.1", 0)) as silent:  # takes connections, and says nothing
        port = silent.getsockname()[1]
        with temporary_settings({PREFECT_API_URL: f"http://127.0.0.1:{port}/api"}):
            asyncio.run(watch(Watchdog(machine, grace=timedelta(minutes=2))))
    assert set(daily(post)) == READERS
    assert {"utkorg", "väktare"} <= set(beaten())
    assert not {"plan", "formulär"} & set(beaten())  # they wait for Prefect still


@pytest.mark.nightly  # three processes of the whole; test_leases holds who leads
def test_a_second_service_stands_by_and_sends_when_the_first_is_killed(installation, tmp_path: Path):
    _, _, post = installation
    env = {**environment(tmp_path / "data", SMTP_URL=f"smtp://127.0.0.1:{post.port}", NOW="2027-09-10T09:00")}
    env["PREFECT_API_URL"] = f"http://127.0.0.1:{free_port()}/api"  # nobody there

    def start() -> subprocess.Popen[bytes]:
        with (tmp_path / "tjanst.log").open("ab") as log:
            return subprocess.Popen([sys.executable, "-m", "app", "service"], env=env, stdout=log, stderr=log)

    def leader() -> str:
        with open_store(f"sqlite:///{tmp_path / 'data' / 'arshjul.db'}").read() as session:
            lease = session.get(Lease, LEADER)
            return lease.holder.split("/")[1] if lease else ""

    def command(*argv: str) -> None:
        subprocess.run([sys.executable, "-m", "app", *argv], env=env, check=True, capture_output=True, timeout=150)

    first = start()
    second = None
    try:
        assert within(150, lambda: leader() == str(first.pid)), (tmp_path / "tjanst.log").read_text()
        second = start()
        command("reconcile")
        assert within(150, lambda: set(daily(post)) == READERS)
        assert leader() == str(first.pid)
        first.kill()
        first.wait()
        handed_in = ("submit", "delarsrapport", "2027-08", "bildningsnamnden", "mal-och-resultat")
        command(*handed_in, "--ej-aktuellt", "Nämnden har inga egna mål det här året.")
        assert within(150, lambda: letters_to(post, CHIEF, "/kvittens/")), (tmp_path / "tjanst.log").read_text()
        assert leader() == str(second.pid)
        keys = [mail(each)["X-Arshjul-Key"] for each in post.accepted]
        assert len(keys) == len(set(keys))
    finally:
        for process in (first, second):
            if process and process.poll() is None:
                process.terminate()
                process.wait(150)

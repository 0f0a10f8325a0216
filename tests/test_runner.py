"""The runner on a real Prefect server: its own functions alone, its own installation alone, and what came before it."""

import asyncio
import os
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest
from prefect.client.orchestration import PrefectClient
from prefect.client.schemas.objects import FlowRun, State, StateType
from prefect.exceptions import ObjectNotFound
from prefect.states import Scheduled
from sqlalchemy import select

from app.clock import clock_for
from app.guard import end_groups
from app.settings import Settings
from app.up import child_env
from app.wiring import open_machine, prepare
from flows.deployments import registered, report_deployments
from flows.earlier import clear_away_earlier
from flows.lost_forms import why_lost
from flows.machine import Machine
from flows.planned import planned_runs
from flows.schedule import scheduled, sync_runs
from flows.sharing import refuse_clash
from store.tables import LogRow, Run
from tests.service import environment, within
from tests.test_people import HEAD

pytestmark = pytest.mark.slow

pytest_plugins = ["tests.prefect_server"]

DEFINITIONS = Path(__file__).with_name("definitions")
NOW = "2027-09-10T09:00"
REST = {"rapport": "Delårsrapport", "period": "2027-08", "enhet": "Omsorgsnämnden", "till": "2027-09-15"}
WHO = {"varfor": "Förvaltningschefen är sjuk.", "vem": "controllern"}


class Installation:
    """One installation on the shared server, its runner in a process of its own."""

    def __init__(self, folder: Path, api: str, **variables: str) -> None:
        self.api, self.log = httpx.Client(base_url=api, trust_env=False, timeout=30), folder / "runner.log"
        folder.mkdir()
        env = environment(folder / "data", PREFECT_API_URL=api, NOW=NOW, I_DRIFT_FRAN="2027-08-01", **variables)
        self.settings = _settings(env)
        prepare(self.settings, clock_for(self.settings, env))
        self.env = child_env(self.settings, environ=env)
        self.process: subprocess.Popen[bytes] | None = None

    @property
    def machine(self) -> Machine:
        return open_machine(self.settings)

    def start(self) -> None:
        with self.log.open("ab") as log:
            argv = [sys.executable, "-m", "app", "runner"]
            self.process = subprocess.Popen(argv, env=self.env, stdout=log, stderr=log, process_group=0)

    def stop(self) -> None:
        if self.process:
            end_groups([self.process.pid], reap=self.process.poll)
            self.process.wait()

    def ask(self, method: str, path: str, **more: Any) -> httpx.Response:
        """Ask the Prefect API; again while its database is busy."""
        for _ in range(40):
            answer = self.api.request(method, path, **more)
            if answer.status_code != 503:
                break
            time.sleep(0.5)
        return answer

    def deployment(self, flow: str) -> dict[str, Any]:
        answer = self.ask("GET", f"/deployments/name/{flow}/{self.machine.whose().deployment(flow)}")
        return answer.json() if answer.status_code == 200 else {}

    def fill_in(self, form: str, **parameters: str) -> str:
        answer = self.ask(
            "POST", f"/deployments/{self.deployment(form)['id']}/create_flow_run", json={"parameters": parameters}
        )
        answer.raise_for_status()
        return str(answer.json()["id"])

    def ended(self, run: str) -> tuple[str, str]:
        def look() -> Any:
            state = self.ask("GET", f"/flow_runs/{run}").json()["state"]
            return state if state["type"] in ("COMPLETED", "FAILED", "CRASHED", "CANCELLED") else None

        state = within(300, look)
        assert state, self.log.read_text()
        return state["name"], state["message"] or ""

    def logged(self, what: str) -> list[LogRow]:
        with self.machine.store.read() as session:
            return list(session.scalars(select(LogRow).where(LogRow.what == what)))


def _settings(env: dict[str, str]) -> Settings:
    saved = dict(os.environ)
    os.environ.clear()
    os.environ |= env
    try:
        return Settings()
    finally:
        os.environ.clear()
        os.environ |= saved


@pytest.fixture(scope="module")
def hedemora(tmp_path_factory, prefect_server) -> Iterator[Installation]:
    """Hedemora's installation, its runner at work."""
    here = Installation(tmp_path_factory.mktemp("runner") / "hedemora", prefect_server.api)
    here.start()
    try:
        assert within(300, lambda: here.deployment("Avstämning nu")), here.log.read_text()
        yield here
    finally:
        here.stop()


@pytest.fixture(scope="module")
def ekeby(tmp_path_factory, prefect_server) -> Iterator[Installation]:
    """Another municipality's, on the same server; its runner at work."""
    folder = tmp_path_factory.mktemp("runner")
    (folder / "personer.csv").write_text(HEAD)  # nobody yet
    variables = {"DEFINITION": str(DEFINITIONS / "ekeby.yaml"), "PEOPLE": str(folder / "personer.csv")}
    here = Installation(folder / "ekeby", prefect_server.api, **variables)
    here.start()
    try:
        assert within(300, lambda: here.deployment("Avstämning nu")), here.log.read_text()
        yield here
    finally:
        here.stop()


def test_what_somebody_writes_into_a_deployment_is_never_obeyed_and_is_put_right(hedemora, tmp_path):
    """A stubborn one: all that a deployment can say, again and again until the run has ended."""
    planted, evil = tmp_path / "planted", tmp_path / "evil.py"
    evil.write_text(f"from prefect import flow\nopen({str(planted)!r}, 'w')\n@flow\ndef evil(**_): pass\n")
    before = hedemora.deployment("Vila brev")
    deployment = f"/deployments/{before['id']}"
    hedemora.api.post("/work_pools/", json={"name": "frammande", "type": "process"})
    attack = {
        "pull_steps": [{"prefect.deployments.steps.run_shell_script": {"script": f"touch {planted}"}}],
        "entrypoint": f"{evil}:evil",
        "path": str(tmp_path),
        "parameters": {"vem": "någon annan"},
        "tags": [],
    }
    more = {"job_variables": {"env": {"ARSHJUL_DATA_DIR": str(tmp_path)}}, "concurrency_limit": 1, "paused": True}
    ended = threading.Event()

    def again_and_again() -> None:
        while not ended.is_set():
            hedemora.api.patch(deployment, json=attack)
            ended.wait(0.5)

    attacker = threading.Thread(target=again_and_again)
    attacker.start()
    try:
        run = hedemora.fill_in("Vila brev", **REST, **WHO)
        told = hedemora.ended(run)
    finally:
        ended.set()
        attacker.join()
    assert told == ("Registrerat", "Påminnelserna vilar till och med onsdag 15 september 2027. Fristen står fast.")
    assert [row.who for row in hedemora.logged("quiet.vila")] == ["controllern"]
    assert hedemora.ask("PATCH", deployment, json=more | {"work_pool_name": "frammande"}).status_code == 204

    same = ("pull_steps", "entrypoint", "path", "parameters", "tags", "job_variables", "paused", "work_pool_name",
            "global_concurrency_limit", "parameter_openapi_schema", "schedules")  # fmt: skip

    def wrong() -> dict[str, Any]:
        there = hedemora.deployment("Vila brev")
        return {name: there[name] for name in same if (there[name] or None) != (before[name] or None)}

    assert within(200, lambda: not wrong()), wrong()
    assert not planted.exists()
    fields = {"pull_steps", "entrypoint", "path", "parameters", "tags", "job_variables", "work_pool_name", "paused"}

    def told_fields() -> set[str]:
        return {name for row in hedemora.logged("deployment.put_right") for name in row.detail["fields"]}

    assert within(200, lambda: fields | {"concurrency_limit"} <= told_fields()), told_fields()
    assert {row.key for row in hedemora.logged("deployment.put_right")} == {"Vila brev · Hedemora kommun"}
    told_so_far = len(hedemora.logged("deployment.put_right"))
    assert hedemora.ended(hedemora.fill_in("Vila brev", **REST, **WHO))[0] == "Registrerat"  # after another look or two
    assert len(hedemora.logged("deployment.put_right")) == told_so_far  # what is right is not put right for ever


async def _planned(client: PrefectClient, here: Installation) -> set[str]:
    """Plan an installation's autumn on the server; return the ids of its runs."""
    machine = here.machine
    now = machine.clock()
    with machine.look() as scene:
        definition, milestones = scene.wheel.definition, scene.wheel.milestones
    deployments = await report_deployments(client, definition, machine.whose())
    assert deployments
    runs = [run for run in planned_runs(each for each in milestones if each.step == "delarsrapport") if run.at > now][
        :3
    ]
    await sync_runs(client, machine.store, machine.whose(), deployments, runs, now)
    return {str(run.id) for run in await scheduled(client, list(deployments.values()))}


def test_two_municipalities_on_one_server_never_touch_each_others(hedemora, ekeby):
    """The same flows, the same forms, the same moments: each has its own."""
    ours, theirs = hedemora.deployment("Avstämning nu"), ekeby.deployment("Avstämning nu")
    assert (ours["name"], theirs["name"]) == ("Avstämning nu · Hedemora kommun", "Avstämning nu · Ekeby kommun")
    assert ours["flow_id"] == theirs["flow_id"]
    assert {"kommun:hedemora"} <= set(ours["tags"]) and {"kommun:ekeby"} <= set(theirs["tags"])

    async def plan() -> None:
        async with PrefectClient(str(hedemora.api.base_url)) as client:
            first = await _planned(client, hedemora)
            second = await _planned(client, ekeby)
            assert len(first) == len(second) == 3 and not first & second
            assert await _planned(client, hedemora) == first  # the other's plan has removed and moved nothing
            assert await _planned(client, ekeby) == second

    asyncio.run(plan())
    assert ekeby.ended(ekeby.fill_in("Avstämning nu", vem="ekonomen i Ekeby"))[0] == "Registrerat"
    assert hedemora.ended(hedemora.fill_in("Avstämning nu", vem="ekonomen"))[0] == "Registrerat"
    assert not ekeby.logged("quiet.vila") and not ekeby.logged("deployment.put_right")


def test_another_installation_of_the_same_municipality_is_refused_with_its_remedy(hedemora, tmp_path):
    """A trial beside production: the same definition, another data folder, the same server."""
    before = hedemora.deployment("Vila brev")
    trial = Installation(tmp_path / "prov", str(hedemora.api.base_url))
    for command in ("runner", "up"):
        done = subprocess.run(
            [sys.executable, "-m", "app", command],
            env=trial.env,
            capture_output=True,
            text=True,
            timeout=150,
            check=False,
        )
        told = " ".join((done.stdout + done.stderr).split())
        assert done.returncode == 1
        assert "På Prefect-servern finns redan en annan installation för Hedemora kommun" in told
        assert "Ge den här installationen ett eget namn med ARSHJUL_INSTALLATION, till exempel test" in told
    after = hedemora.deployment("Vila brev")
    assert {name for name in before if after[name] != before[name]} <= {"last_polled", "status"}

    named = replace(trial.machine, place="test")
    assert named.whose().deployment("Vila brev") == "Vila brev · Hedemora kommun (test)"

    async def refused() -> None:
        async with PrefectClient(str(hedemora.api.base_url)) as client:
            await refuse_clash(client, named.whose(), await registered(named))

    asyncio.run(refused())  # with the remedy it is not refused


def test_what_an_earlier_version_registered_is_taken_over_once(hedemora, tmp_path):
    """Its names had no municipality; its runs are planned anew under ours, and what people asked for comes along."""
    name, machine = "Delårsrapport", hedemora.machine
    key = UUID(hedemora.deployment(name)["id"])
    later = datetime.now(UTC) + timedelta(days=9)

    async def upgrade() -> None:
        async with PrefectClient(str(hedemora.api.base_url)) as client:
            ours = {key: next(each for each in await registered(machine) if each.flow.name == name)}

            async def earlier(**run: Any) -> UUID:
                made = await client.create_flow_run_from_deployment(
                    old, state=Scheduled(scheduled_time=later), parameters={"period": "2027-08"}, **run
                )
                return made.id

            async def clear_away() -> None:
                occurrences = [("delarsrapport", "2027-08")]
                await clear_away_earlier(client, machine.store, machine.whose(), ours, occurrences)

            old = await client.create_deployment(UUID(hedemora.deployment(name)["flow_id"]), name)
            planned = await earlier(idempotency_key="arshjul/delarsrapport/2027-08/frist/2027-09-21T16:00+02:00")
            strangers = await earlier(idempotency_key="arshjul/delarsrapport/2027-08/ks/2027-10-19T08:30+02:00")
            by_hand = await earlier(name="Efter lunch")
            with machine.store.begin() as session:
                session.add(Run(key="arshjul/tidigare", flow_run_id=str(planned), at=later, done_at=None))

            await clear_away()  # a run that we have not planned stands there: another installation's
            assert {run.id for run in await scheduled(client, [old])} == {strangers, by_hand}

            await client.delete_flow_run(strangers)
            before = {run.id for run in await scheduled(client, [key])}
            for _ in range(2):
                await clear_away()
            with pytest.raises(ObjectNotFound):
                await client.read_deployment(old)
            [taken] = [run for run in await scheduled(client, [key]) if run.id not in before]
            assert (taken.name, taken.expected_start_time) == ("Efter lunch", later)
            assert taken.parameters == {"period": "2027-08"}
            assert "kommun:hedemora" in taken.tags
            await client.delete_flow_run(taken.id)

    asyncio.run(upgrade())


DUE = datetime(2027, 9, 10, 9, 0, tzinfo=UTC)
SOON, LATE = timedelta(minutes=9), timedelta(minutes=11)


@pytest.mark.parametrize(
    ("state", "name", "after", "word"),
    [
        ("SCHEDULED", "Late", SOON, None),
        ("SCHEDULED", "Late", LATE, "har inte kommit i gång"),
        ("PENDING", "Pending", LATE, "har stannat"),
        ("RUNNING", "Running", SOON, None),
        ("RUNNING", "Running", LATE, "har stannat"),
        ("CRASHED", "Crashed", timedelta(0), "dog innan den var klar"),
        ("CRASHED", "Uppgivet", LATE, None),
        ("FAILED", "Failed", timedelta(0), "tekniskt fel"),
        ("FAILED", "Avslaget", LATE, None),
        ("COMPLETED", "Registrerat", LATE, None),
        ("CANCELLED", "Cancelled", LATE, None),
    ],
)
def test_a_form_is_lost_when_its_run_died_or_waits_in_vain(state, name, after, word):
    run = FlowRun(
        flow_id=uuid4(), expected_start_time=DUE, state=State(type=StateType(state), name=name, timestamp=DUE)
    )  # fmt: skip
    why = why_lost(run, DUE + after, DUE - SOON)
    assert (word in why) if word and why else why == word


def test_a_form_that_was_sent_in_while_the_service_stood_still_is_given_its_time():
    run = FlowRun(flow_id=uuid4(), expected_start_time=DUE, state=State(type=StateType.SCHEDULED, timestamp=DUE))
    started = DUE + timedelta(hours=3)
    assert why_lost(run, started + SOON, started) is None
    assert why_lost(run, started + LATE, started)

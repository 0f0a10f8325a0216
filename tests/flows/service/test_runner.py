"""The runner on a real Prefect server: its own functions alone, its own installation alone, and what came before it."""

import asyncio
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email import message_from_bytes
from email.policy import default
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest
from prefect.client.orchestration import PrefectClient, get_client
from prefect.client.schemas.objects import FlowRun, State, StateType
from prefect.exceptions import ObjectNotFound
from prefect.states import Pending, Running, Scheduled
from sqlalchemy import select

from app.clock import clock_for
from app.part_health import Prefect, health
from app.run.guard import end_groups
from app.run.up import child_env
from app.wiring import open_machine, prepare
from arshjul.errors import RefusedError
from flows.forms.lost import settle_lost_forms, why_lost
from flows.machine import Machine
from flows.runs.left_behind import SILENT, WORDS, tell_left_behind
from flows.runs.planned import planned_runs
from flows.runs.schedule import scheduled, sync_runs
from flows.service.deployments import registered, report_deployments
from flows.service.earlier import clear_away_earlier
from flows.service.keeper import Keeper
from flows.service.runner import RUN, Runner, in_own_thread, is_taken
from flows.service.server_sharing import refuse_clash_at
from portal.prefect.sharing import NOT_OURS, closed_pages
from portal.prefect_client import PrefectServer as PortalsServer
from portal.web.context import HealthPart
from store.service.installation import INSTALLATION, set_up
from store.service.leases import RUNNER
from store.tables import LetterRow, LogRow, Run
from tests.rig.handins import HEAD
from tests.rig.handins import NOW as NOON
from tests.rig.hands import Hands
from tests.rig.hedemora import town
from tests.rig.pages.browsers import served
from tests.rig.pages.hall import SECRET, Hall
from tests.rig.pages.logging_in import log_in
from tests.rig.paths import TESTS
from tests.rig.scenes import writing
from tests.rig.servers.prefect_server import PrefectServer
from tests.rig.servers.service import environment, prefect_client, reporting_to, settings_of, within

pytestmark = pytest.mark.slow

pytest_plugins = ["tests.rig.servers.prefect_server"]

DEFINITIONS = TESTS / "definitions"
NOW = "2027-09-10T09:00"
REST = {"rapport": "Delårsrapport", "period": "2027-08", "enhet": "Omsorgsnämnden", "till": "2027-09-15"}
WHO = {"varfor": "Förvaltningschefen är sjuk.", "vem": "controllern"}


class Installation:
    """One installation on the shared server, its runner in a process of its own."""

    def __init__(self, folder: Path, server: PrefectServer, **variables: str) -> None:
        self.server, self.log = server, folder / "runner.log"
        self.api = prefect_client(server.api, server.auth)
        folder.mkdir()
        here = {"PREFECT_API_URL": server.api, "PREFECT_AUTH": server.auth, "NOW": NOW}
        env = environment(folder / "data", **here, I_DRIFT_FRAN="2027-08-01", **variables)
        self.settings = settings_of(env)
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

    def register(self) -> None:
        """Register what this installation can run, with nobody who carries it out."""
        with reporting_to(self.server.api, self.server.auth):
            asyncio.run(registered_by(self.machine))

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


async def registered_by(machine: Machine) -> Keeper:
    """Register what an installation can run."""
    keeper = Keeper(machine)
    async with get_client() as client:
        await keeper.register(client)
    return keeper


@pytest.fixture(scope="module")
def hedemora(tmp_path_factory, prefect_server) -> Iterator[Installation]:
    """Hedemora's installation, its runner at work."""
    here = Installation(tmp_path_factory.mktemp("runner") / "hedemora", prefect_server)
    here.start()
    try:
        assert within(300, lambda: here.deployment("Avstämning nu")), here.log.read_text()
        yield here
    finally:
        here.stop()


@pytest.fixture(scope="module")
def ekeby(tmp_path_factory, prefect_server) -> Iterator[Installation]:
    """Another municipality's, registered on the same server."""
    folder = tmp_path_factory.mktemp("runner")
    (folder / "personer.csv").write_text(HEAD)  # nobody yet
    variables = {"DEFINITION": str(DEFINITIONS / "ekeby.yaml"), "PEOPLE": str(folder / "personer.csv")}
    here = Installation(folder / "ekeby", prefect_server, **variables)
    here.register()
    yield here
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
    same = ("pull_steps", "entrypoint", "path", "parameters", "tags", "job_variables", "paused", "work_pool_name",
            "global_concurrency_limit", "parameter_openapi_schema", "schedules")  # fmt: skip

    def wrong() -> dict[str, Any]:
        there = hedemora.deployment("Vila brev")
        return {name: there[name] for name in same if (there[name] or None) != (before[name] or None)}

    assert within(200, lambda: not wrong()), wrong()
    # not before: what is put right at that moment would be put right with it, and told as what was seen
    assert hedemora.ask("PATCH", deployment, json=more | {"work_pool_name": "frammande"}).status_code == 204
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
        async with PrefectClient(hedemora.server.api, auth_string=hedemora.server.auth) as client:
            first = await _planned(client, hedemora)
            second = await _planned(client, ekeby)
            assert len(first) == len(second) == 3 and not first & second
            assert await _planned(client, hedemora) == first  # the other's plan has removed and moved nothing
            assert await _planned(client, ekeby) == second

    asyncio.run(plan())
    theirs = ekeby.fill_in("Avstämning nu", vem="ekonomen i Ekeby")
    assert hedemora.ended(hedemora.fill_in("Avstämning nu", vem="ekonomen"))[0] == "Registrerat"
    assert (
        ekeby.ask("GET", f"/flow_runs/{theirs}").json()["state"]["type"] == "SCHEDULED"
    )  # it waits for its own runner
    assert not ekeby.logged("quiet.vila") and not ekeby.logged("deployment.put_right")


def test_a_shared_server_gives_the_ekonomikontor_nothing_of_anothers(hedemora, ekeby):
    """Neither runs, artifacts nor logs, through the portal, until the setting accepts it."""
    run = ekeby.fill_in("Avstämning nu", vem="ekonomen i Ekeby")
    assert hedemora.machine.whose().owner_tag not in ekeby.ask("GET", f"/flow_runs/{run}").json()["tags"]
    assert ekeby.machine.whose().owner_tag in ekeby.ask("GET", f"/flow_runs/{run}").json()["tags"]  # by this it is told
    asked = [("GET", f"flow_runs/{run}"), ("GET", f"deployments/{ekeby.deployment('Avstämning nu')['id']}")]
    asked += [
        ("POST", f"{kind}/filter") for kind in ("flow_runs", "deployments", "artifacts", "artifacts/latest", "logs")
    ]
    at, place = (hedemora.server.api, hedemora.server.auth), town()
    with place.store.begin() as session:
        set_up(session, {INSTALLATION: hedemora.machine.whose().installation}, NOON)
    for shared, status in ((True, 403), (False, 200)):
        hall = Hall(place, prefect=PortalsServer(*at, "hedemora", shared=shared))
        with served(hall.app()) as portal, httpx.Client(base_url=portal, trust_env=False, timeout=150) as eva:
            log_in(eva, place.store, SECRET, hall.now)
            eva.headers["origin"] = portal
            answers = {path: eva.request(method, f"/prefect/api/{path}", json={}) for method, path in asked}
            assert {each.status_code for each in answers.values()} == {status}
            assert any("Ekeby" in each.text for each in answers.values()) == (not shared)
            page = eva.get("/prefect/v2/runs")
            assert ("ARSHJUL_PREFECT_SHARED=true" in page.text) == shared
    told = [
        asyncio.run(closed_pages(PortalsServer(*at, "hedemora", shared=each), place.store)) for each in (True, False)
    ]
    assert told == [[NOT_OURS], []]  # and so is whoever starts the service


@pytest.mark.nightly  # a runner of its own, half a minute
def test_the_runners_of_two_municipalities_carry_out_each_its_own(hedemora, ekeby):
    ekeby.start()
    assert ekeby.ended(ekeby.fill_in("Avstämning nu", vem="ekonomen i Ekeby"))[0] == "Registrerat"
    assert hedemora.ended(hedemora.fill_in("Avstämning nu", vem="ekonomen"))[0] == "Registrerat"


REFUSED = "På Prefect-servern finns redan en annan installation för Hedemora kommun"
REMEDY = "Ge den här installationen ett eget namn med ARSHJUL_INSTALLATION, till exempel test"


def test_another_installation_of_the_same_municipality_is_refused_with_its_remedy(hedemora, tmp_path):
    """A trial beside production: the same definition, another data folder, the same server."""
    before = hedemora.deployment("Vila brev")
    trial = Installation(tmp_path / "prov", hedemora.server).machine
    api, auth = hedemora.server.api, hedemora.server.auth
    with reporting_to(api, auth), pytest.raises(RefusedError, match=f"{REFUSED}.*{REMEDY}"):
        asyncio.run(registered_by(trial))
    with pytest.raises(RefusedError, match=f"{REFUSED}.*{REMEDY}"):
        asyncio.run(refuse_clash_at(api, auth, trial))
    after = hedemora.deployment("Vila brev")
    assert {name for name in before if after[name] != before[name]} <= {"last_polled", "status"}
    asyncio.run(refuse_clash_at(api, auth, replace(trial, place="test")))  # with the remedy it is not refused
    assert replace(trial, place="test").whose().deployment("Vila brev") == "Vila brev · Hedemora kommun (test)"


@pytest.mark.nightly  # the whole's own commands
def test_the_commands_of_another_installation_end_with_the_remedy(hedemora, tmp_path):
    trial = Installation(tmp_path / "prov", hedemora.server)
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
        assert REFUSED in told and REMEDY in told


def test_what_an_earlier_version_registered_is_taken_over_once(hedemora, tmp_path):
    """Its names had no municipality; its runs are planned anew under ours, and what people asked for comes along."""
    name, machine = "Delårsrapport", hedemora.machine
    key = UUID(hedemora.deployment(name)["id"])
    later = datetime.now(UTC) + timedelta(days=9)

    async def upgrade() -> None:
        async with PrefectClient(hedemora.server.api, auth_string=hedemora.server.auth) as client:
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


def _settle(here: Installation, later: timedelta = timedelta()) -> int:
    machine = here.machine
    machine = replace(machine, clock=Hands(machine.clock.real(machine.clock()) + later))

    async def settle() -> int:
        async with PrefectClient(here.server.api, auth_string=here.server.auth) as client:
            return await settle_lost_forms(client, machine, DUE)

    return asyncio.run(settle())


def _put(here: Installation, run: str, state: str) -> None:
    body = {"state": {"type": state}, "force": True}
    assert here.ask("POST", f"/flow_runs/{run}/set_state", json=body).status_code in (200, 201)


def _notes(here: Installation) -> list[tuple[str, str]]:
    """Return the words about lost forms: subject and text."""
    with here.machine.store.read() as session:
        letters = list(session.scalars(select(LetterRow).where(LetterRow.key.contains("/formular/"))))
    plain = [message_from_bytes(each.mime, policy=default).get_body(("plain",)) for each in letters]
    return [
        (each.subject, " ".join(body.get_content().split())) for each, body in zip(letters, plain, strict=True) if body
    ]


AGAIN = "Inget är registrerat. Skicka in formuläret igen."


def _told_once_that_it_is_given_up(here: Installation, run: str, why: str, later: timedelta = timedelta()) -> None:
    assert (_settle(here, later), _settle(here, later)) == (1, 0)
    assert here.ended(run) == ("Uppgivet", f"{why} {AGAIN}")
    [(subject, note)] = _notes(here)
    assert subject == "Inte registrerat: Vila brev"
    assert "Enhet: Omsorgsnämnden" in note and "Varför?: Förvaltningschefen är sjuk." in note
    assert f"/v2/deployments/deployment/{here.deployment('Vila brev')['id']}/run" in note
    assert [row.key for row in here.logged("form.given_up")] == ["Vila brev"]


def test_a_form_whose_run_died_is_told_once(prefect_server, tmp_path):
    here = Installation(tmp_path / "prov", prefect_server, INSTALLATION="prov")  # nobody carries out its runs
    here.register()
    run = here.fill_in("Vila brev", **REST, **WHO)
    _put(here, run, "CRASHED")  # as the runner says of a run that it could not carry out
    _told_once_that_it_is_given_up(here, run, "Körningen dog innan den var klar.")
    assert here.logged("quiet.vila") == []


@pytest.mark.nightly  # a runner of its own, half a minute
def test_a_form_whose_runner_is_killed_midway_is_told_and_can_be_sent_in_again(hedemora):
    """Its run then never records, whoever starts it again; the same form sent in anew does, once."""
    before = len(hedemora.logged("quiet.vila"))
    with writing(hedemora.machine):  # the form comes no further than here: the store is ours
        run = hedemora.fill_in("Vila brev", **REST, **WHO)
        running = lambda: hedemora.ask("GET", f"/flow_runs/{run}").json()["state"]["type"] == "RUNNING"  # noqa: E731
        assert within(300, running), hedemora.log.read_text()
        hedemora.process.kill()
        hedemora.process.wait()
    hedemora.start()  # as up does
    assert _settle(hedemora, SOON) == 0  # it could be at work still
    stopped = "Körningen har stannat utan att bli klar."
    _told_once_that_it_is_given_up(hedemora, run, stopped, LATE)

    _put(hedemora, run, "SCHEDULED")  # somebody starts the old one again
    assert within(200, lambda: hedemora.ask("GET", f"/flow_runs/{run}").json()["state"]["type"] != "SCHEDULED")
    assert hedemora.ended(run) == ("Uppgivet", f"{stopped} {AGAIN}")
    assert len(hedemora.logged("quiet.vila")) == before
    assert hedemora.ended(hedemora.fill_in("Vila brev", **REST, **WHO))[0] == "Registrerat"
    assert len(hedemora.logged("quiet.vila")) == before + 1


@pytest.mark.nightly  # a runner of its own, half a minute
def test_a_form_that_recorded_before_its_process_died_is_shown_as_recorded_and_never_records_again(hedemora):
    run = hedemora.fill_in("Vila brev", **REST, **WHO)
    answered = hedemora.ended(run)
    before, told = len(hedemora.logged("quiet.vila")), len(_notes(hedemora))
    _put(hedemora, run, "CRASHED")  # as the runner says of a process that died after its commit
    assert _settle(hedemora) == 0
    assert hedemora.ended(run) == answered
    _put(hedemora, run, "SCHEDULED")
    assert within(200, lambda: hedemora.ask("GET", f"/flow_runs/{run}").json()["state"]["type"] != "SCHEDULED")
    assert hedemora.ended(run) == answered
    assert (len(hedemora.logged("quiet.vila")), len(_notes(hedemora))) == (before, told)


class Faulty(httpx.AsyncBaseTransport):
    """A network to the server that loses the first answer about one run, and is told of a fault about another."""

    def __init__(self, *, lost: str, broken: str) -> None:
        self._to_server, self._lost, self._broken = httpx.AsyncHTTPTransport(), {lost}, broken

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        about = request.url.path.removesuffix("/set_state").rpartition("/")[2]
        if about == self._broken:
            return httpx.Response(500, request=request)
        answer = await self._to_server.handle_async_request(request)
        if about in self._lost:
            self._lost.clear()
            await answer.aclose()
            raise httpx.ReadError("the connection broke before the answer")
        return answer


def test_a_run_whose_answer_was_lost_is_carried_out_and_one_at_fault_holds_up_no_other(prefect_server, tmp_path):
    here = Installation(tmp_path / "nat", prefect_server, INSTALLATION="bruten")

    async def begin() -> tuple[str, str]:
        keeper = await registered_by(here.machine)
        runner = Runner(here.machine, keeper.ours)
        broken, lost = (here.fill_in("Avstämning nu", vem=who) for who in ("controllern", "ekonomen"))
        faulty = {"transport": Faulty(lost=lost, broken=broken)}
        async with PrefectClient(here.server.api, auth_string=here.server.auth, httpx_settings=faulty) as client:
            await runner.begin_due(client)
        return broken, await asyncio.to_thread(here.ended, lost)

    with reporting_to(here.server.api, here.server.auth):
        broken, ended = asyncio.run(begin())
    assert ended[0] == "Registrerat"
    assert here.ask("GET", f"/flow_runs/{broken}").json()["state"]["type"] == "SCHEDULED"  # it is tried the next time


def test_of_two_runners_one_takes_a_run(hedemora):
    report, later = UUID(hedemora.deployment("Delårsrapport")["id"]), datetime.now(UTC) + timedelta(days=9)

    async def take() -> list[bool]:
        async with PrefectClient(hedemora.server.api, auth_string=hedemora.server.auth) as client:
            run = await client.create_flow_run_from_deployment(
                report, state=Scheduled(scheduled_time=later), parameters={"period": "2027-08"}
            )
            taken = [await is_taken(client, run) for _ in range(2)]
            await client.delete_flow_run(run.id)
            return taken

    assert asyncio.run(take()) == [True, False]


def test_a_reports_run_that_a_killed_runner_left_is_shown_as_broken_off(hedemora):
    report, form = (UUID(hedemora.deployment(name)["id"]) for name in ("Delårsrapport", "Vila brev"))
    minute = timedelta(minutes=1)

    async def look() -> list[list[UUID]]:
        async with PrefectClient(hedemora.server.api, auth_string=hedemora.server.auth) as client:

            async def begun(of: UUID, state: State, **parameters: str) -> UUID:
                return (await client.create_flow_run_from_deployment(of, state=state, parameters=parameters)).id

            states = (Pending(), Running(), Running())
            taken, going, hangs = [await begun(report, state, period="2027-08") for state in states]
            await begun(form, Running(), **REST, **WHO)
            later = datetime.now(UTC) + SILENT
            found = [await tell_left_behind(client, [report], at, {hangs}) for at in (later - minute, later + minute)]
            found += [[taken, going], await tell_left_behind(client, [report], later + minute, {hangs})]
            for each in (taken, going):
                state = (await client.read_flow_run(each)).state
                assert state and (state.type, state.message) == (StateType.CRASHED, WORDS)
            return found

    early, told, left, again = asyncio.run(look())
    assert (early, sorted(told), again) == ([], sorted(left), [])


def test_a_run_that_hangs_keeps_no_process_from_ending():
    goes_on = threading.Event()

    async def carry_out() -> None:
        await asyncio.wait([asyncio.create_task(in_own_thread(goes_on.wait))], timeout=0.1)

    try:
        asyncio.run(carry_out())
        assert [each.daemon for each in threading.enumerate() if each.name == RUN] == [True]
    finally:
        goes_on.set()


def test_a_runner_that_hangs_is_at_fault_in_health(hedemora):
    def runner(later: timedelta) -> HealthPart:
        machine = hedemora.machine
        clock = Hands(machine.clock.real(machine.clock()) + later)
        return health(replace(machine, clock=clock), Prefect(api=hedemora.server.api, auth=hedemora.server.auth))[
            RUNNER
        ]

    assert hedemora.process
    assert within(200, lambda: runner(timedelta()).ok), runner(timedelta())
    os.kill(hedemora.process.pid, signal.SIGSTOP)
    try:
        told = runner(timedelta(minutes=4))
    finally:
        os.kill(hedemora.process.pid, signal.SIGCONT)
    assert not told.ok
    assert "Körningar i Prefect har inte utförts sedan" in told.text and "formulär blir liggande" in told.text


@pytest.mark.nightly  # a runner of its own, half a minute
def test_a_runner_that_asks_for_runs_and_carries_none_out_does_not_count_as_working(hedemora):
    """As one whose places are all taken by runs that hang."""
    machine = hedemora.machine
    clock = Hands(datetime.now(UTC))
    still = replace(machine, clock=clock, place="halt")

    async def look() -> list[bool]:
        keeper = await registered_by(still)
        runner = Runner(still, keeper.ours)
        async with PrefectClient(hedemora.server.api, auth_string=hedemora.server.auth) as client:
            found = [await runner.works(client)]  # it has not asked yet
            runner.asked_at = clock.now
            found.append(await runner.works(client))
            [one] = await registered_as(keeper, "Avstämning nu")
            await client.create_flow_run_from_deployment(one, parameters={"vem": "ekonomen"})
            for minutes in (3, 3):
                clock.now += timedelta(minutes=minutes)
                runner.asked_at = clock.now
                found.append(await runner.works(client))
            for key in keeper.ours:
                await client.delete_deployment(key)
        return found

    with reporting_to(hedemora.server.api, hedemora.server.auth):
        assert asyncio.run(look()) == [False, True, True, False]


async def registered_as(keeper: Keeper, flow: str) -> list[UUID]:
    return [key for key, each in keeper.ours.items() if each.flow.name == flow]


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

"""The plan stands as scheduled runs on the Prefect server, and the server follows when the plan changes."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import pytest
from prefect.client.orchestration import PrefectClient
from prefect.client.schemas.filters import (
    FlowRunFilter,
    FlowRunFilterDeploymentId,
)
from prefect.client.schemas.objects import FlowRun
from prefect.client.schemas.sorting import FlowRunSort
from prefect.states import Cancelled, Completed, Scheduled

from arshjul.keys import OccurrenceKey
from arshjul.periods import Period
from arshjul.swedish import STOCKHOLM
from flows.naming import Whose
from flows.runs.planned import planned_runs
from flows.runs.schedule import Deployments, Synced, avstamning, sync_runs, wake_due
from store.database import Store, memory_store
from store.tables import Run

pytestmark = pytest.mark.whole

pytest_plugins = ["tests.rig.servers.prefect_server"]

AUGUST = Period(2027, 8)
WHOSE = Whose(kommun="hedemora", kommun_name="Hedemora kommun", installation="3f2a90b1c4d5")
NOW = datetime(2027, 9, 1, 8, 0, tzinfo=STOCKHOLM)  # a Wednesday


@dataclass(frozen=True, kw_only=True)
class Moment:
    """As the wheel's milestone, as far as the schedule looks at it."""

    unit: str | None = "bildningsnamnden"
    milestone: str = "paminnelse-5"
    name: str = "påminnelse 5 arbetsdagar före"
    kind: str = "paminnelse"
    at: datetime = datetime(2027, 9, 14, 8, 0, tzinfo=STOCKHOLM)  # a Tuesday
    status: str = "beslutad"
    step: str = "delarsrapport"
    step_name: str = "Delårsrapport"
    period: Period = AUGUST


FRIST = Moment(milestone="frist", name="frist", kind="frist", at=datetime(2027, 9, 21, 16, 0, tzinfo=STOCKHOLM))
KSAU = Moment(unit=None, milestone="ksau", name="KSAU", kind="ksau", at=datetime(2027, 10, 12, 8, 30, tzinfo=STOCKHOLM))


def test_a_run_is_named_and_tagged_in_swedish():
    [run] = planned_runs([Moment()])
    assert run.name == "Delårsrapport 2027-08 · påminnelse 5 arbetsdagar före · 14 sep"
    assert run.tags == ("delarsrapport/2027-08", "steg:delarsrapport", "period:2027-08", "moment:paminnelse")


def test_a_planned_run_says_that_its_letters_do_not_go_to_their_readers():
    for utskick, said in (("skarpt", []), ("skugga", ["utskick:skugga"]), ("av", ["utskick:av"])):
        [run] = planned_runs([Moment()], utskick)
        assert [tag for tag in run.tags if tag.startswith("utskick:")] == said
    assert run.key == "arshjul/delarsrapport/2027-08/paminnelse-5/2027-09-14T08:00+02:00"


def test_the_day_in_a_name_is_the_swedish_one():
    [run] = planned_runs([Moment(at=datetime(2027, 9, 14, 22, 30, tzinfo=UTC))])
    assert run.name.endswith("· 15 sep")


def test_enheter_that_share_the_instant_share_a_run():
    other = Moment(unit="omsorgsnamnden")
    late = Moment(unit="ab-bolaget", at=Moment().at + timedelta(days=2))
    runs = planned_runs([late, other, Moment(), Moment()])
    assert [run.parameters for run in runs] == [
        {"period": "2027-08", "moment": "paminnelse-5", "enheter": ["bildningsnamnden", "omsorgsnamnden"]},
        {"period": "2027-08", "moment": "paminnelse-5", "enheter": ["ab-bolaget"]},
    ]


def test_the_same_instant_in_two_zones_is_one_run():
    assert len(planned_runs([Moment(), Moment(unit="omsorgsnamnden", at=Moment().at.astimezone(UTC))])) == 1


def test_a_bodys_moment_has_no_enheter():
    assert planned_runs([KSAU])[0].parameters["enheter"] == []


def test_what_is_not_yet_decided_has_no_run():
    assert planned_runs([replace(KSAU, status="ej beslutad")]) == []
    assert len(planned_runs([replace(KSAU, status="förslag")])) == 1


def test_runs_come_in_the_order_of_time():
    assert [run.parameters["moment"] for run in planned_runs([KSAU, FRIST, Moment()])] == [
        "paminnelse-5",
        "frist",
        "ksau",
    ]


def test_an_artifacts_key_is_what_prefect_takes():
    assert WHOSE.artifact(OccurrenceKey.of("delarsrapport", "2027-08")) == "hedemora-delarsrapport-2027-08"


def test_two_installations_of_one_municipality_share_no_name_no_key_and_no_tag():
    trial = replace(WHOSE, installation="9c1e77a0d2b4", place="test")
    assert WHOSE.deployment("Prognos") == "Prognos · Hedemora kommun"
    assert trial.deployment("Prognos") == "Prognos · Hedemora kommun (test)"
    assert trial.artifact(OccurrenceKey.of("prognos", "2027-08")) == "hedemora-test-prognos-2027-08"
    assert trial.run_key("arshjul/prognos/2027-08/ks/x") == "arshjul/hedemora-test/9c1e77a0d2b4/prognos/2027-08/ks/x"
    assert not set(trial.tags) & set(WHOSE.tags)


@dataclass(frozen=True)
class Server:
    """A real server with a deployment of its own, and an empty store."""

    client: PrefectClient
    deployments: Deployments
    store: Store

    async def sync(self, moments: list[Moment], now: datetime = NOW, utskick: str = "skarpt", **more: object) -> Synced:
        runs = planned_runs(moments, utskick)
        return await sync_runs(self.client, self.store, WHOSE, self.deployments, runs, now, **more)

    async def runs(self) -> list[FlowRun]:
        chosen = FlowRunFilter(deployment_id=FlowRunFilterDeploymentId(any_=list(self.deployments.values())))
        return await self.client.read_flow_runs(
            flow_run_filter=chosen, sort=FlowRunSort.EXPECTED_START_TIME_ASC, limit=200
        )

    async def by_hand(self, at: datetime) -> UUID:
        deployment = self.deployments["delarsrapport"]
        run = await self.client.create_flow_run_from_deployment(
            deployment, parameters={"period": "2027-08"}, state=Scheduled(scheduled_time=at)
        )
        return run.id

    def noted(self) -> dict[str, str]:
        with self.store.read() as session:
            return {row.key: row.flow_run_id for row in session.query(Run)}


@pytest.fixture
def on_server(prefect_server) -> Callable[[Callable[[Server], Awaitable[None]]], None]:
    @asynccontextmanager
    async def server() -> AsyncIterator[Server]:
        async with PrefectClient(prefect_server.api, auth_string=prefect_server.auth) as client:
            flow = await client.create_flow_from_name(f"Delårsrapport {uuid4()}")  # keys are per flow
            deployment = await client.create_deployment(flow, f"tillfälle {uuid4()}", enforce_parameter_schema=False)
            store = memory_store()
            yield Server(client, {"delarsrapport": deployment}, store)
            await client.delete_deployment(deployment)
            store.close()

    def run(test: Callable[[Server], Awaitable[None]]) -> None:
        async def whole() -> None:
            async with server() as there:
                await test(there)

        asyncio.run(whole())

    return run


@pytest.mark.slow
def test_the_year_stands_scheduled_and_the_same_again_changes_nothing(on_server):
    async def test(server: Server) -> None:
        told: list[tuple[int, int]] = []
        first = await server.sync([Moment(), FRIST, KSAU], progress=lambda *step: told.append(step))
        assert first == Synced(created=3)
        assert told == [(1, 3), (2, 3), (3, 3)]
        runs = await server.runs()
        assert [(run.name, run.expected_start_time) for run in runs] == [
            ("Delårsrapport 2027-08 · påminnelse 5 arbetsdagar före · 14 sep", Moment().at),
            ("Delårsrapport 2027-08 · frist · 21 sep", FRIST.at),
            ("Delårsrapport 2027-08 · KSAU · 12 okt", KSAU.at),
        ]
        assert {"steg:delarsrapport", "period:2027-08", "moment:paminnelse"} <= set(runs[0].tags)
        assert runs[0].parameters == planned_runs([Moment()])[0].parameters
        assert await server.sync([Moment(), FRIST, KSAU]) == Synced(kept=3)
        assert sorted(server.noted().values()) == sorted(str(run.id) for run in await server.runs())

    on_server(test)


@pytest.mark.slow
def test_a_moved_frist_moves_its_run(on_server):
    async def test(server: Server) -> None:
        await server.sync([FRIST, KSAU])
        moved = replace(FRIST, at=FRIST.at + timedelta(days=2))
        assert await server.sync([moved, KSAU]) == Synced(created=1, removed=1, kept=1)
        assert [(run.name, run.expected_start_time) for run in await server.runs()] == [
            ("Delårsrapport 2027-08 · frist · 23 sep", moved.at),
            ("Delårsrapport 2027-08 · KSAU · 12 okt", KSAU.at),
        ]
        assert await server.sync([FRIST, KSAU]) == Synced(created=1, removed=1, kept=1)
        assert (await server.runs())[0].expected_start_time == FRIST.at
        assert len(server.noted()) == 2

    on_server(test)


@pytest.mark.slow
def test_an_enhet_with_another_frist_leaves_the_run_that_it_shared(on_server):
    async def test(server: Server) -> None:
        other = replace(FRIST, unit="omsorgsnamnden")
        await server.sync([FRIST, other])
        [shared] = await server.runs()
        later = replace(other, at=other.at + timedelta(days=5))
        assert await server.sync([FRIST, later]) == Synced(created=1, changed=1)
        first, second = await server.runs()
        assert (first.id, first.parameters["enheter"]) == (shared.id, ["bildningsnamnden"])
        assert second.parameters["enheter"] == ["omsorgsnamnden"]

    on_server(test)


@pytest.mark.slow
def test_runs_say_skugga_while_it_lasts_and_keep_what_else_they_are_found_by(on_server):
    async def test(server: Server) -> None:
        seen = []
        for utskick, done in (
            ("skugga", Synced(created=1)),
            ("skarpt", Synced(changed=1)),
            ("skugga", Synced(changed=1)),
        ):
            assert await server.sync([FRIST], utskick=utskick) == done
            [run] = await server.runs()
            seen.append(set(run.tags))
            # as the server does with a deployment's own
            await server.client.update_flow_run(run.id, tags=[*run.tags, WHOSE.kommun_tag])
            assert await server.sync([FRIST], utskick=utskick) == Synced(kept=1)
        shadow, sharp, again = seen
        assert again - {WHOSE.kommun_tag} == shadow == sharp - {WHOSE.kommun_tag} | {"utskick:skugga"}
        assert WHOSE.kommun_tag in sharp & again

    on_server(test)


@pytest.mark.slow
def test_what_is_no_longer_planned_goes_and_what_people_planned_stays(on_server):
    async def test(server: Server) -> None:
        await server.sync([FRIST, KSAU])
        by_hand = await server.by_hand(FRIST.at)
        assert await server.sync([KSAU]) == Synced(removed=1, kept=1)
        assert (await server.runs())[0].id == by_hand
        assert list(server.noted()) == [planned_runs([KSAU])[0].key]

    on_server(test)


@pytest.mark.slow
def test_only_what_lies_ahead_within_the_horizon_is_created(on_server):
    async def test(server: Server) -> None:
        passed = replace(FRIST, at=NOW)
        last = replace(KSAU, at=NOW + timedelta(days=30))
        beyond = replace(KSAU, at=NOW + timedelta(days=30, minutes=1))
        budget = replace(KSAU, step="budget")  # has no flow, hence no deployment
        moments = [passed, last, beyond, budget]
        assert await server.sync(moments, horizon=timedelta(days=30)) == Synced(created=1)
        assert [run.expected_start_time for run in await server.runs()] == [last.at]

    on_server(test)


@pytest.mark.slow
def test_a_run_that_ran_or_was_cancelled_is_left_alone(on_server):
    async def test(server: Server) -> None:
        await server.sync([Moment(), FRIST])
        ran, cancelled = await server.runs()
        await server.client.set_flow_run_state(ran.id, Completed(name="Komplett"), force=True)
        await server.client.set_flow_run_state(cancelled.id, Cancelled(), force=True)
        await server.sync([])
        await server.sync([Moment(), FRIST])
        assert [(run.id, run.state_name) for run in await server.runs()] == [
            (ran.id, "Komplett"),
            (cancelled.id, "Cancelled"),
        ]

    on_server(test)


@pytest.mark.slow
def test_what_the_store_knows_as_done_is_not_planned_again_when_the_clock_jumps_back(on_server):
    async def test(server: Server) -> None:
        await server.sync([Moment(), FRIST])
        with server.store.begin() as session:
            for row in session.query(Run):
                row.done_at = row.at
        for run in await server.runs():
            await server.client.delete_flow_run(run.id)
        assert await server.sync([Moment(), FRIST], now=NOW - timedelta(days=1)) == Synced()

    on_server(test)


@pytest.mark.slow
def test_a_server_that_lost_its_runs_gets_them_again(on_server):
    async def test(server: Server) -> None:
        await server.sync([Moment(), FRIST])
        for run in await server.runs():
            await server.client.delete_flow_run(run.id)
        assert await server.sync([Moment(), FRIST]) == Synced(created=2)
        assert sorted(server.noted().values()) == sorted(str(run.id) for run in await server.runs())

    on_server(test)


@pytest.mark.slow
def test_a_virtual_clock_that_is_ahead_wakes_what_is_due_and_keeps_its_dates(on_server):
    async def test(server: Server) -> None:
        machine = datetime.now(UTC)
        start = machine + timedelta(days=300)
        soon, later = (replace(FRIST, at=start + timedelta(minutes=minutes)) for minutes in (10, 20))

        def real(instant: datetime) -> datetime:
            return machine + (instant - start)

        await server.sync([soon, later], now=start, real=real)
        due = start + timedelta(minutes=10)
        assert await wake_due(server.client, server.deployments, due, machine) == 1
        first, second = await server.runs()
        assert first.next_scheduled_start_time == machine
        assert first.expected_start_time == planned_runs([soon])[0].at
        assert second.next_scheduled_start_time == second.expected_start_time
        assert await wake_due(server.client, server.deployments, due, machine + timedelta(seconds=1)) == 0
        assert await server.sync([soon, later], now=due, real=real) == Synced(kept=2)

    on_server(test)


@pytest.mark.slow
def test_a_virtual_clock_that_is_behind_does_not_make_the_server_run_everything_at_once(on_server):
    async def test(server: Server) -> None:
        machine = datetime.now(UTC)
        start = machine - timedelta(days=300)
        ahead = replace(FRIST, at=start + timedelta(days=10))
        await server.sync([ahead], now=start, real=lambda instant: machine + (instant - start))
        [run] = await server.runs()
        assert run.next_scheduled_start_time == machine + timedelta(days=10)

    on_server(test)


@pytest.mark.slow
def test_waking_is_harmless_with_the_machines_clock(on_server):
    async def test(server: Server) -> None:
        machine = datetime.now(UTC)
        await server.by_hand(machine + timedelta(days=1))
        assert await wake_due(server.client, server.deployments, machine, machine) == 0

    on_server(test)


@pytest.mark.slow
def test_each_open_occurrence_is_brought_up_to_now_at_start(on_server):
    async def test(server: Server) -> None:
        machine = datetime.now(UTC)
        open_now = [Moment(), replace(Moment(), period=Period(2027, 9)), replace(Moment(), step="budget")]
        started = await avstamning(server.client, WHOSE, server.deployments, open_now, machine)
        runs = {run.id: run for run in await server.runs()}
        assert set(started) == set(runs)
        first = runs[started[0]]
        assert first.name == "Delårsrapport 2027-08 · avstämning"
        assert {"moment:avstamning", "period:2027-08"} <= set(first.tags)
        assert first.parameters == {"period": "2027-08", "moment": "avstamning", "enheter": []}
        assert first.next_scheduled_start_time == machine
        assert await avstamning(server.client, WHOSE, server.deployments, open_now, machine) == started
        assert await server.sync([]) == Synced()  # it is no planned run: the plan leaves it alone

    on_server(test)

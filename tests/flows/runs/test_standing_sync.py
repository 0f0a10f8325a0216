"""The standing runs on a real Prefect server: they turn as it turns, and nobody carries them out."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import datetime, timedelta
from uuid import uuid4

import pytest
from prefect.client.orchestration import PrefectClient
from prefect.client.schemas.filters import ArtifactFilter, ArtifactFilterFlowRunId, FlowRunFilter, FlowRunFilterTags
from prefect.client.schemas.objects import FlowRun
from prefect.client.schemas.sorting import ArtifactSort, FlowRunSort
from prefect.states import Completed

from arshjul.keys import OccurrenceKey
from arshjul.ladder.standing import State
from arshjul.swedish import STOCKHOLM
from flows.naming import Whose
from flows.runs.standing_run import StandingRun
from flows.runs.standing_sync import StandingRuns
from tests.rig.servers.service import reporting_to

pytestmark = pytest.mark.whole

pytest_plugins = ["tests.rig.servers.prefect_server"]

TUESDAY_21 = datetime(2027, 9, 21, 16, 0, tzinfo=STOCKHOLM)
RUN = StandingRun(
    occurrence=OccurrenceKey.of("delarsrapport", "2027-08"),
    unit="omsorgsnamnden",
    about="Delårsrapport augusti 2027 · Omsorgsnämnden",
    frist=TUESDAY_21,
    state=State.FORSENAD,
    words="Kvar: Ekonomi.",
    page="**Försenad.** Åtgärder saknas.",
)


class Server:
    """One installation's standing runs on the server, and a second look at what it shows."""

    def __init__(self, client: PrefectClient) -> None:
        self.client = client
        self.whose = Whose(kommun=f"ekeby-{uuid4().hex[:8]}", kommun_name="Ekeby", installation=uuid4().hex[:12])
        self.runs = StandingRuns(self.whose, lambda instant: instant)

    async def agree(self, *wanted: StandingRun, today: str = "Läget i dag") -> int:
        return await self.runs.agree(self.client, wanted, today, datetime.now(STOCKHOLM))

    async def shown(self) -> list[FlowRun]:
        mine = FlowRunFilter(tags=FlowRunFilterTags(all_=["läget", self.whose.owner_tag]))
        return await self.client.read_flow_runs(flow_run_filter=mine, sort=FlowRunSort.NAME_ASC)


def on_server(prefect_server, work: Callable[[Server], Awaitable[None]]) -> None:
    async def do() -> None:
        async with PrefectClient(prefect_server.api, auth_string=prefect_server.auth) as client:
            await work(Server(client))

    with reporting_to(prefect_server.api, prefect_server.auth):  # else Prefect starts a server for its own events
        asyncio.run(do())


def told(run: FlowRun) -> tuple[str, str, str | None]:
    return run.state.type.value, run.state.name, run.state.message


def test_what_was_late_turns_green_in_the_same_run(prefect_server):
    async def work(server: Server) -> None:
        assert await server.agree(RUN) == 1
        [late] = await server.shown()
        assert told(late) == ("FAILED", "Försenad", "Kvar: Ekonomi.")
        assert late.name == "! 2027-09-21 Delårsrapport augusti 2027 · Omsorgsnämnden"
        assert (late.expected_start_time, late.deployment_id) == (TUESDAY_21, None)
        assert await server.agree(RUN) == 0
        assert await server.agree(replace(RUN, state=State.KOMPLETT, words="Allt är inne.")) == 1
        [green] = await server.shown()
        assert green.name == "2027-09-21 Delårsrapport augusti 2027 · Omsorgsnämnden"
        assert (green.id, told(green)) == (late.id, ("COMPLETED", "Komplett", "Allt är inne."))
        assert await server.agree(replace(RUN, state=State.OFULLSTANDIG)) == 1  # it was sent back
        [back] = await server.shown()
        assert told(back) == ("RUNNING", "Ofullständig", "Kvar: Ekonomi.")

    on_server(prefect_server, work)


def test_what_somebody_sets_or_renames_by_hand_is_set_right(prefect_server):
    async def work(server: Server) -> None:
        await server.agree(RUN)
        [run] = await server.shown()
        await server.client.set_flow_run_state(run.id, Completed(message="Klart!"), force=True)
        await server.client.update_flow_run(run.id, name="incredible-pug")
        assert await server.agree(RUN) == 1
        [run] = await server.shown()
        assert (run.name[:12], told(run)) == ("! 2027-09-21", ("FAILED", "Försenad", "Kvar: Ekonomi."))
        await server.client.delete_flow_run(run.id)
        assert await server.agree(RUN) == 1
        assert len(await server.shown()) == 1

    on_server(prefect_server, work)


def test_a_frist_that_moves_moves_the_run_and_what_is_over_goes(prefect_server):
    ahead = datetime.now(STOCKHOLM).replace(microsecond=0) + timedelta(days=30)
    coming = replace(RUN, state=State.KOMMANDE, frist=ahead)

    async def work(server: Server) -> None:
        await server.agree(coming)
        await server.agree(replace(coming, frist=ahead + timedelta(days=2)))
        [run] = await server.shown()
        assert run.state.type.value == "SCHEDULED" and run.state.name == "Kommande"
        assert run.next_scheduled_start_time == run.expected_start_time == ahead + timedelta(days=2)
        assert await server.agree() == 1
        assert await server.shown() == []

    on_server(prefect_server, work)


def test_two_installations_on_one_server_leave_each_other_alone(prefect_server):
    async def work(server: Server) -> None:
        other = Server(server.client)
        await server.agree(RUN)
        await other.agree(RUN)
        await other.agree()
        assert (len(await server.shown()), len(await other.shown())) == (1, 0)

    on_server(prefect_server, work)


def test_a_page_is_written_when_it_says_something_new_and_the_days_page_is_the_newest(prefect_server):
    async def work(server: Server) -> None:
        async def pages() -> list[str]:
            [run] = await server.shown()
            mine = ArtifactFilter(flow_run_id=ArtifactFilterFlowRunId(any_=[run.id]))
            found = await server.client.read_artifacts(artifact_filter=mine, sort=ArtifactSort.CREATED_DESC)
            return [each.data for each in found]

        await server.agree(RUN)
        await server.agree(RUN)
        assert await pages() == ["**Försenad.** Åtgärder saknas."]
        await server.agree(replace(RUN, page="**Försenad.** Ekonomi saknas."))
        assert await pages() == ["**Försenad.** Ekonomi saknas.", "**Försenad.** Åtgärder saknas."]
        newest = await server.client.read_artifacts(sort=ArtifactSort.CREATED_DESC, limit=1)
        assert (newest[0].key, newest[0].data) == (f"{server.whose.slug}-laget-i-dag", "Läget i dag")

    on_server(prefect_server, work)

"""The runner: carries out the runs of our deployments by our own functions alone, here in this process.

A deployment on the server says where code is fetched from and what is run before it. Whoever reaches the server's
API can change that. So nothing of it is obeyed: the server is asked which runs of our deployments are due, and a run
is carried out by the function that this process registered under the deployment's id.
"""

import asyncio
import logging
import signal
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from httpx import HTTPError
from prefect.client.orchestration import PrefectClient, get_client
from prefect.client.schemas import OrchestrationResult
from prefect.client.schemas.filters import FlowRunFilterNextScheduledStartTime
from prefect.client.schemas.objects import FlowRun
from prefect.client.schemas.responses import SetStateStatus
from prefect.flow_engine import run_flow
from prefect.states import Crashed, Pending

from arshjul.errors import RefusedError
from flows.forms.flows import ANY_FLOW
from flows.machine import Machine, at_hand, machine_now
from flows.runs.schedule import scheduled
from flows.service.deployments import RegisteredFlow
from flows.service.keeper import Keeper
from store.service.leases import RUNNER, beat

logger = logging.getLogger(__name__)

AT_ONCE = 4  #: runs at the same time; each in a thread of its own
ASK_SECONDS = 2  #: between two questions about what is due, and two tries of a server that does not answer
LOOK_SECONDS = 10  #: between two looks at what stands registered
END_SECONDS = 5  #: that runs under way are given when the process is told to stop
STALLED = timedelta(minutes=2)  #: a run that is due and first in turn for so long shows that nothing is picked up


async def serve(machine: Machine) -> None:
    """Register every deployment and carry out their runs until the process is told to stop.

    Waits for a server that does not answer yet. Raises RefusedError when another installation has our names there.
    """
    stopping = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stopping.set)
    keeper = Keeper(machine)
    runner = Runner(machine, keeper.ours)
    await _registered(keeper)
    work = [asyncio.create_task(runner.carry_out_due()), asyncio.create_task(_look(keeper, runner))]
    stopped = asyncio.create_task(stopping.wait())
    done, _ = await asyncio.wait([*work, stopped], return_when=asyncio.FIRST_COMPLETED)
    for each in (*work, stopped):
        each.cancel()
    await runner.finish()
    for each in done:
        each.result()  # a refusal ends the process with its word


class Runner:
    """Carries out what is due of ``ours``, each deployment's function by its id."""

    def __init__(self, machine: Machine, ours: Mapping[UUID, RegisteredFlow]) -> None:
        self.machine = machine
        self.asked_at: datetime | None = None  #: when the server last said what is due; the machine's time
        self._ours = ours
        self._under_way: dict[UUID, asyncio.Task[None]] = {}
        self._oldest: tuple[UUID | None, datetime] = (
            None,
            machine_now(self.machine),
        )  #: the run that has been due longest, since when

    async def carry_out_due(self) -> None:
        """Begin what is due, again and again. A server that is down is asked the next time."""
        while True:
            try:
                async with get_client() as client:
                    while True:
                        await self.begin_due(client)
                        await asyncio.sleep(ASK_SECONDS)
            except HTTPError as error:
                logger.warning("prefect.down job=runner error=%s", type(error).__name__)
            except Exception:
                logger.exception("job.failed job=runner")
            await asyncio.sleep(ASK_SECONDS)

    async def begin_due(self, client: PrefectClient) -> None:
        """Begin the runs that are due, the one that has waited longest first, as far as there is room."""
        now = machine_now(self.machine)
        due = await client.get_scheduled_flow_runs_for_deployments(list(self._ours), scheduled_before=now)
        self.asked_at = now
        for run in sorted(due, key=lambda each: each.next_scheduled_start_time or now):
            if len(self._under_way) >= AT_ONCE:
                return
            known = self._ours.get(run.deployment_id) if run.deployment_id else None
            if known and run.id not in self._under_way and await _is_taken(client, run):
                self._under_way[run.id] = asyncio.create_task(self._carry_out(run, known.flow))

    async def _carry_out(self, run: FlowRun, flow: ANY_FLOW) -> None:
        try:
            await asyncio.to_thread(self._run, run, flow)
        except Exception as error:
            logger.exception("run.failed run=%s", run.id)
            await _tell_crashed(run, type(error).__name__)
        finally:
            del self._under_way[run.id]

    def _run(self, run: FlowRun, flow: ANY_FLOW) -> None:
        """Carry a run out by our own function, in a loop of its own: what it does holds up no other."""
        with at_hand(self.machine):
            asyncio.run(run_flow(flow, flow_run=run, return_type="state"))  # type: ignore[arg-type]  # ours are async

    async def works(self, client: PrefectClient) -> bool:
        """Tell whether the server is asked for runs, and the oldest that is due does not wait and wait."""
        asked, now = self.asked_at, machine_now(self.machine)
        if asked is None or now - asked > STALLED:
            return False
        due = FlowRunFilterNextScheduledStartTime.model_validate({"before_": now - STALLED})
        waiting = await scheduled(client, list(self._ours), due, limit=1)
        oldest = waiting[0].id if waiting else None
        if oldest != self._oldest[0]:
            self._oldest = oldest, now
        return oldest is None or now - self._oldest[1] <= STALLED

    def beat(self) -> None:
        """Note that it works."""
        with self.machine.store.begin() as session:
            beat(session, RUNNER, machine_now(self.machine))

    async def finish(self) -> None:
        """Wait a little for what is under way. What does not end then is told as lost, when it is a form."""
        if self._under_way:
            await asyncio.wait(self._under_way.values(), timeout=END_SECONDS)


async def _is_taken(client: PrefectClient, run: FlowRun) -> bool:
    """Take a run, so that no other runner does; False when the server says that it is not to be begun now."""
    answer: OrchestrationResult[Any] = await client.set_flow_run_state(run.id, Pending())
    return answer.status == SetStateStatus.ACCEPT


async def _tell_crashed(run: FlowRun, error: str) -> None:
    try:
        async with get_client() as client:
            await client.set_flow_run_state(run.id, Crashed(message=f"Körningen gick inte att utföra: {error}."))
    except HTTPError:
        logger.warning("prefect.down job=runner run=%s", run.id)


async def _registered(keeper: Keeper) -> None:
    """Register, as soon as the server answers."""
    while True:
        try:
            async with get_client() as client:
                await keeper.register(client)
                return
        except HTTPError as error:
            logger.warning("prefect.down job=runner error=%s", type(error).__name__)
        await asyncio.sleep(ASK_SECONDS)


async def _look(keeper: Keeper, runner: Runner) -> None:
    """Look again and again at what stands on the server, and note that the runner works.

    Raises RefusedError when another installation has taken one of our names: the next start tells it as well.
    """
    cleared = False
    while True:
        try:
            async with get_client() as client:
                if not cleared:
                    await keeper.clear_away(client)
                    cleared = True
                await keeper.put_right(client)
                if await runner.works(client):
                    await asyncio.to_thread(runner.beat)  # a store that is busy holds up no run
        except HTTPError as error:
            logger.warning("prefect.down job=runner error=%s", type(error).__name__)
        except RefusedError:
            raise
        except Exception:
            logger.exception("job.failed job=runner")
        await asyncio.sleep(LOOK_SECONDS)

"""The runner: carries out the runs of our deployments by our own functions alone, here in this process.

A deployment on the server says where code is fetched from and what is run before it. Whoever reaches the server's
API can change that. So nothing of it is obeyed: the server is asked which runs of our deployments are due, and a run
is carried out by the function that this process registered under the deployment's id.
"""

import asyncio
import logging
import signal
import threading
from collections.abc import Callable, Mapping
from concurrent.futures import Future
from contextvars import copy_context
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from httpx import HTTPError, HTTPStatusError
from prefect.client.orchestration import PrefectClient
from prefect.client.schemas import OrchestrationResult
from prefect.client.schemas.filters import FlowRunFilterNextScheduledStartTime
from prefect.client.schemas.objects import FlowRun
from prefect.client.schemas.responses import SetStateStatus
from prefect.exceptions import ObjectNotFound, PrefectSignal
from prefect.flow_engine import run_flow
from prefect.states import Crashed, Pending

from arshjul.errors import RefusedError
from flows.forms.flows import ANY_FLOW
from flows.machine import Machine, at_hand, machine_now
from flows.runs.left_behind import tell_left_behind
from flows.runs.schedule import scheduled
from flows.service.deployments import REPORT, RegisteredFlow
from flows.service.keeper import Keeper
from flows.service.server_client import server_client
from store.service.leases import RUNNER, beat

logger = logging.getLogger(__name__)

AT_ONCE = 4  #: runs at the same time; each in a thread of its own
ASK_SECONDS = 2  #: between two questions about what is due, and two tries of a server that does not answer
LOOK_SECONDS = 10  #: between two looks at what stands registered
RUN = "run"  #: the name of a run's thread
#: that runs under way are given when the process is told to stop: less than whoever told it waits before it kills
END_SECONDS = 3
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
                async with server_client() as client:
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
            try:
                if known and run.id not in self._under_way and await is_taken(client, run):
                    self._under_way[run.id] = asyncio.create_task(self._carry_out(run, known.flow))
            except (HTTPStatusError, ObjectNotFound) as error:  # of this run alone: the next ones have their turn
                logger.warning("run.not_taken run=%s error=%s", run.id, type(error).__name__)

    async def _carry_out(self, run: FlowRun, flow: ANY_FLOW) -> None:
        try:
            await in_own_thread(lambda: self._run(run, flow))
        except PrefectSignal as told:  # the server wants it carried out no more: somebody cancelled or removed it
            logger.info("run.left run=%s %s", run.id, told)
        except Exception:
            logger.exception("run.failed run=%s", run.id)
            await _tell_crashed(run)
        finally:
            del self._under_way[run.id]

    def _run(self, run: FlowRun, flow: ANY_FLOW) -> None:
        """Carry a run out by our own function, in a loop of its own: what it does holds up no other."""
        with at_hand(self.machine):
            asyncio.run(run_flow(flow, flow_run=run, return_type="state"))  # type: ignore[arg-type]  # ours are async

    async def works(self, client: PrefectClient) -> bool:
        """Tell whether the server is asked for runs, and the oldest that is due does not wait and wait."""
        asked, now = self.asked_at, machine_now(self.machine)
        if asked is None or abs(now - asked) > STALLED:  # the clock may have been set back
            return False
        due = FlowRunFilterNextScheduledStartTime.model_validate({"before_": now - STALLED})
        waiting = await scheduled(client, list(self._ours), due, limit=1)
        oldest = waiting[0].id if waiting else None
        since = min(self._oldest[1], now) if oldest == self._oldest[0] else now
        self._oldest = oldest, since
        return oldest is None or now - since <= STALLED

    async def tell_left_behind(self, client: PrefectClient) -> None:
        """Tell which runs of reports a runner before us left; a form that was left is told by the watchdog."""
        reports = [key for key, each in self._ours.items() if REPORT in (each.deployment.tags or ())]
        await tell_left_behind(client, reports, machine_now(self.machine), self._under_way)

    def beat(self) -> None:
        """Note that it works."""
        with self.machine.store.begin() as session:
            beat(session, RUNNER, machine_now(self.machine))

    async def finish(self) -> None:
        """Wait a little for what is under way. What does not end then ends with the process; a form is told as lost."""
        if self._under_way:
            await asyncio.wait(self._under_way.values(), timeout=END_SECONDS)
        for run in self._under_way:
            logger.warning("run.broken_off run=%s", run)


async def is_taken(client: PrefectClient, run: FlowRun) -> bool:
    """Take a run, so that no other runner does; False when the server says that it is not to be begun now.

    Where an answer was lost the client asks again with the same number, and the server says no more than that the run
    stands so already: it is ours. Another runner, with a number of its own, is told to leave it.
    """
    answer: OrchestrationResult[Any] = await client.set_flow_run_state(run.id, Pending())
    if answer.status == SetStateStatus.REJECT:
        return answer.state is not None and answer.state.is_pending()
    return answer.status == SetStateStatus.ACCEPT


async def in_own_thread(work: Callable[[], object]) -> None:
    """Do ``work`` in a thread of its own, which the process does not wait for when it ends: it may hang."""
    done, context = Future[None](), copy_context()
    done.set_running_or_notify_cancel()

    def do() -> None:
        try:
            context.run(work)
        except BaseException as error:  # it is raised where it is waited for
            done.set_exception(error)
        else:
            done.set_result(None)

    threading.Thread(target=do, name=RUN, daemon=True).start()
    await asyncio.wrap_future(done)


async def _tell_crashed(run: FlowRun) -> None:
    try:
        async with server_client() as client:
            await client.set_flow_run_state(
                run.id, Crashed(message="Körningen gick inte att utföra. Tjänstens logg säger mer.")
            )
    except (HTTPError, ObjectNotFound):
        logger.warning("prefect.down job=runner run=%s", run.id)


async def _registered(keeper: Keeper) -> None:
    """Register, as soon as the server answers."""
    while True:
        try:
            async with server_client() as client:
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
            async with server_client() as client:
                if not cleared:
                    await keeper.clear_away(client)
                    cleared = True
                await keeper.look(client)
                if await runner.works(client):
                    await asyncio.to_thread(runner.beat)  # a store that is busy holds up no run
                await runner.tell_left_behind(client)
        except HTTPError as error:
            logger.warning("prefect.down job=runner error=%s", type(error).__name__)
        except RefusedError:
            raise
        except Exception:
            logger.exception("job.failed job=runner")
        await asyncio.sleep(LOOK_SECONDS)

"""The runner: carries out the runs of our deployments by our own functions alone, and keeps what is registered.

A deployment on the server says where code is fetched from and what is run before it. Whoever reaches the server's
API can change that. So nothing of it is obeyed: a run's process is given the function that this process registered
under the deployment's id, and what differs on the server is put right and told.
"""

import asyncio
import logging
import signal
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from httpx import HTTPError
from prefect.client.orchestration import PrefectClient, get_client
from prefect.client.schemas.actions import DeploymentUpdate
from prefect.client.schemas.filters import DeploymentFilter, DeploymentFilterId, FlowRunFilterNextScheduledStartTime
from prefect.client.schemas.responses import DeploymentResponse
from prefect.deployments.runner import RunnerDeployment
from prefect.runner import Runner

from arshjul.errors import RefusedError
from flows.machine import Machine
from flows.runs.schedule import scheduled
from flows.service.deployments import RegisteredFlow, registered
from flows.service.earlier import clear_away_earlier
from flows.service.server_sharing import refuse_anothers, refuse_clash
from store.acting import BY_SERVICE
from store.log.writing import log
from store.service.leases import RUNNER, beat

logger = logging.getLogger(__name__)

AT_ONCE = 4  #: runs at the same time; each is a process of its own
LOOK_SECONDS = 10  #: between two looks at what stands registered
STALLED = timedelta(minutes=2)  #: a run that is due and first in turn for so long shows that nothing is picked up
WAIT_SECONDS = 2  #: between two tries of a server that does not answer yet
#: What a deployment could tell a runner or worker to fetch, run, set, wait for or leave: ours tell nothing.
NOTHING: Mapping[str, Any] = {
    "pull_steps": None,
    "job_variables": {},
    "work_pool_name": None,
    "work_queue_name": None,
    "concurrency_limit": None,
    "concurrency_options": None,
    "storage_document_id": None,
    "infrastructure_document_id": None,
    "parameters": {},
    "schedules": [],
    "paused": False,
}


async def serve(machine: Machine) -> None:
    """Register every deployment and carry out their runs until the process is told to stop.

    Waits for a server that does not answer yet. Raises RefusedError when another installation has our names there.
    """
    runner = Runner(name="årshjul", query_seconds=2, prefetch_seconds=2, limit=AT_ONCE, pause_on_shutdown=False)
    keeper = Keeper(machine, runner)
    await _answering()
    await keeper.register()
    keeping = asyncio.create_task(keeper.keep())
    try:
        await runner.start()
    finally:
        keeping.cancel()


class Keeper:
    """Registers our deployments with a runner and on the server, and keeps them there as they were registered."""

    def __init__(self, machine: Machine, runner: Runner) -> None:
        self.machine = machine
        self._runner = runner
        self._ours: dict[UUID, RegisteredFlow] = {}
        self._oldest: tuple[UUID | None, datetime] = None, self._now()  #: the run that has been due longest, since when

    async def register(self) -> None:
        """Register every deployment; a run of it is then carried out by its function here, whatever the server says.

        Raises RefusedError when another installation has one of our names; what is its own is left as it is.
        """
        ours, whose = await registered(self.machine), self.machine.whose()
        async with get_client() as client:
            await refuse_clash(client, whose, ours)
            for each in ours:
                await self._register(each)
            await self.put_right(client)

    async def keep(self) -> None:
        """Look again and again at what stands on the server. A server that is down is asked the next time."""
        cleared = False
        while True:
            try:
                async with get_client() as client:
                    if not cleared:
                        await self.clear_away(client)
                        cleared = True
                    await self.put_right(client)
                    if await self.works(client):
                        await asyncio.to_thread(self._beat)  # a store that is busy holds up no run
            except HTTPError as error:
                logger.warning("prefect.down job=runner error=%s", type(error).__name__)
            except RefusedError:
                logger.exception("runner.refused")
                signal.raise_signal(signal.SIGTERM)  # the next start tells it, with its remedy
                return
            except Exception:
                logger.exception("job.failed job=runner")
            await asyncio.sleep(LOOK_SECONDS)

    async def works(self, client: PrefectClient) -> bool:
        """Tell whether the runner asks for runs, and the oldest that is due does not wait and wait."""
        polled, now = self._runner.last_polled, self._now()
        if polled is None or now - polled > STALLED:
            return False
        due = FlowRunFilterNextScheduledStartTime.model_validate({"before_": now - STALLED})
        waiting = await scheduled(client, list(self._ours), due, limit=1)
        oldest = waiting[0].id if waiting else None
        if oldest != self._oldest[0]:
            self._oldest = oldest, now
        return oldest is None or now - self._oldest[1] <= STALLED

    def _now(self) -> datetime:
        """Return the machine's time, by which the server goes."""
        return self.machine.clock.real(self.machine.clock())

    def _beat(self) -> None:
        with self.machine.store.begin() as session:
            beat(session, RUNNER, self._now())

    async def clear_away(self, client: PrefectClient) -> None:
        """Clear away what an earlier version registered under other names."""
        with self.machine.look() as scene:
            occurrences = list(scene.wheel.keys)
        await clear_away_earlier(client, self.machine.store, self.machine.whose(), self._ours, occurrences)

    async def put_right(self, client: PrefectClient) -> dict[str, list[str]]:
        """Put right what differs from what we registered, and tell it in the log; return the fields by deployment.

        Raises RefusedError when another installation has taken one of our names meanwhile.
        """
        chosen = DeploymentFilter(id=DeploymentFilterId(any_=list(self._ours)))
        standing = {each.id: each for each in await client.read_deployments(deployment_filter=chosen)}
        changed: dict[str, list[str]] = {}
        whose = self.machine.whose()
        for there in standing.values():
            refuse_anothers(whose, there)
        for key, each in list(self._ours.items()):
            wanted = wanted_fields(each.deployment)
            wrong = differing(standing[key], wanted) if key in standing else ["borttagen"]
            if not wrong:
                continue
            changed[each.deployment.name] = wrong
            if key in standing:
                await client.update_deployment(key, DeploymentUpdate(**wanted))
            else:
                del self._ours[key]
                await self._register(each)
        if changed:
            logger.warning("deployment.put_right %s", changed)
            with self.machine.store.begin() as session:
                for name, wrong in changed.items():
                    log(session, self.machine.clock(), BY_SERVICE, "deployment.put_right", name, {"fields": wrong})
        return changed

    async def _register(self, each: RegisteredFlow) -> None:
        key = await self._runner.aadd_deployment(each.deployment)
        # Prefect's public way to say so (aadd_flow) does not let a form be worded
        self._runner._deployment_registry.register_flow(key, each.flow)
        self._ours[key] = each


def wanted_fields(deployment: RunnerDeployment) -> dict[str, Any]:
    """Return what shall stand on the server of a deployment of ours: its words, and nothing else to obey."""
    return {
        **NOTHING,
        "path": deployment._path,
        "entrypoint": deployment.entrypoint,
        "description": deployment.description,
        "tags": list(deployment.tags),
        "enforce_parameter_schema": deployment.enforce_parameter_schema,
        "parameter_openapi_schema": deployment._parameter_openapi_schema.model_dump(exclude_unset=True),
    }


def differing(there: DeploymentResponse, wanted: Mapping[str, Any]) -> list[str]:
    """Return the fields of a deployment on the server that are not as we registered them."""
    shown = {name: getattr(there, name, None) for name in wanted}
    shown["concurrency_limit"] = there.global_concurrency_limit and there.global_concurrency_limit.limit
    return [name for name, value in wanted.items() if not _same(shown[name], value)]


def _same(there: object, wanted: object) -> bool:
    if isinstance(wanted, list) and all(isinstance(each, str) for each in wanted) and isinstance(there, Sequence):
        return sorted(map(str, there)) == sorted(wanted)
    return there == wanted or (not there and not wanted)


async def _answering() -> None:
    """Wait until the server answers."""
    while True:
        try:
            async with get_client() as client:
                if await client.api_healthcheck() is None:
                    return
        except HTTPError as error:
            logger.warning("prefect.down job=runner error=%s", type(error).__name__)
        await asyncio.sleep(WAIT_SECONDS)

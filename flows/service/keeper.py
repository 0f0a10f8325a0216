"""What keeps our deployments on the Prefect server as they were registered.

Whoever reaches the server's API can change a deployment. What differs from what we registered is put right and told.
Nothing of it is obeyed meanwhile: the runner (:mod:`flows.service.runner`) knows a run by its deployment's id alone.
"""

import asyncio
import logging
from collections.abc import Mapping, Sequence
from datetime import date
from types import MappingProxyType
from typing import Any
from uuid import UUID

from prefect.client.orchestration import PrefectClient
from prefect.client.schemas.actions import DeploymentUpdate
from prefect.client.schemas.filters import DeploymentFilter, DeploymentFilterId
from prefect.client.schemas.responses import DeploymentResponse
from prefect.deployments.runner import RunnerDeployment

from arshjul.year.wheel import Wheel
from flows.machine import Machine
from flows.service.deployments import RegisteredFlow, registered
from flows.service.earlier import clear_away_earlier
from flows.service.server_sharing import refuse_anothers, refuse_clash
from store.acting import BY_SERVICE
from store.log.writing import log

logger = logging.getLogger(__name__)

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


class Keeper:
    """Registers our deployments on the server, and keeps them there as they were registered."""

    def __init__(self, machine: Machine) -> None:
        self.machine = machine
        self._ours: dict[UUID, RegisteredFlow] = {}
        self._told: tuple[Wheel, date, str] | None = None  #: the plan, the day and the utskick that the forms tell of

    @property
    def ours(self) -> Mapping[UUID, RegisteredFlow]:
        """What is registered now, by the deployment's id."""
        return MappingProxyType(self._ours)

    async def register(self, client: PrefectClient) -> None:
        """Register every deployment; a run of it is then carried out by its function here, whatever the server says.

        Raises RefusedError when another installation has one of our names; what is its own is left as it is.
        """
        ours, whose = await registered(self.machine), self.machine.whose()
        await refuse_clash(client, whose, ours)
        for each in ours:
            self._ours[await each.deployment.aapply()] = each
        await self.put_right(client)

    async def clear_away(self, client: PrefectClient) -> None:
        """Clear away what an earlier version registered under other names."""
        with self.machine.look() as scene:
            occurrences = list(scene.wheel.keys)
        await clear_away_earlier(client, self.machine.store, self.machine.whose(), self._ours, occurrences)

    async def look(self, client: PrefectClient) -> dict[str, list[str]]:
        """Put right what stands there, and then renew it: what is gone cannot be renewed, nor may what is another's.

        Return and raise as :meth:`put_right`.
        """
        changed = await self.put_right(client)
        await self.renew(client)
        return changed

    async def renew(self, client: PrefectClient) -> list[str]:
        """Let the forms tell limits and choices of now: they follow the plan, the day and utskick. Return those that changed."""
        now = await asyncio.to_thread(self._plan_and_day)
        if self._told and now[0] is self._told[0] and now[1:] == self._told[1:]:
            return []
        anew, changed = {each.deployment.name: each for each in await registered(self.machine)}, []
        for key, each in list(self._ours.items()):
            name = each.deployment.name
            wanted = wanted_fields(anew[name].deployment) if name in anew else wanted_fields(each.deployment)
            if wanted != wanted_fields(each.deployment):
                await client.update_deployment(key, DeploymentUpdate(**wanted))
                self._ours[key] = anew[name]
                changed.append(name)
        self._told = now
        return changed

    def _plan_and_day(self) -> tuple[Wheel, date, str]:
        with self.machine.look() as scene:
            return scene.wheel, scene.today, scene.office.utskick

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
                self._ours[await each.deployment.aapply()] = each
        if changed:
            logger.warning("deployment.put_right %s", changed)
            await asyncio.to_thread(self._note, changed)  # a store that is busy holds up no run
        return changed

    def _note(self, changed: Mapping[str, list[str]]) -> None:
        with self.machine.store.begin() as session:
            for name, wrong in changed.items():
                log(session, self.machine.clock(), BY_SERVICE, "deployment.put_right", name, {"fields": wrong})


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
    limit = "concurrency_limit"  # stands elsewhere in what is read than in what is written
    shown = {name: getattr(there, name, None) for name in wanted if name != limit}
    shown[limit] = there.global_concurrency_limit and there.global_concurrency_limit.limit
    return [name for name, value in wanted.items() if not _same(shown[name], value)]


def _same(there: object, wanted: object) -> bool:
    if isinstance(wanted, list) and all(isinstance(each, str) for each in wanted) and isinstance(there, Sequence):
        return sorted(map(str, there)) == sorted(wanted)
    return there == wanted or (not there and not wanted)

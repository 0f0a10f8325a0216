"""What an earlier version registered on the server, under names without a municipality: taken over once, then gone.

Those names could be shared by two installations. What is not surely ours is left as it stands.
"""

import logging
from collections.abc import Iterable, Mapping
from uuid import UUID

from prefect.client.orchestration import PrefectClient
from prefect.client.schemas.filters import ArtifactFilter, ArtifactFilterKey
from prefect.client.schemas.objects import FlowRun
from prefect.client.schemas.responses import DeploymentResponse
from prefect.exceptions import ObjectNotFound
from prefect.states import Scheduled

from arshjul.keys import OccurrenceKey
from flows.naming import AVSTAMNING, Whose
from flows.runs.schedule import scheduled
from flows.service.deployments import RegisteredFlow
from notifications.prefect_places import artifact_key
from store.database import Store
from store.service.runs import OURS, known_runs

logger = logging.getLogger(__name__)

PAGE = 200


async def clear_away_earlier(
    client: PrefectClient,
    store: Store,
    whose: Whose,
    ours: Mapping[UUID, RegisteredFlow],
    occurrences: Iterable[OccurrenceKey],
) -> None:
    """Take over the runs that people have asked for under the old names, and remove the rest of what was ours there.

    The plan's own runs are planned anew under our names, so the old ones go, and so do the artifacts of
    ``occurrences`` (step and period). Where runs of another installation stand only our own planned ones are removed.
    Done again it does nothing, and what was cut short is carried on.
    """
    old = {key: there for key, each in ours.items() if (there := await _old(client, each)) is not None}
    if not old:
        return
    runs = {key: await scheduled(client, [there.id]) for key, there in old.items()}
    planned = [run for each in runs.values() for run in each if (run.idempotency_key or "").startswith(OURS)]
    mine = planned if whose.has_server else _known(store, planned)
    if len(mine) < len(planned):
        logger.warning("earlier.shared runs_of_others=%d", len(planned) - len(mine))
        for run in mine:
            await client.delete_flow_run(run.id)
        return
    for key, each in runs.items():
        for run in each:
            if not (run.idempotency_key or "").startswith((OURS, f"{AVSTAMNING}/")):
                await _take_over(client, run, key)
    await _remove_pictures(client, [artifact_key(step, period) for step, period in occurrences])
    for there in old.values():
        await client.delete_deployment(there.id)  # with the runs that stand scheduled in it
    logger.info("earlier.taken_over deployments=%d", len(old))


async def _old(client: PrefectClient, each: RegisteredFlow) -> DeploymentResponse | None:
    """Return the deployment under which a flow of ours was registered before, if it is still there."""
    try:
        return await client.read_deployment_by_name(f"{each.flow.name}/{each.flow.name}")
    except ObjectNotFound:
        return None


async def _remove_pictures(client: PrefectClient, keys: list[str]) -> None:
    """Remove every version of the artifacts with these keys."""
    chosen = ArtifactFilter(key=ArtifactFilterKey(any_=keys))
    while found := await client.read_artifacts(artifact_filter=chosen, limit=PAGE):
        for each in found:
            await client.delete_artifact(each.id)


async def _take_over(client: PrefectClient, run: FlowRun, deployment: UUID) -> None:
    """Ask for a run anew in our deployment, at its time; asked twice it is the same run."""
    await client.create_flow_run_from_deployment(
        deployment,
        name=run.name,
        parameters=run.parameters,
        state=Scheduled(scheduled_time=run.next_scheduled_start_time or run.expected_start_time),
        idempotency_key=f"taken-over/{run.id}",
    )


def _known(store: Store, runs: list[FlowRun]) -> list[FlowRun]:
    """Return the runs that our store remembers having planned."""
    with store.read() as session:
        known = known_runs(session)
    return [run for run in runs if str(run.id) in known]

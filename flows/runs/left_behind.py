"""Runs of reports that were begun and that nobody carries out any more, as when a runner was killed: told in Prefect."""

import logging
from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from uuid import UUID

from prefect.client.orchestration import PrefectClient
from prefect.client.schemas.filters import (
    FlowRunFilter,
    FlowRunFilterDeploymentId,
    FlowRunFilterState,
    FlowRunFilterStateType,
)
from prefect.client.schemas.objects import StateType
from prefect.client.schemas.sorting import FlowRunSort
from prefect.states import Crashed

logger = logging.getLogger(__name__)

SILENT = timedelta(minutes=10)  #: a report's run takes seconds; one that has taken so long has nobody left
PAGE = 200  #: the most that the server gives at a time
BEGUN = (StateType.PENDING, StateType.RUNNING, StateType.CANCELLING)
WORDS = "Körningen bröts av innan den var klar. Tjänsten gör ändå det som är dags: inget behöver göras om."


async def tell_left_behind(
    client: PrefectClient, reports: Sequence[UUID], now: datetime, under_way: Collection[UUID]
) -> list[UUID]:
    """Show the runs of these deployments that stand as begun since ``SILENT`` as broken off; return which.

    Those ``under_way`` here are let be, however long they take. ``now`` is the machine's, by which the server goes.
    """
    begun = FlowRunFilter(
        deployment_id=FlowRunFilterDeploymentId(any_=list(reports)),
        state=FlowRunFilterState(type=FlowRunFilterStateType(any_=list(BEGUN))),
    )
    runs = await client.read_flow_runs(flow_run_filter=begun, sort=FlowRunSort.EXPECTED_START_TIME_ASC, limit=PAGE)
    left = [run.id for run in runs if run.id not in under_way and run.state and now - run.state.timestamp > SILENT]
    for each in left:
        logger.warning("run.left_behind run=%s", each)
        await client.set_flow_run_state(each, Crashed(message=WORDS), force=True)
    return left

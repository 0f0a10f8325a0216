"""The year ahead in the Prefect UI: the server is asked what stands scheduled, and made to agree.

A run only wakes: it brings its occurrence up to now. So a run that fires twice, late or not at all changes no
letter.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence, Set
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from prefect.client.orchestration import PrefectClient
from prefect.client.schemas.filters import (
    FlowRunFilter,
    FlowRunFilterDeploymentId,
    FlowRunFilterNextScheduledStartTime,
    FlowRunFilterState,
    FlowRunFilterStateType,
)
from prefect.client.schemas.objects import FlowRun, StateType
from prefect.client.schemas.sorting import FlowRunSort
from prefect.exceptions import ObjectNotFound
from prefect.states import Scheduled

from arshjul.keys import OccurrenceKey, joined
from flows.naming import AVSTAMNING, SHARP, UTSKICK, Whose, avstamning_name, run_tags
from flows.runs.planned import PlannedOccurrence, PlannedRun, minute_key
from store.database import Store
from store.service.runs import OURS, done_keys, forget_runs, note_run

HORIZON = timedelta(days=400)  #: a year ahead, and the month after it
PAGE = 200  #: the most runs that the server gives in one answer

Deployments = Mapping[str, UUID]  #: step id to the deployment that runs it
Progress = Callable[[int, int], None]  #: told (done, of how many) after each change


@dataclass(frozen=True, slots=True, kw_only=True)
class Synced:
    """What :func:`sync_runs` did, in numbers of runs."""

    created: int = 0
    changed: int = 0
    removed: int = 0
    kept: int = 0


async def sync_runs(
    client: PrefectClient,
    store: Store,
    whose: Whose,
    deployments: Deployments,
    planned: Iterable[PlannedRun],
    now: datetime,
    *,
    real: Callable[[datetime], datetime] = lambda instant: instant,
    horizon: timedelta = HORIZON,
    progress: Progress = lambda _done, _total: None,
) -> Synced:
    """Make the server's scheduled runs agree with ``planned``; the same again changes nothing.

    Only moments after ``now`` and up to ``horizon`` ahead (inclusive) are created, the nearest first. Steps
    without a deployment have no runs. A run that has started, was cancelled by someone or was planned by
    hand is left alone. A server that lost its database gets everything again. ``real`` tells when an
    instant happens on the machine's clock (see app.clock); nothing is scheduled before that.
    """
    wanted = {run.key: run for run in planned if run.step in deployments}
    known = {whose.run_key(key): key for key in wanted}
    standing = {
        known.get(key, key): run  # a key that we do not know is of a moment, or a store, that is no more
        for run in await scheduled(client, list(deployments.values()))
        if (key := run.idempotency_key) and key.startswith(OURS)
    }
    change = _compare(wanted, standing, _keys_done(store), now, now + horizon, real)
    total, steps = len(change.obsolete) + len(change.reworded) + len(change.missing), 0
    for there in change.obsolete:
        await _remove(client, there.id)
        progress(steps := steps + 1, total)
    _forget(store, kept=wanted.keys(), after=now)
    for there, run in change.reworded:
        await client.update_flow_run(there.id, name=run.name, parameters=run.parameters, tags=_tags(there, run))
        progress(steps := steps + 1, total)
    _remember(store, [(run, there.id) for there, run in (*change.right, *change.reworded)])
    for run in change.missing:
        created = await client.create_flow_run_from_deployment(
            deployments[run.step],
            name=run.name,
            parameters=run.parameters,
            tags=run.tags,
            state=Scheduled(scheduled_time=_shown_at(run, real)),
            idempotency_key=whose.run_key(run.key),
        )
        _remember(store, [(run, created.id)])
        progress(steps := steps + 1, total)
    return Synced(
        created=len(change.missing),
        changed=len(change.reworded),
        removed=len(change.obsolete),
        kept=len(change.right),
    )


async def wake_due(client: PrefectClient, deployments: Deployments, now: datetime, machine_now: datetime) -> int:
    """Have the server run at once what is due by a virtual clock that is ahead of its own; return how many.

    The runs keep their (virtual) time in the UI. With the machine's clock it does nothing.
    """
    if now <= machine_now:
        return 0
    between = FlowRunFilterNextScheduledStartTime.model_validate({"after_": machine_now, "before_": now})
    due = await scheduled(client, list(deployments.values()), between)
    for run in due:
        await client.set_flow_run_state(run.id, Scheduled(scheduled_time=machine_now), force=True)
    return len(due)


async def avstamning(
    client: PrefectClient,
    whose: Whose,
    deployments: Deployments,
    occurrences: Iterable[PlannedOccurrence],
    now: datetime,
    *,
    real: Callable[[datetime], datetime] = lambda instant: instant,
    utskick: str = SHARP,
) -> list[UUID]:
    """Start one run per open occurrence that brings it up to now; return the runs' ids.

    Asked twice within a minute, the same runs are returned. ``real`` as in :func:`sync_runs`.
    """
    started = []
    for occurrence in occurrences:
        if occurrence.step not in deployments:
            continue
        step, period = occurrence.step, occurrence.period.key
        key = OccurrenceKey.of(step, period)
        run = await client.create_flow_run_from_deployment(
            deployments[step],
            name=avstamning_name(occurrence.step_name, period),
            parameters={"period": period, "moment": AVSTAMNING, "enheter": []},
            tags=run_tags(key, AVSTAMNING, utskick),
            state=Scheduled(scheduled_time=real(now)),
            idempotency_key=joined(AVSTAMNING, whose.run_key(joined(*key, minute_key(real(now))))),
        )
        started.append(run.id)
    return started


@dataclass(frozen=True, slots=True, kw_only=True)
class _Change:
    """How what stands on the server differs from what is planned."""

    obsolete: list[FlowRun]
    reworded: list[tuple[FlowRun, PlannedRun]]
    right: list[tuple[FlowRun, PlannedRun]]
    missing: list[PlannedRun]


def _compare(
    wanted: Mapping[str, PlannedRun],
    standing: Mapping[str, FlowRun],
    done: Set[str],
    now: datetime,
    until: datetime,
    real: Callable[[datetime], datetime],
) -> _Change:
    # The server never moves expected_start_time, by which its lists are sorted: what moves is made anew.
    stays = {
        key: (there, wanted[key])
        for key, there in standing.items()
        if key in wanted and (wanted[key].at <= now or there.expected_start_time == _shown_at(wanted[key], real))
    }
    return _Change(
        obsolete=[there for key, there in standing.items() if key not in stays],
        reworded=[pair for pair in stays.values() if _differs(*pair)],
        right=[pair for pair in stays.values() if not _differs(*pair)],
        missing=[run for key, run in wanted.items() if now < run.at <= until and key not in stays and key not in done],
    )


def _shown_at(run: PlannedRun, real: Callable[[datetime], datetime]) -> datetime:
    """Return when the server, whose clock is the machine's, shall hold the run due.

    A virtual clock that is ahead keeps its dates in the UI, and ``wake_due`` fires the run. One that is
    behind must not have the server fire everything at once.
    """
    return max(run.at, real(run.at))


async def scheduled(
    client: PrefectClient,
    deployments: Sequence[UUID],
    due: FlowRunFilterNextScheduledStartTime | None = None,
    limit: int | None = None,
) -> list[FlowRun]:
    """Return the deployments' runs that have not started; those due within ``due``, the ``limit`` soonest, if given."""
    chosen = FlowRunFilter(
        deployment_id=FlowRunFilterDeploymentId(any_=list(deployments)),
        state=FlowRunFilterState(type=FlowRunFilterStateType(any_=[StateType.SCHEDULED])),
        next_scheduled_start_time=due,
    )
    if limit is not None:
        soonest = FlowRunSort.NEXT_SCHEDULED_START_TIME_ASC
        return await client.read_flow_runs(flow_run_filter=chosen, sort=soonest, limit=limit)
    runs: list[FlowRun] = []
    while True:
        page = await client.read_flow_runs(
            flow_run_filter=chosen, sort=FlowRunSort.ID_DESC, limit=PAGE, offset=len(runs)
        )
        runs += page
        if len(page) < PAGE:
            return runs


def _differs(there: FlowRun, run: PlannedRun) -> bool:
    """Tell whether a run's words have changed. The server adds the deployment's own tags and parameters."""
    return (
        there.name != run.name
        or set(_tags(there, run)) != set(there.tags)
        or not run.parameters.items() <= there.parameters.items()
    )


def _tags(there: FlowRun, run: PlannedRun) -> list[str]:
    """Return what a run's tags shall be: its own, and those that it has of its deployment."""
    others = [tag for tag in there.tags if tag not in run.tags and not tag.startswith(UTSKICK)]
    return [*run.tags, *others]


async def _remove(client: PrefectClient, run_id: UUID) -> None:
    """Delete a run, unless it has started since it was listed."""
    try:
        state = (await client.read_flow_run(run_id)).state
        if state is not None and state.is_scheduled():
            await client.delete_flow_run(run_id)
    except ObjectNotFound:
        pass  # somebody was faster: it is gone, as it should be


def _keys_done(store: Store) -> set[str]:
    with store.read() as session:
        return done_keys(session)


def _remember(store: Store, runs: Iterable[tuple[PlannedRun, UUID]]) -> None:
    """Note which of the server's runs stands for which planned one."""
    with store.begin() as session:
        for run, run_id in runs:
            note_run(session, run.key, str(run_id), run.at)


def _forget(store: Store, *, kept: Set[str], after: datetime) -> None:
    """Drop the notes of runs after ``after`` that are no longer planned and did not run."""
    with store.begin() as session:
        forget_runs(session, kept=kept, after=after)

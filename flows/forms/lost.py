"""Forms that somebody sent in and whose run died, hangs or was never begun: given up in the store, and told.

The store decides: a run that has recorded is shown as recorded, whatever its process came to; one that has not is
given up in one transaction with the letter about it, and can then never record.
"""

from datetime import datetime, timedelta
from functools import partial
from uuid import UUID

from prefect.client.orchestration import PrefectClient
from prefect.client.schemas.filters import (
    DeploymentFilter,
    DeploymentFilterName,
    FlowRunFilter,
    FlowRunFilterDeploymentId,
    FlowRunFilterExpectedStartTime,
    FlowRunFilterState,
    FlowRunFilterStateName,
    FlowRunFilterStateType,
)
from prefect.client.schemas.objects import FlowRun, State, StateType
from prefect.client.schemas.sorting import FlowRunSort
from prefect.states import Completed

from actions.scene import Scene
from actions.service.lost_forms import LostForm, tell_lost
from flows.forms.fields import form_fields
from flows.forms.flows import DONE, GAVE_UP, form_flows, given_up
from flows.machine import Machine
from flows.naming import Whose
from flows.runs.stages import REFUSED
from store.acting import BY_SERVICE
from store.service.form_runs import RECORDED, give_up_form, settled
from store.tables import FormRun

SILENT = timedelta(minutes=10)  #: a form takes seconds; one that has taken so long hangs, or is waited for in vain
BACK = timedelta(days=14)  #: an older one is nothing to send in again
PAGE = 200
UNENDED = (StateType.SCHEDULED, StateType.PENDING, StateType.RUNNING, StateType.CANCELLING)


async def settle_lost_forms(client: PrefectClient, machine: Machine, since: datetime) -> int:
    """Give up and tell every form that was lost, and show in Prefect how it was settled; return how many were told.

    Times are those of the machine's own clock, by which the server goes. What was due before ``since``, when the
    service began, has had no runner until then.
    """
    real_now = machine.clock.real(machine.clock())
    told = 0
    forms = await _our_forms(client, machine.whose())
    for run in await _runs(client, list(forms), real_now) if forms else ():
        why = why_lost(run, real_now, since)
        if why is None or run.deployment_id is None:
            continue
        settle = partial(_settle, run=run, form=forms[run.deployment_id], why=why)
        state, is_new = machine.carry_out(settle)
        told += is_new
        await client.set_flow_run_state(run.id, state, force=True)
    return told


def why_lost(run: FlowRun, now: datetime, since: datetime) -> str | None:
    """Return in Swedish why a form's run will not record, or None when it has answered or may still do so."""
    state = run.state
    if state is None or state.name in (REFUSED, GAVE_UP):
        return None
    if state.type == StateType.CRASHED:
        return "Körningen dog innan den var klar."
    if state.type == StateType.FAILED:
        return "Körningen slutade med ett tekniskt fel. Händer det igen: se loggen körningar.log."
    if state.type == StateType.SCHEDULED:
        due = run.next_scheduled_start_time or run.expected_start_time
        late = due is not None and now - max(due, since) > SILENT
        return "Körningen har inte kommit i gång: det program som kör formulären svarar inte." if late else None
    if state.type in UNENDED and now - state.timestamp > SILENT:
        return "Körningen har stannat utan att bli klar."
    return None


def _settle(scene: Scene, run: FlowRun, form: str, why: str) -> tuple[State, bool]:
    """Return how a run shall be shown, and whether it was given up and told just now."""
    before = settled(scene.session, str(run.id))
    if before is not None:
        return shown(before), False
    lost = _lost(scene, run, form, why)
    row = give_up_form(scene.session, lost.run_id, lost.form, why, scene.now, BY_SERVICE)
    tell_lost(scene, lost)
    return shown(row), True


def shown(form: FormRun) -> State:
    """Return how Prefect shall show a settled run."""
    return Completed(name=DONE, message=form.words) if form.outcome == RECORDED else given_up(form)


async def _our_forms(client: PrefectClient, whose: Whose) -> dict[UUID, str]:
    """Return the forms that our runner has registered: the deployment to the form's name."""
    names = {whose.deployment(form.name): form.name for form in form_flows()}
    found = await client.read_deployments(
        deployment_filter=DeploymentFilter(name=DeploymentFilterName(any_=list(names)))
    )
    return {each.id: names[each.name] for each in found if whose.has_server or whose.owner_tag in each.tags}


async def _runs(client: PrefectClient, deployments: list[UUID], now: datetime) -> list[FlowRun]:
    """Return the runs of the last days that have not answered, the oldest first."""
    chosen = FlowRunFilter(
        deployment_id=FlowRunFilterDeploymentId(any_=deployments),
        expected_start_time=FlowRunFilterExpectedStartTime.model_validate({"after_": now - BACK, "before_": now}),
        state=FlowRunFilterState(
            type=FlowRunFilterStateType(any_=[StateType.CRASHED, StateType.FAILED, *UNENDED]),
            name=FlowRunFilterStateName(not_any_=[REFUSED, GAVE_UP]),
        ),
    )
    return await client.read_flow_runs(flow_run_filter=chosen, sort=FlowRunSort.EXPECTED_START_TIME_ASC, limit=PAGE)


def _lost(scene: Scene, run: FlowRun, form: str, why: str) -> LostForm:
    fields = form_fields(scene.wheel, form, scene.today)
    return LostForm(
        run_id=str(run.id),
        form=form,
        sent_at=run.created or scene.now,
        why=why,
        filled_in={str(fields.get(name, {}).get("title", name)): str(said) for name, said in run.parameters.items()},
        path=f"/v2/deployments/deployment/{run.deployment_id}/run",
    )

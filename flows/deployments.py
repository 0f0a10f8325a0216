"""The deployments: one per report and one per form, served by one runner."""

from collections.abc import Mapping
from uuid import UUID

from prefect.client.orchestration import PrefectClient
from prefect.deployments.runner import RunnerDeployment
from prefect.exceptions import ObjectNotFound
from prefect.runner import Runner
from prefect.types.entrypoint import EntrypointType

from arshjul.definition import Definition
from arshjul.swedish import local_date
from flows.arsredovisning import arsredovisning
from flows.delarsrapport import delarsrapport
from flows.fields import Fields, form_fields, report_fields
from flows.forms import ANY_FLOW, form_flows
from flows.machine import Machine
from flows.manadsrapport import manadsrapport
from flows.prognos import prognos
from notifications.sent_form import FORM

REPORT = "rapport"  #: the tag of every deployment of a report
REPORTS: Mapping[str, ANY_FLOW] = {
    "manadsrapport": manadsrapport,
    "prognos": prognos,
    "delarsrapport": delarsrapport,
    "arsredovisning": arsredovisning,
}
AT_ONCE = 4  #: runs at the same time; each is a process of its own


async def serve(machine: Machine) -> None:
    """Register every deployment and carry out their runs until the process is told to stop."""
    runner = Runner(name="årshjul", query_seconds=2, prefetch_seconds=2, limit=AT_ONCE, pause_on_shutdown=False)
    with machine.look() as scene:
        wheel, year = scene.wheel, local_date(machine.clock()).year
    for step, each in reports_of(wheel.definition).items():
        deployment = await deployment_of(each, (REPORT, f"steg:{step}"), report_fields(wheel, step))
        await runner.aadd_deployment(deployment)
    for form in form_flows():
        await runner.aadd_deployment(await deployment_of(form, (FORM,), form_fields(wheel, form.name, year)))
    await runner.start()


async def deployment_of(each: ANY_FLOW, tags: tuple[str, ...], fields: Fields) -> RunnerDeployment:
    """Return a flow's deployment, called as the flow, with its form's fields worded."""
    deployment = await each.ato_deployment(each.name, entrypoint_type=EntrypointType.MODULE_PATH, tags=list(tags))
    schema = deployment._parameter_openapi_schema  # Prefect has no public way to word a form
    for name, words in fields.items():
        if name in schema.properties:
            schema.properties[name] = {**schema.properties[name], **words}
    return deployment


def reports_of(definition: Definition) -> dict[str, ANY_FLOW]:
    """Return the flows of the reports that a municipality has, by step."""
    return {step: each for step, each in REPORTS.items() if step in definition.steps and definition.steps[step].flow}


def without_flow(definition: Definition) -> list[str]:
    """Return the steps that want a flow and that none here serves: the watchdog alone carries them out."""
    return [step for step, each in definition.steps.items() if each.flow and step not in REPORTS]


async def report_deployments(client: PrefectClient, definition: Definition) -> dict[str, UUID]:
    """Return each report's deployment, by step; empty until the runner has registered them."""
    found = {}
    for step, each in reports_of(definition).items():
        try:
            found[step] = (await client.read_deployment_by_name(f"{each.name}/{each.name}")).id
        except ObjectNotFound:
            return {}
    return found

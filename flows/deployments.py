"""The deployments: one per report and one per form, served by one runner."""

from collections.abc import Mapping
from uuid import UUID

from prefect.client.orchestration import PrefectClient
from prefect.deployments.runner import RunnerDeployment
from prefect.exceptions import ObjectNotFound
from prefect.runner import Runner
from prefect.types.entrypoint import EntrypointType

from flows.arsredovisning import arsredovisning
from flows.delarsrapport import delarsrapport
from flows.forms import ANY_FLOW, fields, form_flows
from flows.machine import Machine
from flows.manadsrapport import manadsrapport
from flows.prognos import prognos

REPORT, FORM = "rapport", "formulär"  #: tags
REPORTS: Mapping[str, ANY_FLOW] = {
    "manadsrapport": manadsrapport,
    "prognos": prognos,
    "delarsrapport": delarsrapport,
    "arsredovisning": arsredovisning,
}
REPORT_FIELDS: dict[str, dict[str, object]] = {
    "moment": {"title": "Moment", "description": "Vad som väckte körningen. Den stämmer alltid av allt till nu."},
    "enheter": {"title": "Enheter", "description": "Tomt betyder alla."},
}
AT_ONCE = 4  #: runs at the same time; each is a process of its own


async def serve(machine: Machine) -> None:
    """Register every deployment and carry out their runs until the process is told to stop."""
    runner = Runner(name="årshjul", query_seconds=2, prefetch_seconds=2, limit=AT_ONCE, pause_on_shutdown=False)
    with machine.look() as scene:
        shown = fields(scene.wheel, machine)
    for step, each in REPORTS.items():
        deployment = await each.ato_deployment(
            each.name, entrypoint_type=EntrypointType.MODULE_PATH, tags=[REPORT, f"steg:{step}"]
        )
        await runner.aadd_deployment(_worded(deployment, REPORT_FIELDS | {"period": shown["period"]}))
    for form in form_flows():
        deployment = await form.ato_deployment(form.name, entrypoint_type=EntrypointType.MODULE_PATH, tags=[FORM])
        await runner.aadd_deployment(_worded(deployment, shown))
    await runner.start()


async def report_deployments(client: PrefectClient) -> dict[str, UUID]:
    """Return each report's deployment, by step; empty until the runner has registered them."""
    found = {}
    for step, each in REPORTS.items():
        try:
            found[step] = (await client.read_deployment_by_name(f"{each.name}/{each.name}")).id
        except ObjectNotFound:
            return {}
    return found


def _worded(deployment: RunnerDeployment, shown: Mapping[str, dict[str, object]]) -> RunnerDeployment:
    """Give the form's fields their Swedish titles and choices."""
    # Prefect has no public way to word a form
    schema = deployment._parameter_openapi_schema
    for name, words in shown.items():
        if name in schema.properties:
            schema.properties[name] = {**schema.properties[name], **words}
    return deployment

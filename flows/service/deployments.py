"""The deployments: one per report and one per form, named after their flow and the municipality."""

from dataclasses import dataclass
from uuid import UUID

from prefect._internal.versioning import VersionType  # which has no public name
from prefect.client.orchestration import PrefectClient
from prefect.deployments.runner import RunnerDeployment
from prefect.exceptions import ObjectNotFound
from prefect.types.entrypoint import EntrypointType

from arshjul.definition.model import Definition
from flows.forms.fields import Fields, form_fields, report_fields
from flows.forms.flows import ANY_FLOW, forms_of
from flows.machine import Machine
from flows.naming import Whose
from flows.reports import reports_of
from notifications.office import utskick_words
from notifications.sent_form import FORM

REPORT = "rapport"  #: the tag of every deployment of a report


@dataclass(frozen=True, slots=True, kw_only=True)
class RegisteredFlow:
    """A function of ours, and the deployment under which people and the plan ask for it."""

    flow: ANY_FLOW
    deployment: RunnerDeployment


async def registered(machine: Machine) -> list[RegisteredFlow]:
    """Return every deployment that an installation has: one per report of its definition and one per form."""
    whose = machine.whose()
    with machine.look() as scene:
        wheel, today = scene.wheel, scene.today
        quiet = utskick_words(scene.office.utskick, scene.office.definition.office_said)
    reports = [
        (each, (REPORT, f"steg:{step}"), report_fields(wheel, step))
        for step, each in reports_of(wheel.definition).items()
    ]
    forms = [(form, (FORM,), form_fields(wheel, form.name, today)) for form in forms_of(wheel.definition)]
    return [
        RegisteredFlow(flow=flow, deployment=await deployment_of(flow, whose, tags, fields, quiet))
        for flow, tags, fields in (*reports, *forms)
    ]


async def deployment_of(
    each: ANY_FLOW, whose: Whose, tags: tuple[str, ...], fields: Fields, quiet: str = ""
) -> RunnerDeployment:
    """Return a flow's deployment, called as the flow and the municipality, with its form's fields worded.

    ``quiet`` says that letters do not go to their readers, and stands first in what it says of itself.
    """
    name = whose.deployment(each.name)
    deployment = await each.ato_deployment(
        name,
        entrypoint_type=EntrypointType.MODULE_PATH,
        tags=[*tags, *whose.tags],
        version_type=VersionType.SIMPLE,  # else git is asked, for each, about whatever folder this was started in
    )
    deployment.description = f"{quiet} {each.description or ''}".strip() or None
    schema = deployment._parameter_openapi_schema  # Prefect has no public way to word a form
    for name, words in fields.items():
        if name in schema.properties:
            schema.properties[name] = {**schema.properties[name], **words}
    return deployment


async def report_deployments(client: PrefectClient, definition: Definition, whose: Whose) -> dict[str, UUID]:
    """Return each report's deployment, by step; empty until our runner has registered them.

    One that another installation has registered under our name is not ours: nothing is planned in it.
    """
    found = {}
    for step, each in reports_of(definition).items():
        try:
            there = await client.read_deployment_by_name(f"{each.name}/{whose.deployment(each.name)}")
        except ObjectNotFound:
            return {}
        if whose.owner_tag not in there.tags:
            return {}
        found[step] = there.id
    return found

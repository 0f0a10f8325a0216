"""A Prefect server that several installations share: whose a deployment is, and what to do when two want one name."""

from collections.abc import Sequence

from httpx import HTTPError
from prefect.client.orchestration import PrefectClient
from prefect.client.schemas.responses import DeploymentResponse
from prefect.exceptions import ObjectNotFound

from arshjul.errors import RefusedError
from flows.machine import Machine
from flows.naming import Whose
from flows.service.deployments import RegisteredFlow, registered
from store.service.installation import OWNER


async def refuse_clash(client: PrefectClient, whose: Whose, ours: Sequence[RegisteredFlow]) -> None:
    """Raise RefusedError when another installation has registered one of our names on the server.

    On a server of our own nobody else registers: what an earlier store left there is taken over.
    """
    if whose.has_server:
        return
    for each in ours:
        try:
            there = await client.read_deployment_by_name(f"{each.flow.name}/{each.deployment.name}")
        except ObjectNotFound:
            continue
        refuse_anothers(whose, there)


def refuse_anothers(whose: Whose, there: DeploymentResponse) -> None:
    """Raise RefusedError when a deployment that bears one of our names is another installation's."""
    owners = {tag for tag in there.tags if tag.startswith(OWNER)}
    if owners - {whose.owner_tag} and not whose.has_server:
        raise RefusedError(
            f"På Prefect-servern finns redan en annan installation för {whose.kommun_name}: ”{there.name}” är dess. "
            "Ingenting har ändrats där. Ge den här installationen ett eget namn med ARSHJUL_INSTALLATION, till exempel "
            "test, eller en egen Prefect-server (ta bort ARSHJUL_PREFECT_API_URL). Är den andra borttagen för gott: "
            f"ta bort dess deployments i Prefect, de som har taggen {whose.kommun_tag}, och starta igen."
        )


async def refuse_clash_at(api: str, auth: str | None, machine: Machine) -> None:
    """As :func:`refuse_clash`, before anything is started; a server that does not answer is asked by the runner later."""
    try:
        async with PrefectClient(api, auth_string=auth) as client:
            await refuse_clash(client, machine.whose(), await registered(machine))
    except HTTPError:
        return

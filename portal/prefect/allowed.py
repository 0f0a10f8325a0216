"""What the portal lets through to Prefect: an allow-list. What is not named here is refused."""

import json
import re
from collections.abc import Mapping
from typing import Any, Literal

from arshjul.errors import RefusedError
from notifications.sent_form import FORM, WHO
from store.service.installation import OWNER

ID = r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}"
NAME = r"(?!\.+(?:/|\Z))[A-Za-z0-9_.-]+"  # no dots alone: they would lead elsewhere
Kind = Literal["read", "form"]
BROKEN = "Formuläret kom inte fram som det skulle. Ladda om sidan och fyll i det igen."
VALIDATED = "ui/schemas/validate"  #: a form, tried before it is sent in

#: reads; block documents, variables and settings are none of them: they may hold secrets, and no page here needs them
_GETS = (
    "health",
    "admin/version",
    rf"flows/{ID}",
    rf"flow_runs/{ID}",
    rf"flow_runs/{ID}/graph(?:-v2)?",
    rf"flow_runs/{ID}/logs/download",
    "flow_run_states/",
    rf"flow_run_states/{ID}",
    rf"task_runs/{ID}",
    rf"ui/task_runs/{ID}",
    "task_run_states/",
    rf"task_run_states/{ID}",
    rf"deployments/{ID}",
    rf"deployments/{ID}/schedules",
    rf"deployments/{ID}/work_queue_check",
    rf"artifacts/{ID}",
    rf"artifacts/{NAME}/latest",
    "events/filter/next",
    rf"automations/{ID}",
    rf"automations/related-to/{NAME}",
    rf"work_pools/{NAME}",
    rf"work_queues/{ID}(?:/status)?",
)
#: questions that Prefect takes as POST, since they carry a filter
_QUESTIONS = (
    r"(?:artifacts|artifacts/latest|automations|deployments|flow_runs|flows|task_runs|work_pools)/(?:filter|count)",
    "(?:deployments|flow_runs|flows|task_runs)/paginate",
    "(?:flow_runs|task_runs)/history",
    "flow_runs/lateness",
    "(?:logs|events|work_queues|task_workers|saved_searches)/filter",
    "events/count-by/[a-z]+",
    rf"work_pools/{NAME}/(?:queues|workers)/filter",
    "ui/flow_runs/(?:count-task-runs|history)",
    "ui/flows/(?:count-deployments|next-runs)",
    "ui/task_runs/(?:count|dashboard/counts)",
    VALIDATED,
)
_SENT_IN = rf"deployments/({ID})/create_flow_run"
_READ = re.compile("|".join(f"(?:{each})" for each in _GETS))
_ASKED = re.compile("|".join(f"(?:{each})" for each in _QUESTIONS))
_PAGE = re.compile(rf"(?:{NAME}(?:/{NAME})*/?)?")


def kind_of(method: str, path: str) -> Kind | None:
    """Return what a call of Prefect's API is, by its path below ``/api/``; None for what is not let through."""
    if method in ("GET", "HEAD"):
        return "read" if _READ.fullmatch(path) else None
    if method != "POST":
        return None
    if _ASKED.fullmatch(path):
        return "read"
    return "form" if re.fullmatch(_SENT_IN, path) else None


def json_of(body: bytes | None) -> object:
    """Return what a call carries; None for what is no JSON, or too deep to be read."""
    try:
        return json.loads(body or b"{}")
    except (ValueError, RecursionError):
        return None


def tried_out(sent: object) -> bytes:
    """Return what is tried against a form's schema. Raises RefusedError for a value that stands for a variable.

    Prefect would put the variable in, and tell it in the fault that it finds.
    """
    if not isinstance(sent, dict):
        raise RefusedError(BROKEN)
    left: list[object] = [sent]
    while left:
        each = left.pop()
        if isinstance(each, dict) and each.get("__prefect_kind") not in (None, "none", "json"):
            raise RefusedError("Prefects variabler och mallar går inte att använda här. Skriv värdet i fältet.")
        left += each.values() if isinstance(each, dict) else each if isinstance(each, list) else ()
    return json.dumps(sent).encode()  # as we have read it, whatever else its bytes could mean


def deployment_of(path: str) -> str:
    """Return the id of the deployment whose form is sent in."""
    found = re.fullmatch(_SENT_IN, path)
    assert found  # noqa: S101 - kind_of has looked
    return found[1]


def is_page(path: str) -> bool:
    """Tell whether a path below ``/prefect/`` can be a page or file of the UI's: no dots that lead elsewhere."""
    return bool(_PAGE.fullmatch(path))


def is_form(deployment: Mapping[str, Any]) -> bool:
    """Tell whether a deployment is one of our forms."""
    return FORM in (deployment.get("tags") or ())


def is_anothers(deployment: Mapping[str, Any], own_id: str | None) -> bool:
    """Tell whether a deployment is another installation's, on a server that several share."""
    owners = [str(tag) for tag in deployment.get("tags") or () if str(tag).startswith(OWNER)]
    return any(owner != f"{OWNER}{own_id}" for owner in owners)


def without_who(deployment: dict[str, Any]) -> dict[str, Any]:
    """Return a deployment as the UI shall see it: a form does not ask who fills it in, for the portal knows."""
    schema = deployment.get("parameter_openapi_schema")
    if not is_form(deployment) or not isinstance(schema, dict):
        return deployment
    asked = {name: field for name, field in (schema.get("properties") or {}).items() if name != WHO}
    required = [name for name in schema.get("required") or () if name != WHO]
    return {**deployment, "parameter_openapi_schema": {**schema, "properties": asked, "required": required}}


def parameters_of(deployment: Mapping[str, Any], sent: object, name: str) -> dict[str, str]:
    """Return what a form's run is given: the words of the form's own fields, and who is logged in.

    Raises RefusedError for anything but words: Prefect would read a value of another kind as a template, or as one
    of its variables.
    """
    given = sent.get("parameters", {}) if isinstance(sent, dict) else None
    asked = (deployment.get("parameter_openapi_schema") or {}).get("properties") or {}
    if not isinstance(given, dict):
        raise RefusedError(BROKEN)
    kept = {field: value for field, value in given.items() if field in asked and value is not None}
    if not all(isinstance(value, str) for value in kept.values()):
        raise RefusedError(BROKEN)
    return kept | ({WHO: name} if WHO in asked else {})


def refuse_later(sent: object) -> None:
    """Raise RefusedError for a form that shall be carried out later: it would be so at once, as no state comes through."""
    state = sent.get("state") if isinstance(sent, dict) else None
    details = state.get("state_details") if isinstance(state, dict) else None
    if isinstance(details, dict) and details.get("scheduled_time"):
        raise RefusedError("Formulären går bara att skicka in genast. Välj Now under Start, och skicka in igen.")

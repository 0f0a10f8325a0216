"""``arshjul up``: the Prefect server and our own processes, started together and ended together."""

import json
import os
import signal
import socket
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from types import FrameType
from urllib.parse import urlsplit

import httpx
from rich.console import Console
from rich.table import Table

from app.clock import wall_clock
from app.lock import held
from app.prefect_auth import prefect_auth
from app.run.logs import PREFECT_FORM
from app.run.prefect_guard import basic
from app.run.processes import TICK, Child, StartError, Supervisor
from app.settings import NOW_SINCE, Settings, sqlite_url
from arshjul.errors import RefusedError
from arshjul.swedish import STOCKHOLM, clock_text, instant_text
from notifications.post.mail_url import is_loopback
from notifications.prefect_places import FORMS, MOMENTS, PREFECT

PREFECT_HOST = "127.0.0.1"
#: what Prefect's server looks after by itself each few seconds, and what nobody here waits for: pools of workers,
#: pauses, leases, schedules of deployments, cancellations. Idle, it computes a third of what it else would
SELDOM = {
    f"PREFECT_SERVER_SERVICES_{each}_LOOP_SECONDS": "60"
    for each in (
        "CANCELLATION_CLEANUP",
        "CLEANUP_RECONCILER",
        "FOREMAN",
        "LATE_RUNS",
        "PAUSE_EXPIRATIONS",
        "REPOSSESSOR",
        "SCHEDULER_RECENT_DEPLOYMENTS",
    )
}
#: where somebody may have set another database for Prefect
PREFECT_DATABASE = frozenset({"PREFECT_SERVER_DATABASE_CONNECTION_URL", "PREFECT_API_DATABASE_CONNECTION_URL"})
AIOSQLITE = "sqlite+aiosqlite"  #: how Prefect reaches its own database
SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


Login = Callable[[], tuple[str, datetime]]  #: makes a one-time login link, and says when it ends


def up(
    settings: Settings, children: Sequence[Child], *, console: Console | None = None, login: Login | None = None
) -> int:
    """Run the Prefect server (unless another one is set) and ``children`` until Ctrl-C or SIGTERM.

    ``login`` makes the link that is told when everything is up, on an installation that only this machine reaches.
    Returns the exit code: 0 when it was asked to stop, 1 when nothing could start, which is told in Swedish.
    """
    console = console or Console(emoji=False)
    started = wall_clock()

    def say(text: str) -> None:
        console.print(text, markup=False, highlight=False)

    try:
        with _asked_to_stop() as stopping, held(settings.data_dir, started) as lock:
            refuse_taken_ports(settings)
            supervisor = Supervisor(child_env(settings, since=started), settings.data_dir / "logg", say, [lock])
            try:
                behind = _start(supervisor, settings, children, stopping, console)
                if not stopping():
                    _tell(settings, console, login)
                while not stopping():
                    supervisor.keep_alive()
                    for child in [child for child in behind if supervisor.is_ready(child)]:
                        behind.remove(child)
                        say(f"{child.name} är i gång.")
                    time.sleep(TICK)
            finally:
                say("Stannar …")
                supervisor.stop()
    except (RefusedError, StartError) as error:
        say(str(error))
        return 1
    console.print("Allt är stannat.")
    return 0


def child_env(
    settings: Settings, *, environ: Mapping[str, str] = os.environ, since: datetime | None = None
) -> dict[str, str]:
    """Return the environment in which the Prefect server, its clients and our processes run.

    ``since`` is the machine's time when a virtual clock started, so that all show the same time.
    """
    ours = {
        "PYTHONUNBUFFERED": "1",
        "PYTHONSAFEPATH": "1",  # as -P: a folder flows/ or a file app.py where up is started changes nothing
        "PREFECT_HOME": str(settings.data_dir / "prefect"),
        "PREFECT_API_URL": settings.prefect_api,
        "PREFECT_SERVER_ALLOW_EPHEMERAL_MODE": "false",  # a lost address must fail, not start a server
        "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
        "PREFECT_SERVER_UI_SHOW_PROMOTIONAL_CONTENT": "false",
        "DO_NOT_TRACK": "1",
        **PREFECT_FORM,
        **SELDOM,
        "PREFECT_SERVER_DATABASE_TIMEOUT": "60",  # seconds that a busy SQLite is waited for before a 503
        "PREFECT_SERVER_UI_SERVE_BASE": PREFECT,
        "PREFECT_SERVER_UI_STATIC_DIRECTORY": str(settings.data_dir / "prefect" / "ui"),  # the code may be read-only
        "PREFECT_SERVER_CSRF_PROTECTION_ENABLED": "true",
        "PREFECT_SERVER_CORS_ALLOWED_ORIGINS": "{0.scheme}://{0.netloc}".format(urlsplit(settings.public_url)),
    }
    if (auth := prefect_auth(settings)) is not None:
        ours |= {"PREFECT_SERVER_API_AUTH_STRING": auth, "PREFECT_API_AUTH_STRING": auth}
        if settings.prefect_api_url is None:  # Prefect says it inside a websocket, and our guard asks at the door
            ours["PREFECT_CLIENT_CUSTOM_HEADERS"] = json.dumps({"Authorization": basic(auth)})
    if not PREFECT_DATABASE & environ.keys():
        ours["PREFECT_SERVER_DATABASE_CONNECTION_URL"] = sqlite_url(settings.data_dir / "prefect/prefect.db", AIOSQLITE)
    if since is not None:
        ours[NOW_SINCE] = since.isoformat()
    # a profile or key for another server would win over, or be sent to, our own
    foreign = {"PREFECT_PROFILE", "PREFECT_API_KEY"} if settings.prefect_api_url is None else set()
    return {name: value for name, value in environ.items() if name not in foreign} | ours


def prefect_server(settings: Settings) -> Child:
    """Return the Prefect server with its UI, reachable from this machine only, and by who knows its secret.

    It gives way to the portal: it shows the year to a few, while a whole town hall may be handing in.
    """
    return Child(
        name="prefect",
        argv=("nice", "-n", "5", sys.executable, "-m", "app.run.prefect_server", str(settings.prefect_port)),
        ready=answers(f"{settings.prefect_api}/health"),
    )


def answers(url: str) -> Callable[[], bool]:
    """Return a question: does ``url`` answer, with anything but a server fault?"""
    client = httpx.Client(timeout=2, trust_env=False)  # one for all tries: a new one reads every root certificate

    def ask() -> bool:
        try:
            return client.get(url).status_code < 500
        except httpx.HTTPError:
            return False

    return ask


def refuse_taken_ports(settings: Settings) -> None:
    """Raise RefusedError when a port that we shall listen on is in use, with the variable to change."""
    wanted = [("ARSHJUL_PORTAL_PORT", settings.portal_host, settings.portal_port)]
    if settings.prefect_api_url is None:
        wanted.insert(0, ("ARSHJUL_PREFECT_PORT", PREFECT_HOST, settings.prefect_port))
    faults = [
        f"{host}:{port} går inte att lyssna på ({why}). "
        f"Stanna det program som använder porten, eller välj en annan med {variable}."
        for variable, host, port in wanted
        if (why := _why_not(host, port))
    ]
    if faults:
        raise RefusedError("\n".join(faults))


def _why_not(host: str, port: int) -> str | None:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)  # as the servers do
        try:
            probe.bind((host, port))
        except OSError as error:
            return error.strerror or str(error)
    return None


def _start(
    supervisor: Supervisor,
    settings: Settings,
    children: Sequence[Child],
    stopping: Callable[[], bool],
    console: Console,
) -> list[Child]:
    """Start all at once, and wait for each to do its work; return those that do not yet.

    One that dies or is slow stops no other: it is told, started again or waited for. Raises StartError when none of
    them came up.
    """
    if settings.prefect_api_url is None:
        children = [prefect_server(settings), *children]
    elif not answers(f"{settings.prefect_api}/health")():
        console.print(f"Prefect på {settings.prefect_api} svarar inte. Årshjul startar ändå, och försöker igen.")
    if stopping():
        return []
    began = time.monotonic()
    for child in children:
        supervisor.start(child)
    waiting, behind = list(children), list[Child]()
    with console.status("") as status:
        while waiting and not stopping():
            seconds = time.monotonic() - began
            status.update(f"Startar {', '.join(child.name for child in waiting)} … {seconds:.0f} s")
            for child in list(waiting):
                if supervisor.is_ready(child):
                    console.print(f"  {child.name} är i gång efter {time.monotonic() - began:.0f} s")
                elif why := _behind(supervisor, child):
                    behind.append(child)
                    console.print(f"  {child.name} {why}", markup=False, highlight=False)
                else:
                    continue
                waiting.remove(child)
            supervisor.keep_alive()
            time.sleep(TICK)
    if behind and all(child in behind and supervisor.has_died(child) for child in children):
        raise StartError("Ingenting kom i gång. Läs felen ovan, rätta dem och starta igen.")
    return behind


def _behind(supervisor: Supervisor, child: Child) -> str | None:
    """Return in Swedish why a child is not waited for any longer before the rest is told to be up, or None."""
    if supervisor.has_died(child):
        return f"kom inte i gång och startas om. Det andra går ändå.\n{supervisor.last_words(child)}"
    if supervisor.is_slow(child):
        return (
            f"svarar inte än efter {child.patience:.0f} s. Det andra går ändå, och {child.name} väntas in.\n"
            f"{supervisor.last_words(child)}"
        )
    return None


def _tell(settings: Settings, console: Console, login: Login | None) -> None:
    """Tell where everything is, and the way in: a link where nobody but this machine can use it.

    Behind a proxy, or as a service, what we print may lie in a log that others read: there the command says it.
    """
    if login and stays_here(settings) and console.is_terminal:
        link, until = login()
        console.print(
            f"Logga in med länken före {clock_text(until.astimezone(STOCKHOLM).time())}, den fungerar en gång:"
        )
        console.print(link, markup=False, highlight=False, soft_wrap=True)
    console.print(addresses(settings))


def stays_here(settings: Settings) -> bool:
    """Tell whether the portal can be reached from this machine alone, by what it listens on and is known as."""
    return is_loopback(settings.portal_host) and is_loopback(urlsplit(settings.public_url).hostname or "")


def addresses(settings: Settings) -> Table:
    """Return where everything is found, as a table for the terminal."""
    post = "en SMTP-server (ARSHJUL_SMTP_URL)" if settings.smtp_url else f"mappen {settings.maildir}"
    table = Table(title="Årshjul är i gång", show_header=False, title_justify="left")
    table.add_row("Läget", f"{settings.public_url}/lage")
    table.add_row("Logga in", "arshjul login skriver ut en ny länk")
    table.add_row("Läget i Prefect", settings.prefect_ui)
    table.add_row("Årets alla moment", f"{settings.prefect_ui}{MOMENTS}")
    table.add_row("Formulären", f"{settings.prefect_ui}{FORMS}")
    table.add_row("Brev går till", post)
    if settings.mailbox and not (settings.mail_authserv or settings.mail_authserv_also):
        table.add_row(
            "Brev som kommer", "registreras av en människa på sidan Registrera (ARSHJUL_MAIL_AUTHSERV är inte satt)"
        )
    table.add_row("Data och loggar", str(settings.data_dir))
    if settings.now is not None:
        table.add_row("Påhittad klocka från", instant_text(settings.now))
    table.caption = "Ctrl-C stannar allt."
    return table


@contextmanager
def _asked_to_stop() -> Iterator[Callable[[], bool]]:
    """Turn the first Ctrl-C, SIGTERM or SIGHUP into an answer, so that children are always ended in order."""
    asked: list[int] = []

    def note(number: int, _frame: FrameType | None) -> None:
        asked.append(number)

    before = {number: signal.signal(number, note) for number in SIGNALS}
    try:
        yield lambda: bool(asked)
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)

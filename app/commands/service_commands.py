"""``arshjul up`` and ``login``, and the processes that ``up`` starts: runner, service, portal."""

import asyncio
import os
import signal
import sys
from datetime import date, datetime
from pathlib import Path
from typing import Annotated

import typer

from app.commands.by_hand import by_hand, machine_user, stated_name
from app.commands.printing import out
from app.commands.year_commands import judged, today
from app.run.private import closed_to_others
from app.settings import load_settings
from app.usage import Commands
from app.wiring import (
    login_link,
    open_machine,
    prepare,
)
from arshjul.errors import DefinitionError
from arshjul.swedish import STOCKHOLM, clock_text
from store.private_files import make_folder
from submissions.readers.process.confined import can_confine


def service_commands(cli: Commands) -> None:
    """Add the commands to the command line."""
    for command in (up, login):
        cli.command()(command)
    for process in (runner, service, portal):
        cli.command(hidden=True)(process)


def up() -> None:
    """Starta allt: Prefect med sitt gränssnitt, körningar, portal och väktare. Ctrl-C stannar allt."""
    from app.clock import clock_for
    from app.prefect_auth import prefect_auth
    from app.run.processes import Child
    from app.run.up import answers
    from app.run.up import up as start_all

    settings = load_settings()
    make_folder(settings.data_dir)
    os.environ.setdefault("PREFECT_HOME", str(settings.data_dir / "prefect"))  # HOME may be wrong, or not ours
    refuse_unreadable(settings.definition, today())
    prepare(settings, clock_for(settings))
    if settings.prefect_api_url:  # what only this asks for; Prefect is imported once it has a home
        from app.run.web import prefect_server
        from flows.service.server_sharing import refuse_clash_at
        from portal.prefect.sharing import closed_pages

        machine = open_machine(settings)
        asyncio.run(refuse_clash_at(settings.prefect_api_url, prefect_auth(settings), machine))
        for word in asyncio.run(closed_pages(prefect_server(settings, machine.whose().slug), machine.store)):
            out.print(word)
    if not can_confine():
        out.print(
            "Processen som läser inlämnade filer kan på den här datorn inte skiljas från nätet och hemligheten "
            "(det kräver Linux med Landlock och seccomp). Den är ändå en egen process, med gränser för tid och minne."
        )
    for word in closed_to_others(settings):
        out.print(word)

    def login() -> tuple[str, datetime]:
        return login_link(by_hand(settings), stated_name(""), machine_user())

    module = (sys.executable, "-m", "app")
    portal_address = f"http://{settings.portal_host}:{settings.portal_port}"
    children = [
        Child(name="portal", argv=(*module, "portal"), ready=answers(f"{portal_address}/"), patience=60),
        Child(name="körningar", argv=(*module, "runner")),
        Child(name="väktare", argv=(*module, "service")),
    ]
    sys.exit(start_all(settings, children, console=out, login=login))


def login(
    by: Annotated[
        str, typer.Option("--vem", callback=stated_name, help="Vem loggar in: ditt namn. Skrivs i loggen.")
    ] = "",
) -> None:
    """Skriv ut en länk som loggar in på portalen som ekonomikontoret, en gång, inom 15 minuter."""
    link, until = login_link(by_hand(), by, machine_user())
    out.print(
        f"Öppna länken före {clock_text(until.astimezone(STOCKHOLM).time())}. Den fungerar en gång, för den som har den:"
    )
    out.print(link)


def runner() -> None:
    """Carry out Prefect's runs (started by ``up``)."""
    from app.run.logs import set_up
    from flows.service.runner import serve

    set_up()
    asyncio.run(serve(open_machine()))


def service() -> None:
    """Watch, send and plan (started by ``up``)."""
    from app.run.logs import set_up
    from flows.service.watchdog import Watchdog

    set_up()

    async def watch() -> None:
        stopping = asyncio.Event()
        for number in (signal.SIGINT, signal.SIGTERM):
            asyncio.get_running_loop().add_signal_handler(number, stopping.set)
        await Watchdog(open_machine()).watch(stopping)

    asyncio.run(watch())


def portal() -> None:
    """Serve the pages (started by ``up``)."""
    from app.run.logs import set_up
    from app.run.web import serve as serve_portal

    set_up()
    serve_portal(load_settings())


def refuse_unreadable(path: Path, day: date) -> None:
    """Tell what the definition's check finds. What cannot be read stops the start; what is in the plan does not.

    A plan that breaks the law is the municipality's to mend while the service goes on with the rest of the year.
    """
    unusable, doubtful = judged(path, day)
    if any(fault.severity == "fel" for fault in unusable):
        raise DefinitionError([*unusable, *doubtful])
    for fault in sorted([*unusable, *doubtful]):
        out.print(str(fault))
    if any(fault.severity == "fel" for fault in doubtful):
        out.print("Tjänsten startar ändå, men planen har fel: rätta dem i definitionen och starta om.")

"""Serving the portal: its context put together, and uvicorn."""

import gc
import logging
import sys

import uvicorn

from app.prefect_auth import prefect_auth
from app.run.wire import Wire
from app.settings import Settings
from app.wiring import login_rules, open_machine
from flows.machine import Machine
from portal.app import create_app
from portal.prefect_client import PrefectServer
from portal.web.context import Contacts, PortalContext
from portal.web.redaction import HideTokens
from store.plan.planning import current_wheel

#: seconds that a thread computes before another gets its turn. A page asks the database row by row, and waits for a
#: turn after each: with Python's own 5 ms a hand-in that is being judged would hold a page up for long
TURN = 0.0005


def prefect_server(settings: Settings, slug: str) -> PrefectServer:
    """Return the Prefect server as the portal reaches it."""
    api, auth = settings.prefect_api, prefect_auth(settings)
    return PrefectServer(api, auth, slug, shared=settings.prefect_api_url is not None and not settings.prefect_shared)


def serve(settings: Settings) -> None:
    """Serve the portal until the process is told to stop. Links' tokens stay out of its logs."""
    machine = open_machine(settings)
    context = context_of(settings, machine)
    for name in ("uvicorn.access", "uvicorn.error"):
        logging.getLogger(name).addFilter(HideTokens())
    with machine.store.read() as session:
        current_wheel(session, machine.office.definition, machine.clock())
    gc.collect()
    gc.freeze()  # the plan is 300 000 objects that stay: to look through them again would stop every page for 0.2 s
    sys.setswitchinterval(TURN)
    host, port = settings.portal_host, settings.portal_port
    uvicorn.run(create_app(context), host=host, port=port, http=Wire, log_config=None, log_level="info")


def context_of(settings: Settings, machine: Machine) -> PortalContext:
    """Return what the portal of a machine works with."""
    return PortalContext(
        store=machine.store,
        office=machine.office,
        clock=machine.clock,
        maildir=None if settings.smtp_url else settings.maildir,
        health=machine.health or dict,
        login=login_rules(settings),
        intake=machine.intake,
        prefect=prefect_server(settings, machine.whose().slug),
        post=machine.post,
        about=Contacts(
            accessibility_contact=settings.accessibility_contact,
            accessibility_date=settings.accessibility_date,
            accessibility_days=settings.accessibility_days,
            data_protection_contact=settings.data_protection_contact,
        ),
    )

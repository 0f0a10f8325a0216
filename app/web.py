"""Serving the portal: its desk put together, and uvicorn."""

import logging
from collections.abc import Sequence
from datetime import datetime

import uvicorn

from app.health import health
from app.settings import Settings
from app.wire import Wire
from app.wiring import login_rules, open_machine
from notifications.receipts import write_receipt
from portal.app import create_app
from portal.desk import Desk
from portal.quiet import HideTokens
from store.database import Session
from store.tables import Person
from submissions.receive import Received


def serve(settings: Settings) -> None:
    """Serve the portal until the process is told to stop. Links' tokens stay out of its logs."""
    machine = open_machine(settings)

    def send_receipt(session: Session, received: Sequence[Received], person: Person, now: datetime) -> None:
        write_receipt(session, machine.office, received, person, now)

    desk = Desk(
        store=machine.store,
        office=machine.office,
        clock=machine.clock,
        maildir=None if settings.smtp_url else settings.maildir,
        health=lambda: health(machine, settings.prefect_api),
        send_receipt=send_receipt,
        login=login_rules(settings),
    )
    for name in ("uvicorn.access", "uvicorn.error"):
        logging.getLogger(name).addFilter(HideTokens())
    host, port = settings.portal_host, settings.portal_port
    uvicorn.run(create_app(desk), host=host, port=port, http=Wire, log_level="info")

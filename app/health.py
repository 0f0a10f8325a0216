"""Whether the service's parts do their work: Prefect, the watchdog, the outbox and the database."""

from collections.abc import Mapping

import httpx
from sqlalchemy.exc import SQLAlchemyError

from flows.machine import Machine
from notifications.health import HealthPart, store_parts


def health(machine: Machine, prefect_api: str) -> Mapping[str, HealthPart]:
    """Ask every part; each answer says in Swedish how it stands and what to do."""
    now = machine.clock()
    found = {"prefect": _prefect(prefect_api)}
    office = machine.office
    try:
        with machine.store.read() as session:
            parts = store_parts(
                session,
                now,
                machine.clock.real(now),
                has_mailbox=machine.mailbox is not None,
                utskick=office.utskick if office.utskick_is_set else None,
            )
    except SQLAlchemyError as error:
        words = f"Databasen svarar inte ({type(error).__name__}). Se till att den är igång och att disken har plats."
        return {**found, "databas": HealthPart(ok=False, text=words)}
    found["databas"] = HealthPart(ok=True, text="Databasen svarar.")
    found["disk"] = _fits(machine.intake.lacks_room(), "Disken har plats.")
    if machine.intake.scanner:
        found["virusskydd"] = _fits(machine.intake.scanner.hindrance(), "Virusskyddet svarar.")
    return {**found, **parts}


def _fits(hindrance: str, well: str) -> HealthPart:
    return HealthPart(ok=not hindrance, text=hindrance or well)


def _prefect(api: str) -> HealthPart:
    try:
        ok = httpx.get(f"{api}/health", timeout=2, trust_env=False).status_code == 200
    except httpx.HTTPError:
        ok = False
    silent = "Prefect svarar inte. Breven går ändå, genom väktaren; starta Prefect så syns läget igen."
    return HealthPart(ok=ok, text="Prefect svarar." if ok else silent)

"""Whether the service's parts do their work: Prefect, the watchdog, the outbox and the database."""

from collections.abc import Mapping
from datetime import datetime, timedelta

import httpx
from sqlalchemy.exc import SQLAlchemyError

from arshjul.swedish import instant_text
from flows.machine import Machine
from portal.desk import HealthPart
from store.installation import MAILBOX, installed
from store.leases import beats
from store.letters import waiting_since

SILENT_AFTER = {
    "väktare": timedelta(minutes=3),
    "utkorg": timedelta(minutes=1),
    MAILBOX: timedelta(minutes=10),  # many and large mails take their time
}
STUCK_AFTER = timedelta(minutes=30)  #: a letter that has waited longer than this is a fault


def health(machine: Machine, prefect_api: str) -> Mapping[str, HealthPart]:
    """Ask every part; each answer says in Swedish how it stands and what to do."""
    now = machine.clock.real(machine.clock())
    found = {"prefect": _prefect(prefect_api)}
    try:
        with machine.store.read() as session:
            seen, waiting = beats(session), waiting_since(session, machine.clock())
            mailbox_words = installed(session, MAILBOX)
    except SQLAlchemyError as error:
        words = f"Databasen svarar inte ({type(error).__name__}). Se till att den är igång och att disken har plats."
        return {**found, "databas": HealthPart(ok=False, text=words)}
    found["databas"] = HealthPart(ok=True, text="Databasen svarar.")
    for part, longest in SILENT_AFTER.items():
        if part == MAILBOX and machine.mailbox is None:
            continue
        found[part] = _beating(part, seen.get(part), now, longest)
    if MAILBOX in found and found[MAILBOX].ok and mailbox_words:
        found[MAILBOX] = HealthPart(ok=False, text=mailbox_words, since=found[MAILBOX].since)
    if waiting is not None and machine.clock() - waiting > STUCK_AFTER:
        words = f"Ett brev väntar sedan {instant_text(waiting)}. Se om e-postservern svarar."
        found["utkorg"] = HealthPart(ok=False, text=words, since=waiting)
    return found


def _prefect(api: str) -> HealthPart:
    try:
        ok = httpx.get(f"{api}/health", timeout=2, trust_env=False).status_code == 200
    except httpx.HTTPError:
        ok = False
    silent = "Prefect svarar inte. Breven går ändå, genom väktaren; starta Prefect så syns läget igen."
    return HealthPart(ok=ok, text="Prefect svarar." if ok else silent)


def _beating(part: str, last: datetime | None, now: datetime, longest: timedelta) -> HealthPart:
    if last is None:
        return HealthPart(ok=False, text=f"{part.capitalize()} har inte börjat arbeta. Kör 'arshjul up'.")
    if now - last > longest:
        words = f"{part.capitalize()} har varit tyst sedan {instant_text(last)}. Starta om tjänsten och se loggen."
        return HealthPart(ok=False, text=words, since=last)
    return HealthPart(ok=True, text=f"{part.capitalize()} arbetar.", since=last)

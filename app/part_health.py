"""Whether the service's parts do their work: Prefect, the watchdog, the outbox and the database."""

import logging
import sqlite3
from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal
from uuid import UUID

import httpx
from sqlalchemy.exc import SQLAlchemyError

from actions.service.health import HealthPart, store_parts
from flows.machine import Machine

logger = logging.getLogger(__name__)

PATIENCE = 5  #: seconds that Prefect may take to answer


@dataclass(frozen=True, slots=True, kw_only=True)
class Prefect:
    """Where Prefect is asked, and what our own server keeps its things in."""

    api: str
    auth: str | None = field(default=None, repr=False)  #: "name:password"
    database: Path | None = None  #: None: the server is not ours

    @property
    def pair(self) -> tuple[str, str] | None:
        """Name and password, as they are sent."""
        name, colon, password = (self.auth or "").partition(":")
        return (name, password) if colon else None


def health(machine: Machine, prefect: Prefect) -> Mapping[str, HealthPart]:
    """Ask every part; each answer says in Swedish how it stands and what to do."""
    now = machine.clock()
    found = {"prefect": prefect_part(prefect)}
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
        logger.warning("database.down error=%s", type(error).__name__)
        words = "Databasen svarar inte. Se till att den är i gång och att disken har plats."
        return {**found, "databas": HealthPart(ok=False, text=words)}
    found["databas"] = HealthPart(ok=True, text="Databasen svarar.")
    found["disk"] = _fits(machine.intake.lacks_room(), "Disken har plats.")
    if machine.intake.scanner:
        found["virusskydd"] = _fits(machine.intake.scanner.hindrance(), "Virusskyddet svarar.")
    return {**found, **parts}


def _fits(hindrance: str, well: str) -> HealthPart:
    return HealthPart(ok=not hindrance, text=hindrance or well)


def prefect_part(prefect: Prefect) -> HealthPart:
    """Tell how Prefect stands, and what to do: which file to set aside when its own database is damaged."""
    try:
        # a deployment that is not there: it must ask its database, which its own word of health does not
        answer = httpx.get(
            f"{prefect.api}/deployments/{UUID(int=0)}", auth=prefect.pair, timeout=PATIENCE, trust_env=False
        )
        if answer.status_code in (200, 404):
            return HealthPart(ok=True, text="Prefect svarar.")
        words = f"Prefect svarar med fel ({answer.status_code})."
    except httpx.TimeoutException:
        words = f"Prefect svarar inte inom {PATIENCE} sekunder."
    except httpx.HTTPError:
        words = "Prefect svarar inte."
    fault = fault_of(prefect.database) if prefect.database else None
    if fault == "låst":
        words = (
            f"Prefects databas är låst av ett annat program ({prefect.database}), till exempel en säkerhetskopiering eller ett "
            "databasverktyg. Breven och portalen går ändå. Stäng det programmet; Prefect går då vidare av sig själv."
        )
        return HealthPart(ok=False, text=words)
    if fault == "trasig":
        words = (
            f"Prefects databas är trasig. Breven och portalen går ändå. Stanna Årshjul, flytta undan {prefect.database} "
            "och filerna bredvid den som slutar på -wal och -shm, och starta igen: Prefect gör en ny databas, och allt "
            "som den ska visa finns i Årshjuls egen."
        )
        return HealthPart(ok=False, text=words)
    return HealthPart(ok=False, text=f"{words} Breven går ändå, genom väktaren; starta om Prefect så syns läget igen.")


def fault_of(database: Path) -> Literal["trasig", "låst"] | None:
    """Return what is wrong with an SQLite file: no database, or one with damaged pages, or one that somebody has locked.

    Prefect's API cannot tell it: whatever is wrong, a question is answered with 500 or not at all, and its ``/ready``
    only opens the file, which a damaged or a locked one lets it. But what people do about the two is not the same. So
    the file itself is asked, read-only, once Prefect has failed to answer. One that is not there has nothing wrong with it.
    """
    if not database.exists():
        return None
    try:
        with closing(sqlite3.connect(f"{database.as_uri()}?mode=ro", uri=True, timeout=1)) as opened:
            found = opened.execute("PRAGMA quick_check(1)").fetchone()
    except sqlite3.DatabaseError as error:
        if "locked" in str(error):
            return "låst"
        return "trasig" if any(words in str(error) for words in ("not a database", "malformed")) else None
    return None if found == ("ok",) else "trasig"

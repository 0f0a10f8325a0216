"""Who carries out a transaction: a subject that stays the same, the way in, and the visit or login.

A name is what people read, and two may have the same. The subject tells them apart: a person's id for a link or a
login by letter, the provider's own id for a login through it, the machine's user for the command line.
"""

import hashlib
import unicodedata
from dataclasses import dataclass
from enum import StrEnum

from sqlalchemy.orm import Session

KEY = "acting"  #: where a session of the store remembers who it acts for
SERVICE_SUBJECT = "tjänsten"
BY_SERVICE = "årshjulet"  #: who the log says did what nobody asked for
#: who the log says did what the service did by itself; nobody else may be called so
SERVICE_NAMES = frozenset({BY_SERVICE, "utkorgen", "inkorgen", "brevlådan", "den bevakade mappen", "tjänsten"})
#: names that a person may not take: the service's own, the office's, and those that say who nobody knows
RESERVED = SERVICE_NAMES | {
    "ekonomikontoret",
    "kommandoraden",
    "prefect",
    "okänd",
    "systemet",
    "scenariot",
    "väktaren",
    "registratorn",
}


class Way(StrEnum):
    """The way in, as it stands in the log."""

    LINK = "personlig länk"
    SESSION = "inloggning"
    PORTAL_FORM = "formulär via portalen"  #: a form of Prefect's, sent in through the portal's login
    PREFECT_FORM = "Prefects formulär"  #: past the portal: who it was is as stated
    COMMAND = "kommandoraden"
    MAIL = "mejl"
    SERVICE = "tjänsten"
    OUTSIDE = "utan inloggning"


@dataclass(frozen=True, slots=True, kw_only=True)
class Acting:
    """Somebody who acts: ``subject`` is stable, ``session`` tells one visit or login from another (no secret)."""

    subject: str
    way: Way
    session: str | None = None


SERVICE = Acting(subject=SERVICE_SUBJECT, way=Way.SERVICE)
MAIL = Acting(subject=SERVICE_SUBJECT, way=Way.MAIL)
OUTSIDE = Acting(subject="okänd", way=Way.OUTSIDE)


def act(session: Session, acting: Acting) -> None:
    """Let what is logged from here on in this transaction be somebody's: when it has been found out who it is."""
    session.info[KEY] = acting


def acting_in(session: Session, who: str) -> Acting | None:
    """Return who acts in a transaction under the name ``who``; None when nobody said so.

    What the service does by itself is the service's, in whosever transaction.
    """
    if who in SERVICE_NAMES:
        return SERVICE
    found = session.info.get(KEY)
    return found if isinstance(found, Acting) else None


def short_session(secret_id: str) -> str:
    """Return a word that tells one session or visit from another and opens nothing."""
    return hashlib.sha256(f"log|{secret_id}".encode()).hexdigest()[:16]


def is_reserved(name: str) -> bool:
    """Tell whether a name is one that no person may take, whatever its capitals, spaces and forms of letters."""
    folded = " ".join(unicodedata.normalize("NFKC", name).casefold().split())
    return folded.strip(" .:*_-–—'\"()[]") in RESERVED

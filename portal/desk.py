"""What the portal is given: everything it needs of the rest, in one frozen value."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from notifications.office import Office
from store.database import Session, Store
from store.tables import Person
from submissions.receive import Received


@dataclass(frozen=True, slots=True, kw_only=True)
class HealthPart:
    """Whether one part of the service does its work."""

    ok: bool
    text: str  #: Swedish: "Prefect svarar", or what is wrong and what to do
    since: datetime | None = None  #: when it was last seen at work


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """The portal's seams. ``send_receipt`` writes the kvittens in the hand-in's own transaction."""

    store: Store
    office: Office
    clock: Callable[[], datetime]
    maildir: Path | None  #: where letters lie when none leaves the machine; None: no page shows them
    health: Callable[[], Mapping[str, HealthPart]]
    send_receipt: Callable[[Session, Sequence[Received], Person, datetime], None]

    @property
    def https(self) -> bool:
        """Whether people reach the portal over https."""
        return self.office.public_url.startswith("https://")

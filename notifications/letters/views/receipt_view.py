"""What a kvittens says: what came, what was found in it, and how all that it is part of stands."""

from dataclasses import dataclass
from datetime import datetime

from notifications.letters.views.notice_view import MissingPart


@dataclass(frozen=True, slots=True, kw_only=True)
class ReceiptFinding:
    """What a check found in what was handed in, and how to mend it."""

    severity: str  #: "stopp", "fråga" or "upplysning"
    place: str  #: "Ekonomi!D7"
    message: str
    mend: str
    lagrum: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ReceiptPart:
    """One part in a kvittens."""

    name: str
    filename: str | None
    version: int
    sha256: str | None
    complete: bool
    findings: tuple[ReceiptFinding, ...]  #: what remains
    ej_aktuellt: str | None
    changed_since: int | None = None  #: the version that ``changes`` are counted from; None: nothing to compare with
    changes: tuple[str, ...] = ()
    more_changes: int = 0  #: changes beside those in ``changes``


@dataclass(frozen=True, slots=True, kw_only=True)
class WholePart:
    """One part of an obligation as it stands, for the list of all that a complete hand-in is made of."""

    name: str
    filename: str | None
    version: int | None
    sha256: str | None
    ej_aktuellt: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class StandsView:
    """How one of all that a hand-in is part of stands."""

    name: str  #: "Underlag till delårsrapporten augusti 2027"
    state: str  #: the board's word for it: "komplett", "preliminär", "ofullständig"
    lacking: tuple[str, ...]  #: names of the parts that are missing


@dataclass(frozen=True, slots=True, kw_only=True)
class ReceiptView:
    """A hand-in that was received."""

    step_name: str
    report: str
    period_text: str
    unit_name: str
    unit_said: str
    received_at: datetime
    late: bool
    by: str
    parts: tuple[ReceiptPart, ...]
    still_missing: tuple[MissingPart, ...]
    due_at: datetime
    preliminary: bool  #: complete, but the nämnd's decision is still to come
    registered_by: str | None = None  #: who filed it for whoever handed it in
    registered_at: datetime | None = None
    diarienummer: str | None = None
    whole: tuple[WholePart, ...] = ()  #: every part as it stands, also those that came earlier
    stands: tuple[StandsView, ...] = ()  #: how all stands that the files are part of, when that is more than one thing
    makes_whole: bool = False  #: something that the files are part of is complete with them: it is to be registered
    to_register: bool = False  #: the reader is the registrator, who has handed nothing in
    became_complete: str = ""  #: why it is complete now, when nothing was handed in: a whole sentence

    def own_parts(self, role_name: str) -> int:
        """Return how many of the parts that are missing are the reader's."""
        return sum(part.role == role_name for part in self.still_missing)

"""What became of one hand-in of one part."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from arshjul.year.wheel import Obligation, PartOwed
from submissions.finding import Finding

Outcome = Literal["mottagen", "samma igen", "nekad", "besvarad"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Received:
    """What became of one hand-in of one part.

    ``mottagen``: a new version is stored (complete or not). ``samma igen``: it stands already, as ``version``.
    ``nekad``: nothing was stored, and ``findings`` say why and how to mend it. ``besvarad``: questions of a version
    that stands were answered, and ``findings`` are what is left.
    """

    obligation: Obligation
    part: PartOwed
    outcome: Outcome
    version: int | None
    received_at: datetime
    by: str
    late: bool
    complete: bool
    filename: str | None
    sha256: str | None
    ej_aktuellt: str | None
    findings: tuple[Finding, ...]
    registered_by: str | None = None  #: who filed it for ``by``, when somebody else did

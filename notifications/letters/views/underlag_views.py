"""What is told when what was handed in no longer stands: sent back, taken away, or changed by the ledger."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangedFigure:
    """One figure that the ledger no longer agrees with; the amounts are tkr, as people read them."""

    row: str
    column: str
    handed_in: str
    ledger: str
    by: str  #: with its sign


@dataclass(frozen=True, slots=True, kw_only=True)
class ReopenedPart:
    """A part that a later ledger file reopened, or found right again (``restored``)."""

    name: str
    version: int
    restored: bool
    rows: tuple[ChangedFigure, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class UnderlagView:
    """The underlag that no longer stands, and when it is due now."""

    step_name: str
    report: str  #: as in NoticeView
    period_text: str
    unit_name: str
    unit_said: str
    due_at: datetime
    moved: bool  #: it got a new frist
    lagrum: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ReopenedView(UnderlagView):
    """An obligation whose figures a later ledger file changed."""

    book_period: str  #: "januari–augusti 2027"
    company: str
    taken_at: datetime
    parts: tuple[ReopenedPart, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class SentBackView(UnderlagView):
    """An underlag that was sent back with reasons."""

    krav_name: str
    parts: tuple[str, ...]  #: each with its version: "Ekonomi, version 2"
    why: str
    by: str  #: who sent it back: "Ekonomikontoret", or the body with its § and day


@dataclass(frozen=True, slots=True, kw_only=True)
class TakenAwayView(UnderlagView):
    """A handed-in version that somebody took away."""

    part_name: str
    version: int
    filename: str | None
    sha256: str | None
    reason: str
    why: str
    missing: bool  #: the part is missing without it
    stands: int | None  #: the version that counts now, when one is complete
    diarienummer: str | None

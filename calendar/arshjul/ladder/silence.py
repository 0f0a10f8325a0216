"""Why nothing is said about something that is owed by the plan: its past is over, unless somebody opens it.

A definition that is changed today makes nobody late for what was over when it changed, and what the last body has
decided about a report is the report's end.
"""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from arshjul.swedish import local_date
from arshjul.year.wheel import Obligation


class Silence(StrEnum):
    """Why, in the words that people read."""

    BEFORE = "fristen låg före i drift från"
    ADDED = "kravet tillkom när fristen redan hade passerat"
    DECIDED = "rapporten är beslutad"
    ENDED = "enheten har upphört"

    @property
    def is_end(self) -> bool:
        """Whether it was ours, and has ended."""
        return self in (Silence.DECIDED, Silence.ENDED)


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """What is remembered of an obligation beside the plan."""

    added_at: datetime | None = None  #: when it was first planned, if its frist had passed by then
    opened: bool = False  #: somebody has asked for it all the same
    opened_at: datetime | None = None  #: when; what ends afterwards ends nevertheless
    decided_at: datetime | None = None  #: when it was recorded that the last body has decided the report


def silence(one: Obligation, known: Known, since: date, ended: date | None, today: date) -> Silence | None:
    """Tell why nothing is said about ``one``; None when the ladder holds.

    ``since`` is i drift från. ``ended`` is the enhet's last day (inclusive).
    """
    if not known.opened and one.deadline.last_day < since:
        return Silence.BEFORE
    if not known.opened and known.added_at and known.added_at > one.deadline.at:
        return Silence.ADDED
    opened_at = known.opened_at
    if known.decided_at and (opened_at is None or opened_at < known.decided_at):
        return Silence.DECIDED
    if ended and ended < today and (opened_at is None or local_date(opened_at) <= ended):
        return Silence.ENDED
    return None

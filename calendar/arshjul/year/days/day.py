"""A resolved day, and why there is none."""

from dataclasses import dataclass
from datetime import date, datetime, time

from arshjul.errors import ArshjulError
from arshjul.lagrum import Lagrum
from arshjul.swedish import local
from arshjul.year.days.meetings import Meeting


class NoRuleInForce(ArshjulError, LookupError):  # noqa: N818 - the design's own name
    """Nothing in the definition gives a day that was asked for; the message names the remedy."""


class NotYetHappenedError(NoRuleInForce):
    """A day is counted from a händelse that nobody has registered: there is none yet, and nothing is wrong."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Day:
    """A resolved day: ``day`` is planned for (inclusive), ``lawful_until`` is the law's own (inclusive) or None."""

    day: date
    clock: time
    status: str
    lagrum: Lagrum
    lawful_until: date | None = None
    meeting: Meeting | None = None
    window: str | None = None  #: "i mitten av februari 2027", where no day is set and ``day`` is the latest

    @property
    def at(self) -> datetime:
        """The instant."""
        return local(self.day, self.clock)

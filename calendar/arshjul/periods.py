"""The months that a report's figures describe; not the day on which the report is due."""

import calendar
import re
from dataclasses import dataclass
from datetime import date

from arshjul.keys import PeriodKey
from arshjul.swedish import month_name

_KEY = re.compile(r"(\d{4})(?:-(\d{2}))?")


@dataclass(frozen=True, slots=True, order=True)
class Period:
    """From 1 January of ``year`` to the end of ``month``; the whole year when ``month`` is None.

    Follow-up in a municipality is accumulated: the report for August describes January to August.
    """

    year: int
    month: int | None = None

    @classmethod
    def parse(cls, key: str) -> "Period":
        """Read ``2027-08`` or ``2027``; ValueError for anything else."""
        found = _KEY.fullmatch(key)
        if not found or not (found[2] is None or 1 <= int(found[2]) <= 12):
            raise ValueError(f"okänd period '{key}': skriv 2027-08 för en månad eller 2027 för ett år")
        return cls(int(found[1]), int(found[2]) if found[2] else None)

    @property
    def key(self) -> PeriodKey:
        """``2027-08``, or ``2027`` for a whole year."""
        return PeriodKey(f"{self.year}" if self.month is None else f"{self.year}-{self.month:02}")

    @property
    def months(self) -> int:
        """How many months the figures cover."""
        return self.month or 12

    @property
    def end(self) -> date:
        """The last day of the period, inclusive."""
        month = self.month or 12
        return date(self.year, month, calendar.monthrange(self.year, month)[1])

    @property
    def text(self) -> str:
        """``augusti 2027`` or ``2027``, as people write it."""
        return f"{self.year}" if self.month is None else f"{month_name(self.month)} {self.year}"

    def said(self, *, monthly: bool = False) -> str:
        """``per den 31 augusti 2027``, or ``för 2027``: after a report's name in running text.

        What follows up each month (``monthly``) is said to be for it, though its figures are accumulated: ``för mars 2027``.
        """
        if self.month is None or monthly:
            return f"för {self.text}"
        return f"per den {self.end.day} {self.text}"

    def __str__(self) -> str:
        return self.key

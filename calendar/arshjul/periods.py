"""The months that a report's figures describe; not the day on which the report is due."""

import calendar
import re
from dataclasses import dataclass
from datetime import date

from arshjul.keys import PeriodKey
from arshjul.swedish import month_name

_KEY = re.compile(r"(\d{4})(?:-(\d{2})(?:-(\d{2})(?:-([a-z0-9_-]+))?)?)?", re.ASCII)


@dataclass(frozen=True, slots=True, order=True)
class Period:
    """From 1 January of ``year`` to the end of ``month``, or to its ``day``; the whole year when ``month`` is None.

    Follow-up in a municipality is accumulated: the report for August describes January to August. One with a day
    goes to that day: a report to a meeting, or because of something that happened. What is reported of one entry of a
    register has the entry's id as ``entry``, since several may be due on a day.
    """

    year: int
    month: int | None = None
    day: int = 0  #: 0: the month's last
    entry: str = ""  #: the register's entry that it is of

    @classmethod
    def parse(cls, key: str) -> "Period":
        """Read ``2027-08``, ``2027-08-31``, ``2027-08-31-skolskjuts`` or ``2027``; ValueError for anything else."""
        found = _KEY.fullmatch(key)
        month = int(found[2]) if found and found[2] else None
        if not found or not (month is None or 1 <= month <= 12) or not _is_day(int(found[1]), month, found[3]):
            raise ValueError(f"okänd period '{key}': skriv 2027-08 för en månad eller 2027 för ett år")
        return cls(int(found[1]), month, int(found[3] or 0), found[4] or "")

    @classmethod
    def until(cls, day: date, entry: str = "") -> "Period":
        """Return the period from 1 January to ``day``, inclusive."""
        return cls(day.year, day.month, day.day, entry)

    @property
    def key(self) -> PeriodKey:
        """``2027-08``, ``2027-08-31`` for one with a day, or ``2027`` for a whole year."""
        month = "" if self.month is None else f"-{self.month:02}"
        return PeriodKey(
            f"{self.year}{month}{f'-{self.day:02}' if self.day else ''}{f'-{self.entry}' if self.entry else ''}"
        )

    @property
    def months(self) -> int:
        """How many months the figures cover, the last of them not wholly where the period has a day."""
        return self.month or 12

    @property
    def end(self) -> date:
        """The last day of the period, inclusive."""
        month = self.month or 12
        return date(self.year, month, self.day or calendar.monthrange(self.year, month)[1])

    @property
    def begins(self) -> date:
        """The first day of the period's last month, or of the whole year: where what holds from it begins to hold."""
        return date(self.year, self.month or 1, self.day or 1)

    @property
    def text(self) -> str:
        """``augusti 2027``, ``31 augusti 2027`` or ``2027``, as people write it."""
        day = f"{self.day} " if self.day else ""
        return f"{self.year}" if self.month is None else f"{day}{month_name(self.month)} {self.year}"

    def said(self, *, monthly: bool = False) -> str:
        """``per den 31 augusti 2027``, or ``för 2027``: after a report's name in running text.

        What follows up each month (``monthly``) is said to be for it, though its figures are accumulated: ``för mars 2027``.
        """
        if self.month is None or monthly:
            return f"för {self.text}"
        return f"per den {self.end.day} {self.text}"

    def __str__(self) -> str:
        return self.key


def _is_day(year: int, month: int | None, day: str | None) -> bool:
    return day is None or (month is not None and 1 <= int(day) <= calendar.monthrange(year, month)[1])

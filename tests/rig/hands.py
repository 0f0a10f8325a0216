"""A clock in the test's hands."""

from dataclasses import dataclass
from datetime import datetime


@dataclass
class Hands:
    """A clock that the test sets."""

    now: datetime

    def __call__(self) -> datetime:
        return self.now

    def real(self, instant: datetime) -> datetime:
        return instant

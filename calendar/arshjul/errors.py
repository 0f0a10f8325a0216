"""What goes wrong, said so that the reader can mend it. Messages are Swedish: the municipality reads them."""

from collections.abc import Iterable
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Literal

from arshjul.wordings import with_wordings

WORDLESS = "inget skäl angavs"  #: of a fault from outside that says nothing itself
Severity = Literal["fel", "varning"]


class ArshjulError(Exception):
    """Base of every error that this project raises on purpose."""


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class Fault:
    """One thing that is wrong, or doubtful, in a definition."""

    file: str
    line: int  #: 1-based line in the file
    rule: str  #: stable id, e.g. "okand-roll" or "KL 11:20"
    message: str  #: Swedish: what was read, what is allowed, how to mend it
    severity: Severity = "fel"
    lagrum: str | None = None

    @property
    def where(self) -> str:
        """``file:line``, as editors and terminals link it."""
        return f"{self.file}:{self.line}"

    def __str__(self) -> str:
        source = f" ({with_wordings(self.lagrum)})" if self.lagrum else ""
        return f"{self.where}: {self.severity}: {self.message}{source}"


class DefinitionError(ArshjulError, ValueError):
    """A definition cannot be used. ``faults`` holds every fault, in the file's order."""

    def __init__(self, faults: Iterable[Fault]) -> None:
        self.faults = tuple(sorted(faults))
        super().__init__("\n".join(str(fault) for fault in self.faults))


class RefusedError(ArshjulError, ValueError):
    """Somebody asked for what the rules do not allow. The message is Swedish and names the remedy."""


def nearest(read: str, allowed: Iterable[str]) -> str:
    """Return ``", menade du 'x'?"`` with the nearest allowed word, or what is allowed when none is near."""
    words = sorted(set(allowed))
    close = get_close_matches(read, words, n=1, cutoff=0.6)
    if close:
        return f", menade du '{close[0]}'?"
    return f"; tillåtna är {', '.join(words)}." if words else "."

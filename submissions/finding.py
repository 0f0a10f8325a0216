"""A finding: what is wrong with what was handed in, how it is mended, and by which source."""

from dataclasses import dataclass
from typing import Any, Literal

from submissions.files.figures import with_named_signs

Severity = Literal["stopp", "fråga", "upplysning"]


STOP: Severity = "stopp"
ASKED: Severity = "fråga"
#: what a finding asks of whoever handed in, in the one word that page, letter, form and command have for it
GRADES: dict[str, str] = {"stopp": "Måste rättas", "fråga": "Behöver svar", "upplysning": "Att veta"}


def graded(severity: str) -> str:
    """Return what a severity is called where people read it."""
    return GRADES.get(severity, severity)


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """What a check found, said so that whoever handed in can mend it. What it quotes has each unseen sign by its name."""

    rule: str  #: stable id: "fel-slag"
    severity: Severity
    place: str  #: where: the file's name, or the field
    message: str
    mend: str  #: what to do
    lagrum: str

    def __post_init__(self) -> None:
        for name in ("place", "message", "mend"):
            object.__setattr__(self, name, with_named_signs(getattr(self, name)))


def finding_of(row: Any) -> Finding:
    """Return a stored finding as a value."""
    return Finding(**{name: getattr(row, name) for name in Finding.__dataclass_fields__})

"""An enhet that owes something, as the definition declares it."""

from datetime import date
from typing import Literal

from pydantic import Field

from arshjul.definition.asked import Goal, Verksamhet
from arshjul.definition.days.dating import Value
from arshjul.definition.names import BodyId, Id, LedgerId, RoleId, Source, UnitId
from arshjul.swedish import in_running_text


class Unit(Value):
    """An enhet that owes something: nämnd, styrelse or helägt bolag. ``since`` and ``until`` are inclusive.

    One that is under another (``above``) has a ``level`` by which krav ask for it, and the kind and the body of the
    topmost one over it, unless it has its own. ``verksamheter`` are the rows of its economy; without any, the enhet is
    one row by its own name. ``ledger`` names the ledger (``bokföring``) in which its objects lie.
    """

    name: str = Field(alias="namn")
    own_said: str | None = Field(None, alias="löptext")
    kind: Literal["nämnd", "styrelse", "bolag"] = Field(alias="slag")
    responsible: RoleId = Field(alias="ansvarig")
    body: BodyId = Field(alias="organ")
    above: UnitId | None = Field(None, alias="under")
    level: str | None = Field(None, alias="nivå", min_length=1)
    since: date | None = Field(None, alias="från")
    until: date | None = Field(None, alias="till")
    succeeds: tuple[UnitId, ...] = Field((), alias="efterträder")
    verksamheter: dict[Id, Verksamhet] = Field(default_factory=dict)
    ledger: LedgerId | None = Field(None, alias="bokföring")
    goals: tuple[Goal, ...] = Field((), alias="mål")
    source: Source = Field(alias="källa")

    def is_there_on(self, day: date) -> bool:
        """Whether there is such an enhet on a day."""
        return (self.since is None or self.since <= day) and (self.until is None or day <= self.until)

    def ended_before(self, year: int) -> bool:
        """Whether it ended in an earlier year: it has neither frister nor meetings any more."""
        return self.until is not None and self.until < date(year, 1, 1)

    def is_there_in(self, year: int) -> bool:
        """Tell whether it is there in some of a year, however short."""
        begun = self.since is None or self.since <= date(year, 12, 31)
        return begun and (self.until is None or self.until >= date(year, 1, 1))

    @property
    def said(self) -> str:
        """Its name inside a sentence: its own ``löptext``, else ``omsorgsnämnden``; a bolag's as it is."""
        return self.own_said or (self.name if self.kind == "bolag" else in_running_text(self.name))

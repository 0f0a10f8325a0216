"""A day as a step says it: its rule, what takes the rule's place for some periods, and the days that are decided."""

from typing import Literal

from pydantic import Field, model_validator

from arshjul.definition.days.dating import Clock, Rule, Value
from arshjul.definition.days.decided import DecidedDays
from arshjul.definition.days.validity import Validity
from arshjul.definition.names import Source
from arshjul.periods import Period


class Exemption(Validity):
    """Another rule for some periods: in election years, or from a year on. ``when`` is held against the day's own year."""

    rule: Rule = Field(alias="regel")
    clock: Clock | None = Field(None, alias="kl")
    roll: Literal["bakåt", "framåt", "ingen"] | None = Field(None, alias="rulla")
    statutory: bool | None = Field(None, alias="lagstadgad")
    source: Source | None = Field(None, alias="källa")

    @model_validator(mode="after")
    def _some_periods(self) -> "Exemption":
        if not self.is_limited:
            raise ValueError("ett undantag säger när det gäller: 'när', 'från' eller 'till'")
        return self


class Dating(Value):
    """A day: a rule for the proposal, and decided days by period and enhet, which win over it.

    Of ``exemptions`` the first that holds for the period takes the rule's place.
    """

    rule: Rule = Field(alias="regel")
    clock: Clock | None = Field(None, alias="kl")
    roll: Literal["bakåt", "framåt", "ingen"] = Field("bakåt", alias="rulla")
    decided: DecidedDays = Field(default_factory=dict, alias="beslutade")
    statutory: bool = Field(False, alias="lagstadgad")
    exemptions: tuple[Exemption, ...] = Field((), alias="undantag")
    source: Source = Field(alias="källa")

    def of(self, period: Period) -> "Dating":
        """Return the day as it is said for ``period``."""
        for one in self.exemptions:
            if one.holds(period, period.year + int(getattr(one.rule, "year", 0))):
                said = {name: getattr(one, name) for name in ("rule", "clock", "roll", "statutory", "source")}
                kept = {name: value for name, value in said.items() if value is not None}
                return self.model_copy(update={**kept, "exemptions": ()})
        return self.model_copy(update={"exemptions": ()}) if self.exemptions else self

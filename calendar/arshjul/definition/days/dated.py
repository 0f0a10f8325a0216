"""A day as a step says it: its rule, what takes the rule's place for some periods, and the days that are decided."""

from typing import Literal

from pydantic import Field, ValidationInfo, field_validator, model_validator

from arshjul.definition.days.dating import Clock, Rule, Value
from arshjul.definition.days.decided import DecidedDays
from arshjul.definition.days.validity import Validity
from arshjul.definition.names import Source
from arshjul.errors import nearest
from arshjul.keys import UnitId
from arshjul.periods import Period


class Exemption(Validity):
    """Another rule for some periods, or for some enheter: in election years, from a year on, of one nämnd.

    ``when`` is held against the day's own year. Without ``units`` it is for all.
    """

    units: tuple[UnitId, ...] = Field((), alias="enheter", min_length=1)
    rule: Rule = Field(alias="regel")
    clock: Clock | None = Field(None, alias="kl")
    roll: Literal["bakåt", "framåt", "ingen"] | None = Field(None, alias="rulla")
    statutory: bool | None = Field(None, alias="lagstadgad")
    source: Source | None = Field(None, alias="källa")

    @model_validator(mode="after")
    def _some_periods(self) -> "Exemption":
        if not (self.is_limited or self.units):
            raise ValueError("ett undantag säger när eller för vilka det gäller: 'när', 'från', 'till' eller 'enheter'")
        return self

    @field_validator("units")
    @classmethod
    def _known(cls, units: tuple[UnitId, ...], info: ValidationInfo) -> tuple[UnitId, ...]:
        known = (info.context or {}).get("enhet")
        for unit in units:
            if known is not None and unit not in known:
                raise ValueError(f"okänd enhet '{unit}'{nearest(str(unit), map(str, known))}")
        return units


class Dating(Value):
    """A day: a rule for the proposal, and decided days by period and enhet, which win over it.

    Of ``exemptions`` the first that holds for the period and the enhet takes the rule's place.
    """

    rule: Rule = Field(alias="regel")
    clock: Clock | None = Field(None, alias="kl")
    roll: Literal["bakåt", "framåt", "ingen"] = Field("bakåt", alias="rulla")
    decided: DecidedDays = Field(default_factory=dict, alias="beslutade")
    statutory: bool = Field(False, alias="lagstadgad")
    exemptions: tuple[Exemption, ...] = Field((), alias="undantag")
    source: Source = Field(alias="källa")

    def of(self, period: Period) -> "Dating":
        """Return the day as it is said for ``period``: what is said of some enheter stays beside it (:meth:`of_unit`)."""
        own: list[Exemption] = []
        for one in self.exemptions:
            if not one.holds(period, period.year + int(getattr(one.rule, "year", 0))):
                continue
            if not one.units:
                return self._as(one, tuple(own))
            own.append(one)
        return self.model_copy(update={"exemptions": tuple(own)}) if self.exemptions else self

    def of_unit(self, unit: UnitId | None) -> "Dating":
        """Return the day as it is said for an enhet, of what :meth:`of` gave for the period. None is all of them."""
        for one in self.exemptions:
            if unit is not None and unit in one.units:
                return self._as(one, ())
        return self.model_copy(update={"exemptions": ()}) if self.exemptions else self

    def _as(self, one: Exemption, exemptions: tuple[Exemption, ...]) -> "Dating":
        said = {name: getattr(one, name) for name in ("rule", "clock", "roll", "statutory", "source")}
        kept = {name: value for name, value in said.items() if value is not None}
        return self.model_copy(update={**kept, "exemptions": exemptions})

"""What opens a händelse for an enhet: a deviation in what it hands in, by limits that the definition says, or a hand."""

from decimal import Decimal

from pydantic import Field, model_validator

from arshjul.definition.days.dating import Value
from arshjul.keys import BodyId


class DeficitLimit(Value):
    """A deficit on the whole ram: more than so many tkr and more than so many per cent of the budget, both together."""

    tkr: Decimal = Field(Decimal(0), ge=0)
    percent: Decimal = Field(Decimal(0), alias="procent", ge=0)

    def is_exceeded(self, budget: Decimal, deviation: Decimal | None) -> bool:
        """Tell whether ``deviation`` (tkr; minus is a deficit; None: not known) is a deficit larger than both limits."""
        return (
            deviation is not None
            and deviation < 0
            and -deviation > self.tkr
            and -deviation * 100 > abs(budget) * self.percent
        )


class Opening(Value):
    """What is handed in in one of ``steps`` opens it, for the enhet and the period: a deficit, or a no about the ram.

    Either is enough. ``tells`` are the bodies whose secretary and chair get a letter the same hour. One ``by_hand`` is
    opened by no hand-in: the ekonomikontor registers it, for one enhet and a period.
    """

    steps: tuple[str, ...] = Field((), alias="steg")
    by_hand: bool = Field(False, alias="för hand")
    deficit: DeficitLimit | None = Field(None, alias="underskott")
    ram: bool = Field(False, alias="ramen hålls inte")
    tells: tuple[BodyId, ...] = Field((), alias="meddelas")

    @model_validator(mode="after")
    def _something(self) -> "Opening":
        if self.by_hand:
            if self.steps or self.deficit or self.ram or self.tells:
                raise ValueError(
                    "en händelse som registreras för hand öppnas av inget annat; skriv bara 'för hand: true'"
                )
            return self
        if not self.steps:
            raise ValueError("ange i vilka stegs inlämningar: 'steg: [prognos]', eller 'för hand: true'")
        if self.deficit is None and not self.ram:
            raise ValueError(
                "ange vad som öppnar händelsen: 'underskott: {tkr: 500, procent: 1}' eller 'ramen hålls inte: true'"
            )
        return self

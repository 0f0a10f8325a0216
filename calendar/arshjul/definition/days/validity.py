"""For which periods a thing in a definition holds: from, to, and in election years or not.

It is judged by what the figures are of, never by when they are read: what is handed in for 2027 is judged in 2029 by
what held for 2027.
"""

from datetime import date
from typing import Annotated, Any, Final, Literal

from pydantic import BeforeValidator, Field, ValidationInfo, model_validator

from arshjul.definition.days.dating import Value
from arshjul.periods import Period

_ELECTION: Final = 2026  #: a year with val in the whole country; every fourth year is one (RF 3 kap. 3 §)
Condition = Literal["valår", "inte valår", "första mandatåret", "inte första mandatåret"]


def is_election_year(year: int) -> bool:
    """Tell whether ordinarie val till fullmäktige are held in ``year``."""
    return year % 4 == _ELECTION % 4


def is_met(condition: Condition | None, year: int) -> bool:
    """Tell whether a condition holds in ``year``; the first year of a mandatperiod is the one after the election's."""
    if condition is None:
        return True
    found = is_election_year(year if condition.endswith("valår") else year - 1)
    return found is not condition.startswith("inte ")


def _bound(read: Any, info: ValidationInfo) -> date:
    """Read 2027, 2027-04 or 2027-04-15: the first day of it for ``från``, the last for ``till``."""
    try:
        return date.fromisoformat(str(read))
    except ValueError:
        pass
    try:
        period = Period.parse(str(read))
    except ValueError:
        raise ValueError(f"'{read}' är varken ett år (2027), en månad (2027-04) eller en dag (2027-04-15)") from None
    return period.end if info.field_name == "until" else date(period.year, period.month or 1, 1)


Bound = Annotated[date, BeforeValidator(_bound)]


class Validity(Value):
    """From ``since`` to ``until``, both inclusive and held against the period's last day, when ``when`` is met."""

    since: Bound | None = Field(None, alias="från")
    until: Bound | None = Field(None, alias="till")
    when: Condition | None = Field(None, alias="när")

    @property
    def is_limited(self) -> bool:
        """Whether there are periods for which it does not hold."""
        return (self.since, self.until, self.when) != (None, None, None)

    def holds(self, period: Period, year: int | None = None) -> bool:
        """Tell whether it holds for ``period``; ``year`` is the condition's, if it is not the period's."""
        begun = self.since is None or self.since <= period.end
        ended = self.until is not None and self.until < period.end
        return begun and not ended and is_met(self.when, period.year if year is None else year)

    @model_validator(mode="after")
    def _in_order(self) -> "Validity":
        if self.since and self.until and self.since > self.until:
            raise ValueError(f"gäller till {self.until}, men från {self.since}; rätta den ena")
        return self


ALWAYS: Final = Validity.model_validate({})  #: every period

"""How a definition says when a body meets: a rule for the proposal, and decided years that replace it."""

from typing import Literal

from pydantic import Field, model_validator

from arshjul.definition.days.dating import Clock, Month, Value, Weekday
from arshjul.definition.days.written_days import WrittenDay
from arshjul.definition.names import Source


class LeadTime(Value):
    """So long before a meeting: working days or calendar days, and a clock time."""

    workdays: int | None = Field(None, alias="arbetsdagar", ge=0, le=60)
    days: int | None = Field(None, alias="dagar", ge=0, le=60)
    clock: Clock = Field(alias="kl")

    @model_validator(mode="after")
    def _one(self) -> "LeadTime":
        if (self.workdays is None) == (self.days is None):
            raise ValueError("ange en av 'arbetsdagar' och 'dagar'")
        return self


class MeetingRule(Value):
    """A proposal for the years whose meetings are not decided yet."""

    weekday: Weekday = Field(alias="veckodag")
    number: Literal[1, 2, 3, 4, 5, -1] = Field(alias="nummer")
    months: tuple[Month, ...] = Field(alias="månader")
    clock: Clock = Field(alias="kl")


class DecidedMeeting(Value):
    """One decided meeting: held (``datum``), moved (``flyttat från``), cancelled, extra, or not yet decided.

    Not yet decided has a ``månad``, or the preliminary day.
    """

    day: WrittenDay | None = Field(None, alias="datum")
    clock: Clock | None = Field(None, alias="kl")
    state: Literal["beslutat", "flyttat", "inställt", "extra", "ej beslutat"] = Field("beslutat", alias="läge")
    moved_from: WrittenDay | None = Field(None, alias="flyttat från")
    month: Month | None = Field(None, alias="månad")

    @model_validator(mode="after")
    def _day_or_month(self) -> "DecidedMeeting":
        if (self.day is None) == (self.month is None) or (self.day is None and self.state != "ej beslutat"):
            raise ValueError("ett möte har 'datum', eller läge 'ej beslutat' och 'månad'")
        return self


class DecidedYear(Value):
    """A body's decided meetings of one year; they replace the rule's whole year."""

    meetings: tuple[DecidedMeeting, ...] = Field(alias="möten")
    source: Source = Field(alias="källa")

"""How a definition says when a body meets: a rule for the proposal, and decided years that replace it."""

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, model_validator

from arshjul.definition.days.dating import Clock, Month, Value, Weekday
from arshjul.definition.days.validity import Validity
from arshjul.definition.days.written_days import WrittenDay
from arshjul.definition.leaning import Told
from arshjul.definition.names import BodyId, Source


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


Number = Literal[1, 2, 3, 4, 5, -1]


def _listed(read: Any) -> Any:
    return (read,) if isinstance(read, (int, str)) else read


class MeetingRule(Validity):
    """A proposal for the years whose meetings are not decided yet: some weekdays of some months, or of every week.

    ``not_with`` are bodies in whose weeks it does not meet. ``on_need``: the day is kept, and the meeting held only
    when somebody calls it. Its validity is held against the meetings' year.
    """

    weekday: Weekday = Field(alias="veckodag")
    numbers: Annotated[tuple[Number, ...], BeforeValidator(_listed)] = Field((), alias="nummer")
    every: Literal["vecka", "jämn vecka", "udda vecka"] | None = Field(None, alias="varje")
    months: tuple[Month, ...] = Field((), alias="månader")  #: none: all
    not_with: Annotated[tuple[BodyId, ...], BeforeValidator(_listed)] = Field((), alias="inte när")
    on_need: bool = Field(False, alias="vid behov")
    clock: Clock = Field(alias="kl")

    @model_validator(mode="after")
    def _one_way(self) -> "MeetingRule":
        if bool(self.numbers) == bool(self.every):
            raise ValueError("ange en av 'nummer' (1, eller [1, 3]) och 'varje' (vecka), inte båda")
        return self


class Recess(Value):
    """A lov: a week of every year (or of some), or some days, in which no body meets though people work.

    ``bodies`` are those that it is for; none: all.
    """

    name: str = Field(alias="namn")
    week: int | None = Field(None, alias="vecka", ge=1, le=53)
    years: Annotated[tuple[int, ...], BeforeValidator(_listed)] = Field((), alias="år")
    since: WrittenDay | None = Field(None, alias="från")
    until: WrittenDay | None = Field(None, alias="till")
    bodies: tuple[BodyId, ...] = Field((), alias="organ")
    source: Source = Field(alias="källa")

    def has(self, day: date, body: BodyId) -> bool:
        """Tell whether a body is at rest on ``day``."""
        if self.bodies and body not in self.bodies:
            return False
        if self.since and self.until:
            return self.since <= day <= self.until
        year, week, _ = day.isocalendar()
        return week == self.week and (not self.years or year in self.years)

    @model_validator(mode="after")
    def _week_or_days(self) -> "Recess":
        if (self.week is None) == (self.since is None or self.until is None):
            raise ValueError("ett lov har 'vecka', eller 'från' och 'till'")
        if self.since and self.until and self.since > self.until:
            raise ValueError(f"lovet slutar {self.until} innan det börjar {self.since}")
        return self


MeetingState = Literal["beslutat", "flyttat", "inställt", "extra", "vid behov", "preliminärt", "ej beslutat"]


class DecidedMeeting(Value):
    """One decided meeting: held (``datum``), moved (``flyttat från``), cancelled, extra, or not yet decided.

    Not yet decided has a ``månad``, or the preliminary day. ``vid behov`` is kept free, and held only when somebody
    calls it. ``last`` is the last day of one that goes on for several.
    """

    day: WrittenDay | None = Field(None, alias="datum")
    clock: Clock | None = Field(None, alias="kl")
    state: MeetingState = Field("beslutat", alias="läge")
    moved_from: WrittenDay | None = Field(None, alias="flyttat från")
    month: Month | None = Field(None, alias="månad")
    last: WrittenDay | None = Field(None, alias="till och med")

    @model_validator(mode="after")
    def _day_or_month(self) -> "DecidedMeeting":
        if (self.day is None) == (self.month is None) or (self.day is None and self.state != "ej beslutat"):
            raise ValueError("ett möte har 'datum', eller läge 'ej beslutat' och 'månad'")
        if self.last and (self.day is None or not 0 < (self.last - self.day).days < 7):
            raise ValueError("'till och med' är en senare dag än 'datum', högst en vecka efter")
        return self


class DecidedYear(Value):
    """A body's decided meetings of one year; they replace the rule's whole year."""

    meetings: tuple[DecidedMeeting, ...] = Field(alias="möten")
    source: Source = Field(alias="källa")


def circling(bodies: Mapping[Any, Any]) -> Iterator[Told]:
    """Find bodies whose rules give way to each other in a circle, in the file as it is read."""
    gives_way = {str(key): {*_given_way(_mapping(body).get("regel"))} for key, body in bodies.items()}
    for body in gives_way:
        reached: set[str] = set()
        ahead = {*gives_way[body]}
        while ahead:
            reached |= ahead
            ahead = {far for near in ahead for far in gives_way.get(near, ())} - reached
        if body in reached:
            words = f"'{body}' har inte möte när ett annat organ har det, och det inte när '{body}' har det"
            yield ("organ", body, "regel"), "cirkel", f"{words}; ta bort 'inte när' i det ena"
            return


def _given_way(rules: Any) -> Iterator[str]:
    for rule in rules if isinstance(rules, list) else [rules]:
        named = _mapping(rule).get("inte när") or ()
        yield from (named,) if isinstance(named, str) else map(str, named)


def _mapping(node: Any) -> Mapping[Any, Any]:
    return node if isinstance(node, Mapping) else {}

"""What a definition declares once, for all its steps: the municipality, its documents, tidplaner, roles, groups, händelser."""

from datetime import date
from typing import Annotated, Literal

from pydantic import Field

from arshjul.definition.days.dating import Clock, Value
from arshjul.definition.days.written_days import WrittenDay
from arshjul.definition.names import Id, RoleId, Source
from arshjul.definition.registers.opening import Opening

#: the part of an address after the @, as it stands: a subdomain is another domain
Domain = Annotated[str, Field(pattern=r"^[a-z0-9åäö]([a-z0-9åäö-]*[a-z0-9åäö])?(\.[a-z0-9åäö-]+)*\.[a-z]{2,}$")]


class Kommun(Value):
    """The municipality. A deputy's address lies in one of its ``domains``; none: in those of the roles' holders."""

    id: Id
    name: str = Field(alias="namn")
    domains: tuple[Domain, ...] = Field((), alias="e-postdomäner")
    source: Source = Field(alias="källa")


class Document(Value):
    """A styrdokument that citations name."""

    title: str = Field(alias="titel")
    name: str = Field(alias="namn")
    decided: str = Field(alias="beslut")


class YearPlan(Value):
    """Whether a year's tidplan is fastställd, by whom and when."""

    state: Literal["förslag", "fastställd"] = Field(alias="läge")
    by: str | None = Field(None, alias="av")
    day: date | None = Field(None, alias="datum")
    paragraf: str | None = None
    source: Source = Field(alias="källa")


class ClosedDay(Value):
    """A day that the municipality closes beside the law's days off."""

    day: WrittenDay = Field(alias="datum")
    name: str = Field(alias="namn")
    source: Source = Field(alias="källa")


class WorkGroup(Value):
    """People of several roles who do something together, and are no body: KCG, analysgruppen, en avdelning."""

    name: str = Field(alias="namn")
    roles: tuple[RoleId, ...] = Field((), alias="roller")  #: whose calendars have its moments
    source: Source = Field(alias="källa")


class Trigger(Value):
    """Something that comes when it comes: registered when it has happened, and days are then counted from it.

    With an ``opening`` it happens by itself, for an enhet and a period, because of what the enhet hands in.
    """

    name: str = Field(alias="namn")
    opening: Opening | None = Field(None, alias="öppnas av")
    source: Source = Field(alias="källa")


class SendingHours(Value):
    """Letters go out on working days from ``start`` (inclusive) to ``end`` (exclusive), Swedish time."""

    start: Clock = Field(alias="från")
    end: Clock = Field(alias="till")
    source: Source = Field(alias="källa")


class Role(Value):
    """A role that a person holds."""

    name: str = Field(alias="namn")
    definite: str = Field(alias="bestämd form")
    source: Source = Field(alias="källa")

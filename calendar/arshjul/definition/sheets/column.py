"""What a sheet is made of: its columns, the rows that it always has, and the questions above its table."""

import re
from collections.abc import Mapping
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, model_validator

from arshjul.definition.days.dating import Value
from arshjul.definition.names import Id

ColumnKind = Literal["text", "belopp", "procent", "antal", "tal", "val", "datum"]

#: What a column means: the rules and the sammanställning find it by this.
ColumnRole = Literal[
    "utfall",
    "utfall förra året",
    "budget",
    "budget perioden",
    "prognos",
    "avvikelse",
    "förklaring",
    "ansvarig",
    "klar",
    "beslutad total",
    "prognos total",
    "målvärde",
    "bedömning",
    "förslag",
]
#: What the service fills in when it knows it: amounts of a row, and words of it, of the enhet's mål or of a register's entry.
Known = Literal[
    "verksamhet",
    "utfall",
    "utfall-fg",
    "budget",
    "budget-period",
    "prognos-fg",
    "forklaring-fg",
    "mal",
    "indikator",
    "malvarde",
    "startvarde",
    "niva",
    "givare",
    "frist",
    "resurser",
    "senast",
]

YES, NO = "Ja", "Nej"
REACHED, PARTLY, NOT_REACHED = "Nås", "Nås delvis", "Kan inte nås"
#: A group that must not be told (LKBR 11 kap. 6 §): at most ten, or somebody can be identified.
SUPPRESSED = ".."

_DIFFERENCE = re.compile(r"([a-z0-9_-]+)\s+[-−–]\s+([a-z0-9_-]+)")


def _difference(read: Any) -> Any:
    """Read ``budget - utfall``: the one column minus the other."""
    found = _DIFFERENCE.fullmatch(read.strip()) if isinstance(read, str) else None
    if isinstance(read, str) and not found:
        raise ValueError(f"'{read}' går inte att räkna ut; skriv två kolumner, till exempel 'budget - utfall'")
    return (found[1], found[2]) if found else read


def _words(read: Any) -> Any:
    return tuple(str(each) for each in read) if isinstance(read, (list, tuple)) else read


def _figures(read: Any) -> Any:
    """Read what is given of a row: numbers are taken as they are written."""
    if not isinstance(read, Mapping):
        return read
    return {key: str(each).replace(".", ",") if isinstance(each, float) else str(each) for key, each in read.items()}


Words = Annotated[tuple[str, ...], BeforeValidator(_words)]


def _hold_choices(kind: ColumnKind, choices: tuple[str, ...]) -> None:
    if (kind == "val") != bool(choices):
        raise ValueError("den som har 'slag: val' har 'val' att välja bland, och ingen annan")


class Column(Value):
    """One column: its title as people read it, and what stands in its cells.

    ``minus`` names two columns whose difference it is; such a cell is a locked formula. ``known`` names what the
    service fills in when it knows it. A ``required`` cell must be filled in on every row that has anything. ``instead``
    are words that are an answer where there is no number: *Öka*, *Inga nya data*. ``unit`` stands after a number.
    """

    id: Id
    title: str = Field(alias="namn", min_length=1, max_length=120)
    kind: ColumnKind = Field("belopp", alias="slag")
    role: ColumnRole | None = Field(None, alias="roll")
    unit: str = Field("", alias="enhet", max_length=20)
    may_be_empty: bool = Field(False, alias="får vara tom")
    minus: Annotated[tuple[str, str] | None, BeforeValidator(_difference)] = Field(None, alias="räknas ut")
    choices: Words = Field((), alias="val")
    instead: Words = Field((), alias="eller")
    known: Known | None = Field(None, alias="känt")
    help: str = Field("", alias="hjälp", max_length=250)

    @property
    def required(self) -> bool:
        """Whether each of its cells must be filled in."""
        return not self.may_be_empty

    @property
    def is_number(self) -> bool:
        """Whether its cells are numbers."""
        return self.kind in ("belopp", "procent", "antal", "tal")

    @model_validator(mode="after")
    def _choices(self) -> "Column":
        if self.minus and (not self.is_number or self.required):
            raise ValueError("en kolumn som räknas ut är ett tal, och har 'får vara tom: true'")
        _hold_choices(self.kind, self.choices)
        return self


class Line(Value):
    """A row that the sheet always has. ``sums`` names the rows that it is the sum of: a locked formula.

    ``given``: by column, what stands there in the mall: a startvärde, a wished value.
    """

    id: Id
    title: str = Field(alias="namn", min_length=1, max_length=200)
    sums: tuple[str, ...] = Field((), alias="summan av")
    may_be_suppressed: bool = Field(False, alias="får döljas")
    given: Annotated[dict[str, str], BeforeValidator(_figures)] = Field(default_factory=dict, alias="förifyllt")


class SheetQuestion(Value):
    """A single cell above the table. One with the role ``ram`` asks whether the enhet keeps its ram for the year."""

    id: Id
    title: str = Field(alias="namn", min_length=1, max_length=200)
    kind: ColumnKind = Field("val", alias="slag")
    role: Literal["ram"] | None = Field(None, alias="roll")
    choices: Words = Field((), alias="val")
    may_be_empty: bool = Field(False, alias="får vara tom")
    help: str = Field("", alias="hjälp", max_length=250)

    @property
    def required(self) -> bool:
        """Whether it must be answered."""
        return not self.may_be_empty

    @model_validator(mode="after")
    def _choices(self) -> "SheetQuestion":
        _hold_choices(self.kind, self.choices)
        return self

"""What can be asked of a sheet without any code: the rules (``regler``) that a sheet carries, as data.

Each says how severe it is and by which source, as a kontroll does; :mod:`submissions.review.own_rules`
carries them out. A kind more is a class here, a function there, and a line in the handbook.
"""

from decimal import Decimal
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, model_validator

from arshjul.definition.days.dating import Value
from arshjul.definition.names import Source, UnitId, WrittenPeriod


def _number(read: Any) -> Any:
    return read.replace(",", ".") if isinstance(read, str) else read


def _listed(read: Any) -> Any:
    return tuple(str(each) for each in read) if isinstance(read, (list, tuple)) else (str(read),)


Number = Annotated[Decimal, BeforeValidator(_number)]
Listed = Annotated[tuple[str, ...], BeforeValidator(_listed), Field(min_length=1)]


class _Asked(Value):
    """From which period (inclusive) it holds, how severe it is, and by which source."""

    severity: Literal["stopp", "fråga", "upplysning"] = Field("fråga", alias="nivå")
    since: WrittenPeriod | None = Field(None, alias="från")
    until: WrittenPeriod | None = Field(None, alias="till")
    source: Source = Field(alias="källa")

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns that it looks at, by id."""
        return ()

    @model_validator(mode="after")
    def _some_periods(self) -> "_Asked":
        if self.since and self.until and self.until.end < self.since.begins:
            raise ValueError(f"regeln gäller till {self.until}, men från {self.since}; rätta den ena")
        return self


class AtLeast(_Asked):
    """At least so many rows; with ``per`` so many for each different value of a column that stands there.

    ``of_units`` are the enheter of which another number is asked.
    """

    regel: Literal["minst rader"]
    count: int = Field(alias="antal", ge=1, le=200)
    of_units: dict[UnitId, Annotated[int, Field(ge=1, le=200)]] = Field(default_factory=dict, alias="antal för")
    per: str | None = None

    @property
    def columns(self) -> tuple[str, ...]:
        """The column by which rows are counted, if any."""
        return (self.per,) if self.per else ()

    def of(self, unit: UnitId) -> "AtLeast":
        """Return the rule as it is for an enhet."""
        return self.model_copy(update={"count": self.of_units.get(unit, self.count)})


class InOrder(_Asked):
    """On each row the columns' values rise or are the same, from the first to the last: from and to."""

    regel: Literal["i ordning"]
    order: Listed = Field(alias="kolumner")

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns, in the order that they shall have."""
        return self.order

    @model_validator(mode="after")
    def _several(self) -> "InOrder":
        if len(self.order) < 2:
            raise ValueError("ange minst två kolumner att hålla i ordning: 'kolumner: [start, slut]'")
        return self


class OneOf(_Asked):
    """What stands in a column is one of some words, whatever their letters' case; an empty cell is another matter."""

    regel: Literal["ett av"]
    column: str = Field(alias="kolumn")
    words: Listed = Field(alias="ord")

    @property
    def columns(self) -> tuple[str, ...]:
        """The column."""
        return (self.column,)


class FilledWhen(_Asked):
    """A column is filled in when another one is, or when one of ``words`` stands there."""

    regel: Literal["ifylld när"]
    column: str = Field(alias="kolumn")
    when: str = Field(alias="där")
    words: tuple[str, ...] = Field((), alias="är")

    @property
    def columns(self) -> tuple[str, ...]:
        """The column, and the one that it hangs on."""
        return (self.column, self.when)


class Unique(_Asked):
    """No two rows have the same in all of these columns."""

    regel: Literal["unik"]
    together: Listed = Field(alias="kolumner")

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns."""
        return self.together


class Within(_Asked):
    """A number lies between two, both inclusive; words that are an answer in place of a number are let be.

    With ``lines`` only these of the sheet's own rows are looked at.
    """

    regel: Literal["inom"]
    column: str = Field(alias="kolumn")
    least: Number | None = Field(None, alias="minst")
    most: Number | None = Field(None, alias="högst")
    lines: tuple[str, ...] = Field((), alias="poster")

    @property
    def columns(self) -> tuple[str, ...]:
        """The column."""
        return (self.column,)

    @model_validator(mode="after")
    def _some(self) -> "Within":
        if self.least is None and self.most is None:
            raise ValueError("ange 'minst', 'högst' eller båda")
        return self


class NoNewData(_Asked):
    """An empty cell is no answer, but ``words`` are, with the year of the next measuring: the period's or a later one."""

    regel: Literal["inga nya data"]
    column: str = Field(alias="kolumn")
    next_year: str = Field(alias="nästa mätning")
    words: str = Field("Inga nya data", alias="ord")

    @property
    def columns(self) -> tuple[str, ...]:
        """The column, and the one with the year."""
        return (self.column, self.next_year)


class ToldLater(_Asked):
    """Tells which values are still to come: those in whose place the footnote ``mark`` stands."""

    regel: Literal["redovisas senare"]
    mark: str = Field(alias="fotnot")


class AllEntries(_Asked):
    """Each row that the mall was prefilled with (a register's entries, decided mål) still has its row."""

    regel: Literal["alla ur registret"]


class SexesInRows(_Asked):
    """Of rows with the same name, those for all lie between those for women and men, or are their sum.

    ``column`` says of whom a row is, by the three words; ``values`` are the columns that are held.
    """

    regel: Literal["kön på rader"]
    column: str = Field(alias="kolumn")
    values: Listed = Field(alias="värden")
    all_of: str = Field("Tot", alias="alla")
    women: str = Field("K", alias="kvinnor")
    men: str = Field("M", alias="män")
    how: Literal["mellan", "summan"] = Field("mellan", alias="är")
    rounding: Number = Field(Decimal(0), alias="tål", ge=0)

    @property
    def columns(self) -> tuple[str, ...]:
        """The column that says of whom, and those that are held."""
        return (self.column, *self.values)


class SexesInColumns(_Asked):
    """On each row what is for all lies between what is for women and men, or is their sum."""

    regel: Literal["kön i kolumner"]
    all_of: str = Field(alias="alla")
    women: str = Field(alias="kvinnor")
    men: str = Field(alias="män")
    how: Literal["mellan", "summan"] = Field("mellan", alias="är")
    rounding: Number = Field(Decimal(0), alias="tål", ge=0)

    @property
    def columns(self) -> tuple[str, ...]:
        """The three columns."""
        return (self.all_of, self.women, self.men)


SheetRule = Annotated[
    AtLeast
    | InOrder
    | OneOf
    | FilledWhen
    | Unique
    | Within
    | NoNewData
    | ToldLater
    | AllEntries
    | SexesInRows
    | SexesInColumns,
    Field(discriminator="regel"),
]  # fmt: skip

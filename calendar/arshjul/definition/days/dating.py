"""How a definition says a day: the rules, as data; ``days`` resolves them.

A rule is open for more kinds: give it a class with its own ``regel`` and a branch in ``days.Days``.
"""

from datetime import date, time
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, model_validator

from arshjul.errors import nearest
from arshjul.keys import BodyId
from arshjul.swedish import MONTHS, WEEKDAYS


def _month(read: Any) -> int:
    if isinstance(read, int) and not isinstance(read, bool) and 1 <= read <= 12:
        return read
    if str(read) not in MONTHS:
        raise ValueError(f"okänd månad '{read}'{nearest(str(read), MONTHS)}")
    return MONTHS.index(str(read)) + 1


def _weekday(read: Any) -> int:
    if isinstance(read, int) and not isinstance(read, bool) and 0 <= read <= 6:
        return read
    if str(read) not in WEEKDAYS:
        raise ValueError(f"okänd veckodag '{read}'{nearest(str(read), WEEKDAYS)}")
    return WEEKDAYS.index(str(read))


def _clock(read: Any) -> time:
    if isinstance(read, time):
        return read
    try:
        hour, minute = str(read).split(".")
        return time(int(hour), int(minute))
    except ValueError:
        raise ValueError(f"klockslaget '{read}' går inte att läsa; skriv det som \"16.00\"") from None


def _month_day(read: Any) -> tuple[int, int]:
    if isinstance(read, tuple):
        return read
    words = str(read).split()
    try:
        day, month = int(words[0]), _month(words[1])
        date(2028, month, day)  # a leap year, so that 29 februari can be said
    except (ValueError, IndexError):
        raise ValueError(f"dagen '{read}' går inte att läsa; skriv den som '15 april'") from None
    return month, day


Month = Annotated[int, BeforeValidator(_month)]
Weekday = Annotated[int, BeforeValidator(_weekday)]
Clock = Annotated[time, BeforeValidator(_clock)]
MonthDay = Annotated[tuple[int, int], BeforeValidator(_month_day)]
YearShift = Annotated[int, Field(ge=-2, le=2)]


class Value(BaseModel):
    """A frozen part of a definition: unknown keys are faults, Swedish keys are the fields' aliases."""

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)


class FixedDay(Value):
    """The same day every year: 15 april. ``year`` is added to the period's year."""

    regel: Literal["fast dag"]
    day: MonthDay = Field(alias="dag")
    year: YearShift = Field(0, alias="år")


class Offset(Value):
    """So many working or calendar days before or after an anchor.

    An anchor is ``periodens slut``, ``stängning`` (the day the period was closed), or the id of a moment or a
    krav of the same step (for a krav: its frist), or of a händelse: the last that is registered in the period's
    year (and ``year`` more), or the period's own. The anchor's own day is not counted: working day 5 after 31 August
    is the fifth working day of September.
    """

    regel: Literal["arbetsdagar", "dagar"]
    count: int = Field(alias="antal", ge=0, le=400)
    after: str | None = Field(None, alias="efter")
    before: str | None = Field(None, alias="före")
    year: YearShift = Field(0, alias="år")

    @property
    def anchor(self) -> str:
        """The anchor's name."""
        return self.after or self.before or ""


class MonthEnd(Value):
    """Before the end of a month (KL 11 kap. 8 §): the month's last day, planned for its last working day."""

    regel: Literal["månadens slut"]
    month: Month = Field(alias="månad")
    year: YearShift = Field(0, alias="år")


class WithinMonths(Value):
    """Within so many months of the period's end (KL 11 kap. 16 §), counted by lag (1930:173) 1 §.

    Counted from the period's last day, which has the same number in the end month or else its last day; where
    the period's end is a month's last day, two months from 30 June may be read as 30 or 31 August: we plan for
    the earlier and accuse after the later.
    """

    regel: Literal["inom månader"]
    count: int = Field(alias="antal", ge=1, le=24)


class NthWeekday(Value):
    """The nth (or last: -1) weekday of a month."""

    regel: Literal["veckodag"]
    weekday: Weekday = Field(alias="veckodag")
    number: Literal[1, 2, 3, 4, 5, -1] = Field(alias="nummer")
    month: Month = Field(alias="månad")
    year: YearShift = Field(0, alias="år")


class WeekdayBefore(Value):
    """The last such weekday before an anchor (see Offset), never its own day; ``weeks`` says how many back."""

    regel: Literal["veckodagen före"]
    weekday: Weekday = Field(alias="veckodag")
    before: str = Field(alias="före")
    weeks: int = Field(1, alias="veckor", ge=1, le=30)


class IsoWeek(Value):
    """A weekday of a week, as weeks are numbered in Sweden (ISO 8601): tisdag vecka 38."""

    regel: Literal["vecka"]
    week: int = Field(alias="vecka", ge=1, le=53)
    weekday: Weekday = Field(alias="veckodag")
    year: YearShift = Field(0, alias="år")


class MonthOnly(Value):
    """Only a month is said, or a part of one: the latest day counts, and people read the month, not a day.

    Början is the month's first ten days, mitten the next ten, slutet the rest.
    """

    regel: Literal["månad"]
    month: Month = Field(alias="månad")
    part: Literal["början", "mitten", "slutet"] | None = Field(None, alias="del")
    year: YearShift = Field(0, alias="år")


class Between(Value):
    """Some day from one to another, both inclusive, in one calendar year: the latest counts, and people read both."""

    regel: Literal["mellan"]
    first: MonthDay = Field(alias="från")
    last: MonthDay = Field(alias="till")
    year: YearShift = Field(0, alias="år")


class AtMeeting(Value):
    """A body's meeting: in a month (the first or the last there), or the first whose agenda is still open.

    ``organ: egen`` is the unit's own nämnd or board. With ``efter`` it is the first meeting whose agenda closes
    when the anchor is passed (for a krav: with the working days that the sammanställning needs).
    """

    regel: Literal["möte"]
    body: BodyId = Field(alias="organ")
    month: Month | None = Field(None, alias="månad")
    year: YearShift = Field(0, alias="år")
    which: Literal["första", "sista"] = Field("första", alias="vilket")
    after: str | None = Field(None, alias="efter")


class PeriodsMeeting(Value):
    """The meeting that the period is to, in a step that has one for each meeting of a body."""

    regel: Literal["periodens möte"]


class Undecided(Value):
    """No rule: only the decided dates count."""

    regel: Literal["beslutad dag"]


def _one_side(rule: Any) -> Any:
    if isinstance(rule, Offset) and bool(rule.after) == bool(rule.before):
        raise ValueError("ange en av 'efter' och 'före', inte båda")
    if isinstance(rule, AtMeeting) and bool(rule.month) == bool(rule.after):
        raise ValueError("ange en av 'månad' och 'efter' för mötet, inte båda")
    if isinstance(rule, Between) and rule.first > rule.last:
        raise ValueError("'från' ska komma före 'till'; gäller det över nyår, skriv dagen med 'månad'")
    return rule


Rule = Annotated[
    FixedDay
    | Offset
    | MonthEnd
    | WithinMonths
    | NthWeekday
    | WeekdayBefore
    | IsoWeek
    | MonthOnly
    | Between
    | AtMeeting
    | PeriodsMeeting
    | Undecided,
    Field(discriminator="regel"),
    AfterValidator(_one_side),
]


class Each(Value):
    """One period for each of something: a meeting of a body, a händelse that is registered, an entry with a frist.

    The period goes from 1 January to that day. ``months`` are those of the meetings that count; none: all.
    """

    meeting: BodyId | None = Field(None, alias="möte")
    happening: str | None = Field(None, alias="händelse")
    of_register: str | None = Field(None, alias="register")
    months: tuple[Month, ...] = Field((), alias="månader")

    @model_validator(mode="after")
    def _one(self) -> "Each":
        if [self.meeting, self.happening, self.of_register].count(None) != 2:
            raise ValueError("ange ett av 'möte' (ett organ), 'händelse' och 'register' under 'varje'")
        return self

"""What becomes of a handling: it bevaras, or it gallras when so long has gone (the dokumenthanteringsplan)."""

import re
from datetime import date, timedelta
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BeforeValidator, Field, model_validator

from arshjul.definition.days.dating import Value
from arshjul.definition.names import Source
from arshjul.errors import nearest
from arshjul.periods import Period

After = Literal["periodens slut", "årets slut", "inlämningen"]
#: from what the years are counted: the figures' last day, their year's last day, or the day the version came
AFTER: tuple[After, ...] = After.__args__  # type: ignore[attr-defined]  # Literal's own values
EXAMPLE = "skriv till exempel 'gallras: 2 år efter årets slut'"

_GALLRAS = re.compile(r"(\d{1,3})\s+år\s+efter\s+(.+)", re.IGNORECASE)


class Gallring(Value):
    """So many whole years after a day."""

    years: int = Field(ge=1, le=100)
    after: After

    def first_day(self, period: Period, received: date) -> date:
        """Return the first day on which it may be gallrat: the one after the last of the years.

        Two years after 31 December 2027 have gone on 1 January 2030.
        """
        begins = {"periodens slut": period.end, "årets slut": date(period.year, 12, 31)}.get(self.after, received)
        year = begins.year + self.years
        try:
            last = begins.replace(year=year)
        except ValueError:  # 29 February
            last = date(year, 2, 28)
        return last + timedelta(days=1)

    def __str__(self) -> str:
        return f"{self.years} år efter {self.after}"


def _gallring(read: Any) -> Any:
    if isinstance(read, Gallring):
        return read
    found = _GALLRAS.fullmatch(" ".join(str(read).split()))
    if not found:
        raise ValueError(f"'{read}' går inte att läsa som gallringsfrist; {EXAMPLE}")
    after = found[2].lower()
    if after not in AFTER:
        raise ValueError(f"okänd dag '{found[2]}' att räkna från{nearest(after, AFTER)}")
    if not 1 <= int(found[1]) <= 100:
        raise ValueError(f"'{read}': gallringsfristen ska vara 1–100 år; {EXAMPLE}")
    return Gallring(years=int(found[1]), after=after)


def _yes(read: Any) -> Any:
    if read is True or read == "ja":
        return True
    raise ValueError(f"'bevaras: {read}' går inte att läsa; skriv 'bevaras: ja', eller ange 'gallras'")


class Retention(Value):
    """What the municipality's dokumenthanteringsplan says of a part: ``bevaras``, or ``gallras`` after so long.

    Nothing is gallrat without a decision (arkivlagen 10 §), so a part without one is kept.
    """

    kept: Annotated[bool, BeforeValidator(_yes)] = Field(False, alias="bevaras")
    gallras: Annotated[Gallring | None, BeforeValidator(_gallring)] = None
    source: Source = Field(alias="källa")

    @model_validator(mode="after")
    def _one(self) -> "Retention":
        if self.kept == (self.gallras is not None):
            raise ValueError("ange en av 'bevaras' och 'gallras' för en handling")
        return self

    @property
    def text(self) -> str:
        """``bevaras`` or ``gallras 2 år efter årets slut``."""
        return "bevaras" if self.kept else f"gallras {self.gallras}"


#: what else than handlingar is gallrat: by the end of the year in which it was written, came or ended
PersonalKind = Literal["brev", "mejl", "logg", "personer"]
PERSONAL_KINDS: tuple[PersonalKind, ...] = PersonalKind.__args__  # type: ignore[attr-defined]  # Literal's own values
OPEN_YEARS = 3  #: years for which the service itself needs what it has written: none of it is gallrat before
ASSUMED_YEARS = 10  #: where the definition says nothing: longer than räkenskapsinformation is kept (LKBR 3 kap. 13 §)


def _by_year(read: Retention) -> Retention:
    if read.gallras and read.gallras.after != "årets slut":
        raise ValueError("räkna från årets slut: 'gallras: 10 år efter årets slut'")
    if read.gallras and read.gallras.years < OPEN_YEARS:
        raise ValueError(f"kortare än {OPEN_YEARS} år går inte: tjänsten använder uppgifterna själv så länge")
    return read


PersonalRetention = Annotated[Retention, AfterValidator(_by_year)]

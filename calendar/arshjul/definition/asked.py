"""What a definition asks of the underlag themselves: headings, verksamheter, the ledgers, the rules, own mallar."""

import re
from decimal import Decimal
from typing import Literal

from pydantic import Field, field_validator

from arshjul.definition.days.dating import Value
from arshjul.definition.names import SheetId, Source, UnitId, WrittenPeriod

_ACCOUNTS = re.compile(r"([0-9]{1,18})(?:\s*[-–]\s*([0-9]{1,18}))?")


class Heading(Value):
    """A heading that a text must have, with one line of help and the words under it that count as substance.

    ``answered_on``: the sheet on which the same thing is asked for; what is written there need not be written again.
    """

    name: str = Field(alias="namn")
    help: str = Field(alias="hjälp")
    words: int = Field(10, alias="minst ord", ge=1, le=2000)
    answered_on: SheetId | None = Field(None, alias="svaras på")
    source: Source = Field(alias="källa")


class Verksamhet(Value):
    """A row of an enhet's economy: what it is called, and the ledger's objects that belong to it."""

    name: str = Field(alias="namn")
    objects: tuple[str, ...] = Field((), alias="objekt")


class Goal(Value):
    """A mål that somebody has decided for an enhet and a year: its mall is prefilled with it."""

    year: int = Field(alias="år", ge=2000, le=2100)
    goal: str = Field(alias="mål", min_length=1, max_length=1000)
    indicator: str = Field("", alias="indikator", max_length=1000)
    target: str = Field("", alias="målvärde", max_length=200)
    source: Source = Field(alias="källa")


class LedgerPlan(Value):
    """A ledger that is handed in as a SIE file: whose it is, and what its accounts and objects mean.

    ``company`` and ``org_number`` tell the right file from another's. Nothing is inferred from an account's number:
    ``result`` says which accounts the net cost is the sum of (``3000-8999``), ``dimension`` where the objects lie.
    ``tolerance`` is the difference in tkr, inclusive, that counts as rounding, row by row; ``reopens`` is the change
    in tkr by which a later file reopens what was handed in, and ``mend_workdays`` the working days that the enhet then
    has at least.
    """

    company: str = Field(alias="företag")
    org_number: str | None = Field(None, alias="orgnummer")
    result: str = Field(alias="resultatkonton")
    dimension: str | None = Field(None, alias="dimension")
    tolerance: Decimal = Field(Decimal(1), alias="avrundning tkr", ge=0)
    reopens: Decimal = Field(Decimal(50), alias="öppnar på nytt tkr", ge=0)
    mend_workdays: int = Field(3, alias="rättas inom arbetsdagar", ge=1, le=20)
    source: Source = Field(alias="källa")

    @field_validator("result")
    @classmethod
    def _ranges(cls, read: str) -> str:
        for part in read.split(","):
            found = _ACCOUNTS.fullmatch(part.strip())
            if not found or (found[2] and int(found[2]) < int(found[1])):
                raise ValueError(f"okänt kontointervall '{part.strip()}': skriv 3000-3999, eller 3000-3999, 5010")
        return read


class Check(Value):
    """A rule (kontroll) in force: from which period (inclusive), how severe, by which source, with its numbers."""

    severity: Literal["stopp", "fråga", "upplysning"] = Field(alias="nivå")
    since: WrittenPeriod | None = Field(None, alias="från")
    until: WrittenPeriod | None = Field(None, alias="till")
    numbers: dict[str, Decimal] = Field(default_factory=dict, alias="tal")
    source: Source = Field(alias="källa")


class OwnPaper(Value):
    """A paper's Word template of the municipality's own; ``file`` lies beside the definition."""

    file: str = Field(alias="fil")
    source: Source = Field(alias="källa")


class OwnTemplate(Value):
    """A mall of the municipality's own, for a step's part and the named enheter (none named: all).

    ``file`` lies beside the definition. ``columns`` and ``headings`` say what ours are called in it: by a sheet's
    and a column's id the named cell or the column's title, by a heading's id its text.
    """

    step: str = Field(alias="steg")
    part: str = Field(alias="del")
    units: tuple[UnitId, ...] = Field((), alias="enheter")
    file: str = Field(alias="fil")
    columns: dict[SheetId, dict[str, str]] = Field(default_factory=dict, alias="blad")
    headings: dict[str, str] = Field(default_factory=dict, alias="rubriker")
    source: Source = Field(alias="källa")

"""What a SIE file holds, as values. Amounts are öre, whole numbers; credit is negative, as in the file.

What kind an account is stands only where the file says it (``#KTYP``): nothing is inferred from its number, as the
municipalities' Kommun-Bas and the companies' BAS number differently.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Literal, NamedTuple

Severity = Literal["fel", "varning", "upplysning"]
ObjectSet = tuple[tuple[str, str], ...]  #: (dimension, object) pairs, by dimension; empty for no object
BalanceKind = Literal["IB", "UB", "RES", "OIB", "OUB"]
PeriodKind = Literal["PSALDO", "PBUDGET"]
RowKind = Literal["TRANS", "RTRANS", "BTRANS"]
Blank = Literal["helhet", "rest"]
Outcome = Literal["PSALDO", "VER"]  #: where an outcome may stand: in the months' balances, or in the vouchers


@dataclass(frozen=True, slots=True, order=True)
class SieFinding:
    """One thing that is wrong or worth knowing in a SIE file."""

    line: int  #: 1-based; 1 for what concerns the whole file
    severity: Severity
    message: str  #: Swedish: what was read, and how to mend it


@dataclass(frozen=True, slots=True, kw_only=True)
class FiscalYear:
    """A ``#RAR``."""

    number: int  #: 0 for this year, -1 for the one before
    first: date  #: inclusive
    last: date  #: inclusive

    def holds(self, month: int) -> bool:
        """Whether a month such as 202708 lies in the year."""
        return self.first.year * 100 + self.first.month <= month <= self.last.year * 100 + self.last.month


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """A ``#KONTO`` with its ``#KTYP``, ``#SRU`` and ``#ENHET``."""

    number: str
    name: str
    kind: str | None = None  #: T, S, K or I, when the file says it
    sru: tuple[str, ...] = ()
    unit: str | None = None  #: of its quantities


@dataclass(frozen=True, slots=True, kw_only=True)
class Dimension:
    """A ``#DIM`` or ``#UNDERDIM``."""

    number: str
    name: str
    parent: str | None = None  #: the dimension that it divides


@dataclass(frozen=True, slots=True, kw_only=True)
class LedgerObject:
    """An ``#OBJEKT``: a kostnadsställe, a project ..."""

    dimension: str
    id: str
    name: str


@dataclass(frozen=True, slots=True)
class Balance:
    """An account's (or its object's) balance on a year's first or last day; for ``RES`` the year's result."""

    kind: BalanceKind
    year: int
    account: str
    objects: ObjectSet
    amount: int
    quantity: Decimal | None
    line: int


@dataclass(frozen=True, slots=True)
class PeriodAmount:
    """An account's change in one month: outcome or budget."""

    kind: PeriodKind
    year: int
    month: int  #: 202708
    account: str
    objects: ObjectSet
    amount: int
    quantity: Decimal | None
    line: int


class VoucherRow(
    NamedTuple
):  # and no dataclass: there are hundreds of thousands, and it is made in a third of the time
    """A row of a voucher. An ``RTRANS`` was added later and counts; a ``BTRANS`` was struck out and does not.

    The ``TRANS`` that repeats an ``RTRANS`` for older programs is left out. Who wrote the row is not kept.
    """

    kind: RowKind
    account: str
    objects: ObjectSet
    amount: int
    day: date | None  #: None: the voucher's own
    text: str
    quantity: Decimal | None


@dataclass(frozen=True, slots=True)
class Voucher:
    """A ``#VER``."""

    series: str
    number: str
    day: date
    text: str
    rows: tuple[VoucherRow, ...]
    line: int

    @property
    def imbalance(self) -> int:
        """What its rows sum to: 0 when it balances."""
        return sum(row.amount for row in self.rows if row.kind != "BTRANS")


@dataclass(frozen=True, slots=True, kw_only=True)
class Ledger:
    """A SIE file of type 1-4, or a SIE 5 (type 5). Ask it for sums with :mod:`submissions.sie.sie_sums`."""

    encoding: str  #: what its bytes showed
    type: int  #: 1-5; 1 where the file does not say, as the specification has it
    company: str | None = None
    org_number: str | None = None
    company_id: str | None = None  #: ``#FNR``, the ekonomisystem's own
    declared_format: str | None = None
    program: str | None = None
    generated: date | None = None
    to_date: date | None = None  #: ``#OMFATTN``: the day up to which the amounts hold
    currency: str = "SEK"
    chart: str | None = None  #: ``#KPTYP``
    years: tuple[FiscalYear, ...] = ()  #: this year first
    accounts: Mapping[str, Account] = field(default_factory=dict)
    dimensions: Mapping[str, Dimension] = field(default_factory=dict)
    objects: Mapping[tuple[str, str], LedgerObject] = field(default_factory=dict)
    balances: tuple[Balance, ...] = ()
    periods: tuple[PeriodAmount, ...] = ()  #: in the file's order
    vouchers: tuple[Voucher, ...] = ()
    blank: Blank = "helhet"  #: what a period's row without object is: the whole account, or what lies on no object
    budget_by_month: bool = True  #: else some of it is for the whole year, and stands in its last month
    trusted: tuple[Outcome, ...] = ("PSALDO", "VER")  #: what this year's outcome may be summed from: what agrees

    @property
    def year(self) -> FiscalYear | None:
        """This year, when the file says it."""
        return next((year for year in self.years if year.number == 0), None)

    def count(self, kind: PeriodKind) -> int:
        """How many records of the kind the file has."""
        return sum(1 for each in self.periods if each.kind == kind)


@dataclass(frozen=True, slots=True, kw_only=True)
class SieReading:
    """What came out of a file: the ledger, unless it is no SIE file, and what there is to say about it."""

    ledger: Ledger | None
    encoding: str | None
    findings: tuple[SieFinding, ...]  #: by line; many of the same are told as one

    @property
    def usable(self) -> bool:
        """Whether nothing is so wrong that the figures must not be used."""
        return self.ledger is not None and all(each.severity != "fel" for each in self.findings)

"""One thing changed in a careful underlag, and the one finding that must come of it.

Read those beside it as a checklist: the report and the part, what somebody did, the rule that tells it, how severe, and where.
"""

from dataclasses import dataclass
from decimal import Decimal

from arshjul.periods import Period
from submissions.review.case import Case
from submissions.templates.mall import KnownFigures
from tests.rig.files.cases import (
    Change,
    careful,
    knowing,
    owed,
    recalculated,
)

Which = tuple[str, str, str, str]

MANAD: Which = ("manadsrapport", "2027-04", "bildningsnamnden", "ekonomisk-uppfoljning")
PROGNOS: Which = ("prognos", "2027-03", "omsorgsnamnden", "helarsprognos")
OKTOBER: Which = ("prognos", "2027-10", "bostadsbolaget", "helarsprognos")
DELAR: Which = ("delarsrapport", "2027-08", "bildningsnamnden", "ekonomi")
KOMMUN_DELAR: Which = ("delarsrapport", "2027-08", "kommunstyrelsen", "kommunens-rakenskaper")
BOLAG_DELAR: Which = ("delarsrapport", "2027-08", "energibolaget", "bolagets-rakenskaper")
TEXT: Which = ("delarsrapport", "2027-08", "bildningsnamnden", "mal-och-resultat")
RISK: Which = ("delarsrapport", "2027-08", "miljo-och-samhallsbyggnadsnamnden", "riskanalys-och-intern-kontroll")
DRIFT: Which = ("arsredovisning", "2027", "bildningsnamnden", "driftredovisning")
INVESTERING: Which = ("arsredovisning", "2027", "omsorgsnamnden", "investeringsredovisning")
KOMMUN_AR: Which = ("arsredovisning", "2027", "kommunstyrelsen", "kommunens-rakenskaper")
SJUK: Which = ("arsredovisning", "2027", "kommunstyrelsen", "sjukfranvaro")
BERATTELSE: Which = ("arsredovisning", "2027", "omsorgsnamnden", "forvaltningsberattelse")


@dataclass(frozen=True, kw_only=True)
class Spoilt:
    """One thing changed in a careful underlag. ``formulas``: a spreadsheet worked its formulas out afterwards."""

    which: Which
    what: str
    change: Change
    rule: str
    severity: str
    place: str
    says: str = ""  #: words of the message
    formulas: bool = True

    @property
    def case(self) -> Case:
        case = self.change(careful(*owed(*self.which)))
        return recalculated(case) if self.formulas else case


def known(column: str, **rows: int) -> dict[str, dict[str, Decimal]]:
    return {row.replace("_", "-"): {column: Decimal(each)} for row, each in rows.items()}


def forecast_known(last: int, spent: int, made: Period | None) -> Change:
    amounts = {"aldreomsorg": {"prognos-fg": Decimal(last), "utfall-vid-prognos-fg": Decimal(spent)}}
    return knowing(KnownFigures(amounts=amounts, forecast_period=made))


def number_of(case: Case, sheet: str, row: str, column: str) -> Decimal:
    found = case.filled.tables[sheet].row(row)
    number = found.number(column) if found else None
    assert number is not None
    return number

"""Negative avvikelser (budgetavvikelser): explained, and the larger ones met by åtgärder that somebody carries out."""

from collections.abc import Iterator
from decimal import Decimal
from typing import NamedTuple

from submissions.finding import Finding
from submissions.review.case import Case, Judge, Registered
from submissions.review.review_words import named, percent, shown, tkr
from submissions.review.rules.filled_cells import flawed
from submissions.review.rules.forecast import PERCENT, TKR, is_beyond
from submissions.review.sheets.sound import Spot
from submissions.review.substance import says


class Deficit(NamedTuple):
    """A row that costs more than its budget, worked out from its own amounts."""

    at: Spot
    amount: Decimal  #: tkr, above zero
    budget: Decimal
    explained: bool

    @property
    def told(self) -> str:
        """``Förskola −1 200 tkr (3,4 procent)``."""
        share = f" ({percent(self.amount * 100 / abs(self.budget))})" if self.budget else ""
        return f"{self.at.row} {tkr(-self.amount)}{share}"


def deficits(case: Case) -> Iterator[Deficit]:
    """Give the rows whose outcome or forecast is above budget; what the file says itself is not trusted."""
    sheet = case.economy
    column = next((each for each in sheet.columns if each.minus), None) if sheet else None
    if sheet is None:
        return
    minus = column.minus if column and column.minus else next(each.minus for each in sheet.sheet.columns if each.minus)
    for row in sheet.rows:
        budget, outcome = sheet.number(row, minus[0]), sheet.number(row, minus[1])
        if budget is not None and outcome is not None and outcome > budget:
            at = sheet.at(row, column.id if column else minus[1])
            yield Deficit(at, outcome - budget, budget, says(row.text(sheet.of("förklaring"))))


def unexplained(case: Case, judge: Judge) -> Finding | None:
    """A negative avvikelse larger than the entry's tkr has an explanation on its row."""
    off = [each for each in deficits(case) if each.amount > judge.number(TKR) and not each.explained]
    if not off:
        return None
    measures = case.asked("åtgärder")
    also = f" Det som ni gör åt det skrivs på bladet {measures.sheet.title}." if measures else ""
    return judge.found(
        named([each.at.place for each in off]),
        f"Underskottet är inte förklarat: {named([each.told for each in off], '; ')}.",
        f"Skriv i kolumnen Förklaring till avvikelsen vad det beror på.{also}",
    )


def without_measure(case: Case, judge: Judge) -> Finding | None:
    """A negative avvikelse larger than both of the entry's numbers needs at least one åtgärd in the åtgärder sheet."""
    measures = case.of_kind("åtgärder")
    if measures is None or any(says(row.name) for row in measures.rows):
        return None
    off = [each for each in deficits(case) if is_beyond(judge, each.amount, each.budget)]
    if not off:
        return None
    return judge.found(
        named([each.at.place for each in off]),
        f"Större underskott utan åtgärdsplan: {named([each.told for each in off], '; ')}. "
        f"Bladet {measures.table.title} har inga åtgärder.",
        "Skriv på bladet vad ni gör, vem som ansvarar, vilken effekt det har i år och när det är klart.",
    )


RULES = (
    Registered(
        id="avvikelse-utan-forklaring",
        holds="Ett underskott mot budget är förklarat på sin rad.",
        grade="H",
        rule=unexplained,
        numbers=(TKR,),
    ),
    Registered(
        id="avvikelse-utan-atgard",
        holds="Ett större underskott har minst en åtgärd på bladet Åtgärder.",
        grade="H",
        rule=without_measure,
        numbers=(TKR, PERCENT),
    ),
    Registered(
        id="atgard-utan-ansvarig",
        holds="Varje åtgärd har en ansvarig.",
        grade="I",
        rule=flawed(
            "atgard-utan-ansvarig",
            lambda spots: f"Åtgärder utan ansvarig: {named([shown(each.row) for each in spots])}.",
            "Skriv vem som ansvarar, med befattning.",
        ),
    ),
    Registered(
        id="atgard-utan-dag",
        holds="Varje åtgärd har en dag då den är klar.",
        grade="I",
        rule=flawed(
            "atgard-utan-dag",
            lambda spots: f"Åtgärder som inte säger när de är klara: {named([shown(each.row) for each in spots])}.",
            "Skriv dagen, till exempel 2027-12-31. Löpande åtgärder får den dag då de följs upp.",
        ),
    ),
)

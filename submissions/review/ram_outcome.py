"""What an enhet's tables say of its ram for the year: the whole deviation, and its own word whether the ram is kept."""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from arshjul.definition.sheets.column import NO
from submissions.review.case import Case
from submissions.review.review_words import percent, tkr
from submissions.review.sheets.sound import Sound
from submissions.review.substance import folded


@dataclass(frozen=True, slots=True, kw_only=True)
class RamOutcome:
    """The budget and the deviation from it, in tkr (minus is a deficit); ``broken``: it says that the ram is not kept."""

    budget: Decimal = Decimal(0)
    deviation: Decimal | None = None  #: None where a number is missing
    broken: bool = False

    @property
    def words(self) -> str:
        """``räknar med ett underskott på 1 200 tkr (3,4 procent av budgeten) och svarar att ramen inte hålls``."""
        told = []
        if self.deviation is not None and self.deviation < 0:
            share = f" ({percent(-self.deviation * 100 / abs(self.budget))} av budgeten)" if self.budget else ""
            told.append(f"räknar med ett underskott på {tkr(-self.deviation)}{share}")
        if self.broken:
            told.append("svarar att ramen inte hålls")
        return " och ".join(told)


def ram_outcome(case: Case) -> RamOutcome:
    """Return what the tables of a part say, by what their columns and questions mean; of several the worst."""
    totals = [found for sheet in case.sound.values() if (found := _total(sheet))]
    budget, deviation = min(totals, key=lambda each: each[1], default=(Decimal(0), None))
    return RamOutcome(budget=budget, deviation=deviation, broken=any(_broken(case)))


def _broken(case: Case) -> Iterator[bool]:
    for sheet in case.sound.values():
        for question in sheet.sheet.fields:
            answer = sheet.table.fields.get(question.id)
            yield question.role == "ram" and answer is not None and folded(answer.text) == folded(NO)


def _total(sheet: Sound) -> tuple[Decimal, Decimal] | None:
    """Return a sheet's budget and deviation: budget less prognos, or what stands as the deviation where no prognos is asked.

    A sheet without either says nothing of the year; nor does one in which a row or a number is missing.
    """
    budget, forecast, deviation = sheet.of("budget"), sheet.of("prognos"), sheet.of("avvikelse")
    if not sheet.is_whole or not sheet.rows or not ((budget and forecast) or (deviation and not sheet.of("utfall"))):
        return None
    budgets = [sheet.number(row, budget) for row in sheet.rows] if budget else [Decimal(0)]
    others = [sheet.number(row, forecast or deviation) for row in sheet.rows]
    if None in budgets or None in others:
        return None
    whole, other = sum(filter(None, budgets), Decimal(0)), sum(filter(None, others), Decimal(0))
    return whole, whole - other if forecast else other

"""SIE 5's balances, which stand at the beginnings and ends of months, as what each month changed.

A closing balance is what an account has come to since its year began. Where a month has both, its change is the one less
the other; else it is counted from the closing balance before. What a result account opens a later month with lies before it.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Literal

from submissions.sie.values import Account, Balance, FiscalYear, ObjectSet, PeriodAmount

Side = Literal["OpeningBalance", "ClosingBalance"]


@dataclass(slots=True)
class Stand:
    """What one account has stood at, on one set of objects: öre and line by month (202708)."""

    opening: dict[int, tuple[int, int]] = field(default_factory=dict)
    closing: dict[int, tuple[int, int]] = field(default_factory=dict)

    def within(self, first: int, last: int) -> "Stand":
        """Return what lies from one month to another, both inclusive, in order."""
        kept = [
            {month: side[month] for month in sorted(side) if first <= month <= last}
            for side in (self.opening, self.closing)
        ]
        return Stand(*kept)


Stands = dict[str, dict[ObjectSet, Stand]]  #: by account and objects


def months_and_balances(
    stands: Mapping[str, Mapping[ObjectSet, Stand]], accounts: Mapping[str, Account], years: tuple[FiscalYear, ...]
) -> tuple[list[PeriodAmount], list[Balance]]:
    """Return what the months changed, and the years' balances."""
    periods: list[PeriodAmount] = []
    balances: list[Balance] = []
    for account, by_objects in stands.items():
        is_result = account in accounts and accounts[account].kind in ("K", "I")
        own = dimensions_once(by_objects)
        for year in years:
            first, last = _span(year)
            here = {objects: stand.within(first, last) for objects, stand in own.items()}
            periods += _periods(year, account, here, is_result)
            if () in here:
                balances += _balances(year, account, here[()], is_result)
    return periods, balances


def dimensions_once(by_objects: Mapping[ObjectSet, Stand]) -> dict[ObjectSet, Stand]:
    """Return an account's balances so that no money lies on a dimension twice.

    Those on several dimensions together (Multidim) divide those on one: of them only the dimensions count that the
    account has no balances of their own for.
    """
    single = {objects[0][0] for objects in by_objects if len(objects) == 1}
    found = {objects: stand for objects, stand in by_objects.items() if len(objects) < 2}
    for objects, stand in by_objects.items():
        left = tuple(pair for pair in objects if pair[0] not in single)
        if len(objects) > 1 and left:
            found[left] = _together(found[left], stand) if left in found else stand
    return found


def annual_only(periods: list[PeriodAmount]) -> bool:
    """Whether no account has more than one month's balance this year: then they are the year's, and no months'."""
    months: dict[tuple[str, ObjectSet], int] = defaultdict(int)
    for row in periods:
        if row.kind == "PSALDO" and row.year == 0:
            months[row.account, row.objects] += 1
    return all(count < 2 for count in months.values())


def _periods(
    year: FiscalYear, account: str, stands: Mapping[ObjectSet, Stand], is_result: bool
) -> Iterator[PeriodAmount]:
    every = {month for stand in stands.values() for month in stand.closing}
    for objects, stand in stands.items():
        changes = dict(_changes(stand, _span(year)[0], is_result))
        if not objects and stand.closing:  # the account's own balance holds the objects', also in months it skips
            changes |= {month: (0, 0) for month in every if month not in changes}
        for month, (amount, line) in sorted(changes.items()):
            yield PeriodAmount("PSALDO", year.number, month, account, objects, amount, None, line)


def _changes(stand: Stand, january: int, is_result: bool) -> Iterator[tuple[int, tuple[int, int]]]:
    before: int | None = None
    for month in sorted({*stand.opening, *stand.closing}):
        opens = stand.opening.get(month)
        if before is None and opens:
            before = opens[0]
            if is_result and month > january and before:
                yield month - 1 if month % 100 > 1 else month - 89, opens
        if month in stand.closing:
            closes, line = stand.closing[month]
            yield month, (closes - (opens[0] if opens else before or 0), line)
            before = closes


def _balances(year: FiscalYear, account: str, stand: Stand, is_result: bool) -> Iterator[Balance]:
    if stand.closing:
        closes, line = stand.closing[max(stand.closing)]
        yield Balance("RES" if is_result else "UB", year.number, account, (), closes, None, line)
    if stand.opening and not is_result:
        opens, line = stand.opening[min(stand.opening)]
        yield Balance("IB", year.number, account, (), opens, None, line)


def _together(one: Stand, other: Stand) -> Stand:
    return Stand(_added(one.opening, other.opening), _added(one.closing, other.closing))


def _added(one: Mapping[int, tuple[int, int]], other: Mapping[int, tuple[int, int]]) -> dict[int, tuple[int, int]]:
    return {
        month: (one.get(month, (0, 0))[0] + other.get(month, (0, 0))[0], (one.get(month) or other[month])[1])
        for month in sorted({*one, *other})
    }


def _span(year: FiscalYear) -> tuple[int, int]:
    return year.first.year * 100 + year.first.month, year.last.year * 100 + year.last.month

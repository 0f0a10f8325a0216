"""Whether what a file says of its accounts agrees: the months, the vouchers, and the year's balances.

A ledger tells the same money up to three times: as a balance of each month, as vouchers, and as the year's balance. Which
of them agree decides what the outcome is summed from (docs/decisions/0037-the-source-that-agrees.md).
"""

from collections.abc import Callable, Container, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

from submissions.sie.balances import ROUNDING, Balances, Change, Difference
from submissions.sie.sie_sums import Sums
from submissions.sie.values import FiscalYear, Ledger, Outcome

LARGEST = 1_000_00  #: öre that accounts may differ by together, inclusive: a tkr, the least that a report tells

_SOURCES: tuple[Outcome, Outcome] = ("PSALDO", "VER")


@dataclass(frozen=True, slots=True, kw_only=True)
class Weighing:
    """What came of holding a file's sources against each other."""

    trusted: tuple[Outcome, ...] = _SOURCES  #: what this year's outcome may be summed from
    differences: tuple[Difference, ...] = ()  #: this year's, the largest first
    last_year: tuple[Difference, ...] = ()
    uneven: int = 0  #: öre by which the balances do not go together, where that is why they were not believed
    gaps: tuple[tuple[FiscalYear, tuple[int, ...]], ...] = ()  #: months without any amount that no balance vouches for


def weigh(ledger: Ledger, sums: Sums) -> Weighing:
    """Hold a file's sources against each other, for this year and the one before it."""
    if ledger.year is None:
        return Weighing()
    found, gaps = _this_year(ledger, ledger.year, sums), []
    if found is None:
        there = [kind for kind in _SOURCES if sums.has_months(kind, None, *_span(ledger.year))]
        filled = {month for kind in there for its in sums.by_month(kind, *_span(ledger.year)).values() for month in its}
        gaps.append((ledger.year, _absent(_last(ledger, ledger.year, sums), filled) if there else ()))
    last_year: tuple[Difference, ...] | None = ()
    before = next((year for year in ledger.years if year.number == -1), None)
    months = sums.by_month("PSALDO", *_span(before)) if before else {}
    if before and months:
        last_year = _last_year(ledger, before, months)
        if last_year is None:
            filled = {month for its in months.values() for month in its}
            gaps.append((before, _absent(range(_span(before)[0], _end(ledger, before) + 1), filled)))
    kept = tuple((year, missing) for year, missing in gaps if missing)
    return replace(found or Weighing(), last_year=last_year or (), gaps=kept)


def _this_year(ledger: Ledger, year: FiscalYear, sums: Sums) -> Weighing | None:
    """Return what this year's sources say of each other; None when nothing can be held against anything."""
    months = sums.by_month("PSALDO", *_span(year))
    every: dict[Outcome, Change] = {"PSALDO": _whole_year(months), "VER": sums.changes(year)}
    sources = {kind: change for kind, change in every.items() if any(change.values())}
    if not sources:  # what stands there is nought, and then the outcome is too
        sources = {kind: every[kind] for kind in _SOURCES if sums.has_months(kind, None, *_span(year))}
    balances = Balances(ledger, year)
    if not sources or (not balances and len(sources) < 2):
        return None
    if not balances:
        apart = _between(ledger, year, sources, balances)
        return Weighing(trusted=() if _far(apart) else _SOURCES, differences=tuple(apart))
    by_source = {kind: balances.differences(kind, change) for kind, change in sources.items()}
    if by_source.get("PSALDO") and ledger.to_date:  # months after the file's end may be in the balances, or not
        only = sums.by_month("PSALDO", _span(year)[0], _end(ledger, year))
        to_end = balances.differences("PSALDO", _whole_year(only))
        by_source["PSALDO"] = min(by_source["PSALDO"], to_end, key=lambda many: sum(each.apart for each in many))
    trusted = [kind for kind in sources if not _far(by_source[kind])]
    if ledger.type == 5 and "VER" in sources and "VER" not in trusted:  # its months are the balances themselves
        trusted = []
    uneven = 0
    if not trusted and abs(balances.uneven) > LARGEST:
        uneven = balances.uneven
        even = [kind for kind, its in sources.items() if any(its.values()) and abs(sum(its.values())) <= LARGEST]
        trusted = [] if len(even) > 1 and _far(_between(ledger, year, sources, balances)) else even
    differences = sorted((each for many in by_source.values() for each in many), key=lambda each: -each.apart)
    return Weighing(
        trusted=tuple(trusted),
        differences=tuple(_with_missing(differences, months, lambda: _last(ledger, year, sums))),
        uneven=uneven,
    )


def _last_year(
    ledger: Ledger, year: FiscalYear, months: Mapping[str, Mapping[int, int]]
) -> tuple[Difference, ...] | None:
    """Return where last year's months differ from its balances; None when the file has no balances of the whole year.

    A file to August may have last year's months to August alone.
    """
    balances = Balances(ledger, year)
    last = max((month for its in months.values() for month, amount in its.items() if amount), default=0)
    if not balances or last < year.last.year * 100 + year.last.month:
        return None
    found = [each for each in balances.differences("PSALDO", _whole_year(months)) if each.counts]
    return tuple(_with_missing(found, months, lambda: range(_span(year)[0], last + 1)))


def _between(
    ledger: Ledger, year: FiscalYear, sources: Mapping[Outcome, Change], balances: Balances
) -> list[Difference]:
    """Return the accounts on which the months and the vouchers differ."""
    months, vouchers = sources["PSALDO"], sources["VER"]
    line_of = {each.account: each.line for each in reversed(ledger.periods) if each.kind == "PSALDO"}
    found = [
        Difference(
            source="PSALDO",
            year=year,
            account=account,
            amount=months.get(account, 0),
            against="#VER",
            other=vouchers.get(account, 0),
            counts=account not in balances.balance_accounts,
            line=line_of.get(account),
        )
        for account in {*months, *vouchers}
        if abs(months.get(account, 0) - vouchers.get(account, 0)) > ROUNDING
    ]
    return sorted(found, key=lambda each: (-each.apart, each.account))


def _far(differences: Iterable[Difference]) -> bool:
    return sum(each.apart for each in differences if each.counts) > LARGEST


def _with_missing(
    differences: Iterable[Difference], months: Mapping[str, Mapping[int, int]], span: Callable[[], Iterable[int]]
) -> Iterator[Difference]:
    """Tell of what differs in the months in which of them there is nothing, of those that the file has."""
    for each in differences:
        own = each.source == "PSALDO"
        yield replace(each, missing=_absent(span(), months.get(each.account, {}))) if own else each


def _absent(span: Iterable[int], filled: Container[int]) -> tuple[int, ...]:
    return tuple(month for month in span if 1 <= month % 100 <= 12 and month not in filled)


def _last(ledger: Ledger, year: FiscalYear, sums: Sums) -> range:
    """Return the months to the file's end, or to the last in which it has anything."""
    found = [sums.last_month(kind, year.last.year) for kind in _SOURCES]
    last = max((month for month in found if month), default=_span(year)[1])
    return range(_span(year)[0], min(last, _span(year)[1]) + 1 if ledger.to_date is None else _end(ledger, year) + 1)


def _span(year: FiscalYear) -> tuple[int, int]:
    return year.first.year * 100 + year.first.month, year.last.year * 100 + year.last.month


def _end(ledger: Ledger, year: FiscalYear) -> int:
    """Return the last month that the file says to hold, and of an earlier year the same month."""
    last = _span(year)[1]
    if ledger.to_date is None or ledger.year is None:
        return last
    return min(last, ledger.to_date.year * 100 + ledger.to_date.month + 100 * year.number)


def _whole_year(months: Mapping[str, Mapping[int, int]]) -> Change:
    return {account: sum(its.values()) for account, its in months.items()}

"""Sums out of a ledger: what an enhet has used, or was given, from January to a month."""

from collections import defaultdict
from collections.abc import Container, Iterable
from typing import Literal

from arshjul.periods import Period
from submissions.sie_values import Balance, Blank, FiscalYear, Ledger, ObjectSet, PeriodAmount

Kind = Literal["PSALDO", "PBUDGET", "VER"]
Cell = dict[ObjectSet, int]  #: one account in one month: öre by the objects that they lie on
_Months = dict[int, dict[str, Cell]]


class AccountRanges:
    """Accounts by number, such as ``3000-3999, 5010``: both ends inclusive, compared as numbers."""

    def __init__(self, text: str) -> None:
        """Read the ranges. Raises ValueError for what is no range."""
        self._ranges = [self._parse(part.strip()) for part in text.split(",")]

    def __contains__(self, account: object) -> bool:
        if not (isinstance(account, str) and len(account) < 19 and account.isascii() and account.isdigit()):
            return False
        return any(first <= int(account) <= last for first, last in self._ranges)

    @staticmethod
    def _parse(part: str) -> tuple[int, int]:
        first, _, last = (word.strip() for word in part.replace("–", "-").partition("-"))
        last = last or first
        if not (first.isascii() and first.isdigit() and last.isascii() and last.isdigit() and int(first) <= int(last)):
            raise ValueError(f"okänt kontointervall '{part}': skriv 3000-3999 eller 5010")
        return int(first), int(last)


class Sums:
    """A ledger's amounts, laid out once by month and account, to ask for sums."""

    def __init__(self, ledger: Ledger) -> None:
        self._blank = ledger.blank
        years = {year.number: year for year in ledger.years}
        # whoever reads type 2 shall pass over what lies on objects (SIE 4B, #PSALDO)
        rows = [row for row in ledger.periods if not (row.objects and ledger.type == 2)]
        self._cells: dict[Kind, _Months] = {
            "PSALDO": _laid_out(rows, "PSALDO", years),
            "PBUDGET": _laid_out(rows, "PBUDGET", years),
            "VER": _laid_out_vouchers(ledger),
        }

    def has(self, kind: Kind, dimension: str | None = None) -> bool:
        """Whether the file has such amounts at all, and on objects of the dimension when one is named."""
        cells = (cell for accounts in self._cells[kind].values() for cell in accounts.values())
        return any(dimension is None or dimension in dict(objects) for cell in cells for objects in cell)

    def has_months(self, kind: Kind, dimension: str | None, first: int, last: int) -> bool:
        """As :meth:`has`, for the months from ``first`` to ``last`` (202701, 202708), both inclusive."""
        cells = (
            cell
            for month, accounts in self._cells[kind].items()
            if first <= month <= last
            for cell in accounts.values()
        )
        return any(dimension is None or dimension in dict(objects) for cell in cells for objects in cell)

    def last_month(self, kind: Kind, year: int) -> int | None:
        """Return the last month of a year that has an amount, such as 202708; None when none has."""
        months = (month for month, accounts in self._cells[kind].items() if month // 100 == year and accounts)
        return max(months, default=None)

    def utfall_kind(self, dimension: str | None = None) -> Kind:
        """Return where the outcome stands: ``PSALDO`` when it has what is asked, else the vouchers."""
        return "PSALDO" if self.has("PSALDO", dimension) or not self.has("VER", dimension) else "VER"

    def sum_period(
        self,
        accounts: Container[str],
        dimension: str | None,
        object_ids: Container[str] | None,
        period: Period,
        kind: Kind,
    ) -> int:
        """Return the öre from January to the period's month, credit negative; the whole year for a year's period.

        ``accounts`` says which accounts count (a set, or :class:`AccountRanges`). With a ``dimension`` only what
        lies on its objects counts: on ``object_ids``, or on any of them for None. Each amount counts once, however
        many of the objects it lies on. Months that a record puts in another year than its ``#RAR`` do not count.
        """
        first = period.year * 100 + 1
        return self.sum_months(accounts, dimension, object_ids, first, first + period.months - 1, kind)

    def sum_months(
        self,
        accounts: Container[str],
        dimension: str | None,
        object_ids: Container[str] | None,
        first: int,
        last: int,
        kind: Kind,
    ) -> int:
        """As :meth:`sum_period`, for the months from ``first`` to ``last`` (202701, 202708), both inclusive."""
        wanted = {object_ids} if isinstance(object_ids, str) else object_ids
        chosen = {accounts} if isinstance(accounts, str) else accounts
        blank: Blank = "rest" if kind == "VER" else self._blank
        total = 0
        for month, by_account in self._cells[kind].items():
            if first <= month <= last:
                for account, cell in by_account.items():
                    if account in chosen:
                        total += whole(cell, blank) if dimension is None else _on(cell, dimension, wanted)
        return total

    def by_objects(
        self, accounts: Container[str], dimension: str, first: int, last: int, kind: Kind
    ) -> dict[tuple[str, ...], int]:
        """Return the öre on each object of a dimension, in one pass, for the months ``first`` to ``last`` inclusive.

        The key is the objects of the dimension that the amounts lie on: nearly always one. What lies on none of
        them is not here.
        """
        found: dict[tuple[str, ...], int] = defaultdict(int)
        known: dict[ObjectSet, tuple[str, ...]] = {}
        for month, by_account in self._cells[kind].items():
            if first <= month <= last:
                for account, cell in by_account.items():
                    if account in accounts:
                        for objects, amount in cell.items():
                            ids = known.get(objects)
                            if ids is None:
                                ids = known[objects] = tuple(one for each, one in objects if each == dimension)
                            if ids:
                                found[ids] += amount
        return dict(found)


def whole(cell: Cell, blank: Blank) -> int:
    """Return what the account has in all in a month.

    By the specification a row without object is the whole account, and the objects' rows divide it; some programs
    write there only what lies on no object. Where it is missing the whole is the objects' sum, in the first
    dimension alone when the whole account is told once per dimension.
    """
    if blank == "rest":
        return sum(cell.values())
    if () in cell:
        return cell[()]
    lowest = min((_order(objects[0][0]) for objects in cell), default=(0, ""))
    return sum(amount for objects, amount in cell.items() if _order(objects[0][0]) == lowest)


def blank_of(periods: Iterable[PeriodAmount], balances: Iterable[Balance]) -> Blank:
    """Tell what a row without object means in this file, by what makes the months add up to the year's change."""
    change: dict[tuple[int, str], int] = defaultdict(int)
    for each in balances:
        if each.kind in ("UB", "RES", "IB"):
            change[each.year, each.account] += -each.amount if each.kind == "IB" else each.amount
    cells: dict[tuple[int, str], dict[int, Cell]] = defaultdict(lambda: defaultdict(lambda: defaultdict(int)))
    for row in periods:
        if row.kind == "PSALDO":
            cells[row.year, row.account][row.month][row.objects] += row.amount
    votes = {"helhet": 0, "rest": 0}
    for key, months in cells.items():
        sums = {kind: sum(whole(cell, kind) for cell in months.values()) for kind in _BLANKS}
        if sums["helhet"] != sums["rest"] and key in change:
            for kind in _BLANKS:
                votes[kind] += sums[kind] == change[key]
    return "rest" if votes["rest"] > votes["helhet"] else "helhet"


_BLANKS: tuple[Blank, Blank] = ("helhet", "rest")


def _on(cell: Cell, dimension: str, wanted: Container[str] | None) -> int:
    return sum(
        amount
        for objects, amount in cell.items()
        if any(each == dimension and (wanted is None or one in wanted) for each, one in objects)
    )


def _order(dimension: str) -> tuple[int, str]:
    plain = dimension.isascii() and dimension.isdigit() and len(dimension) < 9
    return (int(dimension) if plain else 10**9, dimension)


def _empty() -> _Months:
    return defaultdict(lambda: defaultdict(lambda: defaultdict(int)))


def _laid_out(rows: Iterable[PeriodAmount], kind: Kind, years: dict[int, FiscalYear]) -> _Months:
    months = _empty()
    for row in rows:
        if row.kind == kind and (row.year not in years or years[row.year].holds(row.month)):
            months[row.month][row.account][row.objects] += row.amount
    return months


def _laid_out_vouchers(ledger: Ledger) -> _Months:
    months = _empty()
    for voucher in ledger.vouchers:
        for row in voucher.rows:
            if row.kind != "BTRANS":
                day = row.day or voucher.day
                months[day.year * 100 + day.month][row.account][row.objects] += row.amount
    return months

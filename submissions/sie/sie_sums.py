"""Sums out of a ledger: what an enhet has used, or was given, from January to a month."""

from collections import defaultdict
from collections.abc import Container, Iterable, Iterator
from datetime import date
from typing import Literal

from arshjul.periods import Period
from submissions.sie.blanks import Cell, whole
from submissions.sie.values import Blank, FiscalYear, Ledger, ObjectSet, Outcome

Kind = Literal["PSALDO", "PBUDGET", "VER"]
_Months = dict[int, dict[str, Cell]]
_NEVER = 999_912  #: a month after every other


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
    """A ledger's amounts, laid out once by month and account when they are asked for, to ask for sums."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger, self._blank = ledger, ledger.blank
        self._years = {year.number: year for year in ledger.years}
        self._laid: dict[Kind, _Months] = {}

    def has_months(self, kind: Kind, dimension: str | None, first: int, last: int) -> bool:
        """Whether the months from ``first`` to ``last`` (202701, 202708), both inclusive, have such amounts at all.

        When a dimension is named: on objects of it.
        """
        if kind == "VER":
            sets: Iterable[ObjectSet] = (objects for objects, _ in self._rows(first, last))
        else:
            cells = (accounts.values() for month, accounts in self._cells(kind).items() if first <= month <= last)
            sets = (objects for many in cells for cell in many for objects in cell)
        return any(dimension is None or dimension in dict(objects) for objects in sets)

    def last_month(self, kind: Kind, year: int) -> int | None:
        """Return the last month of a year that has an amount, such as 202708; None when none has."""
        first, last = year * 100 + 1, year * 100 + 12
        if kind == "VER":
            rows = ((row, voucher) for voucher in self._ledger.vouchers for row in voucher.rows if row.kind != "BTRANS")
            days = {row.day or voucher.day for row, voucher in rows}
            return max((day.year * 100 + day.month for day in days if day.year == year), default=None)
        return max((month for month in self._cells(kind) if first <= month <= last), default=None)

    def utfall_kind(self, dimension: str | None = None) -> Outcome:
        """Return where this year's outcome stands: in what the file is trusted for, when that has what is asked.

        ``PSALDO`` goes before the vouchers. What is not trusted is returned when nothing else has what is asked.
        """
        year = self._years.get(0)
        first = year.first.year * 100 + year.first.month if year else 0
        last = year.last.year * 100 + year.last.month if year else _NEVER
        asked: tuple[Outcome, ...] = ("PSALDO", "VER")
        there = [kind for kind in asked if self.has_months(kind, dimension, first, last)]
        return next((kind for kind in there if kind in self._ledger.trusted), there[0] if there else "PSALDO")

    def by_month(self, kind: Kind, first: int, last: int) -> dict[str, dict[int, int]]:
        """Return the öre of each account in each month that has any, from ``first`` to ``last`` (202701), inclusive."""
        found: dict[str, dict[int, int]] = defaultdict(dict)
        for month, by_account in self._cells(kind).items():
            if first <= month <= last:
                for account, cell in by_account.items():
                    if amount := whole(cell, "rest" if kind == "VER" else self._blank):
                        found[account][month] = amount
        return dict(found)

    def changes(self, year: FiscalYear) -> dict[str, int]:
        """Return the öre by which the vouchers of a year change each account."""
        found: dict[str, int] = defaultdict(int)
        first, last = year.first, year.last
        inside: dict[date, bool] = {}
        for voucher in self._ledger.vouchers:
            for row_kind, account, _, amount, own_day, _, _ in voucher.rows:
                day = own_day or voucher.day
                wanted = inside.get(day)
                if wanted is None:
                    wanted = inside[day] = first <= day <= last
                if wanted and row_kind != "BTRANS":
                    found[account] += amount
        return dict(found)

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
        for month, by_account in self._cells(kind).items():
            if first <= month <= last:
                for account, cell in by_account.items():
                    if account in chosen:
                        total += whole(cell, blank) if dimension is None else _on(cell, dimension, wanted)
        return total

    def by_objects(
        self, accounts: Container[str], dimension: str, first: int, last: int, kind: Kind
    ) -> dict[tuple[str, ...], int]:
        """Return the öre on each object of a dimension, in one pass, for the months ``first`` to ``last`` inclusive.

        The key is the objects of the dimension that the amounts lie on: nearly always one, and ``()`` for none.
        Together they are what the accounts have in all.
        """
        found: dict[tuple[str, ...], int] = defaultdict(int)
        known: dict[int, tuple[str, ...]] = {}  # by identity, which is quicker: the ledger holds them meanwhile
        # straight from the vouchers' rows, where they stand: they are many, and asked for once
        rows = self._rows(first, last, accounts) if kind == "VER" else self._laid_rows(kind, first, last, accounts)
        for objects, amount in rows:
            ids = known.get(id(objects))
            if ids is None:
                ids = known[id(objects)] = tuple(one for each, one in objects if each == dimension)
            found[ids] += amount
        if kind != "VER":  # there a row without object may be the whole account
            found.pop((), None)
            found[()] = self.sum_months(accounts, None, None, first, last, kind) - sum(found.values())
        return dict(found)

    def _laid_rows(
        self, kind: Kind, first: int, last: int, accounts: Container[str]
    ) -> Iterator[tuple[ObjectSet, int]]:
        for month, by_account in self._cells(kind).items():
            if first <= month <= last:
                for account, cell in by_account.items():
                    if account in accounts:
                        yield from cell.items()

    def _rows(self, first: int, last: int, accounts: Container[str] | None = None) -> Iterator[tuple[ObjectSet, int]]:
        """Give the objects and öre of the vouchers' rows of the months ``first`` to ``last`` that count."""
        inside: dict[date, bool] = {}  # there are hundreds of thousands of rows, and few days
        for voucher in self._ledger.vouchers:
            for row_kind, account, objects, amount, own_day, _, _ in voucher.rows:
                day = own_day or voucher.day
                wanted = inside.get(day)
                if wanted is None:
                    wanted = inside[day] = first <= day.year * 100 + day.month <= last
                if wanted and row_kind != "BTRANS" and (accounts is None or account in accounts):
                    yield objects, amount

    def _cells(self, kind: Kind) -> _Months:
        if kind not in self._laid:
            self._laid[kind] = self._lay_out(kind)
        return self._laid[kind]

    def _lay_out(self, kind: Kind) -> _Months:
        months = _empty()
        if kind == "VER":
            for voucher in self._ledger.vouchers:
                for row in voucher.rows:
                    if row.kind != "BTRANS":
                        day = row.day or voucher.day
                        months[day.year * 100 + day.month][row.account][row.objects] += row.amount
            return months
        for each in self._ledger.periods:
            # whoever reads type 2 shall pass over what lies on objects (SIE 4B, #PSALDO)
            passed = each.kind != kind or (each.objects and self._ledger.type == 2)
            if not passed and (each.year not in self._years or self._years[each.year].holds(each.month)):
                months[each.month][each.account][each.objects] += each.amount
        return months


def _on(cell: Cell, dimension: str, wanted: Container[str] | None) -> int:
    return sum(
        amount
        for objects, amount in cell.items()
        if any(each == dimension and (wanted is None or one in wanted) for each, one in objects)
    )


def _empty() -> _Months:
    return defaultdict(lambda: defaultdict(lambda: defaultdict(int)))

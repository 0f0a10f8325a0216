"""A SIE file's balances, months and budgets."""

from collections.abc import Callable, Mapping

from submissions.sie.sie_fields import Fields
from submissions.sie.sie_findings import Notes, shown
from submissions.sie.sie_text import month_of
from submissions.sie.values import Balance, BalanceKind, PeriodAmount, PeriodKind

Handler = Callable[[int, list[str]], None]

_BALANCES: tuple[BalanceKind, ...] = ("IB", "UB", "RES", "OIB", "OUB")
_PERIODS: tuple[PeriodKind, ...] = ("PSALDO", "PBUDGET")


class Amounts:
    """Takes the records one by one, with their label as the first token."""

    def __init__(self, fields: Fields, notes: Notes) -> None:
        self._read = fields
        self._notes = notes
        self.balances: list[Balance] = []
        self.periods: list[PeriodAmount] = []
        self.line_of: dict[str, int] = {}  #: by label, where it stood first

    @property
    def handlers(self) -> Mapping[str, Handler]:
        """By label: what takes a record's line and its tokens."""
        return {
            **{f"#{kind}": self._balance_taker(kind) for kind in _BALANCES},
            **{f"#{kind}": self._period_taker(kind) for kind in _PERIODS},
        }

    def _balance_taker(self, kind: BalanceKind) -> Handler:
        def take(line: int, tokens: list[str]) -> None:
            self.line_of.setdefault(tokens[0], line)
            split = self._read.split(line, tokens, 3)
            if split is None:
                return
            fields, objects = split
            year, account = self._read.year(line, fields[0]), fields[1]
            amount = self._read.amount(line, fields, 2, before_quantity=True)
            if year is not None and amount is not None:
                self._read.account(line, tokens[0], account, amount)
                quantity = self._read.quantity(line, fields[3]) if len(fields) > 3 else None
                self.balances.append(Balance(kind, year, account, objects, amount, quantity, line))

        return take

    def _period_taker(self, kind: PeriodKind) -> Handler:
        def take(line: int, tokens: list[str]) -> None:
            self.line_of.setdefault(tokens[0], line)
            split = self._read.split(line, tokens, 4)
            if split is None:
                return
            fields, objects = split
            year, month, account = self._read.year(line, fields[0]), month_of(fields[1]), fields[2]
            amount = self._read.amount(line, fields, 3, before_quantity=True)
            if month is None:
                told = f"Perioden {shown(fields[1])} går inte att läsa: skriv år och månad som 202708."
                self._notes.add("perioder som inte går att läsa", line, "fel", told)
            elif year is not None and amount is not None:
                self._read.account(line, tokens[0], account, amount)
                quantity = self._read.quantity(line, fields[4]) if len(fields) > 4 else None
                self.periods.append(PeriodAmount(kind, year, month, account, objects, amount, quantity, line))

        return take

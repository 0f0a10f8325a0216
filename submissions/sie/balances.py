"""What a year's balances say that each account has changed by, and on which accounts another source differs."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from submissions.sie.values import Balance, FiscalYear, Ledger, Outcome

ROUNDING = 12_00  #: öre that an account may differ by, inclusive: a krona for each month of a program that rounds

Change = Mapping[str, int]  #: öre by account, in a year


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """An account on which two sources differ."""

    source: Outcome
    year: FiscalYear
    account: str
    amount: int  #: öre, what the source gives
    against: str  #: the labels of what it is held against: ``#RES``, ``#UB − #IB``, or ``#VER``
    other: int  #: öre, what that gives
    counts: bool  #: whether the account may be one of the result's; of balance accounts no outcome is summed
    missing: tuple[int, ...] = ()  #: months such as 202705 in which the source has nothing
    line: int | None  #: of what it is held against

    @property
    def apart(self) -> int:
        """How far, öre."""
        return abs(self.amount - self.other)


class Balances:
    """A year's balances: what they say that each account has changed by."""

    def __init__(self, ledger: Ledger, year: FiscalYear) -> None:
        self._year = year
        of = {kind: _by_account(ledger.balances, kind, year.number) for kind in ("IB", "UB", "RES")}
        self._opening, self._closing, self._result = of["IB"], of["UB"], of["RES"]
        # what kind an account is the file shows: nothing is inferred from its number
        kinds = {number: account.kind for number, account in ledger.accounts.items()}
        self._results = {each.account for each in ledger.balances if each.kind == "RES"}
        self._results |= {number for number, kind in kinds.items() if kind in ("I", "K")}
        self.balance_accounts = {each.account for each in ledger.balances if each.kind in ("IB", "UB")}
        self.balance_accounts |= {number for number, kind in kinds.items() if kind in ("T", "S")}
        self.balance_accounts -= self._results
        self.line_of = {each.account: each.line for each in reversed(ledger.balances) if each.year == year.number}

    def __bool__(self) -> bool:
        return bool(self._closing or self._result)

    @property
    def uneven(self) -> int:
        """What all accounts changed by together: 0 by double entry, where the file has the balance accounts too."""
        if not self._closing:
            return 0
        return sum(self._closing.values()) + sum(self._result.values()) - sum(self._opening.values())

    def differences(self, source: Outcome, change: Change) -> list[Difference]:
        """Return the accounts on which a source differs by more than rounding, the largest first.

        A balance that is not there is 0, as the specification has it, where the file has others of its kind.
        """
        found = []
        for account in {each for each in (*change, *self._result) if each.strip()}:  # none at all is told by itself
            said = self._said(account)
            amount = change.get(account, 0)
            near = min(said, key=lambda each: abs(amount - each[1]), default=None)
            if near is not None and abs(amount - near[1]) > ROUNDING:
                found.append(
                    Difference(
                        source=source,
                        year=self._year,
                        account=account,
                        amount=amount,
                        against=near[0],
                        other=near[1],
                        counts=account not in self.balance_accounts,
                        line=self.line_of.get(account),
                    )
                )
        return sorted(found, key=lambda each: (-each.apart, each.account))

    def _said(self, account: str) -> list[tuple[str, int]]:
        """Return what the balances may say of an account: nothing, when the file leaves open what it is."""
        said = []
        known = account in self._results or (account not in self.balance_accounts and bool(self._closing))
        if account in self._result or (known and self._result):
            said.append(("#RES", self._result.get(account, 0)))
        if account in self._closing or account in self._opening:
            said.append(("#UB − #IB", self._closing.get(account, 0) - self._opening.get(account, 0)))
        return said


def _by_account(balances: Iterable[Balance], kind: str, year: int) -> dict[str, int]:
    found: dict[str, int] = defaultdict(int)
    for each in balances:
        if each.kind == kind and each.year == year and not each.objects:
            found[each.account] += each.amount
    return dict(found)

"""Read a SIE 5 file: the same ledger as SIE 4's, by the schema of http://www.sie.se/sie5.xsd.

Its subdivided accounts (invoices, assets), attached documents and account tags say nothing of an enhet's outcome and are
passed over. Its signature is not verified: who hands the file in is known by the login or the folder's rights.
"""

from collections.abc import Callable, Mapping
from datetime import date

from submissions.sie.check import check_contents
from submissions.sie.five.elements import NotFiveError, walk
from submissions.sie.five.five_balances import Side, Stand, Stands, annual_only, months_and_balances
from submissions.sie.five.five_head import FiveHead, month_of_five
from submissions.sie.five.five_vouchers import FiveVouchers, OpenElement
from submissions.sie.five.five_words import in_five
from submissions.sie.sie_fields import Fields
from submissions.sie.sie_findings import Notes, shown
from submissions.sie.values import Ledger, ObjectSet, PeriodAmount, Severity

_PASSED = {
    "AccountAggregations", "CustomerInvoices", "Customers", "Documents", "FixedAssets", "GeneralSubdividedAccount",
    "SupplierInvoices", "Suppliers",
}  # fmt: skip
_KNOWN = {
    "Accounts", "CorrectedBy", "Dimensions", "EntryInfo", "FileInfo", "FiscalYears", "ForeignCurrencyAmount",
    "LockingInfo", "OriginalEntryInfo", "Sie", "SieEntry", "SubdividedAccountObjectReference", "VoucherReference",
}  # fmt: skip
ENTRY_FILE = (
    "Filen är en SIE 5-fil för import (SieEntry): den har verifikationer, men inga räkenskapsår och saldon. Exportera hela "
    "bokföringen som SIE 5 (Sie), eller som SIE typ 3 eller 4."
)


class FiveNotes(Notes):
    """Findings that name what stands in a SIE 5 file."""

    def add(self, rule: str, line: int, severity: Severity, message: str, *, what: str = "") -> None:
        """As of any other file."""
        super().add(in_five(rule), line, severity, in_five(message), what=what)


def read_five(content: bytes) -> tuple[Ledger | None, FiveNotes, Fields]:
    """Return the ledger, what there is to tell, and where each account stands first. Never raises.

    None for what is no SIE 5 ledger, which is told as a ``fel``.
    """
    reader = _FiveReader()
    try:
        encoding = walk(content, reader.start, reader.end)
    except NotFiveError as error:
        notes = FiveNotes()
        notes.add("filen", error.line, "fel", str(error))
        return None, notes, reader.fields
    if reader.is_entry:
        notes = FiveNotes()
        notes.add("filen", 1, "fel", ENTRY_FILE)
        return None, notes, reader.fields
    return reader.ledger(encoding), reader.notes, reader.fields


class _FiveReader:
    """Where in the file we are: the account, the voucher and the row that are open."""

    def __init__(self) -> None:
        self.notes = FiveNotes()
        self.fields = Fields(self.notes)
        self.head = FiveHead(self.notes)
        self.is_entry = False
        self._of_head = self.head.handlers
        self._passing = ""  # the element that is passed over, with all in it
        self._unknown: set[str] = set()
        self._account = ""
        self._open: OpenElement | None = None
        self._stands: Stands = {}
        self._budgets: list[tuple[str, ObjectSet, int | None, int, int]] = []
        self._vouchers = FiveVouchers(self.fields, self.notes)
        self._closers: dict[str, Callable[[OpenElement], None]] = {
            "LedgerEntry": self._vouchers.row,
            "Budget": self._budget,
            "BudgetMultidim": self._budget,
            "OpeningBalance": lambda one: self._balance(one, "OpeningBalance"),
            "OpeningBalanceMultidim": lambda one: self._balance(one, "OpeningBalance"),
            "ClosingBalance": lambda one: self._balance(one, "ClosingBalance"),
            "ClosingBalanceMultidim": lambda one: self._balance(one, "ClosingBalance"),
        }

    def start(self, parent: str, name: str, said: Mapping[str, str], line: int) -> None:
        """Take an element that begins."""
        if self._passing:
            return
        if not parent:
            self.is_entry = name == "SieEntry"
        elif name in _PASSED:
            self._passing = name
        elif take := self._of_head.get((parent, name)):
            self._account = said.get("id", "").strip() if name == "Account" else self._account
            take(said, line)
        elif name in self._closers and parent == ("JournalEntry" if name == "LedgerEntry" else "Account"):
            self._open = OpenElement(said, line)
        elif name == "ObjectReference" and self._open:
            self._open.objects.append((said.get("dimId", "").strip(), said.get("objectId", "").strip()))
        elif name == "Overstrike" and self._open:
            self._open.struck = True
        elif name == "Journal":
            self._vouchers.series = said.get("id", "").strip()
        elif name == "JournalEntry":
            self._vouchers.begin(said, line)
        elif name == "Signature":
            told = "Filen är signerad. Signaturen kontrolleras inte här."
            self.notes.add("signaturer", line, "upplysning", told)
        elif name not in _KNOWN and name not in self._unknown and len(self._unknown) < 100:
            self._unknown.add(name)
            self.notes.add("okända element", line, "upplysning", f"Elementet {shown(name)} är okänt och hoppas över.")

    def end(self, parent: str, name: str) -> None:
        """Take an element that ends."""
        if self._passing:
            self._passing = "" if name == self._passing and parent in ("Sie", "SieEntry") else self._passing
        elif name in self._closers and self._open and parent in ("JournalEntry", "Account"):
            one, self._open = self._open, None
            if one.objects:
                for pair in one.objects:
                    self.fields.objects_used.setdefault(pair, one.line)
            self._closers[name](one)
        elif name == "JournalEntry":
            self._vouchers.finish()

    def ledger(self, encoding: str) -> Ledger:
        """Return what was read, and tell what is wrong with it as a whole."""
        texts = self.head.texts
        years, to_date = self.head.years()
        periods, balances = months_and_balances(self._stands, self.head.accounts, years)
        if self._vouchers.vouchers and annual_only(periods):  # the year's balances say nothing of its months
            periods = [row for row in periods if row.year != 0]
        budgets = [self._period_budget(each, years[0].last if years else None) for each in self._budgets]
        yearly = sum(
            each is not None and month is None for each, (_, _, month, _, _) in zip(budgets, self._budgets, strict=True)
        )
        if yearly:
            told = "Budgeten står för hela året och inte per månad. Budget för perioden är därför okänd."
            self.notes.add("budgetar", next(each[4] for each in self._budgets if each[2] is None), "varning", told)
        ledger = Ledger(
            encoding=encoding,
            type=5,
            company=texts.get("name"),
            org_number=texts.get("organizationId"),
            company_id=texts.get("clientId"),
            program=texts.get("program"),
            generated=self.head.generated,
            to_date=to_date,
            currency=texts.get("currency", "SEK"),
            years=years,
            accounts=self.head.accounts,
            dimensions=self.head.dimensions,
            objects=self.head.objects,
            balances=tuple(balances),
            periods=(*periods, *(each for each in budgets if each)),
            vouchers=tuple(self._vouchers.vouchers),
            budget_by_month=not yearly,
        )
        self._tell_missing(ledger)
        check_contents(ledger, {"#OBJEKT": 1, "#UNDERDIM": 1}, self.fields, self.notes, imported=False)
        return ledger

    def _tell_missing(self, ledger: Ledger) -> None:
        if not ledger.company:
            self.notes.add(
                "element som saknas", 1, "varning", "Company saknar namn: filen säger inte vems bokföring det är."
            )
        if ledger.years and ledger.to_date is None:
            told = "lastCoveredDate saknas: filen säger inte till och med vilken dag beloppen gäller. Exportera den med slutdatum."
            self.notes.add("element som saknas", 1, "varning", told)
        if not ledger.accounts:
            told = "Account saknas: filen har ingen kontoplan. Exportera den på nytt."
            self.notes.add("element som saknas", 1, "fel", told)
        if ledger.years and not any(each.year == 0 for each in ledger.balances):
            told = "ClosingBalance saknas för innevarande år: filen har inga årssaldon. Kontrollera exporten."
            self.notes.add("element som saknas", 1, "varning", told)
        if ledger.currency != "SEK":
            told = f"Beloppen är i {shown(ledger.currency)} och inte i svenska kronor. Exportera i SEK."
            self.notes.add("valuta", 1, "varning", told)

    def _month(self, one: OpenElement) -> int | None:
        month = month_of_five(one.said.get("month", ""))
        if month is None:
            told = f"Månaden {shown(one.said.get('month', ''))} går inte att läsa: skriv år och månad som 2027-08."
            self.notes.add("månader som inte går att läsa", one.line, "fel", told)
        return month

    def _balance(self, one: OpenElement, side: Side) -> None:
        amount, month = one.amount(self.fields), self._month(one)
        if amount is None or month is None:
            return
        self.fields.account(one.line, side, self._account, amount)
        stand = self._stands.setdefault(self._account, {}).setdefault(one.object_set, Stand())
        kept = stand.opening if side == "OpeningBalance" else stand.closing
        if month in kept:
            told = (
                f"{side} för konto {shown(self._account)}, samma månad och objekt, står redan på rad {kept[month][1]}."
            )
            self.notes.add("saldon som står flera gånger", one.line, "fel", f"{told} Ta bort det ena.")
        kept.setdefault(month, (amount, one.line))

    def _budget(self, one: OpenElement) -> None:
        amount, month = one.amount(self.fields), self._month(one) if one.said.get("month") else None
        if amount is not None and (month is not None or not one.said.get("month")):
            self.fields.account(one.line, "Budget", self._account, amount)
            self._budgets.append((self._account, one.object_set, month, amount, one.line))

    def _period_budget(
        self, one: tuple[str, ObjectSet, int | None, int, int], last: date | None
    ) -> PeriodAmount | None:
        """Return a budget as a month's; one of the whole year stands in its last month."""
        account, objects, month, amount, line = one
        at = month or (last.year * 100 + last.month if last else None)
        return PeriodAmount("PBUDGET", 0, at, account, objects, amount, None, line) if at else None

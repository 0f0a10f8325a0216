"""A SIE 5 file's vouchers with their rows."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from submissions.sie.five.five_head import day_of_five
from submissions.sie.sie_fields import Fields
from submissions.sie.sie_findings import Notes, shown
from submissions.sie.values import ObjectSet, RowKind, Voucher, VoucherRow
from submissions.sie.vouchers import tell_unbalanced


@dataclass(slots=True)
class OpenElement:
    """The element whose objects we gather: a balance, a budget or a row."""

    said: Mapping[str, str]
    line: int
    objects: list[tuple[str, str]] = field(default_factory=list)
    struck: bool = False

    @property
    def object_set(self) -> ObjectSet:
        """Its objects, by dimension."""
        return tuple(sorted(set(self.objects)))

    def amount(self, fields: Fields) -> int | None:
        """Return its amount in öre; None for what is none, which is told."""
        return fields.amount(self.line, [self.said.get("amount", "").strip()], 0, before_quantity=True)


class FiveVouchers:
    """Takes the elements of the journals one by one."""

    def __init__(self, fields: Fields, notes: Notes) -> None:
        self._fields, self._notes = fields, notes
        self.series = ""  #: of the journal that is open
        self.vouchers: list[Voucher] = []
        self._voucher: tuple[Mapping[str, str], date | None, int] | None = None
        self._rows: list[VoucherRow] = []
        self._whole = True  # whether every row of the open voucher was read

    def begin(self, said: Mapping[str, str], line: int) -> None:
        """Open a voucher."""
        day = day_of_five(said.get("journalDate", ""))
        if day is None:
            told = f"Verifikationens datum {shown(said.get('journalDate', ''))} går inte att läsa: skriv det som 2027-08-31."
            self._notes.add("verifikationer utan läsligt datum", line, "fel", told)
        self._voucher, self._rows, self._whole = (said, day, line), [], True

    def row(self, one: OpenElement) -> None:
        """Take a row that has ended; one that is struck out is kept and does not count."""
        amount, account = one.amount(self._fields), one.said.get("accountId", "").strip()
        if amount is None:
            self._whole = False
            return
        self._fields.account(one.line, "LedgerEntry", account, 0 if one.struck else amount)
        own = one.said.get("ledgerDate")
        day = day_of_five(own) if own else None
        if own and day is None:
            told = f"Radens datum {shown(own)} går inte att läsa: skriv det som 2027-08-31. Verifikationens dag gäller."
            self._notes.add("rader utan läsligt datum", one.line, "varning", told)
        quantity = self._fields.quantity(one.line, one.said.get("quantity", ""))
        kind: RowKind = "BTRANS" if one.struck else "TRANS"
        self._rows.append(VoucherRow(kind, account, one.object_set, amount, day, one.said.get("text", ""), quantity))

    def finish(self) -> None:
        """Close the voucher that is open."""
        if self._voucher is None:
            return
        (said, day, line), self._voucher = self._voucher, None
        if day is None:
            return  # told when it began
        voucher = Voucher(self.series, said.get("id", ""), day, said.get("text", ""), tuple(self._rows), line)
        self.vouchers.append(voucher)
        if self._whole and voucher.imbalance:
            tell_unbalanced(self._notes, voucher)

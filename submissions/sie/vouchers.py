"""A SIE file's vouchers with their rows."""

import re
from collections.abc import Callable, Mapping
from datetime import date

from submissions.sie.sie_fields import Fields, kronor
from submissions.sie.sie_findings import Notes, shown
from submissions.sie.sie_text import day_of, tokens_of, unquote
from submissions.sie.twins import once
from submissions.sie.values import ObjectSet, RowKind, Voucher, VoucherRow

Handler = Callable[[int, list[str]], None]

# A row as nearly every program writes it. Whatever else is lawful, and every fault, goes by way of the tokens.
_PLAIN_ROW = re.compile(
    r"""[ \t]*\#TRANS[ \t]+(\d+)[ \t]*\{([^{}\\]*)\}[ \t]*(-?\d{1,15}\.\d\d)"""
    r"""(?:[ \t]+"?(\d{8})"?(?:[ \t]+"([^"\\]*)")?)?[ \t]*""",
    re.ASCII,
)
_row = tuple.__new__  # what a NamedTuple's own way of being made comes to, in half the time
_ROWS: tuple[RowKind, ...] = ("TRANS", "RTRANS", "BTRANS")


class Vouchers:
    """Takes the records one by one, with their label as the first token, and the braces around a voucher's rows."""

    def __init__(self, fields: Fields, notes: Notes) -> None:
        self._read = fields
        self._notes = notes
        self.vouchers: list[Voucher] = []
        self.line_of: dict[str, int] = {}  #: by label, where it stood first
        self._plain_sets: dict[str, ObjectSet] = {}
        self._head: tuple[str, str, date | None, str, int] | None = None  # the voucher that is open, or waits for its {
        self._braced = False
        self._whole = True  # whether every row of the open voucher was read
        self._rows: list[VoucherRow] = []
        self._sum = 0  # of its rows that count
        self._added: list[tuple[int, int]] = []  # where in the rows an RTRANS is, and on which line

    @property
    def handlers(self) -> Mapping[str, Handler]:
        """By label: what takes a record's line and its tokens."""
        return {**{f"#{kind}": self._row_taker(kind) for kind in _ROWS}, "#VER": self._voucher}

    def take_plain_row(self, number: int, line: str) -> bool:
        """Take a ``#TRANS`` of the plain form, as its handler would but sooner; False when the line is another."""
        found = _PLAIN_ROW.fullmatch(line) if self._braced else None
        if found is None:
            return False
        account, inner, amount, day, text = found.groups("")
        objects = self._plain_sets.get(inner)
        if objects is None:
            if inner.count('"') % 2:
                return False
            key = tuple(tokens_of(inner))
            objects = self._plain_sets[inner] = self._read.object_set(number, key) if key else ()
        read = self._read
        if account not in read.accounts_used:
            read.accounts_used[account] = number
        ore = int(amount.replace(".", ""))
        on = (read.days.get(day) or read.day(number, day)) if day else None
        self._rows.append(_row(VoucherRow, ("TRANS", account, objects, ore, on, text, None)))
        self._sum += ore
        return True

    def brace(self, number: int, brace: str) -> None:
        """Open or close a voucher's rows."""
        if brace == "{" and self._head and not self._braced:
            self._braced = True
        elif brace == "}" and self._braced:
            self._finish()
        else:
            told = f"En klammer ({brace}) hör inte till någon post. Ta bort den, eller skriv posten som saknas."
            self._notes.add("klamrar utan post", number, "varning", told)

    def close(self, number: int | None) -> None:
        """End the open voucher: another record comes at line ``number``, or None when the file ends."""
        if self._head is None:
            return
        line = self._head[4]
        if self._braced:
            told = f"Verifikationen på rad {line} saknar avslutande klammer }}. Filen kan vara avhuggen; exportera på nytt."
            self._notes.add("verifikationer utan avslutande klammer", number or line, "fel", told)
        else:
            told = "Verifikationen saknar rader: efter #VER ska det stå { och minst en #TRANS."
            self._notes.add("verifikationer utan rader", line, "varning", told)
        self._finish()

    def _row_taker(self, kind: RowKind) -> Handler:
        def take(line: int, tokens: list[str]) -> None:
            if not self._braced:
                told = (
                    f"{tokens[0]} står utanför en verifikation och läses inte. Den ska stå mellan {{ och }} efter #VER."
                )
                self._notes.add("rader utanför en verifikation", line, "fel", told)
                return
            split = self._read.split(line, tokens, 2)
            amount = self._read.amount(line, split[0], 1, before_quantity=False) if split else None
            if split is None or amount is None:
                self._whole = False
                return
            fields, objects = split
            account, count = fields[0], len(fields)
            counts = kind != "BTRANS"
            self._read.account(line, tokens[0], account, amount if counts else 0)
            day = self._read.day(line, fields[2]) if count > 2 and fields[2] else None
            quantity = self._read.quantity(line, fields[4]) if count > 4 and fields[4] else None
            row = VoucherRow(kind, account, objects, amount, day, fields[3] if count > 3 else "", quantity)
            if kind == "RTRANS":
                self._added.append((len(self._rows), line))
            self._rows.append(row)
            self._sum += amount if counts else 0

        return take

    def _voucher(self, line: int, tokens: list[str]) -> None:
        self.close(line)
        self.line_of.setdefault(tokens[0], line)
        braced = tokens[-1] == "{"
        fields = [unquote(token) for token in tokens[1 : len(tokens) - braced]]
        fields += [""] * (4 - len(fields))
        day = self._read.days.get(fields[2]) or day_of(fields[2])
        if day is None:
            told = f"Verifikationens datum {shown(fields[2])} går inte att läsa: skriv det som 20270831."
            self._notes.add("verifikationer utan läsligt datum", line, "fel", told)
        self._head, self._braced = (fields[0], fields[1], day, fields[3], line), braced

    def _finish(self) -> None:
        head, rows, total, whole, added = self._head, self._rows, self._sum, self._whole, self._added
        self._head, self._braced, self._rows, self._sum, self._whole, self._added = None, False, [], 0, True, []
        if head is None:
            return
        if added:
            rows = once(rows, added, total, self._notes)
            total = sum(row.amount for row in rows if row.kind != "BTRANS")
        series, number, day, text, at = head
        if day is None:
            return  # told when it began
        self.vouchers.append(Voucher(series, number, day, text, tuple(rows), at))
        if whole and total:
            tell_unbalanced(self._notes, self.vouchers[-1])


def tell_unbalanced(notes: Notes, one: Voucher) -> None:
    """Tell of a voucher whose rows do not come to nothing."""
    told = f"Verifikation {shown(f'{one.series} {one.number}'.strip())} balanserar inte: raderna ger {kronor(one.imbalance)}."
    notes.add("verifikationer som inte balanserar", one.line, "fel", f"{told} Rätta den i ekonomisystemet.")

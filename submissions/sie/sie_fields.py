"""The fields that a SIE file's amounts have in common: object lists, years, amounts, days, quantities."""

from datetime import date
from decimal import Decimal

from submissions.sie.sie_findings import Notes, shown
from submissions.sie.sie_text import (
    day_of,
    is_in_groups,
    is_last_group,
    loose_ore_of,
    ore_of,
    quantity_of,
    unquote,
)
from submissions.sie.values import ObjectSet


class Fields:
    """Reads fields, tells what is wrong with them, and keeps the line where each account, object and year is first."""

    def __init__(self, notes: Notes) -> None:
        self._notes = notes
        self.accounts_used: dict[str, int] = {}
        self.objects_used: dict[tuple[str, str], int] = {}
        self.years_used: dict[int, int] = {}
        self.days: dict[str, date] = {}  #: by how they are written
        self._sets: dict[tuple[str, ...], ObjectSet] = {}

    def split(self, line: int, tokens: list[str], least: int) -> tuple[list[str], ObjectSet] | None:
        """Return the fields without label and object list, and the object list; None when the record is faulty."""
        objects: ObjectSet = ()
        rest = tokens[1:]
        if "{" in tokens:
            start = tokens.index("{")
            try:
                end = tokens.index("}", start)
            except ValueError:
                told = f"Objektlistan i {tokens[0]} saknar avslutande klammer }}. Raden läses inte; exportera på nytt."
                self._notes.add("objektlistor utan avslutande klammer", line, "fel", told)
                return None
            rest = tokens[1:start] + tokens[end + 1 :]
            if end > start + 1:
                key = tuple(tokens[start + 1 : end])
                found = self._sets.get(key)
                objects = self.object_set(line, key) if found is None else found
        if len(rest) < least:
            told = f"{tokens[0]} ska ha minst {least} fält utom objektlistan men har {len(rest)}. Raden läses inte."
            self._notes.add("poster med för få fält", line, "fel", f"{told} Exportera filen på nytt.")
            return None
        return [unquote(token) if token[0] == '"' else token for token in rest], objects

    def object_set(self, line: int, key: tuple[str, ...]) -> ObjectSet:
        """Return an object list's pairs, sorted; each list of words is read once."""
        words = [unquote(token) for token in key]
        if len(words) % 2:
            told = 'Objektlistan ska ha par av dimension och objekt, som {1 "3100"}. Det sista ordet hoppas över.'
            self._notes.add("objektlistor som inte är par", line, "fel", told)
            words.pop()
        pairs = tuple(sorted(zip(words[::2], words[1::2], strict=True)))
        for pair in pairs:
            self.objects_used.setdefault(pair, line)
        self._sets[key] = pairs
        return pairs

    def year(self, line: int, text: str) -> int | None:
        """Return a year's number: 0, -1 ..."""
        digits = text.removeprefix("-")
        if len(digits) < 3 and digits.isascii() and digits.isdigit():
            year = int(text)
            self.years_used.setdefault(year, line)
            return year
        told = f"Årsnumret {shown(text)} går inte att läsa: 0 är innevarande år och -1 året före."
        self._notes.add("årsnummer som inte går att läsa", line, "fel", told)
        return None

    def account(self, line: int, label: str, account: str, amount: int) -> None:
        """Keep where an account is first; money on no account is told, as it would be in no sum."""
        if account not in self.accounts_used:
            self.accounts_used[account] = line
        if not account.strip():
            told = (
                f"{label} saknar konto, så {kronor(amount)} hör inte till något konto. Skriv kontot i ekonomisystemet"
            )
            self._notes.add("rader utan konto", line, "fel" if amount else "varning", f"{told} och exportera på nytt.")

    def amount(self, line: int, fields: list[str], at: int, *, before_quantity: bool) -> int | None:
        """Return the amount in öre that stands at ``at`` of the fields; None for what is none, which is told.

        ``before_quantity``: whether the field after it is a quantity, else a day. An amount that blanks divide is two
        fields, of which the latter is neither.
        """
        text = fields[at]
        if len(text) < 5 and len(fields) > at + 1 and self._divided(line, fields[at:], before_quantity):
            return None
        amount = ore_of(text)
        if amount is None:
            amount = loose_ore_of(text)
            if amount is None:
                why = "har blanksteg mellan tusentalen" if is_in_groups(text) else "går inte att läsa"
                told = f"Beloppet {shown(text)} {why}: skriv det som -1234.50. Raden räknas inte med."
                self._notes.add("belopp som inte går att läsa", line, "fel", told)
            else:
                told = f"Beloppet {shown(text)} är inte skrivet som SIE kräver (-1234.50). Det lästes som {kronor(amount)}."
                self._notes.add("belopp i annan form än SIE:s", line, "varning", told)
        return amount

    def _divided(self, line: int, fields: list[str], before_quantity: bool) -> bool:
        """Tell of an amount that blanks divide. True when it is sure; ``75 250.00`` may also be 75 kr and a quantity."""
        text, after = fields[0], fields[1]
        if not (text.lstrip("+-").isdigit() and len(text.lstrip("+-")) < 4 and is_last_group(after)):
            return False
        sure = not before_quantity or after[0] == "0" or (len(fields) > 2 and is_last_group(fields[2]))
        if sure:
            whole = " ".join([text, *(each for each in fields[1:4] if is_last_group(each))])
            told = f"Beloppet {shown(whole)} har blanksteg mellan tusentalen: SIE skriver {shown(whole.replace(' ', ''))}. "
            self._notes.add(
                "belopp med blanksteg", line, "fel", f"{told}Raden räknas inte med. Exportera filen på nytt."
            )
        elif "." in after or "," in after:
            told = f"Beloppet {shown(text)} följs av {shown(after)}. Det lästes som {text} kr och kvantiteten {after}. "
            told += f"Menas {text} {after} kr: exportera filen utan blanksteg mellan tusentalen."
            self._notes.add("belopp som kan ha blanksteg", line, "varning", told)
        return sure

    def day(self, line: int, text: str) -> date | None:
        """Return a row's day; None for what is none, which is told."""
        day = self.days.get(text)
        if day is None:
            day = day_of(text)
            if day:
                self.days[text] = day
            else:
                told = (
                    f"Radens datum {shown(text)} går inte att läsa: skriv det som 20270831. Verifikationens dag gäller."
                )
                self._notes.add("rader utan läsligt datum", line, "varning", told)
        return day

    def quantity(self, line: int, text: str) -> Decimal | None:
        """Return a quantity; None for a blank one, and for what is none, which is told."""
        quantity = quantity_of(text) if text else None
        if text and quantity is None:
            self._notes.add(
                "kvantiteter", line, "varning", f"Kvantiteten {shown(text)} går inte att läsa. Skriv ett tal."
            )
        return quantity


def kronor(ore: int) -> str:
    """Return ``-1 234,50 kr``, as people read it."""
    whole, part = divmod(abs(ore), 100)
    return f"{'-' if ore < 0 else ''}{whole:,}".replace(",", " ") + f",{part:02} kr"

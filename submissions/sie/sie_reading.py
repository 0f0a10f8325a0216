"""Read a SIE file of type 1-4 (SIE 4B): one pass over its lines, faults told with their line. SIE 5 is read in ``five``.

What is read is kept even where something is wrong beside it; what cannot be understood is left out and told. A
finding of severity ``fel`` means that the figures must not be used before the file is mended.
"""

import gc
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

from submissions.sie.agreement import weigh
from submissions.sie.agreement_words import tell
from submissions.sie.amounts import Amounts
from submissions.sie.blanks import blank_of
from submissions.sie.check import check
from submissions.sie.five.elements import is_five
from submissions.sie.five.five_reading import read_five
from submissions.sie.heads import Heads
from submissions.sie.sie_fields import Fields
from submissions.sie.sie_findings import Notes, shown
from submissions.sie.sie_sums import Sums
from submissions.sie.sie_text import (
    MAX_LINE,
    MAX_LINES,
    Decoded,
    decode,
    is_unclosed,
    lines_of,
    refusal,
    tokens_of,
    unquote,
)
from submissions.sie.values import Ledger, SieFinding, SieReading
from submissions.sie.vouchers import Vouchers

#: without any of these it is no SIE file
_MARKS = ("#FLAGGA", "#SIETYP", "#FORMAT", "#PROGRAM", "#GEN", "#FNAMN", "#RAR")


def read_sie(content: bytes) -> SieReading:
    """Read a file's bytes. Never raises: what is no SIE file gives one finding of severity ``fel``."""
    refused = refusal(content)
    if refused:
        return SieReading(ledger=None, encoding=None, findings=(SieFinding(1, "fel", refused),))
    with _without_garbage_collection():
        return _weighed(*read_five(content)) if is_five(content) else _read(decode(content))


def _read(decoded: Decoded) -> SieReading:
    reader = _Reader()
    reader.read(decoded.text)
    if not any(mark in reader.heads.line_of for mark in _MARKS):
        return SieReading(ledger=None, encoding=decoded.encoding, findings=(_no_sie(decoded.text),))
    ledger = reader.ledger(decoded.encoding)
    lines = {**reader.heads.line_of, **reader.amounts.line_of, **reader.vouchers.line_of}
    check(ledger, decoded, lines, reader.heads.about, reader.fields, reader.notes)
    return _weighed(ledger, reader.notes, reader.fields)


def _weighed(ledger: Ledger | None, notes: Notes, fields: Fields) -> SieReading:
    """Hold what was read against itself, unless something could not be read: then its sums are not of the whole file."""
    if ledger is not None and not notes.faulty:
        weighing = weigh(ledger, Sums(ledger))
        tell(ledger, weighing, fields.accounts_used, notes)
        ledger = replace(ledger, trusted=weighing.trusted)
    return SieReading(ledger=ledger, encoding=ledger.encoding if ledger else None, findings=notes.findings())


@contextmanager
def _without_garbage_collection() -> Iterator[None]:
    """Pause the collector: it would go through the growing ledger again and again, and there are no cycles in it.

    What was made meanwhile counts as old when it starts again, so that it does not begin by going through it all.
    """
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.freeze()
            gc.unfreeze()
            gc.enable()


class _Reader:
    """Where in the file we are: its records, the braces around a voucher's rows, its checksum."""

    def __init__(self) -> None:
        self.notes = Notes()
        self.heads = Heads(self.notes)
        self.fields = Fields(self.notes)
        self.amounts = Amounts(self.fields, self.notes)
        self.vouchers = Vouchers(self.fields, self.notes)
        self._of_head = self.heads.handlers
        self._of_amounts = self.amounts.handlers
        self._of_vouchers = self.vouchers.handlers
        self._before = ""  # the label that a { may belong to
        self._skipping = False  # inside the braces of a record that we do not know
        self._unknown: set[str] = set()
        self._crc: int | None = None

    def read(self, text: str) -> None:
        """Take the lines one by one."""
        take_plain_row = self.vouchers.take_plain_row
        for number, line in lines_of(text):
            if len(line) > MAX_LINE or number > MAX_LINES:
                self._too_much(number, line)
                continue
            if line in ("{", "}"):
                self._brace(number, line)
            elif self._crc is not None or self._skipping or not take_plain_row(number, line):
                tokens = tokens_of(line)
                if tokens:
                    self._take(number, tokens)
        self.vouchers.close(number=None)
        if self._crc is not None:
            told = "Filen har en kontrollsumma (#KSUMMA) men den sista saknas: slutet är borta. Exportera den på nytt."
            self.notes.add("kontrollsummor", self.heads.line_of["#KSUMMA"], "fel", told)

    def ledger(self, encoding: str) -> Ledger:
        """Return what was read."""
        heads, amounts = self.heads, self.amounts
        return Ledger(
            encoding=encoding,
            type=heads.type or 1,
            company=heads.text("#FNAMN"),
            org_number=heads.text("#ORGNR"),
            company_id=heads.text("#FNR"),
            declared_format=heads.text("#FORMAT"),
            program=heads.text("#PROGRAM"),
            generated=heads.generated,
            to_date=heads.to_date,
            currency=heads.text("#VALUTA") or "SEK",
            chart=heads.text("#KPTYP"),
            years=tuple(sorted(heads.years.values(), key=lambda year: -year.number)),
            accounts=heads.accounts(),
            dimensions=heads.dimensions,
            objects=heads.objects,
            balances=tuple(amounts.balances),
            periods=tuple(amounts.periods),
            vouchers=tuple(self.vouchers.vouchers),
            blank=blank_of(amounts.periods, amounts.balances),
        )

    def _too_much(self, number: int, line: str) -> None:
        if number > MAX_LINES and line:
            told = f"Filen har fler än {MAX_LINES} rader; resten läses inte. Exportera ett år i taget, eller typ 3."
            self.notes.add("rader över gränsen", number, "fel", told)
        elif line:
            told = f"Raden är längre än {MAX_LINE} tecken och läses inte. Kontrollera att filen har radslut."
            self.notes.add("för långa rader", number, "fel", told)

    def _take(self, number: int, tokens: list[str]) -> None:
        if is_unclosed(tokens[-1]):
            told = "Ett citationstecken avslutas inte på raden. Rätta texten i ekonomisystemet och exportera på nytt."
            self.notes.add("citationstecken som inte avslutas", number, "varning", told)
        braces = 0
        while braces < len(tokens) and tokens[braces] in ("{", "}"):
            self._brace(number, tokens[braces])
            braces += 1
        if braces:
            tokens = tokens[braces:]
        if not tokens or self._skipping:
            return
        label = tokens[0] if tokens[0].isupper() else tokens[0].upper()
        if label == "#KSUMMA":
            self._checksum(number, tokens)
            return
        if self._crc is not None:
            fields = "".join(unquote(token) for token in tokens if token not in ("{", "}"))
            self._crc = zlib.crc32(fields.encode("cp437", "replace"), self._crc)
        self._before = label
        if label[0] == "#":
            tokens[0] = label
        if label in self._of_vouchers:
            self._of_vouchers[label](number, tokens)
        elif label in self._of_amounts:
            self.vouchers.close(number)
            self._of_amounts[label](number, tokens)
        elif label in self._of_head:
            self.vouchers.close(number)
            self._of_head[label](number, [unquote(token) for token in tokens[1:]])
        elif label[0] == "#":
            self._not_known(number, label)
        else:
            told = f"Raden börjar med {shown(tokens[0])} och inte med en etikett (#...). Den läses inte."
            self.notes.add("rader utan etikett", number, "varning", told)

    def _brace(self, number: int, brace: str) -> None:
        before, self._before = self._before, ""
        if self._skipping:
            self._skipping = brace == "{"
        elif brace == "{" and before in self._unknown:
            self._skipping = True
        else:
            self.vouchers.brace(number, brace)

    def _not_known(self, number: int, label: str) -> None:
        known = label in self._unknown
        if not known and len(self._unknown) < 1000:
            self._unknown.add(label)
        if not known:
            told = f"Etiketten {shown(label)} är okänd. Sådana poster hoppas över, som SIE-formatet föreskriver."
            self.notes.add("okända etiketter", number, "upplysning", told)

    def _checksum(self, number: int, tokens: list[str]) -> None:
        if self._crc is None and len(tokens) == 1:
            self.heads.line_of.setdefault("#KSUMMA", number)
            self._crc = 0
            return
        given, counted, self._crc = unquote(tokens[-1]), self._crc, None
        if counted is not None and given != str(counted):
            told = (
                f"Kontrollsumman är {shown(given)} men innehållet ger {counted}: filen kan vara ändrad efter exporten."
            )
            self.notes.add("kontrollsummor", number, "varning", told)


def _no_sie(text: str) -> SieFinding:
    start = text.lstrip()[:200].lower()
    if start.startswith("<"):
        told = "Filen är ingen SIE-fil utan en webbsida eller XML. Hämta SIE-filen på nytt ur ekonomisystemet."
    else:
        told = "Filen är ingen SIE-fil: den har ingen av SIE-formatets poster (#FLAGGA, #SIETYP, #FNAMN ...)."
    return SieFinding(1, "fel", told)

"""A SIE file's head: who, when, which years, and the accounts, dimensions and objects that it declares."""

from collections.abc import Callable, Mapping
from datetime import date

from submissions.sie.sie_findings import Notes, shown
from submissions.sie.sie_text import day_of
from submissions.sie.values import Account, Dimension, FiscalYear, LedgerObject

Handler = Callable[[int, list[str]], None]

_ONCE = ("#FLAGGA", "#PROGRAM", "#FORMAT", "#FNAMN", "#FNR", "#ORGNR", "#KPTYP", "#VALUTA")  # kept as they stand
_PASSED = ("#ADRESS", "#BKOD", "#FTYP", "#PROSA", "#TAXAR")  # known, and of no use here
_LEAST = {"#KTYP": 2, "#SRU": 2, "#ENHET": 2, "#UNDERDIM": 3, "#OBJEKT": 2, "#RAR": 3}  # fields; the others need one


class Heads:
    """Takes the head's records one by one. ``line_of`` tells where each kind stood first."""

    def __init__(self, notes: Notes) -> None:
        self._notes = notes
        self._texts: dict[str, str] = {}
        self._kinds: dict[str, str] = {}
        self._units: dict[str, str] = {}
        self._sru: dict[str, list[str]] = {}
        self._names: dict[str, str] = {}
        self.type: int | None = None
        self.generated: date | None = None
        self.to_date: date | None = None
        self.years: dict[int, FiscalYear] = {}
        self.dimensions: dict[str, Dimension] = {}
        self.objects: dict[tuple[str, str], LedgerObject] = {}
        self.about: dict[str, int] = {}  #: accounts that a #KTYP, #SRU or #ENHET speaks of, with the line
        self.line_of: dict[str, int] = {}

    @property
    def handlers(self) -> Mapping[str, Handler]:
        """By label: what takes a record's line and its fields, without the label."""
        own: dict[str, Callable[[int, str, list[str]], None]] = {
            "#SIETYP": self._type,
            "#GEN": self._day,
            "#OMFATTN": self._day,
            "#RAR": self._year,
            "#KONTO": self._account,
            "#KTYP": self._detail,
            "#SRU": self._detail,
            "#ENHET": self._detail,
            "#DIM": self._dimension,
            "#UNDERDIM": self._dimension,
            "#OBJEKT": self._object,
            **dict.fromkeys(_ONCE, self._text),
            **dict.fromkeys(_PASSED, lambda _line, _label, _fields: None),
        }
        return {label: self._taker(label, take) for label, take in own.items()}

    def text(self, label: str) -> str | None:
        """Return what stands once in the file, such as ``#FNAMN``; None when it is missing or blank."""
        return self._texts.get(label) or None

    def accounts(self) -> dict[str, Account]:
        """Return the accounts with what is said about them."""
        return {
            number: Account(
                number=number,
                name=name,
                kind=self._kinds.get(number),
                sru=tuple(self._sru.get(number, ())),
                unit=self._units.get(number),
            )
            for number, name in self._names.items()
        }

    def _taker(self, label: str, take: Callable[[int, str, list[str]], None]) -> Handler:
        least = 0 if label in _PASSED or label == "#ORGNR" else _LEAST.get(label, 1)

        def taken(line: int, fields: list[str]) -> None:
            self.line_of.setdefault(label, line)
            if len(fields) < least:
                what = (
                    f"{label} ska ha minst {least} fält men har {len(fields)}. Raden läses inte; skriv de som saknas."
                )
                self._notes.add("poster i filens huvud med för få fält", line, "varning", what)
            else:
                take(line, label, fields)

        return taken

    def _text(self, line: int, label: str, fields: list[str]) -> None:
        words = " ".join(fields[:2] if label == "#PROGRAM" else fields[:1]).split()
        value = "".join(char for char in " ".join(words) if char.isprintable())  # it is shown, also in a terminal
        if self._texts.setdefault(label, value) != value:
            self._twice(line, label, "")

    def _type(self, line: int, label: str, fields: list[str]) -> None:
        read = fields[0][:1] if fields[0].upper() in ("4E", "4I") else fields[0]
        if read not in ("1", "2", "3", "4"):
            told = f"#SIETYP {shown(fields[0])} är ingen typ av SIE-fil som läses: exportera som typ 1, 2, 3 eller 4."
            self._notes.add("okända typer", line, "fel", told)
        elif self.type is None:
            self.type = int(read)
        elif self.type != int(read):
            self._twice(line, label, "")

    def _day(self, line: int, label: str, fields: list[str]) -> None:
        day = day_of(fields[0])
        if day is None:
            told = f"{label} {shown(fields[0])} är ingen dag: skriv den som 20270831."
            self._notes.add("dagar som inte finns, i filens huvud", line, "varning", told)
        elif label == "#GEN":
            self.generated = self.generated or day
        elif self.to_date is None:
            self.to_date = day
        elif self.to_date != day:
            self._twice(line, label, "")

    def _year(self, line: int, label: str, fields: list[str]) -> None:
        first, last = day_of(fields[1]), day_of(fields[2])
        number = fields[0].removeprefix("-")
        if not (number.isascii() and number.isdigit() and len(number) < 3) or first is None or last is None:
            told = f"#RAR {shown(' '.join(fields[:3]))} går inte att läsa: skriv till exempel #RAR 0 20270101 20271231."
            self._notes.add("räkenskapsår som inte går att läsa", line, "fel", told)
        elif last < first:
            told = f"Räkenskapsåret slutar ({fields[2]}) innan det börjar ({fields[1]}). Rätta #RAR."
            self._notes.add("räkenskapsår som inte går att läsa", line, "fel", told)
        else:
            year = FiscalYear(number=int(fields[0]), first=first, last=last)
            if self.years.setdefault(year.number, year) != year:
                self._twice(line, label, fields[0])

    def _account(self, line: int, label: str, fields: list[str]) -> None:
        number, name = fields[0], fields[1] if len(fields) > 1 else ""
        if not (number.isascii() and number.isdigit()):
            told = (
                f"Kontonumret {shown(number)} består inte av siffror, som SIE kräver. Rätta kontot i ekonomisystemet."
            )
            self._notes.add("kontonummer som inte är siffror", line, "varning", told, what=shown(number))
        if self._names.setdefault(number, name) != name or len(fields) < 2:
            if len(fields) > 1:
                self._twice(line, label, number)
            else:
                self._notes.add(
                    "konton utan namn",
                    line,
                    "varning",
                    f"Konto {shown(number)} saknar namn. Skriv ett.",
                    what=shown(number),
                )

    def _detail(self, line: int, label: str, fields: list[str]) -> None:
        number, value = fields[0], fields[1]
        self.about.setdefault(number, line)
        if label == "#SRU":
            self._sru.setdefault(number, []).append(value)
        elif label == "#ENHET":
            self._units[number] = value
        elif value in ("T", "S", "K", "I"):
            if self._kinds.setdefault(number, value) != value:
                self._twice(line, label, number)
        else:
            told = f"#KTYP {shown(value)} för konto {shown(number)} är ingen kontotyp: T, S, K eller I."
            self._notes.add("okända kontotyper", line, "varning", told, what=shown(number))

    def _dimension(self, line: int, label: str, fields: list[str]) -> None:
        parent = fields[2] if label == "#UNDERDIM" else None
        one = Dimension(number=fields[0], name=fields[1] if len(fields) > 1 else "", parent=parent)
        if self.dimensions.setdefault(one.number, one) != one:
            self._twice(line, label, one.number)

    def _object(self, line: int, label: str, fields: list[str]) -> None:
        one = LedgerObject(dimension=fields[0], id=fields[1], name=fields[2] if len(fields) > 2 else "")
        if self.objects.setdefault((one.dimension, one.id), one) != one:
            self._twice(line, label, f"{one.dimension} {one.id}")

    def _twice(self, line: int, label: str, key: str) -> None:
        name = f"{label} {shown(key)}" if key else label
        told = f"{name} står flera gånger med olika innehåll. Det första gäller; ta bort det andra."
        self._notes.add("dubbletter i filens huvud", line, "varning", told, what=name)

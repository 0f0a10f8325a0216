"""A SIE 5 file's head: who, when, which years, and the accounts, dimensions and objects that it declares."""

import re
from collections.abc import Callable, Mapping
from datetime import date
from typing import Literal

from submissions.sie.sie_findings import Notes, shown
from submissions.sie.values import Account, Dimension, FiscalYear, LedgerObject

_KINDS = {"asset": "T", "liability": "S", "equity": "S", "cost": "K", "income": "I"}  #: as SIE 4 has them
_MONTH = re.compile(r"(\d{4})-(\d\d)(?:-\d\d)?(?:Z|[+-]\d\d:\d\d)?", re.ASCII)
_DAY = re.compile(r"(\d{4}-\d\d-\d\d)(?:T[\d:.]+)?(?:Z|[+-]\d\d:\d\d)?", re.ASCII)


def month_of_five(text: str) -> int | None:
    """Read ``2027-08``, also with a day or a time zone, as the number 202708; None for anything else."""
    found = _MONTH.fullmatch(text.strip())
    return int(found[1] + found[2]) if found and found[1] != "0000" and 1 <= int(found[2]) <= 12 else None


def day_of_five(text: str) -> date | None:
    """Read ``2027-08-31``, also with a clock or a time zone; None for anything else, and for a day that is not there."""
    found = _DAY.fullmatch(text.strip())
    try:
        return date.fromisoformat(found[1]) if found else None
    except ValueError:
        return None


class FiveHead:
    """Takes the head's elements one by one."""

    def __init__(self, notes: Notes) -> None:
        self._notes = notes
        self._years: list[tuple[date, date, bool, date | None]] = []
        self._dimension: str | None = None
        self.texts: dict[str, str] = {}  #: name, organizationId, clientId, program, currency
        self.generated: date | None = None
        self.accounts: dict[str, Account] = {}
        self.dimensions: dict[str, Dimension] = {}
        self.objects: dict[tuple[str, str], LedgerObject] = {}

    @property
    def handlers(self) -> Mapping[tuple[str, str], Callable[[Mapping[str, str], int], None]]:
        """By parent and name: what takes an element's attributes and its line."""
        return {
            ("FileInfo", "SoftwareProduct"): self._program,
            ("FileInfo", "FileCreation"): self._creation,
            ("FileInfo", "Company"): self._company,
            ("FiscalYears", "FiscalYear"): self._year,
            ("FileInfo", "AccountingCurrency"): self._currency,
            ("Accounts", "Account"): self._account,
            ("Dimensions", "Dimension"): self._take_dimension,
            ("Dimension", "Object"): self._object,
        }

    def years(self) -> tuple[tuple[FiscalYear, ...], date | None]:
        """Return the years, this one (``primary``) first as number 0, and to which day it is covered."""
        primary = [each for each in self._years if each[2]] or (self._years if len(self._years) == 1 else [])
        if len(primary) != 1:
            many = "Inget räkenskapsår" if not primary else f"{len(primary)} räkenskapsår"
            told = f"{many} är utpekat som filens eget (FiscalYear primary). Exportera filen på nytt med ett år."
            self._notes.add("räkenskapsår", 1, "fel", told)
            return (), None
        ours = primary[0]
        later = sorted(each for each in self._years if each[0] > ours[0])
        earlier = sorted((each for each in self._years if each[0] < ours[0]), reverse=True)
        numbered = [(0, ours), *((-at, each) for at, each in enumerate(earlier, 1))]
        numbered += [(at, each) for at, each in enumerate(later, 1)]
        return tuple(FiscalYear(number=at, first=each[0], last=each[1]) for at, each in numbered), ours[3]

    def _text(self, key: str, value: str | None) -> None:
        words = "".join(char for char in " ".join((value or "").split()) if char.isprintable())
        if words:  # it is shown, also in a terminal
            self.texts.setdefault(key, words)

    def _program(self, said: Mapping[str, str], _line: int) -> None:
        self._text("program", f"{said.get('name', '')} {said.get('version', '')}")

    def _creation(self, said: Mapping[str, str], _line: int) -> None:
        self.generated = day_of_five(said.get("time", ""))

    def _company(self, said: Mapping[str, str], _line: int) -> None:
        for key in ("name", "organizationId", "clientId"):
            self._text(key, said.get(key))

    def _currency(self, said: Mapping[str, str], _line: int) -> None:
        self._text("currency", said.get("currency"))

    def _year(self, said: Mapping[str, str], line: int) -> None:
        first, last = month_of_five(said.get("start", "")), month_of_five(said.get("end", ""))
        if first is None or last is None or last < first:
            told = (
                f"Räkenskapsåret {shown(said.get('start', ''))} till {shown(said.get('end', ''))} går inte att läsa: "
            )
            self._notes.add("räkenskapsår", line, "fel", f"{told}skriv start och end som 2027-01 och 2027-12.")
            return
        covered = said.get("lastCoveredDate")
        to_date = day_of_five(covered) if covered else None
        if covered and to_date is None:
            told = f"lastCoveredDate {shown(covered)} är ingen dag: skriv den som 2027-08-31."
            self._notes.add("räkenskapsår", line, "varning", told)
        after = date(last // 100 + last % 100 // 12, last % 100 % 12 + 1, 1)
        primary = said.get("primary", "").strip() in ("true", "1")
        year = (date(first // 100, first % 100, 1), date.fromordinal(after.toordinal() - 1), primary, to_date)
        if any(each[:2] == year[:2] for each in self._years):
            told = f"Räkenskapsåret {shown(said['start'])} står flera gånger. Exportera filen på nytt."
            self._notes.add("räkenskapsår", line, "fel", told)
        else:
            self._years.append(year)

    def _account(self, said: Mapping[str, str], line: int) -> None:
        number, kind = said.get("id", "").strip(), said.get("type", "")
        if kind not in _KINDS and kind != "statistics":
            told = f"Konto {shown(number)} har kontotypen {shown(kind)}, som SIE 5 inte har. Kontrollera kontot."
            self._notes.add("kontotyper", line, "varning", told, what=shown(number))
        one = Account(number=number, name=said.get("name", ""), kind=_KINDS.get(kind), unit=said.get("unit"))
        if number in self.accounts:
            told = f"Konto {shown(number)} står flera gånger i kontoplanen. Ta bort det ena, och exportera på nytt."
            self._notes.add("dubbletter", line, "fel", told, what=shown(number))
        self.accounts.setdefault(number, one)

    def _take_dimension(self, said: Mapping[str, str], line: int) -> None:
        number = self._dimension = said.get("id", "").strip()
        one = Dimension(number=number, name=said.get("name", ""))
        if self.dimensions.setdefault(number, one) != one:
            self._twice(line, "Dimension", number)

    def _object(self, said: Mapping[str, str], line: int) -> None:
        one = LedgerObject(dimension=self._dimension or "", id=said.get("id", "").strip(), name=said.get("name", ""))
        if self.objects.setdefault((one.dimension, one.id), one) != one:
            self._twice(line, "Object", f"{one.dimension} {one.id}")

    def _twice(self, line: int, name: Literal["Dimension", "Object"], key: str) -> None:
        told = f"{name} {shown(key)} står flera gånger med olika namn. Det första gäller; ta bort det andra."
        self._notes.add("dubbletter", line, "varning", told, what=f"{name} {shown(key)}")

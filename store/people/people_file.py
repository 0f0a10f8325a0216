"""The list of the people who hold the roles, read in one go: every fault with its line and the nearest right word."""

import csv
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import combinations, zip_longest

from arshjul.definition.model import Definition
from arshjul.errors import DefinitionError, Fault, nearest
from arshjul.keys import PersonId, RoleId, UnitId
from arshjul.swedish import stated_day
from store.people.people_text import lines_of, visible
from store.people.person_words import address_faults, name_faults, phone_faults

REQUIRED = ("roll", "enhet", "namn", "e-post")
OPTIONAL = ("från", "till", "ersättare", "ersättare e-post", "ersättare från", "ersättare till", "telefon")
COLUMNS = REQUIRED + OPTIONAL


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One line: who holds a role, for one unit or for all. Days are inclusive; None is open."""

    line: int
    role: RoleId
    unit: UnitId | None
    name: str
    address: str
    since: date | None
    until: date | None
    deputy_name: str | None
    deputy_address: str | None
    deputy_from: date | None
    deputy_to: date | None
    phone: str | None = None  #: None: the file has no such column, and what is known stands; "" is none


def person_id(address: str) -> PersonId:
    """Return a person's stable id: the address, folded.

    A letter that only looks like another (the Kelvin sign, the long s) is never folded into it.
    """
    return PersonId("".join(char.lower() if char.lower().upper() == char else char for char in address.strip()))


def person_faults(name: str, address: str, role: RoleId | None = None) -> Iterator[str]:
    """Yield what is wrong with a person's name and address for a role, and what to write."""
    yield from name_faults(name, role)
    yield from address_faults(address)


def read_people(text: str, file: str, definition: Definition) -> tuple[Entry, ...]:
    """Read the lines, see :mod:`store.people.people_text`.

    Raises DefinitionError with every fault, each with the file and its line.
    """
    reader = _Reader(file, definition)
    entries = tuple(reader.entries(text))
    reader.hold_together(entries)
    if reader.faults:
        raise DefinitionError(reader.faults)
    return entries


class _Reader:
    """Collects faults while it reads."""

    def __init__(self, file: str, definition: Definition) -> None:
        self.file, self.definition = file, definition
        self.faults: list[Fault] = []

    def fault(self, line: int, rule: str, message: str) -> None:
        self.faults.append(Fault(file=self.file, line=line, rule=rule, message=message))

    def entries(self, text: str) -> Iterator[Entry]:
        columns: list[str] = []
        line = 1
        try:
            for line, cells in lines_of(text):
                if columns:
                    yield from self._row(line, columns, cells)
                    continue
                columns = [visible(cell).lower() for cell in cells]
                if not self._header(line, columns):
                    return
        except csv.Error:  # a field of more than 131 072 characters: a quotation mark that nothing closes
            words = "filen går inte att läsa; ett citattecken börjar ett fält som aldrig tar slut"
            self.fault(line, "citattecken", words)
            return
        if not columns:
            self.fault(1, "kolumner", f"filen är tom; första raden ska vara {','.join(COLUMNS)}")

    def _row(self, line: int, columns: Sequence[str], cells: Sequence[str]) -> Iterator[Entry]:
        if len(cells) > len(columns):
            words = f"raden har {len(cells)} kolumner, rubriken {len(columns)}"
            return self.fault(line, "kolumner", f"{words}; ett namn med komma skrivs inom citattecken")
        unnamed = [cell for column, cell in zip(columns, cells, strict=False) if not column and cell.strip()]
        if unnamed:
            words = f"'{unnamed[0].strip()}' står i en kolumn utan rubrik"
            return self.fault(line, "kolumner", f"{words}; skriv rubriken, eller ta bort kolumnen")
        told = zip_longest(columns, cells, fillvalue="")  # empty cells at a row's end may be left out
        yield from self._entry(line, {column: cell.replace("\u00a0", " ").strip() for column, cell in told})

    def _header(self, line: int, columns: list[str]) -> bool:
        before = len(self.faults)
        for column in dict.fromkeys(filter(None, columns)):
            if column not in COLUMNS:
                self.fault(line, "okand-kolumn", f"okänd kolumn '{column}'{nearest(column, COLUMNS)}")
            if columns.count(column) > 1:
                self.fault(line, "kolumner", f"kolumnen '{column}' står flera gånger; ta bort den som inte gäller")
        for column in REQUIRED:
            if column not in columns:
                self.fault(line, "saknas", f"kolumnen '{column}' saknas; rubriken är {','.join(COLUMNS)}")
        return len(self.faults) == before

    def _entry(self, line: int, cells: Mapping[str, str]) -> Iterator[Entry]:
        before = len(self.faults)
        role, unit = RoleId(visible(cells.get("roll", ""))), visible(cells.get("enhet", "")) or None
        if role not in self.definition.roles:
            self.fault(line, "okand-roll", f"okänd roll '{role}'{nearest(role, self.definition.roles)}")
        if unit is not None and unit not in self.definition.units:
            self.fault(line, "okand-enhet", f"okänd enhet '{unit}'{nearest(unit, self.definition.units)}")
        since, until = self._span(line, cells, "från", "till")
        deputy_from, deputy_to = self._span(line, cells, "ersättare från", "ersättare till")
        deputy_name, deputy_address = cells.get("ersättare") or None, cells.get("ersättare e-post") or None
        self._person(line, role, cells.get("namn", ""), cells.get("e-post", ""), "")
        if deputy_name or deputy_address:
            self._person(line, role, deputy_name or "", deputy_address or "", "ersättarens ")
        elif deputy_from or deputy_to:
            self.fault(line, "ersattare", "dagar för en ersättare men ingen ersättare; ange namn och e-post")
        phone = cells.get("telefon")
        for word in phone_faults(phone or ""):
            self.fault(line, "fel-telefon", word)
        if len(self.faults) == before:
            yield Entry(
                line=line,
                role=role,
                unit=UnitId(unit) if unit else None,
                name=cells["namn"],
                address=cells["e-post"],
                since=since,
                until=until,
                deputy_name=deputy_name,
                deputy_address=deputy_address,
                deputy_from=deputy_from,
                deputy_to=deputy_to,
                phone=phone,
            )

    def _person(self, line: int, role: RoleId, name: str, address: str, whose: str) -> None:
        for word in person_faults(name, address, role):
            rule = "saknas" if word.endswith("saknas") else "fel-namn" if word.startswith("namn") else "fel-adress"
            self.fault(line, rule, f"{whose}{word}")

    def _span(self, line: int, cells: Mapping[str, str], start: str, end: str) -> tuple[date | None, date | None]:
        since, until = self._day(line, cells, start), self._day(line, cells, end)
        if since and until and since > until:
            self.fault(line, "fran-till", f"'{end}' ({until}) är före '{start}' ({since})")
        return since, until

    def _day(self, line: int, cells: Mapping[str, str], column: str) -> date | None:
        read = visible(cells.get(column, "")).removesuffix(" 00:00:00")  # as a program writes a day of a workbook
        if not read:
            return None
        try:
            return stated_day(read)
        except ValueError:
            self.fault(line, "fel-datum", f"'{read}' i kolumnen '{column}' är inget datum; skriv 2027-09-01")
            return None

    def hold_together(self, entries: tuple[Entry, ...]) -> None:
        """Find what no line shows alone: two holders on the same day, one address with two names."""
        seats: dict[tuple[RoleId, UnitId | None], list[Entry]] = {}
        names: dict[str, tuple[str, int]] = {}
        for entry in entries:
            seats.setdefault((entry.role, entry.unit), []).append(entry)
            for name, address in ((entry.name, entry.address), (entry.deputy_name, entry.deputy_address)):
                if name and address:
                    first, line = names.setdefault(person_id(address), (name, entry.line))
                    if first != name:
                        self.fault(
                            entry.line,
                            "tva-namn",
                            f"'{address}' heter '{name}' här men '{first}' på rad {line}; en adress är en person",
                        )
        for (role, unit), held in seats.items():
            for one, other in combinations(held, 2):
                if overlap(one.since, one.until, other.since, other.until):
                    where = f"för {self.definition.units[unit].name}" if unit else "för alla enheter"
                    self.fault(
                        other.line,
                        "overlappar",
                        f"rollen '{role}' {where} har redan '{one.name}' (rad {one.line}) samma dagar; ange 'till' för den ena och 'från' för den andra",
                    )


def overlap(since: date | None, until: date | None, other_since: date | None, other_until: date | None) -> bool:
    """Tell whether two spans of days, both ends inclusive and None open, share a day."""
    starts_in_time = other_until is None or since is None or since <= other_until
    return starts_in_time and (until is None or other_since is None or other_since <= until)

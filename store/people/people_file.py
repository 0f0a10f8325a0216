"""The CSV with the people who hold the roles, read in one go: every fault with its line and the nearest right word."""

import csv
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from io import StringIO
from itertools import combinations

from arshjul.definition.model import Definition
from arshjul.errors import DefinitionError, Fault, nearest
from arshjul.keys import RoleId, UnitId
from arshjul.swedish import stated_day
from store.people.person_words import address_faults, name_faults

REQUIRED = ("roll", "enhet", "namn", "e-post")
OPTIONAL = ("från", "till", "ersättare", "ersättare e-post", "ersättare från", "ersättare till")
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


def person_id(address: str) -> str:
    """Return a person's stable id: the address, folded.

    A letter that only looks like another (the Kelvin sign, the long s) is never folded into it.
    """
    return "".join(char.lower() if char.lower().upper() == char else char for char in address.strip())


def people_text(content: bytes) -> str:
    """Return a CSV's text: UTF-8, or the code page of Swedish Excel. Any bytes are some text."""
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return content.decode("cp1252", errors="replace")


def person_faults(name: str, address: str, role: RoleId | None = None) -> Iterator[str]:
    """Yield what is wrong with a person's name and address for a role, and what to write."""
    yield from name_faults(name, role)
    yield from address_faults(address)


def read_people(text: str, file: str, definition: Definition) -> tuple[Entry, ...]:
    """Read the lines; a comma or a semicolon parts the columns, ``#`` starts a comment.

    Raises DefinitionError with every fault, each with the file and its line.
    """
    reader = _Reader(file, definition)
    entries = tuple(reader.entries(text.removeprefix("\ufeff")))
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
        head = next((line for line in text.splitlines() if line.strip() and not line.startswith("#")), "")
        rows = csv.reader(StringIO(text), delimiter=";" if head.count(";") > head.count(",") else ",")
        columns: list[str] = []
        for cells in self._lines(rows):
            if not any(cell.strip() for cell in cells) or cells[0].startswith("#"):
                continue
            if not columns:
                columns = [cell.strip().lower() for cell in cells]
                if not self._header(rows.line_num, columns):
                    return
            elif len(cells) > len(columns):
                self.fault(
                    rows.line_num,
                    "kolumner",
                    f"raden har {len(cells)} kolumner, rubriken {len(columns)}; ett namn med komma skrivs inom citattecken",
                )
            else:
                yield from self._entry(
                    rows.line_num,
                    {column: cell.strip() for column, cell in zip(columns, cells, strict=False)},
                )
        if not columns:
            self.fault(1, "kolumner", f"filen är tom; första raden ska vara {','.join(COLUMNS)}")

    def _lines(self, rows: Iterator[list[str]]) -> Iterator[list[str]]:
        try:
            yield from rows
        except csv.Error:  # a field of more than 131 072 characters: a quotation mark that nothing closes
            words = "filen går inte att läsa; ett citattecken börjar ett fält som aldrig tar slut"
            self.fault(getattr(rows, "line_num", 1), "citattecken", words)

    def _header(self, line: int, columns: list[str]) -> bool:
        before = len(self.faults)
        for column in columns:
            if column not in COLUMNS:
                self.fault(line, "okand-kolumn", f"okänd kolumn '{column}'{nearest(column, COLUMNS)}")
        for column in REQUIRED:
            if column not in columns:
                self.fault(line, "saknas", f"kolumnen '{column}' saknas; rubriken är {','.join(COLUMNS)}")
        return len(self.faults) == before

    def _entry(self, line: int, cells: Mapping[str, str]) -> Iterator[Entry]:
        before = len(self.faults)
        role, unit = RoleId(cells.get("roll", "")), cells.get("enhet") or None
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
        read = cells.get(column)
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

"""What in a filled-in sheet can be relied on. Each cell is judged once, so that one fault is told once.

A cell has at most one flaw, called by the rule that tells it. The rules about figures see only numbers without a
flaw, in rows that stand once: what is missing or misread is not also a wrong sum, a deviation or a lost krona.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal

from arshjul.sheets import SUPPRESSED, Column, Line, Sheet
from arshjul.swedish import MONTHS
from submissions.filled import Cell, Row, Table
from submissions.review.substance import folded
from submissions.review.words import amount
from submissions.templates.mall import Known, MallSheet

#: Sheets of free rows whose help says that ``Inga`` may stand there.
MAY_SAY_NONE = ("investeringar",)
#: An empty cell that has a rule of its own, by sheet and column; else it is ``tom-ruta``.
EMPTY = {
    ("atgarder", "ansvarig"): "atgard-utan-ansvarig",
    ("atgarder", "klar"): "atgard-utan-dag",
    ("investeringar", "beslutad-total"): "investering-utan-totalutgift",
    ("investeringar", "prognos-total"): "investering-utan-totalutgift",
}
#: How many times what is known a figure is when it stands in kronor: inclusive, wide enough for a year's changes.
KRONOR = (Decimal(400), Decimal(2500))
#: A year's amount in kronor against the year's budget in tkr, also early in the year, is at least so many times it.
KRONOR_OF_BUDGET = Decimal(100)
MILLIONS_OF_BUDGET = Decimal(1) / 200
#: Smaller known amounts (tkr) say nothing about the unit.
SAYS_UNIT, SAYS_MILLIONS = Decimal(100), Decimal(1000)
#: A smaller budget (tkr) may well be met by an outcome with the other sign: what costs about what it earns.
SAYS_SIGN = Decimal(1000)

#: The declared sign of what can have no other, by the start of the sheet's id and the row's (``*``: any row).
SIGNS: Mapping[str, Mapping[str, int]] = {
    "resultatrakning": {
        "intakter": 1,
        "kostnader": -1,
        "avskrivningar": -1,
        "skatteintakter": 1,
        "finansiella-kostnader": -1,
    },
    "balansrakning": dict.fromkeys(
        ("immateriella", "materiella", "infrastruktur", "omsattning", "avsattningar", "langfristiga", "kortfristiga"), 1
    ),
    "atgarder": {"*": 1},
}

_KRONOR = {"kr", "kronor", "krona", "sek", ":-"}
_MILLIONS = {"mkr", "mnkr", "msek", "mn", "miljoner", "miljoner kronor", "milj", "milj kr"}
_ERROR = re.compile(r"#[A-ZÅÄÖ0-9/_]+[!?]?|Err:\d+|#+")
_SUPPRESSED = {SUPPRESSED, "…", ". .", "‥", "..."}
_DASHES = ("-", "–", "—")
_NONE = re.compile(r"(?:det finns )?(?:inga|inget|ingen|ej aktuellt)\b")
_DAY = re.compile(rf"\d|{'|'.join(month[:3] for month in MONTHS)}|vår|sommar|höst|vinter|årsskifte")
_BROKEN_INPUTS = ("inte-ett-tal", "felvarde", "formel-utan-varde", "tal-som-text")


@dataclass(frozen=True, slots=True, kw_only=True)
class Spot:
    """A cell, said so that people find it."""

    place: str  #: "Ekonomi!D7"
    row: str  #: the row's name
    column: str  #: the column's title
    text: str = ""

    @property
    def name(self) -> str:
        """``Förskola, Utfall perioden``."""
        return f"{self.row}, {self.column}" if self.row else self.column


Flaws = Mapping[str, tuple[Spot, ...]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Sound:
    """A sheet that was asked for and found, with what can be relied on in it.

    ``rows`` are those that stand once and say something, without the total; ``missing``, ``unknown`` and ``doubled``
    tell of the others. ``says_none`` is a sheet of free rows that says that there are none.
    """

    asked: MallSheet
    table: Table
    rows: tuple[Row, ...]
    missing: tuple[Line, ...]
    unknown: tuple[Row, ...]
    doubled: tuple[Row, ...]
    says_none: bool
    flaws: Flaws = field(default_factory=dict)
    misread: frozenset[str] = frozenset()  #: places of numbers in the wrong unit or with the wrong sign

    @property
    def sheet(self) -> Sheet:
        """The sheet as it is asked for."""
        return self.asked.sheet

    @property
    def is_whole(self) -> bool:
        """Whether each row stands there once, and no other: only then does a total mean anything."""
        return not (self.missing or self.unknown or self.doubled)

    @property
    def columns(self) -> tuple[Column, ...]:
        """The columns that were found, without the one that names the rows."""
        return tuple(each for each in self.sheet.columns[1:] if each.id not in self.table.missing)

    def row(self, row_id: str) -> Row | None:
        """Return the sound row with this id."""
        return next((each for each in self.rows if each.id == row_id), None)

    def number(self, row: Row | None, column: str) -> Decimal | None:
        """Return a sound number, in the unit and with the sign that was asked for; pasted text counts as the number that it says."""
        cell = row.cells.get(column) if row else None
        return cell.number if cell and cell.place not in self.misread else None

    def adds_up(self, column: str) -> bool:
        """Tell whether a column's formulas had every number to work with: each row once, and no number as text."""
        cells = [row.cells.get(column) for row in self.rows]
        return self.is_whole and all(
            cell is not None and cell.number is not None and not cell.pasted and cell.place not in self.misread
            for cell in cells
        )

    def at(self, row: Row | None, column: str) -> Spot:
        """Return where a row's cell is, also when there is nothing in it."""
        titled = self.sheet.column(column)
        return spot(self.table, row, column, titled.title if titled else column)


def sound_of(asked: MallSheet, table: Table, known: Known) -> Sound:
    """Judge a sheet's rows and cells, each once."""
    lines = {line.id: line for line in asked.rows}
    body = [row for row in table.body if row.id in lines or not lines or not _is_note(row)]
    told = body if lines else [row for row in body if not _says_none(row)]
    rows, doubled = _once(told, bool(lines))
    found = {row.id for row in rows}
    sound = Sound(
        asked=asked,
        table=table,
        rows=tuple(row for row in rows if row.id in lines or not lines),
        missing=tuple(line for line in asked.rows if line.id not in found),
        unknown=tuple(row for row in rows if lines and row.id not in lines),
        doubled=tuple(doubled),
        says_none=len(told) < len(body) and asked.id in MAY_SAY_NONE,
    )
    flaws = _cells(sound, lines)
    return _with_the_right_sign(_in_the_right_unit(sound, flaws, known), known)


def spot(table: Table, row: Row | None, column: str, title: str) -> Spot:
    """Return where a cell is: the place that was read, or its column's letter on its row's line."""
    name = row.name.strip() if row else ""
    cell = row.cells.get(column) if row else None
    if cell:
        text = cell.text if cell.number is None or cell.pasted else amount(cell.number)
        return Spot(place=cell.place, row=name, column=title, text=text)
    if row is None:
        return Spot(place=table.columns.get(column, table.title), row=name, column=title)
    letters = re.fullmatch(r"(.*!\$?[A-Z]+\$?)\d+", table.columns.get(column, ""))
    line = re.search(r"(\d+)$", row.place)
    place = f"{letters[1]}{line[1]}" if letters and line else row.place
    return Spot(place=place, row=name, column=title)


def error_text(text: str) -> bool:
    """Tell whether a program's error stands in the cell: ``#REF!``, ``#VÄRDEFEL!``, ``Err:502``."""
    return bool(_ERROR.fullmatch(text.strip()))


def _is_note(row: Row) -> bool:
    """A line of words among the figures: a subheading, a footnote."""
    return row.id is None and all(cell.is_empty for cell in row.cells.values())


def _says_none(row: Row) -> bool:
    return bool(_NONE.match(folded(row.name))) and all(
        cell.is_empty or (not cell.number and cell.text.strip() in ("0", *_DASHES)) for cell in row.cells.values()
    )


def _once(rows: list[Row], named: bool) -> tuple[list[Row], list[Row]]:
    """Part the rows into those that stand for the first time, and those that stand there again.

    A free row stands there again when everything in it does: a mål may well have several indikatorer.
    """
    names = [row.id or folded(row.name) for row in rows]
    count = Counter(names)
    seen: set[tuple[str, frozenset[tuple[str, str]]]] = set()
    once: list[Row] = []
    again: list[Row] = []
    for row, name in zip(rows, names, strict=True):
        cells = row.cells if count[name] > 1 and not named else ()
        key = (name, frozenset((column, row.text(column)) for column in cells if row.text(column)))
        (again if key in seen else once).append(row)
        seen.add(key)
    return once, again


def _cells(sound: Sound, lines: Mapping[str, Line]) -> dict[str, list[Spot]]:
    flaws: dict[str, list[Spot]] = defaultdict(list)
    hides = any(line.may_be_suppressed for line in sound.asked.rows)
    columns, sheet, table = sound.columns, sound.sheet, sound.table
    for row in sound.rows:
        if not row.name.strip() and not lines:
            flaws["tom-ruta"].append(Spot(place=row.place, row="", column=sheet.naming.title))
        line = lines.get(row.id or "")
        for column in columns:
            flaw = _flaw(row.cells.get(column.id), column, line, sheet.id, hides)
            if flaw:
                flaws[flaw].append(spot(table, row, column.id, column.title))
    if table.total:
        for column in sheet.sums:
            cell = table.total.cells.get(column.id)
            if cell and not cell.is_empty and (flaw := _of_number(cell, column, True)):
                flaws[flaw].append(spot(table, table.total, column.id, column.title))
    for each in sheet.fields:
        answer = table.fields.get(each.id)
        place = Spot(place=answer.place if answer else table.title, row="", column=each.title, text=_text(answer))
        if answer is None or answer.is_empty:
            if each.required:
                flaws["saknar-svar"].append(place)
        elif each.choices and not _is_choice(answer, each.choices):
            flaws["fel-val"].append(place)
    # what a formula makes of a fault in its own cells is not a fault of its own
    derived = flaws.pop("felvarde av formel", [])
    if derived and not (sound.missing or table.missing or any(flaws.get(each) for each in _BROKEN_INPUTS)):
        flaws["felvarde"] += derived
    return flaws


def _flaw(cell: Cell | None, column: Column, line: Line | None, sheet: str, hides: bool) -> str | None:
    if cell is None or cell.is_empty:
        if not column.required:
            return None
        if line and line.may_be_suppressed:
            return "sjukfranvaro-tom-grupp"
        return EMPTY.get((sheet, column.id), "tom-ruta")
    if not column.required and cell.number is None and cell.text.strip() in _DASHES:
        return None
    if column.is_number:
        if hides and cell.number is None and cell.text.strip() in _SUPPRESSED:
            return None if line and line.may_be_suppressed else "sjukfranvaro-dold-total"
        return _of_number(cell, column, bool(column.minus or (line and line.sums)))
    if cell.uncalculated:
        return "formel-utan-varde"
    if error_text(cell.text):
        return "felvarde"
    if column.choices and not _is_choice(cell, column.choices):
        return "fel-val"
    if column.kind == "datum" and cell.number is None and not _DAY.search(cell.text.casefold()):
        return EMPTY.get((sheet, column.id), "tom-ruta")
    return None


def _of_number(cell: Cell, column: Column, computed: bool) -> str | None:
    if cell.uncalculated and computed:
        return "inte-beraknad"  # with a number when the reader could work it out
    if cell.number is None:
        if cell.uncalculated:
            return "formel-utan-varde"
        if error_text(cell.text):
            return "felvarde av formel" if computed else "felvarde"
        return "inte-ett-tal"
    unit = cell.unit.casefold().strip(" .")
    if unit and column.kind == "belopp" and unit in _KRONOR | _MILLIONS:
        return "i-kronor" if unit in _KRONOR else "i-miljoner"
    return "tal-som-text" if cell.pasted else None


def _text(cell: Cell | None) -> str:
    return cell.text if cell else ""


def _is_choice(cell: Cell, choices: tuple[str, ...]) -> bool:
    if cell.number is not None and f"{cell.number.normalize():f}" in choices:
        return True
    return folded(cell.text) in {folded(each) for each in choices}


def _in_the_right_unit(sound: Sound, flaws: dict[str, list[Spot]], known: Known) -> Sound:
    """Find the numbers in the wrong unit: by what was written after them, else by what is known of the row."""
    written = {spot.place for flaw in ("i-kronor", "i-miljoner") for spot in flaws.get(flaw, ())}
    sums = {line.id for line in sound.asked.rows if line.sums}
    follows: set[str] = set()  # a sum of what is in kronor is in kronor too, and is not told of
    small: dict[str, list[bool]] = defaultdict(list)
    smalls: dict[str, list[Spot]] = defaultdict(list)
    for row, column, number, against, direct in _compared(sound, known):
        cell = row.cells[column.id]
        if cell.place in written or not number:
            continue
        times = abs(number / against)
        in_kronor = KRONOR[0] <= times <= KRONOR[1] if direct else times >= KRONOR_OF_BUDGET
        in_millions = 1 / KRONOR[1] <= times <= 1 / KRONOR[0] if direct else times <= MILLIONS_OF_BUDGET
        if row.id in sums:
            follows |= {cell.place} if in_kronor or in_millions else set()
        elif in_kronor:
            flaws.setdefault("i-kronor", []).append(sound.at(row, column.id))
        elif abs(against) >= SAYS_MILLIONS:
            small[column.id].append(in_millions)
            if in_millions:
                smalls[column.id].append(sound.at(row, column.id))
    for column_id, each in small.items():
        if all(each):  # a single small amount is only small
            flaws.setdefault("i-miljoner", []).extend(smalls[column_id])
    misread = {spot.place for flaw in ("i-kronor", "i-miljoner") for spot in flaws.get(flaw, ())}
    told = {key: tuple(each) for key, each in flaws.items() if each}
    return replace(sound, flaws=told, misread=frozenset(misread | follows if misread else misread))


def _with_the_right_sign(sound: Sound, known: Known) -> Sound:
    """Find the amounts whose sign is the other one than the sheet declares, or than the budget has."""
    turned = [sound.at(row, column) for row, column in _turned(sound, known)]
    if not turned:
        return sound
    misread = sound.misread | {spot.place for spot in turned}
    return replace(sound, flaws={**sound.flaws, "fel-tecken": tuple(turned)}, misread=misread)


def _turned(sound: Sound, known: Known) -> Iterator[tuple[Row, str]]:
    signs = next((each for start, each in SIGNS.items() if sound.asked.id.startswith(start)), {})
    columns = [each.id for each in sound.columns if each.kind == "belopp" and each.minus is None]
    for row in sound.rows:
        sign = signs.get(row.id or "*")
        budget = known.amount(row.id or "", "budget") if sound.sheet.rows == "verksamheter" else None
        if budget is None and sound.sheet.rows == "verksamheter":
            budget = sound.number(row, "budget")
        for column in columns:
            number = sound.number(row, column)
            if not number:
                continue
            if (sign and number * sign < 0) or (
                budget is not None
                and abs(budget) >= SAYS_SIGN
                and number * budget < 0
                and 2 * abs(number) >= abs(budget)
            ):
                yield row, column


def _compared(sound: Sound, known: Known) -> Iterator[tuple[Row, Column, Decimal, Decimal, bool]]:
    """Give each amount with what it can be held against: itself as it is known, else the row's budget."""
    if not sound.asked.rows:
        return
    columns = [each for each in sound.columns if each.kind == "belopp" and each.minus is None]
    by_verksamhet = sound.sheet.rows == "verksamheter"
    for row in sound.rows:
        stated = sound.number(row, "budget")
        decided = known.amount(row.id or "", "budget") if by_verksamhet else None
        for column in columns:
            number = sound.number(row, column.id)
            same = known.amount(row.id or "", column.known) if by_verksamhet and column.known else None
            budget = decided if decided is not None else stated if column.id != "budget" else None
            against = same if same is not None else budget
            if number is not None and against is not None and abs(against) >= SAYS_UNIT:
                yield row, column, number, against, same is not None

"""Arithmetic within a sheet: avvikelse = budget minus utfall or prognos, lines that sum others, and the total row.

Only sound numbers are looked at. What a broken avvikelse or line has to do with is not also a broken total.
"""

from collections.abc import Iterator, Sequence
from decimal import Decimal
from typing import NamedTuple

from arshjul.definition.sheets.column import Column
from submissions.files.filled import Cell, FilledRow
from submissions.finding import Finding
from submissions.review.case import Case, Judge, Registered
from submissions.review.review_words import named, shown, tkr
from submissions.review.rules.filled_cells import flawed
from submissions.review.sheets.sound import Sound

ROUNDING = "avrundning tkr"


class Off(NamedTuple):
    """A computed cell that does not say what its terms make."""

    place: str
    name: str  #: "Förskola, Avvikelse"
    says: Decimal
    should: Decimal
    terms: tuple[str, ...]  #: places of the cells that it is made of, and its own

    @property
    def told(self) -> str:
        """What stands there, and what it should be."""
        return f"{self.name}: där står {tkr(self.says)}, men det blir {tkr(self.should)}"


def within(tolerance: Decimal, numbers: int) -> Decimal:
    """Return the difference in tkr, inclusive, that rounding can make: half a unit for each rounded number."""
    return tolerance * max(Decimal(1), Decimal(numbers) / 2)


def deviations_off(sheet: Sound, tolerance: Decimal) -> Iterator[tuple[Off, bool]]:
    """Find each avvikelse that is not what its two columns make; and whether only its sign is turned."""
    rounding = within(tolerance, 3)
    for column in sheet.columns:
        if column.minus is None:
            continue
        for row in sheet.rows:
            stated = sheet.number(row, column.id)
            minuend, subtrahend = sheet.number(row, column.minus[0]), sheet.number(row, column.minus[1])
            if minuend is None or subtrahend is None or stated is None:
                continue
            should = minuend - subtrahend
            if abs(stated - should) <= rounding:
                continue
            cells = [row.cells.get(each) for each in (*column.minus, column.id)]
            if not _ignored_by_formula(cells[:2], cells[2]):
                at = sheet.at(row, column.id)
                places = tuple(cell.place for cell in cells if cell)
                yield Off(at.place, at.name, stated, should, places), abs(stated + should) <= rounding


def lines_off(sheet: Sound, tolerance: Decimal) -> Iterator[Off]:
    """Find each line that is not the sum of the lines that it names, column by column."""
    for line in sheet.asked.rows:
        terms = [sheet.row(each) for each in line.sums]
        row = sheet.row(line.id)
        if not line.sums or row is None or None in terms:
            continue
        for column in sheet.columns:
            if column.kind == "belopp" and column.minus is None:
                yield from _sum_off(sheet, column, [each for each in terms if each], row, tolerance)


def totals_off(sheet: Sound, tolerance: Decimal) -> Iterator[Off]:
    """Find each total that is not its column's sum. Only a sheet with every row once has one to hold it against."""
    total = sheet.table.total
    if total is None or not sheet.is_whole:
        return
    columns = [each for each in sheet.sheet.sums if each.id not in sheet.table.missing]
    off = [each for column in columns for each in _sum_off(sheet, column, sheet.rows, total, tolerance)]
    broken = {place for each, _ in deviations_off(sheet, tolerance) for place in each.terms} if off else set()
    yield from (each for each in off if not broken & set(each.terms))


def _sum_off(
    sheet: Sound, column: Column, terms: Sequence[FilledRow], row: FilledRow, tolerance: Decimal
) -> Iterator[Off]:
    stated, numbers = sheet.number(row, column.id), [sheet.number(each, column.id) for each in terms]
    cells = [each.cells.get(column.id) for each in terms]
    lacking = [cell for cell, number in zip(cells, numbers, strict=True) if number is None]
    blank = not column.required and all(cell is None or cell.is_empty for cell in lacking)
    if stated is None or (lacking and not blank):
        return
    should = sum((each for each in numbers if each is not None), Decimal(0))
    if abs(stated - should) > within(tolerance, len(terms) + 1) and not _ignored_by_formula(
        cells, row.cells.get(column.id)
    ):
        at = sheet.at(row, column.id)
        places = (*(cell.place for cell in cells if cell), at.place)
        yield Off(at.place, f"{row.name.strip() or 'Summa'}, {column.title}", stated, should, places)


def _ignored_by_formula(terms: Sequence[Cell | None], result: Cell | None) -> bool:
    """A spreadsheet's formula passes over numbers that stand as text: then its result says nothing."""
    return any(cell and cell.pasted for cell in terms) and not (result and result.pasted)


def wrong_sign(case: Case, judge: Judge) -> Finding | None:
    """An avvikelse with the sign turned: minus is a deficit."""
    tolerance = judge.number(ROUNDING)
    off = [each for sheet in case.sound.values() for each, turned in deviations_off(sheet, tolerance) if turned]
    return _found(
        judge,
        off,
        "Avvikelsen har fel tecken",
        "Avvikelse är budget minus utfall eller prognos, och minus betyder underskott. Byt tecken, eller lägg tillbaka formeln.",
    )


def wrong_deviation(case: Case, judge: Judge) -> Finding | None:
    """An avvikelse that is something else than its two columns make."""
    tolerance = judge.number(ROUNDING)
    off = [each for sheet in case.sound.values() for each, turned in deviations_off(sheet, tolerance) if not turned]
    return _found(
        judge,
        off,
        "Avvikelsen stämmer inte med beloppen på raden",
        "Räkna om: budget minus utfall eller prognos. Lägg helst tillbaka mallens formel i rutan.",
    )


def wrong_line(case: Case, judge: Judge) -> Finding | None:
    """A line that sums others does not."""
    tolerance = judge.number(ROUNDING)
    off = [each for sheet in case.sound.values() for each in lines_off(sheet, tolerance)]
    return _found(
        judge,
        off,
        "Delsumman stämmer inte med sina poster",
        "Kontrollera posterna och tecknen, och räkna om summan. Lägg helst tillbaka mallens formel i rutan.",
    )


def wrong_total(case: Case, judge: Judge) -> Finding | None:
    """The total row is not the sum of its rows."""
    tolerance = judge.number(ROUNDING)
    off = [each for sheet in case.sound.values() for each in totals_off(sheet, tolerance)]
    return _found(
        judge,
        off,
        "Summan stämmer inte med raderna",
        "Kontrollera att summan omfattar alla rader, också de som ni har lagt till. Lägg helst tillbaka mallens formel.",
    )


def _found(judge: Judge, off: list[Off], what: str, mend: str) -> Finding | None:
    if not off:
        return None
    return judge.found(
        named([each.place for each in off]), f"{what}. {named([each.told for each in off], '; ')}.", mend
    )


_SIGN = Registered(
    id="fel-tecken",
    holds="Beloppen har de tecken som står på bladet.",
    grade="I",
    rule=flawed(
        "fel-tecken",
        lambda spots: (
            f"Beloppen ser ut att ha fel tecken: {named([f'{shown(each.text)} ({each.name})' for each in spots], '; ')}."
        ),
        "Överst på bladet står vilket tecken som gäller. Byt tecken, eller svara med varför det ska vara tvärtom.",
    ),
)

_ARITHMETIC = tuple(
    Registered(id=rule_id, holds=holds, grade="I", rule=rule, numbers=(ROUNDING,))
    for rule_id, holds, rule in (
        ("avvikelse-fel-tecken", "Avvikelsens tecken är det som står på bladet: minus är underskott.", wrong_sign),
        ("avvikelse-raknefel", "Avvikelse är budget minus utfall eller prognos.", wrong_deviation),
        ("delsumma", "En post som är summan av andra är det.", wrong_line),
        ("slutsumma", "Summaraden är summan av raderna.", wrong_total),
    )
)

RULES = (_SIGN, *_ARITHMETIC)

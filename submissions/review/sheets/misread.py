"""Numbers that were misread: in kronor or millions instead of tkr, as shares instead of percent, or with the sign turned.

They are not computed with.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import replace
from decimal import Decimal
from statistics import median

from arshjul.definition.sheets.column import Column
from arshjul.definition.sheets.sheet import SheetKind
from submissions.files.figures import exact_text
from submissions.files.filled import FilledRow
from submissions.review.sheets.sound import Sound, Spot
from submissions.templates.mall import KnownFigures

#: How many times what is known a figure is when it stands in kronor: inclusive, wide enough for a year's changes.
KRONOR = (Decimal(400), Decimal(2500))
#: A year's amount in kronor against the year's budget in tkr, also early in the year, is at least so many times it.
KRONOR_OF_BUDGET = Decimal(100)
MILLIONS_OF_BUDGET = Decimal(1) / 200
#: Smaller known amounts (tkr) say nothing about the unit.
SAYS_UNIT, SAYS_MILLIONS = Decimal(100), Decimal(1000)
#: A smaller budget (tkr) may well be met by an outcome with the other sign: what costs about what it earns.
SAYS_SIGN = Decimal(1000)

#: The share of the sjukfrånvaro that is long: below one percent it is a share of one, for one long absence is far more.
LONG = "lang"
#: A group's percentage times hundred lies so near the others' when it stands as a share, inclusive.
SHARE_OF_OTHERS = Decimal(5)

_OF_RESULT = {
    "intakter": 1,
    "kostnader": -1,
    "avskrivningar": -1,
    "skatteintakter": 1,
    "finansiella-kostnader": -1,
}
#: The declared sign of what can have no other, by the sheet's kind and the row's id (``*``: any row).
SIGNS: Mapping[SheetKind | None, Mapping[str, int]] = {
    "resultaträkning": _OF_RESULT,
    "bolagets resultaträkning": _OF_RESULT,
    "balansräkning": dict.fromkeys(
        ("immateriella", "materiella", "infrastruktur", "omsattning", "avsattningar", "langfristiga", "kortfristiga"), 1
    ),
    "åtgärder": {"*": 1},
}


def with_the_right_unit(sound: Sound, flaws: dict[str, list[Spot]], known: KnownFigures) -> Sound:
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


def with_the_right_sign(sound: Sound, known: KnownFigures) -> Sound:
    """Find the amounts whose sign is the other one than the sheet declares, or than the budget has."""
    turned = [sound.at(row, column) for row, column in _turned(sound, known)]
    if not turned:
        return sound
    misread = sound.misread | {spot.place for spot in turned}
    return replace(sound, flaws={**sound.flaws, "fel-tecken": tuple(turned)}, misread=misread)


def with_the_right_share(sound: Sound) -> Sound:
    """Find the percentages that stand as shares: 0,068 for 6,8. A whole column, or one cell among others."""
    spots = [
        replace(sound.at(row, column.id), text=exact_text(sound.number(row, column.id) or Decimal(0), 4))
        for column in sound.columns
        if column.kind == "procent"
        for row in _as_shares(sound, column.id)
    ]
    if not spots:
        return sound
    misread = sound.misread | {spot.place for spot in spots}
    return replace(sound, flaws={**sound.flaws, "sjukfranvaro-som-andel": tuple(spots)}, misread=misread)


def _as_shares(sound: Sound, column: str) -> Iterator[FilledRow]:
    numbers = [(row, number) for row in sound.rows if (number := sound.number(row, column))]
    if len(numbers) > 1 and all(0 < number <= 1 for _, number in numbers):
        yield from (row for row, _ in numbers)
        return
    for row, number in numbers:
        others = [each for other, each in numbers if other is not row and other.id != LONG]
        if not 0 < number < 1 or not others:
            continue
        usual, hundredfold = median(others), number * 100
        near = usual / SHARE_OF_OTHERS <= hundredfold <= usual * SHARE_OF_OTHERS
        if row.id == LONG or (usual >= 1 and near):
            yield row


def _turned(sound: Sound, known: KnownFigures) -> Iterator[tuple[FilledRow, str]]:
    signs = SIGNS.get(sound.sheet.kind, {})
    columns = [each.id for each in sound.columns if each.kind == "belopp" and each.minus is None]
    for row in sound.rows:
        sign = signs.get(row.id or "*")
        budget = known.amount(row.id or "", "budget") if sound.sheet.kind == "ekonomi" else None
        if budget is None and sound.sheet.kind == "ekonomi":
            budget = sound.number(row, sound.of("budget"))
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


def _compared(sound: Sound, known: KnownFigures) -> Iterator[tuple[FilledRow, Column, Decimal, Decimal, bool]]:
    """Give each amount with what it can be held against: itself as it is known, else the row's budget."""
    if not sound.asked.rows:
        return
    columns = [each for each in sound.columns if each.kind == "belopp" and each.minus is None]
    by_verksamhet = sound.sheet.kind == "ekonomi"
    for row in sound.rows:
        stated = sound.number(row, sound.of("budget"))
        decided = known.amount(row.id or "", "budget") if by_verksamhet else None
        for column in columns:
            number = sound.number(row, column.id)
            same = known.amount(row.id or "", column.known) if by_verksamhet and column.known else None
            budget = decided if decided is not None else stated if column.role != "budget" else None
            against = same if same is not None else budget
            if number is not None and against is not None and abs(against) >= SAYS_UNIT:
                yield row, column, number, against, same is not None

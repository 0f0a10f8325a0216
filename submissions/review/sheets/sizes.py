"""What the sizes of a sheet's own amounts say of their unit, where nothing is known to hold them against.

A whole sheet in kronor or in millions agrees with itself: only how large its amounts are tells.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal

from arshjul.definition.sheets.column import ColumnRole
from arshjul.definition.sheets.sheet import SheetKind
from submissions.files.filled import FilledRow
from submissions.review.sheets.misread import SAYS_UNIT
from submissions.review.sheets.sound import Sound, Spot
from submissions.templates.mall import KnownFigures


@dataclass(frozen=True, slots=True, kw_only=True)
class Size:
    """How large a sheet's amounts are when they stand in tkr.

    ``largest``: how many times the largest amount of a verksamhet none of them is, exclusive. ``least`` (tkr,
    exclusive): were all below it they would be in millions; ``broken`` as well, when some has a decimal, as a
    million has and a tkr seldom.
    """

    largest: Decimal
    least: Decimal = Decimal(0)
    broken: Decimal = Decimal(0)


SIZES: Mapping[SheetKind | None, Size] = {
    "ekonomi": Size(largest=Decimal(1), broken=Decimal(1000)),
    "investeringar": Size(largest=Decimal(1) / 5, least=Decimal(100), broken=Decimal(1000)),
    "åtgärder": Size(largest=Decimal(1) / 20, broken=Decimal(100)),
    "bolagets resultaträkning": Size(largest=Decimal(10), broken=Decimal(1000)),
    "resultaträkning": Size(largest=Decimal(100), least=Decimal(20_000)),
    "balansräkning": Size(largest=Decimal(100), broken=Decimal(1000)),
    "kassaflödesanalys": Size(largest=Decimal(100), broken=Decimal(1000)),
}
#: What a project costs in a year against its whole, when the one is in kronor and the other in tkr: at least so many times.
KRONOR_OF_PROJECT = Decimal(100)
_WHOLE: tuple[ColumnRole, ...] = ("beslutad total", "prognos total")


def too_large(sound: Sound, most: Decimal) -> Iterator[Spot]:
    """Give the amounts that are larger than any such amount in tkr; ``most`` is no verksamhet's, in tkr, inclusive."""
    size = _size(sound)
    for row, column, number in _amounts(sound) if size else ():
        if size and abs(number) >= most * size.largest:
            yield sound.at(row, column)


def with_the_right_size(sound: Sound, known: KnownFigures) -> Sound:
    """Find the projects of which one amount is in kronor, and the sheets that are in millions as a whole."""
    kronor = list(_in_kronor(sound))
    millions = [] if kronor or sound.misread or _is_known(sound, known) else list(_in_millions(sound))
    told = {"i-kronor": kronor, "i-miljoner": millions}
    if not kronor and not millions:
        return sound
    flaws = {key: (*sound.flaws.get(key, ()), *spots) for key, spots in told.items() if spots}
    misread = sound.misread | {spot.place for spot in (*kronor, *millions)}
    return replace(sound, flaws={**sound.flaws, **flaws}, misread=misread)


def _in_kronor(sound: Sound) -> Iterator[Spot]:
    """Give the amounts of a project that are far more than the whole of it."""
    for row in sound.rows if sound.sheet.kind == "investeringar" else ():
        wholes = [abs(number) for each in _WHOLE if (number := sound.number(row, sound.of(each)))]
        if not wholes or min(wholes) < SAYS_UNIT:
            continue
        for column in _columns(sound):
            number = sound.number(row, column)
            if number and abs(number) >= KRONOR_OF_PROJECT * min(wholes):
                yield sound.at(row, column)


def _in_millions(sound: Sound) -> Iterator[Spot]:
    size, every = _size(sound), list(_amounts(sound))
    if size is None or not every:
        return
    largest = max(abs(number) for *_, number in every)
    broken = any(number != number.to_integral_value() for *_, number in every)
    if largest < size.least or (broken and largest < size.broken):
        yield from (sound.at(row, column) for row, column, _ in every)


def _size(sound: Sound) -> Size | None:
    return SIZES.get(sound.sheet.kind)


def _columns(sound: Sound) -> list[str]:
    return [each.id for each in sound.columns if each.kind == "belopp" and each.minus is None]


def _amounts(sound: Sound) -> Iterator[tuple[FilledRow, str, Decimal]]:
    """Give the amounts that somebody has written, without noughts; what formulas make of them follows."""
    sums = {line.id for line in sound.asked.rows if line.sums}
    for row in sound.rows:
        for column in _columns(sound) if row.id not in sums else ():
            number = sound.number(row, column)
            if number:
                yield row, column, number


def _is_known(sound: Sound, known: KnownFigures) -> bool:
    """Whether something known has told the unit already."""
    return any(
        abs(amount) >= SAYS_UNIT for row in sound.rows for amount in known.amounts.get(row.id or "", {}).values()
    )

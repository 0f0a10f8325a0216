"""Where a filled-in sheet does not keep a rule that it carries: the places, and what stands there. Pure.

Only what can be relied on is looked at: rows that stand once, and numbers in the right unit.
"""

import re
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date
from decimal import Decimal
from itertools import pairwise
from typing import NamedTuple, assert_never

from arshjul.definition.sheets import sheet_rules as asks
from arshjul.definition.sheets.sheet_rules import SheetRule
from arshjul.periods import Period
from submissions.files.figures import exact_text
from submissions.files.filled import FilledRow
from submissions.readers.written import read_number
from submissions.review.review_words import counted, named, shown
from submissions.review.sheets.sound import Sound
from submissions.review.substance import folded
from submissions.templates.mall import ENTRY

_YEAR = re.compile(r"\b(?:19|20|21)\d\d\b")


class Offence(NamedTuple):
    """One place where a rule is not kept, and what is told of it."""

    place: str
    told: str


def offences(
    sheet: Sound, asked: SheetRule, period: Period, given: Sequence[Mapping[str, str]] = ()
) -> Iterator[Offence]:
    """Give where a sheet does not keep a rule of its own. A column that was not found is another rule's matter.

    ``given`` are the rows that its mall was prefilled with.
    """
    if any(each in sheet.table.missing for each in asked.columns):
        return
    match asked:
        case asks.AtLeast():
            yield from _too_few(sheet, asked, given)
        case asks.InOrder():
            yield from _out_of_order(sheet, asked)
        case asks.OneOf():
            words = {folded(each) for each in asked.words}
            yield from _told(sheet, asked.column, lambda text: folded(text) not in words)
        case asks.FilledWhen():
            yield from _unfilled(sheet, asked)
        case asks.Unique():
            yield from _repeated(sheet, asked)
        case asks.Within():
            yield from _outside(sheet, asked)
        case asks.NoNewData():
            yield from _unanswered(sheet, asked, period)
        case asks.ToldLater():
            for column in sheet.sheet.columns:
                yield from _named(sheet, column.id, asked.mark)
        case asks.AllEntries():
            yield from _left_out(sheet, given)
        case asks.SexesInRows():
            yield from _sexes_in_rows(sheet, asked)
        case asks.SexesInColumns():
            for row in sheet.rows:
                three = [_number(sheet, row, each) for each in asked.columns]
                yield from _apart(sheet, [(row, each) for each in asked.columns], three, asked)
        case _:
            assert_never(asked)


def _left_out(sheet: Sound, given: Sequence[Mapping[str, str]]) -> Iterator[Offence]:
    name = sheet.sheet.naming.id
    there = {folded(row.name) for row in sheet.rows}
    for row in given if name not in sheet.table.missing else ():
        if folded(row.get(name, "")) not in there:
            yield Offence(sheet.table.title, row.get(ENTRY) or shown(row.get(name, "")))


def _too_few(sheet: Sound, asked: asks.AtLeast, given: Sequence[Mapping[str, str]]) -> Iterator[Offence]:
    """Each value that has a row is counted, and each that is known to be: it can be chosen, or stood in the mall."""
    if sheet.says_none:
        return
    if asked.per is None:
        if len(sheet.rows) < asked.count:
            yield Offence(sheet.table.title, f"{counted(len(sheet.rows), 'rad', 'rader')} av minst {asked.count}")
        return
    by: defaultdict[str, list[FilledRow]] = defaultdict(list)
    for row in sheet.rows:
        if text := _said(sheet, row, asked.per):
            by[folded(text)].append(row)
    for rows in by.values():
        if len(rows) < asked.count:
            what = shown(_said(sheet, rows[0], asked.per))
            yield Offence(rows[0].place, f"{what} har {counted(len(rows), 'rad', 'rader')} av minst {asked.count}")
    column = sheet.sheet.column(asked.per)
    known = [*(column.choices if column else ()), *(row.get(asked.per, "") for row in given)]
    for text in filter(None, known):
        if folded(text) not in by:
            by[folded(text)] = []  # told once
            yield Offence(sheet.table.title, f"{shown(text)} har ingen rad av minst {asked.count}")


def _out_of_order(sheet: Sound, asked: asks.InOrder) -> Iterator[Offence]:
    for row in sheet.rows:
        values = [(each, _measure(sheet, row, each)) for each in asked.order]
        for (first, low), (second, high) in pairwise([each for each in values if each[1] is not None]):
            if type(low) is type(high) and low > high:  # type: ignore[operator]  # both are days, or both numbers
                at = sheet.at(row, second)
                yield Offence(at.place, f"{row.name}: {_said(sheet, row, first)} och sedan {_said(sheet, row, second)}")


def _unfilled(sheet: Sound, asked: asks.FilledWhen) -> Iterator[Offence]:
    words = {folded(each) for each in asked.words}
    for row in sheet.rows:
        there = folded(_said(sheet, row, asked.when))
        if there and (not words or there in words) and not _said(sheet, row, asked.column):
            yield Offence(sheet.at(row, asked.column).place, shown(row.name))


def _repeated(sheet: Sound, asked: asks.Unique) -> Iterator[Offence]:
    by: defaultdict[tuple[str, ...], list[FilledRow]] = defaultdict(list)
    for row in (*sheet.rows, *sheet.doubled):
        by[tuple(folded(_said(sheet, row, each)) for each in asked.together)].append(row)
    for key, rows in by.items():
        if len(rows) > 1 and any(key):
            said = [shown(text) for each in asked.together if (text := _said(sheet, rows[0], each))]
            yield Offence(rows[1].place, f"{named(said)} på {len(rows)} rader")


def _outside(sheet: Sound, asked: asks.Within) -> Iterator[Offence]:
    for row in sheet.rows:
        number = _number(sheet, row, asked.column)
        if number is None or (asked.lines and row.id not in asked.lines):
            continue
        if (asked.least is not None and number < asked.least) or (asked.most is not None and number > asked.most):
            yield Offence(sheet.at(row, asked.column).place, f"{row.name} är {exact_text(number, 6)}")


def _unanswered(sheet: Sound, asked: asks.NoNewData, period: Period) -> Iterator[Offence]:
    for row in sheet.rows:
        said = _said(sheet, row, asked.column)
        if said and folded(said) != folded(asked.words):
            continue
        found = _YEAR.search(_said(sheet, row, asked.next_year))
        if not said:
            yield Offence(sheet.at(row, asked.column).place, f"{shown(row.name)} är tom")
        elif found is None:
            yield Offence(sheet.at(row, asked.next_year).place, f"{shown(row.name)} säger inte när nästa mätning görs")
        elif int(found[0]) < period.year:
            yield Offence(
                sheet.at(row, asked.next_year).place, f"{shown(row.name)} skulle mätas {found[0]}, som har varit"
            )


def _sexes_in_rows(sheet: Sound, asked: asks.SexesInRows) -> Iterator[Offence]:
    wanted = [folded(each) for each in (asked.all_of, asked.women, asked.men)]
    by: defaultdict[str, dict[str, FilledRow]] = defaultdict(dict)
    for row in sheet.rows:
        by[folded(row.name)].setdefault(folded(_said(sheet, row, asked.column)), row)
    for rows in by.values():
        if all(each in rows for each in wanted):
            for value in asked.values:
                cells = [(rows[each], value) for each in wanted]
                yield from _apart(sheet, cells, [_number(sheet, row, value) for row, _ in cells], asked)


def _apart(
    sheet: Sound,
    cells: list[tuple[FilledRow, str]],
    three: list[Decimal | None],
    asked: asks.SexesInRows | asks.SexesInColumns,
) -> Iterator[Offence]:
    """Tell of what is for all, of women and of men, when the first does not agree; a missing one says nothing."""
    whole, women, men = three
    if whole is None or women is None or men is None:
        return
    low, high = (women + men, women + men) if asked.how == "summan" else (min(women, men), max(women, men))
    if not low - asked.rounding <= whole <= high + asked.rounding:
        row, column = cells[0]
        told = f"{sheet.at(row, column).name} är {exact_text(whole, 6)}, kvinnor {exact_text(women, 6)} och män {exact_text(men, 6)}"
        yield Offence(sheet.at(row, column).place, told)


def _told(sheet: Sound, column: str, is_off: Callable[[str], bool]) -> Iterator[Offence]:
    for row in sheet.rows:
        text = _said(sheet, row, column)
        if text and is_off(text):
            yield Offence(sheet.at(row, column).place, f"{shown(text)} ({sheet.at(row, column).name})")


def _named(sheet: Sound, column: str, mark: str) -> Iterator[Offence]:
    for row in sheet.rows:
        if _said(sheet, row, column) == mark:
            at = sheet.at(row, column)
            yield Offence(at.place, at.name)


def _said(sheet: Sound, row: FilledRow, column: str) -> str:
    """Return what stands in a column, also in the one that names the row; what is only a dash says nothing."""
    text = row.name.strip() if column == sheet.sheet.naming.id else row.text(column)
    return "" if text in ("-", "–", "—") else text


def _number(sheet: Sound, row: FilledRow, column: str) -> Decimal | None:
    """Return a number, also where it stands in a column of words."""
    found = sheet.number(row, column)
    if found is None and (written := read_number(row.text(column))):
        return written.number
    return found


def _measure(sheet: Sound, row: FilledRow, column: str) -> date | Decimal | None:
    """Return a day or a number."""
    try:
        return date.fromisoformat(row.text(column)[:10])
    except ValueError:
        return _number(sheet, row, column)

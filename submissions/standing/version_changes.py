"""What changed since the last version of a part: figures row by row, texts heading by heading.

Pure: two values in, words out. What a locked formula works out (an avvikelse) is told only where nothing that it is
worked out of changed.
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from difflib import SequenceMatcher
from typing import Literal

from arshjul.definition.sheets.column import Column
from submissions.files.figures import SPACE, clean, exact_text, with_unit
from submissions.files.filled import Cell, Filled, FilledRow, FilledTable, Section
from submissions.templates.mall import Mall, MallSheet

LONGEST = 120  #: characters of a text that are shown of what was added or removed
PIECES = 6  #: pieces of a text that are shown, the first ones
_MOST_WORDS = 20_000  #: longer texts are told by their number of words alone


@dataclass(frozen=True, slots=True, kw_only=True)
class VersionChange:
    """One change: where, in Swedish, and what it was and became. ``difference`` is in the column's own unit."""

    kind: Literal["ändrat", "tillagt", "borttaget"]
    where: str  #: "Ekonomi, Förskola, Utfall perioden"
    before: str  #: "1 200 tkr"; "" when it is new
    after: str  #: "1 250 tkr"; "" when it is gone
    difference: str = ""  #: "+50 tkr"
    pieces: tuple[str, ...] = ()  #: of a text: "tillagt: ”…”", "borttaget: ”…”"

    @property
    def words(self) -> str:
        """The whole change in a line: ``Ekonomi, Förskola, Utfall perioden: 1 200 tkr blev 1 250 tkr (+50 tkr)``."""
        if self.pieces:
            return f"{self.where}: {'; '.join(self.pieces)}"
        if self.kind != "ändrat":
            shown = f": {self.after or self.before}" if self.after or self.before else ""
            return f"{self.where} {'har tillkommit' if self.kind == 'tillagt' else 'har tagits bort'}{shown}"
        difference = f" ({self.difference})" if self.difference else ""
        return f"{self.where}: {self.before or 'tomt'} blev {self.after or 'tomt'}{difference}"


def changes(before: Filled, after: Filled, mall: Mall) -> tuple[VersionChange, ...]:
    """Return what differs from ``before`` to ``after``, in the order of ``mall``: its sheets, then its headings."""
    return (*_in_tables(before, after, mall), *_in_texts(before, after, mall))


def _in_tables(before: Filled, after: Filled, mall: Mall) -> Iterator[VersionChange]:
    for sheet in mall.sheets:
        old, new = before.tables.get(sheet.id), after.tables.get(sheet.id)
        name = sheet.sheet.title
        if old and new:
            yield from _in_fields(old, new, sheet)
            yield from _in_rows(old, new, sheet)
        elif old or new:
            yield VersionChange(kind="tillagt" if new else "borttaget", where=f"Bladet {name}", before="", after="")


def _in_fields(old: FilledTable, new: FilledTable, sheet: MallSheet) -> Iterator[VersionChange]:
    for each in sheet.sheet.fields:
        was, became = _text(old.fields.get(each.id)), _text(new.fields.get(each.id))
        if was != became:
            yield VersionChange(kind="ändrat", where=f"{sheet.sheet.title}, {each.title}", before=was, after=became)


def _in_rows(old: FilledTable, new: FilledTable, sheet: MallSheet) -> Iterator[VersionChange]:
    was, became = _by_name(old.rows), _by_name(new.rows)
    for key, row in became.items():
        if key in was:
            yield from _in_row(was[key], row, sheet)
        else:
            yield VersionChange(kind="tillagt", where=_where(sheet, row), before="", after=_row_text(row, sheet))
    for key, row in was.items():
        if key not in became:
            yield VersionChange(kind="borttaget", where=_where(sheet, row), before=_row_text(row, sheet), after="")


def _in_row(old: FilledRow, new: FilledRow, sheet: MallSheet) -> Iterator[VersionChange]:
    differing = [each for each in sheet.sheet.columns[1:] if _value(old, each) != _value(new, each)]
    ids = {each.id for each in differing}
    for column in differing:
        if column.minus and ids & set(column.minus):
            continue
        was, became = old.number(column.id), new.number(column.id)
        difference = with_unit(became - was, column, signed=True) if None not in (was, became) else ""  # type: ignore[operator]  # neither is None
        yield VersionChange(
            kind="ändrat",
            where=f"{_where(sheet, new)}, {column.title}",
            before=_shown(old, column),
            after=_shown(new, column),
            difference=difference,
        )


def _by_name(rows: Sequence[FilledRow]) -> Mapping[tuple[str, int], FilledRow]:
    """Return the rows by what they are known as: their id, the total, else their name; the n:th of the same name."""
    seen: Counter[str] = Counter()
    found = {}
    for row in rows:
        name = "=summa" if row.total else f"#{row.id}" if row.id else " ".join(row.name.casefold().split())
        seen[name] += 1
        found[name, seen[name]] = row
    return found


def _where(sheet: MallSheet, row: FilledRow) -> str:
    name = "summan" if row.total else clean(row.name).strip() or f"raden vid {row.place}"
    return f"{sheet.sheet.title}, {name}"


def _value(row: FilledRow, column: Column) -> Decimal | str | None:
    number = row.number(column.id) if column.is_number else None
    return number if number is not None else " ".join(row.text(column.id).split()) or None


def _shown(row: FilledRow, column: Column) -> str:
    number = row.number(column.id) if column.is_number else None
    return with_unit(number, column) if number is not None else _quoted(row.text(column.id))


def _row_text(row: FilledRow, sheet: MallSheet) -> str:
    shown = ((each, _shown(row, each)) for each in sheet.sheet.columns[1:] if each.minus is None)
    return ", ".join(f"{column.title.lower()} {value}" for column, value in shown if value)


def _text(cell: Cell | None) -> str:
    if cell is None:
        return ""
    return exact_text(cell.number) if cell.number is not None else _quoted(cell.text)


def _in_texts(before: Filled, after: Filled, mall: Mall) -> Iterator[VersionChange]:
    titles = {each.heading.id: each.heading.name for each in mall.headings}
    was, became = _by_heading(before.sections), _by_heading(after.sections)
    order = [*titles, *(key for key in became if key not in titles)]
    order += [key for key in was if key not in order]
    for key in order:
        old, new = was.get(key), became.get(key)
        shown = new or old
        if shown is None:
            continue  # in neither
        where = f"Rubriken {titles.get(key) or clean(shown.heading)}"
        if old and new:
            yield from _in_text(old, new, where)
        elif new:
            yield VersionChange(kind="tillagt", where=where, before="", after=_count(new.text))
        else:
            yield VersionChange(kind="borttaget", where=where, before=_count(shown.text), after="")


def _by_heading(sections: Sequence[Section]) -> dict[str, Section]:
    """Return the sections by our heading, else by theirs; several under one heading are read as one."""
    found: dict[str, Section] = {}
    for each in sections:
        key = each.id or f"={' '.join(each.heading.casefold().split())}"
        first = found.get(key)
        found[key] = (
            each
            if first is None
            else Section(
                heading=first.heading,
                place=first.place,
                id=first.id,
                text=f"{first.text}\n{each.text}",
                pictures=first.pictures + each.pictures,
            )
        )
    return found


def _in_text(old: Section, new: Section, where: str) -> Iterator[VersionChange]:
    was, became = clean(old.text).split(), clean(new.text).split()
    if was != became:
        yield VersionChange(
            kind="ändrat", where=where, before=_count(old.text), after=_count(new.text), pieces=_pieces(was, became)
        )
    if old.pictures != new.pictures:
        yield VersionChange(kind="ändrat", where=where, before=_pictures(old.pictures), after=_pictures(new.pictures))


def _pieces(was: Sequence[str], became: Sequence[str]) -> tuple[str, ...]:
    if not was or not became or len(was) + len(became) > _MOST_WORDS:
        return (f"{len(was)} ord blev {len(became)} ord",)
    found = []
    for what, a, b, c, d in SequenceMatcher(None, was, became).get_opcodes():
        if what in ("delete", "replace"):
            found.append(f"borttaget: {_quoted(' '.join(was[a:b]))}")
        if what in ("insert", "replace"):
            found.append(f"tillagt: {_quoted(' '.join(became[c:d]))}")
    more = len(found) - PIECES
    return (*found[:PIECES], *([f"och {more} ändringar till"] if more > 0 else []))


def _count(text: str) -> str:
    count = len(text.split())
    return f"{count}{SPACE}ord"


def _pictures(count: int) -> str:
    return f"{count} {'bild' if count == 1 else 'bilder'}"


def _quoted(text: str) -> str:
    """Return ``”the words”``, cut at ``LONGEST`` characters; nothing for nothing."""
    line = " ".join(clean(text).split())
    return f"”{line if len(line) <= LONGEST else f'{line[:LONGEST].rstrip()} …'}”" if line else ""

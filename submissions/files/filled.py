"""What was read out of a handed-in file: its tables by our sheets, its sections by our headings, and its mark.

Plain values, to and from JSON: they cross from the reading process, and are kept with the version that they came
from, so that a later report, a comparison or a compilation need not open the file again.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from decimal import Decimal
from typing import Any


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """A cell as it was read: ``place`` is ``Ekonomi!D7``, ``text`` what stands there, ``number`` if it is one.

    ``pasted`` says that the number stood there as text ("12 tkr"); ``unit`` what was written after it (``kr``).
    ``uncalculated`` is a formula that no program has calculated.
    """

    place: str
    text: str
    number: Decimal | None = None
    pasted: bool = False
    unit: str = ""
    uncalculated: bool = False

    @property
    def is_empty(self) -> bool:
        """Whether nothing stands there."""
        return not self.text.strip() and self.number is None and not self.uncalculated


@dataclass(frozen=True, slots=True, kw_only=True)
class FilledRow:
    """A row: its name as it stands in the file, the id of the row that we know it as (None: a row of their own).

    ``struck``: its writer has struck it out; ``hidden``: who opens the file does not see it. It counts all the same.
    """

    name: str
    place: str
    id: str | None = None
    total: bool = False
    cells: Mapping[str, Cell] = field(default_factory=dict)  #: by column id; the naming column is ``name``
    struck: bool = False
    hidden: bool = False

    def number(self, column: str) -> Decimal | None:
        """Return a column's number, None when there is none."""
        cell = self.cells.get(column)
        return cell.number if cell else None

    def text(self, column: str) -> str:
        """Return a column's text, without blanks around it."""
        cell = self.cells.get(column)
        return cell.text.strip() if cell else ""


@dataclass(frozen=True, slots=True, kw_only=True)
class FilledTable:
    """A sheet as it was filled in. Rows with nothing in them are left out; ``missing`` are columns not found.

    ``below`` are rows with amounts under the total: they count in nothing. ``hidden`` are columns that who opens the file
    does not see, and ``hidden_whole`` says so of the whole sheet; they count all the same.
    """

    sheet: str  #: the sheet's id in the definition
    title: str  #: what the sheet is called in the file
    rows: tuple[FilledRow, ...] = ()
    fields: Mapping[str, Cell] = field(default_factory=dict)
    columns: Mapping[str, str] = field(default_factory=dict)  #: column id to the place of its title
    missing: tuple[str, ...] = ()
    below: tuple[FilledRow, ...] = ()
    hidden: tuple[str, ...] = ()
    hidden_whole: bool = False

    @property
    def body(self) -> tuple[FilledRow, ...]:
        """The rows without the total."""
        return tuple(row for row in self.rows if not row.total)

    @property
    def total(self) -> FilledRow | None:
        """The total row, if there is one."""
        return next((row for row in self.rows if row.total), None)

    def row(self, row_id: str) -> FilledRow | None:
        """Return the row with this id."""
        return next((row for row in self.rows if row.id == row_id), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """A heading in a text and what stands under it. ``id`` is ours when it is one that was asked for."""

    heading: str
    place: str  #: "Rubriken Händelser av väsentlig betydelse", "sidan 2"
    id: str | None = None
    text: str = ""
    pictures: int = 0
    struck: tuple[str, ...] = ()  #: the beginnings of what its writer has struck out; it counts all the same
    hidden: tuple[str, ...] = ()  #: the same of what nobody sees who opens the file


@dataclass(frozen=True, slots=True, kw_only=True)
class MallMark:
    """What a mall says of itself: whose, for which report, period and part. None where it does not say."""

    kommun: str | None = None
    step: str | None = None
    period: str | None = None
    unit: str | None = None
    part: str | None = None
    org_number: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Filled:
    """Everything that was read from one file."""

    kind: str  #: "xlsx", "ods", "docx", "odt" or "pdf"
    mark: MallMark | None = None  #: None: the file carries no mark of ours
    tables: Mapping[str, FilledTable] = field(default_factory=dict)  #: by sheet id; a sheet not found is not there
    sections: tuple[Section, ...] = ()
    words: int = 0
    pictures: int = 0
    pages: int = 0
    unread: Mapping[str, str] = field(default_factory=dict)  #: filled-in copies of sheets: their title, the sheet's id
    second: Mapping[str, str] = field(default_factory=dict)  #: the same of tables on a sheet that is read: their place

    def to_json(self) -> dict[str, Any]:
        """Return it as JSON's own kinds; numbers as text."""
        whole: dict[str, Any] = _plain(asdict(self))
        return whole

    @classmethod
    def from_json(cls, read: Mapping[str, Any]) -> "Filled":
        """Return what ``to_json`` gave."""
        return cls(
            kind=read["kind"],
            mark=MallMark(**read["mark"]) if read["mark"] else None,
            tables={key: _table(each) for key, each in read["tables"].items()},
            sections=tuple(_section(each) for each in read["sections"]),
            words=read["words"],
            pictures=read["pictures"],
            pages=read["pages"],
            unread=read.get("unread", {}),  # what was kept before this was read has none
            second=read.get("second", {}),
        )


def _plain(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {key: _plain(each) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(each) for each in value]
    return str(value) if isinstance(value, Decimal) else value


def _cell(read: Mapping[str, Any]) -> Cell:
    number = read["number"]
    return Cell(**{**read, "number": None if number is None else Decimal(number)})


def _section(read: Mapping[str, Any]) -> Section:
    marked = {name: tuple(read.get(name, ())) for name in ("struck", "hidden")}  # what was kept before has none
    return Section(**{**read, **marked})


def _row(read: Mapping[str, Any]) -> FilledRow:
    return FilledRow(**{**read, "cells": {key: _cell(each) for key, each in read["cells"].items()}})


def _table(read: Mapping[str, Any]) -> FilledTable:
    return FilledTable(
        **{
            **read,
            "rows": tuple(_row(each) for each in read["rows"]),
            "fields": {key: _cell(each) for key, each in read["fields"].items()},
            "missing": tuple(read["missing"]),
            "below": tuple(_row(each) for each in read.get("below", ())),
            "hidden": tuple(read.get("hidden", ())),
        }
    )

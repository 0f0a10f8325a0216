"""What is looked for in a file, as plain values: it crosses to the reading process, which knows no definition."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:  # a mall brings the whole definition with it, which the reading process must not load
    from submissions.templates.mall import Mall, MallSheet


@dataclass(frozen=True, slots=True, kw_only=True)
class WantedColumn:
    """A column or a field. ``labels``: defined names and titles that it is found by, the surest first."""

    id: str
    kind: str  #: a ``ColumnKind`` of ``arshjul.definition.sheets.sheet``
    labels: tuple[str, ...]
    minus: tuple[str, str] | None = None

    @property
    def is_number(self) -> bool:
        """Whether its cells are numbers, also when they were pasted as text."""
        return self.kind in ("belopp", "procent", "antal", "tal")


@dataclass(frozen=True, slots=True, kw_only=True)
class WantedLine:
    """A row that is known: by its defined name, else by its title."""

    id: str
    title: str
    label: str  #: its defined name
    sums: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class WantedSheet:
    """A table: the first column names the rows. ``total`` is the defined name of its total row, None: it has none."""

    id: str
    title: str
    columns: tuple[WantedColumn, ...]
    fields: tuple[WantedColumn, ...] = ()
    lines: tuple[WantedLine, ...] = ()
    total: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class WantedHeading:
    """A heading: the texts that it is found by, and our line of help, which is nobody's answer."""

    id: str
    labels: tuple[str, ...]
    help: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """Everything that is looked for in one file."""

    sheets: tuple[WantedSheet, ...] = ()
    headings: tuple[WantedHeading, ...] = ()

    def to_json(self) -> dict[str, Any]:
        """Return it as JSON's own kinds."""
        return asdict(self)

    @classmethod
    def from_json(cls, read: Mapping[str, Any]) -> "Wanted":
        """Return what ``to_json`` gave, also after it was written and read as JSON."""
        headings = [{**each, "labels": tuple(each["labels"])} for each in read["headings"]]
        return cls(
            sheets=tuple(_sheet_from(each) for each in read["sheets"]),
            headings=tuple(WantedHeading(**each) for each in headings),
        )


def wanted_of(mall: "Mall") -> Wanted:
    """Return what a mall asks for."""
    return Wanted(
        sheets=tuple(_sheet(each) for each in mall.sheets),
        headings=tuple(
            WantedHeading(id=each.heading.id, labels=each.labels, help=each.heading.help) for each in mall.headings
        ),
    )


def _sheet(asked: "MallSheet") -> WantedSheet:
    from submissions.templates.mall import defined_name  # here: only where there is a mall, see above

    sheet = asked.sheet
    return WantedSheet(
        id=sheet.id,
        title=sheet.title,
        columns=tuple(
            WantedColumn(id=each.id, kind=each.kind, labels=asked.labels[each.id], minus=each.minus)
            for each in sheet.columns
        ),
        fields=tuple(WantedColumn(id=each.id, kind=each.kind, labels=asked.labels[each.id]) for each in sheet.fields),
        lines=tuple(
            WantedLine(id=each.id, title=each.title, label=defined_name(sheet.id, f"rad_{each.id}"), sums=each.sums)
            for each in asked.rows
        ),
        total=defined_name(sheet.id, "summa") if sheet.total else None,
    )


def _column_from(read: Mapping[str, Any]) -> WantedColumn:
    minus = read["minus"] and (read["minus"][0], read["minus"][1])
    return WantedColumn(**{**read, "labels": tuple(read["labels"]), "minus": minus})


def _sheet_from(read: Mapping[str, Any]) -> WantedSheet:
    return WantedSheet(
        **{
            **read,
            "columns": tuple(_column_from(each) for each in read["columns"]),
            "fields": tuple(_column_from(each) for each in read["fields"]),
            "lines": tuple(WantedLine(**{**each, "sums": tuple(each["sums"])}) for each in read["lines"]),
        }
    )

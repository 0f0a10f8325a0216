"""A mall: the sheets and headings of one part, for one enhet and period, and by which names they are found again.

The workbook and the document are made from it, and the readers look for just that. Each title has a defined name in
our own workbooks (``ekonomi_delar__utfall``), so that moved rows and renamed sheets do no harm; in a mall of the
municipality's own the definition says what ours are called.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from arshjul.definition.asked import OwnTemplate
from arshjul.definition.model import OFFICE, Definition
from arshjul.definition.sheets.column import Line
from arshjul.definition.sheets.sheet import Sheet
from arshjul.file_names import file_name
from arshjul.keys import UnitId
from arshjul.periods import Period
from arshjul.year.wheel import HeadingOwed, Obligation, PartOwed
from submissions.files.filled import MallMark

#: Version of what a mall looks like inside; raised when an older one can no longer be read.
FORMAT = "1"


@dataclass(frozen=True, slots=True, kw_only=True)
class MallSheet:
    """A sheet of a mall: its rows (none: free rows), and what its columns and fields are called in the file."""

    sheet: Sheet
    rows: tuple[Line, ...]
    labels: Mapping[str, tuple[str, ...]]  #: by column or field id: defined names and titles, the surest first

    @property
    def id(self) -> str:
        """The sheet's id."""
        return self.sheet.id


@dataclass(frozen=True, slots=True, kw_only=True)
class MallHeading:
    """A heading of a mall, and the texts by which it is found."""

    heading: HeadingOwed
    labels: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Mall:
    """What one part of one obligation is to hold."""

    mark: MallMark
    kommun_name: str
    office: str = OFFICE  #: those who keep the årshjul, inside a sentence
    step_name: str
    period: Period
    unit_name: str
    unit_kind: str
    part_name: str
    form: str  #: "tabell" or "text"
    due_text: str  #: the frist as people read it
    lagrum: str
    sheets: tuple[MallSheet, ...]
    headings: tuple[MallHeading, ...]

    @property
    def filename(self) -> str:
        """``Delårsrapport 2027-08 Bildningsnämnden Ekonomi.xlsx``: what it is called when it is handed out."""
        ending = "xlsx" if self.form == "tabell" else "docx"
        name = self.part_name.partition(" (")[0]
        return file_name(ending, self.step_name, self.period.key, self.unit_name, name)

    @property
    def is_looked_into(self) -> bool:
        """Whether there is anything to find in the file; else only the file itself is checked."""
        return bool(self.sheets or self.headings)


Amounts = Mapping[str, Mapping[str, Decimal]]


#: in a known row, beside its columns: what the register calls it, with who gave it
ENTRY = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownFigures:
    """What is known before anything is handed in, for one enhet and period: ``amounts`` in tkr, by row id and column id.

    ``texts`` are words of its rows, likewise; ``rows`` are the rows of sheets that have no rows of their own, by sheet
    id, each by column: decided mål, known risks.

    ``from_ledger`` says that there is a ledger for the period. ``prognos-fg`` is the last forecast,
    ``utfall-vid-prognos-fg`` the outcome when it was made, ``forecast_period`` the period for which; ``utfall-forra``
    is the outcome of the last report of the same year. ``inherited`` names those whose an amount was, when it is from
    before the enhet began; ``split`` those of whom nothing can be compared, as several enheter took over from them.
    """

    amounts: Amounts
    from_ledger: bool = False
    tolerance: Decimal = Decimal(1)
    forecast_period: Period | None = None
    inherited: Mapping[str, Mapping[str, tuple[str, ...]]] = field(default_factory=dict)  #: by row and column
    split: tuple[str, ...] = ()
    texts: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    rows: Mapping[str, tuple[Mapping[str, str], ...]] = field(default_factory=dict)

    def text(self, row: str, column: str) -> str:
        """Return the words that are known of a row, or ""."""
        return self.texts.get(row, {}).get(column, "")

    def amount(self, row: str, column: str) -> Decimal | None:
        """Return an amount in tkr, or None when it is not known."""
        return self.amounts.get(row, {}).get(column)

    def whose(self, row: str, column: str) -> tuple[str, ...]:
        """Return the names of the enheter whose an amount was, when it is not the enhet's own; else nothing."""
        return self.inherited.get(row, {}).get(column, ())


NOTHING_KNOWN = KnownFigures(amounts={})


def mall_of(definition: Definition, one: Obligation, part: PartOwed, due_text: str) -> Mall:
    """Return the mall of a part: the municipality's own names for things where it has an own mall."""
    own = own_template(definition, one, part)
    return Mall(
        mark=MallMark(
            kommun=definition.kommun.id,
            step=one.step,
            period=one.period.key,
            unit=one.unit,
            part=part.id,
            org_number=_org_number(definition, one.unit),
        ),
        kommun_name=definition.kommun.name,
        office=definition.office_said,
        step_name=one.step_name,
        period=one.period,
        unit_name=one.unit_name,
        unit_kind=one.unit_kind,
        part_name=part.name,
        form=part.form,
        due_text=due_text,
        lagrum=part.lagrum.text,
        sheets=tuple(_sheet(definition, one, each, own) for each in (definition.sheets[key] for key in part.sheets)),
        headings=tuple(
            MallHeading(heading=each, labels=_names(own.headings.get(each.id) if own else None, each.name))
            for each in part.headings
        ),
    )


def own_template(definition: Definition, one: Obligation, part: PartOwed) -> OwnTemplate | None:
    """Return the municipality's own mall for a part, if it has one; one that names the enhet goes before one for all."""
    fitting = [
        each
        for each in definition.own_templates.values()
        if (each.step, each.part) == (one.step, part.id) and (not each.units or one.unit in each.units)
    ]
    return min(fitting, key=lambda each: not each.units, default=None)


def _org_number(definition: Definition, unit: UnitId) -> str | None:
    ledger = definition.ledgers.get(definition.units[unit].ledger or "")
    return ledger.org_number if ledger else None


def defined_name(sheet_id: str, label_id: str) -> str:
    """Return the workbook's name for the cell of a title or a field: ``ekonomi_delar__utfall_fg``."""
    return f"{sheet_id}__{label_id}".replace("-", "_")


def _sheet(definition: Definition, one: Obligation, sheet: Sheet, own: OwnTemplate | None) -> MallSheet:
    called = own.columns.get(sheet.id, {}) if own else {}
    titles = {each.id: each.title for each in sheet.columns} | {each.id: each.title for each in sheet.fields}
    labels = {key: _names(called.get(key), defined_name(sheet.id, key), title) for key, title in titles.items()}
    return MallSheet(sheet=sheet, rows=tuple(_rows(definition, one, sheet)), labels=labels)


def _names(*names: str | None) -> tuple[str, ...]:
    return tuple(dict.fromkeys(filter(None, names)))


def _rows(definition: Definition, one: Obligation, sheet: Sheet) -> Iterator[Line]:
    if sheet.rows == "fasta":
        yield from sheet.lines
    elif sheet.rows == "verksamheter":
        verksamheter = definition.units[one.unit].verksamheter
        for key, each in verksamheter.items():
            yield Line.model_validate({"id": key, "namn": each.name})
        if not verksamheter:
            yield Line.model_validate({"id": one.unit, "namn": one.unit_name})


def malls_of(definition: Definition, one: Obligation, due_text: str) -> Sequence[Mall]:
    """Return the malls of all parts of an obligation that are files with something in them to find."""
    every = (mall_of(definition, one, part, due_text) for part in one.parts if part.form in ("tabell", "text"))
    return [each for each in every if each.is_looked_into]

"""A sammanställning as values: what the workbook and the document show. Nothing is worked out after this."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from decimal import Decimal
from typing import Literal

from arshjul.definition.sheets.column import Column
from arshjul.definition.sheets.sheet import Sheet
from arshjul.keys import StepId, UnitId
from arshjul.ladder.standing import State, worst
from arshjul.periods import Period
from arshjul.swedish import listing

Value = Decimal | str
Group = Literal["kommunen", "bolagen"]
#: how an enhet's part stands: read, not handed in, not called for, or handed in but with nothing that can be read
Status = Literal["inne", "saknas", "ej aktuellt", "spärrad", "går inte att läsa"]


@dataclass(frozen=True, slots=True, kw_only=True)
class PartStanding:
    """One part of an enhet: who owes it, how it stands, and which version was read."""

    name: str
    role: str  #: as people read it: "förvaltningschef"
    status: Status
    complete: bool
    note: str  #: "version 2, mottagen tisdag ..."; why it is not called for; what is wrong with it
    lacks: str = ""  #: what is still to come and how to mend it; "" when it is complete


@dataclass(frozen=True, slots=True, kw_only=True)
class UnitStanding:
    """One obligation of the occurrence: an enhet's underlag, protokoll or anvisning, with its parts."""

    unit: UnitId
    unit_name: str
    krav: str  #: "underlag till delårsrapporten"
    main: bool  #: whether it is the step's main krav
    of_report: bool  #: whether the sammanställning is made of it, and not only waits for it
    state: State
    due_text: str
    parts: tuple[PartStanding, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class CompiledLine:
    """A row of an enhet's table; ``values`` by column id, the naming column left out."""

    name: str
    values: Mapping[str, Value]
    id: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """One enhet's part of a table. ``sums`` are worked out from its lines, by column id."""

    unit: UnitId
    unit_name: str
    group: Group
    status: Status
    note: str = ""  #: why nothing stands here; what to know of it
    lines: tuple[CompiledLine, ...] = ()
    sums: Mapping[str, Decimal] = field(default_factory=dict)
    answers: Mapping[str, str] = field(default_factory=dict)  #: the sheet's fields: title to what was answered
    counted: bool = True  #: False: its amounts stand there but are not in the group's sum, and ``note`` says why


@dataclass(frozen=True, slots=True, kw_only=True)
class Summed:
    """The sum of a group's enheter, of those that are in: never nämnder and bolag together."""

    group: Group
    title: str  #: "Summa nämnder och styrelse (3 av 4)"
    sums: Mapping[str, Decimal]
    units: tuple[str, ...]  #: the enheter that are in it
    lines: tuple[CompiledLine, ...] = ()  #: of fixed rows: each row's own sum


@dataclass(frozen=True, slots=True, kw_only=True)
class Merged:
    """One sheet of every enhet, merged."""

    sheet: Sheet
    blocks: tuple[Block, ...]
    totals: tuple[Summed, ...] = ()  #: none for a sheet that is not summed
    counts: Mapping[str, Mapping[str, int]] = field(default_factory=dict)  #: of mål: unit to bedömning to how many

    @property
    def columns(self) -> tuple[Column, ...]:
        """The columns after the one that names the rows."""
        return self.sheet.columns[1:]

    @property
    def has_rows(self) -> bool:
        """Whether anything was read."""
        return any(block.lines for block in self.blocks)


@dataclass(frozen=True, slots=True, kw_only=True)
class Bar:
    """One enhet's avvikelse in tkr; None when it is not known."""

    unit_name: str
    group: Group
    amount: Decimal | None
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Chart:
    """The avvikelser, enhet by enhet: minus is an underskott."""

    title: str
    bars: tuple[Bar, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """What one enhet wrote under a heading; "" when it wrote nothing."""

    unit_name: str
    text: str
    pictures: int = 0
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class CompiledSection:
    """A heading of the report, and under it enhet by enhet."""

    heading: str
    pieces: tuple[Piece, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Chapter:
    """A text part: its headings in the report's order."""

    title: str
    sections: tuple[CompiledSection, ...]
    notes: tuple[tuple[str, str], ...] = ()  #: whose text is not there, and why


@dataclass(frozen=True, slots=True, kw_only=True)
class CompiledRemark:
    """Something that does not agree, told and never mended in silence."""

    unit_name: str
    where: str
    words: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Answered:
    """A fråga that a check asked, and what was answered."""

    unit_name: str
    part_name: str
    place: str
    question: str
    source: str
    answer: str  #: "" when nobody has answered yet
    by: str = ""
    at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Compiled:
    """The whole sammanställning of an occurrence at one instant."""

    kommun_name: str
    office: str  #: those who keep the årshjul, inside a sentence
    step: StepId
    step_name: str
    period: Period
    lagrum: str
    at: datetime
    standings: tuple[UnitStanding, ...]
    tables: tuple[Merged, ...]
    chart: Chart | None
    chapters: tuple[Chapter, ...]
    remarks: tuple[CompiledRemark, ...]
    answers: tuple[Answered, ...]

    @property
    def title(self) -> str:
        """``Delårsrapport augusti 2027``."""
        return f"{self.step_name} {self.period.text}"

    @property
    def underlag(self) -> tuple[UnitStanding, ...]:
        """How the enheter's underlag stand: one for each enhet, of all that the report is made of."""
        of: dict[str, list[UnitStanding]] = {}
        for each in self.standings:
            if each.of_report:
                of.setdefault(each.unit, []).append(each)
        return tuple(_together(many) for many in of.values())

    def units(self, is_so: Callable[[State], bool]) -> list[str]:
        """Return the names of the enheter whose underlag stands so."""
        return [each.unit_name for each in self.underlag if is_so(each.state)]


def _together(many: Sequence[UnitStanding]) -> UnitStanding:
    """Return one enhet's underlag as one: the worst of them, with the parts of them all."""
    if len(many) == 1:
        return many[0]
    return replace(
        many[0],
        krav=listing([each.krav for each in many]),
        state=worst(each.state for each in many),
        due_text=listing(list(dict.fromkeys(each.due_text for each in many))),
        parts=tuple(part for each in many for part in each.parts),
    )

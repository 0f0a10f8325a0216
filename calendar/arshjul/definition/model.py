"""One municipality's årshjul as frozen values. ``reading`` makes them from YAML and tells every fault.

Names are as people read them; ids and what points at something else are held by ``names``.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, time
from functools import cached_property
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, ValidationInfo, model_validator

from arshjul import keys
from arshjul.definition.asked import Check, Heading, LedgerPlan, OwnPaper, OwnTemplate
from arshjul.definition.days.dated import Dating
from arshjul.definition.days.dating import Each, Month, Value
from arshjul.definition.days.meeting_days import DecidedYear, LeadTime, MeetingRule, Recess
from arshjul.definition.days.moment import Moment
from arshjul.definition.days.validity import Validity
from arshjul.definition.declared import ClosedDay, Document, Kommun, Role, SendingHours, Trigger, WorkGroup, YearPlan
from arshjul.definition.ladders import Ladder
from arshjul.definition.leaning import MAIN_KRAV, main_krav
from arshjul.definition.names import (
    BodyId,
    Id,
    LadderId,
    Names,
    OwnBodyId,
    OwnRoleId,
    OwnUnitId,
    RoleId,
    SheetId,
    Source,
    UnitId,
    WrittenPeriod,
    listed,
)
from arshjul.definition.registers.register import Register
from arshjul.definition.retention import PersonalKind, PersonalRetention, Retention
from arshjul.definition.sheets.sheet import Content, Sheet
from arshjul.definition.sheets.shipped import Sheets, shipped
from arshjul.definition.units.levels import inheriting, is_meant, those_above
from arshjul.definition.units.unit import Unit
from arshjul.errors import nearest
from arshjul.keys import KravId, ObligationKey, PartId
from arshjul.periods import Period
from arshjul.swedish import in_running_text, month_name

RESPONSIBLE = keys.RoleId("ansvarig")  #: in a part: the enhet's own responsible role
OFFICE = keys.RoleId("ekonomikontoret")  #: the role that keeps the årshjul, whatever it is called
OWN_BODY = "egen"  #: in a rule: the enhet's own nämnd or board


def _one_or_more(read: Any) -> Any:
    return read if isinstance(read, (list, tuple)) else (read,)


class Body(Value):
    """A body with meetings: an arbetsutskott, KS, KF, a nämnd or a bolag's board."""

    name: str = Field(alias="namn")
    short: str = Field(alias="kort")
    own_said: str | None = Field(None, alias="löptext")
    prepares: BodyId | None = Field(None, alias="bereder")  #: the body whose matters this one prepares
    #: what gives it the right to ask for what is late in the styrelse's name (its delegationsordning); None: it proposes
    decides: Source | None = Field(None, alias="beslutar enligt")
    secretary: RoleId = Field(alias="sekreterare")
    chair: RoleId = Field(alias="ordförande")
    notice: LeadTime = Field(alias="kallelse")
    agenda: LeadTime = Field(alias="dagordningen stänger")
    extra: LeadTime | None = Field(None, alias="extra ärenden")  #: until when one is taken after that; None: never
    rules: Annotated[tuple[MeetingRule, ...], BeforeValidator(_one_or_more)] = Field(
        (), alias="regel"
    )  #: none: only the decided meetings are held
    decided: dict[int, DecidedYear] = Field(default_factory=dict, alias="beslutade")
    source: Source = Field(alias="källa")

    @property
    def said(self) -> str:
        """Its name inside a sentence: its own ``löptext``, else ``kommunstyrelsens arbetsutskott``."""
        return self.own_said or in_running_text(self.name)

    @property
    def clock(self) -> time:
        """When it meets, where a meeting does not say."""
        held = (one.clock for year in self.decided.values() for one in year.meetings if one.clock)
        return self.rules[0].clock if self.rules else next(held, time())

    @model_validator(mode="after")
    def _meets(self) -> "Body":
        if not self.rules:
            if not self.decided:
                raise ValueError("ange när organet har möte: 'regel', eller möten under 'beslutade'")
            if any(one.day and one.clock is None for year in self.decided.values() for one in year.meetings):
                raise ValueError("ett organ utan 'regel' har 'kl' i varje beslutat möte")
        return self


class Part(Validity):
    """One document or table of an obligation: whose it is, for which months and kinds of enhet, and its form.

    ``form`` is ``tabell`` or ``text`` (a file), ``protokollsutdrag`` (a file with § and date) or ``intyg``
    (a statement without a file). Without ``months`` it is asked for in every period, without ``kinds`` of all.
    A ``tabell`` is made of ``sheets``, a ``text`` of ``headings``; without them its content is not looked into.
    ``concerns`` says what the law sees in it, where its sheets do not. ``handling`` says whether what is handed in bevaras or gallras; without it nothing is decided, and it is kept.
    ``fulfilled_by`` names, by month, the part of the step that this one is handed in with whose file is this one's
    too: it is then handed in once, and stands in both.
    """

    name: str = Field(alias="namn")
    role: keys.RoleId = Field(RESPONSIBLE, alias="roll")
    form: Literal["tabell", "text", "protokollsutdrag", "intyg"] = Field(alias="form")
    may_be_ej_aktuellt: bool = Field(True, alias="får vara ej aktuellt")
    months: tuple[Month, ...] = Field((), alias="månader")
    kinds: tuple[Literal["nämnd", "styrelse", "bolag"], ...] = Field((), alias="slag")
    units: tuple[UnitId, ...] = Field((), alias="enheter")
    levels: Names = Field((), alias="nivå")
    fulfilled_by: dict[Month, Id] = Field(default_factory=dict, alias="uppfylld av")
    sheets: tuple[SheetId, ...] = Field((), alias="blad")
    headings: dict[Id, Heading] = Field(default_factory=dict, alias="rubriker")
    concerns: Annotated[tuple[Content, ...], BeforeValidator(listed)] = Field((), alias="avser")
    handling: Retention | None = None
    source: Source = Field(alias="källa")

    def is_asked_of(self, unit_id: keys.UnitId, unit: Unit) -> bool:
        """Tell whether it is asked of an enhet that owes the krav, in some period."""
        named = (not self.units or unit_id in self.units) and (not self.levels or unit.level in self.levels)
        return named and (not self.kinds or unit.kind in self.kinds)

    @model_validator(mode="after")
    def _form(self) -> "Part":
        if self.sheets and self.form != "tabell":
            raise ValueError("bara en del med 'form: tabell' har 'blad'")
        if self.headings and self.form != "text":
            raise ValueError("bara en del med 'form: text' har 'rubriker'")
        return self

    @model_validator(mode="after")
    def _role(self, info: ValidationInfo) -> "Part":
        roles = {*(info.context or {}).get("roll", ()), RESPONSIBLE}
        if info.context is not None and self.role not in roles:
            raise ValueError(f"okänd roll '{self.role}'{nearest(self.role, roles)}")
        return self


class Krav(Validity):
    """What enheter owe by one frist: its parts, its ladder, and the moment at which it is treated.

    ``requires`` names a krav that must be complete before the first letter of this one goes out. ``after`` and
    ``before`` name moments and krav of the step that its frist must keep to. ``gathers`` names the krav of lower
    enheter that this one carries up: each is approved by who owes this one. ``straight`` is one that nobody carries.
    Asked of those that are under no other, unless ``levels`` or ``units`` name them.
    """

    name: str = Field(alias="namn")
    kinds: tuple[Literal["nämnd", "styrelse", "bolag"], ...] = Field((), alias="slag")
    units: tuple[UnitId, ...] = Field((), alias="enheter")
    levels: Names = Field((), alias="nivå")
    due: Dating | None = Field(None, alias="frist")
    ladder: LadderId | None = Field(None, alias="trappa")
    treated_at: str | None = Field(None, alias="behandlas")
    compilation_workdays: int = Field(0, alias="sammanställning arbetsdagar", ge=0, le=60)
    requires: str | None = Field(None, alias="förutsätter")
    finalises: str | None = Field(None, alias="slutför")
    main: bool = Field(False, alias="huvudkrav")  #: what a report is made of, and others are handed in with
    after: Names = Field((), alias="efter")
    before: Names = Field((), alias="före")
    gathers: Names = Field((), alias="samlar")
    straight: bool = Field(False, alias="direkt")
    parts: dict[Id, Part] = Field(alias="delar")

    def is_owed_by(self, unit_id: keys.UnitId, unit: Unit) -> bool:
        """Tell whether it is asked of an enhet."""
        return is_meant(unit_id, unit, kinds=self.kinds, units=self.units, levels=self.levels)

    @model_validator(mode="before")
    @classmethod
    def _carries_only(cls, read: Any) -> Any:
        """Let one that gathers others' have no part of its own."""
        only = isinstance(read, Mapping) and read.get("samlar") and "delar" not in read
        return {**read, "delar": {}} if only else read

    @model_validator(mode="after")
    def _parts(self) -> "Krav":
        if not (self.parts or self.gathers):
            raise ValueError("'delar' är tom; ange minst en del")
        return self


class Step(Validity):
    """One kind of work in the wheel, for the periods that end with ``months``.

    ``periods`` are months, ``helår`` for a whole year, or one for ``each`` meeting, händelse or entry. ``part_of`` says, by month, in which step's hand-in
    this one is handed in (a prognos in the month's månadsrapport): one hand-in, one reminder, two states.
    """

    name: str = Field(alias="namn")
    definite: str = Field(alias="bestämd form")
    description: str = Field("", alias="beskrivning")  #: what people read about it in Prefect
    kind: Literal["månadsuppföljning", "prognos", "delårsrapport", "årsredovisning", "budget"] = Field(alias="slag")
    months: tuple[Month, ...] = Field((), alias="perioder")
    whole_year: bool = Field(False, alias="helår")
    each: Each | None = Field(None, alias="varje")
    skipped: tuple[WrittenPeriod, ...] = Field((), alias="utom")  #: periods of single years in which there is none
    flow: bool = Field(True, alias="flöde")
    closing: Dating | None = Field(None, alias="stängning")
    part_of: dict[Month, str] = Field(default_factory=dict, alias="ingår i")
    handled_by: RoleId | None = Field(None, alias="handläggare")  #: who handles its matter
    proposed_by: RoleId | None = Field(None, alias="föreslås av")  #: who puts it before the bodies when it is whole
    krav: dict[Id, Krav] = Field(default_factory=dict)
    moments: dict[Id, Moment] = Field(default_factory=dict, alias="moment")
    source: Source = Field(alias="lagrum")

    @property
    def main(self) -> str | None:
        """The main krav's id: the one that says so, else the one called ``underlag``, else the only one."""
        return main_krav({krav_id: {"huvudkrav": krav.main} for krav_id, krav in self.krav.items()})

    def report(self, period: Period) -> str:
        """Return what one period's is called in running text: ``delårsrapporten per den 31 augusti 2027``.

        What is of one entry of a register goes by the entry's name, since its frist may move.
        """
        if period.entry:
            return self.definite
        return f"{self.definite} {period.said(monthly=self.kind == 'månadsuppföljning')}"

    @model_validator(mode="after")
    def _periods(self) -> "Step":
        if [self.whole_year, bool(self.months), self.each is not None].count(True) != 1:
            raise ValueError(
                "ange en av 'perioder' (månader), 'helår: true' och 'varje' (möte, händelse eller register)"
            )
        for month in set(self.months):
            if self.months.count(month) > 1:
                raise ValueError(f"perioden {month_name(month)} står två gånger i 'perioder'; ta bort den ena")
        return self


class Definition(Value):
    """A whole årshjul."""

    format: Literal[1]
    kommun: Kommun
    documents: dict[Id, Document] = Field(alias="källor")
    year_plans: dict[int, YearPlan] = Field(default_factory=dict, alias="tidplaner")
    closed_days: tuple[ClosedDay, ...] = Field((), alias="stängda dagar")
    recesses: tuple[Recess, ...] = Field((), alias="lov")
    happenings: dict[Id, Trigger] = Field(default_factory=dict, alias="händelser")
    sending_hours: SendingHours = Field(alias="utskickstider")
    roles: dict[OwnRoleId, Role] = Field(alias="roller")
    groups: dict[Id, WorkGroup] = Field(default_factory=dict, alias="grupper")
    bodies: dict[OwnBodyId, Body] = Field(alias="organ")
    ledgers: dict[Id, LedgerPlan] = Field(default_factory=dict, alias="bokföring")
    units: Annotated[dict[OwnUnitId, Unit], BeforeValidator(inheriting)] = Field(alias="enheter")
    checks: dict[Id, Check] = Field(default_factory=dict, alias="kontroller")
    own_sheets: Sheets = Field(default_factory=dict, alias="blad")
    registers: dict[Id, Register] = Field(default_factory=dict, alias="register")
    own_templates: dict[Id, OwnTemplate] = Field(default_factory=dict, alias="egna mallar")
    papers: dict[Literal["tjansteskrivelse", "godkannande"], OwnPaper] = Field(default_factory=dict, alias="papper")
    personal: dict[PersonalKind, PersonalRetention] = Field(default_factory=dict, alias="gallring")
    ladders: dict[Id, Ladder] = Field(alias="trappor")
    steps: dict[Id, Step] = Field(alias="steg")

    @cached_property
    def sheets(self) -> Mapping[str, Sheet]:
        """Every sheet that a part can be made of, by id: those that ship with the project, and its own in their place."""
        return {**shipped(), **self.own_sheets}

    @cached_property
    def tops(self) -> frozenset[str]:
        """The ids of the rungs that reach a body, in any ladder and year."""
        return frozenset(rung.id for ladder in self.ladders.values() for rung in ladder.rungs if rung.reaches_body)

    @cached_property
    def above(self) -> Mapping[keys.UnitId, tuple[keys.UnitId, ...]]:
        """By an enhet that is under another: those over it, the nearest first. The others are not in it."""
        return {each: those_above(self.units, each) for each, unit in self.units.items() if unit.above}

    def is_fixed(self, year: int) -> bool:
        """Tell whether the tidplan of ``year`` is fastställd: one that is not in the file is a proposal."""
        return year in self.year_plans and self.year_plans[year].state == "fastställd"

    @property
    def office_said(self) -> str:
        """What those who keep the årshjul are called inside a sentence: by their role here."""
        return self.roles[OFFICE].definite if OFFICE in self.roles else OFFICE

    @property
    def office_name(self) -> str:
        """The same as a sentence begins, or as a name: with a capital."""
        return self.office_said[:1].upper() + self.office_said[1:]

    def own_words(self, word: str) -> str:
        """Return a refusal as this municipality says it: many are written where no definition is at hand."""
        if OFFICE in self.office_said:
            return word
        return word.replace(OFFICE.capitalize(), self.office_name).replace(OFFICE, self.office_said)


@dataclass(frozen=True, slots=True, eq=False)
class This:
    """One definition, known as itself: what is remembered of it is asked for again and again, and comparing two is slow."""

    definition: Definition

    def __eq__(self, other: object) -> bool:
        return isinstance(other, This) and other.definition is self.definition

    def __hash__(self) -> int:
        return id(self.definition)


def part_named(definition: Definition, obligation_key: ObligationKey, part: PartId) -> Part | None:
    """Return the part that was handed in under a key; None when the definition no longer has it."""
    step = definition.steps.get(obligation_key.step)
    asked = step.krav.get(obligation_key.krav) if step else None
    return asked.parts.get(part) if asked else None


def krav_or_main(definition: Definition, step: str, krav: str) -> KravId:
    """Return the krav that somebody names, or the step's main one where none is named."""
    main = definition.steps[step].main if step in definition.steps else None
    return KravId(krav or main or MAIN_KRAV)


def _while_sheets_hold(definition: Definition, part: Part) -> dict[str, date | None]:
    """Return from when and until when some sheet of a part holds, where the part does not say it itself."""
    sheets = [definition.sheets[each] for each in part.sheets]
    begins, ends = [each.since for each in sheets], [each.until for each in sheets]
    return {
        "since": part.since or (min(each for each in begins if each) if begins and all(begins) else None),
        "until": part.until or (max(each for each in ends if each) if ends and all(ends) else None),
    }


def without_contents(definition: Definition) -> Definition:
    """Return the same årshjul, asking for the files but not for what is in them.

    For rehearsals of the year: who is told what, and when, does not depend on the figures.
    """
    steps = {
        step_id: step.model_copy(
            update={
                "krav": {
                    krav_id: krav.model_copy(
                        update={
                            "parts": {
                                part_id: part.model_copy(
                                    update={"sheets": (), "headings": {}, **_while_sheets_hold(definition, part)}
                                )
                                for part_id, part in krav.parts.items()
                            }
                        }
                    )
                    for krav_id, krav in step.krav.items()
                }
            }
        )
        for step_id, step in definition.steps.items()
    }
    return definition.model_copy(update={"steps": steps})

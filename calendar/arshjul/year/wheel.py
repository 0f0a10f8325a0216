"""The wheel: every occurrence, obligation and milestone of the years, from the definition and what was recorded."""

from collections.abc import Mapping, Set
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cached_property
from typing import cast

from arshjul.definition.ladders import TO_BODY, Ladder, Rung
from arshjul.definition.leaning import MAIN_KRAV
from arshjul.definition.model import Definition
from arshjul.definition.retention import Retention
from arshjul.keys import (
    BodyId,
    KravId,
    MilestoneKey,
    MomentId,
    ObligationKey,
    OccurrenceKey,
    PartId,
    RoleId,
    StepId,
    UnitId,
)
from arshjul.lagrum import Lagrum
from arshjul.periods import Period
from arshjul.swedish import STOCKHOLM
from arshjul.workdays import Workdays
from arshjul.year.days.meetings import Meeting, Meetings

AFTERWARDS = timedelta(days=30)  #: so long an occurrence is still looked at after its last moment
APPROVAL = "godkännande"  #: the form of a part that approves what an enhet below has handed in
MUNICIPALITY = UnitId("kommunen")  #: stands for the unit in the keys of a body's milestones


@dataclass(frozen=True, slots=True, kw_only=True)
class Deadline:
    """What is due by one day."""

    at: datetime  #: aware, Swedish local time: ``last_day`` at its clock time
    last_day: date  #: inclusive, planned for
    lawful_until: date | None  #: the law's own day, inclusive; None for the municipality's own dates
    lagrum: Lagrum
    status: str  #: "beslutad", "förslag" or "ej beslutad"
    window: str | None = None  #: "i mitten av februari 2027", where no day is set and ``last_day`` is the latest


@dataclass(frozen=True, slots=True, kw_only=True)
class HeadingOwed:
    """A heading that a text must have; at least ``words`` words of its own under it count as substance.

    ``answered_on`` is the sheet (id) on which the same thing is asked for: then nothing need stand here.
    """

    id: str
    name: str
    help: str
    words: int
    lagrum: Lagrum
    answered_on: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PartOwed:
    """One part of an obligation, with the role that hands it in, and the sheets or headings that it is made of.

    ``carries`` is what an enhet below owes, which this part approves and carries up; its form is then ``APPROVAL``.
    """

    id: PartId
    name: str
    role: RoleId
    form: str
    lagrum: Lagrum
    may_be_ej_aktuellt: bool = True
    sheets: tuple[str, ...] = ()
    headings: tuple[HeadingOwed, ...] = ()
    handling: Retention | None = None  #: None: the dokumenthanteringsplan says nothing of it
    carries: "Obligation | None" = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Fulfilled:
    """A part that nobody hands in by itself: the file of the host's part ``by`` is this one's, too."""

    part: PartOwed
    by: PartId


@dataclass(frozen=True, slots=True, kw_only=True)
class Obligation:
    """What one unit owes for one occurrence by one frist (inlämningskrav)."""

    key: ObligationKey
    step: StepId
    step_name: str
    step_definite: str
    report: str  #: in running text: "delårsrapporten per den 31 augusti 2027"
    period: Period
    unit: UnitId
    unit_name: str
    unit_said: str  #: inside a sentence: "omsorgsnämnden"
    unit_kind: str
    krav: KravId
    is_main: bool  #: the step's main krav: a report is made of it
    name: str  #: what is owed: "underlag till delårsrapporten"
    deadline: Deadline
    ladder: Ladder | None  #: None for a hosted one: its host reminds
    parts: tuple[PartOwed, ...]  #: those that are handed in here
    lagrum: Lagrum
    requires: ObligationKey | None  #: the obligation that must be complete before the first letter
    finalises: ObligationKey | None  #: the obligation that is preliminär until this one is complete
    host: ObligationKey | None  #: the obligation in whose hand-in this one is handed in
    treated: Meeting | None  #: the meeting that treats it
    limit: datetime | None  #: the latest anstånd: that meeting's agenda closing less the sammanställning's time
    fulfilled: tuple[Fulfilled, ...] = ()  #: those that a file of the host's is, too

    @property
    def occurrence(self) -> OccurrenceKey:
        """The tillfälle that it belongs to."""
        return OccurrenceKey(self.step, self.period.key)

    @property
    def in_full(self) -> str:
        """What is owed, to which report, in running text: ``underlag till delårsrapporten per den 31 augusti 2027``."""
        if self.name.endswith(self.step_definite):
            return f"{self.name.removesuffix(self.step_definite)}{self.report}"
        return f"{self.name} till {self.report}"

    @property
    def top(self) -> str:
        """The id, in keys and rows, of its ladder's rung that reaches a body: a matter stands under it."""
        return next((rung.id for rung in (self.ladder.rungs if self.ladder else ()) if rung.reaches_body), TO_BODY)

    @property
    def top_key(self) -> MilestoneKey:
        """The key of that rung: what a body decides about a matter stands there."""
        return self.milestone_key(self.top)

    def milestone_id(self, rung_id: str) -> MomentId:
        """Return a rung's (or ``frist``'s) name in keys: with the krav before it unless it is the main one."""
        return MomentId(rung_id if self.krav == MAIN_KRAV else f"{self.krav}-{rung_id}")

    def milestone_key(self, rung_id: str) -> MilestoneKey:
        """Return the key of a rung of this obligation."""
        return self.key.milestone(self.milestone_id(rung_id))


@dataclass(frozen=True, slots=True, kw_only=True)
class Milestone:
    """A dated point of an occurrence: a rung of a unit's ladder, its frist, or a body's moment."""

    key: MilestoneKey
    step: StepId
    step_name: str
    period: Period
    unit: UnitId | None  #: None for a body's moment
    milestone: MomentId  #: "paminnelse-5", "frist", "ksau"
    name: str  #: Swedish: "påminnelse 5 arbetsdagar före"
    kind: str  #: "paminnelse": the id without numbers, for tags
    at: datetime
    status: str
    lagrum: Lagrum
    last_day: date | None
    lawful_until: date | None
    body: BodyId | None = None
    concerns: str | None = None
    obligation: ObligationKey | None = None
    window: str | None = None  #: "i mitten av februari 2027", where no day is set and ``at`` is the latest
    role: RoleId | None = None  #: whose moment it is, when it is no body's
    group: str | None = None  #: the same of a group

    @property
    def is_rung(self) -> bool:
        """Whether it is a letter's day on the way of an obligation."""
        return self.obligation is not None and self.kind != "frist"

    @property
    def occurrence(self) -> OccurrenceKey:
        """The tillfälle that it belongs to."""
        return OccurrenceKey(self.step, self.period.key)


@dataclass(frozen=True, slots=True, kw_only=True)
class Occurrence:
    """A step for one period."""

    step: StepId
    step_name: str
    period: Period
    flow: bool
    obligations: tuple[Obligation, ...]
    milestones: tuple[Milestone, ...]
    lagrum: Lagrum

    @property
    def key(self) -> OccurrenceKey:
        """Step and period key."""
        return OccurrenceKey(self.step, self.period.key)

    def is_open(self, now: datetime) -> bool:
        """Tell whether ``now`` lies between its first moment and a month after its last."""
        instants = [milestone.at for milestone in self.milestones]
        return bool(instants) and instants[0] <= now <= instants[-1] + AFTERWARDS


@dataclass(frozen=True, eq=False)  # the same only as itself, so that what is worked out of it can be kept
class Wheel:
    """The resolved years."""

    definition: Definition
    workdays: Workdays
    meetings: Meetings
    occurrences: tuple[Occurrence, ...]

    @cached_property
    def obligations(self) -> Mapping[ObligationKey, Obligation]:
        """Every obligation by its key."""
        return {one.key: one for occurrence in self.occurrences for one in occurrence.obligations}

    @cached_property
    def milestones(self) -> tuple[Milestone, ...]:
        """Every milestone, by time and key."""
        every = (milestone for occurrence in self.occurrences for milestone in occurrence.milestones)
        return tuple(sorted(every, key=lambda one: (one.at, one.key)))

    def in_year(self, year: int) -> tuple[Milestone, ...]:
        """Return every milestone whose Swedish local day falls in ``year``, by time and key."""
        return tuple(one for one in self.milestones if one.at.astimezone(STOCKHOLM).year == year)

    @cached_property
    def hosted(self) -> Mapping[ObligationKey, tuple[Obligation, ...]]:
        """The obligations handed in with a host, by the host's key."""
        found: dict[ObligationKey, tuple[Obligation, ...]] = {}
        for one in self.obligations.values():
            if one.host:
                found[one.host] = (*found.get(one.host, ()), one)
        return found

    def find(self, key: str) -> Obligation | None:
        """Return the obligation whose key a text from outside is; None when it is no key, or none of these years'."""
        return self.obligations.get(cast("ObligationKey", key))

    @cached_property
    def finalisers(self) -> Mapping[ObligationKey, ObligationKey]:
        """The key of the obligation that finalises another, by the other's key."""
        every = self.obligations
        return {one.finalises: one.key for one in every.values() if one.finalises and one.finalises in every}

    @cached_property
    def carriers(self) -> Mapping[ObligationKey, tuple[ObligationKey, PartId]]:
        """By the key of what is carried up: the obligation that carries it, and the part by which it is approved."""
        every = self.obligations.values()
        return {part.carries.key: (one.key, part.id) for one in every for part in one.parts if part.carries}

    def occurrence(self, key: OccurrenceKey) -> Occurrence:
        """Return one occurrence; KeyError when the years do not hold it."""
        return self._by_key[key]

    @property
    def keys(self) -> Set[OccurrenceKey]:
        """The occurrences' keys."""
        return self._by_key.keys()

    @cached_property
    def _by_key(self) -> Mapping[OccurrenceKey, Occurrence]:
        return {occurrence.key: occurrence for occurrence in self.occurrences}


def rung_day(rung: Rung, last_day: date, workdays: Workdays) -> date:
    """Return the day that a rung is planned for: its working days from the frist's day."""
    return workdays.add(last_day, rung.workdays)


def owner_name(definition: Definition, one: Milestone, *, short: bool = False) -> str:
    """Return whose moment it is, as people say it; "" for an obligation's."""
    if one.body:
        body = definition.bodies[one.body]
        return body.short if short else body.name
    named = definition.groups[one.group].name if one.group else definition.roles[one.role].name if one.role else ""
    return f"{named[:1].upper()}{named[1:]}"

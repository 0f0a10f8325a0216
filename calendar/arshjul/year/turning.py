"""Turning the wheel: from a definition and what was recorded to every occurrence of the years."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from types import MappingProxyType
from typing import TypeVar

from arshjul.definition.in_force import in_force, ladder_in_force
from arshjul.definition.ladders import Ladder
from arshjul.definition.model import Definition, Krav, Step
from arshjul.definition.reach import climbed_by
from arshjul.definition.registers.register import Entries
from arshjul.definition.units.unit import Unit
from arshjul.keys import (
    KravId,
    ObligationKey,
    OccurrenceKey,
    PartId,
    PeriodKey,
    StepId,
    UnitId,
)
from arshjul.periods import Period
from arshjul.swedish import STOCKHOLM, local
from arshjul.workdays import Workdays
from arshjul.year.concerned import carried, gathered_first
from arshjul.year.days.day import Day
from arshjul.year.days.days import Days
from arshjul.year.days.meetings import ChangedMeeting, Meetings
from arshjul.year.days.occasions import Occasions, OpenedHappening
from arshjul.year.days.recurrence import periods_of
from arshjul.year.milestones import moments, rungs
from arshjul.year.parts_owed import parts_owed
from arshjul.year.wheel import (
    Deadline,
    Fulfilled,
    Milestone,
    Obligation,
    Occurrence,
    PartOwed,
    Wheel,
)

_Key = TypeVar("_Key")


@dataclass(frozen=True, slots=True, kw_only=True)
class Recorded:
    """What people have recorded that moves days."""

    closings: Mapping[PeriodKey, date] = field(default_factory=dict)  #: period key to the day it was closed
    meetings: tuple[ChangedMeeting, ...] = ()
    happened: Mapping[str, tuple[date, ...]] = field(default_factory=dict)  #: the days of each händelse, in order
    opened: tuple[OpenedHappening, ...] = ()  #: the händelser that hand-ins opened
    entries: Entries = field(default_factory=dict)  #: the registers' entries beside the file's
    anstand: Mapping[ObligationKey, datetime] = field(default_factory=dict)
    told: Mapping[ObligationKey, datetime] = field(
        default_factory=dict
    )  #: fristen that people were told; never moved earlier
    past: Mapping[ObligationKey, datetime] = field(
        default_factory=dict
    )  #: fristen that have been; a new plan does not move them
    added: Mapping[ObligationKey, frozenset[str]] = field(
        default_factory=dict
    )  #: parts that came after the frist: not asked for


def turn(
    definition: Definition, years: Iterable[int], recorded: Recorded | None = None, *, strict: bool = True
) -> Wheel:
    """Resolve every occurrence whose period lies in ``years`` (the figures' years, not the due ones).

    What has no day raises NoRuleInForce when ``strict``; else it is ``ej beslutad``, and the rest is not held up.
    """
    recorded = recorded or Recorded()
    workdays = Workdays.with_closed(closed.day for closed in definition.closed_days)
    meetings = Meetings(definition, workdays, recorded.meetings)
    builder = _Builder(definition, workdays, meetings, recorded, strict)
    return Wheel(definition, workdays, meetings, tuple(builder.occurrences(sorted(set(years)))))


def turn_on(wheel: Wheel, years: Iterable[int], before: Recorded, recorded: Recorded) -> Wheel:
    """Return what :func:`turn` (not ``strict``) gives for ``recorded``, from the ``wheel`` that it gave of ``before``.

    Only the occurrences about which something else is recorded are worked out anew, with those that are handed in with
    them: the others are the same objects. What moves meetings, or opens periods, may concern any, and turns the whole.
    """
    if _may_concern_any(before) != _may_concern_any(recorded):
        return turn(wheel.definition, years, recorded, strict=False)
    builder = _Builder(wheel.definition, wheel.workdays, wheel.meetings, recorded, strict=False)
    anew, closed = _otherwise(before, recorded), _differing(before.closings, recorded.closings)
    kept = {each.key: each for each in wheel.occurrences if each.key not in anew and each.period.key not in closed}
    return replace(wheel, occurrences=tuple(builder.occurrences(sorted(set(years)), kept)))


def _may_concern_any(recorded: Recorded) -> tuple[object, ...]:
    return recorded.meetings, recorded.happened, recorded.opened, recorded.entries


def _otherwise(before: Recorded, after: Recorded) -> set[OccurrenceKey]:
    """Return the occurrences of the obligations of which the two say different things."""
    keys = {
        *_differing(before.anstand, after.anstand),
        *_differing(before.told, after.told),
        *_differing(before.past, after.past),
        *_differing(before.added, after.added),
    }
    return {key.occurrence for key in keys}


def _differing(one: Mapping[_Key, object], other: Mapping[_Key, object]) -> set[_Key]:
    return {key for key in one.keys() | other.keys() if one.get(key) != other.get(key)}


def around(definition: Definition, year: int, recorded: Recorded | None = None) -> Wheel:
    """Return the wheel that holds all that falls in ``year``: three parallel years together."""
    return turn(definition, range(year - 2, year + 3), recorded, strict=False)


def plan_year(definition: Definition, year: int, recorded: Recorded | None = None) -> tuple[Milestone, ...]:
    """Return every milestone whose local ``at`` falls in ``year``: three parallel years together."""
    return around(definition, year, recorded).in_year(year)


class _Builder:
    """Builds occurrences; one for each call of ``turn``."""

    def __init__(
        self, definition: Definition, workdays: Workdays, meetings: Meetings, recorded: Recorded, strict: bool
    ) -> None:
        self.definition, self.workdays, self.meetings, self.recorded = definition, workdays, meetings, recorded
        self.strict = strict
        self.occasions = Occasions.of(definition, recorded.happened, recorded.opened, recorded.entries)
        self._built: dict[ObligationKey, Obligation] = {}

    def occurrences(
        self, years: Iterable[int], kept: Mapping[OccurrenceKey, Occurrence] = MappingProxyType({})
    ) -> Iterator[Occurrence]:
        """Yield every occurrence; those that are ``kept`` as they are, but where their host is built anew."""
        anew = set[OccurrenceKey]()
        # hosts before the hosted: a prognos takes its frist from the report it is handed in with
        steps = sorted(self.definition.steps.items(), key=lambda item: bool(item[1].part_of))
        for year in years:
            for step_id, step in steps:
                for period in periods_of(step, year, self.meetings, self.occasions):
                    if held := in_force(step, period):
                        key = OccurrenceKey.of(step_id, period.key)
                        host = OccurrenceKey.of(held.part_of.get(period.month or 12, ""), period.key)
                        one = kept.get(key) if host not in anew else None
                        if one is None:
                            anew.add(key)
                            one = self._occurrence(step_id, self.occasions.named(held, period), period)
                        self._built.update({each.key: each for each in one.obligations})
                        yield one

    def _occurrence(self, step_id: str, step: Step, period: Period) -> Occurrence:
        days = Days(
            self.definition, self.workdays, self.meetings, self.recorded.closings, step, period,
            occasions=self.occasions, strict=self.strict,
        )  # fmt: skip
        obligations = tuple(self._obligations(days, step_id, step, period))
        milestones = [line for one in obligations for line in rungs(self.definition, self.workdays, one)]
        milestones += moments(self.definition, self.occasions, days, step_id, step)
        return Occurrence(
            step=StepId(step_id),
            step_name=step.name,
            period=period,
            flow=step.flow,
            obligations=obligations,
            milestones=tuple(sorted(milestones, key=lambda one: (one.at, one.key))),
            lagrum=step.source,
        )

    def _key(self, step: str, period: Period, unit: UnitId, krav: str) -> ObligationKey:
        return ObligationKey.of(self.definition.kommun.id, step, period.key, unit, krav)

    def _obligations(self, days: Days, step_id: str, step: Step, period: Period) -> Iterator[Obligation]:
        below: list[Obligation] = []  #: what the enheter below owe, for those that gather it
        for krav_id in gathered_first(step.krav):
            krav = step.krav[krav_id]
            for unit_id, unit in self.definition.units.items():
                if not krav.is_owed_by(unit_id, unit) or not self.occasions.concerns(step, period, unit_id):
                    continue
                own = dict(parts_owed(self.definition.sheets, krav, unit_id, unit, period))
                own |= dict(carried(self.definition, step, KravId(krav_id), unit_id, below)) if krav.gathers else {}
                every = self._asked_in_time(self._key(step_id, period, unit_id, krav_id), own)
                fulfilled = tuple(self._fulfilled(step, krav, unit_id, period, every))
                shared = [each.part for each in fulfilled]
                parts = tuple(part for part in every.values() if part not in shared)
                if not every or unit.ended_before(period.year):
                    continue
                if not step.part_of and not days.has_frist(krav_id, unit_id):
                    continue
                one = self._obligation(days, step_id, step, krav_id, krav, unit_id, unit, parts, fulfilled)
                # by the planned day: an anstånd past the unit's end does not make what it owes, or hands in with it, vanish
                if one and (one.host or unit.is_there_on(days.frist(krav_id, unit_id).day)):
                    below.append(one)
                    yield one

    def _asked_in_time(self, key: ObligationKey, parts: dict[str, PartOwed]) -> dict[str, PartOwed]:
        """Return the parts without those that came into the definition after the frist, unless nothing is left."""
        added = self.recorded.added.get(key, frozenset())
        return {part_id: part for part_id, part in parts.items() if part_id not in added} or parts

    def _obligation(
        self, days: Days, step_id: str, step: Step, krav_id: str, krav: Krav, unit_id: UnitId, unit: Unit,
        parts: tuple[PartOwed, ...], fulfilled: tuple[Fulfilled, ...],
    ) -> Obligation | None:  # fmt: skip
        period = days.period
        key = self._key(step_id, period, unit_id, krav_id)
        host = self._host(step, period, unit_id)
        if step.part_of and host is None:
            return None
        at = krav.treated_at if krav.treated_at and days.has_moment(krav.treated_at, unit_id) else None
        treated = days.meeting(at, unit_id) if at else None
        limit = None
        if treated:
            last = treated.agenda_closes.astimezone(STOCKHOLM)
            limit = local(self.workdays.add(last.date(), -krav.compilation_workdays), last.time())
        deadline = host.deadline if host else self._deadline(key, days.frist(krav_id, unit_id), unit.kind)
        return Obligation(
            key=key,
            step=StepId(step_id),
            step_name=step.name,
            step_definite=step.definite,
            report=step.report(period),
            period=period,
            unit=UnitId(unit_id),
            unit_name=unit.name,
            unit_said=unit.said,
            unit_kind=unit.kind,
            krav=KravId(krav_id),
            is_main=krav_id == step.main,
            name=krav.name,
            deadline=deadline,
            ladder=self._ladder(krav.ladder, period, unit) if not host and step.flow else None,
            parts=parts,
            lagrum=step.source.towards(unit.kind),
            requires=self._required(step, step_id, period, krav.requires, unit_id),
            finalises=self._key(step_id, period, unit_id, krav.finalises) if krav.finalises else None,
            host=host.key if host else None,
            treated=host.treated if host else treated,
            limit=host.limit if host else limit,
            fulfilled=fulfilled,
        )

    def _fulfilled(
        self, step: Step, krav: Krav, unit_id: UnitId, period: Period, parts: Mapping[str, PartOwed]
    ) -> Iterator[Fulfilled]:
        """Yield the parts that a part of the host's is, too: where the enhet owes that one."""
        host = self._host(step, period, unit_id)
        theirs = {part.id for part in host.parts} if host else set()
        for part_id, part in parts.items():
            by = krav.parts[part_id].fulfilled_by.get(period.month or 12) if part_id in krav.parts else None
            if by and by in theirs:
                yield Fulfilled(part=part, by=PartId(by))

    def _host(self, step: Step, period: Period, unit_id: UnitId) -> Obligation | None:
        host_step = step.part_of.get(period.month or 12)
        main = self.definition.steps[host_step].main if host_step in self.definition.steps else None
        return self._built.get(self._key(host_step, period, unit_id, main)) if host_step and main else None

    def _ladder(self, ladder: str | None, period: Period, unit: Unit) -> Ladder | None:
        held = ladder_in_force(self.definition.ladders[ladder], period) if ladder else None
        return climbed_by(self.definition, held, unit) if held else None

    def _required(
        self, step: Step, step_id: str, period: Period, krav_id: str | None, unit_id: UnitId
    ) -> ObligationKey | None:
        """Return what must be complete first: the enhet's own where it has one, else the one that all wait for."""
        if krav_id is None:
            return None
        krav = step.krav[krav_id]
        owing = [key for key, unit in self.definition.units.items() if krav.is_owed_by(key, unit)]
        common = krav.units[:1] or (tuple(owing) if len(owing) == 1 else ())
        unit = unit_id if unit_id in owing else next(iter(common), None)
        return self._key(step_id, period, unit, krav_id) if unit else None

    def _deadline(self, key: ObligationKey, day: Day, kind: str) -> Deadline:
        deadline = Deadline(
            at=day.at,
            last_day=day.day,
            lawful_until=day.lawful_until,
            lagrum=day.lagrum.towards(kind),
            status=day.status,
            window=day.window,
        )
        moved = self.recorded.past.get(key)
        if moved is None:
            later = (self.recorded.anstand.get(key), self.recorded.told.get(key), deadline.at)
            moved = max(filter(None, later))
        if moved == deadline.at:
            return deadline
        moved = moved.astimezone(STOCKHOLM)
        return replace(deadline, at=moved, last_day=moved.date(), window=None)

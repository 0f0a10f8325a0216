"""The dated points of an occurrence: an obligation's rungs and its frist, and the bodies' moments."""

from collections.abc import Iterator
from datetime import datetime

from arshjul.definition.model import Definition, Step
from arshjul.keys import MilestoneKey, MomentId, StepId, UnitId
from arshjul.lagrum import Lagrum
from arshjul.swedish import local
from arshjul.workdays import Workdays
from arshjul.year.days.days import Days
from arshjul.year.days.occasions import Occasions
from arshjul.year.wheel import MUNICIPALITY, Milestone, Obligation, rung_day


def rungs(definition: Definition, workdays: Workdays, one: Obligation) -> Iterator[Milestone]:
    """Yield an obligation's rungs, each on its day when the sending hours begin, and its frist."""
    start = definition.sending_hours.start
    for rung in one.ladder.rungs if one.ladder else ():
        at = local(rung_day(rung, one.deadline.last_day, workdays), start)
        lagrum = one.ladder.source if one.ladder else one.lagrum
        yield _line(one, rung.id, rung.name, rung.tag, at, lagrum.towards(one.unit_kind))
    yield _line(one, "frist", "frist", "frist", one.deadline.at, one.deadline.lagrum)


def moments(definition: Definition, occasions: Occasions, days: Days, step_id: str, step: Step) -> Iterator[Milestone]:
    """Yield a step's moments of one period: a body's one, or one for each enhet that is there on the day."""
    period = days.period
    for moment_id, moment in step.moments.items():
        units = [
            unit_id
            for unit_id, unit in definition.units.items()
            if moment.is_of(unit) and not unit.ended_before(period.year) and occasions.concerns(step, period, unit_id)
        ]
        for unit_id in units if moment.per_unit else [None]:
            if not days.has_moment(moment_id, unit_id):
                continue
            day = days.moment(moment_id, unit_id)
            if unit_id and not definition.units[unit_id].is_there_on(day.day):
                continue
            lawful = days.resolve(moment.lawful, unit_id).lawful_until if moment.lawful else day.lawful_until
            bound = lawful is not None
            yield Milestone(
                key=MilestoneKey.of(definition.kommun.id, step_id, period.key, unit_id or MUNICIPALITY, moment_id),
                step=StepId(step_id),
                step_name=step.name,
                period=period,
                unit=UnitId(unit_id) if unit_id else None,
                milestone=MomentId(moment_id),
                name=moment.name,
                kind=moment_id,
                at=day.at,
                status=day.status,
                lagrum=day.lagrum.towards(definition.units[unit_id].kind) if unit_id else day.lagrum,
                last_day=day.day if bound else None,
                lawful_until=lawful,
                body=days.body(moment.body, unit_id) if moment.body else None,
                role=moment.role,
                group=moment.group,
                concerns=moment.concerns,
                window=day.window,
            )


def _line(one: Obligation, rung: str, name: str, kind: str, at: datetime, lagrum: Lagrum) -> Milestone:
    return Milestone(
        key=one.milestone_key(rung),
        step=one.step,
        step_name=one.step_name,
        period=one.period,
        unit=one.unit,
        milestone=one.milestone_id(rung),
        name=name if one.is_main else f"{one.name}: {name}",
        kind=kind,
        at=at,
        status=one.deadline.status,
        lagrum=lagrum,
        last_day=one.deadline.last_day,
        lawful_until=one.deadline.lawful_until,
        obligation=one.key,
    )

"""Which body has a matter before it, and at which of its meetings."""

from datetime import datetime

from actions.scene import Scene
from arshjul.definition.ladders import Rung
from arshjul.definition.model import Body, Definition
from arshjul.definition.reach import body_told, top_rung
from arshjul.keys import BodyId
from arshjul.swedish import local
from arshjul.year.days.meetings import Meeting
from arshjul.year.wheel import Obligation, rung_day
from store.log.search import about
from store.tables import Matter


def preparing(definition: Definition) -> frozenset[BodyId]:
    """Return the bodies that prepare what others decide (``bereder``)."""
    return frozenset(body_id for body_id, body in definition.bodies.items() if body.prepares)


def body_for(definition: Definition, rung: Rung, matter: Matter) -> tuple[BodyId, Body]:
    """Return the body that has a matter before it: the one that it was handed on to, or the one the rung tells."""
    return (matter.body, definition.bodies[matter.body]) if matter.body else body_told(definition, rung)


def body_of(scene: Scene, matter: Matter) -> BodyId | None:
    """Return the body that has a matter before it; None where the årshjul no longer takes it to any."""
    one = scene.wheel.obligations.get(matter.obligation_key)
    rung = top_rung(one.ladder) if one else None
    return body_for(scene.office.definition, rung, matter)[0] if rung else matter.body


def body_it_lay_before(scene: Scene, matter: Matter) -> BodyId | None:
    """Return the body of a matter whose obligation is gone: the one that the krav's ladder goes to, for the others."""
    definition, key = scene.office.definition, matter.obligation_key
    step = definition.steps.get(key.step)
    krav = step.krav.get(key.krav) if step else None
    rung = top_rung(definition.ladders.get(krav.ladder)) if krav and krav.ladder else None
    return body_for(definition, rung, matter)[0] if rung else matter.body


def meeting_in_time(scene: Scene, one: Obligation, body_id: BodyId, at: datetime | None = None) -> Meeting | None:
    """Return the body's next meeting whose agenda is open; None when it comes too late to do anything about it.

    Then the meeting before it whose agenda has closed, where the body takes an extra ärende still. ``at`` None: now.
    """
    meetings, last, at = scene.wheel.meetings, _too_late_after(scene, one, body_id), at or scene.now
    for meeting in (meetings.first_open(body_id, at), meetings.first_extra(body_id, at)):
        if meeting and not (last and meeting.at > last):
            return meeting
    return None


def _too_late_after(scene: Scene, one: Obligation, body_id: BodyId) -> datetime | None:
    """Return the last instant at which the body can do something about what is missing; None when there is no end.

    What another body treats: that meeting. What the body itself treats: the report's next moment after that.
    What others must have before their first letter (anvisningarna): that letter's day.
    """
    if one.treated and one.treated.body != body_id:
        return one.treated.at
    if one.treated:
        moments = scene.wheel.occurrence(one.occurrence).milestones
        return min((each.at for each in moments if each.unit is None and each.at > one.treated.at), default=None)
    waiting = [each for each in scene.wheel.obligations.values() if each.requires == one.key and each.ladder]
    starts = [
        rung_day(each.ladder.rungs[0], each.deadline.last_day, scene.wheel.workdays) for each in waiting if each.ladder
    ]
    return local(min(starts), scene.office.definition.sending_hours.start) if starts else None


def meeting_of(scene: Scene, body_id: BodyId, matter: Matter) -> Meeting | None:
    """Return the meeting that a matter is meant for, as the calendar stands; None when it is no longer there."""
    if matter.meeting_day is None:
        return None
    meetings = scene.wheel.meetings.of_year(body_id, matter.meeting_day.year)
    return next((meeting for meeting in meetings if meeting.day == matter.meeting_day), None)


def placed_at(scene: Scene, matter: Matter) -> datetime:
    """Return when a matter came to the meeting that it is meant for: when it was raised, or moved there since.

    One that came there after the agenda had closed is an extra ärende for as long as it lies there.
    """
    moves = about(scene.session, matter.obligation_key, {"matter.moved"})
    here = [
        row.at for row in moves if row.at > matter.raised_at and (row.detail or {}).get("to") == str(matter.meeting_day)
    ]
    return here[-1] if here else matter.raised_at

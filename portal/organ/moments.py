"""The moments that a body treats at a meeting: its own, and those that another body handed on to it."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date

from actions.bodies.body_letters import report_views
from actions.bodies.report_decisions import words_for
from actions.scene import Scene
from arshjul.bodies.chain import (
    Landing,
    WantedUtlatande,
    common_bodies,
    handing_over,
    held_against_law,
    lagrum_of,
    landing,
    next_body,
    utlatande_of,
)
from arshjul.bodies.outcomes import LEFT_OPEN
from arshjul.bodies.overlamnande import is_handed_over, meeting_of
from arshjul.keys import BodyId, MilestoneKey
from arshjul.ladder.standing import State
from arshjul.swedish import STOCKHOLM, day_text
from arshjul.wordings import with_wordings
from arshjul.year.days.meetings import Meeting
from arshjul.year.wheel import Milestone, Obligation
from notifications.letters.views.body_views import ReportView
from store.plan import body_rows
from store.plan.recorded import utlatanden
from store.tables import Decision
from submissions.standing.completeness import part_states
from submissions.standing.states import states_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Came:
    """A report that another body handed on to this one."""

    one: Milestone  #: at which it was decided
    by: str  #: the body's short name
    decision: Decision
    landing: Landing
    withdrawn: Decision | None  #: the decision that replaced it; None while it stands


@dataclass(frozen=True, slots=True, kw_only=True)
class MomentView:
    """A moment that the body treats at the meeting."""

    one: Milestone  #: the body's own, or another body's that handed the report on to this one
    name: str
    decided: Decision | None
    law: str  #: how it stands to the law's day, or ""
    is_late: bool
    units: tuple[tuple[Obligation, State], ...]  #: what may be sent back, with its state
    has_compilation: bool
    came: tuple[Came, ...]  #: from which bodies it was handed on
    outcomes: tuple[str, ...]
    others: tuple[tuple[str, str], ...]  #: bodies that it can be handed on to, with their names
    next_body: str | None
    is_handing_over: bool  #: the law's, which goes to fullmäktige and the revisorer
    report: ReportView  #: how it stands, and what was done before
    wants: WantedUtlatande | None  #: what the revisorer are to give before the decision
    is_given: bool
    goes_to: date | None  #: another meeting of the body, which it is treated at instead


def came_to(scene: Scene, body_id: BodyId) -> tuple[Came, ...]:
    """Return the reports that were handed on to a body, oldest first; each time once, also what was taken back."""
    found: dict[tuple[str, str, str, date], Came] = {}
    for row in body_rows.handed_to(scene.session, body_id):
        one = moment_of(scene, row.milestone_key)
        if one is None:
            continue
        newest = body_rows.newest_decisions(scene.session, [row.milestone_key])[row.milestone_key, row.body]
        if newest.id != row.id and newest.handed_to == body_id:
            continue  # only corrected
        came = Came(
            one=one,
            by=scene.office.definition.bodies[row.body].short,
            decision=row,
            landing=landing(scene.wheel, one, body_id, row.decided_on),
            withdrawn=newest if newest.id != row.id else None,
        )
        # the law's handing over was recorded by the same decision
        found.setdefault((one.step, one.period.key, row.body, row.decided_on), came)
    return tuple(found.values())


def moment_of(scene: Scene, key: MilestoneKey) -> Milestone | None:
    if key.occurrence not in scene.wheel.keys:
        return None
    return next((each for each in scene.wheel.occurrence(key.occurrence).milestones if each.key == key), None)


def moments_at(scene: Scene, body_id: BodyId, meeting: Meeting) -> list[Milestone]:
    """Return the body's moments at a meeting; one whose day is no meeting's stands at the meeting before it."""
    return [
        each
        for each in scene.wheel.milestones
        if each.body == body_id and (held := meeting_of(scene.wheel, each)) is not None and held.day == meeting.day
    ]


def moment_views(scene: Scene, body_id: BodyId, meeting: Meeting) -> Iterator[MomentView]:
    own = moments_at(scene, body_id, meeting)
    came = came_to(scene, body_id)
    here = [each for each in came if each.landing.meeting and each.landing.meeting.day == meeting.day]
    keys = {each.key for each in own}
    views = []
    for each in own:
        mine = tuple(one for one in came if one.landing.moment and one.landing.moment.key == each.key)
        views.append(_moment_view(scene, body_id, meeting, each, each.name, mine))
    for arrival in here:
        one = arrival.landing.moment
        if one is not None and one.key not in keys:  # its own meeting's agenda had closed
            views.append(_moment_view(scene, body_id, meeting, one, one.name, (arrival,)))
        elif one is None:
            views.append(_moment_view(scene, body_id, meeting, arrival.one, f"överlämnad av {arrival.by}", (arrival,)))
    told = set[tuple[str, str]]()
    for view in views:  # how a report stands is shown once
        about = view.one.step, view.one.period.key
        yield replace(view, report=replace(view.report, standing=())) if about in told else view
        told.add(about)


def _moment_view(
    scene: Scene, body_id: BodyId, meeting: Meeting, one: Milestone, name: str, came: tuple[Came, ...]
) -> MomentView:
    occurrence, definition = scene.wheel.occurrence(one.occurrence), scene.office.definition
    owed = [each for each in occurrence.obligations if one.unit in (None, each.unit)]
    states = states_of(scene.session, scene.wheel, owed, scene.office.since, scene.now)
    parts = part_states(scene.session, owed)
    back = tuple((each, states[each.key]) for each in owed if any(part.version for part in parts[each.key]))
    decision = body_rows.newest_decisions(scene.session, [one.key]).get((one.key, body_id))
    law, late = _law(scene, one, decision) if one.body == body_id else ("", False)
    landed = [each.landing.meeting.day for each in came if each.withdrawn is None and each.landing.meeting]
    return MomentView(
        one=one,
        name=name,
        decided=decision,
        law=law,
        is_late=late,
        units=back,
        has_compilation=occurrence.flow and bool(back),
        came=came,
        outcomes=words_for(scene, one, body_id),
        others=tuple(
            (key, f"{body.name} och revisorerna" if handing_over(scene.wheel, one, key) else body.name)
            for key, body in common_bodies(scene.wheel).items()
            if key != body_id
        ),
        next_body=next_body(scene.wheel, one) if definition.bodies.get(body_id) and one.body == body_id else None,
        is_handing_over=is_handed_over(one),
        report=report_views(scene, [one])[0],
        wants=utlatande_of(one) if one.body == body_id else None,
        is_given=one.key in utlatanden(scene.session, [one.key]),
        goes_to=max(landed) if landed and meeting.day not in landed else None,
    )


def _law(scene: Scene, one: Milestone, decided: Decision | None) -> tuple[str, bool]:
    """Return how a moment stands to the law's day: in time, late and by how much, or how long is left."""
    lawful = one.lawful_until
    if lawful is None:
        return "", False
    if decided and decided.outcome not in LEFT_OPEN and (held := held_against_law(one, decided.decided_on)):
        return f"{held.words[:1].upper()}{held.words[1:]}.", bool(held.days_late)
    lagrum = with_wordings(lagrum_of(one))
    if scene.today > lawful:
        return f"Sista dag enligt lag, {day_text(lawful)} ({lagrum}), har passerat utan beslut.", True
    if one.at.astimezone(STOCKHOLM).date() > lawful:
        words = f"Mötet ligger efter sista dag enligt lag, {day_text(lawful)} ({lagrum}). Flytta det, eller sätt in ett extra möte."
        return words, True
    return f"Sista dag enligt lag är {day_text(lawful)} ({lagrum}).", False

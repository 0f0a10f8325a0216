"""A body's meetings, and the dossier of one: what it treats, what the ladder brought before it, what it decided."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from arshjul.definition import Body
from arshjul.meetings import Meeting
from arshjul.swedish import STOCKHOLM, day_text
from arshjul.wheel import Milestone, Obligation
from notifications.matters import body_for, ksau_rung
from notifications.scene import Scene
from portal.wheel_states import states_of
from store import organs
from store.tables import Decision, Matter
from submissions.completeness import part_states
from submissions.sending_back import latest_mending

BEHIND = 2  #: years back that a body's meetings are shown


@dataclass(frozen=True, slots=True, kw_only=True)
class MeetingLine:
    """One meeting in the list."""

    meeting: Meeting
    moments: tuple[str, ...]
    matters: int


@dataclass(frozen=True, slots=True, kw_only=True)
class MomentView:
    """A moment that the body treats at the meeting."""

    one: Milestone
    decided: Decision | None
    law: str  #: how it stands to the law's day, or ""
    is_late: bool
    units: tuple[tuple[Obligation, str], ...]  #: what may be sent back, with its state
    has_compilation: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class MatterView:
    """A matter before the body."""

    row: Matter
    one: Obligation
    state: str  #: the obligation's own
    decided: Decision | None
    letter_id: int | None  #: carries the tjänsteskrivelse
    handed_in: bool
    is_here: bool  #: it lies before this body still, and not before another that it was handed on to
    mend_until: date | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Dossier:
    """All that lies before one meeting."""

    body_id: str
    body: Body
    meeting: Meeting
    moments: tuple[MomentView, ...]
    matters: tuple[MatterView, ...]
    others: tuple[tuple[str, Body], ...]  #: bodies that something can be handed on to
    mend_until: date | None  #: the latest frist of an återremiss, for what is treated here


def common_bodies(scene: Scene) -> dict[str, Body]:
    """Return the bodies that the whole municipality's reports go to, in the definition's order."""
    named = {each.body for each in scene.wheel.milestones if each.body and each.unit is None}
    return {key: body for key, body in scene.office.definition.bodies.items() if key in named}


def meetings_of(scene: Scene, body_id: str) -> tuple[tuple[MeetingLine, ...], tuple[MeetingLine, ...]]:
    """Return a body's meetings that are ahead, soonest first, and those that have been, newest first."""
    year = scene.today.year
    every = [each for y in range(year - BEHIND, year + 2) for each in scene.wheel.meetings.of_year(body_id, y)]
    matters = [m for m in organs.all_matters(scene.session) if _body_of(scene, m) == body_id]
    lines = [
        MeetingLine(
            meeting=each,
            moments=tuple(f"{one.step_name} {one.period.text}: {one.name}" for one in _moments(scene, body_id, each)),
            matters=sum(matter.meeting_day == each.day for matter in matters),
        )
        for each in every
    ]
    ahead = tuple(line for line in lines if line.meeting.day >= scene.today)
    return ahead, tuple(reversed([line for line in lines if line.meeting.day < scene.today]))


def direct_to_chair(scene: Scene, body_id: str) -> list[tuple[Matter, Obligation]]:
    """Return the matters that went to the body's chair directly, each with its obligation."""
    known = scene.wheel.obligations
    rows = [row for row in organs.direct_matters(scene.session) if row.obligation_key in known]
    return [(row, known[row.obligation_key]) for row in rows if _body_of(scene, row) == body_id]


def dossier(scene: Scene, body_id: str, meeting: Meeting) -> Dossier:
    """Gather what lies before a meeting."""
    moments = tuple(_moment_views(scene, body_id, meeting))
    ends = [latest_mending(scene.wheel, one, scene.now) for view in moments for one, _ in view.units]
    known = [end.astimezone(STOCKHOLM).date() for end in ends if end]
    return Dossier(
        body_id=body_id,
        body=scene.office.definition.bodies[body_id],
        meeting=meeting,
        moments=moments,
        matters=tuple(_matter_views(scene, body_id, meeting)),
        others=tuple((key, body) for key, body in common_bodies(scene).items() if key != body_id),
        mend_until=min(known, default=None),
    )


def _moments(scene: Scene, body_id: str, meeting: Meeting) -> list[Milestone]:
    """Return the body's moments at a meeting; one whose day is no meeting's stands at the meeting before it."""
    return [each for each in scene.wheel.milestones if each.body == body_id and _stands_at(scene, each) == meeting.day]


def _stands_at(scene: Scene, one: Milestone) -> date | None:
    day = one.at.astimezone(STOCKHOLM).date()
    span = (day.year - 1, day.year)
    held = [each.day for year in span for each in scene.wheel.meetings.of_year(one.body or "", year)]
    return max((each for each in held if each <= day), default=None)


def _moment_views(scene: Scene, body_id: str, meeting: Meeting) -> Iterator[MomentView]:
    moments = _moments(scene, body_id, meeting)
    decided = organs.newest_decisions(scene.session, [each.key for each in moments])
    for each in moments:
        occurrence = scene.wheel.occurrence(each.step, each.period.key)
        owed = [one for one in occurrence.obligations if each.unit in (None, one.unit)]
        states = states_of(scene.session, scene.wheel, owed, scene.office.since, scene.now)
        parts = part_states(scene.session, owed)
        back = tuple((one, states[one.key]) for one in owed if any(part.version for part in parts[one.key]))
        decision = decided.get((each.key, body_id))
        law, late = _law(scene, each, decision)
        yield MomentView(
            one=each, decided=decision, law=law, is_late=late, units=back, has_compilation=occurrence.flow and bool(back)
        )  # fmt: skip


def _law(scene: Scene, one: Milestone, decided: Decision | None) -> tuple[str, bool]:
    """Return how a moment stands to the law's day: in time, late, or how long is left."""
    lawful = one.lawful_until
    if lawful is None:
        return "", False
    if decided and decided.outcome != "återremitteras":
        if decided.decided_on <= lawful:
            return f"I tid: lagens dag var {day_text(lawful)}.", False
        return f"Efter lagens dag, {day_text(lawful)}.", True
    if scene.today > lawful:
        return f"Lagens dag, {day_text(lawful)}, har passerat utan beslut.", True
    if one.at.astimezone(STOCKHOLM).date() > lawful:
        return f"Mötet ligger efter lagens dag, {day_text(lawful)}. Flytta det, eller sätt in ett extra möte.", True
    return f"Lagens dag är {day_text(lawful)}.", False


def _matter_views(scene: Scene, body_id: str, meeting: Meeting) -> Iterator[MatterView]:
    decided_here = organs.decided_by(scene.session, body_id, meeting.day)
    for row in organs.all_matters(scene.session):
        one = scene.wheel.obligations.get(row.obligation_key)
        if one is None:
            continue
        key, here = one.milestone_key("ksau"), row.meeting_day == meeting.day and _body_of(scene, row) == body_id
        if not here and key not in decided_here:
            continue
        states = states_of(scene.session, scene.wheel, [one], scene.office.since, scene.now)
        end = latest_mending(scene.wheel, one, scene.now)
        yield MatterView(
            row=row,
            one=one,
            state=states[one.key],
            decided=organs.newest_decisions(scene.session, [key]).get((key, body_id)),
            letter_id=organs.escalation_letter(scene.session, one.key, row.due_at),
            handed_in=any(part.version for part in part_states(scene.session, [one])[one.key]),
            is_here=here,
            mend_until=end.astimezone(STOCKHOLM).date() if end else None,
        )


def _body_of(scene: Scene, row: Matter) -> str | None:
    one = scene.wheel.obligations.get(row.obligation_key)
    rung = ksau_rung(one) if one else None
    return body_for(scene.office.definition, rung, row)[0] if rung else row.body

"""A body's meetings, and the dossier of one: what it treats, what the ladder brought before it, what it decided."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date

from actions.bodies.body_letters import report_views
from actions.bodies.recording import decision_words
from actions.bodies.report_decisions import arrival_words, words_for
from actions.contacts import contacts
from actions.papers.before_body import body_for
from actions.scene import Scene
from actions.underlag.mending import latest_mending
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
from arshjul.definition.model import Body
from arshjul.definition.reach import top_rung
from arshjul.keys import BodyId, MilestoneKey
from arshjul.ladder.standing import State
from arshjul.swedish import STOCKHOLM, day_text
from arshjul.wordings import with_wordings
from arshjul.year.meetings import Meeting
from arshjul.year.wheel import Milestone, Obligation
from notifications.letters.views.body_views import ReportView
from store.plan import body_rows
from store.plan.matters import RAISED
from store.plan.recorded import utlatanden
from store.tables import Decision, Matter
from submissions.standing.completeness import part_states
from submissions.standing.states import states_of

BEHIND = 2  #: years back that a body's meetings are shown


@dataclass(frozen=True, slots=True, kw_only=True)
class MeetingLine:
    """One meeting in the list."""

    meeting: Meeting
    moments: tuple[str, ...]
    matters: int


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


@dataclass(frozen=True, slots=True, kw_only=True)
class MatterShown:
    """A matter before the body."""

    row: Matter
    one: Obligation
    state: State  #: the obligation's own
    decided: Decision | None
    letter_id: int | None  #: carries the tjänsteskrivelse
    handed_in: bool
    is_here: bool  #: it lies before this body still, at this meeting
    is_elsewhere: bool  #: it was handed on to another body
    call: tuple[str, ...]  #: whom to call while the matter waits
    mend_until: date | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Dossier:
    """All that lies before one meeting."""

    body_id: BodyId
    body: Body
    meeting: Meeting
    moments: tuple[MomentView, ...]
    matters: tuple[MatterShown, ...]
    others: tuple[tuple[str, str], ...]  #: bodies that a matter can be handed on to, with their names
    mend_until: date | None  #: the latest frist of an återremiss, for what is treated here

    @property
    def proposals(self) -> tuple[tuple[str, str, int, list[str]], ...]:
        """What is undecided here of each tjänsteskrivelse: its report, how that is called, how many, and whose."""
        found: dict[tuple[str, str], list[str]] = {}
        for each in self.matters:
            if each.is_here and each.row.state == RAISED and each.decided is None:
                one = each.one
                name = f"{one.step_name} {one.period.text}"
                found.setdefault((f"{one.step}/{one.period.key}", name), []).append(one.unit_name)
        return tuple((report, name, len(units), list(dict.fromkeys(units))) for (report, name), units in found.items())


def bodies_of_letter(scene: Scene, letter_id: int) -> frozenset[str]:
    """Return the bodies whose matters a tjänsteskrivelse's letter carries."""
    every = (*body_rows.all_matters(scene.session), *body_rows.direct_matters(scene.session))
    theirs = (m for m in every if body_rows.paper_letter(scene.session, m) == letter_id)
    return frozenset(body for matter in theirs if (body := _body_of(scene, matter)))


def meetings_of(scene: Scene, body_id: BodyId) -> tuple[tuple[MeetingLine, ...], tuple[MeetingLine, ...]]:
    """Return a body's meetings that are ahead, soonest first, and those that have been, newest first."""
    year = scene.today.year
    every = [each for y in range(year - BEHIND, year + 2) for each in scene.wheel.meetings.of_year(body_id, y)]
    came = [one for one in came_to(scene, body_id) if one.withdrawn is None]
    matters = [m for m in body_rows.all_matters(scene.session) if _body_of(scene, m) == body_id]
    lines = [
        MeetingLine(
            meeting=each,
            moments=tuple(_named(scene, body_id, each, came)),
            matters=sum(matter.meeting_day == each.day for matter in matters),
        )
        for each in every
    ]
    ahead = tuple(line for line in lines if line.meeting.day >= scene.today)
    return ahead, tuple(reversed([line for line in lines if line.meeting.day < scene.today]))


def _named(scene: Scene, body_id: BodyId, meeting: Meeting, came: Sequence[Came]) -> Iterator[str]:
    """Name what is treated at a meeting: the body's own moments, and what was handed on to it."""
    own = _moments(scene, body_id, meeting)
    yield from (f"{one.step_name} {one.period.text}: {one.name}" for one in own)
    for each in came:
        one, held = each.landing.moment, each.landing.meeting
        if held and held.day == meeting.day and (one is None or one.key not in {mine.key for mine in own}):
            name = one.name if one else f"överlämnad av {each.by}"
            yield f"{each.one.step_name} {each.one.period.text}: {name}"


def direct_to_chair(scene: Scene, body_id: BodyId) -> list[tuple[Matter, Obligation, tuple[str, ...]]]:
    """Return the matters that went to the body's chair directly, each with its obligation, and whom to call if it waits."""
    known = scene.wheel.obligations
    rows = [row for row in body_rows.direct_matters(scene.session) if row.obligation_key in known]
    mine = [(row, known[row.obligation_key]) for row in rows if _body_of(scene, row) == body_id]
    parts = part_states(scene.session, [one for _, one in mine])
    return [(row, one, contacts(scene, parts[one.key], one.unit) if row.state == RAISED else ()) for row, one in mine]


def dossier(scene: Scene, body_id: BodyId, meeting: Meeting) -> Dossier:
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
        others=tuple((key, body.name) for key, body in common_bodies(scene.wheel).items() if key != body_id),
        mend_until=min(known, default=None),
    )


def came_to(scene: Scene, body_id: BodyId) -> tuple[Came, ...]:
    """Return the reports that were handed on to a body, oldest first; each time once, also what was taken back."""
    found: dict[tuple[str, str, str, date], Came] = {}
    for row in body_rows.handed_to(scene.session, body_id):
        one = _moment(scene, row.milestone_key)
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


def done_words(scene: Scene, body_id: BodyId, decision_id: str) -> tuple[str, bool]:
    """Return sentences on a decision of a body's that was just recorded, and whether it came after the law's day.

    "" when the body has none of that number: another's is not for its readers.
    """
    row = (
        body_rows.decision(scene.session, int(decision_id))
        if decision_id.isdecimal() and len(decision_id) < 10
        else None
    )
    one = _moment(scene, row.milestone_key) if row else None
    if row is None or row.body != body_id:
        return "", False
    if one is None or one.body is None:  # about a matter that the ladder brought up
        return f"Beslutet är registrerat: {row.outcome} {day_text(row.decided_on)}.", False
    words = [
        f"Beslutet är registrerat. {decision_words(one, row.outcome, row.decided_on, lawful=row.body == one.body)}"
    ]
    law = handing_over(scene.wheel, one, row.handed_to) if row.handed_to and row.body == one.body else None
    if law and law.key != one.key:
        words.append(decision_words(law, row.outcome, row.decided_on))
    if row.handed_to:
        words.append(arrival_words(scene, row.handed_to, landing(scene.wheel, one, row.handed_to, row.decided_on)))
    held = (
        held_against_law(law or one, row.decided_on) if row.outcome not in LEFT_OPEN and row.body == one.body else None
    )
    return " ".join(words), held is not None and held.days_late > 0


def _moment(scene: Scene, key: MilestoneKey) -> Milestone | None:
    if key.occurrence not in scene.wheel.keys:
        return None
    return next((each for each in scene.wheel.occurrence(key.occurrence).milestones if each.key == key), None)


def _moments(scene: Scene, body_id: BodyId, meeting: Meeting) -> list[Milestone]:
    """Return the body's moments at a meeting; one whose day is no meeting's stands at the meeting before it."""
    return [
        each
        for each in scene.wheel.milestones
        if each.body == body_id and (held := meeting_of(scene.wheel, each)) is not None and held.day == meeting.day
    ]


def _moment_views(scene: Scene, body_id: BodyId, meeting: Meeting) -> Iterator[MomentView]:
    own = _moments(scene, body_id, meeting)
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


def _matter_views(scene: Scene, body_id: BodyId, meeting: Meeting) -> Iterator[MatterShown]:
    decided_here = body_rows.decided_by(scene.session, body_id, meeting.day)
    for row in body_rows.all_matters(scene.session):
        one = scene.wheel.obligations.get(row.obligation_key)
        if one is None:
            continue
        key, here = one.top_key, row.meeting_day == meeting.day and _body_of(scene, row) == body_id
        if not here and key not in decided_here:
            continue
        states = states_of(scene.session, scene.wheel, [one], scene.office.since, scene.now)
        parts, end = part_states(scene.session, [one])[one.key], latest_mending(scene.wheel, one, scene.now)
        yield MatterShown(
            row=row,
            one=one,
            state=states[one.key],
            decided=body_rows.newest_decisions(scene.session, [key]).get((key, body_id)),
            letter_id=body_rows.paper_letter(scene.session, row),
            handed_in=any(part.version for part in parts),
            is_here=here,
            is_elsewhere=_body_of(scene, row) != body_id,
            call=contacts(scene, parts, one.unit) if row.state == RAISED else (),
            mend_until=end.astimezone(STOCKHOLM).date() if end else None,
        )


def _body_of(scene: Scene, row: Matter) -> str | None:
    one = scene.wheel.obligations.get(row.obligation_key)
    rung = top_rung(one.ladder) if one else None
    return body_for(scene.office.definition, rung, row)[0] if rung else row.body

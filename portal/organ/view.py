"""A body's meetings, and the words on what it has just decided."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from actions.bodies.recording import decision_words
from actions.bodies.report_decisions import arrival_words
from actions.contacts import contacts
from actions.papers.before_body import body_of
from actions.scene import Scene
from arshjul.bodies.chain import (
    handing_over,
    held_against_law,
    landing,
)
from arshjul.bodies.outcomes import LEFT_OPEN, past
from arshjul.keys import BodyId
from arshjul.swedish import said_day
from arshjul.year.days.meetings import Meeting
from arshjul.year.wheel import Obligation
from portal.organ.moments import Came, came_to, moment_of, moments_at
from store.plan import body_rows
from store.plan.matters import RAISED
from store.tables import Matter
from submissions.standing.completeness import part_states

BEHIND = 2  #: years back that a body's meetings are shown


@dataclass(frozen=True, slots=True, kw_only=True)
class MeetingLine:
    """One meeting in the list."""

    meeting: Meeting
    moments: tuple[str, ...]
    matters: int


def bodies_of_letter(scene: Scene, letter_id: int) -> frozenset[str]:
    """Return the bodies whose matters a tjänsteskrivelse's letter carries."""
    every = (*body_rows.all_matters(scene.session), *body_rows.direct_matters(scene.session))
    theirs = (m for m in every if body_rows.paper_letter(scene.session, m) == letter_id)
    return frozenset(body for matter in theirs if (body := body_of(scene, matter)))


def meetings_of(scene: Scene, body_id: BodyId) -> tuple[tuple[MeetingLine, ...], tuple[MeetingLine, ...]]:
    """Return a body's meetings that are ahead, soonest first, and those that have been, newest first."""
    year = scene.today.year
    every = [each for y in range(year - BEHIND, year + 2) for each in scene.wheel.meetings.of_year(body_id, y)]
    came = [one for one in came_to(scene, body_id) if one.withdrawn is None]
    matters = [m for m in body_rows.all_matters(scene.session) if body_of(scene, m) == body_id]
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
    own = moments_at(scene, body_id, meeting)
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
    mine = [(row, known[row.obligation_key]) for row in rows if body_of(scene, row) == body_id]
    parts = part_states(scene.session, [one for _, one in mine])
    return [(row, one, contacts(scene, parts[one.key], one.unit) if row.state == RAISED else ()) for row, one in mine]


def done_words(scene: Scene, body_id: BodyId, decision_id: str) -> tuple[str, bool]:
    """Return sentences on a decision of a body's that was just recorded, and whether it came after the law's day.

    "" when the body has none of that number: another's is not for its readers.
    """
    row = (
        body_rows.decision(scene.session, int(decision_id))
        if decision_id.isdecimal() and len(decision_id) < 10
        else None
    )
    one = moment_of(scene, row.milestone_key) if row else None
    if row is None or row.body != body_id:
        return "", False
    if one is None or one.body is None:  # about a matter that the ladder brought up
        return f"Beslutet är registrerat: ärendet {past(row.outcome)} {said_day(row.decided_on)}.", False
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

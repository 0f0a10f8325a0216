"""All that lies before one meeting of a body: its moments, and what the ladder brought before it."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from actions.contacts import contacts
from actions.papers.before_body import body_of
from actions.scene import Scene
from actions.underlag.mending import latest_mending
from arshjul.bodies.chain import common_bodies
from arshjul.definition.model import Body
from arshjul.keys import BodyId
from arshjul.ladder.standing import State
from arshjul.swedish import STOCKHOLM
from arshjul.year.days.meetings import Meeting
from arshjul.year.wheel import Obligation
from portal.organ.moments import MomentView, moment_views
from store.plan import body_rows
from store.plan.matters import RAISED
from store.tables import Decision, Matter
from submissions.standing.completeness import part_states
from submissions.standing.states import states_of


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
                found.setdefault((one.occurrence.path, name), []).append(one.unit_name)
        return tuple((report, name, len(units), list(dict.fromkeys(units))) for (report, name), units in found.items())


def dossier(scene: Scene, body_id: BodyId, meeting: Meeting) -> Dossier:
    """Gather what lies before a meeting."""
    moments = tuple(moment_views(scene, body_id, meeting))
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


def _matter_views(scene: Scene, body_id: BodyId, meeting: Meeting) -> Iterator[MatterShown]:
    decided_here = body_rows.decided_by(scene.session, body_id, meeting.day)
    for row in body_rows.all_matters(scene.session):
        one = scene.wheel.obligations.get(row.obligation_key)
        if one is None:
            continue
        key, here = one.top_key, row.meeting_day == meeting.day and body_of(scene, row) == body_id
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
            is_elsewhere=body_of(scene, row) != body_id,
            call=contacts(scene, parts, one.unit) if row.state == RAISED else (),
            mend_until=end.astimezone(STOCKHOLM).date() if end else None,
        )

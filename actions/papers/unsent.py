"""A tjänsteskrivelse before it goes: what it is about, who signs it, when it goes, and where to if it is held."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from actions.papers.before_body import meeting_in_time
from actions.papers.filled_paper import paper_file
from actions.papers.matter_telling import matter_view, signer_of
from actions.plan.silencing import LONGEST_HOLD_WORKDAYS
from actions.readers import signing_page
from actions.scene import Scene, Sight
from arshjul.definition.model import Body
from arshjul.definition.reach import body_told, top_rung
from arshjul.keys import BodyId, OccurrenceKey
from arshjul.ladder.due import next_sending_time, to_come
from arshjul.swedish import day_text, in_running_text, instant_text, local, local_date
from arshjul.workdays import ONE_DAY
from arshjul.year.wheel import Obligation
from notifications.letters.views.matter_view import DraftView, MatterView, Signer
from store.tables import Person


@dataclass(frozen=True, slots=True, kw_only=True)
class Unsent:
    """A paper that goes to a body if nothing comes: those it is about have had the ladder's last word."""

    sight: Sight
    body_id: BodyId
    late: tuple[Obligation, ...]  #: of one occurrence, that go on the same day
    at: datetime  #: when it goes, if nothing comes
    held_until: date | None  #: inclusive, where it is held
    signer: Signer

    @property
    def body(self) -> Body:
        """The body that it goes to."""
        return self.sight.scene.office.definition.bodies[self.body_id]

    @property
    def occurrence(self) -> OccurrenceKey:
        """The report that it is about."""
        return self.late[0].occurrence


def paper_path(occurrence: OccurrenceKey, body: BodyId) -> str:
    """Return the path of the page where a paper is read by the one who signs it."""
    return f"/skrivelse/{occurrence.path}/{body}"


def unsent(scene: Scene, occurrence: OccurrenceKey, body_id: BodyId) -> Unsent | None:
    """Return the paper about a report that is to go to a body; None before the ladder's last word, and once it has gone."""
    if occurrence not in scene.wheel.keys or body_id not in scene.office.definition.bodies:
        return None
    asked = [
        one
        for one in scene.wheel.occurrence(occurrence).obligations
        if one.host is None
        and (rung := top_rung(one.ladder))
        and body_told(scene.office.definition, rung)[0] == body_id
    ]
    sight = scene.look([one.key for one in asked])
    going = [(one, at) for one in sight.obligations if (at := _goes_at(sight, one))]
    if not going:
        return None
    first = min(at for _, at in going)
    late = tuple(one for one, at in going if at == first)
    holds = [until for one in late if (until := sight.standing(one).held_until) and until >= scene.today]
    body = scene.office.definition.bodies[body_id]
    return Unsent(
        sight=sight.among(late), body_id=body_id, late=late, at=first, held_until=max(holds, default=None),
        signer=signer_of(sight, late, body),
    )  # fmt: skip


def _goes_at(sight: Sight, one: Obligation) -> datetime | None:
    """Return when the ladder takes one up to its body; None where its last word is not said, or it has gone."""
    scene, standing = sight.scene, sight.standing(one)
    last = {rung.id for rung in (one.ladder.rungs if one.ladder else ()) if rung.kind == "sista ord"}
    if not last & (standing.taken.keys() | standing.pending) or one.key in sight.silences or one.key in sight.matters:
        return None
    hours, workdays = scene.office.definition.sending_hours, scene.wheel.workdays
    days = (day for rung, day in to_come(one, standing, workdays, scene.now) if rung.reaches_body)
    day = next(days, None)
    return next_sending_time(max(local(day, hours.start), scene.now), workdays, hours) if day else None


def view_of(paper: Unsent) -> MatterView:
    """Return the paper as it would go, said to be a draft."""
    scene, at = paper.sight.scene, paper.at
    meeting = meeting_in_time(scene, paper.late[0], paper.body_id, at)
    view = matter_view(paper.sight, paper.late, meeting, at, paper.body_id)
    return replace(view, released=_draft_words(paper.body, at))


def draft_name(filename: str) -> str:
    """Return what a paper's file is called while it is a draft."""
    return f"Utkast till {in_running_text(filename)}"


def _draft_words(body: Body, at: datetime) -> str:
    return f"Utkast. Skrivelsen lämnas till {body.said} {instant_text(at)}, om det som saknas inte har kommit in."


def days_to_hold(paper: Unsent) -> Iterator[tuple[date, str]]:
    """Give each day (inclusive) until which a paper can be held, with when it then goes and to which meeting."""
    scene = paper.sight.scene
    workdays, today = scene.wheel.workdays, scene.today
    first = today if paper.held_until else max(today, local_date(paper.at))
    last = workdays.add(today, LONGEST_HOLD_WORKDAYS)
    day = workdays.next(first)
    while day <= last:
        yield day, if_held(paper, day)
        day = workdays.next(day + ONE_DAY)


def if_held(paper: Unsent, until: date) -> str:
    """Return when a paper goes that is held up to and including a day, and where the body takes it up then."""
    scene = paper.sight.scene
    at = local(scene.wheel.workdays.next(until + ONE_DAY), scene.office.definition.sending_hours.start)
    meeting, body = meeting_in_time(scene, paper.late[0], paper.body_id, at), paper.body
    if meeting is None:
        return f"går {day_text(local_date(at))} till ordföranden direkt, för ingen dagordning är då öppen i tid"
    where = f"{body.short} {day_text(meeting.day)}"
    if meeting.agenda_closes < at:
        closed = day_text(local_date(meeting.agenda_closes))
        return f"går {day_text(local_date(at))} som extra ärende till {where}, vars dagordning stänger {closed}"
    return f"går {day_text(local_date(at))} till {where}"


def drafts_for(
    sight: Sight, reader: Person | None, last_words: Sequence[tuple[Obligation, datetime]]
) -> list[DraftView]:
    """Return the drafts of what the reader is to sign if nothing comes: one for each report and body.

    ``last_words`` are the obligations that a letter brings the ladder's last word about, each with when it goes on.
    """
    scene, found = sight.scene, dict[tuple[OccurrenceKey, BodyId], list[tuple[Obligation, datetime]]]()
    for one, at in last_words if reader else ():
        if rung := top_rung(one.ladder):
            found.setdefault((one.occurrence, body_told(scene.office.definition, rung)[0]), []).append((one, at))
    drafts = []
    for (occurrence, body_id), rows in found.items():
        late, at = [one for one, _ in rows], min(at for _, at in rows)
        body = scene.office.definition.bodies[body_id]
        if reader is None or signer_of(sight, late, body).person_id != reader.id:
            continue
        view = matter_view(sight, late, meeting_in_time(scene, late[0], body_id, at), at, body_id)
        file = paper_file(scene, replace(view, released=_draft_words(body, at)))
        page = signing_page(scene, reader, paper_path(occurrence, body_id))
        report = f"{in_running_text(late[0].step_name)} {late[0].period.text}"
        drafts.append(DraftView(file=replace(file, filename=draft_name(file.filename)), page=page, report=report))
    return drafts

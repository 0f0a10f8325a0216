"""From obligations and their standing to the values that the templates see."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime, timedelta
from types import MappingProxyType

from actions.contacts import contacts
from actions.recipients import EKONOMIKONTORET
from actions.scene import Scene, Sight
from arshjul.definition.ladders import UPWARD, Rung
from arshjul.definition.reach import body_told, top_rung
from arshjul.keys import MilestoneKey, UnitId
from arshjul.ladder.due import is_skipped, to_come
from arshjul.swedish import STOCKHOLM, day_text, listing, local
from arshjul.year.days.meetings import Meeting
from arshjul.year.last_anstand import is_closed, last_anstand
from arshjul.year.wheel import Obligation, rung_day
from notifications.letters.views.notice_view import MissingPart, NoticeView, SentLetter
from store.tables import Person
from submissions.standing.completeness import PartState, below_words, lacks, owner_of


def notice_view(
    sight: Sight,
    one: Obligation,
    rung_id: str,
    key: str,
    reader: Person | None,
    *,
    moved_from: datetime | None = None,
    sent_before: tuple[SentLetter, ...] = (),
) -> NoticeView:
    """Return one obligation as ``reader``'s letter tells it."""
    scene, standing = sight.scene, sight.standing(one)
    rung = next((each for each in (one.ladder.rungs if one.ladder else ()) if each.id == rung_id), None)
    today = scene.today
    lawful = one.deadline.lawful_until
    reader_id, parts = reader.id if reader else None, list(sight.with_hosted(one))
    return NoticeView(
        key=key,
        rung=rung_id,
        rung_kind=rung.kind if rung else "flyttad",
        rung_days=rung.workdays if rung else 0,
        words=rung.words if rung else "",
        step_name=one.step_name,
        step_definite=one.step_definite,
        report=one.report,
        period_text=one.period.text,
        unit_name=one.unit_name,
        unit_said=one.unit_said,
        krav_name=one.name,
        recipient_owes=any(standing.holders.get(role) == reader_id for role in standing.owing),
        due_at=one.deadline.at,
        workdays_left=scene.wheel.workdays.between(today, one.deadline.last_day),
        lawful_until=lawful,
        law_missed=lawful is not None and today > lawful,
        missing=_reader_first(missing(scene, parts, standing.holders, reader_id)),
        owing=tuple(scene.office.definition.roles[role].name for role in standing.owing),
        lagrum=one.lagrum,
        treated_text=_meeting_text(scene, one.treated),
        limit=last.day if (last := last_anstand(scene.wheel, one)) and not is_closed(one, last, scene.now) else None,
        body_at=_body_at(sight, one, rung),
        moved_from=moved_from,
        diarienummer=scene.diarienummer(one.occurrence),
        next_told=_next_told(sight, one, rung),
        top_name=_top_name(scene, one),
        sent_before=sent_before,
        contacts=contacts(scene, parts, one.unit),
        parts=len(parts),
        below=below_words(sight.states[one.key]),
        vacant=_vacant(sight, one, reader_id),
    )


def _vacant(sight: Sight, one: Obligation, reader_id: str | None) -> str:
    """Say which roles that owe something nobody holds, and what to do: only the ekonomikontor can enter anybody."""
    standing, office = sight.standing(one), sight.scene.office
    empty = [office.definition.roles[role].name for role in standing.owing if standing.holders.get(role) is None]
    if not empty:
        return ""
    words = f"Ingen har rollen {listing(empty)} för {one.unit_said}."
    desk = sight.scene.people.who(EKONOMIKONTORET, None)
    if reader_id in (None, desk.id if desk else None):
        return f"{words} Lägg in någon: {office.public_url}/personer"
    return f"{words} {office.definition.office_name} lägger in den som ska ha den."


def letters_to_come(scene: Scene, owed: Sequence[Obligation]) -> Mapping[MilestoneKey, datetime]:
    """Return when each rung's letters will go if nothing comes in, by the rung's key; none while nothing is said."""
    office, sight = scene.office, scene.look([one.key for one in owed])
    asked = [one for one in sight.obligations if office.utskick == "skugga" or one.deadline.status != "förslag"]
    return {
        one.milestone_key(rung.id): local(day, office.definition.sending_hours.start)
        for one in (asked if office.utskick != "av" else ())
        for rung, day in to_come(one, sight.standing(one), scene.wheel.workdays, scene.now)
    }


def missing(
    scene: Scene,
    states: Iterable[PartState],
    holders: Mapping[str, str | None] = MappingProxyType({}),
    reader: str | None = None,
) -> Iterator[MissingPart]:
    """Give what is not complete, in the definition's order; what ``reader`` holds the role of is told as their own."""
    for state in states:
        if lack := lacks(state):
            yield MissingPart(
                name=state.part.name,
                role=scene.office.definition.roles[owner_of(state, UnitId(""))[0]].name,
                what=lack[0],
                mend=lack[1],
                lagrum=str(state.part.lagrum),
                own=reader is not None and not state.waits and holders.get(state.part.role) == reader,
                handed_in=state.version is not None or state.part.carries is not None,
            )


def _reader_first(parts: Iterable[MissingPart]) -> tuple[MissingPart, ...]:
    """Return the reader's own parts before the others'."""
    return tuple(sorted(parts, key=lambda part: not part.own))


def _meeting_text(scene: Scene, meeting: Meeting | None) -> str | None:
    return f"{scene.office.definition.bodies[meeting.body].short} {day_text(meeting.day)}" if meeting else None


def _top_name(scene: Scene, one: Obligation) -> str:
    """Return what the body that the ladder ends at is called in letters; "" when it ends at none."""
    rung = top_rung(one.ladder)
    return body_told(scene.office.definition, rung)[1].short if rung else ""


def _next_told(sight: Sight, one: Obligation, rung: Rung | None) -> str | None:
    """Return who is told next above those who owe, and when: "ekonomichefen torsdag 23 september 2027"."""
    standing, roles = sight.standing(one), sight.scene.office.definition.roles
    for each in one.ladder.rungs if one.ladder else ():
        above = each.kind == UPWARD and (rung is None or each.workdays > rung.workdays)
        if above and not is_skipped(each, one, standing):
            names = listing([roles[role].definite for role in each.recipients(one.unit_kind)])
            return f"{names} {day_text(_day_of(sight, one, each, rung))}"
    return None


def _day_of(sight: Sight, one: Obligation, later: Rung, rung: Rung | None) -> date:
    """Return when a later rung is taken if nothing comes: counted from today once the frist has passed."""
    workdays = sight.scene.wheel.workdays
    day = rung_day(later, one.deadline.last_day, workdays)
    if rung and rung.workdays > 0:
        day = max(day, workdays.add(sight.scene.today, later.workdays - rung.workdays))
    return day


def _body_at(sight: Sight, one: Obligation, rung: Rung | None) -> datetime | None:
    """Return when it goes to the ladder's body if nothing comes: from the rung at hand, by the ladder's own working days."""
    top = top_rung(one.ladder)
    scene, standing = sight.scene, sight.standing(one)
    if top is None or is_skipped(top, one, standing):
        return None
    workdays, day = scene.wheel.workdays, _day_of(sight, one, top, rung)
    if standing.held_until and day <= standing.held_until:
        day = workdays.next(standing.held_until + timedelta(days=1))
    return local(day, scene.office.definition.sending_hours.start).astimezone(STOCKHOLM)

"""KSAU: what the ladder brings up, and what is told when it comes in after all."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from itertools import groupby
from urllib.parse import quote

from arshjul.definition import Body, Definition, Rung, fold
from arshjul.due import next_sending_time
from arshjul.meetings import Meeting
from arshjul.swedish import day_text, instant_text, local, local_date
from arshjul.wheel import Obligation, rung_day
from notifications import compose
from notifications.freezing import freeze
from notifications.recipients import EKONOMIKONTORET, told_by
from notifications.scene import Scene, Sight
from notifications.telling import matter_view
from notifications.views import Reader
from store.correspondence import told_roles
from store.log import log
from store.matters import WITHDRAWN, end, open_matters, raise_matter, withdraw
from store.obligations import think_at
from store.tables import LetterRow, Matter, NoticeRow, Person

ABOVE = ("ekonomichef", "kommundirektor", "sista-ord", "ksau")  #: rungs whose readers are told how it ended


def bring_up_matter(scene: Scene, one: Obligation, rung: Rung) -> Matter:
    """Record the matter, for the next meeting whose agenda is open, if that is not too late for the report."""
    body_id, _ = body_of(scene.office.definition, rung)
    meeting = meeting_in_time(scene, one, body_id)
    matter = raise_matter(scene.session, one, meeting, scene.now)
    waiting = [each.key for each in scene.wheel.obligations.values() if each.requires == one.key]
    think_at(scene.session, waiting, scene.now)  # what waited for it (the anvisningar) waits no longer
    day = meeting.day.isoformat() if meeting else None
    log(scene.session, scene.now, "årshjulet", "matter.raised", one.key, {"meeting": day})
    return matter


def body_of(definition: Definition, rung: Rung) -> tuple[str, Body]:
    """Return the body that the rung tells: whose secretary and chair it names, the most of them."""

    def named(body: Body) -> int:
        return len({body.secretary, body.chair} & set(rung.to))

    body_id, body = max(definition.bodies.items(), key=lambda item: named(item[1]))
    if not named(body):
        raise LookupError(f"trappsteget '{rung.kind}' når inget organs sekreterare eller ordförande; se 'till'")
    return body_id, body


def meeting_in_time(scene: Scene, one: Obligation, body_id: str) -> Meeting | None:
    """Return the body's next meeting whose agenda is open; None when it comes too late to do anything about it."""
    meeting = scene.wheel.meetings.first_open(body_id, scene.now)
    last = _too_late_after(scene, one, body_id)
    return None if meeting and last and meeting.at > last else meeting


def _too_late_after(scene: Scene, one: Obligation, body_id: str) -> datetime | None:
    """Return the last instant at which the body can do something about what is missing; None when there is no end.

    What another body treats: that meeting. What the body itself treats: the report's next moment after that.
    What others must have before their first letter (anvisningarna): that letter's day.
    """
    if one.treated and one.treated.body != body_id:
        return one.treated.at
    if one.treated:
        moments = scene.wheel.occurrence(*one.occurrence).milestones
        return min((each.at for each in moments if each.unit is None and each.at > one.treated.at), default=None)
    waiting = [each for each in scene.wheel.obligations.values() if each.requires == one.key and each.ladder]
    starts = [
        rung_day(each.ladder.rungs[0], each.deadline.last_day, scene.wheel.workdays) for each in waiting if each.ladder
    ]
    return local(min(starts), scene.office.definition.sending_hours.start) if starts else None


def write_escalations(sight: Sight, notices: Sequence[NoticeRow], run_id: str | None) -> list[LetterRow]:
    """Freeze one letter for each reader and occurrence, with the tjänsteskrivelse that names all its late enheter."""
    scene = sight.scene
    matters = dict(open_matters(scene.session, {notice.obligation_key for notice in notices}))
    notices = [notice for notice in notices if notice.obligation_key in matters]
    letters = []
    for (person_id, occurrence, day), rows in _grouped(scene, notices, matters):
        late = [scene.wheel.obligations[notice.obligation_key] for notice in rows]
        matter = matters[late[0].key]
        rung = _ksau_rung(late[0])
        if rung is None:
            continue
        body_id, body = body_of(scene.office.definition, rung)
        view = matter_view(sight, late, _meeting(scene, body_id, matter), local_date(matter.raised_at), body.name)
        person = scene.session.get(Person, person_id) if person_id else None
        reader = reader_of(scene, person, rows[0].role)
        letter = freeze(
            scene.session,
            scene.office,
            scene.now,
            key=f"{scene.office.definition.kommun.id}/{occurrence}/eskalering/{scene.today}/{day}/{in_key(person_id)}",
            kind="eskalering",
            composed=compose.escalation(reader, view),
            to=person,
            rung="ksau",
            thread=occurrence,
            notices=rows,
            run_id=run_id,
        )
        letters += [letter] if letter else []
    return letters


def end_matters(sight: Sight, run_id: str | None) -> list[LetterRow]:
    """End the matters whose obligations are complete or got a new frist, and tell everybody who was told of them.

    A matter whose meeting was moved or cancelled first follows to the next one that is in time.
    """
    scene, letters = sight.scene, []
    known = {one.key: one for one in sight.obligations}
    for key, matter in open_matters(scene.session, known):
        one = known[key]
        rung = _ksau_rung(one)
        if rung is None:  # the definition's ladder no longer goes there
            log(scene.session, scene.now, "årshjulet", f"matter.{withdraw(matter, scene.now)}", key)
            continue
        letters += _follow_meeting(sight, one, rung, matter, run_id)
        complete = sight.complete(one)
        if not complete and matter.due_at == one.deadline.at:
            continue
        state = end(matter, scene.now) if complete else withdraw(matter, scene.now)
        log(scene.session, scene.now, "årshjulet", f"matter.{state}", key, {"state": state})
        because = "" if complete else f"enheten har fått ny frist, {instant_text(one.deadline.at)}"
        letters += _tell_ended(sight, one, rung, matter, because, run_id)
    return letters


def _ksau_rung(one: Obligation) -> Rung | None:
    return next((each for each in (one.ladder.rungs if one.ladder else ()) if each.kind == "ksau"), None)


def _follow_meeting(sight: Sight, one: Obligation, rung: Rung, matter: Matter, run_id: str | None) -> list[LetterRow]:
    """Let a matter follow when its meeting is no longer there, and tell the body's readers where it went."""
    scene, letters = sight.scene, []
    body_id, body = body_of(scene.office.definition, rung)
    if matter.meeting_day is None or _meeting(scene, body_id, matter) is not None:
        return []
    before, meeting = matter.meeting_day, meeting_in_time(scene, one, body_id)
    matter.meeting_day = meeting.day if meeting else None
    matter.agenda_closes_at = meeting.agenda_closes if meeting else None
    where = f"till {day_text(meeting.day)}" if meeting else "till ordföranden direkt, eftersom inget möte ligger i tid"
    log(
        scene.session,
        scene.now,
        "årshjulet",
        "matter.moved",
        one.key,
        {"from": str(before), "to": str(matter.meeting_day)},
    )
    words = [
        f"{body.name} sammanträder inte längre {day_text(before)}. Ärendet om {one.step_definite} {one.period.text}, "
        f"{one.name} från {one.unit_name}, går i stället {where}.",
    ]
    if meeting:
        words.append(
            f"Dagordningen stänger {instant_text(meeting.agenda_closes)}. Kommer allt in dessförinnan återkallas ärendet."
        )
    for _role, person in told_by(rung, one, (), scene.people):
        letter = freeze(
            scene.session,
            scene.office,
            scene.now,
            key=f"{one.key}/flyttat/{matter.id}-{matter.meeting_day or 'direkt'}/{in_key(person.id if person else None)}",
            kind="flyttat",
            composed=compose.note(
                f"Ärendet flyttas: {one.step_name} {one.period.text}, {one.unit_name}",
                words,
                scene.office.definition.kommun.name,
            ),
            to=person,
            rung="ksau",
            thread="/".join(one.occurrence),
            run_id=run_id,
        )
        if letter:
            letter.not_before = next_sending_time(
                scene.now, scene.wheel.workdays, scene.office.definition.sending_hours
            )
            letters.append(letter)
    return letters


def _tell_ended(
    sight: Sight, one: Obligation, rung: Rung, matter: Matter, because: str, run_id: str | None
) -> list[LetterRow]:
    scene, letters = sight.scene, []
    hours = scene.office.definition.sending_hours
    body_id, body = body_of(scene.office.definition, rung)
    view = matter_view(sight, [one], _meeting(scene, body_id, matter), local_date(matter.raised_at), body.name)
    words = compose.withdrawn if matter.state == WITHDRAWN else compose.completed
    for role, person in _told(scene, one.key):
        letter = freeze(
            scene.session,
            scene.office,
            scene.now,
            key=f"{one.key}/{fold(matter.state)}/{matter.id}/{in_key(person.id if person else None)}",
            kind=matter.state,
            composed=words(reader_of(scene, person, role), replace(view, because=because)),
            to=person,
            rung="ksau",
            thread="/".join(one.occurrence),
            run_id=run_id,
        )
        if letter:  # what came in on a Saturday is told on Monday
            letter.not_before = next_sending_time(scene.now, scene.wheel.workdays, hours)
            letters.append(letter)
    return letters


def reader_of(scene: Scene, person: Person | None, role: str, link: str | None = None) -> Reader:
    """Return a person as a template's reader."""
    names = scene.office.definition.roles
    return Reader(
        name=person.name if person else "Ekonomikontoret",
        address=person.address if person else scene.office.mail_from,
        role_name=names[role].name if role in names else role,
        link=link,
    )


def in_key(person_id: str | None) -> str:
    """Return a reader as a letter's key names them: a key stands in a header, so å, ä and ö are escaped."""
    return quote(person_id, safe="@+") if person_id else EKONOMIKONTORET


def _grouped(
    scene: Scene, notices: Sequence[NoticeRow], matters: Mapping[str, Matter]
) -> Iterable[tuple[tuple[str | None, str, str], list[NoticeRow]]]:
    """Group notices by reader, report, and the meeting that the matter is meant for."""

    def key(notice: NoticeRow) -> tuple[str, str, str]:
        occurrence = "/".join(scene.wheel.obligations[notice.obligation_key].occurrence)
        return notice.person_id or "", occurrence, str(matters[notice.obligation_key].meeting_day or "direkt")

    for (person_id, occurrence, day), rows in groupby(sorted(notices, key=key), key):
        yield (person_id or None, occurrence, day), list(rows)


def _meeting(scene: Scene, body_id: str, matter: Matter) -> Meeting | None:
    if matter.meeting_day is None:
        return None
    meetings = scene.wheel.meetings.of_year(body_id, matter.meeting_day.year)
    return next((meeting for meeting in meetings if meeting.day == matter.meeting_day), None)


def _told(scene: Scene, key: str) -> list[tuple[str, Person | None]]:
    told = told_roles(scene.session, key, ABOVE)
    return [(role, scene.session.get(Person, person) if person else None) for person, role in told.items()]

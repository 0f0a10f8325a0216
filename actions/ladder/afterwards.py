"""After the meeting: the day that the tjänsteskrivelse proposes has passed and nothing has come.

The ekonomikontor and the secretary of the body that has the matter are told, once, with what they can do.
"""

from collections.abc import Sequence
from datetime import date, datetime
from functools import partial
from itertools import groupby

from actions.alone import alone
from actions.papers.before_body import body_for, body_of, meeting_of
from actions.readers import occurrence_path, reader_of
from actions.recipients import EKONOMIKONTORET
from actions.scene import Scene, Sight
from actions.telling import missing
from arshjul.bodies.asked_for import asked_until
from arshjul.definition.reach import top_rung
from arshjul.keys import BodyId, OccurrenceKey, PersonId
from arshjul.ladder.due import answered_by
from arshjul.swedish import day_text, in_running_text, instant_text, listing, local, local_date
from arshjul.workdays import ONE_DAY
from arshjul.year.last_anstand import last_anstand
from arshjul.year.wheel import Obligation
from notifications.letters import compose
from notifications.letters.freezing import freeze
from notifications.letters.views.composed import Composed
from store.people.holders import person_of
from store.post.letter_keys import LetterKey, in_key
from store.post.notices import AFTERWARDS, queue, roles_told_since
from store.tables import LetterRow, Matter, NoticeRow, Person
from submissions.standing.completeness import owners_of

KIND = "efter ksau"
MOST_NAMED = 2  #: enheter in the subject; of more it says how many


def follow_up(sight: Sight, one: Obligation) -> datetime | None:
    """Queue the word that nothing came by the proposed day, once it has passed; before that return when it has."""
    scene, matter = sight.scene, sight.matters.get(one.key)
    rung = top_rung(one.ladder)
    if matter is None or rung is None or matter.due_at != one.deadline.at or sight.complete(one):
        return None
    workdays, hours = scene.wheel.workdays, scene.office.definition.sending_hours
    body_id, body = body_for(scene.office.definition, rung, matter)
    passed = local(workdays.next(_until(scene, body_id, matter) + ONE_DAY), hours.start)
    if scene.now < passed:
        return passed
    secretary = scene.people.who(body.secretary, None)
    readers = [(EKONOMIKONTORET, None), *([(body.secretary, secretary.id)] if secretary else [])]
    told = roles_told_since(scene.session, one.key, AFTERWARDS, matter.raised_at)  # once for each time it was raised
    queue(
        scene.session,
        milestone_key=one.milestone_key(AFTERWARDS),
        obligation_key=one.key,
        rung=AFTERWARDS,
        due_at=one.deadline.at,
        recipients=[(role, person) for role, person in readers if role not in told],
        now=scene.now,
        again=True,
    )
    return None


def write_afterwards(sight: Sight, notices: Sequence[NoticeRow], run_id: str | None) -> list[LetterRow]:
    """Freeze one letter for each reader, occurrence, body and day that its paper proposes."""
    scene, letters = sight.scene, []

    def key(notice: NoticeRow) -> tuple[PersonId, OccurrenceKey, str, date]:
        matter = sight.matters.get(notice.obligation_key)
        body = (body_of(scene, matter) if matter else None) or BodyId("")
        proposed = _until(scene, body, matter) if matter and body else date.min
        return notice.person_id or PersonId(""), notice.obligation_key.occurrence, body, proposed

    for (person_id, occurrence, *_), grouped in groupby(sorted(notices, key=key), key):
        rows = list(grouped)
        person = person_of(scene.session, person_id)
        what = f"brevet efter mötet till {person.name if person else scene.office.definition.office_said}"
        letter = alone(scene, what, partial(_write, sight, occurrence, rows, person, run_id))
        letters += [letter] if letter else []
    return letters


def _write(
    sight: Sight, occurrence: OccurrenceKey, rows: Sequence[NoticeRow], person: Person | None, run_id: str | None
) -> LetterRow | None:
    scene, person_id = sight.scene, person.id if person else None
    return freeze(
        scene.session,
        scene.office,
        scene.now,
        key=LetterKey.of(
            occurrence.of_kommun(scene.office.definition.kommun.id), "efter-ksau", rows[0].id, in_key(person_id)
        ),
        kind=KIND,
        composed=_words(sight, rows, person),
        to=person,
        rung=AFTERWARDS,
        thread=occurrence,
        notices=rows,
        run_id=run_id,
    )


def _words(sight: Sight, notices: Sequence[NoticeRow], reader: Person | None) -> Composed:
    scene = sight.scene
    definition, late = scene.office.definition, [scene.wheel.obligations[each.obligation_key] for each in notices]
    first, matter = late[0], sight.matters[late[0].key]
    rung = top_rung(first.ladder)
    if rung is None:
        raise LookupError(f"trappan för {first.key} når inte längre något organ")
    body_id, body = body_for(definition, rung, matter)
    names = list(dict.fromkeys(one.unit_name for one in late))
    units = listing(names) if len(names) <= MOST_NAMED else f"{len(names)} enheter"
    report = f"{in_running_text(first.step_name)} {first.period.text}"
    meeting = scene.wheel.meetings.first_open(body_id, scene.now)
    again = (
        f"på nästa möte, {day_text(meeting.day)} (dagordningen stänger {instant_text(meeting.agenda_closes)})"
        if meeting
        else "när nästa möte är bestämt"
    )
    if reader:
        can_do = [
            f"Ta upp ärendet igen {again}, eller skriv till {definition.office_said} vad {body.short} har beslutat."
        ]
    else:
        bounds = [last_anstand(scene.wheel, one) for one in late]
        may_grant = all(bound is None or bound.day >= scene.today for bound in bounds)
        can_do = [
            "Ring den som ska lämna in, och kom överens om en dag."
            + (" Ge anstånd till den dagen om det är rimligt: då börjar påminnelserna om." if may_grant else ""),
            f"Annars: be sekreteraren i {body.short} att ta upp ärendet igen {again}.",
            f"Har {body.short} beslutat något annat, registrera beslutet: {scene.office.public_url}/organ/{body_id}",
        ]
    words: list[str | list[str]] = [
        f"Tjänsteskrivelsen till {body.said} föreslår att det som saknas lämnas senast "
        f"{day_text(_until(scene, body_id, matter))}. Den dagen har varit, utan att allt har kommit in.",
        [_case(sight, one) for one in late],
        "Årshjulet påminner inte mer av sig självt. Det här kan du göra:"
        if reader
        else "Årshjulet påminner inte mer av sig självt. Det här kan ni göra:",
        can_do,
    ]
    to = reader_of(scene, reader, notices[0].role, page=occurrence_path(first.occurrence))
    subject = f"Saknas efter {body.short}: {report}, {units}"
    return compose.note(subject, words, scene.office.sender, to, "Öppna läget")


def _case(sight: Sight, one: Obligation) -> str:
    scene = sight.scene
    lacks = listing([part.name for part in missing(scene, sight.with_hosted(one))])
    roles, names = scene.office.definition.roles, []
    for role, unit in owners_of(sight.with_hosted(one), one.unit):
        person = scene.people.who(role, unit)
        names.append(f"{roles[role].name} {person.name}, {person.address}" if person else f"{roles[role].name} saknas")
    frist = f"frist {instant_text(one.deadline.at)}"
    return f"{one.unit_name}, {one.name}, {frist}. Saknas: {lacks}. Ansvarig: {listing(names)}."


def _until(scene: Scene, body_id: BodyId, matter: Matter) -> date:
    wheel, definition = scene.wheel, scene.office.definition
    meeting = meeting_of(scene, body_id, matter)
    if meeting is None and matter.meeting_day:  # it is no longer in the calendar
        return answered_by(wheel.workdays, matter.meeting_day, local_date(matter.raised_at))
    return asked_until(wheel, definition, body_id, meeting, matter.raised_at)

"""What the ladder brings up to KSAU: the matter, the meeting it is meant for, and the letter with its paper."""

import logging
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from functools import partial
from itertools import groupby

from actions.act import by_service
from actions.alone import alone
from actions.matter_telling import matter_view, signer_of
from actions.posting import note
from actions.readers import occurrence_path, reader_of
from actions.recipients import registrator
from actions.scene import Scene, Sight
from arshjul.definition.ladders import Rung
from arshjul.definition.model import Body, Definition
from arshjul.definition.reach import body_told, top_rung
from arshjul.keys import TOP_RUNG, BodyId, ObligationKey, OccurrenceKey
from arshjul.swedish import instant_text, local
from arshjul.year.meetings import Meeting
from arshjul.year.wheel import Obligation, rung_day
from notifications.letters import compose
from notifications.letters.freezing import freeze
from notifications.letters.views import Attachment, Composed, MatterView
from notifications.letters.word_template import WordTemplateError
from store.people.holders import person_of
from store.plan.matters import open_matters, raise_matter
from store.plan.obligations import think_at
from store.post.correspondence import letters_beside, notices_in
from store.post.letter_keys import LetterKey, in_key
from store.tables import LetterRow, Matter, NoticeRow, Person

logger = logging.getLogger(__name__)


def bring_up_matter(scene: Scene, one: Obligation, rung: Rung) -> Matter:
    """Record the matter, for the next meeting whose agenda is open, if that is not too late for the report."""
    body_id, _ = body_told(scene.office.definition, rung)
    meeting = meeting_in_time(scene, one, body_id)
    matter = raise_matter(scene.session, one, meeting, scene.now)
    waiting = [each.key for each in scene.wheel.obligations.values() if each.requires == one.key]
    think_at(scene.session, waiting, scene.now)  # what waited for it (the anvisningar) waits no longer
    day = meeting.day.isoformat() if meeting else None
    by_service(scene).log("matter.raised", one.key, {"meeting": day})
    return matter


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


def write_escalations(sight: Sight, notices: Sequence[NoticeRow], run_id: str | None) -> list[LetterRow]:
    """Freeze one letter for each reader and occurrence, with the tjänsteskrivelse that names all its late enheter."""
    if not notices:
        return []
    scene = sight.scene
    matters = dict(open_matters(scene.session, {notice.obligation_key for notice in notices}))
    notices = [notice for notice in notices if notice.obligation_key in matters]
    letters: list[LetterRow] = []
    groups = list(_grouped(notices, matters))
    for (person_id, occurrence, day), rows in groups:
        late = [scene.wheel.obligations[notice.obligation_key] for notice in rows]
        matter = matters[late[0].key]
        rung = top_rung(late[0].ladder)
        if rung is None:
            continue
        _, body = body_told(scene.office.definition, rung)
        person = person_of(scene.session, person_id)
        first = _registered([each for (_, *same), each in groups if same == [occurrence, day]], body)
        cc = registrator(scene.people) if rows is first else []
        key = LetterKey.of(
            occurrence.of_kommun(scene.office.definition.kommun.id), "eskalering", scene.today, day, in_key(person_id)
        )
        write = partial(_write, sight, key, person, cc, occurrence, rows, matter, run_id)
        letter = alone(scene, f"ärendet om {late[0].step_name} {late[0].period.text} till {body.name}", write)
        letters += [letter] if letter else []
    return letters


def compose_escalation(sight: Sight, person: Person | None, notices: Sequence[NoticeRow], matter: Matter) -> Composed:
    """Compose the letter that brings some late obligations of one occurrence before the body, as things stand.

    When the municipality's own template cannot be filled in, ours is, and the ekonomikontor is told: KSAU waits for none.
    """
    scene = sight.scene
    late = [scene.wheel.obligations[notice.obligation_key] for notice in notices]
    rung = top_rung(late[0].ladder)
    if rung is None:
        raise LookupError(f"trappan för {late[0].key} når inte längre något organ")
    body_id, _ = body_told(scene.office.definition, rung)
    view = matter_view(sight, late, meeting_of(scene, body_id, matter), matter.raised_at, body_id)
    reader = reader_of(scene, person, notices[0].role, page=occurrence_path(late[0].occurrence))
    return with_paper(scene, lambda template: compose.escalation(reader, view, template))


def drafts_for(
    sight: Sight, reader: Person | None, last_words: Sequence[tuple[Obligation, datetime]]
) -> list[Attachment]:
    """Return the drafts of what the reader is to sign if nothing comes: one for each report and body.

    ``last_words`` are the obligations that a letter brings the ladder's last word about, each with when it goes on.
    """
    scene, found = sight.scene, dict[tuple[OccurrenceKey, BodyId], list[tuple[Obligation, datetime]]]()
    for one, at in last_words if reader else ():
        if rung := top_rung(one.ladder):
            found.setdefault((one.occurrence, body_told(scene.office.definition, rung)[0]), []).append((one, at))
    drafts = []
    for (_, body_id), rows in found.items():
        late, at = [one for one, _ in rows], min(at for _, at in rows)
        body = scene.office.definition.bodies[body_id]
        if reader is None or signer_of(sight, late, body).person_id != reader.id:
            continue
        view = matter_view(sight, late, meeting_in_time(scene, late[0], body_id, at), at, body_id)
        words = f"Utkast. Skrivelsen lämnas till {body.said} {instant_text(at)}, om det som saknas inte har kommit in."
        drafts.append(_paper(scene, replace(view, released=words)))
    return [replace(each, filename=f"utkast-{each.filename}") for each in drafts]


def _paper(scene: Scene, view: MatterView) -> Attachment:
    if template := scene.office.papers.get("tjansteskrivelse"):
        try:
            return compose.paper(view, template)
        except WordTemplateError as fault:
            _tell_of_template(scene, fault)
    return compose.paper(view)


def with_paper(scene: Scene, write: Callable[[bytes | None], Composed]) -> Composed:
    """Compose a letter with a tjänsteskrivelse, from the municipality's template where it has one; None is ours."""
    if template := scene.office.papers.get("tjansteskrivelse"):
        try:
            return write(template)
        except WordTemplateError as fault:
            _tell_of_template(scene, fault)
    return write(None)


def _tell_of_template(scene: Scene, fault: WordTemplateError) -> None:
    """Tell the ekonomikontor, once a day, that a tjänsteskrivelse was written from our template, and what to mend."""
    own = scene.office.definition.papers.get("tjansteskrivelse")
    name = f"Mallen '{own.file}'" if own else "Er mall"
    logger.error("paper.template file=%s fault=%s", own.file if own else None, fault)
    words = [
        f"{name} till tjänsteskrivelsen {fault}.",
        "Därför är tjänsteskrivelsen skriven efter tjänstens egen mall i stället, och inget behöver göras om. "
        "Rätta mallen, pröva den med arshjul check och starta om tjänsten.",
    ]
    key = LetterKey.of(scene.office.definition.kommun.id, "pappersmall", scene.today)
    note(scene, key, f"{name} till tjänsteskrivelsen gick inte att fylla i", words, None)


def _write(
    sight: Sight,
    key: LetterKey,
    person: Person | None,
    cc: Sequence[str],
    occurrence: OccurrenceKey,
    rows: Sequence[NoticeRow],
    matter: Matter,
    run_id: str | None,
) -> LetterRow | None:
    scene = sight.scene
    return freeze(
        scene.session,
        scene.office,
        scene.now,
        key=key,
        kind="eskalering",
        composed=compose_escalation(sight, person, rows, matter),
        to=person,
        cc=cc,
        rung=TOP_RUNG,
        thread=occurrence,
        notices=rows,
        run_id=run_id,
    )


def _registered(letters: Sequence[list[NoticeRow]], body: Body) -> list[NoticeRow]:
    """Return which of the letters with one tjänsteskrivelse the registrator reads: the secretary's, else the first."""
    return next((rows for rows in letters if rows[0].role == body.secretary), letters[0])


def escalation_copies(scene: Scene, letter: LetterRow, notices: Sequence[NoticeRow]) -> list[str]:
    """Return who reads a copy of an escalation that is written anew: of each tjänsteskrivelse the registrator reads one."""
    rung, alike = (
        top_rung(scene.wheel.obligations[notices[0].obligation_key].ladder),
        letters_beside(scene.session, letter),
    )
    if any(each.cc for each in (letter, *alike)):
        return registrator(scene.people) if letter.cc else []
    rows = {letter.id: list(notices)} | {each.id: list(notices_in(scene.session, each)) for each in alike}
    written = [rows[number] for number in sorted(rows) if rows[number]]
    _, body = body_told(scene.office.definition, rung) if rung else (None, None)
    return registrator(scene.people) if body is None or _registered(written, body) is rows[letter.id] else []


def meeting_of(scene: Scene, body_id: BodyId, matter: Matter) -> Meeting | None:
    """Return the meeting that a matter is meant for, as the calendar stands; None when it is no longer there."""
    if matter.meeting_day is None:
        return None
    meetings = scene.wheel.meetings.of_year(body_id, matter.meeting_day.year)
    return next((meeting for meeting in meetings if meeting.day == matter.meeting_day), None)


def _grouped(
    notices: Sequence[NoticeRow], matters: Mapping[ObligationKey, Matter]
) -> Iterable[tuple[tuple[str | None, OccurrenceKey, str], list[NoticeRow]]]:
    """Group notices by reader, report, and the meeting that the matter is meant for."""

    def key(notice: NoticeRow) -> tuple[str, OccurrenceKey, str]:
        occurrence = notice.obligation_key.occurrence
        return notice.person_id or "", occurrence, str(matters[notice.obligation_key].meeting_day or "direkt")

    for (person_id, occurrence, day), rows in groupby(sorted(notices, key=key), key):
        yield (person_id or None, occurrence, day), list(rows)

"""What a body decided about a matter, and what follows: a matter handed on to another body is told to its readers."""

from dataclasses import replace
from datetime import date

from actions.act import Act
from actions.bodies.recording import Decided, chosen_body, record_matter_decision, refuse_handed_on
from actions.bodies.referring_back import refer_matter_back
from actions.ladder.ended_letters import Ending, tell_ended
from actions.papers.before_body import body_for, body_of, preparing
from actions.posting import write_each
from actions.readers import body_readers, meeting_path, reader_of
from actions.scene import Scene
from arshjul.bodies.outcomes import ANYWHERE, AS_PROPOSED, CLOSING, HANDED_ON, SENT_BACK, TABLED, stated_outcome, usual
from arshjul.definition.reach import top_rung
from arshjul.errors import RefusedError
from arshjul.keys import BodyId, OccurrenceKey
from arshjul.swedish import day_text, in_running_text, instant_text, local_date, said_day
from arshjul.year.days.meetings import Meeting
from arshjul.year.wheel import Obligation
from notifications.letters import compose
from store.plan.body_rows import newest_decisions
from store.plan.matters import RAISED, SETTLED, end, every_open, lay_before, move_to
from store.plan.waking import wake
from store.post.letter_keys import LetterKey
from store.tables import LetterRow, Matter

NOT_BEFORE_IT = "Det ligger inte inför det här organet. Ladda om sidan, och registrera hos det organ som har det."


def decide_matter(
    act: Act,
    matter: Matter,
    decided: Decided,
    *,
    body: BodyId | None = None,
    to: BodyId | None = None,
    until: date | None = None,
) -> str:
    """Record what the body that has a matter before it decided; ``to`` hands it on to another body's next meeting.

    ``until`` is the day by which what it sends back is to be handed in; ``body`` whose decision it is, where that is
    known: whoever records a body's decisions records no other's. Returns a sentence on it. Raises RefusedError for a
    matter that lies before another, for a word that the body cannot decide, for a matter that has ended, for a day ahead, for a body that is not there,
    and for an återremiss without a reason or a day.
    """
    scene, definition = act.scene, act.scene.office.definition
    if body and body_of(scene, matter) not in (None, body):  # one that the definition has no more is told as that
        raise RefusedError(NOT_BEFORE_IT)
    one = scene.wheel.obligations.get(matter.obligation_key)
    rung = top_rung(one.ladder) if one else None
    if one is None or rung is None:
        raise RefusedError("Ärendet finns inte längre i årshjulet. Kontrollera definitionen.")
    if matter.state != RAISED:
        raise RefusedError(f"Ärendet är {matter.state} och behöver inget beslut.")
    body_id, _ = body_for(definition, rung, matter)
    _refuse_too_early(scene, one, matter, body_id, decided.on)
    among = (AS_PROPOSED, *usual(prepares=body_id in preparing(definition)), *ANYWHERE)
    outcome = stated_outcome(decided.outcome or "", among, f"Ärendet om {one.unit_said}")
    refuse_handed_on(outcome, to)
    to = chosen_body(scene, body_id, to) if outcome == HANDED_ON else None
    if outcome == SENT_BACK:
        _ = act.reason
        if until is None:
            raise RefusedError("Ange till vilken dag det som saknas ska lämnas in.")
    if to is not None:
        outcome = f"{outcome} till {definition.bodies[to].short}"
    words = record_matter_decision(act, one, body_id, decided, outcome)
    if to is not None:
        meeting = scene.wheel.meetings.first_open(to, scene.now)
        lay_before(matter, BodyId(to), meeting)
        wake(scene.session, [one.key], scene.now)  # the day that the proposal asks for has moved along
        detail = {
            "from": body_id,
            "body": to,
            "body_name": definition.bodies[to].name,
            "meeting": str(meeting.day) if meeting else None,
            "why": act.why,
        }
        act.log("matter.handed_on", one.key, detail)
        _tell(act, matter, body_id, meeting, decided)
    if outcome == TABLED:
        words = " ".join([words, *_table(act, matter, body_id)])
    if outcome == SENT_BACK and until:
        refer_matter_back(act, matter, body_id, decided, until)
    if outcome in CLOSING:
        _settle(act.anew(), matter, body_id, outcome)
    return words


def _table(act: Act, matter: Matter, body_id: BodyId) -> list[str]:
    """Let a matter that its body has tabled go to its next meeting, and tell its readers; nowhere while there is none."""
    scene, one = act.scene, act.obligation(matter.obligation_key)
    body, meeting = scene.office.definition.bodies[body_id], scene.wheel.meetings.first_open(body_id, scene.now)
    if meeting is None or meeting.day == matter.meeting_day:
        return []
    before = matter.meeting_day
    move_to(matter, meeting)
    wake(scene.session, [one.key], scene.now)  # the day that the proposal asks for has moved along
    act.log("matter.moved", one.key, {"from": str(before), "to": str(meeting.day)})
    word = f"Det tas upp {day_text(meeting.day)}."
    words = [
        f"{body.name} har bordlagt ärendet om {one.report}, {one.name} från {one.unit_said}. "
        f"{word} Dagordningen stänger {instant_text(meeting.agenda_closes)}. Kommer allt in dessförinnan återkallas ärendet.",
    ]
    subject = f"Ärendet är bordlagt: {in_running_text(one.step_name)} {one.period.text}, {one.unit_name}"
    page = meeting_path(body_id, meeting.day)
    write_each(
        scene, body_readers(scene, body_id), kind="flyttat", rung=one.top, thread=one.occurrence,
        key=lambda person: LetterKey.of_moved(
            one.key, "flyttat", matter.id, meeting.day, person.id if person else None
        ),
        composed=lambda role, person: compose.note(
            subject, words, scene.office.sender, reader_of(scene, person, role, page=page), "Öppna mötets handlingar"
        ),
    )  # fmt: skip
    return [word]


def _settle(act: Act, matter: Matter, body_id: BodyId, outcome: str) -> None:
    """End a matter by its body's own decision, and tell those above who were told of it; the body knows."""
    scene, one = act.scene, act.obligation(matter.obligation_key)
    body = scene.office.definition.bodies[body_id]
    act.log(f"matter.{end(matter, SETTLED, scene.now)}", one.key, {"outcome": outcome})
    frist = f", ny frist {instant_text(one.deadline.at)}" if outcome == SENT_BACK else ""
    ending = Ending(
        one=one, matter=matter, body=body_id, state=SETTLED, because=f"{body.short} har beslutat att ärendet {outcome}{frist}",
        headline=outcome,
    )  # fmt: skip
    tell_ended(scene.look([one.key]), [ending], frozenset(), None)


def decide_as_proposed(act: Act, body: BodyId, day: date, occurrence: OccurrenceKey, decided: Decided) -> list[Matter]:
    """Record that a body decided as its tjänsteskrivelse proposes, about every matter of one report at one meeting.

    Raises RefusedError as :func:`decide_matter`, and where no matter of the report waits there.
    """
    scene, definition = act.scene, act.scene.office.definition
    found = []
    for matter in every_open(scene.session):
        one = scene.wheel.obligations.get(matter.obligation_key)
        rung = top_rung(one.ladder) if one else None
        here = matter.meeting_day == day and rung and body_for(definition, rung, matter)[0] == body
        if one and one.occurrence == occurrence and here and not _is_decided(scene, one, body):
            found.append(matter)
    if not found:
        raise RefusedError("Inget ärende om rapporten väntar på det mötet. Ladda om sidan.")
    for matter in found:
        decide_matter(act, matter, replace(decided, outcome=AS_PROPOSED))
    return found


def _is_decided(scene: Scene, one: Obligation, body: BodyId) -> bool:
    key = one.top_key
    return (key, body) in newest_decisions(scene.session, [key])


def _refuse_too_early(scene: Scene, one: Obligation, matter: Matter, body_id: BodyId, decided_on: date) -> None:
    """Refuse a day before the matter was raised, or before the body that handed it on decided."""
    raised = local_date(matter.raised_at)
    if decided_on < raised:
        raise RefusedError(
            f"{day_text(decided_on)} ligger före {day_text(raised)}, då ärendet väcktes. Kontrollera dagen."
        )
    for (_, body), row in newest_decisions(scene.session, [one.top_key]).items():
        if body != body_id and row.outcome.startswith(HANDED_ON) and decided_on < row.decided_on:
            name = scene.office.definition.bodies[body].short
            raise RefusedError(
                f"{day_text(decided_on)} ligger före {day_text(row.decided_on)}, då {name} överlämnade ärendet. "
                "Kontrollera dagen."
            )


def _tell(act: Act, matter: Matter, before: BodyId, meeting: Meeting | None, decided: Decided) -> list[LetterRow]:
    """Tell the new body's secretary and chair, each once."""
    scene = act.scene
    one, definition = scene.wheel.obligations[matter.obligation_key], scene.office.definition
    body = definition.bodies[matter.body or before]
    paragraph = f", {decided.paragraf}," if decided.paragraf else ""
    words = [
        f"{definition.bodies[before].name} beslutade {said_day(decided.on)}{paragraph} att överlämna ärendet om "
        f"{one.report}, {one.name} från {one.unit_said}, till {body.said}.",
        *([f"Skäl: {act.why}"] if act.why else []),
        f"Det går till mötet {day_text(meeting.day)}. Dagordningen stänger {instant_text(meeting.agenda_closes)}. "
        "Kommer allt in dessförinnan återkallas ärendet."
        if meeting
        else f"{body.name} har inget beslutat möte med öppen dagordning. Ta kontakt med {definition.office_said}.",
    ]
    subject = (
        f"Ärende överlämnas till {body.short}: {in_running_text(one.step_name)} {one.period.text}, {one.unit_name}"
    )
    page = meeting_path(matter.body or before, meeting.day if meeting else None)
    return write_each(
        scene, body_readers(scene, matter.body or before), kind="överlämnat ärende", rung=one.top, thread=one.occurrence,
        key=lambda person: LetterKey.of_moved(
            one.key, "overlamnat", matter.id, matter.body, person.id if person else None
        ),
        composed=lambda role, person: compose.note(
            subject, words, scene.office.sender, reader_of(scene, person, role, page=page), "Öppna mötets handlingar"
        ),
    )  # fmt: skip

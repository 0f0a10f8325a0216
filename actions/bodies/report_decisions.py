"""What a body decided about a whole report, and what follows: it goes on to the next body, and its readers are told.

A report that goes to fullmäktige is by the same decision handed over to the revisorer (KL 11 kap. 16 § and 20 §).
"""

from dataclasses import dataclass, replace

from actions.act import Act
from actions.bodies.body_letters import receivers, report_views
from actions.bodies.recording import Decided, chosen_body, decision_words, record_decision, refuse_handed_on
from actions.bodies.referring_back import ReferredTo, refer_report_back, refuse_unsaid
from actions.papers.before_body import preparing
from actions.posting import write
from actions.readers import body_readers, meeting_path, reader_of
from actions.scene import Scene
from arshjul.bodies.chain import Landing, handing_over, held_against_law, landing, next_body
from arshjul.bodies.outcomes import (
    ANYWHERE,
    HANDED_ON,
    LEFT_OPEN,
    SENT_BACK,
    WITHDRAWN,
    outcomes_of,
    past,
    stated_outcome,
    usual,
)
from arshjul.bodies.overlamnande import REVISORER, is_handed_over
from arshjul.errors import RefusedError
from arshjul.keys import BodyId, MilestoneKey, RoleId
from arshjul.swedish import day_text, instant_text, said_day
from arshjul.year.wheel import Milestone
from notifications.letters import compose
from notifications.letters.views.body_views import HandedOnView
from notifications.letters.views.composed import Composed
from store.plan import body_rows
from store.post.letter_keys import LetterKey
from store.tables import Decision, LetterRow, Person

KIND, WITHDRAWN_KIND = "överlämnad rapport", "överlämnande återkallat"


@dataclass(frozen=True, slots=True, kw_only=True)
class Done:
    """What was recorded: the decision's row, and sentences on it and on what followed."""

    decision: Decision
    words: str


def decide_moment(
    act: Act,
    key: MilestoneKey,
    decided: Decided,
    *,
    body: BodyId | None = None,
    to: BodyId | None = None,
    back: ReferredTo | None = None,
) -> Done:
    """Record what a body decided at a moment, and do what follows, in one transaction.

    ``to`` is the body that it is handed on to, one that the whole municipality's reports go to; the law's handing over
    goes to fullmäktige without being told. ``back`` is whom an återremiss goes to, and until when. ``body`` is another body than the moment's
    own, which the report was handed on to and lies before. Raises RefusedError as
    :func:`actions.bodies.recording.record_decision`, for a body that it does not lie before, for a word that the body
    cannot decide, for a body that nothing can be handed on to or that is chosen with another word than ``överlämnas``,
    and for an återremiss without a reason, or without whom it goes to.
    """
    scene, wheel, definition = act.scene, act.scene.wheel, act.scene.office.definition
    one = act.body_moment(key)
    at = body or one.body or BodyId("")
    if at != one.body and not lies_before(scene, one, at):
        raise RefusedError("Välj vad beslutet gäller, bland det som organet behandlar.")
    among = words_for(scene, one, at)
    outcome = among[0] if decided.outcome is None else stated_outcome(decided.outcome, among, one.name)
    refuse_handed_on(outcome, to)
    if outcome == SENT_BACK:
        refuse_unsaid(act, one, at, back)
    to = _goes_to(scene, one, at, outcome, to)
    law = handing_over(wheel, one, to) if to and at == one.body else None
    said = f"{outcome} till {_short(scene, to, law)}" if to and outcome == HANDED_ON else outcome
    previous = body_rows.newest_decisions(scene.session, [key]).get((key, at))
    record_decision(act, one, decided, said, body=body, handed_to=to)
    row = body_rows.newest_decisions(scene.session, [key])[key, at]
    words = [decision_words(one, said, decided.on, lawful=at == one.body), *_carry(act, one, law, previous, row)]
    before = previous.handed_to if previous else None
    if before and before != to:
        _tell_withdrawn(scene, one, at, before, row)
    if to and not (previous and (before, previous.decided_on) == (to, decided.on)):
        arrives = landing(wheel, one, to, decided.on)
        act.log(
            "report.handed_on", key,
            {"from": at, "body": to, "body_name": definition.bodies[to].name,
             "meeting": str(arrives.meeting.day) if arrives.meeting else None},
        )  # fmt: skip
        words.append(arrival_words(scene, to, arrives))
        _tell(act, one, at, to, law, arrives, row)
    if outcome == SENT_BACK and back:
        refer_report_back(act, one, at, decided, back)
    return Done(decision=row, words=" ".join(words))


def words_for(scene: Scene, one: Milestone, at: BodyId) -> tuple[str, ...]:
    """Return what the body ``at`` can decide at a moment: the law's words are those of the moment's own body."""
    prepares = at in preparing(scene.office.definition)
    return outcomes_of(one, prepares=prepares) if at == one.body else (*usual(prepares=prepares), *ANYWHERE)


def lies_before(scene: Scene, one: Milestone, body: BodyId) -> bool:
    """Return whether a report was handed on to a body at a moment, and was not taken back."""
    newest = body_rows.newest_decisions(scene.session, [one.key]).values()
    return any(row.handed_to == body for row in newest)


def _goes_to(scene: Scene, one: Milestone, at: BodyId, outcome: str, to: BodyId | None) -> BodyId | None:
    if outcome != HANDED_ON or one.unit is not None:
        return None
    if is_handed_over(one) and at == one.body:
        law = next_body(scene.wheel, one)
        if to not in (None, law):
            raise RefusedError(f"{one.name}: det går till fullmäktige. Välj inget annat organ.")
        return law
    return chosen_body(scene, at, to)


def _carry(act: Act, one: Milestone, law: Milestone | None, previous: Decision | None, row: Decision) -> list[str]:
    """Let the law's handing over follow the decision that carries it out, and be open again when that is corrected."""
    scene = act.scene
    handed = law or (handing_over(scene.wheel, one, previous.handed_to) if previous and previous.handed_to else None)
    if handed is None or handed.key == one.key or row.body != one.body:
        return []
    newest = body_rows.newest_decisions(scene.session, [handed.key]).get((handed.key, row.body))
    is_ours = newest is not None and previous is not None and _same(newest, previous)
    if newest is not None and newest.outcome not in LEFT_OPEN and not is_ours:
        return []  # it was recorded by itself
    if law is None and not is_ours:
        return []
    outcome = row.outcome if law else WITHDRAWN
    same = Decided(on=row.decided_on, outcome=outcome, paragraf=row.paragraf or "", diarienummer=row.diarienummer or "")
    record_decision(act, handed, same, outcome, handed_to=row.handed_to)
    return [decision_words(handed, outcome, row.decided_on)]


def _same(one: Decision, other: Decision) -> bool:
    return (one.outcome, one.decided_on) == (other.outcome, other.decided_on)


def _tell(
    act: Act, one: Milestone, at: BodyId, to: BodyId, law: Milestone | None, arrives: Landing, row: Decision
) -> list[LetterRow]:
    """Tell the readers of the body that a report goes to, and by law the revisorer."""
    scene = act.scene
    definition = scene.office.definition
    held = held_against_law(law, row.decided_on) if law else None
    (report,) = report_views(scene, [arrives.moment or one])
    if arrives.moment is None:
        report = replace(report, points=())  # the årshjul has no moment for it there
    day = arrives.meeting.day if arrives.meeting else None
    view = HandedOnView(
        municipality=definition.kommun.name,
        office=definition.office_said,
        from_said=definition.bodies[at].said,
        to_short=_short(scene, to, law),
        to_said=definition.bodies[to].said,
        report=report,
        decided_on=row.decided_on,
        paragraf=row.paragraf or "",
        diarienummer=row.diarienummer or "",
        why=act.why,
        law=held.words if held else "",
        meeting_at=arrives.meeting.at if arrives.meeting else None,
        agenda_closes=arrives.meeting.agenda_closes
        if arrives.meeting and arrives.meeting.agenda_closes > scene.now
        else None,
    )
    letters = []
    for role, person in _readers(scene, to, law):
        composed = compose.handed_on(reader_of(scene, person, role, page=meeting_path(to, day)), view)
        letters += _freeze(scene, one, "overlamnat", row, to, KIND, composed, person)
    return letters


def _tell_withdrawn(scene: Scene, one: Milestone, at: BodyId, before: BodyId, row: Decision) -> list[LetterRow]:
    """Tell those who were told that a report came to them that it does not."""
    definition = scene.office.definition
    report = definition.steps[one.step].report(one.period)
    words = [
        f"{definition.bodies[at].name} har inte överlämnat {report} till {definition.bodies[before].said}, som det förra "
        f"brevet sa. Det beslut som gäller är från {said_day(row.decided_on)}: {past(row.outcome)}.",
        "Rapporten behöver inte tas upp förrän den överlämnas på nytt. Då kommer ett nytt brev.",
    ]
    letters = []
    for role, person in _readers(scene, before, handing_over(scene.wheel, one, before)):
        reader = reader_of(scene, person, role, page=meeting_path(before, None))
        composed = compose.note(
            f"Överlämnandet återkallas: {report}", words, scene.office.sender, reader, "Öppna mötena"
        )
        letters += _freeze(scene, one, "aterkallat", row, before, WITHDRAWN_KIND, composed, person)
    return letters


def _readers(scene: Scene, to: BodyId, law: Milestone | None) -> list[tuple[RoleId, Person | None]]:
    return receivers(scene) if law else body_readers(scene, to)


def _short(scene: Scene, to: BodyId, law: Milestone | None) -> str:
    revisorer = " och revisorerna" if law and REVISORER in scene.office.definition.roles else ""
    return f"{scene.office.definition.bodies[to].short}{revisorer}"


def arrival_words(scene: Scene, to: BodyId, arrives: Landing) -> str:
    """Return a sentence on where a report that was handed on is treated."""
    short = scene.office.definition.bodies[to].short
    if arrives.meeting is None:
        return f"{short} har inget möte med öppen dagordning: lägg till ett."
    if arrives.meeting.agenda_closes < scene.now:
        return f"Det ligger inför {short} {day_text(arrives.meeting.day)}."
    return (
        f"Det ligger inför {short} {day_text(arrives.meeting.day)}, vars dagordning stänger "
        f"{instant_text(arrives.meeting.agenda_closes)}."
    )


def _freeze(
    scene: Scene,
    one: Milestone,
    word: str,
    row: Decision,
    to: BodyId,
    kind: str,
    composed: Composed,
    person: Person | None,
) -> list[LetterRow]:
    letter = write(
        scene,
        key=LetterKey.of_moved(one.key, word, row.id, to, person.id if person else None),
        kind=kind,
        composed=composed,
        to=person,
        thread=one.occurrence,
    )
    return [letter] if letter else []

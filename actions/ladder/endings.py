"""How a matter ends, or moves: what comes in after all, a new frist, a meeting that is no longer there."""

from dataclasses import replace
from datetime import datetime
from functools import partial

from actions.act import by_service
from actions.alone import AGAIN, alone
from actions.ladder.held_against import hold
from actions.ladder.raising import body_for, ksau_rung, meeting_in_time, meeting_of
from actions.posting import write_each
from actions.readers import body_readers, reader_of
from actions.recipients import told_by
from actions.scene import Scene, Sight
from actions.telling import matter_view
from arshjul.definition.model import Rung, fold
from arshjul.keys import ObligationKey, RoleId
from arshjul.periods import Period
from arshjul.swedish import day_text, instant_text, local_date
from arshjul.year.wheel import Obligation
from notifications.letters import compose
from store.people.holders import person_of
from store.plan.matters import COMPLETED, WITHDRAWN, end, gone_matters, move_to, open_matters
from store.plan.obligations import think_at
from store.plan.waking import wake
from store.post.correspondence import told_roles, waiting_about
from store.post.letter_keys import LetterKey, in_key
from store.tables import LetterRow, Matter, Person

ABOVE = ("ekonomichef", "kommundirektor", "sista-ord", "ksau")  #: rungs whose readers are told how it ended


def end_matters(sight: Sight, run_id: str | None) -> list[LetterRow]:
    """End the matters whose obligations are complete, are over or got a new frist, and tell everybody who was told of them.

    A matter whose meeting was moved or cancelled first follows to the next one that is in time. One whose letters
    cannot be written holds up no other: it stays as it is, and is tried again in an hour.
    """
    scene, letters = sight.scene, []
    known = {one.key: one for one in sight.obligations}
    for key, matter in list(open_matters(scene.session, known)):
        one = known[key]
        again = partial(think_at, scene.session, [key], scene.now + AGAIN)
        what = f"brevet om hur ärendet slutar: {one.step_name} {one.period.text}, {one.unit_name}"
        letters += alone(scene, what, partial(_end, sight, one, matter, run_id), failed=again) or []
    return letters


def _end(sight: Sight, one: Obligation, matter: Matter, run_id: str | None) -> list[LetterRow]:
    scene, rung = sight.scene, ksau_rung(one)
    if rung is None:  # the definition's ladder no longer goes there
        by_service(scene).log(f"matter.{end(matter, WITHDRAWN, scene.now)}", one.key)
        return []
    letters = _follow_meeting(sight, one, rung, matter, run_id)
    complete, why = sight.complete(one), sight.silences.get(one.key)
    if not complete and matter.due_at == one.deadline.at and why is None:
        return letters
    state = end(matter, _ends_as(matter, sight.completed_at(one)) if complete else WITHDRAWN, scene.now)
    by_service(scene).log(f"matter.{state}", one.key, {"state": state})
    for letter in waiting_about(scene.session, one.key):
        hold(scene, letter)  # nobody reads a matter after it was withdrawn
    because = "" if complete else f"enheten har fått ny frist, {instant_text(one.deadline.at)}"
    headline = "" if complete else "ny frist"
    if why and not complete:
        because = headline = str(why)
    return letters + _tell_ended(sight, one, rung, matter, (because, headline), run_id)


def _ends_as(matter: Matter, came_in: datetime) -> str:
    """Return what a matter becomes when all its parts have come in, the last of them at ``came_in``.

    Up to and including the agenda's closing it is withdrawn; after that KSAU is told of the komplettering. What was
    handed over before it closed counts by its own hour, whenever it was registered or a round looked.
    """
    in_time = matter.agenda_closes_at is not None and came_in <= matter.agenda_closes_at
    return WITHDRAWN if in_time else COMPLETED


def end_gone(scene: Scene, run_id: str | None) -> list[LetterRow]:
    """End the matters of what the årshjul no longer has (an enhet or a krav was removed), and tell who was told."""
    letters: list[LetterRow] = []
    for matter in list(gone_matters(scene.session)):
        what = f"brevet om att ärendet återkallas: {_name_of(scene, matter.obligation_key)}"
        letters += alone(scene, what, partial(_end_one_gone, scene, matter, run_id)) or []
    return letters


def _end_one_gone(scene: Scene, matter: Matter, run_id: str | None) -> list[LetterRow]:
    key = matter.obligation_key
    by_service(scene).log(f"matter.{end(matter, WITHDRAWN, scene.now)}", key, {"gone": True})
    for waiting in waiting_about(scene.session, key):
        hold(scene, waiting)
    what = _name_of(scene, key)
    words = [
        f"Ärendet om {what} återkallas: kravet finns inte längre i årshjulet. Enheten har upphört, eller "
        "definitionen har ändrats.",
        "Ärendet behöver inte tas upp på sammanträdet. Är tjänsteskrivelsen redan registrerad antecknar "
        "sekreteraren att ärendet är återkallat.",
    ]
    composed = compose.note(f"Ärendet återkallas: {what}", words, scene.office.definition.kommun.name)
    return write_each(
        scene, _told(scene, key, matter), key=partial(_ending, key, matter), kind=matter.state,
        composed=lambda _role, _person: composed, rung="ksau", thread=key.occurrence, run_id=run_id,
    )  # fmt: skip


def _ending(key: ObligationKey, matter: Matter, person: Person | None) -> LetterKey:
    return LetterKey.of(key, fold(matter.state), matter.id, in_key(person.id if person else None))


def _name_of(scene: Scene, key: ObligationKey) -> str:
    """Name what a key is about, as far as the definition still knows it."""
    definition = scene.office.definition
    step, unit = definition.steps.get(key.step), definition.units.get(key.unit)
    return f"{step.name if step else key.step} {Period.parse(key.period).text}, {unit.name if unit else key.unit}"


def _follow_meeting(sight: Sight, one: Obligation, rung: Rung, matter: Matter, run_id: str | None) -> list[LetterRow]:
    """Let a matter follow when its meeting is no longer there, and tell the body's readers where it went."""
    scene = sight.scene
    body_id, body = body_for(scene.office.definition, rung, matter)
    if matter.meeting_day is None or meeting_of(scene, body_id, matter) is not None:
        return []
    before, meeting = matter.meeting_day, meeting_in_time(scene, one, body_id)
    move_to(matter, meeting)
    wake(scene.session, [one.key], scene.now)  # the day that the proposal asks for has moved along
    where = f"till {day_text(meeting.day)}" if meeting else "till ordföranden direkt, eftersom inget möte ligger i tid"
    by_service(scene).log(
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
    handed = body_readers(scene, matter.body) if matter.body else None
    subject = f"Ärendet flyttas: {one.step_name} {one.period.text}, {one.unit_name}"
    composed = compose.note(subject, words, scene.office.definition.kommun.name)
    day = matter.meeting_day or "direkt"
    return write_each(
        scene, handed or told_by(rung, one, (), scene.people), kind="flyttat", rung="ksau", thread=one.occurrence,
        key=lambda person: LetterKey.of_moved(one.key, "flyttat", matter.id, day, person.id if person else None),
        composed=lambda _role, _person: composed, run_id=run_id,
    )  # fmt: skip


def _tell_ended(
    sight: Sight, one: Obligation, rung: Rung, matter: Matter, why: tuple[str, str], run_id: str | None
) -> list[LetterRow]:
    scene = sight.scene
    body_id, body = body_for(scene.office.definition, rung, matter)
    view = matter_view(sight, [one], meeting_of(scene, body_id, matter), local_date(matter.raised_at), body.name)
    words = compose.withdrawn if matter.state == WITHDRAWN else compose.completed
    view = replace(view, because=why[0], headline=why[1])
    return write_each(
        scene, _told(scene, one.key, matter), key=partial(_ending, one.key, matter), kind=matter.state,
        composed=lambda role, person: words(reader_of(scene, person, role), view), rung="ksau", thread=one.occurrence,
        run_id=run_id,
    )  # fmt: skip


def _told(scene: Scene, key: ObligationKey, matter: Matter) -> list[tuple[RoleId, Person | None]]:
    """Return who was told that it was late, and those to whose body the matter was handed on; each person once."""
    told = told_roles(scene.session, key, ABOVE)
    found = [(role, person_of(scene.session, person)) for person, role in told.items()]
    handed = body_readers(scene, matter.body) if matter.body else []
    known = {person.id if person else None for _, person in found}
    return found + [(role, person) for role, person in handed if (person.id if person else None) not in known]

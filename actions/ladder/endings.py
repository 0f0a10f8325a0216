"""How a matter ends, or moves: what comes in after all, a new frist, a decision, a meeting that is no longer there."""

from collections.abc import Callable, Sequence, Set
from dataclasses import dataclass
from datetime import date, datetime
from functools import partial
from itertools import groupby

from actions.act import by_service
from actions.alone import AGAIN, alone
from actions.ladder.ended_letters import Ending, ending_key, left_before, readers_told, tell_ended
from actions.ladder.held_kinds import hold
from actions.papers.before_body import body_for, body_it_lay_before, meeting_in_time, meeting_of
from actions.posting import write_each
from actions.readers import body_readers, meeting_path, reader_of
from actions.recipients import told_by
from actions.scene import Scene, Sight
from arshjul.bodies.closing import closing
from arshjul.bodies.outcomes import TABLED
from arshjul.definition.ladders import TO_BODY, Rung
from arshjul.definition.reach import top_rung
from arshjul.keys import BodyId, ObligationKey
from arshjul.ladder.silence import Silence
from arshjul.periods import Period
from arshjul.swedish import day_text, in_running_text, instant_text, listing, local_date
from arshjul.year.days.meetings import Meeting
from arshjul.year.wheel import Obligation
from notifications.letters import compose
from store.plan.body_rows import newest_decisions
from store.plan.matters import COMPLETED, SETTLED, WITHDRAWN, end, gone_matters, move_to, open_matters
from store.plan.obligations import think_at
from store.plan.waking import wake
from store.post.correspondence import waiting_about
from store.post.letter_keys import LetterKey
from store.tables import LetterRow, Matter


def end_matters(sight: Sight, run_id: str | None) -> list[LetterRow]:
    """End the matters whose obligations are complete, are over or got a new frist, and tell everybody who was told of them.

    A matter whose meeting was moved or cancelled first follows to the next one that is in time. What ends in the same
    way is told in one letter, which says what remains before the body. One whose letters cannot be written holds up no
    other: it stays as it is, and is tried again in an hour.
    """
    scene, letters, endings = sight.scene, list[LetterRow](), list[Ending]()
    known = {one.key: one for one in sight.obligations}
    matters = list(open_matters(scene.session, known))
    moves = [move for key, matter in matters if (move := _move_of(scene, known[key], matter))]
    for _, together in groupby(sorted(moves, key=lambda each: each.letter), lambda each: each.letter):
        letters += _move_together(scene, list(together), run_id)
    for key, matter in matters:
        one = known[key]
        rung = top_rung(one.ladder)
        if rung is None:  # the definition's ladder no longer goes there
            by_service(scene).log(f"matter.{end(matter, WITHDRAWN, scene.now)}", one.key)
            continue
        endings += [ending] if (ending := _ending_of(sight, one, rung, matter)) else []
    ending_keys = {each.one.key for each in endings}
    for _, same in groupby(sorted(endings, key=lambda each: each.letter), lambda each: each.letter):
        letters += _end_together(sight, list(same), ending_keys, run_id)
    return letters


def _tried(
    scene: Scene, what: str, keys: Sequence[ObligationKey], write: Callable[[], list[LetterRow]]
) -> list[LetterRow]:
    again = partial(think_at, scene.session, keys, scene.now + AGAIN)
    return alone(scene, what, write, failed=again) or []


def _ending_of(sight: Sight, one: Obligation, rung: Rung, matter: Matter) -> Ending | None:
    """Return how a matter ends as things stand; None while it stays before its body."""
    body, _ = body_for(sight.scene.office.definition, rung, matter)
    if sight.complete(one):
        return Ending(one=one, matter=matter, body=body, state=_ends_as(matter, sight.completed_at(one)))
    why = sight.silences.get(one.key)
    if matter.due_at == one.deadline.at and why is None:
        return None
    state = SETTLED if _has_decided(sight, one, body, matter) else WITHDRAWN
    new = f"enheten har fått ny frist, {instant_text(one.deadline.at)}"
    because, headline = (str(why), str(why)) if why else (new, "ny frist")
    return Ending(one=one, matter=matter, body=body, state=state, because=because, headline=headline)


def _has_decided(sight: Sight, one: Obligation, body: BodyId, matter: Matter) -> bool:
    """Tell whether it is over by the body's own decision: about the matter, or as the last about the report."""
    session, wheel = sight.scene.session, sight.scene.wheel
    row = newest_decisions(session, [one.top_key]).get((one.top_key, body))
    if row and row.outcome != TABLED and row.decided_on >= local_date(matter.raised_at):
        return True
    report = wheel.obligations[one.host].occurrence if one.host else one.occurrence
    last = closing(wheel.occurrence(report))
    return sight.silences.get(one.key) is Silence.DECIDED and any(each.body == body for each in last)


def _end_together(
    sight: Sight, endings: Sequence[Ending], ending_keys: Set[ObligationKey], run_id: str | None
) -> list[LetterRow]:
    """End what is told in one letter; each by itself when that letter cannot be written."""
    scene, keys = sight.scene, [each.one.key for each in endings]
    what = f"brevet om hur ärendet slutar: {', '.join(_name_of(scene, key) for key in keys)}"
    end_them = partial(_end, sight, endings, ending_keys, run_id)
    if len(endings) == 1:
        return _tried(scene, what, keys, end_them)
    written = alone(scene, what, end_them)
    if written is not None:
        return written
    return [letter for each in endings for letter in _end_together(sight, [each], ending_keys, run_id)]


def _end(
    sight: Sight, endings: Sequence[Ending], ending_keys: Set[ObligationKey], run_id: str | None
) -> list[LetterRow]:
    scene = sight.scene
    for each in endings:
        state = end(each.matter, each.state, scene.now)
        by_service(scene).log(f"matter.{state}", each.one.key, {"state": state})
        for letter in waiting_about(scene.session, each.one.key):
            hold(scene, letter)  # nobody reads a matter after it was withdrawn
    return tell_ended(sight, endings, ending_keys, run_id)


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
    remaining = left_before(scene, matter, body_it_lay_before(scene, matter), {key})
    left = list(dict.fromkeys(one.unit_name for one in remaining))
    is_held = matter.meeting_day is not None and matter.meeting_day < scene.today
    ends = "är avslutat" if is_held else "återkallas"
    words = [
        f"Ärendet om {what} {ends}: kravet finns inte längre i årshjulet. Enheten har upphört, eller "
        "definitionen har ändrats.",
        _then(matter, left, is_held=is_held),
    ]
    tops = scene.office.definition.tops  # its own ladder may be gone with it
    return write_each(
        scene, readers_told(scene, key, matter), key=partial(ending_key, key, matter), kind=matter.state,
        composed=lambda role, person: compose.note(
            f"Ärendet {ends}: {what}", words, scene.office.sender, reader_of(scene, person, role, page=""), ""
        ),
        rung=min(tops, default=TO_BODY), thread=key.occurrence, run_id=run_id,
    )  # fmt: skip


def _then(matter: Matter, left: Sequence[str], *, is_held: bool) -> str:
    """Say what becomes of a matter that is gone: what remains of it, or what the secretary notes."""
    if is_held:
        remains = f"Kvar: {listing(left)}. " if left else ""
        return f"{remains}Mötet har varit. Sekreteraren antecknar att ärendet är avslutat{' i den här delen' if left else ''}."
    if left:
        return f"Kvar: {listing(left)}. Ärendet tas fortfarande upp i den delen."
    there = " på mötet" if matter.meeting_day else ""
    return (
        f"Ärendet behöver inte tas upp{there}. Är tjänsteskrivelsen redan registrerad antecknar sekreteraren att "
        "ärendet är återkallat."
    )


def _name_of(scene: Scene, key: ObligationKey) -> str:
    """Name what a key is about, as far as the definition still knows it."""
    definition = scene.office.definition
    step, unit = definition.steps.get(key.step), definition.units.get(key.unit)
    return f"{step.name if step else key.step} {Period.parse(key.period).text}, {unit.name if unit else key.unit}"


MOST_NAMED = 2  #: enheter in a subject; of more it says how many


@dataclass(frozen=True, slots=True, kw_only=True)
class _Move:
    """A matter whose meeting is no longer there, and where it goes."""

    one: Obligation
    matter: Matter
    rung: Rung
    body: BodyId
    before: date
    meeting: Meeting | None  #: None: to the chair directly

    @property
    def letter(self) -> tuple[str, ...]:
        """What moves have in common that are told in one letter."""
        where = str(self.meeting.day) if self.meeting else ""
        return (*self.one.occurrence, self.body, self.matter.body or "", str(self.before), where, *self.rung.to)


def _move_of(scene: Scene, one: Obligation, matter: Matter) -> _Move | None:
    """Return where a matter goes whose meeting is no longer there; None while it is."""
    rung = top_rung(one.ladder)
    if rung is None or matter.meeting_day is None:
        return None
    body, _ = body_for(scene.office.definition, rung, matter)
    if meeting_of(scene, body, matter) is not None:
        return None
    meeting = meeting_in_time(scene, one, body)
    return _Move(one=one, matter=matter, rung=rung, body=body, before=matter.meeting_day, meeting=meeting)


def _move_together(scene: Scene, moves: Sequence[_Move], run_id: str | None) -> list[LetterRow]:
    """Move what is told in one letter; each by itself when that letter cannot be written."""
    keys = [each.one.key for each in moves]
    what = f"brevet om att ärendet flyttas: {', '.join(_name_of(scene, key) for key in keys)}"
    move = partial(_move, scene, moves, run_id)
    if len(moves) == 1:
        return _tried(scene, what, keys, move)
    written = alone(scene, what, move)
    if written is not None:
        return written
    return [letter for each in moves for letter in _move_together(scene, [each], run_id)]


def _move(scene: Scene, moves: Sequence[_Move], run_id: str | None) -> list[LetterRow]:
    """Let matters follow to where they go, and tell the body's readers."""
    first, keys = moves[0], [each.one.key for each in moves]
    one, meeting, body = first.one, first.meeting, scene.office.definition.bodies[first.body]
    for each in moves:
        move_to(each.matter, meeting)
        detail = {"from": str(each.before), "to": str(each.matter.meeting_day)}
        by_service(scene).log("matter.moved", each.one.key, detail)
    wake(scene.session, keys, scene.now)  # the day that the proposal asks for has moved along
    where = f"till {day_text(meeting.day)}" if meeting else "till ordföranden direkt, eftersom inget möte ligger i tid"
    every = list(dict.fromkeys(each.one.unit_name for each in moves))
    units = listing(list(dict.fromkeys(each.one.unit_said for each in moves)))
    few = listing(every) if len(every) <= MOST_NAMED else f"{len(every)} enheter"
    names = listing(list(dict.fromkeys(each.one.name for each in moves)))
    words = [
        f"{body.name} har inte längre möte {day_text(first.before)}. Ärendet om {one.report}, "
        f"{names} från {units}, går i stället {where}.",
    ]
    if meeting and meeting.agenda_closes < scene.now:
        words.append(
            f"Dagordningen stängde {instant_text(meeting.agenda_closes)}. Ärendet lämnas därför som extra ärende, och "
            "ordföranden avgör om det tas upp."
        )
    elif meeting:
        words.append(
            f"Dagordningen stänger {instant_text(meeting.agenda_closes)}. Kommer allt in dessförinnan återkallas ärendet."
        )
    handed = body_readers(scene, first.matter.body) if first.matter.body else None
    subject = f"Ärendet flyttas: {in_running_text(one.step_name)} {one.period.text}, {few}"
    day, page = first.matter.meeting_day or "direkt", meeting_path(first.body, first.matter.meeting_day)
    return write_each(
        scene, handed or told_by(first.rung, one, (), scene.people), kind="flyttat", rung=one.top, thread=one.occurrence,
        key=lambda person: LetterKey.of_moved(one.key, "flyttat", first.matter.id, day, person.id if person else None),
        composed=lambda role, person: compose.note(
            subject, words, scene.office.sender, reader_of(scene, person, role, page=page), "Öppna mötets handlingar"
        ),
        run_id=run_id,
    )  # fmt: skip

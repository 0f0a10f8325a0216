"""A round: bring everything that is due up to now, and write the letters. The same for Prefect and the watchdog.

A round looks at what the store says needs a thought, decides by ``arshjul.ladder.due``, queues notices, and gathers each
reader's notices into the one letter of the day. Run twice in a minute it writes the same letters once.
"""

import logging
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from functools import partial

from actions.act import Act, by_service
from actions.alone import AGAIN, alone
from actions.ladder.afterwards import follow_up, write_afterwards
from actions.ladder.daily import write_daily
from actions.ladder.endings import end_gone, end_matters
from actions.ladder.holders_changed import concerned_by_holders
from actions.ladder.notes import tell_not_taken, tell_undelivered
from actions.ladder.raising import bring_up_matter, write_escalations
from actions.ladder.staleness import STALE, is_stale
from actions.ladder.unheard import hand_to_office, write_unheard
from actions.moved import hear_of_move
from actions.recipients import told_by
from actions.scene import Scene, Sight
from arshjul.keys import ObligationKey, PersonId
from arshjul.ladder.due import A_MOMENT, Due, due, is_sending_time, next_sending_time
from arshjul.ladder.standing import State
from arshjul.swedish import local
from arshjul.workdays import ONE_DAY
from arshjul.year.wheel import Obligation
from store.database import is_to_be_done_again
from store.people.holders import person_of
from store.plan.obligations import need_a_thought, settle_thought, tell, think_at, wake_by
from store.plan.waking import touch, wake_all
from store.post.notices import AFTERWARDS, ASIDE, MOVED, UNHEARD, pass_over, queue, queued
from store.savepoints import apart
from store.tables import LetterRow, NoticeRow, ObligationRow

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Round:
    """What a round did."""

    letters: tuple[LetterRow, ...] = ()
    states: dict[ObligationKey, State] = field(default_factory=dict)  #: obligations whose state changed, and to what
    looked_at: int = 0


def bring_up(scene: Scene, *, grace: timedelta = timedelta(0), run_id: str | None = None) -> Round:
    """Carry out what is due at ``scene.now`` (by more than ``grace``); ``run_id`` is the Prefect run that asked."""
    due_keys = need_a_thought(scene.session, scene.now - grace, also=concerned_by_holders(scene))
    keys = sorted({*due_keys, *_pass_over_stale(scene)})
    states, ended = _think_of(scene, keys, run_id) if keys else ({}, [])
    letters = [
        *ended,
        *end_gone(scene, run_id),
        *gather(scene, run_id),
        *tell_undelivered(scene, run_id),
        *tell_not_taken(scene, run_id),
    ]
    return Round(letters=tuple(letters), states=states, looked_at=len(keys))


def bring_up_now(act: Act, run_id: str | None = None) -> str:
    """Avstämning nu: bring everything up to now, because somebody asks for it. What is due goes out, and nothing twice. Returns a sentence on what it did.

    ``run_id`` is the Prefect run in which it was asked for.
    """
    scene = act.scene
    moved = scene.plan()
    wake_all(scene.session, scene.now)
    letters = bring_up(scene, run_id=run_id).letters
    act.log("round.asked", None, {"moved": len(moved), "letters": len(letters)})
    frister = "1 frist planerad" if len(moved) == 1 else f"{len(moved)} frister planerade"
    return f"{frister} om, {len(letters)} brev i utkorgen (begärd av {act.by})."


def _think_of(
    scene: Scene, keys: Collection[ObligationKey], run_id: str | None
) -> tuple[dict[ObligationKey, State], list[LetterRow]]:
    """Think of these obligations, and end their matters; return the states that changed, and the letters."""
    try:
        with apart(scene.session):
            sight = scene.look(keys)
            states = _changed(sight, _think)
    except Exception as error:
        if is_to_be_done_again(scene.session, error):
            raise  # nothing is wrong with any: the whole round is done again
        sight = scene.look(keys)  # nothing of it was kept: each by itself, so that one holds up no other
        states = _changed(sight, _think_alone)
    think_at(scene.session, set(keys) - {one.key for one in sight.obligations}, None)
    touch(scene.session, {one.occurrence for one in sight.obligations}, scene.now)
    return states, end_matters(sight, run_id)


def _changed(sight: Sight, think: Callable[[Sight, Obligation], State | None]) -> dict[ObligationKey, State]:
    return {one.key: state for one in sight.obligations if (state := think(sight, one)) is not None}


def _think_alone(sight: Sight, one: Obligation) -> State | None:
    """Think in a savepoint of its own: what cannot be thought of one obligation holds up no other."""
    try:
        with apart(sight.scene.session):
            return _think(sight, one)
    except Exception as error:
        if is_to_be_done_again(sight.scene.session, error):
            raise  # nothing is wrong with it: the whole round is done again
        logger.exception("obligation.failed key=%s", one.key)
        think_at(sight.scene.session, [one.key], sight.scene.now + AGAIN)
        return None


def _think(sight: Sight, one: Obligation) -> State | None:
    """Decide for one obligation, queue what it owes, and note when to think again; return a changed state."""
    scene = sight.scene
    hours, workdays = scene.office.definition.sending_hours, scene.wheel.workdays
    standing, row = sight.standing(one), sight.rows[one.key]
    answer = Due() if _silent(sight, one) else due(one, standing, workdays, hours, scene.now)
    if standing.owing and not _silent(sight, one):
        _tell_moved(sight, one, row)
    if answer.rung:
        recipients = told_by(answer.rung, one, answer.again or standing.owing, scene.people)
        queue(
            scene.session,
            milestone_key=one.milestone_key(answer.rung.id),
            obligation_key=one.key,
            rung=answer.rung.id,
            due_at=one.deadline.at,
            recipients=[(role, person.id if person else None) for role, person in recipients],
            now=scene.now,
            again=bool(answer.again)
            or answer.rung.id in sight.told[one.key].taken,  # a matter that fell is raised anew
        )
        tell(row, one.deadline.at)
        if answer.rung.reaches_body:
            sight.matters[one.key] = bring_up_matter(scene, one, answer.rung)
            sight.lift(one.key)  # what waits for it may be thought of later in this very round
    if answer.withheld:
        hand_to_office(sight, one)
    state = sight.state(one)
    follows = None if _silent(sight, one) else follow_up(sight, one)
    wakes = (answer.wake or _frist_ahead(scene, one, state), follows, _end_of_unit(scene, one))
    changed = state.word != row.state
    if changed:
        by_service(scene).log("obligation.state", one.key, {"from": row.state, "to": state.word})
    settle_thought(row, state.word, min((each for each in wakes if each), default=None))
    return state if changed else None


def _silent(sight: Sight, one: Obligation) -> bool:
    """Nothing is said of what is over, when utskick is off, or sharply of a tidplan that nobody has fastställt."""
    utskick = sight.scene.office.utskick
    return one.key in sight.silences or utskick == "av" or (utskick == "skarpt" and one.deadline.status == "förslag")


def _frist_ahead(scene: Scene, one: Obligation, state: State) -> datetime | None:
    """A frist that is still to come changes the state, also where no ladder wakes us (a hosted prognos)."""
    passed = one.deadline.at + A_MOMENT
    return passed if state is State.OFULLSTANDIG and passed > scene.now else None


def _end_of_unit(scene: Scene, one: Obligation) -> datetime | None:
    """An enhet that ends takes with it what it owes."""
    until = scene.office.definition.units[one.unit].until
    return local(until + ONE_DAY, time(0)) if until and until >= scene.today else None


def _tell_moved(sight: Sight, one: Obligation, row: ObligationRow) -> None:
    """Tell those who were told a frist that it has moved."""
    if not (recipients := hear_of_move(sight.scene, one, sight.told[one.key])):
        return
    queue(
        sight.scene.session,
        milestone_key=one.milestone_key(MOVED),
        obligation_key=one.key,
        rung=MOVED,
        due_at=one.deadline.at,
        recipients=recipients,
        now=sight.scene.now,
        again=True,  # the same frist may have been told before, and another since
    )
    tell(row, one.deadline.at)


def gather(scene: Scene, run_id: str | None) -> list[LetterRow]:
    """Write the letters of everybody who has notices waiting, within the sending hours; one a day per person."""
    session = scene.session
    hours, workdays = scene.office.definition.sending_hours, scene.wheel.workdays
    waiting = list(queued(session))
    if not waiting:
        return []
    sight = scene.look({notice.obligation_key for notice in waiting})
    if not is_sending_time(scene.now, workdays, hours):
        _wake_by(sight, waiting, next_sending_time(scene.now, workdays, hours))
        return []
    tops = scene.office.definition.tops
    letters = write_escalations(sight, [each for each in waiting if each.rung in tops], run_id)
    letters += write_afterwards(sight, [each for each in waiting if each.rung == AFTERWARDS], run_id)
    cases = partial(write_unheard, sight, [each for each in waiting if each.rung == UNHEARD], run_id)
    letters += alone(scene, "brevet om dem som inget brev har nått", cases) or []
    by_person: dict[PersonId | None, list[NoticeRow]] = defaultdict(list)
    for notice in waiting:
        if notice.rung not in (*tops, *ASIDE):
            by_person[notice.person_id].append(notice)
    for person_id, notices in by_person.items():
        write = partial(write_daily, sight, person_id, notices, run_id)
        again = partial(_wake_by, sight, notices, scene.now + AGAIN)
        if letter := alone(scene, f"dagens brev till {_name(scene, person_id)}", write, failed=again):
            letters.append(letter)
        else:
            tomorrow = workdays.next(scene.today + timedelta(days=1))
            _wake_by(sight, notices, local(tomorrow, hours.start))
    return letters


def _pass_over_stale(scene: Scene) -> set[ObligationKey]:
    """Pass over what waits for a letter and is no longer so; return the obligations, which want a new thought."""
    waiting = list(queued(scene.session))
    if not waiting:
        return set()
    sight = scene.look({notice.obligation_key for notice in waiting})
    known = {one.key: one for one in sight.obligations}
    stale = [notice for notice in waiting if is_stale(sight, known.get(notice.obligation_key), notice)]
    pass_over(scene.session, stale, STALE)
    return {notice.obligation_key for notice in stale}


def _wake_by(sight: Sight, notices: Iterable[NoticeRow], instant: datetime) -> None:
    """Think again at ``instant``, or before it where something else comes first (a frist that passes)."""
    for row in (sight.rows[notice.obligation_key] for notice in notices):
        wake_by(row, instant)


def _name(scene: Scene, person_id: PersonId | None) -> str:
    person = person_of(scene.session, person_id)
    return person.name if person else scene.office.definition.office_said

"""A ledger file taken in, and those told whose underlag it changed: a letter of its own for each obligation."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from actions.act import Act
from actions.moved import hear_of_move
from actions.posting import write
from actions.readers import link_for, reader_of
from actions.recipients import EKONOMIKONTORET, copies
from actions.scene import Scene, Sight
from actions.underlag.mending import done_above, frister_above, host_of
from arshjul.keys import ObligationKey, PersonId, RoleId
from arshjul.ladder.due import BEFORE, due, next_sending_time
from arshjul.year.wheel import Obligation
from notifications.calendars.frist_calendar import frist_event
from notifications.letters import compose
from notifications.letters.views.underlag_views import ChangedFigure, ReopenedPart, ReopenedView
from notifications.office import Office
from store.database import Session
from store.plan.obligations import tell
from store.plan.recorded import give_time
from store.post.correspondence import is_written
from store.post.letter_keys import LetterKey, in_key
from store.post.letter_states import REOPENED
from store.post.notices import MOVED, queue
from store.tables import LetterRow, NoticeRow, Person
from submissions.ledger.ledger_changes import amount_text
from submissions.ledger.ledger_reading import LedgerRead
from submissions.ledger.ledger_rows import until_text
from submissions.ledger.reopening import RULE, Reopened
from submissions.ledger.taking import TakenLedger, take_ledger


def take_in_ledger(act: Act, read: LedgerRead) -> TakenLedger:
    """Take in a ledger file and tell those whose underlag it reopens. See ``take_ledger``.

    Whoever above had approved what it reopens, and was done, has a working day more than the one below.
    """
    scene = act.scene
    carried = [scene.wheel.obligations[key] for key in scene.wheel.carriers]
    above = {one.key: done_above(scene, one) for one in carried if one.unit in read.amounts}
    taken = take_ledger(scene.session, scene.wheel, read, act.by, scene.now)
    _give_time_above(act, taken, above)
    tell_reopened(scene.session, scene.office, taken, scene.now)
    return taken


def _give_time_above(act: Act, taken: TakenLedger, above: Mapping[ObligationKey, Sequence[Obligation]]) -> None:
    wheel, later = act.scene.wheel, dict[ObligationKey, datetime]()
    for each in taken.reopened:
        if each.outcome == "öppnad på nytt":
            one = each.obligation
            below = each.frist or host_of(wheel, one).deadline.at
            for key, frist in frister_above(wheel, above.get(one.key, ()), below, act.scene.now).items():
                later[key] = max(frist, later.get(key, frist))
    why = f"bokföringen ändrades efter godkännandet ({taken.read.period.text})"
    give_time(act.scene.session, wheel.definition, later, why, act.by, act.scene.now)


def tell_reopened(session: Session, office: Office, taken: TakenLedger, now: datetime) -> list[LetterRow]:
    """Freeze one letter for each obligation and reader, with all that changed; once per file."""
    if office.utskick == "av":
        return []
    scene = Scene(session, office, now)  # anew: fristen may have moved
    told = [each for each in taken.reopened if each.outcome != "redan behandlad"]
    letters = []
    for key in dict.fromkeys(each.obligation.key for each in told):
        one = scene.wheel.obligations[key]
        its = [each for each in told if each.obligation.key == key]
        for role in dict.fromkeys(each.part.role for each in its):
            parts = [each for each in its if each.part.role == role]
            letter = _write(scene, taken, one, role, parts)
            letters += [letter] if letter else []
    return letters


def _write(
    scene: Scene, taken: TakenLedger, one: Obligation, role: RoleId, parts: Sequence[Reopened]
) -> LetterRow | None:
    session, office = scene.session, scene.office
    person = scene.people.who(role, one.unit) or scene.people.who(EKONOMIKONTORET, None)
    key = LetterKey.of(one.key, RULE, taken.file_id, role, in_key(person.id if person else None))
    if is_written(session, key):
        return None
    still_open = [each for each in parts if each.outcome != "återställd"]
    host = scene.wheel.obligations[one.host] if one.host else one
    notices = taken_along(scene, host, role, person) if still_open else []
    moved = any(each.frist for each in parts)
    view = ReopenedView(
        step_name=one.step_name,
        report=one.report,
        period_text=one.period.text,
        unit_name=one.unit_name,
        unit_said=one.unit_said,
        book_period=until_text(taken.read.period),
        company=taken.read.company,
        taken_at=taken.received_at,
        parts=tuple(map(_part, parts)),
        due_at=host.deadline.at,
        moved=moved,
        lagrum=taken.read.plan.source.text,
    )
    calendar = [frist_event(host, office, scene.now)] if moved else []
    return write(
        scene,
        key=key,
        kind=REOPENED,
        composed=compose.reopened(
            reader_of(scene, person, role, link_for(scene, person)), view, office.sender, calendar
        ),
        to=person,
        cc=copies([one.unit], person, scene.people),
        rung=MOVED if moved else None,
        thread=one.occurrence,
        notices=notices,
    )


def taken_along(scene: Scene, host: Obligation, role: RoleId, person: Person | None) -> list[NoticeRow]:
    """Queue what a letter about reopened parts says besides: that the frist moved, and the reminder that it stands for.

    Others who were told of the obligation hear that the frist moved in their letter of the day.
    """
    sight = scene.look([host.key])
    row, frist = sight.rows[host.key], host.deadline.at
    reader = (role, person.id if person else None)
    rungs = [rung] if (rung := _reminder(scene, sight, host)) else []
    if sight.told[host.key].frist not in (None, frist):
        rungs = [MOVED, *rungs]
        _queue(
            scene,
            host,
            MOVED,
            [each for each in hear_of_move(scene, host, sight.told[host.key]) if each[1] != reader[1]],
        )
    mine = [notice for rung in rungs for notice in _queue(scene, host, rung, [reader])]
    if rungs:
        tell(row, frist)
    return mine


def _reminder(scene: Scene, sight: Sight, host: Obligation) -> str | None:
    """Return the reminder that would go out with this letter: the two are one word to the same reader."""
    hours, workdays = scene.office.definition.sending_hours, scene.wheel.workdays
    then = next_sending_time(scene.now, workdays, hours)
    rung = due(host, sight.standing(host), workdays, hours, then).rung
    return rung.id if rung and rung.kind in BEFORE else None


def _queue(
    scene: Scene, host: Obligation, rung: str, readers: Sequence[tuple[RoleId, PersonId | None]]
) -> list[NoticeRow]:
    return queue(
        scene.session,
        milestone_key=host.milestone_key(rung),
        obligation_key=host.key,
        rung=rung,
        due_at=host.deadline.at,
        recipients=readers,
        now=scene.now,
        again=rung == MOVED,  # the same frist may have been told before, and another since
    )


def _part(each: Reopened) -> ReopenedPart:
    rows = tuple(
        ChangedFigure(
            row=change.row,
            column=change.column,
            handed_in=amount_text(change.handed_in),
            ledger=amount_text(change.ledger),
            by=amount_text(change.by, signed=True),
        )
        for change in each.changes
    )
    return ReopenedPart(
        name=each.part.name.partition(" (")[0], version=each.version, restored=each.outcome == "återställd", rows=rows
    )

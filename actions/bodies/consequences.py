"""What a definition would lead to, before it is taken into use: who would owe, what would go to a body, what would end.

It is found out by planning with it for real, in a part of a transaction that is taken back.
"""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import replace
from datetime import date

from actions.scene import Scene, Sight
from arshjul.definition.model import Definition
from arshjul.definition.reach import body_told, top_rung
from arshjul.keys import ObligationKey
from arshjul.ladder.due import BEFORE
from arshjul.ladder.silence import Silence
from arshjul.swedish import day_text, instant_text, listing
from arshjul.workdays import ONE_DAY
from arshjul.year.wheel import Obligation, rung_day
from notifications.office import Office
from store.plan.in_step import Moved
from store.plan.matters import every_open
from store.plan.obligations import planned
from store.savepoints import undone

OPENS = "tyst tills någon öppnar det på underlagets sida"


def consequences(scene: Scene, wanted: Definition) -> tuple[list[Moved], Mapping[ObligationKey, list[str]]]:
    """Return the frister that a planning with ``wanted`` would change, and its other consequences in words, by key.

    Nothing is kept of the planning.
    """
    now = scene.look(scene.wheel.obligations)
    climbing, late = _climbing(now), {one.key for one in now.obligations if now.state(one).is_late}
    before = planned(scene.session)
    with undone(scene.session):
        then = Scene(scene.session, with_definition(scene.office, wanted), scene.now)
        moved = then.plan()
        sight = then.look(then.wheel.obligations)
        found: dict[ObligationKey, list[str]] = defaultdict(list)
        for one in sight.obligations:
            if words := _owes(sight, one, new=one.key not in before, late=one.key in late):
                found[one.key].append(words)
        for key, one in _climbing(sight).items():
            if key not in climbing:
                found[key].append(_raised(sight, one))
        for key, why in _ended(sight).items():
            found[key].append(f"ärendet {_where(now, key)}återkallas: {why}")
    return moved, found


def _where(sight: Sight, key: ObligationKey) -> str:
    """Return ``hos KSAU `` for a matter that lies before a body that is still there."""
    bodies = sight.scene.office.definition.bodies
    matter = next((each for each in every_open(sight.scene.session) if each.obligation_key == key), None)
    one = sight.scene.wheel.obligations.get(key)
    rung = top_rung(one.ladder) if one else None
    if matter is None or (rung is None and not matter.body):
        return ""
    body = matter.body if matter.body else body_told(sight.scene.office.definition, rung)[0] if rung else None
    return f"hos {bodies[body].short} " if body in bodies else ""


def with_definition(office: Office, wanted: Definition) -> Office:
    """Return the standing orders with another definition."""
    return replace(office, sourced=replace(office.sourced, definition=wanted))


def _owes(sight: Sight, one: Obligation, *, new: bool, late: bool) -> str:
    """Tell what an obligation would ask for that it does not ask for now; ``new`` and ``late`` is how it is now."""
    row, why = sight.rows[one.key], sight.silences.get(one.key)
    if row.added_parts and why is None and row.added_at is None:
        asked = sight.scene.office.definition.steps[one.step].krav[one.krav].parts
        names = [asked[part].name for part in row.added_parts if part in asked]
        return f"ny del efter fristen, begärs inte: {listing(names)}; {OPENS}" if names else ""
    if new and why is Silence.ADDED:
        return f"tillkommer efter fristen; {OPENS}"
    if why is None and new:
        return f"nytt att lämna in, frist {instant_text(one.deadline.at)}"
    if why is None and not late and sight.state(one).is_late:
        return f"blir försenat: fristen var {instant_text(one.deadline.at)}"
    return ""


def _climbing(sight: Sight) -> dict[ObligationKey, Obligation]:
    """Return what is late and on its way to a body."""
    return {
        one.key: one
        for one in sight.obligations
        if top_rung(one.ladder)
        and one.key not in sight.silences
        and one.key not in sight.matters
        and sight.state(one).is_late
    }


def _raised(sight: Sight, one: Obligation) -> str:
    day = _body_day(sight, one)
    rung = top_rung(one.ladder)
    body = body_told(sight.scene.office.definition, rung)[1].short if rung else "det organ där trappan slutar"
    return f"går till {body}{f' {day_text(day)}' if day else ''}, om det inte kommer in"


def _body_day(sight: Sight, one: Obligation) -> date | None:
    """Return when it is at the body at the earliest: the ladder's working days from the rung that was last taken."""
    standing, workdays, top = sight.standing(one), sight.scene.wheel.workdays, top_rung(one.ladder)
    late = [rung for rung in (one.ladder.rungs if one.ladder else ()) if rung.kind not in BEFORE]
    if top is None:
        return None
    today = workdays.next(sight.scene.today)
    taken = [rung for rung in late if rung.id in standing.taken]
    at, settled = (taken[-1], standing.taken[taken[-1].id]) if taken else (late[0], today)
    day = max(workdays.add(settled, top.workdays - at.workdays), rung_day(top, one.deadline.last_day, workdays), today)
    held = standing.held_until
    return workdays.next(held + ONE_DAY) if held and day <= held else day


def _ended(sight: Sight) -> dict[ObligationKey, str]:
    """Return why the open matters that would end do, by key."""
    found: dict[ObligationKey, str] = {}
    known = {one.key: one for one in sight.obligations}
    for matter in every_open(sight.scene.session):
        key, one = matter.obligation_key, known.get(matter.obligation_key)
        if one is None:
            found[key] = "kravet finns inte längre"
        elif why := sight.silences.get(key):
            found[key] = str(why)
        elif top_rung(one.ladder) is None:
            found[key] = "trappan når inte längre något organ"
        elif matter.due_at != one.deadline.at:
            found[key] = f"ny frist, {instant_text(one.deadline.at)}"
    return found

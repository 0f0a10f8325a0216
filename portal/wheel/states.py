"""The obligations' states as the wheel tells them: completeness, with anstånd, escalations, and what lies ahead."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from types import MappingProxyType

from arshjul.keys import ObligationKey
from arshjul.swedish import local_date
from arshjul.year.wheel import Obligation, Wheel
from portal.web.looks import AHEAD, ANSTAND, EJ_AKTUELL, ESCALATED, NOT_OURS, OVER
from store.database import Session
from store.plan import matters, planning
from store.plan.silences import silences
from submissions.standing.completeness import (
    COMPLETE,
    INCOMPLETE,
    LATE,
    PRELIMINARY,
    PartState,
    finalisers,
    part_states,
    state_names,
)


def states_of(
    session: Session, wheel: Wheel, owed: Sequence[Obligation], since: date, now: datetime,
    known: Mapping[ObligationKey, Sequence[PartState]] = MappingProxyType({}),
) -> Mapping[ObligationKey, str]:  # fmt: skip
    """Return the state of each obligation, by its key, in the words of :mod:`portal.web.looks`.

    ``known`` are the states of parts that have been asked for already; they are not asked for again.
    """
    keys, names = [one.key for one in owed], finalisers(wheel)
    asked = {one.key: one for one in owed}
    asked |= {names[key]: wheel.obligations[names[key]] for key in keys if key in names}
    parts = {**known, **part_states(session, [one for key, one in asked.items() if key not in known])}
    states, silent = state_names(wheel, parts, now), silences(session, wheel, owed, since, now)
    raised = {key for key, _ in matters.open_matters(session, keys)}
    anstand = planning.recorded(session).anstand
    found: dict[ObligationKey, str] = {}
    for one in owed:
        state: str = states[one.key]
        if state == COMPLETE and all(part.ej_aktuellt for part in parts[one.key]):
            state = EJ_AKTUELL
        elif state in (COMPLETE, PRELIMINARY):
            pass
        elif why := silent.get(one.key):
            state = OVER if why.is_end else NOT_OURS
        elif state == LATE and one.key in raised:
            state = ESCALATED
        elif state == INCOMPLETE and one.key in anstand:
            state = ANSTAND
        elif state == INCOMPLETE and not _begun(one, parts[one.key], wheel, now):
            state = AHEAD
        found[one.key] = state
    return found


def _begun(one: Obligation, parts: Sequence[PartState], wheel: Wheel, now: datetime) -> bool:
    """Tell whether something is handed in, or the first letter's day (its host's for a hosted one) has come."""
    if any(part.version for part in parts):
        return True
    asking = wheel.obligations[one.host] if one.host else one
    rungs = asking.ladder.rungs if asking.ladder else ()
    first = min((rung.workdays for rung in rungs), default=0)
    return local_date(now) >= wheel.workdays.add(asking.deadline.last_day, first)

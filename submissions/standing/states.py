"""What the store knows, handed to the one who decides how a krav stands (:mod:`arshjul.ladder.standing`)."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from types import MappingProxyType

from arshjul.keys import ObligationKey
from arshjul.ladder.silence import Silence
from arshjul.ladder.standing import Facts, State, krav_state
from arshjul.swedish import local_date
from arshjul.year.wheel import Obligation, Wheel
from store.database import Session
from store.plan.matters import open_matters
from store.plan.planning import recorded
from store.plan.silences import silences
from submissions.standing.completeness import PartState, all_complete, part_states


def states_of(
    session: Session, wheel: Wheel, owed: Sequence[Obligation], since: date, now: datetime,
    known: Mapping[ObligationKey, Sequence[PartState]] = MappingProxyType({}),
) -> Mapping[ObligationKey, State]:  # fmt: skip
    """Return the state of each obligation, by its key.

    ``since`` is i drift från. ``known`` are the states of parts that have been asked for already; they are not asked
    for again.
    """
    needed = {one.key: one for one in owed}
    needed |= {key: wheel.obligations[key] for one in owed if (key := wheel.finalisers.get(one.key))}
    needed |= {carrier[0]: wheel.obligations[carrier[0]] for one in owed if (carrier := wheel.carriers.get(one.key))}
    parts = {**known, **part_states(session, [one for key, one in needed.items() if key not in known])}
    silent = silences(session, wheel, owed, since, now)
    raised = {key for key, _ in open_matters(session, [one.key for one in owed])}
    anstand = recorded(session).anstand
    return {
        one.key: krav_state(
            replace(
                facts_of(wheel, one, parts, silent.get(one.key)),
                ej_aktuell=bool(parts[one.key]) and all(part.ej_aktuellt for part in parts[one.key]),
                has_matter=one.key in raised,
                has_anstand=one.key in anstand,
                begun=_begun(one, parts[one.key], wheel, now),
            ),
            now,
        )
        for one in owed
    }


def cores_of(
    wheel: Wheel,
    parts: Mapping[ObligationKey, Sequence[PartState]],
    silent: Mapping[ObligationKey, Silence],
    now: datetime,
) -> Mapping[ObligationKey, State]:
    """Return the core of every state in ``parts``, by the obligation's key, and ask for nothing more."""
    return {key: krav_state(facts_of(wheel, wheel.obligations[key], parts, silent.get(key)), now).core for key in parts}


def facts_of(
    wheel: Wheel, one: Obligation, parts: Mapping[ObligationKey, Sequence[PartState]], silence: Silence | None
) -> Facts:
    """Return what an obligation's core is decided from.

    What finalises it, and what carries it up, should be among ``parts``; where it is not, it counts as not done.
    """
    final, carrier = wheel.finalisers.get(one.key), wheel.carriers.get(one.key)
    approved = carrier is None or any(
        state.part.id == carrier[1] and state.complete for state in parts.get(carrier[0], ())
    )
    return Facts(
        complete=all_complete(parts[one.key]),
        finalised=approved and (final is None or (final in parts and all_complete(parts[final]))),
        due_at=one.deadline.at,
        silence=silence,
    )


def _begun(one: Obligation, parts: Sequence[PartState], wheel: Wheel, now: datetime) -> bool:
    """Tell whether something is handed in, or the first letter's day (its host's for a hosted one) has come."""
    if any(part.version for part in parts):
        return True
    asking = wheel.obligations[one.host] if one.host else one
    rungs = asking.ladder.rungs if asking.ladder else ()
    first = min((rung.workdays for rung in rungs), default=0)
    return local_date(now) >= wheel.workdays.add(asking.deadline.last_day, first)

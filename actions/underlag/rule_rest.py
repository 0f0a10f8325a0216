"""Taking a faulty rule out of force, with a reason, and putting it in force again."""

from collections.abc import Collection

from actions.act import Act
from actions.underlag.receipts import write_completed
from arshjul.errors import RefusedError, nearest
from arshjul.keys import ObligationKey
from arshjul.year.concerned import concerned
from store.handins import resting as rules
from store.handins import versions as submissions
from store.plan.waking import wake
from store.savepoints import settle
from submissions.standing.version import judge_again

SHORTEST_RULE_REASON = 10  #: characters: everybody reads it on the page of the rules, and not only who reads the log


def rest_rule(act: Act, known: Collection[str], rule: str) -> int:
    """Take a rule out of force; return how many versions it alone had kept from being complete.

    What it found stays where it was told, and counts no more. Raises RefusedError for a rule that is not there or
    is out of force already, and without a reason.
    """
    _refuse_unknown(known, rule)
    session, reason = act.scene.session, " ".join(act.why.split())
    if len(reason) < SHORTEST_RULE_REASON:
        raise RefusedError("Skriv varför regeln tas ur kraft, så att den som läser listan förstår.")
    if rule in rules.resting(session):
        raise RefusedError("Regeln är redan ur kraft.")
    rules.add_rest(session, rule, reason, act.by, act.scene.now)
    act.log("rule.rested", None, {"rule": rule, "why": reason})
    freed = [key for row in list(rules.stopped_by(session, rule)) if (key := _freed(act, row.id))]
    settle(session)
    for key in dict.fromkeys(freed):
        write_completed(act.scene, key, "En kontroll som stoppade det är satt ur kraft.")
    return len(freed)


def resume_rule(act: Act, known: Collection[str], rule: str) -> None:
    """Put a rule in force again, for what is handed in from now on. Raises RefusedError when it is in force."""
    _refuse_unknown(known, rule)
    session = act.scene.session
    row = rules.resting(session).get(rule)
    if row is None:
        raise RefusedError("Regeln är i kraft.")
    rules.end_rest(session, row, act.by, act.scene.now)
    act.log("rule.resumed", None, {"rule": rule})


def _refuse_unknown(known: Collection[str], rule: str) -> None:
    if rule not in known:
        raise RefusedError(f"Det finns ingen regel '{rule}'{nearest(rule, known)}")


def _freed(act: Act, submission_id: int) -> ObligationKey | None:
    """Judge a version again; return its obligation when it is complete now."""
    session, wheel = act.scene.session, act.scene.wheel
    row = submissions.by_id(session, submission_id)
    if row is None:
        return None
    complete, one = judge_again(session, row), wheel.obligations.get(row.obligation_key)
    if complete and one:
        wake(session, concerned(wheel, one), act.scene.now)
    return one.key if complete and one else None

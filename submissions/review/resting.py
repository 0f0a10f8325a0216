"""Taking a faulty rule out of force, with a reason, and putting it in force again."""

from collections.abc import Collection
from datetime import datetime

from arshjul.errors import RefusedError, nearest
from arshjul.year.leaning import concerned
from arshjul.year.wheel import Wheel
from store.database import Session
from store.handins import answers
from store.handins import resting as rules
from store.handins import versions as submissions
from store.log.writing import log
from store.plan.planning import wake
from submissions.finding import finding_of
from submissions.standing.version import is_complete


def rest_rule(
    session: Session, wheel: Wheel, known: Collection[str], rule: str, why: str, by: str, now: datetime
) -> int:
    """Take a rule out of force; return how many versions it alone had kept from being complete.

    What it found stays where it was told, and counts no more. Raises RefusedError for a rule that is not there or
    is out of force already, and without a reason.
    """
    _refuse_unknown(known, rule)
    reason = " ".join(why.split())
    if len(reason) < 10:
        raise RefusedError("Skriv varför regeln tas ur kraft, så att den som läser listan förstår.")
    if rule in rules.resting(session):
        raise RefusedError(f"Regeln {rule} är redan ur kraft.")
    rules.add_rest(session, rule, reason, by, now)
    log(session, now, by, "rule.rested", None, {"rule": rule, "why": reason})
    return sum(_freed(session, wheel, row_id, now) for row_id in [row.id for row in rules.stopped_by(session, rule)])


def resume_rule(session: Session, known: Collection[str], rule: str, by: str, now: datetime) -> None:
    """Put a rule in force again, for what is handed in from now on. Raises RefusedError when it is in force."""
    _refuse_unknown(known, rule)
    row = rules.resting(session).get(rule)
    if row is None:
        raise RefusedError(f"Regeln {rule} är i kraft.")
    rules.end_rest(session, row, by, now)
    log(session, now, by, "rule.resumed", None, {"rule": rule})


def _refuse_unknown(known: Collection[str], rule: str) -> None:
    if rule not in known:
        raise RefusedError(f"Det finns ingen regel '{rule}'{nearest(rule, known)}")


def _freed(session: Session, wheel: Wheel, submission_id: int, now: datetime) -> bool:
    row = submissions.by_id(session, submission_id)
    if row is None:
        return False
    found = [finding_of(each) for each in submissions.findings(session, [row.id]).get(row.id, [])]
    row.complete = is_complete(found, answers.answers(session, [row.id]).get(row.id, {}), rules.resting(session))
    one = wheel.obligations.get(row.obligation_key)
    if row.complete and one:
        wake(session, concerned(wheel, one), now)
    return row.complete

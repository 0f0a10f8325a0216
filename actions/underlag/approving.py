"""Approval: a person's word on an underlag as it stands.

It changes nothing of the versions; it stands in the log with them, and counts for as long as the same ones do.
"""

from collections.abc import Sequence

from actions.act import Act
from actions.underlag.sending_back import RULE, is_back
from arshjul.errors import RefusedError
from arshjul.keys import ObligationKey
from arshjul.year.concerned import concerned
from arshjul.year.wheel import Obligation
from store.database import Session
from store.handins import answers
from store.handins import versions as submissions
from store.handins.resting import resting
from store.plan.obligations import hold
from store.plan.waking import wake
from store.savepoints import settle
from submissions.finding import finding_of
from submissions.standing import version as standing
from submissions.standing.completeness import PartState, is_complete, part_states


def approve(act: Act, key: ObligationKey) -> None:
    """Approve an underlag as it stands, in the log with its versions and a note (why); what was sent back is taken as it is.

    Raises RefusedError while something is missing, with what.
    """
    session, wheel, one = act.scene.session, act.scene.wheel, act.obligation(key)
    hold(session, concerned(wheel, one))
    _withdraw(session, one)
    states = part_states(session, [one])[one.key]
    if not is_complete(states):
        missing = ", ".join(state.part.name for state in states if not state.complete)
        raise RefusedError(f"Underlaget är inte komplett och kan inte godkännas. Det här återstår: {missing}.")
    act.log("underlag.approved", one.key, {"versions": versions_of(states), "note": " ".join(act.why.split())})
    wake(session, concerned(wheel, one), act.scene.now)


def versions_of(states: Sequence[PartState]) -> dict[str, int | None]:
    """Return which version counts of each part: an approval holds while they are the same."""
    return {state.part.id: state.version for state in states}


def _withdraw(session: Session, one: Obligation) -> None:
    """Take an återremiss of the newest versions back, and judge them by what is left."""
    newest = submissions.newest(session, [one.key])
    for row in newest.values():
        if is_back(session, row):
            submissions.replace_finding(session, row.id, RULE, None)
            left = [finding_of(each) for each in submissions.findings(session, [row.id]).get(row.id, [])]
            answered = answers.answers(session, [row.id]).get(row.id, {})
            row.complete = standing.is_complete(left, answered, resting(session))
    settle(session)

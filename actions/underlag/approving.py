"""Approval: a person's word on an underlag as it stands.

It changes nothing of the versions; it stands in the log with them, and counts for as long as the same ones do.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from actions.act import Act
from actions.underlag.receipts import write_completed
from actions.underlag.sending_back import RULE, is_back
from arshjul.errors import RefusedError
from arshjul.keys import ObligationKey
from arshjul.year.concerned import concerned
from arshjul.year.wheel import Obligation
from store.database import Session
from store.handins import versions as submissions
from store.plan import timeline
from store.plan.obligations import hold
from store.plan.waking import wake
from store.savepoints import settle
from submissions.standing.completeness import PartState, all_complete, part_states
from submissions.standing.version import judge_again

APPROVED = "underlag.approved"  #: as the log has it


@dataclass(frozen=True, slots=True, kw_only=True)
class Approved:
    """An approval that holds: the same versions count."""

    by: str
    at: datetime
    note: str


def approve(act: Act, key: ObligationKey) -> None:
    """Approve an underlag as it stands, in the log with its versions and a note (why); what was sent back is taken as it is.

    Raises RefusedError while something is missing, with what.
    """
    session, wheel, one = act.scene.session, act.scene.wheel, act.obligation(key)
    hold(session, concerned(wheel, one))
    was_complete = all_complete(part_states(session, [one])[one.key])
    _withdraw(session, one)
    states = part_states(session, [one])[one.key]
    if not all_complete(states):
        missing = ", ".join(state.part.name for state in states if not state.complete)
        raise RefusedError(f"Underlaget är inte komplett och kan inte godkännas. Det här återstår: {missing}.")
    act.log(APPROVED, one.key, {"versions": _versions_of(states), "note": " ".join(act.why.split())})
    wake(session, concerned(wheel, one), act.scene.now)
    if not was_complete:
        write_completed(act.scene, one.key, f"{act.by} har godkänt underlaget som det är.")


def approvals(session: Session, many: Iterable[Obligation]) -> dict[ObligationKey, Approved]:
    """Return the approvals that hold, by obligation key: those whose versions are the ones that count now."""
    by_key = {one.key: one for one in many}
    rows = timeline.newest(session, list(by_key), APPROVED)
    if not rows:
        return {}
    states = part_states(session, [by_key[key] for key in rows])
    return {
        key: Approved(by=row.who, at=row.at, note=str(detail.get("note", "")))
        for key, row in rows.items()
        if (detail := row.detail or {}).get("versions") == _versions_of(states[key]) and all_complete(states[key])
    }


def _versions_of(states: Sequence[PartState]) -> dict[str, int | None]:
    """Return which version counts of each part: an approval holds while they are the same."""
    return {state.part.id: state.version for state in states}


def _withdraw(session: Session, one: Obligation) -> None:
    """Take an återremiss of the newest versions back, and judge them by what is left."""
    newest = submissions.newest(session, [one.key])
    for row in newest.values():
        if is_back(session, row):
            submissions.replace_finding(session, row.id, RULE, None)
            judge_again(session, row)
    settle(session)

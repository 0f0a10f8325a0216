"""Whether a notice is still so: what it says about an obligation, a frist and a reader, held against how they stand."""

from arshjul.due import BEFORE
from arshjul.wheel import Obligation
from notifications.recipients import EKONOMIKONTORET
from notifications.scene import Sight
from store.notices import ASIDE, UNHEARD
from store.tables import NoticeRow


def is_stale(sight: Sight, one: Obligation | None, notice: NoticeRow) -> bool:
    """Tell whether a notice has become untrue.

    What it is about has come in, has another frist or is not in the plan; it is a reminder of before the frist, and
    the frist has passed; or its reader no longer answers for the role by which it was written.
    """
    if one is None or notice.due_at != one.deadline.at or sight.complete(one):
        return True
    if notice.rung == UNHEARD:
        return notice.role not in sight.standing(one).unheard
    if notice.rung in ASIDE:
        return False
    rung = next((each for each in (one.ladder.rungs if one.ladder else ()) if each.id == notice.rung), None)
    if rung and rung.kind in BEFORE and sight.scene.now > one.deadline.at:
        return True
    people = sight.scene.people
    holder = people.who(notice.role, one.unit) or people.who(EKONOMIKONTORET, None)
    return notice.person_id != (holder.id if holder else None)

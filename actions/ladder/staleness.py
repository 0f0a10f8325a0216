"""Whether a notice is still so: what it says about an obligation, a frist and a reader, held against how they stand."""

from actions.recipients import EKONOMIKONTORET
from actions.scene import Scene, Sight
from arshjul.ladder.due import BEFORE
from arshjul.year.wheel import Obligation
from store.plan.waking import wake
from store.post.letter_states import may_have_come
from store.post.notices import AFTERWARDS, MAYBE_TOLD, UNHEARD, pass_over
from store.post.told_notices import is_overtaken, notices_in
from store.tables import LetterRow, NoticeRow

STALE = "inte längre aktuellt"  #: why such a notice was passed over


def is_stale(sight: Sight, one: Obligation | None, notice: NoticeRow) -> bool:
    """Tell whether a notice has become untrue.

    What it is about has come in, has ended, has another frist or is not in the plan; it is a reminder of before the frist, and
    the frist has passed; or its reader no longer answers for the role by which it was written.
    """
    if one is None or notice.due_at != one.deadline.at or sight.complete(one) or one.key in sight.silences:
        return True
    if notice.rung == UNHEARD:
        return notice.role not in sight.standing(one).unheard
    if notice.rung == AFTERWARDS and (one.key not in sight.matters or notice.role == EKONOMIKONTORET):
        return one.key not in sight.matters
    rung = next((each for each in (one.ladder.rungs if one.ladder else ()) if each.id == notice.rung), None)
    if rung and rung.kind in BEFORE and sight.scene.now > one.deadline.at:
        return True
    people = sight.scene.people
    holder = people.who(notice.role, one.unit) or people.who(EKONOMIKONTORET, None)
    return notice.person_id != (holder.id if holder else None)


def still_so(scene: Scene, letter: LetterRow) -> list[NoticeRow]:
    """Return those of a letter's notices that are still so; the others are passed over, and thought of anew.

    Whoever may have been told is to hear how a matter ends.
    """
    notices = notices_in(scene.session, letter)
    sight = scene.look({notice.obligation_key for notice in notices})
    known = {one.key: one for one in sight.obligations}
    stale = [
        notice
        for notice in notices
        if is_stale(sight, known.get(notice.obligation_key), notice) or is_overtaken(scene.session, notice)
    ]
    if stale:
        maybe_told = may_have_come(letter) and not letter.shadow
        pass_over(scene.session, stale, MAYBE_TOLD if maybe_told else STALE)
        wake(scene.session, {notice.obligation_key for notice in stale}, scene.now)
    return [notice for notice in notices if notice not in stale]

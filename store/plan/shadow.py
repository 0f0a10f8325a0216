"""Leaving the shadow: what was only tried out in ``skugga`` does not count when letters go to people."""

from collections.abc import Container, Iterable, Mapping
from datetime import datetime

from sqlalchemy import delete, select, update

from arshjul.keys import ObligationKey
from store.database import Session
from store.plan.matters import WITHDRAWN
from store.plan.waking import wake_all
from store.post.notices import MOVED
from store.service.installation import set_up
from store.tables import LetterRow, Matter, NoticeRow, ObligationRow

SHARP = "skarpt"
TRIED = "skugga"  #: why such a notice was passed over


def choose_utskick(session: Session, chosen: str, by: str, now: datetime, tops: Container[str]) -> None:
    """Let ``utskick`` be ``chosen`` from now on. Where letters go to people from now on, the shadow is left at once.

    Else what only the ekonomikontor saw would count as told until the service is started again, and KSAU would be
    next after a single word.
    """
    set_up(session, {"utskick": chosen}, now, replace=True, by=by)
    if chosen == SHARP:
        leave_shadow(session, tops)
    wake_all(session, now)


def leave_shadow(session: Session, tops: Container[str]) -> int:
    """Let every rung that only the ekonomikontor saw be told anew, to its real reader; return how many.

    With the first that was only shown goes every later rung about the same frist, whoever it was written to: a ladder
    has no holes. Whom a rung was written to beside the shadow, as one waited for the post when it began, is not told it
    again; the one who waited gets it. The letters stay as they went. Their notices are passed over under other keys,
    their readers may get a letter the same day, matters that were raised in the shadow are gone, as KSAU was never told
    of them (those that it was told of for another frist stay, ended or not), and a frist that was only shown may still
    move. ``tops`` are the rungs that reach a body. Safe to run again.
    """
    letters = select(LetterRow.id).where(LetterRow.shadow)
    shown = session.scalars(
        select(NoticeRow).where(NoticeRow.letter_id.in_(letters), NoticeRow.passed.is_(None)).order_by(NoticeRow.id)
    ).all()
    first: dict[tuple[ObligationKey, datetime], int] = {}
    for notice in shown:
        first.setdefault((notice.obligation_key, notice.due_at), notice.id)
    keys = {key for key, _ in first}
    standing = session.scalars(
        select(NoticeRow)
        .where(NoticeRow.obligation_key.in_(list(keys)), NoticeRow.passed.is_(None))
        .order_by(NoticeRow.id)
    ).all()
    hidden = {notice.id for notice in shown}
    begun = _begun(standing, hidden, first, tops)
    told_at: dict[str, datetime | None] = dict.fromkeys(keys)
    forgotten, waited = [], dict[tuple[str, datetime, str | None, bool], NoticeRow]()
    for notice in standing:
        about = (notice.obligation_key, notice.due_at)
        has_begun = (*about, notice.rung) in begun
        if notice.id in hidden or (about in first and notice.id >= first[about] and not has_begun):
            if has_begun:  # of several rungs the last, as two are never told at once; and that the frist has moved
                waited[*about, notice.person_id, notice.rung == MOVED] = _again(notice)
            notice.passed, notice.key = TRIED, f"{notice.key}#{TRIED}-{notice.id}"
            forgotten.append(notice)
        else:
            told_at[notice.obligation_key] = notice.due_at
    told = {(notice.obligation_key, notice.due_at) for notice in standing if not notice.passed and notice.rung in tops}
    for about in {(notice.obligation_key, notice.due_at) for notice in forgotten if notice.rung in tops}:
        raised = (Matter.obligation_key == about[0], Matter.due_at == about[1])
        if about in told:  # it had fallen, and was raised anew in the shadow alone
            session.execute(update(Matter).where(*raised).values(state=WITHDRAWN, ended_at=Matter.raised_at))
        else:
            session.execute(delete(Matter).where(*raised))
    for key, at in told_at.items():
        session.execute(update(ObligationRow).where(ObligationRow.key == key).values(told_at=at))
    session.execute(update(LetterRow).where(LetterRow.shadow).values(daily_to=None, thread=None))
    session.flush()
    session.add_all(waited.values())
    return len(forgotten)


def _begun(
    standing: Iterable[NoticeRow],
    hidden: Container[int],
    first: Mapping[tuple[ObligationKey, datetime], int],
    tops: Container[str],
) -> set[tuple[ObligationKey, datetime, str]]:
    """Return the rungs below a body, each with its obligation and frist, that are told or on their way beside the shadow.

    Also where the letter was refused, or waits: the ladder goes on from it all the same.
    """
    rungs = {each.id: (each.obligation_key, each.due_at, each.rung) for each in standing if each.rung not in tops}
    shown = {rung for number, rung in rungs.items() if number in hidden}
    sharp = {each.id for each in standing if each.letter_id and each.id not in hidden}
    return {
        rung for number, rung in rungs.items() if (number in sharp and rung in shown) or number < first.get(rung[:2], 0)
    }


def _again(notice: NoticeRow) -> NoticeRow:
    """Return the same word, waiting for a letter."""
    return NoticeRow(
        key=notice.key, due_at=notice.due_at, obligation_key=notice.obligation_key, rung=notice.rung,
        role=notice.role, person_id=notice.person_id, letter_id=None, made_at=notice.made_at, passed=None,
    )  # fmt: skip

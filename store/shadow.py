"""Leaving the shadow: what was only tried out in ``skugga`` does not count when letters go to people."""

from sqlalchemy import delete, select, update

from store.database import Session
from store.tables import LetterRow, Matter, NoticeRow

TRIED = "skugga"  #: why such a notice was passed over


def leave_shadow(session: Session) -> int:
    """Let every rung that only the ekonomikontor saw be told anew, to its real reader; return how many.

    The letters stay as they went. Their notices are passed over under other keys, their readers may get a letter
    the same day, and matters that were raised in the shadow are gone: KSAU was never told. Safe to run again.
    """
    letters = select(LetterRow.id).where(LetterRow.shadow)
    tried = select(NoticeRow).where(NoticeRow.letter_id.in_(letters), NoticeRow.passed.is_(None))
    notices = session.scalars(tried).all()
    for notice in notices:
        notice.passed, notice.key = TRIED, f"{notice.key}#{TRIED}-{notice.id}"
    raised = {notice.obligation_key for notice in notices if notice.rung == "ksau"}
    session.execute(delete(Matter).where(Matter.obligation_key.in_(raised)))
    session.execute(update(LetterRow).where(LetterRow.shadow).values(daily_to=None, thread=None))
    session.flush()
    return len(notices)

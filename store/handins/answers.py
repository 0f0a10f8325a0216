"""The motiveringar that answer findings of severity ``fråga``, as rows. The newest for a rule and place counts."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import datetime

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from store.tables import Answer

# asked in every round, so it is put together once
_ANSWERS = select(Answer).where(Answer.submission_id.in_(bindparam("ids", expanding=True))).order_by(Answer.id)
Asked = tuple[str, str]  #: rule and place: what a question is known by within a version


def answers(session: Session, ids: Iterable[int]) -> Mapping[int, Mapping[Asked, Answer]]:
    """Return the answers that count, by the version's id."""
    found: dict[int, dict[Asked, Answer]] = defaultdict(dict)
    wanted = list(ids)
    for start in range(0, len(wanted), 2000):
        for row in session.scalars(_ANSWERS, {"ids": wanted[start : start + 2000]}):
            found[row.submission_id][row.rule, row.place] = row
    return found


def add_answer(session: Session, submission_id: int, asked: Asked, motivering: str, by: str, now: datetime) -> None:
    """Add an answer; an earlier one to the same question stays, and counts no more."""
    rule, place = asked
    session.add(
        Answer(submission_id=submission_id, rule=rule, place=place, motivering=motivering, by=by, answered_at=now)
    )
    session.flush()

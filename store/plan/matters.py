"""Matters that the ladder brought up to KSAU."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from arshjul.keys import BodyId, ObligationKey
from arshjul.year.days.meetings import Meeting
from arshjul.year.wheel import Obligation
from store.plan.obligations import GONE
from store.tables import Matter, ObligationRow

RAISED = "väckt"
WITHDRAWN = "återkallat"
COMPLETED = "kompletterat"
SETTLED = (
    "avgjort"  #: the body that had it before it has decided it: nothing waits, and it is not raised anew for the frist
)

# asked in every round, so they are put together once
_GONE = (
    select(Matter)
    .where(Matter.state == RAISED)
    .where(Matter.obligation_key.in_(select(ObligationRow.key).where(ObligationRow.state == GONE)))
    .order_by(Matter.id)
)
_THEIRS = select(Matter).where(Matter.obligation_key.in_(bindparam("keys", expanding=True)))
_OPEN = _THEIRS.where(Matter.state == RAISED).order_by(Matter.id)
_ABOUT = _THEIRS.order_by(Matter.id).execution_options(populate_existing=True)


def raise_matter(session: Session, one: Obligation, meeting: Meeting | None, now: datetime) -> Matter:
    """Record that an obligation goes to KSAU, for ``meeting``, or to the ordförande at once when it is None.

    One that was raised for the same frist, and has ended, is raised anew.
    """
    where = (Matter.obligation_key == one.key, Matter.due_at == one.deadline.at)
    matter = session.scalar(select(Matter).where(*where)) or Matter(obligation_key=one.key, due_at=one.deadline.at)
    matter.state, matter.raised_at, matter.ended_at, matter.body = RAISED, now, None, None
    matter.meeting_day = meeting.day if meeting else None
    matter.agenda_closes_at = meeting.agenda_closes if meeting else None
    session.add(matter)
    session.flush()
    return matter


def open_matters(session: Session, keys: Iterable[ObligationKey]) -> list[tuple[ObligationKey, Matter]]:
    """Return the raised and not ended matters of these obligations, oldest first."""
    return [(row.obligation_key, row) for row in session.scalars(_OPEN, {"keys": list(keys)})]


def every_open(session: Session) -> Sequence[Matter]:
    """Return the raised and not ended matters, oldest first."""
    return session.scalars(select(Matter).where(Matter.state == RAISED).order_by(Matter.id)).all()


def ended_since(session: Session, day: date | None, at: datetime) -> Sequence[Matter]:
    """Return the matters meant for a meeting of that day (None: for a chair directly) that have ended after ``at``."""
    where = (Matter.meeting_day == day if day else Matter.meeting_day.is_(None), Matter.ended_at > at)
    return session.scalars(select(Matter).where(*where)).all()


def gone_matters(session: Session) -> Sequence[Matter]:
    """Return the raised and not ended matters of what the plan no longer has, oldest first."""
    return session.scalars(_GONE).all()


def matter_of(session: Session, number: int) -> Matter | None:
    """Return a matter by its id."""
    return session.get(Matter, number)


def matters_about(session: Session, keys: Iterable[ObligationKey]) -> Sequence[Matter]:
    """Return every matter about these obligations as it stands now, raised or ended, oldest first."""
    return session.scalars(_ABOUT, {"keys": list(keys)}).all()


def escalated(session: Session, keys: Iterable[ObligationKey]) -> set[ObligationKey]:
    """Return those of the obligations that have gone to KSAU, whatever became of it."""
    where = Matter.obligation_key.in_(list(keys))
    return set(session.scalars(select(Matter.obligation_key).where(where)))


def lay_before(matter: Matter, body: BodyId, meeting: Meeting | None) -> None:
    """Let a matter go to another body, at its meeting (None: to the chair directly)."""
    matter.body = body
    move_to(matter, meeting)


def move_to(matter: Matter, meeting: Meeting | None) -> None:
    """Let a matter follow to another meeting of its body's (None: to the chair directly)."""
    matter.meeting_day = meeting.day if meeting else None
    matter.agenda_closes_at = meeting.agenda_closes if meeting else None


def end(matter: Matter, state: str, now: datetime) -> str:
    """End a matter as ``WITHDRAWN``, ``COMPLETED`` or ``SETTLED``; return which."""
    matter.state, matter.ended_at = state, now
    return state

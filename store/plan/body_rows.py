"""What lies before a body: the matters of its meetings, and the letters with their tjänsteskrivelser."""

from collections.abc import Sequence
from datetime import date, datetime

from sqlalchemy import select

from arshjul.keys import BodyId, MilestoneKey, ObligationKey
from store.database import Session
from store.tables import Decision, LetterRow, Matter, NoticeRow


def direct_matters(session: Session) -> Sequence[Matter]:
    """Return the matters that went to the chair directly, as no meeting came in time; the newest first."""
    return session.scalars(select(Matter).where(Matter.meeting_day.is_(None)).order_by(Matter.id.desc())).all()


def all_matters(session: Session) -> Sequence[Matter]:
    """Return every matter that has a meeting."""
    return session.scalars(select(Matter).where(Matter.meeting_day.is_not(None)).order_by(Matter.id)).all()


def escalation_letter(session: Session, obligation_key: ObligationKey, due_at: datetime) -> int | None:
    """Return the newest letter that brought an obligation up for a frist: its attachment is the tjänsteskrivelse."""
    where = (
        NoticeRow.obligation_key == obligation_key,
        NoticeRow.due_at == due_at,
        LetterRow.kind == "eskalering",
    )
    found = select(LetterRow.id).join(NoticeRow, NoticeRow.letter_id == LetterRow.id).where(*where)
    return session.scalar(found.order_by(LetterRow.id.desc()).limit(1))


def letter_content(session: Session, letter_id: int) -> bytes | None:
    """Return an escalation's letter as it was frozen; None when there is none of that number."""
    where = (LetterRow.id == letter_id, LetterRow.kind == "eskalering")
    return session.scalar(select(LetterRow.mime).where(*where))


def decided_by(session: Session, body: BodyId, day: date) -> frozenset[str]:
    """Return the keys of the moments that a body decided on a day."""
    where = (Decision.body == body, Decision.decided_on == day)
    return frozenset(session.scalars(select(Decision.milestone_key).where(*where)))


def decision(session: Session, decision_id: int) -> Decision | None:
    """Return a recorded decision; None when there is none of that number."""
    return session.get(Decision, decision_id)


def handed_to(session: Session, body: BodyId) -> Sequence[Decision]:
    """Return the decisions that handed a report on to a body, oldest first, also those that newer ones replaced."""
    return session.scalars(select(Decision).where(Decision.handed_to == body).order_by(Decision.id)).all()


def newest_decisions(session: Session, keys: Sequence[MilestoneKey]) -> dict[tuple[MilestoneKey, BodyId], Decision]:
    """Return the newest decision about each moment by each body: also what was sent back or handed on."""
    rows = session.scalars(select(Decision).where(Decision.milestone_key.in_(list(keys))).order_by(Decision.id))
    return {(row.milestone_key, row.body): row for row in rows}

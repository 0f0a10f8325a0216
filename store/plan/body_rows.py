"""What lies before a body: the matters of its meetings, and the letters with their tjänsteskrivelser."""

from collections.abc import Sequence
from datetime import date

from sqlalchemy import select

from arshjul.keys import BodyId, MilestoneKey
from store.database import Session
from store.post.letter_keys import LetterKey
from store.post.letter_states import CHANGED_MATTER, ESCALATION
from store.tables import Decision, LetterRow, Matter, NoticeRow


def direct_matters(session: Session) -> Sequence[Matter]:
    """Return the matters that went to the chair directly, as no meeting came in time; the newest first."""
    return session.scalars(select(Matter).where(Matter.meeting_day.is_(None)).order_by(Matter.id.desc())).all()


def all_matters(session: Session) -> Sequence[Matter]:
    """Return every matter that has a meeting."""
    return session.scalars(select(Matter).where(Matter.meeting_day.is_not(None)).order_by(Matter.id)).all()


def paper_letter(session: Session, matter: Matter) -> int | None:
    """Return the newest letter whose attachment is a matter's tjänsteskrivelse: the one that brought it up, or what remained.

    What remains of a report before a meeting, when one of several enheter has handed in, has a paper anew.
    """
    brought_up = (
        NoticeRow.obligation_key == matter.obligation_key,
        NoticeRow.due_at == matter.due_at,
        LetterRow.kind == ESCALATION,
    )
    found = select(LetterRow.id).join(NoticeRow, NoticeRow.letter_id == LetterRow.id).where(*brought_up)
    first = session.scalar(found.order_by(LetterRow.id.desc()).limit(1))
    if first is None:
        return None
    changed = select(LetterRow.id, LetterRow.key).where(LetterRow.kind == CHANGED_MATTER, LetterRow.id > first)
    if matter.ended_at is not None:
        changed = changed.where(LetterRow.made_at < matter.ended_at)
    for number, key in session.execute(changed.order_by(LetterRow.id.desc())):
        moved = LetterKey(key).moved_to
        other = session.get(Matter, moved[0]) if moved else None
        same = other and other.obligation_key.occurrence == matter.obligation_key.occurrence
        if same and moved and moved[1] == str(matter.meeting_day or "direkt"):
            return number
    return first


def letter_content(session: Session, letter_id: int) -> bytes | None:
    """Return a letter with a tjänsteskrivelse as it was frozen; None when there is none of that number."""
    where = (LetterRow.id == letter_id, LetterRow.kind.in_((ESCALATION, CHANGED_MATTER)))
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

"""How much each person has sent up of late."""

from datetime import datetime, timedelta

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from arshjul.keys import PersonId
from store.tables import Uploaded

KEPT = timedelta(days=2)  #: so long it is remembered


def sent_since(session: Session, person_id: PersonId, instant: datetime) -> int:
    """Return how many bytes a person has sent up after an instant."""
    theirs = (Uploaded.person_id == person_id, Uploaded.at > instant)
    return session.scalar(select(func.sum(Uploaded.size)).where(*theirs)) or 0


def note_sent(session: Session, person_id: PersonId, size: int, now: datetime) -> None:
    """Remember that a person sent up so many bytes, and forget what is old."""
    session.execute(delete(Uploaded).where(Uploaded.at < now - KEPT))
    if size:
        session.add(Uploaded(person_id=person_id, at=now, size=size))
    session.flush()

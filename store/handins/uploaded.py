"""How much each person has sent up of late, so that one link cannot fill the disk."""

from datetime import datetime, timedelta

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from arshjul.errors import RefusedError
from arshjul.keys import PersonId
from store.tables import Uploaded

DAY = timedelta(days=1)
MOST = 500 * 1024 * 1024  #: bytes that a person can send up within a day, inclusive: more than a year's handlingar
WORD = (
    f"Du har skickat upp {MOST // 1_048_576} MB det senaste dygnet, och mer tas inte emot. Det du redan har lämnat in är "
    "kvar. Försök igen i morgon, eller hör av dig till ekonomikontoret om det är bråttom."
)


def spend(session: Session, person_id: PersonId, size: int, now: datetime) -> None:
    """Count ``size`` bytes as a person's. Raises RefusedError, and counts nothing, when it would be too much."""
    session.execute(delete(Uploaded).where(Uploaded.at < now - 2 * DAY))
    where = (Uploaded.person_id == person_id, Uploaded.at > now - DAY)
    if (session.scalar(select(func.sum(Uploaded.size)).where(*where)) or 0) + size > MOST:
        raise RefusedError(WORD)
    if size:
        session.add(Uploaded(person_id=person_id, at=now, size=size))
    session.flush()

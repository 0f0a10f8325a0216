"""What people send up before it is handed in: how much of it within a day, and how much of it may wait in their drafts."""

from datetime import datetime, timedelta

from arshjul.errors import RefusedError
from arshjul.keys import ObligationKey, PersonId
from store.database import Session
from store.handins import drafts, uploaded

MOST_WAITING = 100 * 1024 * 1024  #: bytes of one person's files that wait, inclusive
DAY = timedelta(days=1)
MOST_A_DAY = (
    500 * 1024 * 1024
)  #: bytes that a person can send up within a day, inclusive: more than a year's handlingar
TOO_MUCH = (
    f"Du har skickat upp {MOST_A_DAY // 1_048_576} MB det senaste dygnet, och mer tas inte emot. Det du redan har lämnat "
    "in är kvar. Försök igen i morgon, eller hör av dig till ekonomikontoret om det är bråttom."
)


def count_as_sent(session: Session, person_id: PersonId, size: int, now: datetime) -> None:
    """Count ``size`` bytes as a person's, so that one link cannot fill the disk.

    Raises RefusedError, and counts nothing, when it would be too much.
    """
    if uploaded.sent_since(session, person_id, now - DAY) + size > MOST_A_DAY:
        raise RefusedError(TOO_MUCH)
    uploaded.note_sent(session, person_id, size, now)


def keep_in_draft(
    session: Session,
    person_id: PersonId,
    key: ObligationKey,
    part: str | None,
    filename: str,
    content: bytes,
    now: datetime,
) -> None:
    """Keep a file; one that was kept for the same part gives way. Raises RefusedError when too much waits already."""
    if drafts.waiting_bytes(session, person_id, (key, part), now) + len(content) > MOST_WAITING:
        raise RefusedError(
            f"{filename} ryms inte i utkastet, som har plats för {MOST_WAITING // 1_048_576} MB. Lämna in det som är klart, "
            "eller ta bort en fil ur utkastet."
        )
    drafts.keep_file(session, person_id, key, part, filename, content, now)

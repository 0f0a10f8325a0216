"""Letters for the outbox's tests: rows as the composer freezes them."""

from collections.abc import Sequence
from datetime import UTC, datetime
from email.message import EmailMessage
from email.policy import SMTP

from store.database import Store
from store.post.letter_states import WAITING
from store.tables import LetterRow

NOW = datetime(2027, 9, 14, 8, 0, tzinfo=UTC)  # a Tuesday
SENDER = "ekonomikontoret@example.se"


def letter(
    number: int,
    *,
    to: Sequence[str] | None = None,
    cc: Sequence[str] = (),
    state: str = WAITING,
    not_before: datetime = NOW,
    lease_until: datetime | None = None,
    paragraphs: int = 1,
) -> LetterRow:
    """Return letter ``number``, to ``mottagare-<number>@example.se`` unless ``to`` says otherwise."""
    to = [f"mottagare-{number:03}@example.se"] if to is None else list(to)
    key = f"brev/{number:03}"
    message = EmailMessage(policy=SMTP.clone(cte_type="7bit"))
    message["From"] = SENDER
    message["To"] = ", ".join(to)
    message["Subject"] = f"Påminnelse: delårsrapport per 31 augusti ({number})"
    message["Message-ID"] = f"<{number:03}@arshjul.example.se>"
    message["X-Arshjul-Key"] = key
    text = "Underlaget till delårsrapporten ska vara inlämnat fredag 17 september 2027 kl. 16.00.\n\n"
    message.set_content(text * paragraphs)
    message.add_alternative(f"<p>{text}</p>" * paragraphs, subtype="html")
    return LetterRow(
        id=number,
        key=key,
        kind="paminnelse",
        message_id=message["Message-ID"],
        day=NOW.date(),
        sender=SENDER,
        to=to,
        cc=list(cc),
        subject=str(message["Subject"]),
        mime=message.as_bytes(),
        made_at=NOW,
        state=state,
        not_before=not_before,
        lease_until=lease_until,
    )


def write(store: Store, letters: Sequence[LetterRow]) -> None:
    """Put letters into the outbox."""
    with store.begin() as session:
        session.add_all(letters)


def read(store: Store, number: int) -> LetterRow:
    """Return letter ``number`` as it stands."""
    with store.read() as session:
        return session.get_one(LetterRow, number)

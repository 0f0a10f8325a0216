"""What those who sign tjänsteskrivelser have made of their drafts."""

from collections.abc import Mapping
from datetime import UTC, datetime

from sqlalchemy import select

from arshjul.keys import BodyId, ObligationKey, OccurrenceKey, PersonId
from store.database import Session
from store.tables import PaperRow


def newest_paper(
    session: Session, occurrence: OccurrenceKey, body: BodyId, person_id: PersonId | None
) -> PaperRow | None:
    """Return what a signer has last made of the draft of a report to a body; None where it is the service's own."""
    where = (PaperRow.step == occurrence.step, PaperRow.period == occurrence.period, PaperRow.body == body)
    mine = PaperRow.person_id == person_id if person_id else PaperRow.person_id.is_(None)
    return session.scalar(select(PaperRow).where(*where, mine).order_by(PaperRow.id.desc()).limit(1))


def add_paper(
    session: Session,
    occurrence: OccurrenceKey,
    body: BodyId,
    person_id: PersonId | None,
    *,
    late: Mapping[ObligationKey, datetime],
    addition: str,
    assessment: str,
    points: str,
    released: bool,
    by: str,
    now: datetime,
) -> None:
    """Keep what ``by`` has made of the draft that ``person_id`` signs; ``late`` is what it was about, each with its frist."""
    session.add(
        PaperRow(
            step=occurrence.step, period=occurrence.period, body=body, person_id=person_id,
            late=noted(late), addition=addition,
            assessment=assessment, points=points, released=released, by=by, recorded_at=now,
        )
    )  # fmt: skip
    session.flush()


def noted(late: Mapping[ObligationKey, datetime]) -> dict[str, str]:
    """Return what is late as a row has it: each obligation's key, with its frist in UTC."""
    return {str(key): due.astimezone(UTC).isoformat() for key, due in late.items()}

"""What the status page asks of the store: the obligations' rows, the last letters, what bodies decided."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from arshjul.keys import MilestoneKey, ObligationKey, OccurrenceKey, PeriodKey
from store.post.letter_states import BOUNCED
from store.tables import Closing, Decision, LetterRow, NoticeRow, ObligationRow


@dataclass(frozen=True, slots=True, kw_only=True)
class LastLetter:
    """The latest letter that was handed over about an obligation."""

    rung: str
    handed_at: datetime
    bounced: bool = False  #: it came back from everybody whom it was addressed to
    shadow: bool = False  #: it went to the ekonomikontor in the place of those whom it was for


@dataclass(frozen=True, slots=True, kw_only=True)
class DecidedMoment:
    """A body's decision or hand-over, as recorded."""

    outcome: str
    decided_on: date
    paragraf: str | None
    diarienummer: str | None


def last_letters(session: Session, occurrence: OccurrenceKey) -> dict[ObligationKey, LastLetter]:
    """Return the latest letter handed over about each obligation of an occurrence, by obligation key."""
    rows = session.execute(
        select(NoticeRow.obligation_key, NoticeRow.rung, LetterRow.handed_at, LetterRow.state, LetterRow.shadow)
        .join(LetterRow, LetterRow.id == NoticeRow.letter_id)
        .join(ObligationRow, ObligationRow.key == NoticeRow.obligation_key)
        .where(
            ObligationRow.step == occurrence.step,
            ObligationRow.period == occurrence.period,
            LetterRow.handed_at.is_not(None),
        )
        .order_by(LetterRow.handed_at, NoticeRow.id)
    )
    return {
        key: LastLetter(rung=rung, handed_at=at, bounced=state == BOUNCED, shadow=shadow)
        for key, rung, at, state, shadow in rows
        if at is not None
    }


def decisions(session: Session, occurrence: OccurrenceKey) -> dict[MilestoneKey, DecidedMoment]:
    """Return the newest recorded decision of each of an occurrence's moments, by the milestone's key."""
    rows = session.scalars(
        select(Decision)
        .where(Decision.milestone_key.contains(f"/{occurrence.path}/", autoescape=True))
        .order_by(Decision.id)
    )
    return {
        row.milestone_key: DecidedMoment(
            outcome=row.outcome,
            decided_on=row.decided_on,
            paragraf=row.paragraf,
            diarienummer=row.diarienummer,
        )
        for row in rows
    }


def opened(session: Session, keys: Iterable[ObligationKey] | None = None) -> frozenset[ObligationKey]:
    """Return the obligations that somebody asked for although their frist was before we began."""
    wanted = select(ObligationRow.key).where(ObligationRow.opened.is_(True))
    found = frozenset(session.scalars(wanted))
    return found if keys is None else found & frozenset(keys)


def closed_on(session: Session, period: PeriodKey) -> date | None:
    """Return the day on which a period was recorded as closed in the ekonomisystem."""
    return session.scalar(select(Closing.closed_on).where(Closing.period == period))

"""What lay before bodies, and what they decided."""

from datetime import date, datetime

from sqlalchemy import JSON, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from arshjul.keys import BodyId, MilestoneKey, ObligationKey, PeriodKey, PersonId, StepId
from store.tables.base import Table


class Decision(Table):
    """A body's decision or hand-over that somebody recorded: it closes the moment.

    ``handed_to`` is the body that it hands the report on to.
    """

    __tablename__ = "decision"

    id: Mapped[int] = mapped_column(primary_key=True)
    milestone_key: Mapped[MilestoneKey] = mapped_column(index=True)
    body: Mapped[BodyId]
    decided_on: Mapped[date]
    paragraf: Mapped[str | None]
    diarienummer: Mapped[str | None]
    outcome: Mapped[str]
    by: Mapped[str]
    recorded_at: Mapped[datetime]
    handed_to: Mapped[BodyId | None] = mapped_column(default=None)


class Matter(Table):
    """What the ladder brought up to KSAU for one obligation: ``väckt``, ``återkallat``, ``kompletterat`` or
    ``avgjort``.

    ``body`` is the body that it was handed on to; None is the one that the ladder names.
    """

    __tablename__ = "matter"
    __table_args__ = (UniqueConstraint("obligation_key", "due_at", name="uq_matter_obligation"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    obligation_key: Mapped[ObligationKey] = mapped_column(index=True)
    due_at: Mapped[datetime]
    state: Mapped[str]
    meeting_day: Mapped[date | None]
    agenda_closes_at: Mapped[datetime | None]
    raised_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    body: Mapped[BodyId | None] = mapped_column(default=None)


class Utlatande(Table):
    """What the revisorer gave fullmäktige before a moment, as somebody recorded it."""

    __tablename__ = "utlatande"

    id: Mapped[int] = mapped_column(primary_key=True)
    milestone_key: Mapped[MilestoneKey] = mapped_column(index=True)
    received_on: Mapped[date]
    diarienummer: Mapped[str | None]
    by: Mapped[str]
    recorded_at: Mapped[datetime]


class PaperRow(Table):
    """What the one who signs a tjänsteskrivelse has made of its draft; the newest row of a report, body and signer counts.

    ``late`` is what was late when it was read: the obligations' keys, each with its frist. Words are paragraphs, a line
    each, "" where the service's own stand.
    """

    __tablename__ = "paper"
    __table_args__ = (Index("ix_paper_occurrence", "step", "period"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    step: Mapped[StepId]
    period: Mapped[PeriodKey]
    body: Mapped[BodyId]
    person_id: Mapped[PersonId | None]  #: who was to sign it
    late: Mapped[dict[str, str]] = mapped_column(JSON)
    addition: Mapped[str]
    assessment: Mapped[str]
    points: Mapped[str]
    released: Mapped[bool]  #: it was let go with these words
    by: Mapped[str]
    recorded_at: Mapped[datetime]

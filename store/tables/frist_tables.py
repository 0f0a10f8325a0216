"""Later frister, the wishes for them, and letters that rest."""

from datetime import date, datetime

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from arshjul.keys import ObligationKey, PersonId
from store.tables.base import Table


class Anstand(Table):
    """A granted later frist for one obligation; the newest counts."""

    __tablename__ = "anstand"

    id: Mapped[int] = mapped_column(primary_key=True)
    obligation_key: Mapped[ObligationKey] = mapped_column(index=True)
    until: Mapped[datetime]
    why: Mapped[str]
    by: Mapped[str]
    recorded_at: Mapped[datetime]


class AnstandRequest(Table):
    """A request for anstånd: ``öppen`` until the ekonomikontor answers, then ``beviljad``, ``nekad`` or ``ersatt``.

    ``until`` is the day that was wished. ``answer`` is why it was refused.
    """

    __tablename__ = "anstand_request"

    id: Mapped[int] = mapped_column(primary_key=True)
    obligation_key: Mapped[ObligationKey] = mapped_column(index=True)
    until: Mapped[date]
    why: Mapped[str]
    person_id: Mapped[PersonId] = mapped_column(ForeignKey("person.id"))
    by: Mapped[str]
    asked_at: Mapped[datetime]
    state: Mapped[str]
    answered_at: Mapped[datetime | None]
    answered_by: Mapped[str | None]
    answer: Mapped[str | None]


class Quiet(Table):
    """Vila (``kind`` vila: reminders rest) or a held escalation (``kind`` håll), up to and including ``until``."""

    __tablename__ = "quiet"

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str]
    obligation_key: Mapped[ObligationKey] = mapped_column(index=True)
    until: Mapped[date]
    why: Mapped[str]
    by: Mapped[str]
    recorded_at: Mapped[datetime]

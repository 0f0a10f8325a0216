"""The plan as it was last made, and what people have recorded of its days."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, Index
from sqlalchemy.orm import Mapped, mapped_column

from arshjul.keys import BodyId, KravId, ObligationKey, PeriodKey, StepId, UnitId
from store.tables.base import Table


class ObligationRow(Table):
    """One inlämningskrav as it was last planned, and when it next needs a thought.

    ``wake_at`` is the instant at which the ladder has something to do; None when it has nothing more to do.
    Whoever changes what the ladder looks at sets it to that change's instant. ``told_at`` is the latest
    frist that anyone was told of; it never moves earlier without the ekonomikontor's word.
    """

    __tablename__ = "obligation"
    __table_args__ = (Index("ix_obligation_wake", "wake_at"), Index("ix_obligation_occurrence", "step", "period"))

    key: Mapped[ObligationKey] = mapped_column(primary_key=True)
    step: Mapped[StepId]
    period: Mapped[PeriodKey]
    unit: Mapped[UnitId]
    krav: Mapped[KravId]
    due_at: Mapped[datetime]
    told_at: Mapped[datetime | None]
    state: Mapped[str]
    wake_at: Mapped[datetime | None]
    opened: Mapped[bool] = mapped_column(default=False)
    opened_at: Mapped[datetime | None]
    added_at: Mapped[datetime | None]  #: when it came into the plan, if its frist had passed by then
    parts: Mapped[list[str] | None] = mapped_column(JSON(none_as_null=True))  #: asked for when its frist last lay ahead
    added_parts: Mapped[list[str] | None] = mapped_column(
        JSON(none_as_null=True)
    )  #: came after the frist: not asked for


class OccurrenceRow(Table):
    """A tillfälle whose artifact in the Prefect UI must be drawn again since ``touched_at``."""

    __tablename__ = "occurrence"

    step: Mapped[StepId] = mapped_column(primary_key=True)
    period: Mapped[PeriodKey] = mapped_column(primary_key=True)
    touched_at: Mapped[datetime | None]
    drawn_at: Mapped[datetime | None]


class Tidplan(Table):
    """A year's tidplan that somebody has fastställt; without a row the definition's word counts."""

    __tablename__ = "tidplan"

    year: Mapped[int] = mapped_column(primary_key=True)
    fastst_by: Mapped[str]
    decided_on: Mapped[date]
    paragraf: Mapped[str | None]
    recorded_at: Mapped[datetime]


class Closing(Table):
    """The day on which a period was closed in the ekonomisystem."""

    __tablename__ = "closing"

    period: Mapped[PeriodKey] = mapped_column(primary_key=True)
    closed_on: Mapped[date]
    by: Mapped[str]
    recorded_at: Mapped[datetime]


class Triggered(Table):
    """A händelse of the definition registered for a day, or taken back (``gone``); the newest row of a day counts.

    One that a hand-in opened has the enhet, the period and the hand-in's part (``handin``, its key and part id); what
    a person says of such a one has no part, and holds whatever a later version says.
    """

    __tablename__ = "happened"

    id: Mapped[int] = mapped_column(primary_key=True)
    happening: Mapped[str]
    day: Mapped[date]
    gone: Mapped[bool] = mapped_column(default=False)
    by: Mapped[str]
    recorded_at: Mapped[datetime]
    unit: Mapped[UnitId | None]
    period: Mapped[PeriodKey | None]
    handin: Mapped[str | None]
    said: Mapped[str | None]  #: in words, what the hand-in says


class RegisterRow(Table):
    """An entry of a register as somebody registered it, or took it away (``gone``); the newest row of an entry counts."""

    __tablename__ = "register_entry"

    id: Mapped[int] = mapped_column(primary_key=True)
    register: Mapped[str]
    entry: Mapped[str]
    fields: Mapped[dict[str, Any]]  #: what it says, by the definition's words
    gone: Mapped[bool] = mapped_column(default=False)
    by: Mapped[str]
    recorded_at: Mapped[datetime]


class MeetingChange(Table):
    """A meeting moved, cancelled, set in or decided in the running system; the newest row of a meeting counts.

    ``original`` is the day that the definition gave (None for an extra meeting); ``day`` is None when cancelled.
    """

    __tablename__ = "meeting_change"

    id: Mapped[int] = mapped_column(primary_key=True)
    body: Mapped[BodyId]
    original: Mapped[date | None]
    day: Mapped[date | None]
    clock: Mapped[str | None]
    why: Mapped[str]
    by: Mapped[str]
    recorded_at: Mapped[datetime]


class Diarienummer(Table):
    """The diarienummer of a tillfälle, as somebody recorded it; the newest counts, and an empty one takes it back."""

    __tablename__ = "diarienummer"
    __table_args__ = (Index("ix_diarienummer_occurrence", "step", "period"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    step: Mapped[StepId]
    period: Mapped[PeriodKey]
    number: Mapped[str]
    by: Mapped[str]
    recorded_at: Mapped[datetime]


class CalendarRow(Table):
    """A day of the plan as the calendar feeds show it; ``changed_at`` is when it last became what it is.

    ``gone``: the plan no longer has it, though its day had not come. ``digest`` is of all that is shown.
    """

    __tablename__ = "calendar_event"
    __table_args__ = (Index("ix_calendar_event_at", "at"),)

    key: Mapped[str] = mapped_column(primary_key=True)
    digest: Mapped[str]
    at: Mapped[datetime]
    all_day: Mapped[bool]
    proposed: Mapped[bool]
    summary: Mapped[str]
    text: Mapped[str]
    page: Mapped[str]
    feeds: Mapped[list[str]]
    changed_at: Mapped[datetime]
    gone: Mapped[bool]

"""What lies before a body's meeting, and what one body hands on to another."""

from dataclasses import dataclass
from datetime import date, datetime

from arshjul.definition.model import OFFICE
from arshjul.ladder.standing import State
from arshjul.swedish import enheter_done


@dataclass(frozen=True, slots=True, kw_only=True)
class PointView:
    """One thing that a body has to decide, and the law's day for it."""

    name: str  #: "KS beslutar om delårsrapporten"
    day: date
    lawful_until: date | None
    law_missed: bool  #: today is after ``lawful_until``; only then may the letter say so
    lagrum: str


@dataclass(frozen=True, slots=True, kw_only=True)
class LackView:
    """What an enhet lacks of what a report asks."""

    unit_name: str
    state: State
    said: str  #: "frist tisdag 21 september, har inte lämnat in något"
    whose: str  #: when it is late whom to call, else the roles

    @property
    def text(self) -> str:
        """All of it on one line."""
        return f"{self.unit_name}, {self.said} ({self.whose})"


@dataclass(frozen=True, slots=True, kw_only=True)
class StandingView:
    """How one kind of thing that a report asks of its enheter stands."""

    name: str  #: "underlag till delårsrapporten"
    total: int  #: enheter that are done or owe it, without those that nobody asks
    complete: tuple[str, ...]  #: the enheter
    preliminary: tuple[str, ...]
    not_ours: tuple[str, ...]  #: that nobody asks: from before we began, or over
    late: tuple[LackView, ...]
    ahead: tuple[LackView, ...]  #: before the frist

    @property
    def done(self) -> int:
        """How many enheter are complete, preliminär or not."""
        return len(self.complete) + len(self.preliminary)

    @property
    def count(self) -> str:
        """``2 av 5 enheter klara``."""
        return enheter_done(self.done, self.total)


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportView:
    """One report as it is handed to a body."""

    step_name: str
    report: str  #: as in NoticeView
    period_text: str
    points: tuple[PointView, ...]
    before: tuple[str, ...]  #: what the bodies before this one decided, or did not: whole sentences
    standing: tuple[StandingView, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class HandOverView:
    """What lies before a meeting whose agenda has closed, or is handed over on a day that is no meeting's."""

    municipality: str
    office: str = OFFICE  #: those who keep the årshjul, inside a sentence
    body_said: str  #: "kommunstyrelsen"
    body_short: str
    meeting_at: datetime | None  #: None: the law's handing over, on ``day``
    day: date
    receivers: str  #: "KF och revisorerna"
    reports: tuple[ReportView, ...]
    matters: tuple[str, ...]  #: that the ladder brought up


@dataclass(frozen=True, slots=True, kw_only=True)
class HandedOnView:
    """A report that a body has handed on."""

    municipality: str
    office: str = OFFICE  #: those who keep the årshjul, inside a sentence
    from_said: str  #: "kommunstyrelsen"
    to_short: str  #: "KF och revisorerna"
    to_said: str  #: the body alone: "kommunfullmäktige"
    report: ReportView  #: its points are what the body is to decide
    decided_on: date
    paragraf: str
    diarienummer: str
    why: str
    law: str  #: how the day stands to the law's, or ""
    meeting_at: datetime | None
    agenda_closes: datetime | None  #: None when it has closed

"""The händelser that hand-ins opened, as rows: which enhet, which period, and what the hand-in says."""

from dataclasses import dataclass, field
from datetime import date, datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from arshjul.keys import PeriodKey, UnitId
from arshjul.periods import Period
from arshjul.year.days.occasions import OpenedHappening
from store.tables import Submission, Triggered

_OPENED = select(Triggered).where(Triggered.unit.is_not(None)).order_by(Triggered.id)


@dataclass(slots=True, kw_only=True)
class Openings:
    """What has been said of one händelse of one enhet and period."""

    happening: OpenedHappening
    said: str  #: by the hand-in that opened it, or by who registered it
    number: int = 0  #: of the row that says so
    sources: set[str] = field(default_factory=set)  #: the hand-ins that say so; "" for a person's word
    withdrawn: bool = False  #: a person said that it was a mistake: no hand-in opens it again

    @property
    def holds(self) -> bool:
        """Whether it is open."""
        return bool(self.sources)


def openings(session: Session) -> tuple[Openings, ...]:
    """Return every händelse that was opened for an enhet and a period, also those that no longer hold.

    It counts from the day of the first hand-in that says so, whatever versions follow; one that says it again after
    nobody did counts from then.
    """
    found: dict[tuple[str, str, str], Openings] = {}
    for row in session.scalars(_OPENED):
        unit, period = UnitId(row.unit or ""), Period.parse(row.period or "")
        opened = OpenedHappening(happening=row.happening, period=period, unit=unit, day=row.day)
        key = (row.happening, unit, period.key)
        one = found.setdefault(key, Openings(happening=opened, said=row.said or "", number=row.id))
        if row.gone:
            one.sources -= one.sources if row.handin is None else {row.handin}
        else:
            if not one.sources:
                one.happening, one.said, one.number = opened, row.said or "", row.id
            one.sources.add(row.handin or "")
        if row.handin is None:
            one.withdrawn = row.gone
    return tuple(found.values())


def said_of(session: Session, version: Submission) -> list[Triggered]:
    """Return the rows that say in words what a version said of a händelse: those of its time, and the same words again."""
    same = (Submission.obligation_key == version.obligation_key, Submission.part == version.part)
    newer = select(func.min(Submission.received_at)).where(*same, Submission.version > version.version)
    until = session.scalar(newer)
    source = version.obligation_key.part(version.part)
    rows = session.scalars(select(Triggered).where(Triggered.handin == source).order_by(Triggered.id)).all()
    own = {
        row.said
        for row in rows
        if row.said and row.recorded_at >= version.received_at and (until is None or row.recorded_at < until)
    }
    return [row for row in rows if row.said in own]


def say(session: Session, number: int, said: str) -> None:
    """Let a row say other words than it did: what it told is withheld or gone, or is back."""
    session.get_one(Triggered, number).said = said


def add_opening(
    session: Session, happening: str, unit: UnitId, period: PeriodKey, day: date, said: str, by: str, now: datetime,
    *, handin: str | None, gone: bool = False,
) -> None:  # fmt: skip
    """Keep that a hand-in (its key and part; None: a person) opened a händelse, or that it does so no longer."""
    session.add(
        Triggered(
            happening=happening, unit=unit, period=period, day=day, said=said, handin=handin, gone=gone, by=by,
            recorded_at=now,
        )
    )  # fmt: skip
    session.flush()

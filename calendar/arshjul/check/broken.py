"""One "this before that" of a tillfälle that does not hold, and what it is asked of: its moments and frister."""

from dataclasses import dataclass
from datetime import date, datetime

from arshjul.keys import BodyId, UnitId
from arshjul.swedish import day_text, instant_text, local_date
from arshjul.year.days.meetings import Meeting
from arshjul.year.wheel import Milestone, Obligation, Wheel

Node = tuple[str, str]  #: ("krav" or "moment", id)


@dataclass(frozen=True, slots=True)
class Broken:
    """One "this before that" that does not hold."""

    nodes: tuple[Node, Node]  #: the one to blame first, when nothing else tells them apart
    words: str
    decided: bool  #: both days are; else something is only proposed
    rule: str = "kedja"
    lagrum: str | None = None
    grave: bool = True  #: False: the plan can be carried out all the same


@dataclass(frozen=True, slots=True, kw_only=True)
class DatedPoint:
    """A moment, or the frist of an enhet's krav, as the order sees it."""

    node: Node
    name: str
    at: datetime
    decided: bool
    unit: UnitId | None = None
    body: BodyId | None = None
    meeting: Meeting | None = None

    @property
    def day(self) -> date:
        """The Swedish day."""
        return local_date(self.at)

    @property
    def words(self) -> str:
        """``'KS beslutar' (tisdag 19 oktober 2027)``; a frist with its hour."""
        return f"{self.name} ({day_text(self.day) if self.node[0] == 'moment' else instant_text(self.at)})"


def moment_point(wheel: Wheel, one: Milestone) -> DatedPoint:
    """Return a body's moment, with the meeting that it is held at."""
    day = local_date(one.at)
    held = wheel.meetings.of_year(one.body, day.year) if one.body else ()
    return DatedPoint(
        node=("moment", one.milestone),
        name=f"'{one.name}'",
        at=one.at,
        decided=one.status == "beslutad",
        unit=one.unit,
        body=one.body,
        meeting=next((each for each in held if each.day == day), None),
    )


def frist_point(one: Obligation) -> DatedPoint:
    """Return the frist of an enhet's krav."""
    return DatedPoint(
        node=("krav", one.krav),
        name=f"fristen för {one.name}",
        at=one.deadline.at,
        decided=one.deadline.status == "beslutad",
        unit=one.unit,
    )

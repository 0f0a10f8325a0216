"""The chain from KSAU over KS to KF and the revisorer: what follows what, where it goes, and the law's day for it."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, time

from arshjul.bodies.overlamnande import UNDECIDED, is_handed_over, meeting_of
from arshjul.check.concerns import PAIRS
from arshjul.check.law import bodies
from arshjul.check.statutes import GIVEN
from arshjul.definition.model import Body
from arshjul.keys import BodyId
from arshjul.swedish import day_text, local
from arshjul.year.days.meetings import Meeting
from arshjul.year.wheel import Milestone, Occurrence, Wheel


@dataclass(frozen=True, slots=True, kw_only=True)
class WantedUtlatande:
    """What the revisorer give fullmäktige before it decides."""

    name: str
    lagrum: str


UTLATANDEN = {
    "delårsrapport behandlas": WantedUtlatande(
        name="revisorernas bedömning av delårsrapporten", lagrum="KL 12 kap. 2 §"
    ),
    "årsredovisning godkänns": WantedUtlatande(
        name="revisorernas bedömning av årsredovisningen", lagrum="KL 12 kap. 2 §"
    ),
    "ansvarsfrihet": WantedUtlatande(name="revisionsberättelsen", lagrum="KL 12 kap. 12 §"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """A recorded day held against the law's own."""

    lawful_until: date  #: inclusive
    days_late: int  #: calendar days after it; 0 in time
    lagrum: str

    @property
    def words(self) -> str:
        """Return the sentence's end: ``i tid enligt lagen (KL 11 kap. 16 §)``."""
        if not self.days_late:
            return f"i tid enligt lagen ({self.lagrum})"
        days = "1 dag" if self.days_late == 1 else f"{self.days_late} dagar"
        return f"{days} efter sista dag enligt lag, {day_text(self.lawful_until)} ({self.lagrum})"


@dataclass(frozen=True, slots=True, kw_only=True)
class Landing:
    """Where something that is handed on arrives: the body's own moment for it, and the meeting, where there is one."""

    moment: Milestone | None
    meeting: Meeting | None


def utlatande_of(one: Milestone) -> WantedUtlatande | None:
    """Return what the revisorer owe fullmäktige before a moment; None for one that asks for nothing."""
    return UTLATANDEN.get(one.concerns or "")


def held_against_law(one: Milestone, day: date) -> Held | None:
    """Hold a day against the law's; None for a moment that no law dates."""
    if one.lawful_until is None:
        return None
    days = max((day - one.lawful_until).days, 0)
    return Held(lawful_until=one.lawful_until, days_late=days, lagrum=lagrum_of(one))


def lagrum_of(one: Milestone) -> str:
    """Return the provision that gives a moment to its body, or else the moment's own source."""
    return GIVEN.get(one.concerns or "") or one.lagrum.text


def before(occurrence: Occurrence, one: Milestone) -> Iterator[tuple[Milestone, str]]:
    """Yield the moments that ``one`` must follow, each with its source: the law's pairs, else the plan's order.

    A nämnd's own moments are left out: its protocol has a frist of its own.
    """
    for each in _common(occurrence):
        if lagrum := _pair(each, one):
            yield each, lagrum
        elif not _pair(one, each) and each.at < one.at and UNDECIDED not in (each.status, one.status):
            yield each, one.lagrum.text


def after(occurrence: Occurrence, one: Milestone) -> Iterator[tuple[Milestone, str]]:
    """Yield the moments that the law lets come only after ``one``, each with its source."""
    for each in _common(occurrence):
        if lagrum := _pair(one, each):
            yield each, lagrum


def handing_over(wheel: Wheel, one: Milestone, to: BodyId) -> Milestone | None:
    """Return the law's handing over that takes place when ``one``'s body hands the report to ``to``; itself, if it is."""
    if to != bodies(wheel.definition)[1]:
        return None
    every = _common(wheel.occurrence(one.occurrence))
    return next((each for each in every if is_handed_over(each) and each.body == one.body), None)


def common_bodies(wheel: Wheel) -> dict[BodyId, Body]:
    """Return the bodies that the whole municipality's reports go to, in the definition's order."""
    named = {each.body for each in wheel.milestones if each.body and each.unit is None}
    return {key: body for key, body in wheel.definition.bodies.items() if key in named}


def next_body(wheel: Wheel, one: Milestone) -> BodyId | None:
    """Return the body that treats a report next; fullmäktige for the law's handing over. None at the end."""
    if is_handed_over(one):
        return bodies(wheel.definition)[1]
    later = [each for each in _common(wheel.occurrence(one.occurrence)) if each.at > one.at]
    return next((each.body for each in later if each.body != one.body), None)


def landing(wheel: Wheel, one: Milestone, to: BodyId, decided_on: date) -> Landing:
    """Return where a report that was handed on arrives at ``to``.

    The body's own moment for it, if its meeting's agenda was open on the day of the decision; else the next meeting
    whose agenda was. An agenda that closes the same day is open.
    """
    every = _common(wheel.occurrence(one.occurrence))
    own = next((each for each in every if each.body == to and each.at > one.at and not is_handed_over(each)), None)
    handed = local(decided_on, time())
    meeting = meeting_of(wheel, own) if own and own.status != UNDECIDED else None
    if meeting is None or meeting.agenda_closes < handed:
        meeting = wheel.meetings.first_open(to, handed)
    return Landing(moment=own, meeting=meeting)


def _common(occurrence: Occurrence) -> list[Milestone]:
    return [each for each in occurrence.milestones if each.body is not None and each.unit is None]


def _pair(first: Milestone, then: Milestone) -> str | None:
    return next((law for one, two, law in PAIRS if (first.concerns, then.concerns) == (one, two)), None)

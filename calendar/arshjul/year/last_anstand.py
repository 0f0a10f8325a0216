"""The last day to which a frist can be moved by anstånd: one day, for letters, forms and refusals alike. Pure."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time

from arshjul.definition.ladders import Rung
from arshjul.definition.reach import top_rung
from arshjul.swedish import STOCKHOLM, local
from arshjul.workdays import ONE_DAY, Workdays
from arshjul.year.wheel import Obligation, Wheel, rung_day

COMPILATION, LADDER, INSTRUCTIONS = "sammanställning", "trappa", "anvisningar"
CARRIED_UP, LAW = "den som bär upp", "lag"


@dataclass(frozen=True, slots=True, kw_only=True)
class LastDay:
    """The last day (inclusive, a working day) of an anstånd, at the frist's own clock time, and what bounds it."""

    day: date
    why: str  #: COMPILATION, LADDER, INSTRUCTIONS, CARRIED_UP or LAW


def last_anstand(wheel: Wheel, one: Obligation) -> LastDay | None:
    """Return the last day that an anstånd can be granted to; None when nothing bounds it.

    The sammanställning is to be made before the agenda closes; the ladder is to reach that meeting, by an extra
    ärende where the body takes one; what others wait for must be there before their first letter; what an enhet above
    carries up is there by its frist; and nobody grants anstånd from the law's day. When the ladder does not reach the meeting from the frist as it is either, that does
    not bound it (:func:`reaches_meeting`).
    """
    return min(_bounds(wheel, one), key=lambda bound: bound.day, default=None)


def reaches_meeting(wheel: Wheel, one: Obligation, last_day: date) -> bool:
    """Tell whether the ladder, from a frist on ``last_day``, brings what is late before the meeting that treats it."""
    latest = _ladder_day(wheel, one)
    return latest is None or last_day <= latest


def has_no_room(one: Obligation, last: LastDay | None) -> bool:
    """Tell whether the frist stands on its last day already, or later: then no anstånd can be granted."""
    return last is not None and last.day <= one.deadline.last_day


def is_closed(one: Obligation, last: LastDay | None, now: datetime) -> bool:
    """Tell whether no anstånd can be granted any more: the frist stands on its last day, or that day's hour has been."""
    if last is None or has_no_room(one, last):
        return last is not None
    return local(last.day, one.deadline.at.astimezone(STOCKHOLM).time()) <= now


def _bounds(wheel: Wheel, one: Obligation) -> Iterator[LastDay]:
    workdays, clock = wheel.workdays, one.deadline.at.astimezone(STOCKHOLM).time()
    if one.limit:
        yield LastDay(day=_up_to(one.limit, clock, workdays), why=COMPILATION)
    ladder = _ladder_day(wheel, one)
    if ladder and ladder >= one.deadline.last_day:
        yield LastDay(day=ladder, why=LADDER)
    if needed := needed_from(wheel, one):
        yield LastDay(day=workdays.previous(needed - ONE_DAY), why=INSTRUCTIONS)
    if above := carrier_of(wheel, one):
        yield LastDay(day=_up_to(above.deadline.at, clock, workdays), why=CARRIED_UP)
    if one.deadline.lawful_until:
        yield LastDay(day=workdays.previous(one.deadline.lawful_until), why=LAW)


def carrier_of(wheel: Wheel, one: Obligation) -> Obligation | None:
    """Return what an enhet above hands in with this in it, which is late when this is; None for what goes straight."""
    carrier = wheel.carriers.get(one.key)
    return wheel.obligations[carrier[0]] if carrier else None


def needed_from(wheel: Wheel, one: Obligation) -> date | None:
    """Return the day of the first letter that waits for this krav (the anvisningar); None when none does."""
    waiting = [each for each in wheel.obligations.values() if each.requires == one.key and each.ladder]
    days = [rung_day(each.ladder.rungs[0], each.deadline.last_day, wheel.workdays) for each in waiting if each.ladder]
    return min(days, default=None)


def _ladder_day(wheel: Wheel, one: Obligation) -> date | None:
    """Return the last frist from which the ladder reaches the meeting that treats it; None when it goes elsewhere."""
    top = top_rung(one.ladder)
    if top is None or one.treated is None or not _tells(wheel, top, one):
        return None
    last = one.treated.extra_until or one.treated.agenda_closes
    day = _up_to(last, wheel.definition.sending_hours.start, wheel.workdays)
    return wheel.workdays.add(day, -top.workdays)


def _tells(wheel: Wheel, top: Rung, one: Obligation) -> bool:
    body = wheel.definition.bodies[one.treated.body] if one.treated else None
    return body is not None and bool({body.secretary, body.chair} & set(top.to))


def _up_to(limit: datetime, clock: time, workdays: Workdays) -> date:
    """Return the last working day on which ``clock`` is not after ``limit``."""
    here = limit.astimezone(STOCKHOLM)
    return workdays.previous(here.date() if clock <= here.time() else here.date() - ONE_DAY)

"""Until when an enhet can get to mend, or hand in again, what somebody took back; and those above to approve it anew."""

from collections.abc import Sequence
from datetime import date, datetime

from actions.scene import Scene
from arshjul.errors import RefusedError
from arshjul.keys import ObligationKey
from arshjul.swedish import STOCKHOLM, day_text, instant_text, local, local_date
from arshjul.year.wheel import Obligation, Wheel


def host_of(wheel: Wheel, one: Obligation) -> Obligation:
    """Return the obligation whose frist is this one's, as the plan has it: what it is handed in with, or itself."""
    return wheel.obligations[one.host or one.key]


def latest_mending(wheel: Wheel, one: Obligation, now: datetime) -> datetime | None:
    """Return the latest frist that an återremiss at ``now`` can give; None when nothing bounds it.

    As long as the sammanställning can be made; after that the next body's moment, at its agenda's closing, or at
    its meeting when the agenda has closed. Never past the law's day of the frist while that is ahead.

    It is later than the last day of anstånd (``last_anstand``): an anstånd leaves room for the ladder to reach the
    meeting, and what is sent back has often been there already. What bounds it is that it can be treated. What an enhet
    above carries up is there by the frist of the one above, while that is ahead.
    """
    host = host_of(wheel, one)
    bounds = [host.limit] if host.limit and host.limit > now else [*_next_body(wheel, host, now)]
    law = host.deadline.lawful_until
    if law and (last := local(law, host.deadline.at.astimezone(STOCKHOLM).time())) > now:
        bounds.append(last)
    carrier = wheel.carriers.get(host.key)
    if carrier and (above := wheel.obligations[carrier[0]].deadline.at) > now:
        bounds.append(above)
    return min(bounds, default=None)


def new_frist(wheel: Wheel, one: Obligation, until: date, now: datetime) -> datetime:
    """Return the frist of an återremiss: ``until`` at the clock time that stands, or at the bound's on its day. Raises RefusedError past the bounds."""
    host = host_of(wheel, one)
    frist, latest = local(until, host.deadline.at.astimezone(STOCKHOLM).time()), latest_mending(wheel, one, now)
    if latest and local_date(latest) == until:
        frist = min(frist, latest)  # on the bound's own day, its clock time
    if frist <= now:
        raise RefusedError(f"{instant_text(frist)} har redan varit; välj en senare dag.")
    if not wheel.workdays.is_workday(until):
        raise RefusedError(f"{day_text(until)} är ingen arbetsdag; välj en som är det.")
    if latest and frist > latest:
        raise RefusedError(
            f"Enheten kan få längst till {instant_text(latest)}, så att det hinner behandlas. Välj en tidigare dag, "
            "eller flytta mötet."
        )
    return frist


def done_above(scene: Scene, one: Obligation) -> list[Obligation]:
    """Return those who carry an underlag up and have nothing left to hand in, the nearest first."""
    found, key = list[Obligation](), one.key
    while carrier := scene.wheel.carriers.get(key):
        key = carrier[0]
        found.append(scene.wheel.obligations[key])
    sight = scene.look([each.key for each in found])
    return [each for each in found if sight.complete(each)]


def frister_above(
    wheel: Wheel, above: Sequence[Obligation], frist: datetime, now: datetime
) -> dict[ObligationKey, datetime]:
    """Return the new frister of those who were done (:func:`done_above`) when what they had approved was taken back.

    They approve anew what comes by ``frist``, and nothing that they did is late: each has a working day after the one
    below, as far as it can be treated (:func:`latest_mending`). One whose own frist is no earlier keeps it.
    """
    found = dict[ObligationKey, datetime]()
    for one in above:
        host = host_of(wheel, one)
        stands = host.deadline.at.astimezone(STOCKHOLM)
        if stands >= frist:
            frist = stands
            continue
        wished = local(wheel.workdays.add(local_date(frist), 1), stands.time())
        frist = min(wished, latest_mending(wheel, one, now) or wished)
        if frist > max(stands, now):
            found[host.key] = frist
    return found


def _next_body(wheel: Wheel, one: Obligation, now: datetime) -> list[datetime]:
    for moment in wheel.occurrence(one.occurrence).milestones:
        if moment.body is None or moment.unit is not None or moment.at <= now:
            continue
        day = moment.at.astimezone(STOCKHOLM).date()
        held = [each for each in wheel.meetings.of_year(moment.body, day.year) if each.day == day]
        return [each.agenda_closes if each.agenda_closes > now else each.at for each in held] or [moment.at]
    return []

"""The decision: from now, an obligation and what has happened, to the one rung that we owe taking, and when next.

Level-triggered: nothing here remembers a tick. Asked twice, it answers the same; asked after a week of silence,
it answers what is still owed, once.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from arshjul.definition.declared import SendingHours
from arshjul.definition.ladders import OWING, Rung
from arshjul.keys import PersonId, RoleId
from arshjul.swedish import STOCKHOLM, local, local_date
from arshjul.workdays import ONE_DAY, Workdays
from arshjul.year.wheel import Obligation, rung_day

TOLD = ("start", "påminnelse", "sen")  #: rungs told to those who owe; the rest go up
BEFORE = ("start", "påminnelse")
A_MOMENT = timedelta(seconds=1)  #: a frist is inclusive: it has passed a moment after its instant


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """What has happened with one obligation, as the ladder needs to know it."""

    owing: tuple[RoleId, ...]  #: roles that still owe a part; empty when complete
    taken: Mapping[str, date] = field(default_factory=dict)  #: rung id to the day its last letter was settled
    pending: frozenset[str] = frozenset()  #: rungs whose letters are on their way
    started: bool = False  #: a first letter went out, for this frist or an earlier one
    rests_until: date | None = None  #: vila, inclusive
    held_until: date | None = None  #: the escalation is held, inclusive
    in_force_since: date = date.min  #: i drift från: rungs planned before this day are not ours
    opened: bool = False  #: someone asked for it although its frist was before we began
    silent: bool = False  #: its past is over (``arshjul.ladder.silence``), and nobody has opened it
    waits: bool = False  #: what the first letter requires (the anvisningar) is not there
    spoken_on: date | None = None  #: the latest day on which a rung was settled, of this frist or an earlier one
    unheard: tuple[RoleId, ...] = ()  #: roles that owe, to whose holder no late word about this frist was handed over
    reachable: tuple[RoleId, ...] = ()  #: those of them that may be tried anew: a new holder, a new address
    newcomers: tuple[RoleId, ...] = ()  #: roles that owe, to whose holder nothing was ever written about it
    holders: Mapping[str, PersonId | None] = field(default_factory=dict)  #: role to person, for this unit today


@dataclass(frozen=True, slots=True, kw_only=True)
class Due:
    """The answer: at most one rung now, and the next instant to ask again (None: not before something happens)."""

    rung: Rung | None = None
    wake: datetime | None = None
    again: tuple[RoleId, ...] = ()  #: the only roles that the rung is told to, once more; empty: all whom it tells
    withheld: Rung | None = None  #: due, but not taken: somebody who owes has had no word (``Standing.unheard``)


def due(one: Obligation, standing: Standing, workdays: Workdays, hours: SendingHours, now: datetime) -> Due:
    """Decide what the ladder owes for ``one`` at ``now``.

    Before the frist only the latest reminder counts; those it overtakes are never sent. After the frist the
    ladder is climbed one rung at a time: each counts its working days from the day on which the one before it
    was settled, and never two on a day. A rung whose only holders are those who owe is skipped, and what was
    skipped stays so once a later one is taken. Nothing goes above one who owes and has had no word: that rung is
    ``withheld``, or the word is told anew in its place where it can reach them. Who has come to a role since the
    others were told gets their newest word the same day. Letters go out within the sending hours of a working day.
    """
    if not one.ladder or not standing.owing or one.deadline.status == "ej beslutad":
        return Due()
    if standing.silent or is_before_we_began(one, standing):
        return Due()
    today = local_date(now)
    tomorrow = _first(now, one, workdays.next(today + ONE_DAY), hours)
    if standing.newcomers and (word := _word_anew(one, standing, now)):
        if not is_sending_time(now, workdays, hours):
            return Due(wake=_first(now, one, local_date(next_sending_time(now, workdays, hours)), hours))
        return Due(rung=word, again=standing.newcomers, wake=tomorrow)
    if standing.pending or standing.spoken_on == today or today in standing.taken.values():
        return Due(wake=tomorrow)
    told = _told(one, standing, workdays, now)
    rung, day = (told[-1], today) if told else _upward(one, standing, workdays, today)
    if rung is None or day > today:
        next_told = _next_told_day(one, standing, workdays, today)
        days = [each for each in (day if rung else None, next_told) if each]
        return Due(wake=_first(now, one, min(days) if days else None, hours))
    if not is_sending_time(now, workdays, hours):
        return Due(wake=next_sending_time(now, workdays, hours))
    if standing.unheard and rung.kind not in TOLD:
        if word := _again(one, standing):
            return Due(rung=word, again=standing.reachable, wake=tomorrow)
        return Due(withheld=rung, wake=tomorrow)
    return Due(rung=rung, wake=tomorrow)


def to_come(one: Obligation, standing: Standing, workdays: Workdays, now: datetime) -> Iterator[tuple[Rung, date]]:
    """Give the rungs that will be taken, with their days, if nothing comes in: for a time line that tells no other.

    Not a reminder to one who is done, nor a first letter after it went; what goes above counts from what was taken.
    """
    if not one.ladder or not standing.owing or one.deadline.status == "ej beslutad":
        return
    if standing.silent or is_before_we_began(one, standing):
        return
    today = local_date(now)
    late = [rung for rung in one.ladder.rungs if rung.id in standing.taken and rung.kind not in BEFORE]
    below = late[-1].workdays if late else 0
    settled = max((standing.taken[rung.id] for rung in late), default=one.deadline.last_day)
    for rung in _ahead(one, standing):
        day = rung_day(rung, one.deadline.last_day, workdays)
        if rung.id in standing.pending or (rung.kind == "start" and standing.started):
            continue  # it is written, and stands as a letter
        if rung.kind in BEFORE:
            rests = standing.rests_until is not None and day <= standing.rests_until
            if day >= today and not rests and day >= standing.in_force_since:
                yield rung, day
        elif not is_skipped(rung, one, standing):
            day = max(day, workdays.add(settled, rung.workdays - below), workdays.next(today))
            if rung.reaches_body and standing.held_until and day <= standing.held_until:
                day = workdays.next(standing.held_until + ONE_DAY)
            settled, below = day, rung.workdays
            yield rung, day


def is_before_we_began(one: Obligation, standing: Standing) -> bool:
    """Tell whether the frist lies before ``i drift från``: such an obligation is silent unless it is opened."""
    return one.deadline.last_day < standing.in_force_since and not standing.opened


def is_sending_time(now: datetime, workdays: Workdays, hours: SendingHours) -> bool:
    """Tell whether letters may go out: on a working day from ``hours.start`` up to, not including, ``hours.end``."""
    here = now.astimezone(STOCKHOLM)
    return workdays.is_workday(here.date()) and hours.start <= here.time() < hours.end


def next_sending_time(now: datetime, workdays: Workdays, hours: SendingHours) -> datetime:
    """Return ``now`` if letters may go out, else the next working day's first instant of sending."""
    if is_sending_time(now, workdays, hours):
        return now
    here = now.astimezone(STOCKHOLM)
    day = here.date() if here.time() < hours.start else here.date() + ONE_DAY
    return local(workdays.next(day), hours.start)


def answered_by(workdays: Workdays, meeting: date | None, raised_on: date) -> date:
    """Return the last day (inclusive) on which a matter's proposal asks for what is missing.

    The working day after the body's ``meeting``; without one, three working days after it was raised.
    """
    return workdays.add(meeting, 1) if meeting else workdays.add(raised_on, 3)


def owing_persons(standing: Standing) -> set[PersonId | None]:
    """Return the persons who hold a role that owes."""
    return {standing.holders.get(role) for role in standing.owing}


def _told(one: Obligation, standing: Standing, workdays: Workdays, now: datetime) -> list[Rung]:
    """Return the rungs for those who owe that are due and not yet told, in order: the last one is sent."""
    today = local_date(now)
    found = []
    for rung in _ahead(one, standing):
        if rung.kind not in TOLD:
            continue
        day = rung_day(rung, one.deadline.last_day, workdays)
        if day > today or (day < standing.in_force_since and not standing.opened):
            continue
        if rung.kind in BEFORE and not _speaks_before(one, standing, rung, now):
            continue
        found.append(rung)
    return found


def _ahead(one: Obligation, standing: Standing) -> Sequence[Rung]:
    """Return the rungs above the highest that was taken: those below it are passed, whether they were taken or not."""
    rungs = one.ladder.rungs if one.ladder else ()
    return rungs[max((n for n, rung in enumerate(rungs, 1) if rung.id in standing.taken), default=0) :]


def _again(one: Obligation, standing: Standing) -> Rung | None:
    """Return the word of after the frist, when it can be told anew to somebody who has not had it."""
    rungs = one.ladder.rungs if one.ladder else ()
    word = next((rung for rung in rungs if rung.kind == "sen"), None)
    return word if standing.reachable else None


def _word_anew(one: Obligation, standing: Standing, now: datetime) -> Rung | None:
    """Return the newest word that those who owe have had, for one who has come since; None where the next one is theirs."""
    told = [rung for rung in (one.ladder.rungs if one.ladder else ()) if rung.kind in TOLD]
    said = [rung for rung in told if rung.id in standing.taken or rung.id in standing.pending]
    if now > one.deadline.at:
        return next((rung for rung in said if rung.kind == "sen"), None)
    if standing.waits or (standing.rests_until is not None and local_date(now) <= standing.rests_until):
        return None
    first = [rung for rung in told if rung.kind == "start"] if standing.started else []
    return next(iter((*reversed(said), *first)), None)


def _speaks_before(one: Obligation, standing: Standing, rung: Rung, now: datetime) -> bool:
    passed = now > one.deadline.at
    rests = standing.rests_until is not None and local_date(now) <= standing.rests_until
    return not (passed or rests or standing.waits or (rung.kind == "start" and standing.started))


def _next_told_day(one: Obligation, standing: Standing, workdays: Workdays, today: date) -> date | None:
    rests = standing.rests_until + ONE_DAY if standing.rests_until and standing.rests_until >= today else None
    rungs = [rung for rung in _ahead(one, standing) if rung.kind in TOLD]
    days = (rung_day(rung, one.deadline.last_day, workdays) for rung in rungs)
    later = [day for day in days if day > today]
    return min([*later, *([workdays.next(rests)] if rests else [])], default=None)


def _upward(one: Obligation, standing: Standing, workdays: Workdays, today: date) -> tuple[Rung | None, date]:
    """Return the next rung above those who owe, and its day."""
    taken = [rung for rung in (one.ladder.rungs if one.ladder else ()) if rung.id in standing.taken]
    late = [rung for rung in taken if rung.kind not in BEFORE]
    below = late[-1].workdays if late else 0
    settled = max((standing.taken[rung.id] for rung in late), default=one.deadline.last_day)
    for rung in _ahead(one, standing):
        if rung.kind == "sen":
            return None, today  # not told yet: nothing goes above them
        if rung.kind not in BEFORE and not is_skipped(rung, one, standing):
            day = max(rung_day(rung, one.deadline.last_day, workdays), workdays.add(settled, rung.workdays - below))
            if rung.reaches_body and standing.held_until and day <= standing.held_until:
                day = workdays.next(standing.held_until + ONE_DAY)
            return rung, day
    return None, today


def is_skipped(rung: Rung, one: Obligation, standing: Standing) -> bool:
    """Tell whether a rung has nobody to tell but those who owe: nobody is asked to press on himself."""
    roles = rung.recipients(one.unit_kind)
    if OWING in roles:
        return False
    owing = owing_persons(standing)
    return all(role in standing.owing or (standing.holders.get(role) or role) in owing for role in roles)


def _first(now: datetime, one: Obligation, day: date | None, hours: SendingHours) -> datetime | None:
    instants: Sequence[datetime | None] = (one.deadline.at + A_MOMENT, local(day, hours.start) if day else None)
    return min((instant for instant in instants if instant and instant > now), default=None)

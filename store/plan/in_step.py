"""The plan's rows, brought into step with what the plan says: what is new, moved and gone, and who is woken by it."""

import hashlib
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from weakref import WeakKeyDictionary

from sqlalchemy import select
from sqlalchemy.orm import Session

from arshjul.keys import ObligationKey
from arshjul.year.agenda import Event, events_of
from arshjul.year.wheel import Obligation, Wheel
from store.acting import BY_SERVICE
from store.log.writing import log
from store.plan.calendar_events import digest_of, keep_events
from store.plan.matters import RAISED
from store.plan.obligations import GONE, NEW, hold
from store.plan.waking import touch, wake
from store.tables import Matter, ObligationRow, OccurrenceRow, Setting

IN_STEP = "plan_in_step"  #: under this name stands the digest of the plan that the rows last agreed with


@dataclass(frozen=True, slots=True, kw_only=True)
class Moved:
    """An obligation whose frist differs between what was planned and what is planned now."""

    key: ObligationKey
    before: datetime | None  #: None for a new one
    after: datetime | None  #: None for one that the plan no longer has
    told: bool  #: somebody was told the frist before


def differences(session: Session, wheel: Wheel) -> list[Moved]:
    """Return what a sync would change, in the keys' order: nothing is written."""
    columns = (
        ObligationRow.key,
        ObligationRow.period,
        ObligationRow.due_at,
        ObligationRow.told_at,
        ObligationRow.state,
    )
    rows = {row.key: row for row in session.execute(select(*columns))}
    years = {occurrence.period.year for occurrence in wheel.occurrences}
    found = [
        Moved(key=key, before=row.due_at, after=None, told=row.told_at is not None)
        for key, row in rows.items()
        if key not in wheel.obligations and int(row.period[:4]) in years and row.state != GONE
    ]
    for key, one in wheel.obligations.items():
        row = rows.get(key)
        if row is None or row.due_at != one.deadline.at or row.state == GONE:
            told = row is not None and row.told_at is not None
            found.append(Moved(key=key, before=row.due_at if row else None, after=one.deadline.at, told=told))
    return sorted(found, key=lambda moved: moved.key)


def sync(session: Session, wheel: Wheel, now: datetime) -> list[Moved]:
    """Bring the rows into step with the plan (:func:`bring_into_step`) when it says other than they last agreed with.

    One question is asked when nothing has changed. Whoever changes in a row what a plan is compared with, and the
    start, after which the code may be another, bring the rows into step whatever they last agreed with. Who plans is
    :func:`store.database.alone`, so that the digest is that of the rows.
    """
    return [] if is_in_step(session, wheel) else bring_into_step(session, wheel, now)


def is_in_step(session: Session, wheel: Wheel) -> bool:
    """Tell whether the rows last agreed with a plan that says the same as this one."""
    return session.scalar(select(Setting.value).where(Setting.name == IN_STEP)) == _laid_out(wheel).digest


def bring_into_step(session: Session, wheel: Wheel, now: datetime) -> list[Moved]:
    """Make the obligations' rows and the calendars' agree with the wheel, and wake those that changed.

    Returns the frister that changed.

    What has happened stays: a row that the plan no longer has is kept with its history, and only falls silent. What
    comes into the plan, or back to it, after its frist is silent too, and so is a part of what was asked for before
    (:mod:`arshjul.ladder.silence`). All that the first plan holds was there from the beginning.
    """
    first = session.scalar(select(ObligationRow.key).limit(1)) is None
    changes, asked = differences(session, wheel), _asked_otherwise(session, wheel)
    moving = {moved.key for moved in changes if moved.before is not None}
    hold(session, moving | asked.keys())
    rows = {row.key: row for row in session.scalars(select(ObligationRow).where(ObligationRow.key.in_(moving)))}
    for moved in changes:
        if moved.after is None:
            row = rows[moved.key]
            row.wake_at, row.state = None, GONE
            log(session, now, BY_SERVICE, "obligation.gone", moved.key)
        elif moved.before is None:
            session.add(_row(wheel.obligations[moved.key], now, first=first))
        else:
            _move(session, rows[moved.key], moved, now)
    existing = {(row.step, row.period) for row in session.scalars(select(OccurrenceRow))}
    for occurrence in wheel.occurrences:
        if occurrence.flow and occurrence.key not in existing:
            session.add(OccurrenceRow(step=occurrence.step, period=occurrence.period.key, touched_at=now))
    for key, parts in asked.items():
        _keep_parts(session, wheel.obligations[key], parts, now)
    session.flush()
    keep_events(session, _laid_out(wheel).events, now)
    session.merge(Setting(name=IN_STEP, value=_laid_out(wheel).digest))
    return [moved for moved in changes if not _waits_for_word(moved, now)]


def _move(session: Session, row: ObligationRow, moved: Moved, now: datetime) -> None:
    if row.state == GONE:
        row.state = NEW
        if moved.after and moved.after < now:
            row.added_at, row.opened = now, False
    row.wake_at = now
    if _waits_for_word(moved, now):
        row.told_at = row.due_at  # it stands, as one that was told does
        return
    row.due_at = moved.after or row.due_at
    detail = {"from": moved.before and moved.before.isoformat(), "to": row.due_at.isoformat()}
    log(session, now, BY_SERVICE, "frist.moved", moved.key, detail)


def _waits_for_word(moved: Moved, now: datetime) -> bool:
    """Tell whether a frist that lies ahead would have been: that makes somebody late, and wants a confirmation."""
    return moved.before is not None and moved.after is not None and moved.after < now <= moved.before


def _asked_otherwise(session: Session, wheel: Wheel) -> dict[ObligationKey, list[str] | None]:
    """Return what was asked for before (None: not known), by the key of each obligation that asks for other parts."""
    rows = session.execute(select(ObligationRow.key, ObligationRow.parts).where(ObligationRow.state != GONE))
    every = wheel.obligations
    return {key: parts for key, parts in rows if key in every and parts != _parts(every[key])}


def _keep_parts(session: Session, one: Obligation, before: list[str] | None, now: datetime) -> None:
    """Keep which parts are asked for. Those that are new when the frist has passed are noted as added afterwards."""
    row, asked = session.get_one(ObligationRow, one.key, populate_existing=True), _parts(one)
    new = set(asked) - set(asked if before is None else before)
    if row.opened or row.due_at >= now or before is None:
        row.parts = asked
    elif new and new != set(asked) and not new <= set(row.added_parts or ()):
        row.added_parts, row.wake_at = sorted(new | set(row.added_parts or ())), now
        log(session, now, BY_SERVICE, "part.added_afterwards", one.key, {"parts": sorted(new)})


def _parts(one: Obligation) -> list[str]:
    return [part.id for part in (*one.parts, *(each.part for each in one.fulfilled))]


def replan(session: Session, before: Wheel, after: Wheel, now: datetime) -> list[Moved]:
    """Bring the rows into step with a plan that changed, and wake what the two tell differently.

    What requires or is handed in with something that changed is thought of too; and where meetings changed, so are the
    open matters, each of which follows its own.
    """
    changed = {key for key, one in after.obligations.items() if one != before.obligations.get(key)}
    near = {one.key for one in after.obligations.values() if {one.requires, one.host} & changed}
    concerned = {*changed, *near}
    if not after.meetings.are_those_of(before.meetings):
        concerned.update(session.scalars(select(Matter.obligation_key).where(Matter.state == RAISED)))
    hold(session, concerned)
    moved = bring_into_step(session, after, now)
    wake(session, concerned, now)
    drawn_before = {each.key: each for each in before.occurrences}
    touch(session, [each.key for each in after.occurrences if each != drawn_before.get(each.key)], now)
    return moved


def _row(one: Obligation, now: datetime, *, first: bool) -> ObligationRow:
    return ObligationRow(
        **_planned(one),
        told_at=None,
        state=NEW,
        wake_at=now,
        opened=False,
        added_at=now if one.deadline.at < now and not first else None,
    )


def _planned(one: Obligation) -> dict[str, Any]:
    """Return what a row says of its obligation's plan."""
    return {
        "key": one.key,
        "step": one.step,
        "period": one.period.key,
        "unit": one.unit,
        "krav": one.krav,
        "due_at": one.deadline.at,
        "parts": _parts(one),
    }


@dataclass(frozen=True, slots=True)
class _LaidOut:
    """A wheel as its rows: the days that the calendars show, and a digest of all that any of the rows says of it."""

    events: tuple[Event, ...]
    digest: str


_known_layouts: WeakKeyDictionary[Wheel, _LaidOut] = WeakKeyDictionary()


def _laid_out(wheel: Wheel) -> _LaidOut:
    """Lay a wheel out; worked out once for each. The same plan has the same digest in every process."""
    if (known := _known_layouts.get(wheel)) is not None:
        return known
    events = events_of(wheel)
    digest = hashlib.sha256()
    for occurrence in wheel.occurrences:
        digest.update(repr((occurrence.key, bool(occurrence.flow))).encode())
        for one in occurrence.obligations:
            planned = _planned(one) | {"due_at": one.deadline.at.timestamp()}
            digest.update(repr(planned).encode())
    for each in events:
        digest.update(repr((each.key, digest_of(each))).encode())
    _known_layouts[wheel] = found = _LaidOut(events, digest.hexdigest())
    return found

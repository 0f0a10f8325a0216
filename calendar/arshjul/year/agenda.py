"""The plan's days as calendars show them: who they are for, when, what, and where more is to be read.

A feed (``Feed``) is the calendar of one role, one enhet or one body, or of everybody. Reminders are not in it: the
letters remind.
"""

from collections.abc import Iterator, Set
from dataclasses import dataclass, replace
from datetime import datetime, time
from functools import lru_cache
from typing import Literal

from arshjul.definition.model import Definition, This
from arshjul.keys import BodyId, UnitId, joined
from arshjul.swedish import clock_text, day_text, instant_text, listing, local
from arshjul.year.days.meetings import Meeting
from arshjul.year.wheel import Milestone, Obligation, Wheel, owner_name

FeedKind = Literal["alla", "enhet", "roll", "organ"]
UNDECIDED = "ej beslutad"  #: a day that nobody has decided or proposed is in nobody's calendar
PROPOSED = "förslag"


@dataclass(frozen=True, slots=True, kw_only=True)
class Feed:
    """A calendar to subscribe to. ``key`` is ``alla``, ``enhet/bildningsnamnden``, ``roll/vd`` or ``organ/ksau``."""

    key: str
    kind: FeedKind
    name: str
    holds: str  #: what is in it, in a sentence


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """A day of the plan in the feeds that it concerns."""

    key: str  #: stable: the same frist or meeting, however often it moves
    at: datetime  #: aware; the day's first instant for an event of the whole day
    all_day: bool
    proposed: bool  #: nobody has decided the day yet
    summary: str
    text: str  #: what it is, and its lagrum; lines
    page: str  #: the path of the portal's page; never a personal link
    feeds: frozenset[str]


def feeds_of(definition: Definition) -> tuple[Feed, ...]:
    """Return every feed: the whole, then the enheter, the roles that owe or keep something, and the bodies."""
    everything = Feed(key="alla", kind="alla", name="Hela årshjulet", holds="Alla frister, möten och moment.")
    units = [
        Feed(key=f"enhet/{each}", kind="enhet", name=unit.name, holds="Enhetens frister och dess organs möten.")
        for each, unit in definition.units.items()
    ]
    roles = [
        Feed(
            key=f"roll/{each}",
            kind="roll",
            name=f"{role.name[:1].upper()}{role.name[1:]}",
            holds="Det som rollen lämnar in, och möten som den kallar till eller leder.",
        )
        for each, role in definition.roles.items()
        if each in _busy(definition)
    ]
    bodies = [
        Feed(
            key=f"organ/{each}",
            kind="organ",
            name=body.name,
            holds="Kallelse, dagordning och möte, och det som organet behandlar.",
        )
        for each, body in definition.bodies.items()
    ]
    return everything, *units, *roles, *bodies


def events_of(wheel: Wheel) -> tuple[Event, ...]:
    """Return the days of a wheel's years that are decided or proposed, by key."""
    found: dict[str, Event] = {}
    for event in _every(wheel):
        key, number = event.key, 2
        while key in found:  # an extra meeting on the day from which another one was moved
            key, number = f"{event.key}-{number}", number + 1
        found[key] = event if key == event.key else replace(event, key=key)
    return tuple(found[key] for key in sorted(found))


def _every(wheel: Wheel) -> Iterator[Event]:
    for occurrence in wheel.occurrences:
        for one in occurrence.obligations:
            if not one.host and one.deadline.status != UNDECIDED:
                yield _frist(wheel, one)
        for milestone in occurrence.milestones:
            if milestone.obligation is None and milestone.status != UNDECIDED:
                yield _moment(wheel.definition, milestone)
    years = sorted({occurrence.period.year for occurrence in wheel.occurrences})
    for body in wheel.definition.bodies:
        for year in years:
            for meeting in wheel.meetings.of_year(body, year):
                if meeting.status != UNDECIDED:
                    yield from _meeting(This(wheel.definition), meeting)


def _frist(wheel: Wheel, one: Obligation) -> Event:
    hosted = wheel.hosted.get(one.key, ())
    owing = {part.role for each in (one, *hosted) for part in each.parts}
    lines = [f"{one.step_name} {one.period.text}."]
    if hosted:
        lines.append(f"Lämnas samtidigt: {listing([each.name for each in hosted])}.")
    lines += [f"Senast {instant_text(one.deadline.at)}.", f"Enligt {one.deadline.lagrum}."]
    if one.deadline.lawful_until:
        lines.append(f"Sista dag enligt lag är {day_text(one.deadline.lawful_until)}.")
    return Event(
        key=one.key,
        at=one.deadline.at,
        all_day=False,
        proposed=one.deadline.status == PROPOSED,
        summary=f"Frist: {one.name} ({one.unit_name})",
        text="\n".join(lines),
        page=f"/lage/{one.occurrence.path}",
        feeds=frozenset(("alla", f"enhet/{one.unit}", *(f"roll/{role}" for role in owing))),
    )


def _moment(definition: Definition, one: Milestone) -> Event:
    lines = [f"{one.step_name} {one.period.text}.", f"Enligt {one.lagrum}."]
    if one.lawful_until:
        lines.append(f"Sista dag enligt lag är {day_text(one.lawful_until)}.")
    return Event(
        key=joined(one.key, "moment"),  # a moment and a krav may have the same name
        at=one.at,
        all_day=False,
        proposed=one.status == PROPOSED,
        summary=f"{owner_name(definition, one, short=True)}: {one.name} ({one.step_name.lower()} {one.period.text})",
        text="\n".join(lines),
        page=f"/lage/{one.occurrence.path}",
        feeds=_body_feeds(definition, one.body, one.unit) if one.body else _role_feeds(definition, one),
    )


@lru_cache(maxsize=4096)  # five years of a municipality hold some 600, and hardly one of them moves
def _meeting(this: This, one: Meeting) -> tuple[Event, ...]:
    return tuple(_days_of_meeting(this.definition, one))


def _days_of_meeting(definition: Definition, one: Meeting) -> Iterator[Event]:
    body = definition.bodies[one.body]
    proposed, feeds = one.status == PROPOSED, _body_feeds(definition, one.body)
    key = joined(definition.kommun.id, "organ", one.body, one.first_day)
    page = f"/arshjulet/{one.day.year}"
    moved = f"\nFlyttat från {day_text(one.moved_from)}." if one.moved_from else ""
    source = f"\nEnligt {body.source}."
    until = f" till och med {day_text(one.last_day)}" if one.last_day else ""
    held = f"{body.name} har möte {day_text(one.day)} {clock_text(one.clock)}{until}.{moved}{source}"
    yield Event(
        key=joined(key, "sammantrade"), at=one.at, all_day=False, proposed=proposed,
        summary=f"{body.short} har möte", text=held, page=page, feeds=feeds,
    )  # fmt: skip
    yield Event(
        key=joined(key, "dagordning"), at=one.agenda_closes, all_day=False, proposed=proposed,
        summary=f"{body.short}: dagordningen stänger",
        text=f"Efter det kommer inget nytt ärende med på mötet {day_text(one.day)}.{source}",
        page=page, feeds=feeds,
    )  # fmt: skip
    yield Event(
        key=joined(key, "kallelse"), at=local(one.kallelse, time(0)), all_day=True, proposed=proposed,
        summary=f"{body.short}: kallelsen skickas",
        text=f"Kallelse till mötet {day_text(one.day)}.{source}", page=page, feeds=feeds,
    )  # fmt: skip


def _body_feeds(definition: Definition, body_id: BodyId, unit: UnitId | None = None) -> frozenset[str]:
    body = definition.bodies[body_id]
    units = [unit] if unit else [each for each, one in definition.units.items() if one.body == body_id]
    return frozenset(
        (
            "alla",
            f"organ/{body_id}",
            f"roll/{body.secretary}",
            f"roll/{body.chair}",
            *(f"enhet/{each}" for each in units),
        )
    )


def _role_feeds(definition: Definition, one: Milestone) -> frozenset[str]:
    roles = definition.groups[one.group].roles if one.group else (one.role,)
    return frozenset(("alla", *(f"roll/{role}" for role in roles)))


def _busy(definition: Definition) -> Set[str]:
    """Return the roles that hand something in, or that keep or lead a body. The others follow the whole."""
    parts = [part for step in definition.steps.values() for krav in step.krav.values() for part in krav.parts.values()]
    responsible = {unit.responsible for unit in definition.units.values()}
    leading = {role for body in definition.bodies.values() for role in (body.secretary, body.chair)}
    moments = [moment for step in definition.steps.values() for moment in step.moments.values()]
    doing = {moment.role for moment in moments if moment.role}
    doing |= {role for moment in moments if moment.group for role in definition.groups[moment.group].roles}
    return {part.role for part in parts} | responsible | leading | doing

"""A meeting moved, cancelled or added in thought only: what would move, who would be told, where matters would go."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, time
from functools import cached_property

from actions.moved import hear_of_move
from actions.papers.before_body import body_for, meeting_in_time
from actions.plan.meeting_changes import checked_change
from actions.recipients import told_by
from actions.scene import Scene
from arshjul.definition.reach import top_rung
from arshjul.keys import BodyId, PersonId
from arshjul.swedish import STOCKHOLM
from arshjul.year.days.meetings import ChangedMeeting, Meeting
from arshjul.year.last_anstand import has_no_room, last_anstand
from arshjul.year.wheel import Milestone, Obligation, Wheel
from store.people.holders import person_of
from store.plan.matters import open_matters
from store.plan.planning import current_wheel, held_back
from store.post.notices import told
from store.tables import Person


@dataclass(frozen=True, slots=True, kw_only=True)
class MovedFrist:
    """A frist that would move, and who would be told."""

    one: Obligation
    before: datetime
    after: datetime
    told: tuple[str, ...]  #: names of those who were told it and still owe, so that they hear of the new one
    held: datetime | None  #: the plan's earlier frist, which wants a confirmation because the later one was told


@dataclass(frozen=True, slots=True, kw_only=True)
class MovedMoment:
    """A body's moment that would move."""

    before: Milestone
    after: Milestone

    @property
    def past_the_law(self) -> bool:
        """Whether the new day lies after the law's."""
        law = self.after.lawful_until
        return (
            law is not None and self.after.status != "ej beslutad" and self.after.at.astimezone(STOCKHOLM).date() > law
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class MovedMatter:
    """A matter that would go to another meeting, or to the ordförande directly (``after`` None)."""

    one: Obligation
    before: date
    after: Meeting | None
    told: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class MovedLimit:
    """The last day of anstånd (inclusive) of several enheter's obligations, that would be another."""

    name: str  #: "underlag till delårsrapporten augusti 2027"
    units: tuple[str, ...]
    before: date | None
    after: date | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Preview:
    """All that a change of a meeting would move. Nothing is written."""

    change: ChangedMeeting
    meeting: Meeting | None  #: as it would be; None when cancelled
    frister: tuple[MovedFrist, ...]
    moments: tuple[MovedMoment, ...]
    limits: tuple[MovedLimit, ...]
    matters: tuple[MovedMatter, ...]


@dataclass(frozen=True)
class _Imagined(Scene):
    """A scene in which the meeting is changed."""

    change: ChangedMeeting

    @cached_property
    def wheel(self) -> Wheel:
        """The plan as it would stand."""
        return current_wheel(self.session, self.office.definition, self.now, imagined=(self.change,))


def preview(scene: Scene, body: BodyId, original: date | None, day: date | None, clock: time | None) -> Preview:
    """Return what changing a meeting would move. Raises RefusedError as ``change_meeting``; nothing is written."""
    change = checked_change(scene, body, original, day, clock)
    after = _Imagined(scene.session, scene.office, scene.now, change)
    held = [each for each in after.wheel.meetings.of_year(body, day.year) if each.day == day] if day else []
    return Preview(
        change=change,
        meeting=held[0] if held else None,
        frister=tuple(_frister(scene, after)),
        moments=tuple(_moments(scene, after)),
        limits=tuple(_limits(scene, after)),
        matters=tuple(_matters(scene, after, body)),
    )


def _frister(scene: Scene, after: _Imagined) -> Iterator[MovedFrist]:
    now = scene.wheel.obligations
    moved = [one for key, one in after.wheel.obligations.items() if key in now and now[key].deadline != one.deadline]
    wanted = held_back(scene.session, scene.office.definition, scene.now, imagined=(after.change,))
    before = held_back(scene.session, scene.office.definition, scene.now)
    held = {key: at for key, at in wanted.items() if before.get(key) != at}
    keys = dict.fromkeys([*(one.key for one in moved), *held])
    frists = {key: after.wheel.obligations[key].deadline.at for key in keys}
    words = told(scene.session, frists, scene.office.definition.tops)
    for key in sorted(keys, key=lambda key: (now[key].deadline.at, key)):
        one = after.wheel.obligations[key]
        owes = not scene.look([key]).complete(now[key])
        hears = owes and words[key].frist not in (None, one.deadline.at)
        yield MovedFrist(
            one=one,
            before=now[key].deadline.at,
            after=one.deadline.at,
            told=_names(scene, [person for _, person in hear_of_move(scene, one, words[key])]) if hears else (),
            held=held.get(key),
        )


def _moments(scene: Scene, after: _Imagined) -> Iterator[MovedMoment]:
    now = {each.key: each for each in scene.wheel.milestones if each.body}
    for each in after.wheel.milestones:
        was = now.get(each.key)
        if was and (was.at, was.status) != (each.at, each.status):
            yield MovedMoment(before=was, after=each)


def _limits(scene: Scene, after: _Imagined) -> Iterator[MovedLimit]:
    together: dict[tuple[str, date | None, date | None], list[str]] = {}
    for key, one in after.wheel.obligations.items():
        was = scene.wheel.obligations.get(key)
        if was is None or one.deadline.at <= scene.now or one.host:
            continue
        if (was.limit, was.treated, was.deadline) != (one.limit, one.treated, one.deadline):
            days = _last_day(scene.wheel, was), _last_day(after.wheel, one)
            if days[0] != days[1]:
                together.setdefault((f"{one.name} {one.period.text}", *days), []).append(one.unit_name)
    for (name, before, then), units in together.items():
        yield MovedLimit(name=name, units=tuple(units), before=before, after=then)


def _last_day(wheel: Wheel, one: Obligation) -> date | None:
    """Return the last day of anstånd that letters and forms tell; None when nothing bounds it, or it is the frist's."""
    last = last_anstand(wheel, one)
    return last.day if last and not has_no_room(one, last) else None


def _matters(scene: Scene, after: _Imagined, body: BodyId) -> Iterator[MovedMatter]:
    for key, matter in open_matters(scene.session, scene.wheel.obligations):
        one = after.wheel.obligations.get(key)
        rung = top_rung(one.ladder) if one else None
        if one is None or rung is None or matter.meeting_day is None:
            continue
        body_id, _ = body_for(scene.office.definition, rung, matter)
        still = {each.day for each in after.wheel.meetings.of_year(body_id, matter.meeting_day.year)}
        if body_id == body and matter.meeting_day not in still:
            people = dict.fromkeys(_name(scene, person) for _, person in told_by(rung, one, (), scene.people))
            meeting = meeting_in_time(after, one, body_id)
            yield MovedMatter(one=one, before=matter.meeting_day, after=meeting, told=tuple(people))


def _names(scene: Scene, told_to: Iterable[PersonId | None]) -> tuple[str, ...]:
    people = (person_of(scene.session, person_id) for person_id in told_to)
    return tuple(dict.fromkeys(_name(scene, each) for each in people))


def _name(scene: Scene, person: Person | None) -> str:
    return person.name if person else scene.office.definition.office_name

"""Handlingar as the page shows them: what may be gallrat and when, what the plan says, and what is gone."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import groupby

from actions.contents.outliving import Outlived, outlived_plan, rules
from actions.scene import Scene
from actions.underlag.gallring import Gallras, gallring_plan
from arshjul.definition.model import Definition, part_named
from arshjul.keys import OccurrenceKey
from arshjul.periods import Period
from arshjul.swedish import listing
from store.handins import removals

AHEAD = 1  #: years
UNDECIDED = "inte bestämt, bevaras tills vidare"
NEWEST = 50  #: of what is gone; the log has the rest


@dataclass(frozen=True, slots=True, kw_only=True)
class GallringGroup:
    """One part of one report and period, of all enheter: it is gallrat together."""

    ids: tuple[str, ...]  #: those that may be gallrade
    path: str  #: the occurrence's page; "" when its year is no longer open
    report: str
    part_name: str
    units: str
    versions: int
    first_day: date
    rule: str
    source: str
    waits: tuple[str, ...]  #: enheter that must wait


@dataclass(frozen=True, slots=True, kw_only=True)
class Planned:
    """What the dokumenthanteringsplan says of some of a report's parts, alike."""

    report: str
    rule: str
    source: str
    parts: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class GoneVersion:
    """One version whose content is gone."""

    at: datetime
    about: str
    path: str  #: the underlag's page; "" when its year is no longer open
    filename: str | None
    sha256: str | None
    kind: str
    reason: str
    why: str
    by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Handlingar:
    """All that the page shows."""

    now: tuple[GallringGroup, ...]
    ahead: tuple[GallringGroup, ...]
    plan: tuple[Planned, ...]
    gone: tuple[GoneVersion, ...]
    personal: tuple[Outlived, ...]  #: of letters, mails, the log and people: what may go now
    personal_rules: tuple[tuple[str, str, str], ...]  #: what the plan says of each kind, and its source


def handlingar(scene: Scene) -> Handlingar:
    """Gather the page."""
    definition, today = scene.office.definition, scene.today
    due = gallring_plan(scene.session, definition)
    until = date(today.year + AHEAD, today.month, min(today.day, 28))
    return Handlingar(
        now=tuple(_groups(scene, (one for one in due if one.first_day <= today))),
        ahead=tuple(_groups(scene, (one for one in due if today < one.first_day <= until))),
        plan=tuple(_plan(definition)),
        gone=tuple(_gone(scene, definition)),
        personal=tuple(one for one in outlived_plan(scene) if one.first_day <= today),
        personal_rules=rules(definition),
    )


def _groups(scene: Scene, many: Iterable[Gallras]) -> Iterable[GallringGroup]:
    def same(one: Gallras) -> tuple[date, str, str, str, str]:
        return one.first_day, *one.key.occurrence, one.key.krav, one.part

    for (first_day, step, period, _, _), found in groupby(sorted(many, key=same), same):
        each = tuple(found)
        free = [one for one in each if not one.hinder]
        yield GallringGroup(
            ids=tuple(one.id for one in free),
            path=OccurrenceKey.of(step, period).path if (step, period) in scene.wheel.keys else "",
            report=f"{each[0].step_name} {each[0].period.text}",
            part_name=each[0].part_name.partition(" (")[0],
            units=listing([one.unit_name for one in each]),
            versions=sum(len(one.versions) for one in each),
            first_day=first_day,
            rule=each[0].handling.text,
            source=each[0].handling.source.text,
            waits=tuple(f"{one.unit_name}: {one.hinder}" for one in each if one.hinder),
        )


def _plan(definition: Definition) -> Iterable[Planned]:
    for step in definition.steps.values():
        alike: dict[tuple[str, str], list[str]] = {}
        for part in (part for krav in step.krav.values() for part in krav.parts.values()):
            said = (part.handling.text, part.handling.source.text) if part.handling else (UNDECIDED, "")
            alike.setdefault(said, []).append(part.name.partition(" (")[0])
        for (rule, source), names in alike.items():
            yield Planned(report=step.name, rule=rule, source=source, parts=tuple(dict.fromkeys(names)))


def _gone(scene: Scene, definition: Definition) -> Iterable[GoneVersion]:
    for removal, row in removals.newest(scene.session, NEWEST):
        key = row.obligation_key
        step, unit, part = (
            definition.steps.get(key.step),
            definition.units.get(key.unit),
            part_named(definition, key, row.part),
        )
        words: Sequence[str] = (
            f"{step.name if step else key.step} {Period.parse(key.period).text}",
            unit.name if unit else key.unit,
            f"{part.name.partition(' (')[0] if part else row.part}, version {row.version}",
        )
        yield GoneVersion(
            at=removal.at,
            about=" · ".join(words),
            path=key.path if key in scene.wheel.obligations else "",
            filename=row.filename,
            sha256=row.sha256,
            kind=removal.kind,
            reason=removal.reason,
            why=removal.why,
            by=removal.by,
        )

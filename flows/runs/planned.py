"""The year as runs: one per moment of an occurrence and instant at which it falls. Pure: no Prefect."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import Any, Protocol

from arshjul.keys import OccurrenceKey
from arshjul.periods import Period
from arshjul.swedish import STOCKHOLM
from flows.naming import SHARP, run_name, run_tags
from store.service.runs import run_key

UNDECIDED = "ej beslutad"


class PlannedOccurrence(Protocol):
    """A step for one period."""

    @property
    def step(self) -> str: ...
    @property
    def step_name(self) -> str: ...
    @property
    def period(self) -> Period: ...


class PlannedMilestone(PlannedOccurrence, Protocol):
    """A dated moment as the wheel gives it, of one unit or (``unit`` None) of a body."""

    @property
    def unit(self) -> str | None: ...
    @property
    def milestone(self) -> str: ...
    @property
    def name(self) -> str: ...
    @property
    def kind(self) -> str: ...
    @property
    def at(self) -> datetime: ...
    @property
    def status(self) -> str: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class PlannedRun:
    """A run that shall stand in the Prefect UI."""

    key: str  #: in our store: step/period/moment/instant, so that a moment that moves is another run
    step: str
    name: str
    tags: tuple[str, ...]
    parameters: dict[str, Any]  #: period, moment, enheter (ids; empty for a body's moment)
    at: datetime


def planned_runs(milestones: Iterable[PlannedMilestone], utskick: str = SHARP) -> list[PlannedRun]:
    """Return one run per step, period, moment and instant, in the order of time.

    Units whose moment falls at the same instant share a run. What is not yet decided has none. A run says by a tag when
    ``utskick`` sends its letters to nobody but the ekonomikontor, or to nobody.
    """

    def same_run(milestone: PlannedMilestone) -> tuple[datetime, str, str, str]:
        return milestone.at, milestone.step, milestone.period.key, milestone.milestone

    decided = sorted((each for each in milestones if each.status != UNDECIDED), key=same_run)
    return [_planned(list(group), utskick) for _, group in groupby(decided, key=same_run)]


def minute_key(instant: datetime) -> str:
    """Return an instant as keys write it: ``2027-09-14T16:00+02:00``, in Swedish time."""
    return instant.astimezone(STOCKHOLM).isoformat(timespec="minutes")


def _planned(same: list[PlannedMilestone], utskick: str) -> PlannedRun:
    first, period = same[0], same[0].period.key
    occurrence = OccurrenceKey.of(first.step, period)
    return PlannedRun(
        key=run_key(occurrence, first.milestone, minute_key(first.at)),
        step=first.step,
        name=run_name(first.step_name, period, first.name, first.at),
        tags=run_tags(occurrence, first.kind, utskick),
        parameters={
            "period": period,
            "moment": first.milestone,
            "enheter": sorted({each.unit for each in same if each.unit is not None}),
        },
        at=first.at,
    )

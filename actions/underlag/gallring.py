"""Gallring: which handlingar may be gallrade by the dokumenthanteringsplan, from which day, and gallring by decision.

A part that the plan says nothing of is never gallrad. The content goes; the version's row, its file's name and
checksum, and the log stay, and the part is as complete as it was.
"""

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import date
from itertools import groupby

from actions.act import SHORTEST_REASON, Act
from actions.contents.removing import strip_mails
from arshjul.definition.model import Definition, part_named
from arshjul.definition.retention import Retention
from arshjul.errors import RefusedError
from arshjul.keys import ObligationKey, PartId
from arshjul.periods import Period
from arshjul.swedish import day_text, local_date
from store.database import Session
from store.handins import removals
from store.plan.matters import open_matters
from store.tables import Submission

WAITS_FOR_MATTER = "Väntar: ärendet om underlaget är inte avslutat."


@dataclass(frozen=True, slots=True, kw_only=True)
class Gallras:
    """A handed-in part with a gallringsfrist: all its versions, and the first day on which they may be gallrade."""

    key: ObligationKey
    part: PartId
    step_name: str
    period: Period
    unit_name: str
    krav_name: str
    part_name: str
    handling: Retention
    versions: tuple[Submission, ...]
    first_day: date
    hinder: str  #: Swedish: why it must wait though its day has come; "" when nothing hinders

    @property
    def id(self) -> str:
        """What a form calls it."""
        return self.key.part(self.part)


@dataclass(frozen=True, slots=True, kw_only=True)
class Gallrat:
    """What a gallring did."""

    versions: int
    mails: int  #: mails that were taken in, whose files went too


def gallring_plan(session: Session, definition: Definition) -> tuple[Gallras, ...]:
    """Return every handed-in part that has a gallringsfrist and is not gallrad, the soonest first."""
    rows = sorted(removals.untouched(session), key=_part_of)
    found = [one for where, each in groupby(rows, _part_of) if (one := _gallras(definition, *where, tuple(each)))]
    waiting = {key for key, _ in open_matters(session, {one.key for one in found})}
    told = [replace(one, hinder=WAITS_FOR_MATTER) if one.key in waiting else one for one in found]
    return tuple(sorted(told, key=lambda one: (one.first_day, one.key, one.part)))


def gallra(act: Act, chosen: Collection[str]) -> Gallrat:
    """Gallra the chosen parts (by their ids), on the decision that is the act's why: also in the mails that brought them.

    Raises RefusedError, and nothing is gallrat, without a decision, when nothing is chosen, and for a part whose day
    has not come or that must wait.
    """
    scene, decision = act.scene, " ".join(act.why.split())
    if len(decision) < SHORTEST_REASON:
        raise RefusedError("Ange vilket beslut gallringen görs på, till exempel delegationsbeslut 2030-01-08 § 2.")
    if not chosen:
        raise RefusedError("Välj vad som ska gallras.")
    known, gone = {one.id: one for one in gallring_plan(scene.session, scene.office.definition)}, list[Submission]()
    for each in sorted(chosen):
        one = known.get(each)
        if one is None:
            raise RefusedError(
                "Något av det du valde är redan gallrat, eller ska bevaras. Ladda om sidan och välj på nytt."
            )
        if one.first_day > scene.today:
            raise RefusedError(
                f"{one.part_name}, {one.unit_name}, {one.period.text}, får gallras först {day_text(one.first_day)}."
            )
        if one.hinder:
            raise RefusedError(f"{one.part_name}, {one.unit_name}, {one.period.text}. {one.hinder}")
        _gallra(act, one, decision)
        gone += one.versions
    return Gallrat(versions=len(gone), mails=strip_mails(scene.session, gone, removals.GALLRAD))


def _part_of(row: Submission) -> tuple[ObligationKey, PartId]:
    return row.obligation_key, row.part


def _gallras(
    definition: Definition, key: ObligationKey, part_id: PartId, versions: tuple[Submission, ...]
) -> Gallras | None:
    part = part_named(definition, key, part_id)
    if part is None or part.handling is None or part.handling.gallras is None:
        return None
    step, unit = definition.steps[key.step], definition.units.get(key.unit)
    period, rule = Period.parse(key.period), part.handling.gallras
    return Gallras(
        key=key,
        part=part_id,
        step_name=step.name,
        period=period,
        unit_name=unit.name if unit else key.unit,
        krav_name=step.krav[key.krav].name,
        part_name=part.name,
        handling=part.handling,
        versions=versions,
        first_day=max(rule.first_day(period, local_date(row.received_at)) for row in versions),
        hinder="",
    )


def _gallra(act: Act, one: Gallras, decision: str) -> None:
    session, by, now = act.scene.session, act.by, act.scene.now
    for row in one.versions:
        removals.remove_content(session, row, removals.GALLRAD, one.handling.text, decision, by, now)
    detail = {
        "part": one.part,
        "versions": [row.version for row in one.versions],
        "files": [[row.filename, row.sha256] for row in one.versions if row.sha256],
        "rule": one.handling.text,
        "source": one.handling.source.text,
        "why": decision,
    }
    act.log("submission.gallrad", one.key, detail)

"""Which Prefect run stands for which moment, and which moments have been carried out."""

from collections.abc import Set
from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from arshjul.keys import OccurrenceKey, joined
from store.tables import Run

OURS = "arshjul/"  #: how the keys of planned runs begin; runs that people plan by hand have none


def run_key(occurrence: OccurrenceKey, moment: str, at: str) -> str:
    """Return what the run of a moment at an instant is known by; one that moves is another run."""
    return f"{OURS}{joined(*occurrence, moment, at)}"


def carried_out(session: Session, flow_run_id: str, now: datetime) -> None:
    """Note that a Prefect run has carried out its moment."""
    session.execute(update(Run).where(Run.flow_run_id == flow_run_id).values(done_at=now))


def occurrence_of_run(session: Session, flow_run_id: str) -> OccurrenceKey | None:
    """Return the tillfälle that a planned run stands for; None for a run that somebody started by hand."""
    key = session.scalar(select(Run.key).where(Run.flow_run_id == flow_run_id))
    return OccurrenceKey.begun(key.removeprefix(OURS)) if key else None


def known_runs(session: Session) -> set[str]:
    """Return the ids of the runs that are noted."""
    return set(session.scalars(select(Run.flow_run_id)))


def done_keys(session: Session) -> set[str]:
    """Return the keys of the planned runs whose moment has been carried out."""
    return set(session.scalars(select(Run.key).where(Run.done_at.is_not(None))))


def note_run(session: Session, key: str, flow_run_id: str, at: datetime) -> None:
    """Note which of the server's runs stands for a planned one."""
    row = session.get(Run, key)
    if row is None:
        session.add(Run(key=key, flow_run_id=flow_run_id, at=at, done_at=None))
    elif row.flow_run_id != flow_run_id:
        row.flow_run_id = flow_run_id


def forget_runs(session: Session, *, kept: Set[str], after: datetime) -> None:
    """Drop the notes of runs after ``after`` that are no longer planned and did not run."""
    for row in session.scalars(select(Run).where(Run.done_at.is_(None), Run.at > after)).all():
        if row.key not in kept:
            session.delete(row)

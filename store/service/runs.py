"""Which Prefect run stands for which moment, and which moments have been carried out."""

from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from arshjul.keys import OccurrenceKey, names_in
from store.tables import Run


def carried_out(session: Session, flow_run_id: str, now: datetime) -> None:
    """Note that a Prefect run has carried out its moment."""
    session.execute(update(Run).where(Run.flow_run_id == flow_run_id).values(done_at=now))


def occurrence_of_run(session: Session, flow_run_id: str) -> OccurrenceKey | None:
    """Return the tillfälle that a planned run stands for; None for a run that somebody started by hand."""
    key = session.scalar(select(Run.key).where(Run.flow_run_id == flow_run_id))
    return OccurrenceKey.of(*names_in(key)[1:3]) if key else None

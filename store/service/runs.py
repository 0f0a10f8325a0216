"""Which Prefect run stands for which moment, and which moments have been carried out."""

from datetime import datetime

from sqlalchemy import update
from sqlalchemy.orm import Session

from store.tables import Run


def carried_out(session: Session, flow_run_id: str, now: datetime) -> None:
    """Note that a Prefect run has carried out its moment."""
    session.execute(update(Run).where(Run.flow_run_id == flow_run_id).values(done_at=now))

"""Which runs of the ekonomikontor's forms have recorded what they were sent in for, and which will never do so.

A run is settled once, in the transaction that records: carried out anew it does nothing, and one that was given up
records nothing any more. So a form whose run died can be sent in again without being recorded twice.
"""

from datetime import datetime

from sqlalchemy.orm import Session

from store.log.writing import log
from store.tables import FormRun

RECORDED, GIVEN_UP = "registrerat", "uppgivet"


def settled(session: Session, flow_run_id: str) -> FormRun | None:
    """Return how a form's run was settled, or None when it was not."""
    return session.get(FormRun, flow_run_id)


def record_form(session: Session, flow_run_id: str, form: str, words: str, now: datetime) -> None:
    """Note that a form's run has recorded, and what it answered."""
    session.add(FormRun(flow_run_id=flow_run_id, form=form, outcome=RECORDED, words=words, at=now))


def give_up_form(session: Session, flow_run_id: str, form: str, why: str, now: datetime, by: str) -> FormRun:
    """Note that a form's run has not recorded and never will, and return the note. ``why`` is Swedish. Logged."""
    row = FormRun(flow_run_id=flow_run_id, form=form, outcome=GIVEN_UP, words=why, at=now)
    session.add(row)
    log(session, now, by, "form.given_up", form, {"run": flow_run_id, "why": why})
    return row

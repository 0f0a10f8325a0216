"""Visits on personal links that somebody closed: what their cookies opened is closed on the server too."""

from datetime import datetime, timedelta

from sqlalchemy import delete
from sqlalchemy.orm import Session

from store.log.writing import log
from store.tables import EndedVisit

CLOSED = "visit.closed"
KEPT = timedelta(days=1)  #: so long after its cookie is over a closed visit is remembered, should the clock step back


def end(session: Session, visit_id: str, until: datetime, now: datetime, by: str, link_id: str) -> None:
    """Close a visit whose cookie would have lived to ``until``. Closing it again changes nothing."""
    session.execute(delete(EndedVisit).where(EndedVisit.until < now - KEPT))
    if session.get(EndedVisit, visit_id) is None:
        session.add(EndedVisit(id=visit_id, until=until))
        log(session, now, by, CLOSED, link_id)


def is_ended(session: Session, visit_id: str) -> bool:
    """Tell whether a visit has been closed."""
    return session.get(EndedVisit, visit_id) is not None

"""Vila and held escalations: until when, for which obligation."""

from collections.abc import Iterable, Mapping
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from store.tables import Quiet


def quiet_until(session: Session, kind: str, keys: Iterable[str]) -> Mapping[str, date]:
    """Return the last day (inclusive) of the newest ``vila`` or ``håll`` of each obligation that has one."""
    rows = session.execute(
        select(Quiet.obligation_key, Quiet.until)
        .where(Quiet.kind == kind, Quiet.obligation_key.in_(list(keys)))
        .order_by(Quiet.id)
    )
    return {key: until for key, until in rows}

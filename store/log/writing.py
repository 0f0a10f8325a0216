"""The log of who did what when. Rows are only ever added."""

from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from store.acting import acting_in
from store.tables import LogRow


def log(
    session: Session, at: datetime, who: str, what: str, key: str | None = None, detail: dict[str, Any] | None = None
) -> None:
    """Add a row: ``what`` is like ``letter.sent``, ``who`` the name; the transaction knows who it is (``store.acting``)."""
    acting = acting_in(session, who)
    session.add(
        LogRow(
            at=at,
            who=who,
            subject=acting.subject if acting else None,
            way=acting.way.value if acting else None,
            session=acting.session if acting else None,
            what=what,
            key=key,
            detail=detail or {},
        )
    )

"""The log of who did what when. Rows are only ever added."""

from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from store.tables import LogRow


def log(
    session: Session, at: datetime, who: str, what: str, key: str | None = None, detail: dict[str, Any] | None = None
) -> None:
    """Add a row: ``what`` is like ``letter.sent``, ``who`` as stated by whoever did it."""
    session.add(LogRow(at=at, who=who, what=what, key=key, detail=detail or {}))

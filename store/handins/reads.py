"""Who was given a file of the municipality's: each time it is logged."""

from datetime import datetime

from sqlalchemy.orm import Session

from store.log.writing import log

READ = "handling.read"


def note_read(session: Session, now: datetime, by: str, key: str | None, filename: str, *, what: str = "") -> None:
    """Log that somebody was given a file: of which obligation or tillfälle (``key``), and ``what`` it was, where that says more."""
    log(session, now, by, READ, key, {"filename": filename} | ({"what": what} if what else {}))

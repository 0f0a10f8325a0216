"""Who read a handling: each download stands in the log, under what it is about."""

from portal.web.desk import Desk
from portal.web.identity import Who
from store.log.acting import Acting
from store.log.writing import log

READ = "handling.read"


def note_read(desk: Desk, who: Who, key: str | None, filename: str, *, what: str = "") -> None:
    """Log that somebody who is logged in was given a file."""
    note_read_by(desk, who.acting, who.name, key, filename, what=what)


def note_read_by(desk: Desk, acting: Acting, by: str, key: str | None, filename: str, *, what: str = "") -> None:
    """Log that somebody was given a file."""
    detail = {"filename": filename} | ({"what": what} if what else {})
    with desk.store.begin(acting) as session:
        log(session, desk.clock(), by, READ, key, detail)

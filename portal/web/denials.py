"""Every denied try is in the log: who, where, why, never with a secret."""

from datetime import datetime
from threading import Lock

from starlette.exceptions import HTTPException

from notifications.plain import one_line
from portal.web.limits import Limit
from portal.web.redaction import hide_tokens
from store.acting import OUTSIDE, Acting
from store.database import Store
from store.log.writing import log

UNKNOWN = "okänd"  #: who, when nobody can say


class DeniedError(HTTPException):
    """Somebody was not let in: a page with ``word``, and a row in the log with ``who`` and ``what``."""

    def __init__(
        self, word: str, what: str, *, who: str = UNKNOWN, key: str | None = None, status: int = 403,
        headers: dict[str, str] | None = None,
    ) -> None:  # fmt: skip
        super().__init__(status, word, headers)
        self.who, self.what, self.key = who, what, key


class NotLoggedInError(DeniedError):
    """Nobody is logged in: whoever reads is shown the way to the login, and comes back after it."""


class Denials:
    """Writes denied tries in the log.

    Each is written up to 60 at once and one every other second for one visitor (all unknown ones are one): a
    flood must not fill the disk, or keep the database from those who hand in. What was not written is counted
    in the next row (``unwritten``).
    """

    def __init__(self, store: Store) -> None:
        self._store, self._limit = store, Limit(burst=60, per_second=0.5)
        self._unwritten: dict[str, int] = {}
        self._lock = Lock()

    def write(self, who: str, key: str, what: str, now: datetime, acting: Acting = OUTSIDE) -> None:
        """Log one denied try, in a transaction of its own; ``key`` is the path, or the obligation."""
        with self._lock:
            if not self._limit.allows(who, now):
                self._unwritten[who] = self._unwritten.get(who, 0) + 1
                return
            missed = self._unwritten.pop(who, 0)
        detail = {"what": what} | ({"unwritten": missed} if missed else {})
        with self._store.begin(acting) as session:
            log(session, now, one_line(who), "portal.denied", one_line(hide_tokens(key))[:200], detail)

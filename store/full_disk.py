"""Whether an error means that there is no room left: on the disk, in the temporary folder or in the database."""

import errno
import sqlite3

from sqlalchemy.exc import DBAPIError

FULL = (
    "Disken är full, så inget har sparats och ingen kvittens har skickats. Ekonomikontoret och den som sköter servern "
    "behöver ge plats. Vänta tills de har gjort det, och gör sedan om det."
)
_NO_ROOM = frozenset({errno.ENOSPC, errno.EDQUOT})
_POSTGRES_DISK_FULL = "53100"


def is_full(error: BaseException | None) -> bool:
    """Tell whether an error, or what it came from, says that there is no room left."""
    seen: set[int] = set()
    while error is not None and id(error) not in seen:
        seen.add(id(error))
        inner = error.orig if isinstance(error, DBAPIError) else error
        if isinstance(inner, OSError) and inner.errno in _NO_ROOM:
            return True
        if isinstance(inner, sqlite3.Error) and getattr(inner, "sqlite_errorcode", 0) & 0xFF == sqlite3.SQLITE_FULL:
            return True
        if getattr(inner, "sqlstate", None) == _POSTGRES_DISK_FULL:
            return True
        error = error.__cause__ or error.__context__
    return False

"""The log's chain: each row carries a digest of its content and of the row before, so that a change shows.

Rows are written without it, by many at once. One writer chains them a little later, in the order of their ids
(a row that was committed late gets a later place), and remembers the chain's head. Whoever can write to the
database can make a whole new chain: it is the heads that have gone out in letters that hold it.
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any, cast

import sqlalchemy as sa
from sqlalchemy import bindparam
from sqlalchemy.orm import Session

from arshjul.swedish import local_date
from store.database import CHAIN_LOCK, alone
from store.tables import LogRow, Setting

BATCH = 2000  #: rows that are chained in one transaction
HEAD = "log_head"  #: the setting that remembers the chain's newest row: its number and digest
BEFORE_THE_FIRST = "0" * 64
ACTING = ("subject", "way", "session")  #: what a row says of who it was, where it says so

_ENCODER = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":"))
_log = cast("sa.Table", LogRow.__table__)
_CHAIN = (
    sa.update(_log)
    .where(_log.c.id == bindparam("b_id"))
    .values({name: bindparam(f"b_{name}") for name in ("number", "detail_digest", "digest")})
)
_WAITING = (
    sa.select(_log).where(_log.c.number.is_(None)).order_by(_log.c.id).limit(bindparam("limit", type_=sa.Integer))
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Head:
    """A row of the chain, as it is told in letters: with its digest every row up to it is held."""

    number: int
    digest: str
    at: datetime | None = None


def canonical(value: Any) -> bytes:
    """Return JSON in its one form: keys in order, no spaces, UTF-8. Half a character, out of a broken file, is kept."""
    return _ENCODER.encode(value).encode("utf-8", "surrogatepass")


def digest_of_detail(detail: Mapping[str, Any]) -> str:
    """Return the SHA-256 of a row's detail."""
    return hashlib.sha256(canonical(detail)).hexdigest()


def digest_of(
    *, number: int, previous: str, at: datetime, who: str, what: str, key: str | None, detail_digest: str,
    subject: str | None = None, way: str | None = None, session: str | None = None,
) -> str:  # fmt: skip
    """Return a row's SHA-256: of its content (the detail by its own digest) and the digest of the row before.

    ``subject``, ``way`` and ``session`` are in it where the row has any of them, so that older rows, which have none,
    keep their digests, and none can be taken away or put in.
    """
    told = {
        "number": number,
        "previous": previous,
        "at": at.astimezone(UTC).isoformat(timespec="microseconds"),
        "who": who,
        "what": what,
        "key": key,
        "detail": detail_digest,
    }
    told |= {
        name: value for name, value in {"subject": subject, "way": way, "session": session}.items() if value is not None
    }
    return hashlib.sha256(canonical(told)).hexdigest()


def chain(session: Session, limit: int = BATCH) -> int:
    """Chain up to ``limit`` rows that are not chained yet, oldest first; return how many. One writer at a time."""
    alone(session, CHAIN_LOCK)
    session.flush()
    remembered = session.get(Setting, HEAD, populate_existing=True)
    number, digest = _parsed(remembered.value) if remembered else (0, BEFORE_THE_FIRST)
    changes: list[dict[str, Any]] = []
    for row in session.execute(_WAITING, {"limit": limit}):
        number += 1
        # only a chained row is gallrad, so the detail is there; none at all can only be somebody's own doing
        inner = digest_of_detail(row.detail if row.detail is not None else {})
        digest = digest_of(
            number=number, previous=digest, at=row.at, who=row.who, what=row.what, key=row.key, detail_digest=inner,
            subject=row.subject, way=row.way, session=row.session,
        )  # fmt: skip
        changes.append({"b_id": row.id, "b_number": number, "b_detail_digest": inner, "b_digest": digest})
    if changes:
        session.connection().execute(_CHAIN, changes)
        if remembered:
            remembered.value = f"{number} {digest}"
        else:
            session.add(Setting(name=HEAD, value=f"{number} {digest}"))
        session.flush()
    return len(changes)


def head(session: Session) -> Head | None:
    """Return the chain's newest row; None when nothing is chained yet."""
    remembered = session.get(Setting, HEAD)
    if remembered is None:
        return None
    number, digest = _parsed(remembered.value)
    return Head(number=number, digest=digest)


def heads_since(session: Session, since: datetime) -> dict[date, Head]:
    """Return the newest chained row of each local day from ``since`` on on which anything was logged."""
    found: dict[date, Head] = {}
    where = (_log.c.at >= since, _log.c.number.is_not(None))
    for row in session.execute(
        sa.select(_log.c.number, _log.c.digest, _log.c.at).where(*where).order_by(_log.c.number)
    ):
        found[local_date(row.at)] = Head(number=row.number, digest=row.digest, at=row.at)
    return dict(sorted(found.items()))


def _parsed(remembered: str) -> tuple[int, str]:
    number, _, digest = remembered.partition(" ")
    return int(number), digest

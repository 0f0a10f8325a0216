"""The log's chain: each row carries a digest of its content and of the row before, so that a change shows.

Rows are written without it, by many at once. One writer chains them a little later, in the order of their ids
(a row that was committed late gets a later place), and remembers the chain's head. Whoever can write to the
database can make a whole new chain: it is the heads that have gone out in letters that hold it.
"""

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any, cast

import sqlalchemy as sa
from sqlalchemy import bindparam
from sqlalchemy.orm import Session

from arshjul.errors import RefusedError
from arshjul.swedish import local_date
from store.database import CHAIN_LOCK, alone
from store.log.writing import log
from store.tables import LogRow, Setting

BATCH = 2000  #: rows that are chained in one transaction
HEAD = "log_head"  #: the setting that remembers the chain's newest row: its number and digest
BEFORE_THE_FIRST = "0" * 64
ACTING = ("subject", "way", "session")  #: what a row says of who it was, where it says so
GALLRAD = "log.gallrad"
WITHHELD = "log.withheld"
LATE = timedelta(hours=1)  #: a row that is dated so long before the one before it was put in afterwards
SHORTEST = 16  #: characters of a digest that are enough to look for it

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


@dataclass(frozen=True, slots=True, kw_only=True)
class Break:
    """The first row that does not fit: its place in the chain, and Swedish words for what is wrong."""

    number: int
    words: str
    at: datetime | None = None
    what: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What going through the chain found. Rows that are not chained yet are held by nothing so far."""

    fitting: int  #: rows from the first that fit
    head: Head | None  #: the newest of them
    unchained: int
    gallrade: int  #: fitting rows whose detail has been gallrad
    broken: Break | None
    dated_back: tuple[int, ...] = ()  #: rows dated well before the one before them
    asked: Head | None = None  #: the row whose digest was asked for, when it is among those that fit
    heads: Mapping[date, Head] = field(default_factory=dict)  #: the newest row of each day, by its local day


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


def verify(session: Session, asked: str | None = None) -> Verdict:
    """Go through the whole chain, to the first row that does not fit. ``asked`` is a digest from an old letter.

    Spaces in ``asked`` do not matter, and its first characters are enough.
    Raises RefusedError when it cannot be a digest.
    """
    walk = _Walk(_sought(asked), _gallrade(session), _without_persons(session))
    remembered = head(session)
    for row in _chained(session):
        if not walk.takes(row):
            break
    else:
        walk.ends(remembered)
    waiting = sa.select(sa.func.count()).where(_log.c.number.is_(None))
    return walk.verdict(session.scalar(waiting) or 0)


def gallra(session: Session, numbers: Iterable[int], by: str, why: str, now: datetime) -> int:
    """Take away the details of chained rows; that they were there, and their digests, stay. Return how many.

    Logged with the rows' numbers. Raises RefusedError without a reason, and for rows that tell of a gallring.
    """
    if not why.strip():
        raise RefusedError("Ange varför uppgifterna gallras, så att den som läser loggen förstår.")
    wanted = sorted(set(numbers))
    where = (_log.c.number.in_(wanted), _log.c.detail.is_not(None))
    rows = session.execute(sa.select(_log.c.number, _log.c.what).where(*where).order_by(_log.c.number)).all()
    if any(row.what in (GALLRAD, WITHHELD) for row in rows):
        raise RefusedError("Rader som berättar om en gallring kan inte själva gallras: kedjan behöver dem.")
    if rows:
        found = [row.number for row in rows]
        session.execute(sa.update(LogRow).where(LogRow.number.in_(found)).values(detail=None))
        log(session, now, by, GALLRAD, None, {"rows": found, "why": why.strip()})
    return len(rows)


def withhold(session: Session, rows: Iterable[LogRow], by: str, why: str, now: datetime) -> None:
    """Take the details of chained rows out of the log while they are withheld; whoever calls has laid them behind a spärr.

    Logged with the rows' numbers, so that the chain still holds.
    """
    taken = sorted(rows, key=lambda row: row.number or 0)
    for row in taken:
        row.detail = None
    log(session, now, by, WITHHELD, None, {"rows": [row.number for row in taken], "why": why})


def put_back(session: Session, number: int, detail: Mapping[str, Any]) -> None:
    """Give a chained row its detail again; the digest that it was chained with holds it."""
    session.execute(sa.update(LogRow).where(LogRow.number == number).values(detail=dict(detail)))


NOBODY = "(gallrad)"  #: in place of who it was


def rest_of(rows: "Iterable[sa.Row[Any] | LogRow]") -> str:
    """Return the SHA-256 of what is left of rows whose persons are gallrade: all but who it was, in the chain's order."""
    digest = hashlib.sha256()
    for row in rows:
        at = row.at.astimezone(UTC).isoformat(timespec="microseconds")
        digest.update(canonical([row.number, at, row.what, row.key, row.detail_digest, row.digest]))
    return digest.hexdigest()


def gallra_persons(session: Session, rows: Sequence[LogRow], by: str, why: str, now: datetime) -> int:
    """Take away who it was and what was told in chained rows, in the chain's order; return how many.

    A row's digest holds who it was, so it can no longer be worked out: the row that tells of it holds a digest of all
    that is left of them (:func:`rest_of`), and is chained itself. Rows that tell of a gallring are left as they are.
    """
    taken = [row for row in rows if row.number is not None and row.what not in (GALLRAD, WITHHELD)]
    for row in taken:
        row.detail, row.session = None, None
        if row.subject is not None:
            row.subject = NOBODY
        row.who = NOBODY
    session.flush()
    if taken:
        detail = {"rows": [row.number for row in taken], "why": why, "persons": rest_of(taken)}
        log(session, now, by, GALLRAD, None, detail)
    return len(taken)


class _Walk:
    """How far the going-through has come."""

    def __init__(self, sought: str | None, gallrade: frozenset[int], batches: Mapping[int, "_Batch"]) -> None:
        self._sought = sought
        self._batches = batches
        self._may_be_bare = gallrade
        self._last: Head | None = None
        self._before: datetime | None = None  #: when the row before it is dated
        self._bare = 0  #: rows without a detail
        self._dated_back: list[int] = []
        self._heads: dict[date, Head] = {}
        self._asked: Head | None = None
        self._broken: Break | None = None

    def takes(self, row: "sa.Row[Any]") -> bool:
        """Take the next row; False when it does not fit."""
        due = self._last.number + 1 if self._last else 1
        if row.number != due:
            gone = f"rad {due}" if row.number == due + 1 else f"raderna {due}–{row.number - 1}"
            self._broken = Break(number=due, words=f"Kedjan hoppar: {gone} saknas.")
            return False
        if wrong := self._wrong(row):
            self._broken = Break(number=row.number, words=wrong, at=row.at, what=row.what)
            return False
        self._last = Head(number=row.number, digest=row.digest, at=row.at)
        self._heads[local_date(row.at)] = self._last
        self._bare += row.detail is None
        if self._before and row.at < self._before - LATE:
            self._dated_back.append(row.number)
        self._before = row.at
        if self._sought and row.digest.startswith(self._sought):
            self._asked = self._last
        return True

    def _wrong(self, row: "sa.Row[Any]") -> str | None:
        if row.detail is None and row.number not in self._may_be_bare:
            return f"Rad {row.number} saknar sitt innehåll, men ingen gallring av den är loggad."
        if row.detail is not None and digest_of_detail(row.detail) != row.detail_digest:
            return f"Rad {row.number} har ändrats: innehållet är inte det som kedjades."
        if batch := self._batches.get(row.number):
            return batch.wrong(row)
        digest = digest_of(
            number=row.number,
            previous=self._last.digest if self._last else BEFORE_THE_FIRST,
            at=row.at,
            who=row.who,
            what=row.what,
            key=row.key,
            detail_digest=row.detail_digest or "",
            subject=row.subject,
            way=row.way,
            session=row.session,
        )
        if digest != row.digest:
            return f"Rad {row.number} har ändrats, eller raden före den: kontrollsumman stämmer inte."
        return None

    def ends(self, remembered: Head | None) -> None:
        """Hold the last row against the head that was remembered."""
        number = self._last.number if self._last else 0
        expected = remembered.number if remembered else 0
        if number < expected:
            gone = f"rad {expected}" if expected == number + 1 else f"raderna {number + 1}–{expected}"
            self._broken = Break(number=number + 1, words=f"Kedjan slutar för tidigt: {gone} saknas.")
        elif number != expected or (remembered and self._last and remembered.digest != self._last.digest):
            words = "Kedjans sista rader är inte de som är antecknade: de har bytts ut, eller rader har lagts till."
            self._broken = Break(number=number, words=words, at=self._last.at if self._last else None)

    def verdict(self, unchained: int) -> Verdict:
        """Return what was found."""
        return Verdict(
            fitting=self._last.number if self._last else 0,
            head=self._last,
            unchained=unchained,
            gallrade=self._bare,
            broken=self._broken,
            dated_back=tuple(self._dated_back),
            asked=self._asked,
            heads=dict(sorted(self._heads.items())),
        )


class _Batch:
    """Rows whose persons are gallrade together, and the digest of what is left of them."""

    def __init__(self, rows: Sequence[int], rest: str) -> None:
        self.rows, self._rest = rows, rest
        self._seen: list[Any] = []

    def wrong(self, row: "sa.Row[Any]") -> str | None:
        """Return what is wrong with the next of them; known when the last has come."""
        self._seen.append(row)
        if row.number != self.rows[-1]:
            return None
        if len(self._seen) == len(self.rows) and rest_of(self._seen) == self._rest:
            return None
        first, last = self.rows[0], self.rows[-1]
        return f"Någon av raderna {first}–{last}, vars personer är gallrade, har ändrats: kontrollsumman stämmer inte."


def _without_persons(session: Session) -> dict[int, _Batch]:
    """Return, by their numbers, the rows whose persons were taken away, as the log itself tells."""
    found: dict[int, _Batch] = {}
    for detail in session.scalars(sa.select(_log.c.detail).where(_log.c.what == GALLRAD)):
        if detail and "persons" in detail:
            batch = _Batch(detail["rows"], detail["persons"])
            found |= dict.fromkeys(batch.rows, batch)
    return found


def _gallrade(session: Session) -> frozenset[int]:
    """Return the numbers of the rows whose details were taken away, as the log itself tells."""
    told = session.scalars(sa.select(_log.c.detail).where(_log.c.what.in_((GALLRAD, WITHHELD))))
    return frozenset(number for detail in told for number in (detail or {}).get("rows", []))


def _chained(session: Session) -> "Iterator[sa.Row[Any]]":
    """Return the chained rows in order, without holding them all."""
    rows = sa.select(_log).where(_log.c.number.is_not(None)).order_by(_log.c.number)
    yield from session.execute(rows.execution_options(yield_per=BATCH))


def _parsed(remembered: str) -> tuple[int, str]:
    number, _, digest = remembered.partition(" ")
    return int(number), digest


def _sought(asked: str | None) -> str | None:
    if asked is None:
        return None
    digest = "".join(asked.split()).lower()
    if not SHORTEST <= len(digest) <= 64 or any(char not in "0123456789abcdef" for char in digest):
        raise RefusedError(
            f"'{asked}' är ingen kontrollsumma. Skriv av den ur brevet: 64 tecken 0–9 och a–f, "
            f"minst de {SHORTEST} första."
        )
    return digest

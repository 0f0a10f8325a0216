"""The whole chain gone through: how far it fits, and the first row that does not."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any, cast

import sqlalchemy as sa
from sqlalchemy.orm import Session

from arshjul.swedish import local_date
from store.log.log_chain import BATCH, BEFORE_THE_FIRST, Head, digest_of, digest_of_detail, head
from store.log.log_gallring import GALLRAD, WITHHELD, rest_of
from store.tables import LogRow

_log = cast("sa.Table", LogRow.__table__)
LATE = timedelta(hours=1)  #: a row that is dated so long before the one before it was put in afterwards


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


def verify(session: Session, asked: str | None = None) -> Verdict:
    """Go through the whole chain, to the first row that does not fit.

    ``asked`` is a digest from an old letter, or how one begins, in the letters of a digest.
    """
    walk = _Walk(asked, _gallrade(session), _without_persons(session))
    remembered = head(session)
    for row in _chained(session):
        if not walk.takes(row):
            break
    else:
        walk.ends(remembered)
    waiting = sa.select(sa.func.count()).where(_log.c.number.is_(None))
    return walk.verdict(session.scalar(waiting) or 0)


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

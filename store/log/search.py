"""Looking in the log: by words, by who and what, by what it is about, and by day."""

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, time, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Session

from arshjul.swedish import local
from store.tables import LogRow

Column = sa.SQLColumnExpression[str] | sa.SQLColumnExpression[str | None]
BATCH = 1000  #: rows that are held at a time when all are asked for


@dataclass(frozen=True, slots=True, kw_only=True)
class Word:
    """A word to look for anywhere in a row; ``kinds`` are those whose Swedish words hold it, ``key`` as keys write it."""

    text: str
    key: str
    kinds: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Search:
    """What is looked for; everything that is given must hold. Days are Swedish local days, both inclusive."""

    words: tuple[Word, ...] = ()
    who: str = ""
    kind: str = ""
    key: str = ""  #: as keys write it
    since: date | None = None
    until: date | None = None


def found(session: Session, search: Search, limit: int, offset: int = 0) -> list[LogRow]:
    """Return rows that hold, the newest first."""
    rows = sa.select(LogRow).where(*_conditions(search)).order_by(LogRow.id.desc())
    return list(session.scalars(rows.limit(limit).offset(offset)))


def count(session: Session, search: Search) -> int:
    """Return how many rows hold."""
    return session.scalar(sa.select(sa.func.count()).select_from(LogRow).where(*_conditions(search))) or 0


def every(session: Session, search: Search) -> Iterator[LogRow]:
    """Return all rows that hold, the oldest first, without holding them all."""
    rows = sa.select(LogRow).where(*_conditions(search)).order_by(LogRow.id)
    yield from session.scalars(rows.execution_options(yield_per=BATCH))


def _conditions(search: Search) -> Iterator[sa.ColumnElement[bool]]:
    if search.since:
        yield LogRow.at >= local(search.since, time(0))
    if search.until:
        yield LogRow.at < local(search.until + timedelta(days=1), time(0))
    if search.kind:
        yield LogRow.what == search.kind
    if search.who:
        yield sa.or_(_holds(LogRow.who, search.who), _holds(LogRow.subject, search.who))
    if search.key:
        yield LogRow.key.icontains(search.key, autoescape=True)
    for word in search.words:
        columns: tuple[Column, ...] = (
            LogRow.who,
            LogRow.subject,
            LogRow.way,
            LogRow.key,
            sa.cast(LogRow.detail, sa.String),
            LogRow.what,
        )
        anywhere = [_holds(column, word.text) for column in columns]
        if word.key:
            anywhere.append(LogRow.key.icontains(word.key, autoescape=True))
        yield sa.or_(*anywhere, LogRow.what.in_(word.kinds))


def _holds(column: Column, text: str) -> sa.ColumnElement[bool]:
    """Large and small letters are alike. SQLite knows that of a to z alone, so å, ä and ö are tried in each form."""
    return sa.or_(*(column.icontains(form, autoescape=True) for form in _forms(text)))


def _forms(text: str) -> Iterable[str]:
    forms = (text,) if text.isascii() else (text, text.lower(), text.upper(), text.capitalize())
    return dict.fromkeys(forms)


def about(session: Session, key: str, kinds: Iterable[str] | None = None) -> list[LogRow]:
    """Return the rows with exactly this key, of these kinds or of every one, the oldest first."""
    rows = sa.select(LogRow).where(LogRow.key == key).order_by(LogRow.id)
    return list(session.scalars(rows if kinds is None else rows.where(LogRow.what.in_(list(kinds)))))


def telling(session: Session, key: str | None, words: Iterable[str], kinds: Iterable[str] = ()) -> list[LogRow]:
    """Return the rows about ``key``, or of these kinds, whose detail holds any of the words, the oldest first."""
    told = [sa.cast(LogRow.detail, sa.String).contains(each, autoescape=True) for each in sorted(_written(words))]
    where = [LogRow.what.in_(list(kinds)), *([LogRow.key == key] if key else [])]
    if not told:
        return []
    return list(session.scalars(sa.select(LogRow).where(sa.or_(*where), sa.or_(*told)).order_by(LogRow.id)))


def _written(words: Iterable[str]) -> set[str]:
    """Return words as they stand in a row's detail: JSON writes a quotation mark or a new line another way."""
    return {json.dumps(each, ensure_ascii=False)[1:-1] for each in words}


def of_kinds(session: Session, kinds: Iterable[str]) -> list[LogRow]:
    """Return the rows of these kinds, the newest first."""
    return list(session.scalars(sa.select(LogRow).where(LogRow.what.in_(list(kinds))).order_by(LogRow.id.desc())))

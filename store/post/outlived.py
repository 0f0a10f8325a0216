"""Letters, mails, rows of the log and people that may be gallrade by year: how many there are, and taking their words away."""

from collections import Counter
from dataclasses import dataclass
from datetime import date, datetime, time
from hashlib import sha256

from sqlalchemy import ColumnElement, String, cast, delete, exists, func, select, update
from sqlalchemy.orm import InstrumentedAttribute, Session

from arshjul.swedish import local, local_date
from store.database import overwrite_deleted
from store.handins.removals import forget_blob
from store.handins.versions import keep_blob
from store.log import log_gallring
from store.log.log_gallring import GALLRAD, NOBODY, WITHHELD
from store.post.incoming import UNREAD
from store.post.letter_states import RESERVED, WAITING
from store.tables import (
    AnstandRequest,
    AskedCode,
    DraftFile,
    DraftForm,
    Holder,
    Incoming,
    LetterRow,
    Link,
    LogRow,
    Person,
    Withheld,
    WithheldPiece,
)

BATCH = 1000  #: rows of the log whose persons go together
GONE = "gallrad"  #: the person that rows lead to whose own is gone
SUBJECT = "(gallrat)"
LETTER = (
    b"Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: 8bit\r\n\r\nBrevet \xc3\xa4r gallrat.\r\n"
)
MAIL = (
    b"Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: 8bit\r\n\r\nMejlet \xc3\xa4r gallrat.\r\n"
)


@dataclass(frozen=True, slots=True)
class YearOf:
    """A calendar year by Swedish time."""

    number: int

    def has(self, column: InstrumentedAttribute[datetime]) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
        """Return the two conditions that a row is of the year."""
        return column >= local(date(self.number, 1, 1), time(0)), column < local(date(self.number + 1, 1, 1), time(0))


def _free(kind: str, column: InstrumentedAttribute[int]) -> ColumnElement[bool]:
    return ~exists().where(WithheldPiece.kind == kind, WithheldPiece.ref == cast(column, String))


def _letters() -> tuple[ColumnElement[bool], ...]:
    return LetterRow.subject != SUBJECT, LetterRow.state.not_in((WAITING, RESERVED)), _free("letter", LetterRow.id)


def _mails() -> tuple[ColumnElement[bool], ...]:
    return Incoming.subject != SUBJECT, Incoming.state != UNREAD, _free("mail", Incoming.id)


def _rows() -> tuple[ColumnElement[bool], ...]:
    kept = LogRow.what.not_in((GALLRAD, WITHHELD))
    return (
        LogRow.who != NOBODY,
        kept,
        ~exists().where(WithheldPiece.kind == "log", WithheldPiece.ref == cast(LogRow.number, String)),
    )


def letters_by_year(session: Session) -> Counter[int]:
    """Return how many letters of each year have their words left."""
    return _by_year(session, LetterRow.made_at, _letters())


def mails_by_year(session: Session) -> Counter[int]:
    """Return how many mails of each year have their words left, but for those that wait for a person."""
    return _by_year(session, Incoming.received_at, _mails())


def log_by_year(session: Session) -> Counter[int]:
    """Return how many rows of each year tell who it was."""
    return _by_year(session, LogRow.at, _rows())


def people_by_year(session: Session, today: date) -> Counter[int]:
    """Return how many people have had no role since each year: who has one today or later is none of them."""
    return Counter(year for year, _ in _roleless(session, today))


def _by_year(
    session: Session, column: InstrumentedAttribute[datetime], where: tuple[ColumnElement[bool], ...]
) -> Counter[int]:
    first, last = session.execute(select(func.min(column), func.max(column)).where(*where)).one()
    if first is None:
        return Counter()
    years = range(local_date(first).year, local_date(last).year + 1)
    counts = {
        year: session.scalar(select(func.count()).where(*YearOf(year).has(column), *where)) or 0 for year in years
    }
    return Counter({year: count for year, count in counts.items() if count})


def _roleless(session: Session, today: date) -> list[tuple[int, Person]]:
    """Return whoever has no role today or later, with the year in which the last one ended; those without any never had."""
    ends: dict[str, date | None] = {}
    for row in session.scalars(select(Holder)):
        for who, until in ((row.person_id, row.until), (row.deputy_id, row.deputy_to)):
            if who and (who not in ends or ends[who] is not None):
                was = ends.get(who)
                ends[who] = None if until is None else max(until, was) if was else until
    named = {
        each for row in session.scalars(select(Withheld).where(Withheld.lifted_at.is_(None))) for each in row.readers
    }
    found = []
    for person in session.scalars(select(Person).where(Person.id != GONE).order_by(Person.id)):
        until = ends.get(person.id)
        if until is not None and until < today and person.id not in named:
            found.append((until.year, person))
    return found


def cull_letters(session: Session, year: int) -> int:
    """Take the words and the readers out of a year's letters; that each was written, of which kind and when, stays."""
    overwrite_deleted(session)
    where = (*YearOf(year).has(LetterRow.made_at), *_letters())
    changed = session.execute(
        update(LetterRow)
        .where(*where)
        .values(mime=LETTER, subject=SUBJECT, to=[], cc=[], person_id=None, daily_to=None, answer=None, pending=None)
        .execution_options(synchronize_session=False)
    )
    session.expire_all()
    return int(getattr(changed, "rowcount", 0))


def cull_mails(session: Session, year: int) -> int:
    """Take the words, the sender and the files out of a year's mails; that each came, when and what became of it, stays."""
    overwrite_deleted(session)
    rows = session.scalars(select(Incoming).where(*YearOf(year).has(Incoming.received_at), *_mails())).all()
    bare = sha256(MAIL).hexdigest()
    if rows:
        keep_blob(session, bare, MAIL)
    for row in rows:
        before, row.sha256 = row.sha256, bare
        row.subject, row.sender, row.note = SUBJECT, "", ""
        row.files = [
            {"name": SUBJECT, "sha256": each["sha256"], "size": each["size"], "gone": True} for each in row.files
        ]
        session.flush()
        forget_blob(session, before)
    return len(rows)


def cull_log(session: Session, year: int, by: str, why: str, now: datetime) -> int:
    """Take who it was and what was told out of a year's rows of the log; the chain still holds. See ``log_chain``."""
    overwrite_deleted(session)
    rows = session.scalars(select(LogRow).where(*YearOf(year).has(LogRow.at), *_rows()).order_by(LogRow.number)).all()
    return sum(
        log_gallring.gallra_persons(session, rows[at : at + BATCH], by, why, now) for at in range(0, len(rows), BATCH)
    )


def cull_people(session: Session, year: int, today: date) -> int:
    """Take away the people whose last role ended within a year, with their periods, links, codes and what they had begun."""
    overwrite_deleted(session)
    gone = [person for ended, person in _roleless(session, today) if ended == year]
    ids = [person.id for person in gone]
    if not gone:
        return 0
    session.merge(Person(id=GONE, name=NOBODY, address="", phone=None))
    session.flush()
    session.execute(update(AnstandRequest).where(AnstandRequest.person_id.in_(ids)).values(person_id=GONE, by=NOBODY))
    session.execute(
        update(Holder).where(Holder.deputy_id.in_(ids)).values(deputy_id=None, deputy_from=None, deputy_to=None)
    )
    session.execute(delete(AskedCode).where(AskedCode.person_id.in_(ids)))
    for table in (DraftForm, DraftFile, Link):
        session.execute(delete(table).where(table.person_id.in_(ids)))
    session.execute(delete(Holder).where(Holder.person_id.in_(ids)))
    session.execute(delete(Person).where(Person.id.in_(ids)))
    session.expire_all()
    return len(gone)

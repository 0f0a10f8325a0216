"""Letters as they were written, for who looks back: about an underlag or a report, to a person, or all."""

from collections.abc import Collection, Sequence
from typing import Any

from sqlalchemy import ColumnElement, String, cast, func, or_, select
from sqlalchemy.orm import InstrumentedAttribute, defer

from arshjul.keys import ObligationKey, RoleId, UnitId
from store.database import Session
from store.post.letter_states import BOUNCED, HANDED, REFUSED
from store.tables import Holder, LetterRow, NoticeRow, Person

_BY_NEWEST = select(LetterRow).options(defer(LetterRow.mime)).order_by(LetterRow.id.desc())


def letters(
    session: Session,
    *,
    about: str = "",
    thread: str = "",
    person: Person | None = None,
    offset: int = 0,
    most: int = 50,
) -> tuple[int, Sequence[LetterRow]]:
    """Return how many letters there are, and those after ``offset``, the newest first.

    ``about`` is a key that an underlag's or a report's keys begin with, ``thread`` what its threads begin with
    ("" for an underlag); ``person`` got them, or read them in copy.
    """
    where = []
    if about:
        told = select(NoticeRow.letter_id).where(_within(NoticeRow.obligation_key, about))
        threads = [LetterRow.thread.startswith(thread, autoescape=True)] if thread else []
        where.append(or_(LetterRow.id.in_(told), _within(LetterRow.key, about), *threads))
    if person:
        copied = cast(LetterRow.cc, String).contains(person.address, autoescape=True)
        where.append(or_(LetterRow.person_id == person.id, copied))
    count = session.scalar(select(func.count()).select_from(LetterRow).where(*where)) or 0
    return count, session.scalars(_BY_NEWEST.where(*where).offset(offset).limit(most)).all()


def letter_of(session: Session, number: int) -> LetterRow | None:
    """Return a letter by its number, with what stands in it."""
    return session.get(LetterRow, number)


def letters_to_seat(
    session: Session, role: RoleId, unit: UnitId | None, but: Collection[str], most: int = 10
) -> Sequence[LetterRow]:
    """Return the newest letters that really went to those who hold, or held, a role; none of the kinds in ``but``."""
    unit_is = Holder.unit == unit if unit else Holder.unit.is_(None)
    held = select(Holder.person_id).where(Holder.role == role, unit_is)
    deputies = select(Holder.deputy_id).where(Holder.role == role, unit_is, Holder.deputy_id.is_not(None))
    where = (
        or_(LetterRow.person_id.in_(held), LetterRow.person_id.in_(deputies)),
        LetterRow.state.in_((HANDED, REFUSED, BOUNCED)), LetterRow.shadow.is_(False), LetterRow.kind.not_in(list(but)),
    )  # fmt: skip
    return session.scalars(_BY_NEWEST.where(*where).limit(most)).all()


def letters_about_underlag(session: Session, key: ObligationKey, most: int = 8) -> Sequence[LetterRow]:
    """Return the newest letters about an underlag, whoever got them."""
    return letters(session, about=key, most=most)[1]


def _within(column: InstrumentedAttribute[Any], key: str) -> ColumnElement[bool]:
    text = cast(column, String)
    return or_(text == key, text.startswith(f"{key}/", autoescape=True))

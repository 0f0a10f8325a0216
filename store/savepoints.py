"""Parts of a transaction: one that may fail alone, what is written before the end, and what is read afresh."""

from contextlib import AbstractContextManager
from typing import Any

from sqlalchemy.orm import Session


def apart(session: Session) -> AbstractContextManager[Any]:
    """Return a savepoint: what is done in it is undone alone when it raises."""
    return session.begin_nested()


def undone(session: Session) -> "Undone":
    """Return a savepoint that is always undone: for a look at what would be."""
    return Undone(session)


class Undone:
    """What is done inside is undone at the end, and forgotten by the session."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def __enter__(self) -> None:
        self._point = self._session.begin_nested()

    def __exit__(self, *_: object) -> None:
        self._point.rollback()


def settle(session: Session) -> None:
    """Write what was changed up to now, so that queries see it and the database has numbered it."""
    session.flush()


def reread(session: Session, row: object) -> None:
    """Read a row anew, as it stands in the database."""
    session.refresh(row)


def let_go(session: Session, row: object) -> None:
    """Let a written row's values out of memory; they are read again when somebody asks."""
    session.expire(row)

"""Columns alone, read past the ORM: it makes nothing of them, and asking through it costs more than twice as much."""

from collections.abc import Mapping
from typing import Any, TypeVarTuple

from sqlalchemy import CursorResult, Select
from sqlalchemy.orm import Session

_Columns = TypeVarTuple("_Columns")


def columns(
    session: Session, statement: Select[*_Columns], values: Mapping[str, Any] | None = None
) -> CursorResult[*_Columns]:
    """Return what a statement that names columns and no whole row finds, for what every scene and letter asks.

    What the session was given and has not written yet is written first, as when the ORM asks.
    """
    session.flush()
    return session.connection().execute(statement, values)

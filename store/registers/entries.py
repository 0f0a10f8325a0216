"""The registers' entries, as rows: the newest word of each counts."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from arshjul.definition.registers.register import RegisterEntry
from store.columns import columns
from store.tables import RegisterRow

# asked of every scene, so it is put together once
_ENTRIES = select(RegisterRow.register, RegisterRow.entry, RegisterRow.fields, RegisterRow.gone).order_by(
    RegisterRow.id
)


def register_entries(session: Session) -> dict[str, dict[str, RegisterEntry | None]]:
    """Return the registered entries by register and id; None for one that was taken away."""
    found: dict[str, dict[str, RegisterEntry | None]] = {}
    for register, entry, fields, gone in columns(session, _ENTRIES):
        found.setdefault(register, {})[entry] = None if gone else RegisterEntry.model_validate(fields)
    return found


def add_entry(
    session: Session,
    register: str,
    entry: str,
    fields: Mapping[str, Any],
    by: str,
    now: datetime,
    *,
    gone: bool = False,
) -> None:
    """Keep what an entry says, or that it is taken away."""
    session.add(RegisterRow(register=register, entry=entry, fields=dict(fields), gone=gone, by=by, recorded_at=now))
    session.flush()


def known_entries(session: Session, register: str) -> Iterable[str]:
    """Return the ids that entries of a register have had, those that were taken away with them."""
    return session.scalars(select(RegisterRow.entry).where(RegisterRow.register == register).distinct())

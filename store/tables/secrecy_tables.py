"""What is withheld by law: a spärr, and what lies behind it."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, LargeBinary
from sqlalchemy.orm import Mapped, mapped_column

from arshjul.keys import ObligationKey
from store.tables.base import Table


class Withheld(Table):
    """A spärr: what it is about, on which ground (a lagrum), by whom, and who may open it.

    ``readers`` are the persons' ids. ``lifted_at`` is None while it holds.
    """

    __tablename__ = "withheld"

    id: Mapped[int] = mapped_column(primary_key=True)
    title: Mapped[str]  #: what everybody may read of what it is
    obligation_key: Mapped[ObligationKey | None] = mapped_column(index=True)
    lagrum: Mapped[str]
    why: Mapped[str]
    readers: Mapped[list[str]]
    by: Mapped[str]
    at: Mapped[datetime]
    lifted_at: Mapped[datetime | None]
    lifted_by: Mapped[str | None]
    lifted_why: Mapped[str | None]


class WithheldPiece(Table):
    """One thing as it was before it was withheld: a version, a file's bytes, a mail, a letter, a row of the log, an avvikelse's words.

    ``ref`` is the thing's own number or checksum. Where two spärrar hold one thing, one of them has it as it was.
    """

    __tablename__ = "withheld_piece"
    __table_args__ = (Index("ix_withheld_piece_what", "kind", "ref"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    withheld_id: Mapped[int] = mapped_column(ForeignKey("withheld.id"), index=True)
    kind: Mapped[str]
    ref: Mapped[str]
    detail: Mapped[dict[str, Any]]
    content: Mapped[bytes | None] = mapped_column(LargeBinary, deferred=True)

"""The log."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON
from sqlalchemy.orm import Mapped, mapped_column

from store.tables.base import Table


class LogRow(Table):
    """Who did what when. Rows are only added; a little later one writer chains them (``store.log.log_chain``).

    ``number`` is the row's place in the chain and None until then. ``detail`` is None when it has been gallrad.
    ``who`` is a name; ``subject``, ``way`` and ``session`` say who it was (``store.acting``), None where nobody knows.
    """

    __tablename__ = "log"

    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime]
    who: Mapped[str]
    what: Mapped[str]
    key: Mapped[str | None] = mapped_column(index=True)
    detail: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True), default=dict)
    number: Mapped[int | None] = mapped_column(unique=True)
    detail_digest: Mapped[str | None]  #: stays when the detail is gallrad, so that the chain still holds
    digest: Mapped[str | None]
    subject: Mapped[str | None] = mapped_column(index=True)
    way: Mapped[str | None]
    session: Mapped[str | None]

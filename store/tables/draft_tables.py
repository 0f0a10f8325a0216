"""What a person has begun to hand in, and how much."""

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, ForeignKey, Index, LargeBinary
from sqlalchemy.orm import Mapped, mapped_column

from arshjul.keys import ObligationKey, PersonId
from store.tables.base import Table


class DraftForm(Table):
    """What a person has written in a card's form on the personal page and not handed in yet: field to text."""

    __tablename__ = "draft_form"

    person_id: Mapped[PersonId] = mapped_column(ForeignKey("person.id"), primary_key=True)
    obligation_key: Mapped[ObligationKey] = mapped_column(primary_key=True)
    fields: Mapped[dict[str, Any]]
    saved_at: Mapped[datetime] = mapped_column(index=True)


class DraftFile(Table):
    """A file that a person has put in a card's form and not handed in yet. The bytes go with the row.

    ``part`` is the form's name of its part ("delarsrapport.underlag.ekonomi"); None: the page asks which it is.
    """

    __tablename__ = "draft_file"
    __table_args__ = (Index("ix_draft_file_person", "person_id", "obligation_key"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[PersonId] = mapped_column(ForeignKey("person.id"))
    obligation_key: Mapped[ObligationKey]
    part: Mapped[str | None]
    filename: Mapped[str]
    size: Mapped[int]
    content: Mapped[bytes] = mapped_column(LargeBinary, deferred=True)
    saved_at: Mapped[datetime] = mapped_column(index=True)


class Uploaded(Table):
    """Files that a person sent up on the personal page at once: how many bytes in all, kept or not."""

    __tablename__ = "uploaded"
    __table_args__ = (Index("ix_uploaded_person", "person_id", "at"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[PersonId]
    at: Mapped[datetime]
    size: Mapped[int] = mapped_column(BigInteger)

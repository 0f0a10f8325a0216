"""People, and the roles that they hold."""

from datetime import date

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from arshjul.keys import PersonId, RoleId, UnitId
from store.tables.base import Table


class Person(Table):
    """Somebody who may hold a role. ``id`` is stable; the address may change."""

    __tablename__ = "person"

    id: Mapped[PersonId] = mapped_column(primary_key=True)
    name: Mapped[str]
    address: Mapped[str]
    phone: Mapped[str | None] = mapped_column(default=None)


class Holder(Table):
    """Who holds a role, from ``since`` to ``until`` (both inclusive; None is open), for one unit or for all.

    A deputy stands in between ``deputy_from`` and ``deputy_to`` (inclusive).
    """

    __tablename__ = "holder"
    __table_args__ = (Index("ix_holder_role_unit", "role", "unit"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    role: Mapped[RoleId]
    unit: Mapped[UnitId | None]
    person_id: Mapped[PersonId] = mapped_column(ForeignKey("person.id"))
    since: Mapped[date | None]
    until: Mapped[date | None]
    deputy_id: Mapped[PersonId | None] = mapped_column(ForeignKey("person.id"))
    deputy_from: Mapped[date | None]
    deputy_to: Mapped[date | None]

"""How rows are kept: instants as UTC, keys as the text that they are. Every table builds on it."""

from datetime import UTC, datetime
from functools import partial
from typing import Any

from sqlalchemy import JSON, DateTime, Dialect, MetaData, String, TypeDecorator, event
from sqlalchemy.orm import DeclarativeBase, QueryableAttribute

from arshjul.keys import (
    BodyId,
    KravId,
    MilestoneKey,
    ObligationKey,
    PartId,
    PeriodKey,
    PersonId,
    PlannedKey,
    RoleId,
    StepId,
    UnitId,
)


class Instant(TypeDecorator[datetime]):
    """An aware instant, kept as UTC. SQLite has no zones, so it is told apart there by this type alone."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002 - SQLAlchemy's own shape
        """Refuse a naive instant: nobody can know which hour it means."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"naive instant {value!r}: give it a time zone")
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002 - SQLAlchemy's own shape
        """Return the instant in UTC."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class KeyText(TypeDecorator[str]):
    """A key of the plan, kept as the text that it is, and read as ``kind``."""

    impl = String
    cache_ok = True

    def __init__(self, kind: type[PlannedKey]) -> None:
        super().__init__()
        self.kind = kind

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:  # noqa: ARG002 - SQLAlchemy's own shape
        """Give the driver plain text."""
        return None if value is None else str(value)

    def process_result_value(self, value: str | None, dialect: Dialect) -> PlannedKey | None:  # noqa: ARG002 - SQLAlchemy's own shape
        """Return the key that the text is."""
        return None if value is None else self.kind(value)


class Table(DeclarativeBase):
    """Base of all tables."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(column_0_label)s",
            "uq": "uq_%(table_name)s_%(column_0_name)s",
            "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
    type_annotation_map = {  # noqa: RUF012 - SQLAlchemy's own shape
        datetime: Instant,
        dict[str, Any]: JSON,
        list[str]: JSON,
        str: String,
        UnitId: String,
        BodyId: String,
        RoleId: String,
        PersonId: String,
        PartId: String,
        PeriodKey: String,
        StepId: String,
        KravId: String,
        ObligationKey: KeyText(ObligationKey),
        MilestoneKey: KeyText(MilestoneKey),
    }


@event.listens_for(Table, "attribute_instrument", propagate=True)
def _read_keys(_class: type[Table], _name: str, attribute: QueryableAttribute[Any]) -> None:
    """Let a row hold a key as one from when it is put there, not only when it has been read back."""
    kind = getattr(attribute.property, "columns", [None])[0]
    if kind is not None and isinstance(kind.type, KeyText):
        event.listen(attribute, "set", partial(_as_key, kind.type.kind), retval=True)


def _as_key(kind: type[PlannedKey], _row: Table, value: str | None, _before: object, _how: object) -> PlannedKey | None:
    return value if value is None or isinstance(value, kind) else kind(value)

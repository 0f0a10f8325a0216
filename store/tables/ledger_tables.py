"""Ledger files and their amounts."""

from datetime import date, datetime

from sqlalchemy import BigInteger, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from arshjul.keys import PeriodKey, UnitId
from store.tables.base import Table


class LedgerFile(Table):
    """A SIE file that was taken in for one of the definition's ledgers and a period; the newest counts."""

    __tablename__ = "ledger_file"
    __table_args__ = (Index("ix_ledger_file_period", "ledger", "period"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    ledger: Mapped[str]
    period: Mapped[PeriodKey]
    company: Mapped[str]
    to_date: Mapped[date | None]
    filename: Mapped[str]
    sha256: Mapped[str] = mapped_column(ForeignKey("blob.sha256"))
    by: Mapped[str]
    received_at: Mapped[datetime]


class LedgerAmount(Table):
    """What a ledger file says of one row of an enhet's economy: öre, net cost (costs plus, incomes minus).

    ``column`` is a sheet column's id: ``utfall``, ``utfall-fg``, ``budget``, ``budget-period``.
    """

    __tablename__ = "ledger_amount"
    __table_args__ = (UniqueConstraint("file_id", "unit", "row", "column", name="uq_ledger_amount"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    file_id: Mapped[int] = mapped_column(ForeignKey("ledger_file.id"), index=True)
    unit: Mapped[UnitId]
    row: Mapped[str]
    column: Mapped[str]
    amount: Mapped[int] = mapped_column(BigInteger)

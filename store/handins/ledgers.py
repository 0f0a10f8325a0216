"""Ledger files that were taken in, and their amounts: öre by enhet, row and column."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import Select, insert, select

from arshjul.keys import PeriodKey, UnitId
from store.database import Session
from store.handins.versions import keep_blob
from store.tables import LedgerAmount, LedgerFile

OUTSIDE = ""  #: stands for the enhet of what belongs to none; its rows are objects, "" for on no object

Amounts = Mapping[str, Mapping[str, int]]  #: öre by row and column


@dataclass(frozen=True, slots=True, kw_only=True)
class LedgerDraft:
    """A file to be added. ``amounts`` are by enhet, row and column."""

    ledger: str
    period: PeriodKey
    company: str
    to_date: date | None
    filename: str
    sha256: str
    content: bytes
    by: str
    received_at: datetime
    amounts: Mapping[str, Amounts]


def add(session: Session, draft: LedgerDraft) -> LedgerFile:
    """Add a file with its bytes and all its amounts."""
    keep_blob(session, draft.sha256, draft.content)
    file = LedgerFile(
        ledger=draft.ledger,
        period=draft.period,
        company=draft.company,
        to_date=draft.to_date,
        filename=draft.filename,
        sha256=draft.sha256,
        by=draft.by,
        received_at=draft.received_at,
    )
    session.add(file)
    session.flush()
    rows = [
        {"file_id": file.id, "unit": unit, "row": row, "column": column, "amount": amount}
        for unit, amounts in draft.amounts.items()
        for row, columns in amounts.items()
        for column, amount in columns.items()
    ]
    if rows:
        session.execute(insert(LedgerAmount), rows)
    return file


def newest(session: Session, ledger: str, period: PeriodKey) -> LedgerFile | None:
    """Return the newest file of a ledger and period: the one that counts."""
    return session.scalar(_of(ledger, period).limit(1))


def newest_at(session: Session, ledger: str, period: PeriodKey, instant: datetime, before: int) -> LedgerFile | None:
    """Return the file that counted at ``instant``, among those older than the file ``before``."""
    where = (LedgerFile.received_at <= instant, LedgerFile.id < before)
    return session.scalar(_of(ledger, period).where(*where).limit(1))


def newest_of(session: Session, ledger: str, periods: Sequence[PeriodKey]) -> LedgerFile | None:
    """Return the file that counts of the first of these periods that has one."""
    found = (newest(session, ledger, period) for period in periods)
    return next((file for file in found if file), None)


def amounts_of(session: Session, file_id: int) -> dict[str, dict[str, dict[str, int]]]:
    """Return a file's amounts by enhet, row and column."""
    found: dict[str, dict[str, dict[str, int]]] = defaultdict(lambda: defaultdict(dict))
    rows = session.scalars(select(LedgerAmount).where(LedgerAmount.file_id == file_id).order_by(LedgerAmount.id))
    for row in rows:
        found[row.unit][row.row][row.column] = row.amount
    return {unit: dict(amounts) for unit, amounts in found.items()}


def amounts(session: Session, file_id: int, unit: UnitId) -> Amounts:
    """Return what a file says of one enhet."""
    found: dict[str, dict[str, int]] = defaultdict(dict)
    where = (LedgerAmount.file_id == file_id, LedgerAmount.unit == unit)
    for row in session.scalars(select(LedgerAmount).where(*where).order_by(LedgerAmount.id)):
        found[row.row][row.column] = row.amount
    return dict(found)


def files(session: Session, limit: int = 200) -> Sequence[LedgerFile]:
    """Return the files, the newest first."""
    return session.scalars(select(LedgerFile).order_by(LedgerFile.id.desc()).limit(limit)).all()


def by_id(session: Session, file_id: int) -> LedgerFile | None:
    """Return one file."""
    return session.get(LedgerFile, file_id)


def _of(ledger: str, period: PeriodKey) -> Select[LedgerFile]:
    wanted = select(LedgerFile).where(LedgerFile.ledger == ledger, LedgerFile.period == period)
    return wanted.order_by(LedgerFile.id.desc())

"""Taking in a ledger file that was read: kept with its amounts, and what it changes reopened."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from arshjul.errors import RefusedError
from arshjul.keys import ledger_key
from arshjul.swedish import day_text, local_date
from arshjul.year.wheel import Wheel
from store.database import Session, alone
from store.handins import ledgers
from store.handins.ledgers import OUTSIDE, LedgerDraft
from store.log.writing import log
from store.plan.waking import touch
from store.tables import LedgerFile
from submissions.ledger.ledger_reading import LedgerRead
from submissions.ledger.ledger_rows import BUDGET, UTFALL, closing
from submissions.ledger.reopening import Reopened, reopen


@dataclass(frozen=True, slots=True, kw_only=True)
class TakenLedger:
    """What became of a ledger file. ``samma igen``: it counted already, and nothing was added."""

    outcome: Literal["intagen", "samma igen"]
    read: LedgerRead
    file_id: int
    by: str
    received_at: datetime  #: when it was taken in, the first time
    replaces: str | None  #: the file that counted before it
    reopened: tuple[Reopened, ...] = ()


def take_ledger(session: Session, wheel: Wheel, read: LedgerRead, by: str, now: datetime) -> TakenLedger:
    """Take in a file that :func:`submissions.ledger.ledger_reading.read_ledger` has read, and reopen what it changes.

    The file that counted already, giving the same amounts, is recognised. Raises RefusedError for a period that
    has not ended, and when nobody is said to take it in.
    """
    by = " ".join(by.split())[:200]
    if len(by) < 2:
        raise RefusedError("Skriv vem som lämnar filen: namn eller roll.")
    if read.period.end > local_date(now):
        raise RefusedError(
            f"Filen gäller till och med {day_text(read.period.end)}, som inte har varit än. Exportera den till och med "
            "den senaste månad som är stängd."
        )
    alone(session)
    before = ledgers.newest(session, read.ledger, read.period.key)
    if before and before.sha256 == read.sha256 and ledgers.amounts_of(session, before.id) == _amounts(read):
        return _taken("samma igen", read, before, None)
    file = ledgers.add(session, _draft(read, by, now))
    detail = {"period": file.period, "filename": file.filename, "sha256": file.sha256, "file": file.id}
    log(session, now, by, "ledger.taken", ledger_key(wheel.definition.kommun.id, file.ledger), detail)
    reopened = reopen(session, wheel, read.plan, file, now)
    touch(session, [each.key for each in wheel.occurrences if closing(each.period) == read.period], now)
    return _taken("intagen", read, file, before.filename if before else None, tuple(reopened))


def _draft(read: LedgerRead, by: str, now: datetime) -> LedgerDraft:
    return LedgerDraft(
        ledger=read.ledger,
        period=read.period.key,
        company=read.company,
        to_date=read.to_date,
        filename=read.filename,
        sha256=read.sha256,
        content=read.content,
        by=by,
        received_at=now,
        amounts=_amounts(read),
    )


def _amounts(read: LedgerRead) -> dict[str, Mapping[str, Mapping[str, int]]]:
    """Return all amounts of a file: the enheter's, and under no enhet what belongs to none, by object."""
    outside = {each.object or "": {UTFALL: each.utfall, BUDGET: each.budget} for each in read.outside}
    units: dict[str, Mapping[str, Mapping[str, int]]] = {unit: rows for unit, rows in read.amounts.items()}
    return {**units, **({OUTSIDE: outside} if outside else {})}


def _taken(
    outcome: Literal["intagen", "samma igen"],
    read: LedgerRead,
    file: LedgerFile,
    replaces: str | None,
    reopened: tuple[Reopened, ...] = (),
) -> TakenLedger:
    return TakenLedger(
        outcome=outcome,
        read=read,
        file_id=file.id,
        by=file.by,
        received_at=file.received_at,
        replaces=replaces,
        reopened=reopened,
    )

"""The log as somebody follows it who tells of it elsewhere: the chained rows after the last that was told, in order."""

from collections.abc import Collection, Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from store.log.log_chain import head
from store.tables import LogRow, Setting

TOLD = "log_told"  #: the setting that remembers the number of the last row that was told


def rows_to_tell(session: Session, kinds: Collection[str], limit: int) -> tuple[Sequence[LogRow], int]:
    """Return up to ``limit`` rows of these kinds that have not been told, and the number up to which they reach.

    Who has never followed begins with what comes now: no past is told as news.
    """
    newest, remembered = head(session), session.get(Setting, TOLD)
    until = newest.number if newest else 0
    if remembered is None:
        return (), until
    where = (LogRow.number > int(remembered.value), LogRow.what.in_(kinds))
    rows = session.scalars(select(LogRow).where(*where).order_by(LogRow.number).limit(limit)).all()
    return rows, rows[-1].number or until if len(rows) == limit else until


def told_up_to(session: Session, number: int) -> None:
    """Remember up to which row the log has been told."""
    session.merge(Setting(name=TOLD, value=str(number)))

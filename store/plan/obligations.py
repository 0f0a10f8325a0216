"""The obligations' rows: which need a thought now, and when next.

Hand-ins, rounds and acts meet here. A round holds the rows that it thinks of before it reads anything about them, so
that what comes in meanwhile waits, and wakes them again. Whoever holds rows takes them by their keys' order, all that
it will write at once, so that no two wait for each other.
"""

from collections.abc import Collection, Iterable
from datetime import datetime

from sqlalchemy import bindparam, func, or_, select, update

from arshjul.keys import ObligationKey, OccurrenceKey
from arshjul.ladder.standing import State
from store.columns import columns
from store.database import Session
from store.tables import NoticeRow, ObligationRow

#: A row keeps its state's word, so that older code and the log read the same.
NEW = State.EJ_PABORJAD.word  #: before anything has happened
GONE = State.UTGAR.word  #: the plan no longer has it; it is silent, and wakes if the plan takes it up again
SETTLED = tuple(state.word for state in State if state.is_whole or state.is_past)

# asked in every round, so they are put together once
_NEXT = select(func.min(ObligationRow.wake_at))
_NEW = select(ObligationRow.key).where(ObligationRow.state == NEW).limit(1)
_QUEUED = select(NoticeRow.obligation_key).where(NoticeRow.letter_id.is_(None), NoticeRow.passed.is_(None))
_NEED_A_THOUGHT = (
    select(ObligationRow.key, ObligationRow.wake_at)
    .where(
        or_(
            ObligationRow.wake_at <= bindparam("now"),
            ObligationRow.key.in_(_QUEUED),
            ObligationRow.key.in_(bindparam("also", expanding=True)),
        )
    )
    .order_by(ObligationRow.key)
    .with_for_update(of=ObligationRow)
)
_ROWS = (
    select(ObligationRow)
    .where(ObligationRow.key.in_(bindparam("keys", expanding=True)))
    .execution_options(populate_existing=True)
)
_UNSETTLED = (
    select(ObligationRow.key)
    .where(ObligationRow.due_at <= bindparam("until"), ObligationRow.state.not_in(SETTLED))
    .order_by(ObligationRow.due_at, ObligationRow.key)
)


def need_a_thought(session: Session, now: datetime, *, also: Collection[ObligationKey] = ()) -> list[ObligationKey]:
    """Return the keys of the obligations whose instant has come and of ``also``, in order, and hold their rows from now on.

    Held are also those with notices that wait for a letter, which a round may have to think of again.
    """
    rows = columns(session, _NEED_A_THOUGHT, {"now": now, "also": list(also)})
    return [key for key, wake_at in rows if key in also or (wake_at is not None and wake_at <= now)]


def hold(session: Session, keys: Iterable[ObligationKey]) -> None:
    """Let nobody else write these obligations' rows until the transaction ends. SQLite has one writer anyway."""
    if session.get_bind().dialect.name == "postgresql":
        rows = select(ObligationRow.key).where(ObligationRow.key.in_(list(keys)))
        session.execute(rows.order_by(ObligationRow.key).with_for_update())


def hold_all(session: Session) -> None:
    """As :func:`hold`, for every obligation."""
    if session.get_bind().dialect.name == "postgresql":
        session.execute(select(ObligationRow.key).order_by(ObligationRow.key).with_for_update())


def rows_of(session: Session, keys: Iterable[ObligationKey]) -> dict[ObligationKey, ObligationRow]:
    """Return the rows of these obligations, by key, as they stand now, also those that were read before."""
    return {row.key: row for row in session.scalars(_ROWS, {"keys": list(keys)})}


def rows_of_report(session: Session, report: OccurrenceKey) -> list[ObligationRow]:
    """Return the rows of a tillfälle's obligations, also of those that the plan no longer has."""
    where = (ObligationRow.step == report.step, ObligationRow.period == report.period)
    return list(session.scalars(select(ObligationRow).where(*where)))


def planned(session: Session) -> set[str]:
    """Return the key of every obligation that the plan had when it was last made."""
    return set(session.scalars(select(ObligationRow.key).where(ObligationRow.state != GONE)))


def all_looked_at(session: Session) -> bool:
    """Tell whether a round has looked at every row there is."""
    return columns(session, _NEW).scalar() is None


def think_at(session: Session, keys: Iterable[ObligationKey], instant: datetime | None) -> None:
    """Set when these obligations next need a thought; None: not before something happens."""
    keys = list(keys)
    if keys:
        hold(session, keys)
        session.execute(update(ObligationRow).where(ObligationRow.key.in_(keys)).values(wake_at=instant))


def tell(row: ObligationRow, frist: datetime | None) -> None:
    """Note which frist people have been told; None: it may be told anew, also an earlier one."""
    row.told_at = frist


def wake_by(row: ObligationRow, instant: datetime) -> None:
    """Let an obligation get a thought at ``instant``, or before it where something else comes first."""
    row.wake_at = min(row.wake_at or instant, instant)


def settle_thought(row: ObligationRow, state: str, wake_at: datetime | None) -> None:
    """Note what a thought came to: the state's word, and when the next one is due (None: not before something happens)."""
    row.state, row.wake_at = state, wake_at


def be_due(row: ObligationRow, frist: datetime) -> None:
    """Let the frist be another than the plan was held against."""
    row.due_at = frist


def open_past(row: ObligationRow, now: datetime) -> None:
    """Let an obligation whose past is over be told about after all, with the parts that were added to it since."""
    row.opened, row.opened_at, row.added_parts = True, now, None


def unsettled(session: Session, until: datetime) -> list[ObligationKey]:
    """Return the keys of the obligations due up to ``until`` that are ours and not complete, soonest first."""
    return list(columns(session, _UNSETTLED, {"until": until}).scalars())


def how_far(session: Session, now: datetime) -> list[tuple[ObligationKey, bool, bool]]:
    """Return of every obligation its key, whether its frist has passed or been told, and whether it is complete or gone."""
    begun = or_(ObligationRow.due_at <= now, ObligationRow.told_at.is_not(None))
    rows = session.execute(select(ObligationRow.key, begun, ObligationRow.state.in_(SETTLED)))
    return [(key, bool(is_begun), bool(is_settled)) for key, is_begun, is_settled in rows]


def next_thought(session: Session, after: datetime) -> datetime | None:
    """Return the next instant at which any obligation needs a thought; what is overdue counts as ``after``."""
    found = columns(session, _NEXT).scalar()
    return max(found, after) if found else None

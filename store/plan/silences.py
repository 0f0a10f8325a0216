"""Which obligations nothing is said about, and why (:mod:`arshjul.ladder.silence`); and which rest, until when."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime

from sqlalchemy import bindparam, or_, select

from arshjul.bodies.closing import closing, is_treated
from arshjul.bodies.outcomes import HANDED_ON, LEFT_OPEN
from arshjul.keys import MilestoneKey, ObligationKey, OccurrenceKey
from arshjul.ladder.silence import Known, Silence, silence
from arshjul.swedish import local_date
from arshjul.year.wheel import Milestone, Obligation, Wheel
from store.columns import columns
from store.database import Session
from store.tables import Decision, ObligationRow, Quiet

# asked in every round, so they are put together once
_QUIET = (
    select(Quiet.kind, Quiet.obligation_key, Quiet.until)
    .where(Quiet.obligation_key.in_(bindparam("keys", expanding=True)))
    .order_by(Quiet.id)
)
_REMEMBERED = select(ObligationRow.key, ObligationRow.added_at, ObligationRow.opened, ObligationRow.opened_at).where(
    or_(ObligationRow.added_at.is_not(None), ObligationRow.opened.is_(True))
)
_DECISIONS = (
    select(Decision.milestone_key, Decision.outcome, Decision.decided_on, Decision.recorded_at)
    .where(Decision.milestone_key.in_(bindparam("keys", expanding=True)))
    .order_by(Decision.id)
)


def silences(
    session: Session, wheel: Wheel, obligations: Iterable[Obligation], since: date, now: datetime
) -> Mapping[ObligationKey, Silence]:
    """Return why nothing is said, by the key of each of these obligations that nothing is said about."""
    mine = list(obligations)
    if not mine:
        return {}
    known, decided = _remembered(session), _decided(session, wheel, mine)
    found, today = dict[ObligationKey, Silence](), local_date(now)
    for one in mine:
        added_at, opened, opened_at = known.get(one.key, (None, False, None))
        remembered = Known(added_at=added_at, opened=opened, opened_at=opened_at, decided_at=decided.get(one.key))
        unit = wheel.definition.units.get(one.unit)
        if why := silence(one, remembered, since, unit.until if unit else None, today):
            found[one.key] = why
    return found


def quiet_until(session: Session, keys: Iterable[ObligationKey]) -> Mapping[str, Mapping[ObligationKey, date]]:
    """Return the last day (inclusive) of the newest ``vila`` and ``håll`` of each obligation that has one, by the two."""
    found: dict[str, dict[ObligationKey, date]] = {"vila": {}, "håll": {}}
    for kind, key, until in columns(session, _QUIET, {"keys": list(keys)}):
        found[kind][key] = until
    return found


def _remembered(session: Session) -> dict[ObligationKey, tuple[datetime | None, bool, datetime | None]]:
    return {key: (added_at, opened, opened_at) for key, added_at, opened, opened_at in columns(session, _REMEMBERED)}


def _decided(session: Session, wheel: Wheel, obligations: Iterable[Obligation]) -> dict[ObligationKey, datetime]:
    """Return when the report of each of these was recorded as decided by its last body, by the obligation's key.

    What is handed in with another's report ends with that one.
    """
    treated_in: dict[OccurrenceKey, list[Obligation]] = {}
    for one in obligations:
        host = wheel.obligations.get(one.host) if one.host else None
        treated_in.setdefault((host or one).occurrence, []).append(one)
    moments = {key: closing(wheel.occurrence(key)) for key in treated_in}
    newest = _newest(session, [each for many in moments.values() for each in many])
    found: dict[ObligationKey, datetime] = {}
    for key, many in treated_in.items():
        rows = [newest.get(each.key) for each in moments[key]]
        done = [row for row in rows if row is not None]
        if not done or len(done) < len(rows):
            continue
        decided_on = max(on for on, _ in done)
        recorded_at = max(at for _, at in done)
        found |= {one.key: recorded_at for one in many if is_treated(one, moments[key], decided_on)}
    return found


def _newest(session: Session, moments: Iterable[Milestone]) -> dict[MilestoneKey, tuple[date, datetime]]:
    """Return when the newest decision of each moment was made and recorded, where it settles the moment.

    One that sent it back, withdrew it or handed it on does not.
    """
    rows = columns(session, _DECISIONS, {"keys": [each.key for each in moments]})
    newest = {key: (outcome, decided_on, recorded_at) for key, outcome, decided_on, recorded_at in rows}
    return {
        key: (decided_on, recorded_at)
        for key, (outcome, decided_on, recorded_at) in newest.items()
        if outcome not in LEFT_OPEN and not outcome.startswith(HANDED_ON)
    }


def quiet_now(session: Session, day: date) -> Sequence[Quiet]:
    """Return the vila and held escalations that are in force on ``day``."""
    return session.scalars(select(Quiet).where(Quiet.until >= day).order_by(Quiet.id)).all()

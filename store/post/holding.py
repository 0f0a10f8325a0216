"""Whether letters may leave: utskick as it stands, and the hold that the ekonomikontor puts on everything."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import bindparam, select

from store.columns import columns
from store.database import Session
from store.service.installation import facts, installed, set_up
from store.tables import LogRow

UTSKICK, HELD = "utskick", "utskick_hålls"
#: what leaves also while letters are held: somebody cannot get in without it, or asks whether the post works at all
ALWAYS = ("inloggning", "kod", "provbrev", "driftlarm")
# asked of every letter, so it is put together once
_CHANGED = (
    select(LogRow.id)
    .where(LogRow.key.in_((UTSKICK, HELD)), LogRow.at >= bindparam("since"), LogRow.what == "installation.set")
    .limit(1)
)


def held_by(session: Session) -> str | None:
    """Return who holds the letters and why, None when nobody does."""
    return installed(session, HELD) or None


def keep_hold(session: Session, words: str, by: str, now: datetime) -> None:
    """Keep who holds the letters and why; ``""`` lets them go."""
    set_up(session, {HELD: words}, now, replace=True, by=by)


def holds_all(session: Session, utskick: str | None = None) -> bool:
    """Tell whether only :data:`ALWAYS` may leave. ``utskick`` is the setting that wins over what the store says."""
    said = facts(session, (HELD, UTSKICK))
    return bool(said.get(HELD)) or (utskick or said.get(UTSKICK)) == "av"


def changed_since(session: Session, instant: datetime) -> bool:
    """Tell whether utskick was chosen, or the letters held or let go, at ``instant`` or later."""
    return columns(session, _CHANGED, {"since": instant}).scalar() is not None


def kinds_that_may_go(session: Session, utskick: str | None, in_hours: Sequence[str] | None) -> Sequence[str] | None:
    """Return the kinds that may leave now (None: all), of those that the hour lets go."""
    if not holds_all(session, utskick):
        return in_hours
    return [kind for kind in ALWAYS if in_hours is None or kind in in_hours]

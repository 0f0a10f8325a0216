"""What the revisorer give fullmäktige before it decides: that it is there, since when, under which diarienummer."""

from collections.abc import Sequence
from datetime import date, datetime

from sqlalchemy import select

from arshjul.bodies.chain import utlatande_of
from arshjul.errors import RefusedError
from arshjul.keys import MilestoneKey
from arshjul.swedish import day_text, local_date
from arshjul.year.wheel import Wheel
from store.database import Session
from store.log.writing import log
from store.plan.planning import touch
from store.plan.recording import body_moment, stated
from store.tables import Utlatande


def record_utlatande(
    session: Session, wheel: Wheel, key: MilestoneKey, received_on: date, diarienummer: str, by: str, now: datetime
) -> Utlatande:
    """Record that what the revisorer owe fullmäktige before a moment has come in; the newest word counts.

    Raises RefusedError for a moment that asks for none, a day ahead, and one within the period itself.
    """
    by, one = stated(by), body_moment(wheel, key)
    wanted = utlatande_of(one)
    if wanted is None:
        raise RefusedError("Revisorerna lämnar inget utlåtande till det beslutet.")
    if received_on > local_date(now):
        raise RefusedError(f"{day_text(received_on)} har inte varit än. Registrera utlåtandet när det har kommit in.")
    if received_on <= one.period.end:
        raise RefusedError(
            f"{day_text(received_on)} ligger före periodens slut, {day_text(one.period.end)}. Kontrollera dagen."
        )
    row = Utlatande(
        milestone_key=one.key, received_on=received_on, diarienummer=diarienummer or None, by=by, recorded_at=now
    )
    session.add(row)
    detail = {"what": wanted.name, "received_on": received_on.isoformat(), "diarienummer": diarienummer or None}
    log(session, now, by, "utlatande.received", one.key, detail)
    touch(session, [one.occurrence], now)
    return row


def utlatanden(session: Session, keys: Sequence[MilestoneKey]) -> dict[MilestoneKey, Utlatande]:
    """Return the newest recorded utlåtande before each of these moments."""
    rows = session.scalars(select(Utlatande).where(Utlatande.milestone_key.in_(list(keys))).order_by(Utlatande.id))
    return {row.milestone_key: row for row in rows}

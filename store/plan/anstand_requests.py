"""Requests for anstånd, from when somebody asks until the ekonomikontor answers."""

from collections.abc import Iterable
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from arshjul.keys import ObligationKey
from store.log.writing import log
from store.tables import AnstandRequest, Person

OPEN, GRANTED, REFUSED, REPLACED = "öppen", "beviljad", "nekad", "ersatt"
ASKED = "anstand.asked"


def ask(session: Session, key: ObligationKey, until: date, why: str, person: Person, now: datetime) -> AnstandRequest:
    """Record a request that the caller has held against the bounds. It replaces the person's earlier open one."""
    for earlier in open_requests(session, [key]):
        if earlier.person_id == person.id:
            earlier.state, earlier.answered_at = REPLACED, now
    row = AnstandRequest(
        obligation_key=key, until=until, why=why, person_id=person.id, by=person.name, asked_at=now, state=OPEN,
    )  # fmt: skip
    session.add(row)
    log(session, now, person.name, ASKED, key, {"until": until.isoformat(), "why": why})
    session.flush()
    return row


def open_requests(session: Session, keys: Iterable[ObligationKey] | None = None) -> list[AnstandRequest]:
    """Return the requests that wait for an answer, oldest first: of these obligations, or all."""
    rows = select(AnstandRequest).where(AnstandRequest.state == OPEN).order_by(AnstandRequest.id)
    return list(session.scalars(rows if keys is None else rows.where(AnstandRequest.obligation_key.in_(list(keys)))))


def newest(session: Session, keys: Iterable[ObligationKey]) -> dict[ObligationKey, AnstandRequest]:
    """Return the newest request of each obligation that has one."""
    rows = session.scalars(
        select(AnstandRequest).where(AnstandRequest.obligation_key.in_(list(keys))).order_by(AnstandRequest.id)
    )
    return {row.obligation_key: row for row in rows}


def answer(session: Session, key: ObligationKey, state: str, why: str, by: str, now: datetime) -> list[AnstandRequest]:
    """Answer what is asked about an obligation, and return it. That it was answered is logged by the caller."""
    rows = open_requests(session, [key])
    for row in rows:
        row.state, row.answer, row.answered_by, row.answered_at = state, why, by, now
    session.flush()
    return rows

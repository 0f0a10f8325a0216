"""Who is logged in, in which browser, until when."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from arshjul.keys import PersonId
from store.access.login_links import known_as
from store.access.proof import new_token
from store.acting import Acting, Way, act, short_session
from store.log.writing import log
from store.people.people_file import person_id
from store.tables import LoginSession

IDLE = timedelta(hours=2)  #: a session ends when nothing is done for so long
LONGEST = timedelta(hours=12)  #: and after so long whatever is done: a working day
BY_LINK = "personlig länk"  #: ``via`` of who came by the link of a letter, to read
STEP = timedelta(minutes=5)  #: how coarsely use is noted, so that reading a page seldom writes
KEPT = timedelta(days=30)  #: so long a session that has ended is kept; the log keeps that it was


def begin(
    session: Session,
    secret: bytes,
    *,
    subject: str,
    name: str,
    address: str | None,
    via: str,
    roles: Sequence[str] | None,
    now: datetime,
) -> tuple[str, LoginSession]:
    """Return a new session's token, for the cookie, and its row. ``roles`` None: those that the address holds."""
    session.execute(delete(LoginSession).where(LoginSession.ends_at < now - KEPT))
    token = new_token()
    row = LoginSession(
        id=known_as(secret, token),
        subject=subject,
        name=name,
        address=address,
        via=via,
        roles=None if roles is None else sorted(roles),
        made_at=now,
        expires_at=now + IDLE,
        ends_at=now + LONGEST,
    )
    session.add(row)
    act(session, acting_of(row))
    log(session, now, name, "session.began", address or subject, {"via": via})
    session.flush()
    return token, row


def acting_of(row: LoginSession) -> Acting:
    """Return who acts in a session."""
    way = Way.LINK if row.via == BY_LINK else Way.SESSION
    return Acting(subject=row.subject, way=way, session=short_session(row.id))


def find(session: Session, secret: bytes, token: str, now: datetime) -> LoginSession | None:
    """Return the session that a cookie's token stands for; None when it is forged, over or revoked."""
    row = session.get(LoginSession, known_as(secret, token))
    if row is None or row.revoked_at is not None or now >= min(row.expires_at, row.ends_at):
        return None
    return row


def is_due(row: LoginSession, now: datetime) -> bool:
    """Tell whether the session's use is to be noted again (:func:`keep_alive`)."""
    return now - (row.expires_at - IDLE) >= STEP


def keep_alive(session: Session, session_id: str, now: datetime) -> None:
    """Note that the session is used: it idles anew from now."""
    row = session.get(LoginSession, session_id)
    if row is not None and row.revoked_at is None:
        row.expires_at = max(row.expires_at, now + IDLE)


def end(session: Session, session_id: str, now: datetime, by: str) -> None:
    """Revoke a session; one that has ended stays as it is."""
    row = session.get(LoginSession, session_id)
    if row is not None and row.revoked_at is None:
        row.revoked_at = now
        log(session, now, by, "session.ended", row.address or row.subject)


def end_all(session: Session, address: str, now: datetime, by: str) -> int:
    """Revoke the sessions of an address that have not ended; return how many."""
    living = session.scalars(
        select(LoginSession).where(LoginSession.revoked_at.is_(None), LoginSession.ends_at > now)
    ).all()
    theirs = [row for row in living if person_id(row.address or "") == person_id(address)]
    for row in theirs:
        end(session, row.id, now, by)
    return len(theirs)


def end_by_link(session: Session, person_id: PersonId, now: datetime, by: str) -> None:
    """Revoke the sessions that a person began by the link of a letter: they end with it."""
    where = (LoginSession.subject == person_id, LoginSession.via == BY_LINK, LoginSession.revoked_at.is_(None))
    for row in session.scalars(select(LoginSession).where(*where)).all():
        end(session, row.id, now, by)

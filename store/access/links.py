"""Personal links: a signature over a link's id and generation, bound to a person and roles, expiring, revocable.

The token holds no secret of its own: what it opens is decided by the row, each time.
"""

import hashlib
from collections.abc import Iterable
from datetime import datetime, timedelta

from sqlalchemy import bindparam, func, select
from sqlalchemy.orm import Session

from arshjul.keys import PersonId
from store.access import sessions
from store.access.proof import Signed
from store.log.writing import log
from store.tables import Link

LIFETIME = timedelta(days=180)
LEFT_TO_REUSE = timedelta(days=60)  #: a letter's link lives at least this long after it was sent
#: to hand in by; to read by; to read by, and to act on the page of a paper that one signs
PURPOSE, READING, SIGNING = "link", "link.reading", "link.signing"
# asked for each letter, so they are put together once
_LIVING = select(Link).where(
    Link.person_id == bindparam("person"), Link.revoked_at.is_(None), Link.expires_at > bindparam("after")
)
_EVER = select(func.count()).where(Link.person_id == bindparam("person"))


def issue(
    session: Session, person_id: PersonId, roles: Iterable[str], now: datetime, lifetime: timedelta = LIFETIME
) -> Link:
    """Return a link for a person in these roles: a living one that has more than 60 days left, else a new one."""
    wanted = sorted(set(roles))
    living = session.scalars(_LIVING, {"person": person_id, "after": now + LEFT_TO_REUSE})
    found = next((link for link in living if link.roles == wanted), None)
    if found:
        return found
    # not random, so that a rehearsal writes the same letters each time: it is the signature that nobody can guess
    earlier = session.scalar(_EVER, {"person": person_id})
    name = "|".join((person_id, *wanted, now.isoformat(), str(earlier)))
    link = Link(
        id=hashlib.sha256(name.encode()).hexdigest()[:20],
        person_id=person_id,
        roles=wanted,
        generation=1,
        expires_at=now + lifetime,
    )
    session.add(link)
    session.flush()
    return link


def sign(secret: bytes, link: Link) -> str:
    """Return the token that opens ``link`` as it stands; it is safe in a URL."""
    return Signed(secret, PURPOSE).sign(link.id, link.generation)


def sign_reading(secret: bytes, link: Link) -> str:
    """Return the token by which a link's person reads the pages that letters to them lead to, and changes nothing."""
    return Signed(secret, READING).sign(link.id, link.generation)


def sign_signing(secret: bytes, link: Link) -> str:
    """Return the token by which a link's person reads, and changes, holds or lets go the papers that they sign."""
    return Signed(secret, SIGNING).sign(link.id, link.generation)


def is_to_sign(secret: bytes, token: str) -> bool:
    """Tell whether a token is one of :func:`sign_signing`, whatever its link opens today."""
    return Signed(secret, SIGNING).read(token) is not None


def read(secret: bytes, token: str, purpose: str = PURPOSE) -> tuple[str, int] | None:
    """Return the id and the generation of the link that a token is for; None for one that we never made."""
    match Signed(secret, purpose).read(token):
        case [str(link_id), int(generation)]:
            return link_id, generation
    return None


def by_id(session: Session, link_id: str) -> Link | None:
    """Return a link as it stands; None when there is none."""
    return session.get(Link, link_id)


def mark_opened(session: Session, link: Link, now: datetime) -> None:
    """Record that the person opened the link on purpose: each time in the log, the first time on the link."""
    link.opened_at = link.opened_at or now
    log(session, now, link.person_id, "link.opened", link.id)


def revoke(session: Session, link_id: str, now: datetime, by: str) -> None:
    """Make every token of a link worthless, and end what was begun by one."""
    link = session.get_one(Link, link_id)
    link.revoked_at = now
    link.generation += 1
    sessions.end_by_link(session, link.person_id, now, by)
    log(session, now, by, "link.revoked", link.id, {"person": link.person_id})


def revoke_all(session: Session, person_id: PersonId, now: datetime, by: str) -> int:
    """Revoke a person's living links; return how many."""
    living = session.scalars(select(Link).where(Link.person_id == person_id, Link.revoked_at.is_(None))).all()
    for link in living:
        revoke(session, link.id, now, by)
    return len(living)


def renew(session: Session, link_id: str, now: datetime, by: str, lifetime: timedelta = LIFETIME) -> Link:
    """Give a link a new generation and a new lifetime, also after it was revoked: older tokens open nothing any more."""
    link = session.get_one(Link, link_id)
    link.generation += 1
    sessions.end_by_link(session, link.person_id, now, by)
    link.revoked_at = None
    link.opened_at = None
    link.expires_at = now + lifetime
    log(session, now, by, "link.renewed", link.id, {"person": link.person_id})
    session.flush()
    return link

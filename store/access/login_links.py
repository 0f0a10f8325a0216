"""One-time links that log somebody in: 15 minutes, one use. Looking at one changes nothing."""

from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from store.access.proof import digest, forget, new_token, spend
from store.log.writing import log
from store.people.people_file import person_id
from store.tables import LoginLink
from store.tokens import LOGIN_MARK

LIFETIME = timedelta(minutes=15)
KEPT = timedelta(days=1)  #: so long a link that has ended is remembered, to say what became of it
BY_LETTER, BY_TERMINAL = "brev", "kommandoraden"


def make(
    session: Session,
    secret: bytes,
    *,
    name: str,
    address: str | None,
    next_path: str,
    now: datetime,
    subject: str | None = None,
) -> tuple[str, LoginLink]:
    """Return the token of a new link, and its row.

    ``address`` None is for the one who has the machine; ``subject`` then says which of its users, by what name.
    """
    forget(session, LoginLink, now - KEPT)
    token = new_token(LOGIN_MARK)
    link = LoginLink(
        id=known_as(secret, token),
        name=name,
        address=address,
        via=BY_LETTER if address else BY_TERMINAL,
        next_path=next_path,
        made_at=now,
        expires_at=now + LIFETIME,
        subject=person_id(address) if address else subject,
    )
    session.add(link)
    log(session, now, name, "login.asked", address or BY_TERMINAL)
    session.flush()
    return token, link


def find(session: Session, secret: bytes, token: str) -> LoginLink | None:
    """Return the link that a token is for, as it stands; None for one that is forged or forgotten. Changes nothing."""
    return session.get(LoginLink, known_as(secret, token))


def use_up(session: Session, link: LoginLink, now: datetime) -> bool:
    """Use a link up; of two at once only one succeeds."""
    return spend(session, LoginLink, link.id, now)


def known_as(secret: bytes, token: str) -> str:
    """Return how a login's token is known in the store: a link's, and that of the session which it began."""
    return digest(secret, "login", token[:200])

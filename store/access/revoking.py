"""Letting somebody out at once: every link, login, visit, code and calendar address that opens something for them."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import or_, select, update
from sqlalchemy.orm import Session

from arshjul.definition.model import Definition
from arshjul.keys import PersonId
from arshjul.year.agenda import feeds_of
from store.access import feed_links, links, sessions
from store.log.writing import log
from store.people.holders import ever_held
from store.people.people_file import person_id
from store.tables import AskedCode, Link, LoginLink, LoginSession, LogRow, Person

REVOKED = "access.revoked"


@dataclass(frozen=True, slots=True, kw_only=True)
class Revoked:
    """How many of each kind ended."""

    links: int
    sessions: int
    login_links: int
    codes: int
    feeds: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Login:
    """Somebody who is logged in now: by which ``subject``, since when."""

    subject: str
    name: str
    address: str | None
    via: str
    since: datetime


def living_logins(session: Session, now: datetime) -> tuple[Login, ...]:
    """Return the sessions that live at ``now``, the newest first."""
    where = (LoginSession.revoked_at.is_(None), LoginSession.ends_at > now, LoginSession.expires_at > now)
    rows = session.scalars(select(LoginSession).where(*where).order_by(LoginSession.made_at.desc(), LoginSession.id))
    return tuple(
        Login(subject=row.subject, name=row.name, address=row.address, via=row.via, since=row.made_at) for row in rows
    )


def let_out_since(session: Session, address: str, instant: datetime) -> bool:
    """Tell whether the one with this address was let out at ``instant`` or later."""
    keys = session.scalars(select(LogRow.key).where(LogRow.what == REVOKED, LogRow.at >= instant))
    return any(person_id(key) == person_id(address) for key in keys if key)


def revoke(session: Session, definition: Definition, who: str, now: datetime, by: str, why: str = "") -> Revoked | None:
    """End all that opens something for ``who`` at once: an address, or a subject as the log and the page tell it.

    A visit ends with its link. The calendars of every role and enhet that they answer for, or ever did, get new
    addresses: an address ends by nothing else.
    Logged, also when nothing was open. None, and nothing is done, for one who is not known at all.
    """
    who = who.strip()
    person = person_id(who)
    theirs = [row for row in session.scalars(select(LoginSession)) if _is(row, who)]
    asked = [row for row in session.scalars(select(LoginLink)) if _is(row, who)]
    known = session.get(Person, person) or session.scalar(select(Link.id).where(Link.person_id == person).limit(1))
    if not (theirs or asked or known):
        return None
    open_ones = [row for row in theirs if row.revoked_at is None and row.ends_at > now]
    for row in open_ones:
        sessions.end(session, row.id, now, by)
    waiting = [row for row in asked if row.used_at is None and row.expires_at > now]
    for link in waiting:
        link.used_at = now
    open_codes = or_(AskedCode.person_id == person, AskedCode.person_id == who)
    codes = session.execute(
        update(AskedCode)
        .where(open_codes, AskedCode.used_at.is_(None), AskedCode.expires_at > now)
        .values(used_at=now)
        .returning(AskedCode.id)
    ).all()
    feeds = _feeds(session, definition, person)
    for key in feeds:
        feed_links.renew(session, key, by, now)
    done = Revoked(
        links=links.revoke_all(session, person, now, by),
        sessions=len(open_ones),
        login_links=len(waiting),
        codes=len(codes),
        feeds=len(feeds),
    )
    detail = {"links": done.links, "sessions": done.sessions, "login_links": done.login_links, "why": why}
    log(session, now, by, REVOKED, who, {name: value for name, value in detail.items() if value})
    session.flush()
    return done


def _feeds(session: Session, definition: Definition, person: PersonId) -> list[str]:
    seats = ever_held(session, person)
    theirs = {f"roll/{role}" for role, _ in seats} | {f"enhet/{unit}" for _, unit in seats}
    return [feed.key for feed in feeds_of(definition) if feed.key in theirs]


def _is(row: LoginSession | LoginLink, who: str) -> bool:
    return row.subject == who or (row.address is not None and person_id(row.address) == person_id(who))

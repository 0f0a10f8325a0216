"""What opens something: links, visits, logins, codes, calendars' addresses."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from arshjul.keys import PersonId
from store.tables.base import Table


class Link(Table):
    """A personal link: bound to a person and roles, it expires, and raising ``generation`` revokes what was sent."""

    __tablename__ = "link"

    id: Mapped[str] = mapped_column(primary_key=True)
    person_id: Mapped[PersonId] = mapped_column(ForeignKey("person.id"), index=True)
    roles: Mapped[list[str]]
    generation: Mapped[int] = mapped_column(default=1)
    expires_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None]
    opened_at: Mapped[datetime | None]


class EndedVisit(Table):
    """A visit on a personal link that somebody closed: its cookie opens nothing. ``id`` is a digest of the visit's."""

    __tablename__ = "ended_visit"

    id: Mapped[str] = mapped_column(primary_key=True)
    until: Mapped[datetime] = mapped_column(index=True)


class LoginLink(Table):
    """A one-time link that logs somebody in. ``id`` is a keyed digest: the token itself is kept nowhere.

    ``address`` is None for the one who has the machine (``via`` kommandoraden). ``next_path`` is the page that
    was asked for.
    """

    __tablename__ = "login_link"

    id: Mapped[str] = mapped_column(primary_key=True)
    name: Mapped[str]
    address: Mapped[str | None]
    via: Mapped[str]
    next_path: Mapped[str]
    made_at: Mapped[datetime]
    expires_at: Mapped[datetime] = mapped_column(index=True)
    used_at: Mapped[datetime | None]
    subject: Mapped[str | None]  #: who it is for, where there is no address


class LoginSession(Table):
    """Somebody logged in, in one browser. ``id`` is a keyed digest of the cookie's token.

    It ends at ``expires_at`` when nothing is done, and at ``ends_at`` whatever is done. ``roles`` are those that
    the login gave; None: those that ``address`` holds on the day of each request.
    """

    __tablename__ = "session"

    id: Mapped[str] = mapped_column(primary_key=True)
    subject: Mapped[str]  #: the provider's id of the person, the address, or the command line's user and name
    name: Mapped[str]
    address: Mapped[str | None]
    via: Mapped[str]  #: brev, kommandoraden or openid
    roles: Mapped[list[str] | None] = mapped_column(JSON(none_as_null=True))
    made_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    ends_at: Mapped[datetime] = mapped_column(index=True)
    revoked_at: Mapped[datetime | None]


class AskedCode(Table):
    """Something that a person asked for on the personal page, and the code that must be shown before it is done.

    ``digest`` is a keyed digest of the code, bound to this request and link: the code itself is kept nowhere but in
    the letter. ``what`` is what was asked for, as JSON values. It is over at ``expires_at``, after so many ``tries``,
    or when ``used_at`` is set.
    """

    __tablename__ = "asked_code"

    id: Mapped[str] = mapped_column(primary_key=True)
    link_id: Mapped[str] = mapped_column(ForeignKey("link.id"))
    generation: Mapped[int]
    person_id: Mapped[PersonId] = mapped_column(ForeignKey("person.id"), index=True)
    kind: Mapped[str]
    what: Mapped[dict[str, Any]]
    digest: Mapped[str]
    made_at: Mapped[datetime]
    expires_at: Mapped[datetime] = mapped_column(index=True)
    tries: Mapped[int] = mapped_column(default=0)
    used_at: Mapped[datetime | None]


class CalendarFeed(Table):
    """A feed whose address has been renewed: raising ``generation`` makes the earlier addresses worthless."""

    __tablename__ = "calendar_feed"

    key: Mapped[str] = mapped_column(primary_key=True)
    generation: Mapped[int]
    renewed_at: Mapped[datetime]
    renewed_by: Mapped[str]

"""Who is logged in, for every page of the ekonomikontor.

A router of the ekonomikontor asks who it is first of all, by a dependency or a call::

    @router.get("/personer")
    def people(who: ByOffice) -> Response:                      # or: who = office(request)
        return pages.html("people.html", context.clock(), who=who, ...)

    @router.post("/personer")
    async def change(request: Request, who: ByOffice) -> Response:
        async with checked_form(request, who, max_bytes=100_000, max_fields=20) as form:
            ...                                                  # log and rows get by=who.name

and each of its forms carries the token: ``<form method="post" ...>{{ csrf_field() }}``. ``who=`` must be handed to
``pages.html``: it fills the field, and the head of the page says who is logged in.

Every router is made by :func:`walled`, and one whose every page is the ekonomikontor's with
``dependencies=[Depends(office)]``, so that no page of it can be left open. ``ByOffice`` lets in the ekonomikontor, ``ByReader`` also a nämndsekreterare, and to read who came by a letter's link.
Whoever is not logged in is sent to the login, and comes back to the page; whoever may not gets 403 with a word; both
are in the log. A POST without :func:`checked_form` is a hole: tests/portal/test_hostile_forms.py posts to every route
without a token, and finds it.

``by`` is always ``who.name``, and a transaction begins with ``context.store.begin(who.acting)``: what a form claims about
who it is counts for nothing.
"""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Annotated
from urllib.parse import urlsplit

from fastapi import APIRouter, Depends, Request
from fastapi.params import Depends as Dependency
from starlette.datastructures import FormData
from starlette.responses import RedirectResponse, Response

from actions.entry import OFFICE, READER, SECRETARY, SIGNER, entrant
from arshjul.swedish import instant_text, local_date
from notifications.plain import one_line
from portal.web.context import PortalContext
from portal.web.denials import DeniedError, NotLoggedInError
from portal.web.limits import Limit
from portal.web.paths import local_path
from portal.web.uploads import read_form
from store.access import sessions
from store.access.proof import FormTokens, is_same
from store.acting import Acting
from store.database import Session
from store.post.holding import held_by
from store.post.state import told_fault
from store.tables import LoginSession

LOG_IN = "Logga in först, så kommer du till sidan."
ENDED = "Du är inte inloggad längre, så inget har sparats. Logga in och gör om det."
READS_ONLY = "Länken i brevet visar, men ändrar inget. Logga in, så kan du göra det."
NOT_FOR_YOU = "Sidan är för ekonomikontoret. Behöver du något som finns där: skriv till dem."
NO_LONGER = "Din adress har inte längre en roll som får logga in. Är det fel: be ekonomikontoret rätta rollerna."
OLD_FORM = "Sidan hade legat öppen för länge, eller hörde till en annan inloggning. Inget har sparats. Gå tillbaka, ladda om sidan och försök igen."
NO_ADDRESS = "Adressen leder ingenstans. Kontrollera den, eller gå tillbaka."
MANY = "Det kom väldigt många frågor på kort tid. Vänta en minut och försök igen."
FORM_BYTES = 200_000  #: a form without files


@dataclass(frozen=True, slots=True, kw_only=True)
class Who:
    """Somebody logged in, for one request."""

    name: str  #: one line; what is written as ``by``
    address: str | None  #: None for the one who has the machine, or when the provider gives none
    roles: frozenset[str]  #: of ``ekonomikontoret`` and ``namndsekreterare``
    csrf: str = field(repr=False)  #: the token that this session's forms carry
    session_id: str = field(repr=False)
    acting: Acting  #: what the log says of who it is: ``store.begin(who.acting)``
    letters_word: str = ""  #: what the ekonomikontor is told on top of every page: no letters go, and why

    @property
    def is_office(self) -> bool:
        """Whether they may do what the ekonomikontor does."""
        return OFFICE in self.roles

    @property
    def is_reader(self) -> bool:
        """Whether they came by the link of a letter, which shows and changes nothing (a signer's: but for their papers)."""
        return READER in self.roles and self.roles <= {READER, SIGNER}


class Authenticator:
    """Knows who is logged in; one for the whole portal, at ``app.state.authenticator``."""

    def __init__(self, context: PortalContext) -> None:
        self.context = context
        self.limit = Limit(burst=120, per_second=2.0)
        self.prefect_limit = Limit(burst=1000, per_second=20.0)  #: Prefect's pages are of many files, and ask on and on
        self._forms = FormTokens(context.office.secret, "session.form")

    @property
    def cookie(self) -> str:
        """The session cookie's name; over https browsers bind it to this very host."""
        return f"{self.context.cookie_prefix}arshjul-inloggad"

    def row(self, request: Request, now: datetime) -> tuple[LoginSession, frozenset[str]] | None:
        """Return the living session of a request and its roles of today; None when nobody is logged in."""
        token = request.cookies.get(self.cookie)
        if not token:
            return None
        context = self.context
        with context.store.read() as session:
            row = sessions.find(session, context.office.secret, token, now)
            if row is None:
                return None
            if row.roles is not None:
                return row, frozenset(row.roles)
            held = entrant(session, context.office, context.login, row.address or "", local_date(now))
        return row, held.roles if held else frozenset()

    def who(self, request: Request, *, limit: Limit | None = None, used: bool = True) -> Who | None:
        """Return who is logged in, or None. Raises 429 for a session that asks far too often (``limit``).

        What is not ``used`` by a person, but asked by a page that stands open, does not keep the session alive.
        """
        now = self.context.clock()
        found = self.row(request, now)
        if found is None:
            return None
        row, roles = found
        request.state.acting = acting = sessions.acting_of(row)
        if not (limit or self.limit).allows(row.id, now):
            raise DeniedError(MANY, "för många försök", who=row.name, status=429, headers={"Retry-After": "60"})
        if used and sessions.is_due(row, now):
            with self.context.store.begin() as session:
                sessions.keep_alive(session, row.id, now)
        csrf = self._forms.of(row.id)
        word = self._letters_word(now) if OFFICE in roles else ""
        return Who(
            name=row.name, address=row.address, roles=roles, csrf=csrf, session_id=row.id, acting=acting,
            letters_word=word,
        )  # fmt: skip

    def _letters_word(self, now: datetime) -> str:
        with self.context.store.read() as session:
            if fault := told_fault(session, now):
                return f"Inga brev går sedan {instant_text(fault.since)}. {fault.words}"
            held = held_by(session)
        return (
            f"Breven hålls ({held.rstrip('.')}). Inget går förrän ni släpper dem, nederst på sidan Läget."
            if held
            else ""
        )

    def let_in(self, request: Request, *roles: str, limit: Limit | None = None, used: bool = True) -> Who:
        """Return who is logged in with one of ``roles``; raise the login or a 403. See :meth:`who`."""
        who = self.who(request, limit=limit, used=used)
        if who is None:
            reads = request.method in ("GET", "HEAD")
            raise NotLoggedInError(LOG_IN if reads else ENDED, "inte inloggad")
        if not who.roles & set(roles):
            if who.is_reader:
                raise NotLoggedInError(LOG_IN if request.method in ("GET", "HEAD") else READS_ONLY, "får bara läsa")
            raise DeniedError(NOT_FOR_YOU if who.roles else NO_LONGER, "en annan rolls sida", who=who.name)
        return who

    def log_in(
        self, session: Session, request: Request, now: datetime, *, subject: str, name: str, address: str | None,
        via: str, roles: frozenset[str] | None,
    ) -> str:  # fmt: skip
        """Begin a session and return its token. What was logged in in this browser ends."""
        secret = self.context.office.secret
        before = request.cookies.get(self.cookie)
        if before and (row := sessions.find(session, secret, before, now)):
            sessions.end(session, row.id, now, row.name)
        token, _ = sessions.begin(
            session, secret, subject=subject, name=one_line(name), address=address, via=via,
            roles=None if roles is None else sorted(roles), now=now,
        )  # fmt: skip
        return token

    def entered(self, token: str, next_path: str) -> Response:
        """Return the way on after a login, with the new session's cookie."""
        answer = RedirectResponse(local_path(next_path), 303)
        age = int(sessions.LONGEST.total_seconds())
        answer.set_cookie(self.cookie, token, max_age=age, **self.context.cookie_flags)
        return answer

    def forget(self, answer: Response) -> None:
        """Take the session's cookie away."""
        answer.delete_cookie(self.cookie, **self.context.cookie_flags)


def authenticator_of(request: Request) -> Authenticator:
    """Return what knows who is logged in."""
    authenticator = request.app.state.authenticator
    assert isinstance(authenticator, Authenticator)  # noqa: S101 - create_app put it there
    return authenticator


def anyone(request: Request) -> Who | None:
    """Return who is logged in, or None: for a page that everybody may read."""
    return authenticator_of(request).who(request)


def office(request: Request) -> Who:
    """Return who acts for the ekonomikontor; raise the way to the login, or a 403."""
    return authenticator_of(request).let_in(request, OFFICE)


def secretary_or_office(request: Request) -> Who:
    """Return who reads: the ekonomikontor, a nämndsekreterare, or who came by a letter's link, which sends no form.

    Raises the way to the login, or a 403.
    """
    reads = (READER,) if request.method in ("GET", "HEAD") else ()
    return authenticator_of(request).let_in(request, OFFICE, SECRETARY, *reads)


Anyone = Annotated[Who | None, Depends(anyone)]
ByOffice = Annotated[Who, Depends(office)]
ByReader = Annotated[Who, Depends(secretary_or_office)]


@asynccontextmanager
async def checked_form(
    request: Request, who: Who, *, max_bytes: int = FORM_BYTES, max_files: int = 0, max_fields: int = 50
) -> AsyncIterator[FormData]:
    """Read a form that this session's own page sent, and close it afterwards.

    Raises DeniedError (in the log): 403 for a missing or wrong token, and what ``read_form`` raises for a form that
    is too large, too slow or broken.
    """
    form = await read_form(request, max_bytes=max_bytes, max_files=max_files, max_fields=max_fields, who=who.name)
    try:
        if not is_same(form.get("csrf"), who.csrf):
            raise DeniedError(OLD_FORM, "formuläret var för gammalt", who=who.name)
        yield form
    finally:
        await form.close()


async def plain_address(request: Request) -> None:
    """Refuse an address with NUL in it: no database can look for it, and nobody has such a link.

    It waits for nothing, nor does :func:`same_site`: as coroutines they need no thread for each page that is asked for.
    """
    if "\0" in request.url.path or "%00" in request.url.query:
        raise DeniedError(NO_ADDRESS, "en påhittad adress", status=404)


def from_our_own_page(request: Request) -> bool:
    """Tell whether a browser says that a script of our own sent this: the only wall of what carries no form's token.

    Only JSON counts: another site's page may send that to nobody who does not ask for it.
    """
    site, origin = request.headers.get("sec-fetch-site"), request.headers.get("origin", "")
    hosts = (request.headers.get("host"), urlsplit(authenticator_of(request).context.office.public_url).netloc)
    ours = urlsplit(origin).netloc in hosts if site is None else site == "same-origin"
    return ours and request.headers.get("content-type", "").partition(";")[0].strip() == "application/json"


async def same_site(request: Request) -> None:
    """Refuse a form that another site sends: the second wall, for every route.

    ``Sec-Fetch-Site`` decides where the browser sends it (only over https and on this machine), else ``Origin``
    against the host that was asked. Browsers write ``Origin: null`` for our own pages, which have no referrer.
    """
    if request.method in ("GET", "HEAD", "OPTIONS"):
        return
    site, origin = request.headers.get("sec-fetch-site"), request.headers.get("origin")
    if site is not None:
        ours = site in ("same-origin", "none")
    else:
        hosts = (request.headers.get("host"), urlsplit(authenticator_of(request).context.office.public_url).netloc)
        ours = origin in (None, "null") or urlsplit(origin).netloc in hosts
    if not ours:
        raise DeniedError(OLD_FORM, "en annan webbplats formulär")


def walled(prefix: str = "", dependencies: Sequence[Dependency] = ()) -> APIRouter:
    """Return a router whose every route is behind both walls; ``create_app`` takes its routes over as they are.

    Were the walls the app's own, FastAPI would read each route a second time, when the first page is asked for.
    """
    return APIRouter(prefix=prefix, dependencies=[Depends(same_site), Depends(plain_address), *dependencies])

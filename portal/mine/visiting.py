"""A visit on a personal link: who may pass, which link it is, and what was answered to it."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import TypeVar, TypeVarTuple
from weakref import WeakValueDictionary

from anyio import CapacityLimiter, Semaphore, to_thread
from fastapi import Request

from actions.people.opening_links import open_by_id
from arshjul.errors import RefusedError
from portal.web.context import PortalContext
from portal.web.denials import DeniedError
from portal.web.limits import Cookies, HandInAnswer, Limit, Recent, Visit
from portal.web.logged_in import MANY
from portal.web.pages import Pages
from store.access import links, visits
from store.access.proof import is_same
from store.acting import Acting, Way, act, short_session
from store.database import Session
from store.tables import Link

CLOSED = "Öppna länken i ditt senaste brev, så kommer du in. Hittar du det inte: be ekonomikontoret om en ny länk."
OLD_FORM = "Sidan hade legat öppen för länge eller öppnats på nytt någon annanstans. Inget har tagits emot. Gå tillbaka, ladda om sidan och försök igen."

THREADS = 4  #: of all hand-ins: however many they are, and however long their files take, pages have theirs
READ_AT_ONCE = 2  #: forms of one link whose files are read: the rest of the threads are other people's

_Done = TypeVar("_Done")
_Given = TypeVarTuple("_Given")


@dataclass(frozen=True, slots=True)
class Visits:
    """What the personal page's routes share: the portal's context, and the guards that each of them asks."""

    context: PortalContext
    pages: Pages
    cookies: Cookies
    limit: Limit
    answers: Recent[HandInAnswer]
    hand_ins: CapacityLimiter = field(default_factory=lambda: CapacityLimiter(THREADS))
    readings: CapacityLimiter = field(default_factory=lambda: CapacityLimiter(THREADS))
    _turns: WeakValueDictionary[str, Semaphore] = field(default_factory=WeakValueDictionary)

    async def in_thread(self, step: Callable[[*_Given], _Done], *given: *_Given) -> _Done:
        """Carry out a short step of a hand-in in one of their threads; who comes when all are taken waits, in order."""
        return await to_thread.run_sync(step, *given, limiter=self.hand_ins)

    async def reading(self, visit: Visit, step: Callable[[*_Given], _Done], *given: *_Given) -> _Done:
        """Carry out a step that reads files, and may take a minute: in threads of its own, and in few for one link."""
        turn = self._turns.setdefault(visit.link_id, Semaphore(READ_AT_ONCE))
        async with turn:
            return await to_thread.run_sync(step, *given, limiter=self.readings)

    @property
    def cookie(self) -> str:
        return f"{self.context.cookie_prefix}arshjul"

    def passes(self, key: str, now: datetime, limit: Limit | None = None) -> None:
        """Raise 429 when one link is used far too often; by ``limit`` where it is another's than that of its pages."""
        if not (limit or self.limit).allows(key, now):
            raise DeniedError(MANY, "för många försök", who=key, status=429, headers={"Retry-After": "60"})

    def visit(self, request: Request, now: datetime) -> Visit:
        """Return the cookie's visit, or raise 403 with the way in."""
        visit = self.cookies.read(request.cookies.get(self.cookie), now)
        if visit is None:
            raise DeniedError(CLOSED, "inget besök")
        request.state.acting = self.acting(visit, None)
        self.passes(visit.link_id, now)
        return visit

    def acting(self, visit: Visit, link: Link | None) -> Acting:
        """Return who acts on a visit; before its link has been looked up nobody knows whose it is."""
        subject = link.person_id if link else f"länk {visit.link_id}"
        return Acting(subject=subject, way=Way.LINK, session=short_session(visit.nonce))

    def link(self, session: Session, visit: Visit, now: datetime) -> Link:
        """Return the visit's link, or raise 403 when it opens no more; the transaction is its person's from here on."""
        try:
            link = open_by_id(session, visit.link_id, visit.generation, now)
        except RefusedError as refused:
            raise DeniedError(str(refused), "länken gäller inte", who=visit.link_id) from None
        act(session, self.acting(visit, link))
        if visits.is_ended(session, short_session(visit.nonce)):
            raise DeniedError(CLOSED, "besöket var stängt", who=visit.link_id)
        return link

    def close(self, visit: Visit, now: datetime) -> None:
        """End a visit: its cookie opens nothing any more, wherever a copy of it lies."""

        def end(session: Session) -> None:
            link = links.by_id(session, visit.link_id)
            act(session, self.acting(visit, link))
            who = link.person_id if link else visit.link_id
            visits.end(session, short_session(visit.nonce), visit.until, now, who, visit.link_id)

        self.context.store.carry_out(end)

    def check(self, visit: Visit, token: object, key: str | None = None) -> None:
        """Raise 403 for a form that was not made for this visit."""
        if not is_same(token, self.cookies.form_token(visit)):
            raise DeniedError(OLD_FORM, "formuläret var för gammalt", who=visit.link_id, key=key)

"""The link by which whoever gets a letter opens the page that it names, without an account.

It shows, and changes nothing; that of a paper's draft lets its signer change, hold and let go what they sign.
"""

from datetime import datetime

from fastapi import APIRouter, Request
from starlette.concurrency import run_in_threadpool
from starlette.responses import RedirectResponse, Response

from actions.entry import OFFICE, READER, SIGNER
from actions.people.opening_links import open_link
from actions.readers import READING_PATH
from arshjul.errors import RefusedError
from portal.web.context import PortalContext
from portal.web.denials import DeniedError
from portal.web.form_cookie import FormCookie
from portal.web.limits import Limit, presses, short_key
from portal.web.logged_in import MANY, Authenticator, anyone, walled
from portal.web.pages import Pages
from portal.web.paths import local_path
from store.access import links
from store.access.sessions import BY_LINK
from store.database import Session
from store.people.holders import known_person
from store.tables import Link


def routes(context: PortalContext, pages: Pages, authenticator: Authenticator) -> APIRouter:
    """Return the routes: it is opened by a press, as mail scanners open links."""
    router = walled()
    forms, looks, entries = FormCookie(context, pages), Limit(), presses()

    def passes(limit: Limit, token: str, now: datetime) -> None:
        if not limit.allows(short_key(token), now):
            raise DeniedError(MANY, "för många försök", who=short_key(token), status=429, headers={"Retry-After": "60"})

    @router.api_route(f"{READING_PATH}/{{token}}", methods=["GET", "HEAD"])
    def knock(request: Request, token: str, till: str = "") -> Response:
        """Say whose link it is. Changes nothing."""
        now = context.clock()
        passes(looks, token, now)
        with context.store.read() as session:
            link, signs = _opened(session, context, token, now)
            person = known_person(session, link.person_id)
        return forms.page(
            request, "reading_link.html", now, token=token, person=person, till=local_path(till), signs=signs
        )

    @router.post(f"{READING_PATH}/{{token}}")
    async def enter(request: Request, token: str) -> Response:
        """Begin a reading in this browser. Who is logged in already stays so: they see more.

        But for who signs: only the ekonomikontor does the same without their link.
        """
        now = context.clock()
        passes(entries, token, now)
        there = local_path((await forms.fields(request)).get("till"))
        who = await run_in_threadpool(anyone, request)
        signs = await run_in_threadpool(opens_to_sign, token, now)
        if who and who.roles and not who.is_reader and (OFFICE in who.roles or not signs):
            return RedirectResponse(there, 303)
        answer = authenticator.entered(await run_in_threadpool(begin, request, token, now), there)
        forms.forget(answer)
        return answer

    def opens_to_sign(token: str, now: datetime) -> bool:
        with context.store.read() as session:
            return _opened(session, context, token, now)[1]

    def begin(request: Request, token: str, now: datetime) -> str:
        with context.store.begin() as session:
            link, signs = _opened(session, context, token, now)
            person = known_person(session, link.person_id)
            made = authenticator.log_in(
                session, request, now, subject=person.id, name=person.name, address=person.address, via=BY_LINK,
                roles=frozenset({READER, SIGNER} if signs else {READER}),
            )  # fmt: skip
            links.mark_opened(session, link, now)  # by whom, as the log now knows
            return made

    return router


def _opened(session: Session, context: PortalContext, token: str, now: datetime) -> tuple[Link, bool]:
    """Return the link that a token opens, and whether it is one to sign by."""
    signs = links.is_to_sign(context.office.secret, token)
    try:
        return open_link(session, context.office.secret, token, now, links.SIGNING if signs else links.READING), signs
    except RefusedError as refused:
        raise DeniedError(str(refused), "länken gäller inte") from None

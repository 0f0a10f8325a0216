"""The Prefect UI behind the portal's own login, for the ekonomikontor: ``/prefect/``.

Prefect has one secret and no users, and who has it may do everything, also run a command. So the browser never gets
it: the portal says it for those who are logged in, and lets through the UI's files, reads and the forms
(:mod:`portal.prefect.allowed`), nothing else. Who sends a form in is who is logged in, whatever the form says.
"""

import json
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from uuid import uuid4

import httpx
from fastapi import APIRouter, Request
from starlette.concurrency import run_in_threadpool
from starlette.responses import JSONResponse, RedirectResponse, Response, StreamingResponse

from actions.entry import OFFICE
from arshjul.errors import RefusedError
from notifications.prefect_places import PREFECT, STANDING
from notifications.sent_form import SEAL, Sender, SentForm, seal
from portal.prefect.allowed import (
    VALIDATED,
    deployment_of,
    is_anothers,
    is_form,
    is_page,
    json_of,
    kind_of,
    parameters_of,
    refuse_later,
    tried_out,
    without_who,
)
from portal.prefect.sharing import NOT_OURS, Sharing, own_id
from portal.web.context import PortalContext
from portal.web.denials import Denials, DeniedError, NotLoggedInError
from portal.web.logged_in import OLD_FORM, Authenticator, Who, from_our_own_page, walled
from portal.web.pages import Pages, asset

METHODS = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]
BODY = 200_000  #: bytes of a call
PAGE = 2_000_000  #: bytes of an html page
POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self' 'unsafe-inline'",  # the UI sets styles on its elements
        "img-src 'self' data: blob:",
        "font-src 'self' data:",
        "connect-src 'self'",
        "worker-src 'self' blob:",
        "manifest-src 'self'",
        "form-action 'none'",
        "frame-ancestors 'none'",
        "base-uri 'none'",
    )
)
NOT_HERE = "Det går inte härifrån. I Prefect kan du läsa och skicka in formulären; allt annat sköter tjänsten själv."
NO_FORM = "Bara formulären går att skicka in härifrån. Körningarna sköter tjänsten själv."
ANOTHERS = "Formuläret hör till en annan installation på samma Prefect-server. Öppna formulären därifrån, med dess egen portal."
SILENT = "Prefect svarar inte just nu. Breven går ändå. Vänta en stund och ladda om sidan."
ELSEWHERE = (
    "Prefect visar inte sina sidor under /prefect. Sätt PREFECT_SERVER_UI_SERVE_BASE=/prefect på Prefects server och "
    "starta om den."
)


def routes(context: PortalContext, pages: Pages, authenticator: Authenticator, denials: Denials) -> APIRouter:
    """Return the routes of the Prefect UI."""
    router = walled(prefix=PREFECT)
    sharing = Sharing(context.prefect, context.store) if context.prefect else None

    def enter(request: Request) -> Who:
        """Return who is logged in as the ekonomikontor. What a page does by itself does not keep the login alive."""
        who = authenticator.let_in(
            request, OFFICE, limit=authenticator.prefect_limit, used=not request.url.path.startswith(f"{PREFECT}/api/")
        )
        if request.method not in ("GET", "HEAD") and not from_our_own_page(request):
            raise DeniedError(OLD_FORM, "en annan webbplats formulär", who=who.name)
        return who

    @router.get("")
    @router.get("/")
    async def front(request: Request) -> Response:
        """Show how it stands."""
        await run_in_threadpool(enter, request)
        return RedirectResponse(f"{PREFECT}{STANDING}", 303)

    @router.get("/ui-settings")
    async def settings(request: Request) -> Response:
        """Tell the UI where its API is, and that it need not ask for a password."""
        await run_in_threadpool(enter, request)
        return JSONResponse(
            {
                "api_url": f"{PREFECT}/api", "csrf_enabled": False, "auth": None, "flags": [], "default_ui": "v2",
                "available_uis": ["v2"], "v1_base_url": PREFECT, "v2_base_url": f"{PREFECT}/v2",
            }
        )  # fmt: skip

    # no form of ours: tests/portal/prefect/test_prefect_pages.py tries it, as tests/portal/test_hostile_forms.py tries the routes in the schema
    @router.api_route("/api/{path:path}", methods=METHODS, include_in_schema=False)
    async def call(request: Request, path: str) -> Response:
        """Pass a call of the API on, if it is one of those that are let through."""
        try:
            who = await run_in_threadpool(enter, request)
            return await _called(context, sharing, request, path, who)
        except DeniedError as error:
            if not isinstance(error, NotLoggedInError):  # a page that stands open when its login ends asks on and on
                await run_in_threadpool(denials.write, error.who, request.url.path, error.what, context.clock())
            return _told(401 if isinstance(error, NotLoggedInError) else error.status_code, error.detail)
        except RefusedError as refused:
            return _told(400, str(refused))
        except httpx.HTTPError:
            return _told(503, SILENT)

    @router.get("/{path:path}")
    async def page(request: Request, path: str) -> Response:
        """Pass a page or file of the UI on."""
        await run_in_threadpool(enter, request)
        if context.prefect is None or not is_page(path):
            return pages.error(404, "Sidan finns inte.", context.clock())
        try:
            if sharing and await sharing.is_closed():
                return pages.error(403, NOT_OURS, context.clock())
            return await _page(context, pages, request, path)
        except httpx.HTTPError:
            return pages.error(503, SILENT, context.clock())

    return router


async def _called(context: PortalContext, sharing: Sharing | None, request: Request, path: str, who: Who) -> Response:
    if request.method == "GET" and path == "admin/settings":  # the UI asks whether it may measure and advertise
        told = {"analytics_enabled": False, "ui": {"show_promotional_content": False}}
        return JSONResponse({"server": told})
    kind = kind_of(request.method, path)
    if kind is None or context.prefect is None or sharing is None:
        raise DeniedError(NOT_HERE, "släpps inte igenom till Prefect", who=who.name)
    if await sharing.is_closed():
        raise DeniedError(NOT_OURS, "en delad Prefect-server", who=who.name)
    body = await _body(request, who)
    if kind == "form":
        answer = await _sent_in(context, deployment_of(path), body, who)
    else:
        body = tried_out(json_of(body)) if path == VALIDATED else body
        answer = await context.prefect.ask(request.method, path, request.url.query, body)
    if request.method == "GET" and path.startswith("deployments/") and answer.status_code == 200:
        found = answer.json()
        return JSONResponse(without_who(found) if isinstance(found, dict) else found)
    return Response(answer.content, answer.status_code, dict(answer.headers))


async def _sent_in(context: PortalContext, deployment_id: str, body: bytes | None, who: Who) -> httpx.Response:
    """Send a form in, made anew of what may be chosen: nothing else that Prefect takes with a run comes through."""
    assert context.prefect is not None  # noqa: S101 - the caller has looked
    found = await context.prefect.ask("GET", f"deployments/{deployment_id}")
    if found.status_code != 200:
        return found
    deployment = found.json()
    if not is_form(deployment):
        raise DeniedError(NO_FORM, "en körning som inte är ett formulär", who=who.name)
    if is_anothers(deployment, await run_in_threadpool(own_id, context.store)):
        raise DeniedError(ANOTHERS, "en annan installations formulär", who=who.name)
    sent = json_of(body)
    refuse_later(sent)
    form = SentForm(deployment=deployment_id, key=str(uuid4()), parameters=parameters_of(deployment, sent, who.name))
    sealed = seal(context.office.secret, Sender(who.name, who.acting.subject, who.acting.session), form)
    run = {"parameters": form.parameters, "idempotency_key": form.key, "context": {SEAL: sealed}}
    return await context.prefect.ask(
        "POST", f"deployments/{deployment_id}/create_flow_run", body=json.dumps(run).encode()
    )


async def _body(request: Request, who: Who) -> bytes | None:
    """Return a call's body. Raises DeniedError over the limit."""
    if request.method in ("GET", "HEAD"):
        return None
    read = bytearray()
    async for some in request.stream():
        read += some
        if len(read) > BODY:
            raise DeniedError("Det var för mycket på en gång.", "för stort", who=who.name, status=413)
    return bytes(read)


async def _page(context: PortalContext, pages: Pages, request: Request, path: str) -> Response:
    """Return a page of the UI's, guarded, or a file as it comes."""
    assert context.prefect is not None  # noqa: S101 - the caller has looked
    passed = ("accept", "accept-encoding", "if-none-match", "sec-fetch-mode", "sec-fetch-dest")
    headers = {name: value for name in passed if (value := request.headers.get(name))}
    headers.setdefault("accept-encoding", "identity")
    async with AsyncExitStack() as stack:
        answer = await stack.enter_async_context(context.prefect.page(path, request.url.query, headers))
        if answer.status_code not in (200, 304):
            return pages.error(404 if answer.status_code == 404 else 503, SILENT, context.clock())
        if answer.headers.get("content-type", "").startswith("text/html"):
            html = (await answer.aread()).decode()
            if f'"{PREFECT}/' not in html:
                return pages.error(503, ELSEWHERE, context.clock())
            return Response(_hushed(html), media_type="text/html", headers={"content-security-policy": POLICY})
        kept = {name: answer.headers[name] for name in KEPT if name in answer.headers}
        if "/assets/" in f"/{path}":  # their names change with their content
            kept["cache-control"] = "private, max-age=31536000, immutable"
        closing = stack.pop_all()

    async def chunks() -> AsyncIterator[bytes]:
        async with closing:
            async for some in answer.aiter_raw():
                yield some

    return StreamingResponse(chunks(), answer.status_code, kept | {"content-security-policy": POLICY})


KEPT = ("content-type", "content-length", "content-encoding", "etag", "last-modified", "vary")


def _hushed(html: str) -> str:
    """Return a page whose first script keeps the others from calling elsewhere and from setting cookies.

    Its sheet of style leaves out what only takes room: the list and what is late shall fit on a screen.
    """
    ours = f'<script src="{asset("prefect.js")}"></script><link rel="stylesheet" href="{asset("prefect.css")}">'
    return html.replace("<head>", f"<head>{ours}", 1)


def _told(status: int, word: str) -> Response:
    return JSONResponse({"detail": word, "exception_message": word}, status)

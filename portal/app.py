"""The portal: login, personal page, status, rules, log, calendars, people, letters, the service's health."""

from dataclasses import asdict
from urllib.parse import quote

from fastapi import APIRouter, FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.staticfiles import StaticFiles
from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse, RedirectResponse, Response

from arshjul.errors import RefusedError
from portal import about, kontroller
from portal.bokforing import routes as bokforing
from portal.brev import routes as brev
from portal.brev import sent_routes
from portal.handelser import routes as handelser
from portal.handlingar import routes as handlingar
from portal.kalender import routes as kalender
from portal.lage import routes as lage
from portal.lage import utskick
from portal.loggen import routes as loggen
from portal.login import provider_login, reading_link
from portal.login import routes as login
from portal.mine import routes as mine
from portal.organ import meeting_routes
from portal.organ import routes as organ
from portal.personer import routes as personer
from portal.prefect import routes as prefect
from portal.register import routes as register
from portal.registrera import routes as registrera
from portal.skrivelse import routes as skrivelse
from portal.sparrat import routes as sparrat
from portal.underlag import routes as underlag
from portal.web.context import PortalContext
from portal.web.denials import Denials, DeniedError, NotLoggedInError
from portal.web.gone_pages import GoneError
from portal.web.logged_in import NO_ADDRESS, Authenticator, walled
from portal.web.pages import STATIC, Pages, WithHeaders, guards_of
from portal.web.shown_utskick import NotingUtskick
from portal.wheel import routes as arshjulet
from store.acting import OUTSIDE
from store.full_disk import FULL, is_full

WORDS = {
    404: NO_ADDRESS,
    405: NO_ADDRESS,
    500: "Felet är vårt. Det du skickade kan ha gått förlorat: titta på din sida, och lämna in igen om det saknas där.",
}


def create_app(context: PortalContext) -> FastAPI:
    """Return the portal. Templates are compiled on first use; nothing is read from the environment."""
    app = FastAPI(
        title="Årshjul", docs_url=None, redoc_url=None, openapi_url=None,
        redirect_slashes=False,  # it would lead to whatever host the asker named
    )  # fmt: skip
    pages, denials = Pages(context), Denials(context.store)
    app.state.authenticator = authenticator = Authenticator(context)
    app.state.intake, app.state.patience = context.intake, context.patience
    app.add_middleware(NotingUtskick, context=context)
    app.add_middleware(WithHeaders, headers=guards_of(context))
    app.mount("/static", _Static(directory=STATIC), name="static")
    office_pages = (
        underlag,
        meeting_routes,
        organ,
        skrivelse,
        bokforing,
        registrera,
        handlingar,
        register,
        handelser,
        sparrat,
        loggen,
        kalender,
        personer,
        brev,
        sent_routes,
        utskick,
    )
    for router in (
        kalender.feed_routes(context),  # calendar programs cannot log in
        *(module.routes(context, pages) for module in (mine, lage, arshjulet, kontroller, about, *office_pages)),
        login.routes(context, pages, authenticator, denials),
        reading_link.routes(context, pages, authenticator),
        prefect.routes(context, pages, authenticator, denials),
        provider_login.routes(context, authenticator),
        _health_routes(context),
    ):
        app.router.routes.extend(router.routes)

    @app.exception_handler(DeniedError)
    def denied(request: Request, error: DeniedError) -> Response:
        """Log who was not let in, and tell them so; a reader who is not logged in is shown the way."""
        denials.write(
            error.who,
            error.key or request.url.path,
            error.what,
            context.clock(),
            getattr(request.state, "acting", OUTSIDE),
        )
        not_in = isinstance(error, NotLoggedInError)
        if not_in and request.method in ("GET", "HEAD"):
            asked = request.url.path + (f"?{request.url.query}" if request.url.query else "")
            return RedirectResponse(f"/logga-in?till={quote(asked, safe='/')}", 303)
        page = pages.error(error.status_code, error.detail, context.clock(), log_in=not_in or _at_login(request))
        page.headers.update(error.headers or {})
        return page

    @app.exception_handler(HTTPException)
    def refused(request: Request, error: HTTPException) -> Response:
        """Tell what went wrong, in Swedish; the framework's own English words are replaced."""
        if isinstance(error, GoneError):
            now, ways = context.clock(), error.ways
            return pages.html(
                "gone.html", now, who=error.who, status=404, title=error.title, words=error.words, ways=ways
            )
        ours = (
            error.detail
            if error.status_code not in (404, 405) or error.detail not in ("Not Found", "Method Not Allowed")
            else ""
        )
        word, at_login = ours or WORDS[error.status_code], _at_login(request)
        page = pages.error(error.status_code, word, context.clock(), log_in=at_login)
        page.headers.update(error.headers or {})
        return page

    @app.exception_handler(RefusedError)
    def not_allowed(request: Request, error: RefusedError) -> Response:  # noqa: ARG001 - the framework's shape
        """Tell what the rules do not allow."""
        return pages.error(400, str(error), context.clock())

    @app.exception_handler(RequestValidationError)
    def unreadable(request: Request, error: RequestValidationError) -> Response:  # noqa: ARG001 - the framework's shape
        """An address whose parts are no numbers leads nowhere."""
        return pages.error(404, WORDS[404], context.clock())

    @app.exception_handler(Exception)
    def broken(request: Request, error: Exception) -> Response:  # noqa: ARG001 - the framework's shape
        """Say that it was us; the server logs the error. It is answered outside :class:`WithHeaders`."""
        status, word = (507, FULL) if is_full(error) else (500, WORDS[500])
        page = pages.error(status, word, context.clock())
        page.headers.update(guards_of(context))
        return page

    return app


def _health_routes(context: PortalContext) -> APIRouter:
    router = walled()

    @router.get("/health")
    def health() -> Response:
        """Tell machines whether every part does its work: 200, or 503 when one does not."""
        parts = context.health()
        well = all(part.ok for part in parts.values())
        told = {name: {**asdict(part), "since": part.since and part.since.isoformat()} for name, part in parts.items()}
        return JSONResponse({"status": "ok" if well else "fel", "parts": told}, 200 if well else 503)

    return router


def _at_login(request: Request) -> bool:
    return request.url.path.startswith("/logga-in")


class _Static(StaticFiles):
    """Static files, kept by browsers for a day; their address changes with their content."""

    def file_response(self, *args: object, **options: object) -> Response:
        """Add how long the file may be kept."""
        answer: Response = super().file_response(*args, **options)  # type: ignore[arg-type]  # passed on as they came
        answer.headers["Cache-Control"] = "public, max-age=86400"
        return answer

"""The portal: the personal page, the status pages, the letters of the Maildir, and the service's health."""

from dataclasses import asdict

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.staticfiles import StaticFiles
from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse, Response

from arshjul.errors import RefusedError
from portal import arshjulet, bokforing, brev, lage, mine, registrera
from portal.desk import Desk
from portal.pages import STATIC, Pages, WithHeaders

WORDS = {
    404: "Adressen leder ingenstans. Kontrollera den, eller gå tillbaka.",
    405: "Adressen leder ingenstans. Kontrollera den, eller gå tillbaka.",
    500: "Felet är vårt. Det du skickade kan ha gått förlorat: titta på din sida, och lämna in igen om det saknas där.",
}


def create_app(desk: Desk) -> FastAPI:
    """Return the portal. Templates are compiled on first use; nothing is read from the environment."""
    app = FastAPI(title="Årshjul", docs_url=None, redoc_url=None, openapi_url=None)
    pages = Pages(desk)
    app.add_middleware(WithHeaders)
    app.mount("/static", _Static(directory=STATIC), name="static")
    for module in (mine, lage, arshjulet, bokforing, registrera, brev):
        app.include_router(module.routes(desk, pages))

    @app.get("/health")
    def health() -> Response:
        """Tell machines whether every part does its work: 200, or 503 when one does not."""
        parts = desk.health()
        well = all(part.ok for part in parts.values())
        told = {name: {**asdict(part), "since": part.since and part.since.isoformat()} for name, part in parts.items()}
        return JSONResponse({"status": "ok" if well else "fel", "parts": told}, 200 if well else 503)

    @app.exception_handler(HTTPException)
    def refused(request: Request, error: HTTPException) -> Response:  # noqa: ARG001 - the framework's shape
        """Tell what went wrong, in Swedish; the framework's own English words are replaced."""
        ours = (
            error.detail
            if error.status_code not in (404, 405) or error.detail not in ("Not Found", "Method Not Allowed")
            else ""
        )
        page = pages.error(error.status_code, ours or WORDS[error.status_code], desk.clock())
        page.headers.update(error.headers or {})
        return page

    @app.exception_handler(RefusedError)
    def not_allowed(request: Request, error: RefusedError) -> Response:  # noqa: ARG001 - the framework's shape
        """Tell what the rules do not allow."""
        return pages.error(400, str(error), desk.clock())

    @app.exception_handler(RequestValidationError)
    def unreadable(request: Request, error: RequestValidationError) -> Response:  # noqa: ARG001 - the framework's shape
        """An address whose parts are no numbers leads nowhere."""
        return pages.error(404, WORDS[404], desk.clock())

    @app.exception_handler(Exception)
    def broken(request: Request, error: Exception) -> Response:  # noqa: ARG001 - the framework's shape
        """Say that it was us; the server logs the error."""
        return pages.error(500, WORDS[500], desk.clock())

    return app


class _Static(StaticFiles):
    """Static files, kept by browsers for a day; their address changes with their content."""

    def file_response(self, *args: object, **options: object) -> Response:
        """Add how long the file may be kept."""
        answer: Response = super().file_response(*args, **options)  # type: ignore[arg-type]  # passed on as they came
        answer.headers["Cache-Control"] = "public, max-age=86400"
        return answer

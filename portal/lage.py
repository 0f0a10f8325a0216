"""The status pages, for the ekonomikontor and the nämndsekreterare: no personal links.

What was handed in is there only as the sammanställning, and that for the ekonomikontor alone.
"""

from fastapi import APIRouter, Depends
from starlette.exceptions import HTTPException
from starlette.responses import RedirectResponse, Response

from portal.desk import Desk
from portal.identity import ByReader, office
from portal.lage_view import detail, overview
from portal.mine import attachment
from portal.pages import Pages
from store.planning import current_wheel
from submissions.compilation.keeping import MAKERS, fetch


def routes(desk: Desk, pages: Pages) -> APIRouter:
    """Return the routes of the status pages."""
    router = APIRouter()

    @router.get("/")
    def front() -> Response:
        """The status page is the front."""
        return RedirectResponse("/lage", 307)

    @router.get("/lage")
    def status(who: ByReader) -> Response:
        """Show every open occurrence."""
        now = desk.clock()
        with desk.store.read() as session:
            wheel = current_wheel(session, desk.office.definition, now)
            shown = overview(session, wheel, desk.office.since, now)
        prefect, since = desk.office.prefect_url, desk.office.since
        return pages.html("status.html", now, who=who, shown=shown, since=since, prefect=prefect)

    @router.get("/lage/{step}/{period}")
    def occurrence(who: ByReader, step: str, period: str) -> Response:
        """Show one occurrence."""
        now = desk.clock()
        with desk.store.read() as session:
            wheel = current_wheel(session, desk.office.definition, now)
            try:
                found = wheel.occurrence(step, period)
            except KeyError:
                raise HTTPException(404, _no_such(step, period)) from None
            shown = detail(session, wheel, found, desk.office.since, now)
        return pages.html("occurrence.html", now, who=who, shown=shown, prefect=desk.office.prefect_url)

    @router.get("/lage/{step}/{period}/sammanstallning.{kind}", dependencies=[Depends(office)])
    def compilation(step: str, period: str, kind: str) -> Response:
        """Give the occurrence's sammanställning as a file to save; made anew when what it shows has changed."""
        if kind not in MAKERS:
            kinds = " och ".join(f".{each}" for each in MAKERS)
            raise HTTPException(404, f"Sammanställningen finns som {kinds}, inte som .{kind}.")
        try:
            made = fetch(desk.store, desk.office.definition, step, period, kind, desk.clock())
        except KeyError:
            raise HTTPException(404, _no_such(step, period)) from None
        return attachment(made.content, made.filename, made.media_type)

    return router


def _no_such(step: str, period: str) -> str:
    return f"Årshjulet har ingen {step} för {period}."

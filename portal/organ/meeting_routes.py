"""Moving, cancelling or adding a meeting: first what that moves, then the change itself."""

from datetime import date, time

from fastapi import APIRouter, Depends, Request
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import FormData
from starlette.responses import RedirectResponse, Response

from actions.act import Act, reason
from actions.bodies.imagined import Preview, preview
from actions.filled_in import MEETING_DAY, NEW_DAY, asked_clock
from actions.plan.meeting_changes import change_meeting
from actions.scene import Scene
from arshjul.errors import RefusedError
from arshjul.keys import BodyId
from portal.web.context import PortalContext
from portal.web.forms import day_of, text_of
from portal.web.logged_in import ByOffice, Who, checked_form, office, walled
from portal.web.pages import Pages


def routes(context: PortalContext, pages: Pages) -> APIRouter:
    """Return the routes, all of them the ekonomikontor's. Nothing is changed until it is confirmed."""
    router = walled(prefix="/mote", dependencies=[Depends(office)])

    @router.get("")
    def form(who: ByOffice, organ: str = "", dag: str = "") -> Response:
        """Ask which meeting, and what becomes of it."""
        with context.store.read() as session:
            return _page(pages, who, Scene(session, context.office, context.clock()), {"organ": organ, "dag": dag})

    @router.post("")
    async def show(request: Request, who: ByOffice) -> Response:
        """Show what the change would move; nothing is changed."""
        async with checked_form(request, who) as sent:
            return await run_in_threadpool(_preview, context, pages, who, sent)

    @router.post("/andra")
    async def change(request: Request, who: ByOffice) -> Response:
        """Change the meeting, as it was shown."""
        async with checked_form(request, who) as sent:
            return await run_in_threadpool(_change, context, pages, who, sent)

    return router


def _preview(context: PortalContext, pages: Pages, who: Who, form: FormData) -> Response:
    with context.store.read() as session:
        scene = Scene(session, context.office, context.clock())
        try:
            body, original, day, clock = _asked(form)
            reason(text_of(form, "skal"))
            found = preview(scene, body, original, day, clock)
        except RefusedError as refused:
            return _page(pages, who, scene, _was(form), word=str(refused))
        return _page(pages, who, scene, _was(form), found=found)


def _change(context: PortalContext, pages: Pages, who: Who, form: FormData) -> Response:
    try:
        body, original, day, clock = _asked(form)
        why = text_of(form, "skal")

        def change(scene: Scene) -> None:
            preview(scene, body, original, day, clock)  # what cannot be shown cannot be done
            change_meeting(Act(scene, who.name, why), body, original, day, clock)

        context.act(change, who.acting)
    except RefusedError as refused:
        with context.store.read() as session:
            return _page(pages, who, Scene(session, context.office, context.clock()), _was(form), word=str(refused))
    return RedirectResponse(f"/organ/{body}", 303)


def _asked(form: FormData) -> tuple[BodyId, date | None, date | None, time | None]:
    """Return body, the meeting's day, its new day and clock time; empty ones are None."""
    original = day_of(form, "dag", MEETING_DAY) if text_of(form, "dag") else None
    day = None
    if text_of(form, "gor") != "stall-in":
        day = day_of(form, "ny_dag", NEW_DAY)
    elif original is None:
        raise RefusedError("Välj vilket möte som ska ställas in.")
    clock = asked_clock(text_of(form, "klockslag")) if day else None
    return BodyId(text_of(form, "organ")), original, day, clock


def _was(form: FormData) -> dict[str, str]:
    return {name: text_of(form, name) for name in ("organ", "dag", "gor", "ny_dag", "klockslag", "skal")}


def _page(
    pages: Pages, who: Who, scene: Scene, was: dict[str, str], *, word: str = "", found: Preview | None = None
) -> Response:
    definition, year = scene.office.definition, scene.today.year
    ahead = [
        (body, name.name, [each for y in (year, year + 1) for each in scene.wheel.meetings.of_year(body, y) if each.day >= scene.today])
        for body, name in definition.bodies.items()
    ]  # fmt: skip
    return pages.html(
        "mote.html", scene.now, who=who, status=400 if word else 200, was=was, word=word, found=found, ahead=ahead,
        bodies=definition.bodies,
    )  # fmt: skip

"""Händelser: what the year waits for. The ekonomikontor registers that it has happened, and takes it back."""

from collections.abc import Callable

from fastapi import APIRouter, Request
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import FormData
from starlette.responses import RedirectResponse, Response

from actions.act import Act
from actions.filled_in import HAPPENED_ON
from actions.plan.happened import record_happening, take_back_happening
from actions.scene import Scene
from actions.underlag.opened_by_hand import say_opening
from arshjul.errors import RefusedError
from arshjul.keys import UnitId
from portal.handelser.view import happenings_shown
from portal.web.context import PortalContext
from portal.web.forms import day_of, text_of, typed_in
from portal.web.logged_in import ByOffice, Who, checked_form, walled
from portal.web.pages import Pages
from store.plan.in_step import Moved

Do = Callable[[Act, FormData], list[Moved]]

#: what the page says when something was done
DONE = {
    "registrerad": "Händelsen är registrerad. Det som räknas från den har nu sina frister, brev och lägen.",
    "inget-foljer": "Händelsen är registrerad. Inget som räknas från den har en frist.",
    "atertagen": "Händelsen är återtagen. Det som räknades från den begärs inte längre; de som har fått veta det får besked.",
}


def routes(context: PortalContext, pages: Pages) -> APIRouter:
    """Return the routes, all of the ekonomikontor."""
    router = walled(prefix="/handelser")

    @router.get("")
    def show(who: ByOffice, klart: str = "") -> Response:
        """Show what the year waits for, what it starts and when it has happened."""
        return _page(context, pages, who, done=klart)

    @router.post("")
    async def register(request: Request, who: ByOffice) -> Response:
        """Register that something has happened, on a day; where it is an enhet's own, for that enhet."""
        async with checked_form(request, who) as form:
            return await run_in_threadpool(_act, context, pages, who, form, _register)

    @router.post("/ta-tillbaka")
    async def take_back(request: Request, who: ByOffice) -> Response:
        """Take back what did not happen."""
        async with checked_form(request, who) as form:
            return await run_in_threadpool(_act, context, pages, who, form, _take_back)

    return router


def _act(context: PortalContext, pages: Pages, who: Who, form: FormData, do: Do) -> Response:
    try:
        moved = context.act(lambda scene: do(Act(scene, who.name, text_of(form, "skal")), form), who.acting)
    except RefusedError as refused:
        return _page(context, pages, who, word=str(refused), form=form)
    done = "atertagen" if do is _take_back else "registrerad" if moved else "inget-foljer"
    return RedirectResponse(f"/handelser?klart={done}#svar", 303)


def _register(act: Act, form: FormData) -> list[Moved]:
    day = day_of(form, "dag", HAPPENED_ON)
    if unit := text_of(form, "enhet"):
        return say_opening(act, text_of(form, "handelse"), UnitId(unit), day.isoformat())
    return record_happening(act, text_of(form, "handelse"), day)


def _take_back(act: Act, form: FormData) -> list[Moved]:
    if unit := text_of(form, "enhet"):
        return say_opening(act, text_of(form, "handelse"), UnitId(unit), text_of(form, "dag"), gone=True)
    return take_back_happening(act, text_of(form, "handelse"), day_of(form, "dag", HAPPENED_ON))


def _page(
    context: PortalContext, pages: Pages, who: Who, *, done: str = "", word: str = "", form: FormData | None = None
) -> Response:
    now = context.clock()
    with context.store.read() as session:
        shown = happenings_shown(Scene(session, context.office, now))
    units = {key: each for key, each in context.office.definition.units.items() if not each.above}
    return pages.html(
        "handelser.html", now, who=who, status=400 if word else 200, happenings=shown, units=units,
        done=DONE.get(done, ""), word=word, was=typed_in(form) if form else {},
    )  # fmt: skip

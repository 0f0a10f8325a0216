"""What the ekonomikontor does with the letters as a whole: holds them, lets them go, and tries whether the post works."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass

from fastapi import APIRouter, Depends, Request
from starlette.concurrency import run_in_threadpool
from starlette.responses import RedirectResponse, Response

from actions.act import Act
from actions.service.choosing import choose, silent
from actions.service.holding_letters import hold_letters, release_letters
from actions.service.trying import how_it_went, note_tried, try_post
from arshjul.errors import RefusedError
from arshjul.swedish import local_date
from portal.web.context import PortalContext
from portal.web.forms import text_of
from portal.web.logged_in import ByOffice, checked_form, office, walled
from portal.web.pages import Pages
from store.database import Session
from store.post.holding import held_by

HERE = "/lage#utskicket"


@dataclass(frozen=True, slots=True, kw_only=True)
class LettersState:
    """How the letters as a whole stand, as the page shows it."""

    utskick: str
    held: str | None  #: by whom and why
    tried: str  #: when a test letter was last sent, and how it went
    can_try: bool
    is_set: bool  #: a setting decides utskick: no button changes it
    silent: str  #: why nothing is said although utskick is skarpt, or ""


def letters_of(session: Session, context: PortalContext) -> LettersState:
    """Return how the letters stand."""
    utskick = context.office.at(session).utskick
    return LettersState(
        utskick=utskick,
        held=held_by(session),
        tried=how_it_went(session),
        can_try=context.post is not None,
        is_set=context.office.utskick_is_set,
        silent=silent(session, context.office, local_date(context.clock())) if utskick == "skarpt" else "",
    )


def routes(context: PortalContext, pages: Pages) -> APIRouter:
    """Return the routes of the buttons; each leads back to Läget."""
    router = walled(dependencies=[Depends(office)])

    @router.post("/utskick/hall")
    async def holds(request: Request, who: ByOffice) -> Response:
        """Hold every letter, with a reason."""
        async with checked_form(request, who) as form:
            why = text_of(form, "varfor")
        return await _done(lambda: context.act(lambda scene: hold_letters(Act(scene, who.name, why)), who.acting))

    @router.post("/utskick/slapp")
    async def lets_go(request: Request, who: ByOffice) -> Response:
        """Let the letters go."""
        async with checked_form(request, who):
            pass
        return await _done(lambda: context.act(lambda scene: release_letters(Act(scene, who.name)), who.acting))

    @router.post("/utskick/lage")
    async def chooses(request: Request, who: ByOffice) -> Response:
        """Choose whom letters go to from now on."""
        async with checked_form(request, who) as form:
            wanted = text_of(form, "utskick")
        return await _done(lambda: context.act(lambda scene: choose(Act(scene, who.name), wanted), who.acting))

    @router.post("/utskick/prov")
    async def tries(request: Request, who: ByOffice) -> Response:
        """Send a test letter to the ekonomikontor, and keep how it went."""
        async with checked_form(request, who):
            pass

        def send() -> None:
            if context.post is None:
                return
            words = asyncio.run(try_post(context.post(), context.office, context.clock()))
            context.act(lambda scene: note_tried(Act(scene, who.name), words), who.acting)

        return await _done(send)

    async def _done(act: Callable[[], object]) -> Response:
        try:
            await run_in_threadpool(act)
        except RefusedError as refused:
            return pages.error(400, str(refused), context.clock())
        return RedirectResponse(HERE, 303)

    return router

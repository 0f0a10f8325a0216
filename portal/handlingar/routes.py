"""Handlingar: what may be gallrat now and in the year to come, gallring by decision, and what is gone."""

from fastapi import APIRouter, Depends, Request
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import FormData
from starlette.responses import RedirectResponse, Response

from actions.act import Act
from actions.contents.outliving import BACKUPS, LEFT, cull
from actions.scene import Scene
from actions.underlag.gallring import gallra
from arshjul.errors import RefusedError
from arshjul.swedish import listing
from portal.handlingar.view import handlingar
from portal.web.context import PortalContext
from portal.web.forms import text_of, texts_of
from portal.web.logged_in import ByOffice, Who, checked_form, office, walled
from portal.web.pages import Pages

MOST = 5000  #: choices in one form


def routes(context: PortalContext, pages: Pages) -> APIRouter:
    """Return the routes, all of them the ekonomikontor's."""
    router = walled(prefix="/handlingar", dependencies=[Depends(office)])

    @router.get("")
    def show(who: ByOffice, gallrat: int = 0, mejl: int = 0) -> Response:
        """Show what may be gallrat, what the plan says, and what is gone."""
        return _page(context, pages, who, done=_done(gallrat, mejl) if gallrat else "")

    @router.post("/gallra")
    async def cull(request: Request, who: ByOffice) -> Response:
        """Gallra what was chosen, on the decision that was named."""
        async with checked_form(request, who, max_bytes=2_000_000, max_fields=MOST) as form:
            return await run_in_threadpool(_cull, context, pages, who, form)

    @router.post("/gallra-uppgifter")
    async def cull_personal(request: Request, who: ByOffice) -> Response:
        """Gallra what was chosen of letters, mails, the log and people, on the decision that was named."""
        async with checked_form(request, who, max_fields=MOST) as form:
            return await run_in_threadpool(_cull_personal, context, pages, who, form)

    return router


def _cull_personal(context: PortalContext, pages: Pages, who: Who, form: FormData) -> Response:
    chosen, decision = set(texts_of(form, "uppgift")), text_of(form, "beslut")
    try:
        done = context.act(lambda scene: cull(Act(scene, who.name, decision), chosen), who.acting)
    except RefusedError as refused:
        return _page(context, pages, who, word=str(refused), was=decision, chosen=chosen)
    told = listing([f"{each.what.name.lower()} ({each.count})" for each in done])
    return _page(context, pages, who, done=f"Gallrat: {told}. {BACKUPS}")


def _cull(context: PortalContext, pages: Pages, who: Who, form: FormData) -> Response:
    chosen = {each for value in texts_of(form, "del") for each in value.split()}
    decision = text_of(form, "beslut")
    try:
        done = context.act(lambda scene: gallra(Act(scene, who.name, decision), chosen), who.acting)
    except RefusedError as refused:
        return _page(context, pages, who, word=str(refused), was=decision, chosen=chosen)
    return RedirectResponse(f"/handlingar?gallrat={done.versions}&mejl={done.mails}", 303)


def _done(versions: int, mails: int) -> str:
    told = f"{versions} {'version är gallrad' if versions == 1 else 'versioner är gallrade'}. Namn och kontrollsumma står kvar."
    return f"{told} {in_the_mailbox(mails)}".strip()


def in_the_mailbox(mails: int) -> str:
    """Return what somebody must do by hand about the mails that brought what is gone; "" when no mail did."""
    if not mails:
        return ""
    came = "ett mejl" if mails == 1 else f"{mails} mejl"
    return f"Filer kom med {came}: ta bort dem också i e-postprogrammet, ur brevlådans mapp Arshjul/Behandlat."


def _page(
    context: PortalContext, pages: Pages, who: Who, *, done: str = "", word: str = "", was: str = "",
    chosen: set[str] | frozenset[str] = frozenset(),
) -> Response:  # fmt: skip
    now = context.clock()
    with context.store.read() as session:
        shown = handlingar(Scene(session, context.office, now))
    return pages.html(
        "handlingar.html", now, who=who, status=400 if word else 200, shown=shown, done=done, word=word, was=was,
        chosen=chosen, left=LEFT, backups=BACKUPS,
    )  # fmt: skip

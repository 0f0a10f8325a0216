"""Register: what is reported entry by entry, and what hand-ins have opened. The ekonomikontor keeps them there."""

from collections.abc import Callable
from typing import Any

from fastapi import APIRouter, Request
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import FormData
from starlette.responses import RedirectResponse, Response

from actions.act import Act
from actions.people.importing import people_of
from actions.plan.register_keeping import WORDS, keep_entry, keep_list, take_entry
from actions.scene import Scene
from actions.underlag.opened_by_hand import say_opening
from arshjul.errors import RefusedError
from arshjul.keys import UnitId
from portal.register.view import openings_shown, registers_shown
from portal.web.context import PortalContext
from portal.web.forms import file_of, text_of, texts_of, typed_in
from portal.web.logged_in import ByOffice, ByReader, Who, checked_form, walled
from portal.web.pages import Pages
from portal.web.scope import scope_of

MOST_FIELDS = 200
LARGEST = 2_000_000  #: bytes of a list

Do = Callable[[Scene, FormData], str]


def routes(context: PortalContext, pages: Pages) -> APIRouter:
    """Return the routes: readers see what is theirs, and the ekonomikontor changes it."""
    router = walled(prefix="/register")

    @router.get("")
    def show(who: ByReader, klart: str = "", andra: str = "") -> Response:
        """Show the registers, and the avvikelser that hand-ins have opened; ``andra`` is the entry to change."""
        return _page(context, pages, who, done=klart, changed=andra)

    @router.post("/post")
    async def keep(request: Request, who: ByOffice) -> Response:
        """Register an entry, or change one."""
        return await act(request, who, lambda scene, form: _keep(Act(scene, who.name), form))

    @router.post("/ta-bort")
    async def take(request: Request, who: ByOffice) -> Response:
        """Take an entry away."""
        return await act(request, who, lambda scene, form: _take(Act(scene, who.name), form))

    @router.post("/avvikelse")
    async def withdraw(request: Request, who: ByOffice) -> Response:
        """Take back what a hand-in opened by mistake."""
        return await act(request, who, lambda scene, form: _withdraw(Act(scene, who.name, text_of(form, "skal")), form))

    @router.post("/lista")
    async def read(request: Request, who: ByOffice) -> Response:
        """Register every line of a list, or none of them."""
        async with checked_form(request, who, max_bytes=LARGEST, max_files=1, max_fields=MOST_FIELDS) as form:
            return await run_in_threadpool(_read, context, pages, who, form)

    async def act(request: Request, who: Who, do: Do) -> Response:
        async with checked_form(request, who, max_fields=MOST_FIELDS) as form:
            return await run_in_threadpool(_act, context, pages, who, form, do)

    return router


def _act(context: PortalContext, pages: Pages, who: Who, form: FormData, do: Do) -> Response:
    try:
        done = context.act(lambda scene: do(scene, form), who.acting)
    except RefusedError as refused:
        return _page(context, pages, who, word=str(refused), form=form)
    return RedirectResponse(f"/register?klart={done}#svar", 303)


def _keep(act: Act, form: FormData) -> str:
    fields: dict[str, Any] = {word: text_of(form, word) for word in WORDS}
    fields["enheter"] = texts_of(form, "enheter")
    keep_entry(act, text_of(form, "register"), fields, text_of(form, "post"))
    return "andrad" if text_of(form, "post") else "infort"


def _take(act: Act, form: FormData) -> str:
    take_entry(act, text_of(form, "register"), text_of(form, "post"))
    return "borttagen"


def _withdraw(act: Act, form: FormData) -> str:
    unit = UnitId(text_of(form, "enhet"))
    say_opening(act, text_of(form, "handelse"), unit, text_of(form, "period"), gone=True)
    return "atertagen"


def _read(context: PortalContext, pages: Pages, who: Who, form: FormData) -> Response:
    try:
        text = people_of(file_of(form, "fil", "Välj filen med posterna.").file.read())
    except RefusedError as refused:
        return _page(context, pages, who, word=str(refused), form=form)
    return _act(context, pages, who, form, lambda scene, sent: _listed(Act(scene, who.name), sent, text))


def _listed(act: Act, form: FormData, text: str) -> str:
    keep_list(act, text_of(form, "register"), text)
    return "inlast"


#: what the page says when something was done
DONE = {
    "infort": "Posten är införd. Har den en frist är den nu ett krav, med brev och läge.",
    "andrad": "Posten är ändrad. Har fristen flyttats får den som har fått den veta det.",
    "borttagen": "Posten är borttagen. Det som begärdes för dess skull begärs inte längre; det som har hänt finns kvar.",
    "atertagen": "Avvikelsen är återtagen, och ingen senare version öppnar den igen.",
    "inlast": "Listan är inläst.",
}


def _page(
    context: PortalContext, pages: Pages, who: Who, *,
    done: str = "", word: str = "", changed: str = "", form: FormData | None = None,
) -> Response:  # fmt: skip
    now = context.clock()
    with context.store.read() as session:
        scene = Scene(session, context.office, now)
        scope = scope_of(scene, context, who)
        registers, opened = registers_shown(scene, scope), openings_shown(scene, scope)
    was = typed_in(form) if form else {}
    changed = f"{was['register']}/{was['post']}" if was.get("post") else changed
    return pages.html(
        "register.html", now, who=who, status=400 if word else 200, registers=registers, opened=opened,
        done=DONE.get(done, ""), word=word, was=was, changed=changed, chosen=texts_of(form, "enheter") if form else [],
        units=context.office.definition.units, bodies=context.office.definition.bodies,
    )  # fmt: skip

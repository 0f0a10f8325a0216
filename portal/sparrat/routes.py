"""Spärrat: what is withheld and on which ground; opening it for those who are named, and lifting it.

The ekonomikontor sees which spärrar there are; what lies behind one is shown to those who are named, and to nobody
else, by a form that is sent: each opening stands in the log.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, TypeVar

from fastapi import APIRouter, Path, Request
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import FormData
from starlette.exceptions import HTTPException
from starlette.responses import RedirectResponse, Response

from actions.act import Act
from actions.contents.lifting import lift, name_readers
from actions.contents.unlocking import NotNamedError, OpenedContent, may_open, open_withheld, take_file
from actions.scene import Scene
from arshjul.errors import RefusedError
from portal.loggen.log_words import about, kind_text
from portal.web.attachments import attachment
from portal.web.context import PortalContext
from portal.web.denials import DeniedError
from portal.web.forms import number_of, text_of, typed_in
from portal.web.logged_in import ByOffice, ByReader, Who, checked_form, walled
from portal.web.pages import Pages
from store.handins import withheld
from store.log.search import of_kinds
from store.people.holders import names_of
from store.tables import Withheld

_T = TypeVar("_T")
RowId = Annotated[int, Path(ge=1, le=2**31 - 1)]
GONE = "Det finns ingen sådan spärr. Gå till Spärrat och välj där."
DONE: Mapping[str, str] = {"hav": "Spärren är hävd: innehållet står där det stod.", "lasare": "Ändrat."}
KINDS = ("withheld.begun", "withheld.opened", "withheld.named", "withheld.lifted")


@dataclass(frozen=True, slots=True, kw_only=True)
class WithheldView:
    """All that the page of one spärr shows, beside what lies behind it."""

    row: Withheld
    about: str
    path: str  #: of the underlag; "" when there is none, or its year is no longer open
    readers: tuple[str, ...]  #: names and addresses
    may_open: bool
    history: tuple[tuple[datetime, str, str], ...]  #: when, what and by whom, the newest first


def routes(context: PortalContext, pages: Pages) -> APIRouter:
    """Return the routes: whoever is named opens, the ekonomikontor lifts."""
    router = walled(prefix="/sparrat")

    @router.get("")
    def show(who: ByReader) -> Response:
        """List the spärrar that who is logged in has to do with."""
        with context.store.read() as session:
            rows = [row for row in withheld.every(session) if _concerns(who, row)]
        return pages.html("sparrat.html", context.clock(), who=who, rows=rows)

    @router.get("/{withheld_id}")
    def one(who: ByReader, withheld_id: RowId, gjort: str = "") -> Response:
        """Show one spärr, and nothing of what lies behind it."""
        with context.store.read() as session:
            return _page(
                pages, who, Scene(session, context.office, context.clock()), withheld_id, done=DONE.get(gjort, "")
            )

    @router.post("/{withheld_id}/oppna")
    async def unlock(request: Request, who: ByReader, withheld_id: RowId) -> Response:
        """Show what lies behind it, to one who is named."""
        async with checked_form(request, who):
            return await run_in_threadpool(_open, context, pages, who, withheld_id)

    @router.post("/{withheld_id}/fil")
    async def file(request: Request, who: ByReader, withheld_id: RowId) -> Response:
        """Give a file that lies behind it, to one who is named."""
        async with checked_form(request, who) as form:
            return await run_in_threadpool(_file, context, who, withheld_id, number_of(form, "nummer"))

    @router.post("/{withheld_id}/lasare")
    async def name(request: Request, who: ByOffice, withheld_id: RowId) -> Response:
        """Say who may open it."""
        async with checked_form(request, who) as form:
            return await run_in_threadpool(_change, context, pages, who, withheld_id, "lasare", form)

    @router.post("/{withheld_id}/hav")
    async def end(request: Request, who: ByOffice, withheld_id: RowId) -> Response:
        """Lift it."""
        async with checked_form(request, who) as form:
            return await run_in_threadpool(_change, context, pages, who, withheld_id, "hav", form)

    return router


def _concerns(who: Who, row: Withheld) -> bool:
    return who.is_office or may_open(row, who.address)


def _as_named(context: PortalContext, who: Who, work: Callable[[Scene], _T]) -> _T:
    """Do what only those who are named may; raise 403, which is logged, for anybody else."""
    try:
        return context.act(work, who.acting)
    except NotNamedError as error:
        raise DeniedError(str(error), "en spärr som någon annan får öppna", who=who.name) from None


def _open(context: PortalContext, pages: Pages, who: Who, withheld_id: int) -> Response:
    opened = _as_named(context, who, lambda scene: open_withheld(Act(scene, who.name), withheld_id, who.address))
    with context.store.read() as session:
        scene = Scene(session, context.office, context.clock())
        page = _page(pages, who, scene, withheld_id, opened=opened)
    page.headers["Cache-Control"] = "no-store"
    return page


def _file(context: PortalContext, who: Who, withheld_id: int, number: int) -> Response:
    name, content = _as_named(
        context, who, lambda scene: take_file(Act(scene, who.name), withheld_id, who.address, number)
    )
    return attachment(content, name, None)


def _change(context: PortalContext, pages: Pages, who: Who, withheld_id: int, what: str, form: FormData) -> Response:
    def change(scene: Scene) -> Withheld:
        if what == "hav":
            return lift(Act(scene, who.name, text_of(form, "skal")), withheld_id)
        return name_readers(Act(scene, who.name), withheld_id, text_of(form, "personer").split(), context.login)

    try:
        context.act(change, who.acting)
    except RefusedError as refused:
        with context.store.read() as session:
            scene = Scene(session, context.office, context.clock())
            return _page(pages, who, scene, withheld_id, word=str(refused), asked=what, was=typed_in(form))
    return RedirectResponse(f"/sparrat/{withheld_id}?gjort={what}", 303)


def _page(
    pages: Pages, who: Who, scene: Scene, withheld_id: int, *, opened: OpenedContent | None = None, done: str = "",
    word: str = "", asked: str = "", was: Mapping[str, str] | None = None,
) -> Response:  # fmt: skip
    row = withheld.by_id(scene.session, withheld_id)
    if row is None or not _concerns(who, row):
        raise HTTPException(404, GONE)
    return pages.html(
        "sparr.html", scene.now, who=who, status=400 if word else 200, shown=_view(scene, who, row), opened=opened,
        done=done, word=word, asked=asked, was=was or {},
    )  # fmt: skip


def _view(scene: Scene, who: Who, row: Withheld) -> WithheldView:
    key, names = row.obligation_key, names_of(scene.session)
    return WithheldView(
        row=row,
        about=about(scene.office.definition, key).text if key else "",
        path=key.path if key and key in scene.wheel.obligations else "",
        readers=tuple(f"{names.get(each, each)}, {each}" for each in row.readers),
        may_open=may_open(row, who.address) and row.lifted_at is None,
        history=tuple(
            (
                each.at,
                f"{kind_text(each.what)}{f', fil {number}' if (number := (each.detail or {}).get('file')) else ''}",
                each.who,
            )
            for each in of_kinds(scene.session, KINDS)
            if (each.detail or {}).get("withheld") == row.id
        ),
    )

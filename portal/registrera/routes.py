"""Registrera åt: what came by mail or in the corridor, filed by the ekonomikontor for whoever handed it over."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, time

from fastapi import APIRouter, Depends, Request
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import FormData, UploadFile
from starlette.exceptions import HTTPException
from starlette.responses import RedirectResponse, Response

from actions.act import Act
from actions.contents.withholding import Ground, withhold_mail
from actions.inbox.registering import (
    Choice,
    bring,
    confirm_return,
    content_of,
    mail_of,
    open_brought,
    open_chosen,
    register,
    set_aside,
)
from actions.scene import Scene
from arshjul.errors import RefusedError
from arshjul.keys import ObligationKey, PartId, PersonId
from arshjul.swedish import STOCKHOLM, local, stated_day
from notifications.mailbox.enclosed import File
from notifications.mailbox.genuine import NOT_SET
from notifications.mailbox.mail_reading import MAX_BYTES
from portal.registrera.view import entry_view, file_of
from portal.web.attachments import attachment, note_read
from portal.web.context import PortalContext
from portal.web.forms import number_of, text_of, texts_of, typed_in
from portal.web.logged_in import ByOffice, Who, checked_form, office, walled
from portal.web.pages import Pages
from portal.web.paths import RowId
from portal.web.uploads import scan
from store.people.holders import person_of
from store.post import incoming
from store.post.incoming import UNREAD
from store.tables import Incoming
from submissions.files.parts import DATUM, JUSTERAD, PARAGRAF
from submissions.intake.part_fields import is_yes

SHOWN = 30  #: handled entries on the page
LIMITS = {"max_bytes": MAX_BYTES + 1_000_000, "max_files": 20, "max_fields": 200}
TAKEN = "Filen är gallrad, borttagen eller spärrad och går inte att hämta här. Loggen berättar när och varför."
GONE = "Det du söker finns inte bland det som har kommit. Gå tillbaka till sidan Registrera."


def routes(context: PortalContext, pages: Pages) -> APIRouter:
    """Return the routes, all of them the ekonomikontor's. Who is logged in is who registers."""
    router = walled(prefix="/registrera", dependencies=[Depends(office)])

    @router.get("")
    def entries(who: ByOffice) -> Response:
        """Show what waits, and what has been handled lately."""
        with _looks(context) as scene:
            return _list(pages, who, scene)

    @router.post("")
    async def put_in(request: Request, who: ByOffice) -> Response:
        """Take a dropped mail or files, and go to its page."""
        async with checked_form(request, who, **LIMITS) as form:
            return await run_in_threadpool(_put_in, context, pages, who, form)

    @router.get("/{entry_id}")
    def entry(who: ByOffice, entry_id: RowId, krav: str = "") -> Response:
        """Show one entry, with its proposal."""
        with _looks(context) as scene:
            return _page(pages, who, scene, _entry(scene, entry_id), krav)

    @router.post("/{entry_id}")
    async def file(request: Request, who: ByOffice, entry_id: RowId) -> Response:
        """File the chosen files, and go back to the list."""
        async with checked_form(request, who, **LIMITS) as form:
            return await run_in_threadpool(_file, context, pages, who, entry_id, form)

    @router.post("/{entry_id}/lagg-at-sidan")
    async def aside(request: Request, who: ByOffice, entry_id: RowId) -> Response:
        """Set one entry aside, with a reason."""
        async with checked_form(request, who, **LIMITS) as form:
            return await run_in_threadpool(_aside, context, pages, who, entry_id, form)

    @router.post("/{entry_id}/sparra")
    async def withhold(request: Request, who: ByOffice, entry_id: RowId) -> Response:
        """Withhold the mail, or one file in it."""
        async with checked_form(request, who, **LIMITS) as form:
            return await run_in_threadpool(_withhold, context, pages, who, entry_id, form)

    @router.post("/{entry_id}/kom-tillbaka")
    async def returned(request: Request, who: ByOffice, entry_id: RowId) -> Response:
        """Say whom a letter did not reach, as a bounce says that was doubted or not clear."""
        async with checked_form(request, who, **LIMITS) as form:
            return await run_in_threadpool(_returned, context, pages, who, entry_id, form)

    @router.get("/{entry_id}/brev.eml")
    def whole(who: ByOffice, entry_id: RowId) -> Response:
        """Return the mail as it came, to save."""
        with _looks(context) as scene:
            row = _entry(scene, entry_id)
            content = content_of(scene, row)
        name = f"brev-{entry_id}.eml"
        note_read(context, who, row.obligation_key, name, what=row.subject)
        return attachment(content, name, "message/rfc822")

    @router.get("/{entry_id}/fil/{number}")
    def enclosed(who: ByOffice, entry_id: RowId, number: RowId) -> Response:
        """Return one of its files, to save."""
        with _looks(context) as scene:
            row = _entry(scene, entry_id)
            if 0 < number <= len(row.files) and row.files[number - 1].get("gone"):
                raise HTTPException(410, TAKEN)
            found = file_of(mail_of(scene, row), row, number)
        if found is None:
            raise HTTPException(404, GONE)
        name = row.files[number - 1]["name"]
        note_read(context, who, row.obligation_key, name, what=row.subject)
        return attachment(found.content, name, None)

    return router


@contextmanager
def _looks(context: PortalContext) -> Iterator[Scene]:
    with context.store.read() as session:
        yield Scene(session, context.office, context.clock())


def _entry(scene: Scene, entry_id: int) -> Incoming:
    row = incoming.by_id(scene.session, entry_id)
    if row is None:
        raise HTTPException(404, GONE)
    return row


def _list(pages: Pages, who: Who, scene: Scene, word: str = "") -> Response:
    waits, done = incoming.waiting(scene.session), incoming.handled(scene.session, SHOWN)
    by_hand = "" if scene.office.trust.anybody else NOT_SET
    return pages.html(
        "registrera.html", scene.now, who=who, status=400 if word else 200, waits=waits, done=done, word=word,
        by_hand=by_hand,
    )  # fmt: skip


def _page(
    pages: Pages,
    who: Who,
    scene: Scene,
    row: Incoming,
    krav: str,
    word: str = "",
    typed: FormData | None = None,
    asked: str = "",
) -> Response:
    shown = entry_view(scene, row, krav)
    was = typed_in(typed) if typed else {}
    waits = row.state == UNREAD
    status = 400 if word else 200
    return pages.html(
        "registrering.html",
        scene.now,
        who=who,
        status=status,
        shown=shown,
        waits=waits,
        word=word,
        was=was,
        asked=asked,
    )


def _put_in(context: PortalContext, pages: Pages, who: Who, form: FormData) -> Response:
    given = [one for one in form.getlist("filer") if isinstance(one, UploadFile) and one.filename]
    files = [File(name=one.filename or "", media_type=one.content_type or "", content=one.file.read()) for one in given]
    try:
        opened = open_brought(
            files, context.clock(), read=context.read_mail, office=context.office.definition.office_said
        )
        row = context.act(lambda scene: bring(Act(scene, who.name), opened), who.acting)
    except RefusedError as refused:
        with _looks(context) as scene:
            return _list(pages, who, scene, str(refused))
    return RedirectResponse(f"/registrera/{row.id}", 303)


def _file(context: PortalContext, pages: Pages, who: Who, entry_id: int, form: FormData) -> Response:
    def file(scene: Scene) -> bool:
        row = _entry(scene, entry_id)
        person = person_of(scene.session, PersonId(text_of(form, "person")))
        if person is None:
            raise RefusedError("Välj vem som har lämnat in. Kvittensen går till den personens registrerade adress.")
        register(
            Act(scene, who.name), row, chosen, person, through=text_of(form, "genom"),
            handed_over_at=_when(form, row), fields=_fields(form),
        )  # fmt: skip
        return row.state == UNREAD

    try:
        with _looks(context) as scene:  # to read and judge the files takes its time, and others hand in meanwhile
            row = _entry(scene, entry_id)
            examine = open_chosen(scene, row, _choices(form, row))
        chosen = examine()
        for brought, _ in chosen.values():  # it may have waited for days, and the scanner know more now
            scan(context.intake, brought.name, brought.content, who.name)
        waits = context.act(file, who.acting)
    except RefusedError as refused:
        return _again(context, pages, who, entry_id, form, str(refused))
    return RedirectResponse(f"/registrera/{entry_id}" if waits else "/registrera", 303)


def _aside(context: PortalContext, pages: Pages, who: Who, entry_id: int, form: FormData) -> Response:
    try:
        why = text_of(form, "skal")
        context.act(lambda scene: set_aside(Act(scene, who.name, why), _entry(scene, entry_id)), who.acting)
    except RefusedError as refused:
        return _again(context, pages, who, entry_id, form, str(refused))
    return RedirectResponse("/registrera", 303)


def _withhold(context: PortalContext, pages: Pages, who: Who, entry_id: int, form: FormData) -> Response:
    ground = Ground(lagrum=text_of(form, "lagrum"), readers=text_of(form, "personer").split(), rules=context.login)
    try:
        held = context.act(
            lambda scene: withhold_mail(
                Act(scene, who.name, text_of(form, "skal")), _entry(scene, entry_id), ground, number_of(form, "fil")
            ),
            who.acting,
        )
    except RefusedError as refused:
        return _again(context, pages, who, entry_id, form, str(refused), asked="sparra")
    return RedirectResponse(f"/sparrat/{held.id}", 303)


def _returned(context: PortalContext, pages: Pages, who: Who, entry_id: int, form: FormData) -> Response:
    try:
        lost = texts_of(form, "mottagare")
        context.act(lambda scene: confirm_return(Act(scene, who.name), _entry(scene, entry_id), lost), who.acting)
    except RefusedError as refused:
        return _again(context, pages, who, entry_id, form, str(refused))
    return RedirectResponse("/registrera", 303)


def _again(
    context: PortalContext, pages: Pages, who: Who, entry_id: int, form: FormData, word: str, asked: str = ""
) -> Response:
    """Show the entry again with what was refused, and what was typed."""
    with _looks(context) as scene:
        return _page(pages, who, scene, _entry(scene, entry_id), text_of(form, "krav"), word, form, asked)


def _choices(form: FormData, row: Incoming) -> list[Choice]:
    found = []
    for number, kept in enumerate(row.files, 1):
        key, _, part = text_of(form, f"del.{number}").rpartition("|")
        if key:
            found.append(Choice(sha256=kept["sha256"], obligation_key=ObligationKey(key), part=PartId(part)))
    return found


def _when(form: FormData, row: Incoming) -> datetime:
    """Return when it was handed over, to the minute; what was not changed keeps the mail's own second."""
    day, clock = text_of(form, "dag"), text_of(form, "klockslag").replace(".", ":")
    came = row.received_at.astimezone(STOCKHOLM)
    if (day, clock) == (came.date().isoformat(), f"{came:%H:%M}"):
        return row.received_at
    try:
        return local(stated_day(day), time.fromisoformat(clock))
    except ValueError:
        raise RefusedError("Skriv när det lämnades över: dagen, och klockslaget som 14.30.") from None


def _fields(form: FormData) -> dict[str, str | bool]:
    fields: dict[str, str | bool] = {PARAGRAF: text_of(form, "paragraf"), DATUM: text_of(form, "beslutsdag")}
    return fields | {JUSTERAD: is_yes(text_of(form, "justerad"))}

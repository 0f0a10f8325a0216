"""Asking on the personal page: the form, the code that is sent to the registered address, and what is done then.

Looking changes nothing, as mail scanners open links. A form only sends a code; the right code does what was asked.
"""

from collections.abc import Mapping

from fastapi import APIRouter, Request
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import FormData
from starlette.exceptions import HTTPException
from starlette.responses import RedirectResponse, Response

from actions.act import Act
from actions.people.deputies import ForeignAddressError
from actions.people.trying_codes import CodeTried, closed_word, make_code, needs_used, use_code
from actions.scene import Scene
from arshjul.errors import RefusedError
from arshjul.keys import seat_key
from arshjul.year.last_anstand import is_closed, last_anstand
from arshjul.year.wheel import Obligation
from notifications.letters.code_letter import write_code_letter
from portal.mine.link_reach import reach, seat_text
from portal.mine.view import deputies_of
from portal.mine.visiting import Visits
from portal.mine.wishes import (
    BY_KIND,
    WISHES,
    Asking,
    obligations,
    own_seats,
    what_of,
    where_of,
)
from portal.utdrag.extracting import registerutdrag
from portal.web.attachments import attachment
from portal.web.denials import DeniedError
from portal.web.forms import text_of, texts_of
from portal.web.limits import Visit
from portal.web.logged_in import walled
from portal.web.uploads import read_form
from store.access.codes import DENIED, find
from store.database import Session
from store.log.writing import log
from store.people import holders as people
from store.tables import AskedCode, Link

MAX_BYTES = 20_000
NO_SUCH = "Det finns inget sådant att be om. Gå tillbaka till din sida och välj därifrån."
NO_CODE = "Koden hör inte till din länk, eller finns inte längre. Gå tillbaka till din sida och börja om."


def routes(page: Visits) -> APIRouter:
    """Return the routes of the three requests and their codes."""
    router = walled()

    @router.get("/mina/begar/{vad}")
    def form(request: Request, vad: str, galler: str = "") -> Response:
        """Show one request's form. Changes nothing."""
        visit = page.visit(request, page.context.clock())
        _known(vad)
        return _form(page, visit, vad, {"galler": galler[:200]})

    @router.post("/mina/begar/{vad}")
    async def ask(request: Request, vad: str) -> Response:
        """Hold a request against the bounds, and send its code."""
        visit = page.visit(request, page.context.clock())
        _known(vad)
        sent = await _fields(page, request, visit)
        return await run_in_threadpool(_ask, page, visit, vad, sent)

    @router.get("/mina/kod/{code_id}")
    def code_page(request: Request, code_id: str) -> Response:
        """Ask for the code, or tell that it is done. Changes nothing."""
        return _code_page(page, page.visit(request, page.context.clock()), code_id)

    @router.post("/mina/kod/{code_id}")
    async def confirm(request: Request, code_id: str) -> Response:
        """Do what was asked, when the code is right."""
        visit = page.visit(request, page.context.clock())
        sent = await _fields(page, request, visit)
        return await run_in_threadpool(_confirm, page, visit, code_id, text_of(sent, "kod"))

    @router.get("/mina/utdrag/{code_id}")
    def extract(request: Request, code_id: str) -> Response:
        """Give the registerutdrag that a right code has just opened, as a file to save."""
        return _extract(page, page.visit(request, page.context.clock()), code_id)

    return router


def _known(vad: str) -> None:
    if vad not in WISHES:
        raise HTTPException(404, NO_SUCH)


async def _fields(page: Visits, request: Request, visit: Visit) -> FormData:
    form = await read_form(request, max_bytes=MAX_BYTES, max_files=0, max_fields=40, who=visit.link_id)
    await form.close()
    page.check(visit, form.get("csrf"))
    return form


def _asking(page: Visits, session: Session, link: Link) -> Asking:
    now = page.context.clock()
    return Asking(
        scene=Scene(session, page.context.office, now),
        mine=reach(session, page.context.office.definition, link, now),
        link_id=link.id,
    )


def _ask(page: Visits, visit: Visit, vad: str, form: FormData) -> Response:
    context, wish = page.context, WISHES[vad]

    def make(scene: Scene) -> str:  # alone, so that two at once do not both find that one code more may be sent
        session, now = scene.session, scene.now
        link = page.link(session, visit, now)
        what = wish.read(_asking(page, session, link), form)
        code, row = make_code(session, context.office.secret, link, wish.kind, what, now)
        write_code_letter(session, context.office, link, row, code, what["words"], now)
        return f"/mina/kod/{row.id}"

    try:
        there = context.act(make)
    except RefusedError as refused:
        if isinstance(refused, ForeignAddressError):
            with context.store.begin(page.acting(visit, None)) as session:
                detail = {"what": "ersättare: främmande domän"}
                log(session, context.clock(), visit.link_id, DENIED, f"/mina/begar/{vad}", detail)
        was = {name: text_of(form, name) for name in form if name not in ("csrf", "roll")}
        return _form(page, visit, vad, was, word=str(refused), chosen=texts_of(form, "roll"))
    return RedirectResponse(there, 303)


def _form(
    page: Visits, visit: Visit, vad: str, was: Mapping[str, str], *, word: str = "", chosen: list[str] | None = None
) -> Response:
    now, wish = page.context.clock(), WISHES[vad]
    with page.context.store.read() as session:
        asking = _asking(page, session, page.link(session, visit, now))
        scene = asking.scene
        choices = [] if vad in ("ersattare", "utdrag") else obligations(asking)
        held = [
            (seat_key(row.role, row.unit), seat_text(scene.wheel, (row.role, row.unit)))
            for row in (own_seats(asking) if vad == "ersattare" else ())
        ]
        return page.pages.html(
            "asking.html",
            now,
            status=400 if word else 200,
            csrf=page.cookies.form_token(visit),
            vad=vad,
            wish=wish,
            person=asking.mine.person,
            choices=[
                (where_of(one), _name(one, choices), one, last, is_closed(one, last, now))
                for one in choices
                for last in (last_anstand(scene.wheel, one),)
            ],
            seats=held,
            deputies=list(deputies_of(session, scene.wheel, asking.mine, scene.today)) if held else [],
            domains=people.own_domains(session, scene.office.definition, scene.today),
            was=was,
            chosen=chosen,
            word=word,
        )


def _name(one: Obligation, choices: list[Obligation]) -> str:
    """Return an obligation's name in the list; the enhet only where there are several."""
    return what_of(one) if len({each.unit for each in choices}) > 1 else f"{one.name}, {one.period.text}"


def _code_page(page: Visits, visit: Visit, code_id: str, *, word: str = "") -> Response:
    now = page.context.clock()
    with page.context.store.read() as session:
        link = page.link(session, visit, now)
        row = _row(session, link, code_id)
        person = reach(session, page.context.office.definition, link, now).person
        return page.pages.html(
            "code.html",
            now,
            status=400 if word else 200,
            csrf=page.cookies.form_token(visit),
            asked=row,
            wish=BY_KIND[row.kind],
            vad=next(vad for vad, wish in WISHES.items() if wish.kind == row.kind),
            person=person,
            over=closed_word(row, now),
            word=word,
            no_post=page.context.maildir is not None,
        )


def _row(session: Session, link: Link, code_id: str) -> AskedCode:
    row = find(session, link, code_id)
    if row is None:
        raise DeniedError(NO_CODE, "kod: en annan länks", who=link.id)
    return row


def _confirm(page: Visits, visit: Visit, code_id: str, code: str) -> Response:
    context = page.context

    def use(scene: Scene) -> CodeTried:
        link = page.link(scene.session, visit, scene.now)
        tried = use_code(scene.session, context.office.secret, _row(scene.session, link, code_id), code, scene.now)
        if tried.asked:  # what can no longer be done undoes all of this, and the code can be used again
            BY_KIND[tried.asked.kind].do(_asking(page, scene.session, link), tried.asked.what)
        return tried

    try:
        tried = context.act(use)
    except RefusedError as refused:
        return _code_page(page, visit, code_id, word=f"Det går inte längre: {refused}")
    if not tried.asked:
        return _code_page(page, visit, code_id, word=tried.word)
    return RedirectResponse(f"/mina/kod/{code_id}", 303)


def _extract(page: Visits, visit: Visit, code_id: str) -> Response:
    context = page.context

    def take_out(scene: Scene) -> tuple[str, bytes]:
        link = page.link(scene.session, visit, scene.now)
        needs_used(_row(scene.session, link, code_id), "registerutdrag", scene.now)
        person = people.known_person(scene.session, link.person_id)
        return registerutdrag(Act(scene, person.name), person.address, context.about.data_protection_contact)

    name, content = context.act(take_out)
    return attachment(content, name, "application/zip")

"""A tjänsteskrivelse before it goes: its signer reads it as it will go, changes the words, holds it, or lets it go."""

from collections.abc import Mapping
from typing import Annotated

from fastapi import APIRouter, Depends, Request
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import FormData
from starlette.exceptions import HTTPException
from starlette.responses import RedirectResponse, Response

from actions.act import Act
from actions.entry import OFFICE, READER, SECRETARY, SIGNER
from actions.papers.signed_words import SignedWords, signed_words
from actions.papers.signing import Words, change_words, hold_paper, let_go, may_sign, waiting
from actions.papers.unsent import Unsent, days_to_hold, draft_name, paper_path, unsent, view_of
from actions.scene import Scene
from arshjul.errors import RefusedError
from arshjul.keys import BodyId, OccurrenceKey
from notifications.letters.papers.tjansteskrivelse import assessed, fields_of, tjansteskrivelse_file
from notifications.letters.papers.word_template import WordTemplateError
from portal.web.attachments import attachment, note_read
from portal.web.context import PortalContext
from portal.web.denials import DeniedError
from portal.web.forms import day_of, lines_of, text_of, typed_in
from portal.web.limits import Recent
from portal.web.logged_in import Who, authenticator_of, checked_form, walled
from portal.web.pages import Pages
from submissions.files.parts import KINDS

NO_PAPER = "Årshjulet har ingen sådan skrivelse. Öppna den från brevet med sista påminnelsen."
NOT_YOURS = "Skrivelsen ändras av den som undertecknar den. Är det du: öppna länken i brevet med sista påminnelsen."


def signer_or_office(request: Request) -> Who:
    """Return who reads or changes a paper: the ekonomikontor, or its signer by the link of the letter or logged in."""
    reads = (READER,) if request.method in ("GET", "HEAD") else ()
    return authenticator_of(request).let_in(request, OFFICE, SECRETARY, SIGNER, *reads)


BySigner = Annotated[Who, Depends(signer_or_office)]


def routes(context: PortalContext, pages: Pages) -> APIRouter:
    """Return the routes. Who may act is asked anew each time: the signer is another when the one who was becomes late."""
    router = walled(prefix="/skrivelse/{step}/{period}/{body}")
    answers = Recent[str](200)

    @router.get("")
    def show(who: BySigner, step: str, period: str, body: BodyId, svar: str = "") -> Response:
        """Show the paper as it will go."""
        with context.store.read() as session:
            scene = Scene(session, context.office, context.clock())
            done = answers.get(svar) or "" if svar else ""
            return _page(pages, scene, who, _report(scene, step, period, body), body, done=done)

    @router.get("/utkast.docx")
    def draft(who: BySigner, step: str, period: str, body: BodyId) -> Response:
        """Give the paper as the Word file that it would go as now."""
        with context.store.read() as session:
            scene = Scene(session, context.office, context.clock())
            found = unsent(scene, _report(scene, step, period, body), body)
            if found is None:
                raise HTTPException(404, NO_PAPER)
            _needs_reading(scene, found, who)
            view, template = view_of(found), context.office.papers.get("tjansteskrivelse")
            try:
                file = tjansteskrivelse_file(view, template)
            except WordTemplateError:  # the ekonomikontor is told when it goes
                file = tjansteskrivelse_file(view)
        note_read(context, who, body, file.filename, what=f"{step}/{period}, utkast")
        return attachment(file.content, draft_name(file.filename), KINDS["docx"].media_type)

    @router.post("")
    async def act(request: Request, who: BySigner, step: str, period: str, body: BodyId) -> Response:
        """Change the words, let the paper go, or hold it."""
        async with checked_form(request, who) as form:
            done = await run_in_threadpool(_act, context, pages, who, (step, period, body), form)
        if isinstance(done, Response):
            return done
        return RedirectResponse(f"/skrivelse/{step}/{period}/{body}?svar={answers.keep(done)}#svar", 303)

    return router


def _report(scene: Scene, step: str, period: str, body: BodyId) -> OccurrenceKey:
    report = OccurrenceKey.of(step, period)
    if report not in scene.wheel.keys or body not in scene.office.definition.bodies:
        raise HTTPException(404, NO_PAPER)
    return report


def _may_act(scene: Scene, paper: Unsent, who: Who) -> bool:
    by_login_or_link = who.roles & {SECRETARY, SIGNER}
    return who.is_office or (bool(by_login_or_link) and may_sign(scene, paper, who.address))


def _needs_reading(scene: Scene, paper: Unsent, who: Who) -> None:
    if not (who.is_office or may_sign(scene, paper, who.address)):
        raise DeniedError(NOT_YOURS, "en annans skrivelse", who=who.name)


def _act(
    context: PortalContext, pages: Pages, who: Who, where: tuple[str, str, BodyId], form: FormData
) -> str | Response:
    """Return what was done, as a sentence; the page with a word where it is refused."""
    body = where[2]

    def change(scene: Scene) -> str:
        report = _report(scene, *where)
        paper = waiting(scene, report, body)
        if not _may_act(scene, paper, who):
            raise DeniedError(NOT_YOURS, "en annans skrivelse", who=who.name)
        act = Act(scene, who.name, text_of(form, "skal"))
        if text_of(form, "vad") == "hall":
            until = day_of(form, "till", "till och med vilken dag")
            return hold_paper(act, report, body, until, tells_office=not who.is_office)
        words = _typed(paper, form)
        if text_of(form, "vad") == "slapp":
            return let_go(act, report, body, words)
        change_words(act, report, body, words)
        return "Orden är sparade. Skrivelsen går med dem vid sin tid, om du inte håller den."

    try:
        return context.act(change, who.acting)
    except RefusedError as refused:
        with context.store.read() as session:
            scene = Scene(session, context.office, context.clock())
            report = _report(scene, *where)
            return _page(pages, scene, who, report, body, word=str(refused), was=typed_in(form))


def _typed(paper: Unsent, form: FormData) -> Words:
    assessment = "\n".join(lines_of(form, "bedomningen"))
    unchanged = assessment == assessed(view_of(paper))
    return Words(
        background="\n".join(lines_of(form, "arendet")),
        assessment="" if unchanged else assessment,
        points="\n".join(lines_of(form, "forslaget")),
    )


def _page(
    pages: Pages,
    scene: Scene,
    who: Who,
    report: OccurrenceKey,
    body: BodyId,
    *,
    done: str = "",
    word: str = "",
    was: Mapping[str, str] | None = None,
) -> Response:
    paper, definition = unsent(scene, report, body), scene.office.definition
    fields, own, service, days = {}, SignedWords(), "", []
    if paper:
        _needs_reading(scene, paper, who)
        view = view_of(paper)
        fields, service = fields_of(view), assessed(view)
        own = signed_words(scene, paper.late, body, paper.signer)
        days = list(days_to_hold(paper))
    occurrence = scene.wheel.occurrence(report)
    return pages.html(
        "skrivelse.html",
        scene.now,
        who=who,
        status=400 if word else 200,
        paper=paper,
        path=paper_path(report, body),
        report=report,
        name=f"{occurrence.step_name} {occurrence.period.text}",
        body_said=definition.bodies[body].said,
        fields=fields,
        own=own,
        service=service,
        days=days,
        may_act=paper is not None and _may_act(scene, paper, who),
        done=done,
        word=word,
        was=was or {},
    )

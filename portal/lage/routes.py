"""The status pages, for the ekonomikontor and the nämndsekreterare: no personal links.

What was handed in is there only as the sammanställning, and that for the ekonomikontor alone.
"""

from fastapi import APIRouter, Depends, Request
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.responses import RedirectResponse, Response

from actions.act import Act
from actions.bodies.proposed_approval import approval_paper, is_proposed, vacant_proposer
from actions.ladder.unfixed import unfixed
from actions.plan.numbering import record_number
from actions.scene import Scene
from arshjul.errors import RefusedError
from arshjul.file_names import file_name
from arshjul.keys import OccurrenceKey
from arshjul.swedish import local_date
from portal.lage.board import Asked, board, own_board
from portal.lage.board_file import workbook_of
from portal.lage.utskick import letters_of
from portal.lage.view import detail, in_prefect, ours, overview
from portal.web.attachments import attachment, note_read
from portal.web.context import PortalContext
from portal.web.forms import text_of
from portal.web.gone_pages import report_gone
from portal.web.logged_in import ByReader, Who, checked_form, office, walled
from portal.web.pages import Pages
from portal.web.scope import scope_of
from submissions.compilation.keeping import MAKERS, fetch
from submissions.files.parts import KINDS
from submissions.standing.completeness import part_states


def routes(context: PortalContext, pages: Pages) -> APIRouter:
    """Return the routes of the status pages."""
    router = walled()

    @router.get("/")
    def front() -> Response:
        """The status page is the front."""
        return RedirectResponse("/lage", 307)

    @router.get("/lage")
    def status(who: ByReader, rapport: str = "", enhet: str = "", lage: str = "", period: str = "") -> Response:
        """Show the board and every open occurrence."""
        now, asked = context.clock(), Asked(report=rapport, unit=enhet, state=lage, period=period)
        with context.store.read() as session:
            scene = Scene(session, context.office, now)
            seen = scope_of(scene, context, who)
            parts = part_states(session, seen.seen(ours(scene)))
            shown, tavla = overview(scene, parts), board(scene, asked, parts)
            if seen.units is not None:
                tavla = own_board(tavla, seen.units)
            letters = letters_of(session, context) if who.is_office else None
            plans = unfixed(scene) if who.is_office else ()
        since = context.office.since
        return pages.html(
            "status.html", now, who=who, shown=shown, board=tavla, since=since, letters=letters, plans=plans
        )

    @router.get("/lage.xlsx", dependencies=[Depends(office)])
    def board_file(rapport: str = "", enhet: str = "", lage: str = "", period: str = "") -> Response:
        """Give the board as a file to save, narrowed as the page is."""
        now, asked = context.clock(), Asked(report=rapport, unit=enhet, state=lage, period=period)
        with context.store.read() as session:
            scene = Scene(session, context.office, now)
            parts = part_states(session, ours(scene))
            tavla, late = board(scene, asked, parts), overview(scene, parts).late
        definition, calls = context.office.definition, {each.one.key: each.call for each in late}
        content = workbook_of(tavla, calls, definition.kommun.name, definition.office_said, now)
        return attachment(content, file_name("xlsx", f"Läget {local_date(now)}"), KINDS["xlsx"].media_type)

    @router.get("/lage/{step}/{period}")
    def occurrence(who: ByReader, step: str, period: str) -> Response:
        """Show one occurrence."""
        return _occurrence(context, pages, who, step, period)

    @router.post("/lage/{step}/{period}/diarienummer")
    async def number(request: Request, who: ByReader, step: str, period: str) -> Response:
        """Record the occurrence's diarienummer; whoever may read may record it, as registrators log in as readers."""
        async with checked_form(request, who) as form:
            return await run_in_threadpool(_number, context, pages, who, step, period, text_of(form, "diarienummer"))

    @router.get("/lage/{step}/{period}/sammanstallning.{kind}")
    def compilation(who: ByReader, step: str, period: str, kind: str) -> Response:
        """Give the occurrence's sammanställning as a file to save; made anew when what it shows has changed."""
        if kind not in MAKERS:
            kinds = " och ".join(f".{each}" for each in MAKERS)
            raise HTTPException(404, f"Sammanställningen finns som {kinds}, inte som .{kind}.")
        key = OccurrenceKey.of(step, period)
        with context.store.read() as session:
            scope_of(Scene(session, context.office, context.clock()), context, who).needs_all_units()
        try:
            made = fetch(context.store, context.office.definition, key, kind, context.clock(), context.office.since)
        except KeyError:
            with context.store.read() as session:
                raise report_gone(Scene(session, context.office, context.clock()), who, key) from None
        note_read(context, who, key.of_kommun(context.office.definition.kommun.id), made.filename)
        return attachment(made.content, made.filename, made.media_type)

    @router.get("/lage/{step}/{period}/tjansteskrivelse.docx")
    def approval(who: ByReader, step: str, period: str) -> Response:
        """Give the tjänsteskrivelse by which the report is put before its body, to read and sign: when it is whole."""
        key = OccurrenceKey.of(step, period)
        with context.store.read() as session:
            scene = Scene(session, context.office, context.clock())
            scope_of(scene, context, who).needs_all_units()
            try:
                paper = approval_paper(scene, key)
            except KeyError:
                raise report_gone(scene, who, key) from None
            except RefusedError as refused:
                raise HTTPException(409, str(refused)) from None
        note_read(context, who, key.of_kommun(context.office.definition.kommun.id), paper.filename)
        return attachment(paper.content, paper.filename, paper.media_type)

    return router


def _number(context: PortalContext, pages: Pages, who: Who, step: str, period: str, number: str) -> Response:
    key = OccurrenceKey.of(step, period)

    def record(scene: Scene) -> None:
        if key not in scene.wheel.keys:
            raise report_gone(scene, who, key)
        scope_of(scene, context, who).narrowed(scene.wheel.occurrence(key))
        record_number(Act(scene, who.name), key, number)

    try:
        context.act(record, who.acting)
    except RefusedError as refused:
        return _occurrence(context, pages, who, step, period, word=str(refused), was=number)
    return RedirectResponse(f"/lage/{step}/{period}", 303)


def _occurrence(
    context: PortalContext, pages: Pages, who: Who, step: str, period: str, *, word: str = "", was: str | None = None
) -> Response:
    now = context.clock()
    with context.store.read() as session:
        scene = Scene(session, context.office, now)
        try:
            found = scene.wheel.occurrence(OccurrenceKey.of(step, period))
        except KeyError:
            raise report_gone(scene, who, OccurrenceKey.of(step, period)) from None
        seen = scope_of(scene, context, who)
        shown, proposed = detail(scene, seen.narrowed(found)), is_proposed(scene, found)
    number = shown.diarienummer or "" if was is None else was
    return pages.html(
        "occurrence.html", now, who=who, status=400 if word else 200, shown=shown, word=word, number=number,
        whole=seen.sees_all_units, proposed=proposed, unproposed=vacant_proposer(scene, found),
        in_prefect=in_prefect(found, context.prefect.slug, now, context.office.since) if context.prefect and who.is_office else {},
    )  # fmt: skip

"""KSAU, KS and KF: a body's meetings, the dossier of each, and what was decided, with what follows from it."""

from collections.abc import Mapping, Sequence
from datetime import date
from email import message_from_bytes, policy

from fastapi import APIRouter, Request
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import FormData
from starlette.exceptions import HTTPException
from starlette.responses import RedirectResponse, Response

from actions.act import Act
from actions.bodies.matter_decisions import decide_as_proposed, decide_matter
from actions.bodies.recording import Decided, record_utlatande
from actions.bodies.referring_back import ReferredTo
from actions.bodies.report_decisions import decide_moment
from actions.papers.before_body import preparing
from actions.scene import Scene
from arshjul.bodies.chain import common_bodies
from arshjul.bodies.outcomes import ANYWHERE, AS_PROPOSED, HANDED_ON, SENT_BACK, usual
from arshjul.errors import RefusedError
from arshjul.keys import BodyId, MilestoneKey, OccurrenceKey
from arshjul.year.days.meetings import Meeting
from portal.organ.dossier import dossier
from portal.organ.view import bodies_of_letter, direct_to_chair, done_words, meetings_of
from portal.web.attachments import attachment, note_read
from portal.web.context import PortalContext
from portal.web.forms import day_of, text_of, texts_of, typed_in
from portal.web.gone_pages import meeting_gone
from portal.web.logged_in import ByReader, Who, checked_form, walled
from portal.web.pages import Pages
from portal.web.paths import RowId
from portal.web.scope import Scope, scope_of
from store.plan import body_rows
from store.plan.matters import matter_of
from store.tables import Matter
from submissions.files.parts import KINDS

NO_BODY = "Årshjulet har inget sådant organ. Gå tillbaka till Läget och välj där."
NO_PAPER = "Tjänsteskrivelsen finns inte. Den skrivs när ärendet går till organet."


def routes(context: PortalContext, pages: Pages) -> APIRouter:
    """Return the routes: both roles read; the ekonomikontor records, and a secretary what her own body decided."""
    router = walled(prefix="/organ/{body}")

    @router.get("")
    def meetings(who: ByReader, body: BodyId) -> Response:
        """Show a body's meetings."""
        with context.store.read() as session:
            scene = Scene(session, context.office, context.clock())
            if body not in scene.office.definition.bodies:
                raise HTTPException(404, NO_BODY)
            seen = scope_of(scene, context, who)
            seen.needs_body(body)
            ahead, been = meetings_of(scene, body)
            common, direct = common_bodies(scene.wheel), direct_to_chair(scene, body)
            bodies = {key: one for key, one in common.items() if seen.bodies is None or key in seen.bodies}
        name = context.office.definition.bodies[body]
        return pages.html(
            "organ.html", scene.now, who=who, body_id=body, body=name, bodies=bodies, ahead=ahead, been=been, direct=direct
        )  # fmt: skip

    @router.get("/{day}")
    def meeting(who: ByReader, body: BodyId, day: date, gjort: str = "") -> Response:
        """Show a meeting's dossier; ``gjort`` is the decision that was just recorded."""
        with context.store.read() as session:
            scene = Scene(session, context.office, context.clock())
            seen = scope_of(scene, context, who)
            seen.needs_body(body)
            return _page(pages, seen, scene, body, day, done=done_words(scene, body, gjort))

    @router.post("/{day}/beslut")
    async def decide(request: Request, who: ByReader, body: BodyId, day: date) -> Response:
        """Record what was decided, and do what follows."""
        async with checked_form(request, who) as form:
            return await run_in_threadpool(_decide, context, pages, who, body, day, form)

    @router.post("/{day}/utlatande")
    async def given(request: Request, who: ByReader, body: BodyId, day: date) -> Response:
        """Record that the revisorer have given what fullmäktige is to have."""
        async with checked_form(request, who) as form:
            return await run_in_threadpool(_given, context, pages, who, body, day, form)

    @router.get("/{day}/tjansteskrivelse/{letter_id}")
    def paper(who: ByReader, body: BodyId, day: date, letter_id: RowId) -> Response:
        """Give the tjänsteskrivelse as it went with its letter."""
        with context.store.read() as session:
            scene = Scene(session, context.office, context.clock())
            seen = scope_of(scene, context, who)
            seen.needs_body(body)
            if seen.bodies is not None and body not in bodies_of_letter(scene, letter_id):
                raise HTTPException(404, NO_PAPER)
            raw = body_rows.letter_content(session, letter_id)
        for part in message_from_bytes(raw or b"", policy=policy.default).iter_attachments():
            if part.get_content_type() == KINDS["docx"].media_type:
                name = part.get_filename() or "tjansteskrivelse.docx"
                note_read(context, who, body, name, what=f"{day.isoformat()}, brev {letter_id}")
                return attachment(part.get_content(), name, KINDS["docx"].media_type)
        raise HTTPException(404, NO_PAPER)

    return router


def _meeting(scene: Scene, who: Who, body: BodyId, day: date) -> Meeting:
    if body not in scene.office.definition.bodies:
        raise HTTPException(404, NO_BODY)
    found = next((each for each in scene.wheel.meetings.of_year(body, day.year) if each.day == day), None)
    if found is None:
        raise meeting_gone(scene, who, body)
    return found


def _page(
    pages: Pages,
    seen: Scope,
    scene: Scene,
    body: BodyId,
    day: date,
    word: str = "",
    was: Mapping[str, str] | None = None,
    done: tuple[str, bool] = ("", False),
) -> Response:
    shown = dossier(scene, body, _meeting(scene, seen.who, body, day))
    status = 400 if word else 200
    return pages.html(
        "dossier.html",
        scene.now,
        who=seen.who,
        status=status,
        shown=shown,
        word=word,
        done=done[0],
        is_late=done[1],
        whole=seen.sees_all_units,
        records=seen.may_record(body),
        logs_in_to_record=seen.who.is_reader and seen.is_recorder(body),
        was=was or {},
        outcomes=(AS_PROPOSED, *usual(prepares=body in preparing(scene.office.definition)), *ANYWHERE),
    )


def _decide(context: PortalContext, pages: Pages, who: Who, body: BodyId, day: date, form: FormData) -> Response:
    def decide(scene: Scene) -> int:
        scope_of(scene, context, who).needs_to_record(body)
        _meeting(scene, who, body, day)
        act = Act(scene, who.name, text_of(form, "skal"))
        if text_of(form, "rapport"):
            return _decide_as_proposed(act, body, day, form)
        if text_of(form, "arende"):
            return _decide_matter(act, body, form)
        return _decide_moment(act, body, form)

    try:
        done = context.act(decide, who.acting)
    except RefusedError as refused:
        with context.store.read() as session:
            scene = Scene(session, context.office, context.clock())
            return _page(pages, scope_of(scene, context, who), scene, body, day, str(refused), typed_in(form))
    return RedirectResponse(f"/organ/{body}/{day}?gjort={done}", 303)


def _given(context: PortalContext, pages: Pages, who: Who, body: BodyId, day: date, form: FormData) -> Response:
    def record(scene: Scene) -> None:
        scope_of(scene, context, who).needs_to_record(body)
        _meeting(scene, who, body, day)
        received_on, number = day_of(form, "inkom", "när det kom in"), text_of(form, "diarienummer")[:60]
        moment = MilestoneKey(text_of(form, "moment"))
        record_utlatande(Act(scene, who.name), moment, body, received_on, number)

    try:
        context.act(record, who.acting)
    except RefusedError as refused:
        with context.store.read() as session:
            scene = Scene(session, context.office, context.clock())
            return _page(pages, scope_of(scene, context, who), scene, body, day, str(refused))
    return RedirectResponse(f"/organ/{body}/{day}", 303)


def _decide_moment(act: Act, body: BodyId, form: FormData) -> int:
    """Record a decision about a report, and what follows; return the decision's number."""
    decided = _recorded(form)
    keys = tuple(texts_of(form, "enhet"))
    back = None
    if decided.outcome == SENT_BACK and keys:
        back = ReferredTo(keys=keys, until=day_of(form, "till", "senast när det ska lämnas in igen"))
    moment = MilestoneKey(text_of(form, "moment"))
    return decide_moment(act, moment, decided, body=body, to=_handed_to(form, decided), back=back).decision.id


def _decide_matter(act: Act, body: BodyId, form: FormData) -> int:
    """Record a decision about a matter that the ladder brought up, and what follows; return the decision's number."""
    scene, read, decided = act.scene, text_of(form, "arende"), _recorded(form)
    matter = matter_of(scene.session, int(read)) if read.isdecimal() and len(read) < 10 else None
    if matter is None:
        raise RefusedError("Ärendet finns inte. Ladda om sidan och försök igen.")
    until = day_of(form, "till", "senast när det ska lämnas in") if decided.outcome == SENT_BACK else None
    decide_matter(act, matter, decided, body=body, to=_handed_to(form, decided), until=until)
    return _newest_about(scene, [matter])


def _decide_as_proposed(act: Act, body: BodyId, day: date, form: FormData) -> int:
    """Record one decision on all matters of a report at the meeting, as the paper proposes; return its number."""
    report = OccurrenceKey.read(text_of(form, "rapport"))
    read = Decided(
        on=day, outcome=None, paragraf=text_of(form, "paragraf")[:60], diarienummer=text_of(form, "diarienummer")[:60]
    )
    return _newest_about(act.scene, decide_as_proposed(act, body, day, report, read))


def _newest_about(scene: Scene, matters: Sequence[Matter]) -> int:
    keys = [scene.wheel.obligations[each.obligation_key].top_key for each in matters]
    return max(row.id for row in body_rows.newest_decisions(scene.session, keys).values())


def _handed_to(form: FormData, decided: Decided) -> BodyId | None:
    """Return the body that is chosen; the page proposes the next one whatever is decided."""
    chosen = text_of(form, "till_organ")
    return BodyId(chosen) if chosen and decided.outcome == HANDED_ON else None


def _recorded(form: FormData) -> Decided:
    return Decided(
        on=day_of(form, "beslutad", "beslutets dag"), outcome=text_of(form, "beslut"), paragraf=text_of(form, "paragraf")[:60],
        diarienummer=text_of(form, "diarienummer")[:60],
    )  # fmt: skip

"""The personal link and the page behind it: all that one person owes, and where it is handed in."""

from datetime import datetime, time

from fastapi import APIRouter, Request
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.responses import RedirectResponse, Response

from actions.contacts import late_below
from actions.people.opening_links import open_link
from actions.scene import Scene
from arshjul.errors import RefusedError
from arshjul.keys import ObligationKey, PartId, RoleId
from arshjul.swedish import local
from portal.mine import asking, drafting, handing_in
from portal.mine.link_reach import reach
from portal.mine.view import owed
from portal.mine.visiting import Visits
from portal.web.attachments import attachment, note_read_by
from portal.web.context import PortalContext
from portal.web.denials import DeniedError
from portal.web.form_cookie import FormCookie
from portal.web.limits import Cookies, HandInAnswer, Limit, Recent, Visit, presses, short_key
from portal.web.logged_in import walled
from portal.web.pages import POLICY, Pages
from portal.web.paths import RowId
from portal.web.uploads import read_form
from store.access.links import mark_opened
from store.acting import act
from store.database import Session
from store.handins import versions as submissions
from store.handins.removals import removals
from store.handins.withheld import of_versions
from store.plan.planning import current_wheel
from store.tables import Link
from submissions.ledger.known import known_of
from submissions.review.rule_list import rule_texts
from submissions.templates.given_malls import handed_out, has_mall

#: the page's own script only saves drafts, drops files and shows how far they have come
WITH_SCRIPT = {"Content-Security-Policy": f"{POLICY}; script-src 'self'; connect-src 'self'"}
NO_FILE = "Filen finns inte bland det du har lämnat in. Gå tillbaka till din sida och hämta den där."
NO_MALL = "Mallen finns inte bland det du ska lämna in. Gå tillbaka till din sida och hämta den där."


def routes(context: PortalContext, pages: Pages) -> APIRouter:
    """Return the routes of the personal link."""
    router = walled()
    page = Visits(context, pages, Cookies(context.office.secret), Limit(), Recent[HandInAnswer](2000))
    forms, entries = FormCookie(context, pages), presses()
    for module in (handing_in, drafting, asking):
        router.routes.extend(module.routes(page).routes)

    @router.api_route("/l/{token}", methods=["GET", "HEAD"])
    def knock(request: Request, token: str) -> Response:
        """Say whose link it is. Changes nothing: mail scanners open links."""
        now = context.clock()
        page.passes(short_key(token), now)
        with context.store.read() as session:
            link = _opens(session, context, token, now)
            mine = reach(session, context.office.definition, link, now)
        names = context.office.definition.roles
        roles = [names[role].name for role in map(RoleId, link.roles) if role in names]
        return forms.page(request, "link.html", now, token=token, person=mine.person, roles=roles)

    @router.post("/l/{token}")
    async def enter(request: Request, token: str) -> Response:
        """Swap the token for a cookie: the deliberate act that marks the link opened."""
        now = context.clock()
        page.passes(short_key(token), now, entries)
        await forms.fields(request)
        value, visit = await run_in_threadpool(_open, page, token, now)
        answer = RedirectResponse("/mina", 303)
        age = int((visit.until - now).total_seconds())
        answer.set_cookie(page.cookie, value, max_age=age, **context.cookie_flags)
        forms.forget(answer)
        return answer

    @router.get("/mina")
    def mine(request: Request, svar: str = "") -> Response:
        """Show all that this person owes."""
        now = context.clock()
        visit = page.visit(request, now)
        since = local(context.office.since, time())
        with context.store.read() as session:
            link = page.link(session, visit, now)
            scene = Scene(session, context.office, now)
            shown = owed(session, scene.wheel, link, since, now)
            calls = late_below(scene, (part.state for card in shown.now for part in card.parts))
        answer = page.answers.get(svar) if svar else None
        if answer and answer.link_id != visit.link_id:
            answer = None
        shown_page = pages.html(
            "mine.html",
            now,
            owed=shown,
            calls=calls,
            answer=answer,
            csrf=page.cookies.form_token(visit),
            rules=rule_texts(context.office.definition),
            today=now,
            until=visit.until,
        )
        shown_page.headers.update(WITH_SCRIPT)
        return shown_page

    @router.get("/mina/fil/{submission_id}")
    def fetch(request: Request, submission_id: RowId) -> Response:
        """Give back a version that was handed in, as a file to save."""
        now = context.clock()
        visit = page.visit(request, now)
        with context.store.read() as session:
            link = page.link(session, visit, now)
            mine = reach(session, context.office.definition, link, now)
            wheel = current_wheel(session, context.office.definition, now)
            row = submissions.by_id(session, submission_id)
            one = wheel.obligations.get(row.obligation_key) if row else None
            if row is None or one is None or row.sha256 is None or not mine.reads(wheel, one, PartId(row.part)):
                raise DeniedError(NO_FILE, "någon annans fil", who=visit.link_id, status=404)
            gone = removals(session, [row.id]).get(row.id)
            held = of_versions(session, [row.id]).get(row.id)
            content = submissions.content(session, row.sha256) if gone is None and held is None else None
        if content is None:
            kind = "spärrad" if held else gone.kind if gone else "borttagen"
            raise HTTPException(410, f"Filen är {kind} och går inte {'' if held else 'längre '}att hämta.")
        name, by = row.filename or row.part, mine.person.name
        note_read_by(
            context, page.acting(visit, link), by, row.obligation_key, name, what=f"{row.part}, version {row.version}"
        )
        return attachment(content, name, row.media_type)

    @router.get("/mina/mall/{step}/{period}/{unit}/{krav}/{part_id}")
    def mall(request: Request, step: str, period: str, unit: str, krav: str, part_id: str) -> Response:
        """Give the mall of a part that this person hands in, as a file to save."""
        now, definition = context.clock(), context.office.definition
        visit = page.visit(request, now)
        with context.store.read() as session:
            mine = reach(session, definition, page.link(session, visit, now), now)
            wheel = current_wheel(session, definition, now)
            one = wheel.obligations.get(ObligationKey.of(definition.kommun.id, step, period, unit, krav))
            part = next((each for each in one.parts if each.id == part_id), None) if one else None
            if one is None or part is None or part.id not in mine.owes(one) or not has_mall(definition, one, part):
                raise DeniedError(NO_MALL, "någon annans mall", who=visit.link_id, status=404)
            known = known_of(session, definition, one)
        file = handed_out(definition, context.office.own, one, part, known)
        return attachment(file.content, file.filename, file.media_type)

    @router.post("/stang")
    async def leave(request: Request) -> Response:
        """End the visit here and on the server, on a machine that others use too."""
        visit = page.cookies.read(request.cookies.get(page.cookie), context.clock())
        if visit:
            form = await read_form(request, max_bytes=10_000, max_files=0, max_fields=4, who=visit.link_id)
            page.check(visit, form.get("csrf"))
            await run_in_threadpool(page.close, visit, context.clock())
        answer = pages.html("left.html", context.clock())
        answer.delete_cookie(page.cookie, **context.cookie_flags)
        return answer

    return router


def _open(page: Visits, token: str, now: datetime) -> tuple[str, Visit]:
    with page.context.store.begin() as session:
        link = _opens(session, page.context, token, now)
        value, visit = page.cookies.make(link, now)
        act(session, page.acting(visit, link))
        mark_opened(session, link, now)
        return value, visit


def _opens(session: Session, context: PortalContext, token: str, now: datetime) -> Link:
    try:
        return open_link(session, context.office.secret, token, now)
    except RefusedError as refused:
        raise DeniedError(str(refused), "länken gäller inte") from None

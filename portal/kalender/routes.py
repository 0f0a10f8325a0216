"""The calendars: feeds that calendar programs subscribe to, their page for the ekonomikontor, the plan as a workbook."""

import hashlib
from collections.abc import Sequence
from datetime import UTC, datetime
from email.utils import format_datetime, parsedate_to_datetime

from fastapi import APIRouter, Depends, Request
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.responses import RedirectResponse, Response

from actions.act import Act
from actions.people.feeds import open_feed, renew_feed
from arshjul.errors import RefusedError
from arshjul.file_names import file_name
from arshjul.year.agenda import feeds_of
from notifications.calendars.feed_calendar import feed_calendar
from portal.kalender.view import calendars
from portal.web.attachments import attachment, disposition
from portal.web.context import PortalContext
from portal.web.denials import DeniedError
from portal.web.limits import Limit, short_key
from portal.web.logged_in import ByOffice, checked_form, office, walled
from portal.web.pages import Pages
from portal.wheel.view import shown_years
from store.plan.calendar_events import events_in
from store.plan.planning import current_wheel
from store.tables import CalendarRow
from submissions.papers.plan_workbook import MEDIA_TYPE, plan_workbook

NO_SUCH = "Kalendern finns inte. Kontrollera adressen, eller be ekonomikontoret om den."
TOO_OFTEN = "Kalendern hämtas för ofta. Vänta några minuter."


def routes(context: PortalContext, pages: Pages) -> APIRouter:
    """Return the page's routes, all of them the ekonomikontor's."""
    router = walled(prefix="/kalender", dependencies=[Depends(office)])

    @router.get("")
    def overview(who: ByOffice, ny: str = "") -> Response:
        """Show every feed with its address, and the years to take along. ``ny`` is the feed that was just renewed."""
        now = context.clock()
        with context.store.read() as session:
            groups = calendars(session, context.office, now)
        found = {each.feed.key: each for group in groups for each in group.calendars}
        return pages.html("kalender.html", now, who=who, groups=groups, years=shown_years(now), renewed=found.get(ny))

    @router.post("")
    async def renew(request: Request, who: ByOffice) -> Response:
        """Give a feed a new address."""
        async with checked_form(request, who, max_fields=4) as form:
            key = str(form.get("kalender", ""))
        if key not in {feed.key for feed in feeds_of(context.office.definition)}:
            raise HTTPException(404, NO_SUCH)
        await run_in_threadpool(context.act, lambda scene: renew_feed(Act(scene, who.name), key), who.acting)
        return RedirectResponse(f"/kalender?ny={key}#svar", 303)

    @router.get("/plan-{year}.xlsx")
    def workbook(year: int) -> Response:
        """Give a year's whole plan as a workbook."""
        now, years = context.clock(), shown_years(context.clock())
        if year not in years:
            raise HTTPException(404, f"Årsplanen finns för åren {years[0]}–{years[-1]}, inte {year}.")
        with context.store.read() as session:
            wheel = current_wheel(session, context.office.definition, now)
        return attachment(plan_workbook(wheel, year, now), file_name("xlsx", f"Årsplan {year}"), MEDIA_TYPE)

    return router


def feed_routes(context: PortalContext, together: Limit | None = None) -> APIRouter:
    """Return the feeds' own route. It is behind no login: a calendar program has none, and the address is signed.

    ``together`` limits all who read one feed: whoever makes up addresses of a proxy meets it.
    """
    router = walled()
    limit = Limit(burst=30, per_second=0.1)
    together = together or Limit(burst=300, per_second=2.0)

    @router.api_route("/kalender/{token}.ics", methods=["GET", "HEAD"])
    def feed(request: Request, token: str) -> Response:
        """Give a feed, or 304 when it is as it was."""
        now = context.clock()
        with context.store.read() as session:
            try:
                key = open_feed(session, context.office.secret, token)
            except RefusedError as refused:
                raise HTTPException(410, str(refused)) from None  # calendar programs stop asking
            if key is None:
                raise DeniedError(NO_SUCH, "kalenderadressen är inte vår", key="/kalender")
            found = {each.key: each for each in feeds_of(context.office.definition)}.get(key)
            if found is None:  # the enhet, role or body is in the definition no more
                raise HTTPException(410, NO_SUCH)
            if not (limit.allows(_asker(request, token), now) and together.allows(short_key(token), now)):
                raise HTTPException(429, TOO_OFTEN, {"Retry-After": "600"})
            rows = events_in(session, found.key, now)
            changed = max((row.changed_at for row in rows), default=None)
            headers = {
                "ETag": _etag(found.name, context.office.public_url, rows),
                "Cache-Control": "private, no-cache",
                "Content-Disposition": disposition(file_name("ics", "Årshjulet", found.name), "inline"),
            }
            if changed:
                headers["Last-Modified"] = format_datetime(changed.astimezone(UTC), usegmt=True)
            if _is_known(request, headers["ETag"], changed):
                return Response(status_code=304, headers=headers)
            content = feed_calendar(found, rows, context.office)
        return Response(content, media_type="text/calendar; charset=utf-8", headers=headers)

    return router


def _asker(request: Request, token: str) -> str:
    """Return whose asking is counted: many read the same feed, each from an address of their own."""
    return short_key(f"{token}|{request.client.host if request.client else ''}")


def _etag(name: str, url: str, rows: Sequence[CalendarRow]) -> str:
    shown = [name, url, *(f"{row.key}|{row.changed_at.timestamp()}|{row.gone}" for row in rows)]
    return f'"{hashlib.sha256(chr(10).join(shown).encode()).hexdigest()[:32]}"'


def _is_known(request: Request, etag: str, changed: datetime | None) -> bool:
    """Tell whether the asker has what we would send; a word about the ETag is asked before one about the time."""
    tags = request.headers.get("if-none-match")
    if tags is not None:
        return "*" in tags or etag in [tag.strip().removeprefix("W/") for tag in tags.split(",")]
    since = request.headers.get("if-modified-since")
    try:
        return bool(since and changed and changed.replace(microsecond=0) <= parsedate_to_datetime(since))
    except (ValueError, TypeError):  # no date, or one without a zone
        return False

"""The wheel as a page, and as a picture to take along. Without the states anybody may have the picture."""

from datetime import timedelta

from fastapi import APIRouter, Request
from starlette.exceptions import HTTPException
from starlette.responses import Response

from actions.scene import Scene
from arshjul.file_names import file_name
from arshjul.swedish import local_date
from portal.web.attachments import disposition
from portal.web.context import PortalContext
from portal.web.limits import KeptAwhile
from portal.web.logged_in import ByReader, Who, secretary_or_office, walled
from portal.web.pages import POLICY, Pages
from portal.web.scope import scope_of
from portal.wheel.image import NoFontError, png, style
from portal.wheel.picture import compose
from portal.wheel.view import YearWheel, shown_years, without_states, year_wheel

#: the page's own script only shows what a link leads to a moment earlier; without it the links do the same
WITH_SCRIPT = {"Content-Security-Policy": f"{POLICY}; script-src 'self'"}
FRESH = timedelta(minutes=5)  #: so old the picture that anybody may have can be; however many ask, it is drawn once
#: the picture carries its style in itself, and nothing else
PICTURE_POLICY = {"Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; sandbox"}


def routes(context: PortalContext, pages: Pages) -> APIRouter:
    """Return the routes of the wheel."""
    router = walled()

    def gather(year: int) -> YearWheel:
        now = context.clock()
        years = shown_years(now)
        if year not in years:
            raise HTTPException(404, f"Årshjulet visar åren {years[0]}–{years[-1]}, inte {year}.")
        with context.store.read() as session:
            return year_wheel(Scene(session, context.office, now), year)

    kept, drawings = KeptAwhile[str](FRESH), KeptAwhile[bytes](FRESH)

    def drawn(request: Request, year: int, lagen: str) -> str:
        if lagen == "nej":
            return kept.get(str(year), context.clock(), lambda: picture(without_states(gather(year))))
        return picture(seen(secretary_or_office(request), gather(year)))

    def seen(who: Who, wheel: YearWheel) -> YearWheel:
        """Leave the states out for one who does not see every enhet's."""
        with context.store.read() as session:
            units = scope_of(Scene(session, context.office, context.clock()), context, who).units
        return wheel if units is None else without_states(wheel)

    def picture(wheel: YearWheel) -> str:
        return pages.text("hjul_fristaende.svg", context.clock(), picture=compose(wheel), style_text=style())

    @router.get("/arshjulet")
    def this_year(who: ByReader) -> Response:
        """Show the year that runs."""
        return page(who, local_date(context.clock()).year)

    # the pictures before the page: "2027.svg" is no year
    @router.get("/arshjulet/{year}.svg")
    def as_svg(request: Request, year: int, lagen: str = "ja") -> Response:
        """Return the picture, to be put on a page; ``lagen=nej`` leaves the states out, for the wall and the intranet."""
        content = drawn(request, year, lagen).encode()
        return _file(content, "image/svg+xml", file_name("svg", f"Årshjulet {year}"), public=lagen == "nej")

    @router.get("/arshjulet/{year}.png")
    def as_png(request: Request, year: int, lagen: str = "ja") -> Response:
        """Return the picture for a document; ``lagen=nej`` leaves the states out."""
        try:
            if lagen == "nej":
                content = drawings.get(str(year), context.clock(), lambda: png(drawn(request, year, lagen)))
            else:
                content = png(drawn(request, year, lagen))
        except NoFontError as error:
            raise HTTPException(503, str(error)) from None
        return _file(content, "image/png", file_name("png", f"Årshjulet {year}"), public=lagen == "nej")

    @router.get("/arshjulet/{year}")
    def page(who: ByReader, year: int) -> Response:
        """Show one year: the wheel, and the table that says the same."""
        now = context.clock()
        answer = pages.html(
            "arshjulet.html", now, who=who, picture=compose(seen(who, gather(year))), years=shown_years(now)
        )
        answer.headers.update(WITH_SCRIPT)
        return answer

    return router


def _file(content: bytes, media_type: str, name: str, *, public: bool) -> Response:
    headers = {"Content-Disposition": disposition(name, "inline"), **PICTURE_POLICY}
    if public:
        headers["Cache-Control"] = f"public, max-age={int(FRESH.total_seconds())}"
    return Response(content, media_type=media_type, headers=headers)

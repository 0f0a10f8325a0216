"""The pages that tell about the service itself: tillgänglighetsredogörelse, personuppgifter and kakor. Anybody reads them.

Lagen (2018:1937) om tillgänglighet till digital offentlig service, 13 §: a redogörelse, with a way to tell what is not met.
"""

from fastapi import APIRouter
from starlette.responses import Response

from portal.utdrag.extract import handling_words
from portal.web.context import PortalContext
from portal.web.logged_in import Anyone, walled
from portal.web.pages import Pages
from store.access import codes, login_links, sessions
from store.handins import drafts

#: in how many days what belongs to coming in and filling in goes away by itself
AWAY = {"logins": sessions.KEPT.days, "drafts": drafts.KEPT.days, "codes": max(codes.KEPT, login_links.KEPT).days}


def routes(context: PortalContext, pages: Pages) -> APIRouter:
    """Return the routes of the three pages."""
    router = walled()
    told = context.about
    kept = handling_words(context.office.definition)

    @router.get("/tillganglighet")
    def accessibility(who: Anyone) -> Response:
        """Tell what is accessible, what is not, and whom to tell."""
        return pages.html("tillganglighet.html", context.clock(), who=who, about=told)

    @router.get("/personuppgifter")
    def personal_data(who: Anyone) -> Response:
        """Tell which personal data are kept, why, on what ground, how long, and what rights one has."""
        return pages.html("personuppgifter.html", context.clock(), who=who, about=told, kept=kept, away=AWAY)

    @router.get("/kakor")
    def cookies(who: Anyone) -> Response:
        """Tell which cookies there are, and that no consent is asked for as all are needed."""
        return pages.html("kakor.html", context.clock(), who=who, prefix=context.cookie_prefix)

    return router

"""What utskick is while a page is made: every page says on top when letters go to nobody but the ekonomikontor, or not at all."""

from collections.abc import Awaitable, Callable
from contextvars import ContextVar

from fastapi import Request
from starlette.concurrency import run_in_threadpool

from notifications.office import Utskick
from portal.web.context import PortalContext

UNSAID = ("/health", "/prefect")  #: what answers machines, and is not ours to draw
NO_PAGES = (".svg", ".png", ".ics", ".xlsx", ".docx", ".csv")  #: files: the public picture asks the store nothing
WORDS = {
    "skugga": "Utskick är i skugga. Alla brev går till ekonomikontoret, och ingen annan får något.",
    "av": "Utskick är av. Inga brev skrivs, och ingen får något.",
}
_utskick: ContextVar[Utskick | None] = ContextVar("utskick", default=None)


def noting_utskick(context: PortalContext) -> Callable[[Request], Awaitable[None]]:
    """Return what looks it up before each page, in a reading of its own."""

    def look() -> Utskick:
        with context.store.read() as session:
            return context.office.at(session).utskick

    async def note(request: Request) -> None:
        path = request.url.path
        if not path.startswith(UNSAID) and not path.endswith(NO_PAGES):
            _utskick.set(await run_in_threadpool(look))

    return note


def utskick_word() -> str:
    """Return what the page being made says of utskick; "" when letters go to their readers."""
    return WORDS.get(_utskick.get() or "", "")

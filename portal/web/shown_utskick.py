"""What utskick is while a page is made: every page says on top when letters go to nobody but the ekonomikontor, or not at all."""

from collections.abc import Awaitable, Callable, MutableMapping
from contextvars import ContextVar
from typing import Any

from starlette.concurrency import run_in_threadpool

from notifications.office import Utskick, utskick_words
from portal.web.context import PortalContext

UNSAID = ("/health", "/prefect", "/static")  #: what answers machines, and is not ours to draw
NO_PAGES = (".svg", ".png", ".ics", ".xlsx", ".docx", ".csv")  #: files: the public picture asks the store nothing
Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Send = Callable[[Message], Awaitable[None]]
App = Callable[[Scope, Callable[[], Awaitable[Message]], Send], Awaitable[None]]

_utskick: ContextVar[Utskick | None] = ContextVar("utskick", default=None)


class NotingUtskick:
    """Looks it up before each page, in a reading of its own: also before one that no route answers."""

    def __init__(self, app: App, *, context: PortalContext) -> None:
        self.app, self.context = app, context

    async def __call__(self, scope: Scope, receive: Callable[[], Awaitable[Message]], send: Send) -> None:
        """Pass on."""
        path = scope.get("path", "")
        if scope["type"] == "http" and not path.startswith(UNSAID) and not path.endswith(NO_PAGES):
            _utskick.set(await run_in_threadpool(self._look))
        await self.app(scope, receive, send)

    def _look(self) -> Utskick:
        with self.context.store.read() as session:
            return self.context.office.at(session).utskick


def utskick_word(office: str) -> str:
    """Return what the page being made says of utskick; "" when letters go to their readers."""
    return utskick_words(_utskick.get() or "", office)

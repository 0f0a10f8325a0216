"""Those who read go first: a hand-in, which takes its time anyway, waits while a page is being made.

All that one process computes it computes in turns. A hand-in that is begun while a page is being made would double
the page's time; waiting for the page costs the hand-in a few hundredths of a second.
"""

import asyncio
import time
from collections.abc import Iterator
from contextlib import contextmanager

from starlette.types import ASGIApp, Receive, Scope, Send

from notifications.office import PREFECT

LOOK = 0.005  #: seconds between two looks
PATIENCE = 0.5  #: seconds that a step of a hand-in waits at most, so that it gets on however much others read


class Courtesy:
    """Knows how many pages are being made."""

    def __init__(self) -> None:
        self._pages = 0

    async def turn(self) -> None:
        """Return when no page is being made, or when one has waited long enough."""
        until = time.monotonic() + PATIENCE
        while self._pages and time.monotonic() < until:
            await asyncio.sleep(LOOK)

    @contextmanager
    def page(self) -> Iterator[None]:
        """A page is being made."""
        self._pages += 1
        try:
            yield
        finally:
            self._pages -= 1


class ReadersFirst:
    """Counts the pages that are being made."""

    def __init__(self, app: ASGIApp, courtesy: Courtesy) -> None:
        self.app, self._courtesy = app, courtesy

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass on; a page that is read is counted from when it is asked for until it is answered.

        Prefect's are not made here, and are asked for on and on.
        """
        made_here = scope["type"] == "http" and not scope["path"].startswith(f"{PREFECT}/")
        if not made_here or scope["method"] not in ("GET", "HEAD"):
            await self.app(scope, receive, send)
            return
        with self._courtesy.page():
            await self.app(scope, receive, send)

"""What stands before Prefect's server: it lets in nobody without the secret, and nobody who calls it by another name.

Prefect has one shared secret and no users: who passes may give a deployment a command to run. Prefect's own check
leaves its pages, its ``/docs`` and preflights open. And a page elsewhere whose name is turned to 127.0.0.1 would be of
the server's own origin.
"""

import base64
import hmac
import json
from collections.abc import Iterable

from starlette.types import ASGIApp, Receive, Scope, Send

OPEN = ("GET", "/api/health")  #: tells whether the server lives, and nothing else
#: Prefect's description of itself, which loads scripts from elsewhere: the UI and our clients do without
DESCRIBED = frozenset(
    f"{base}/{page}"
    for base in ("", "/api", "/prefect")
    for page in ("docs", "docs/oauth2-redirect", "redoc", "openapi.json")
)


class PrefectGuard:
    """Lets in who knows the secret and calls the server by one of ``hosts``."""

    def __init__(self, app: ASGIApp, *, hosts: Iterable[str], auth: str) -> None:
        self._app, self._hosts = app, frozenset(host.encode() for host in hosts)
        self._auth = basic(auth).encode()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass on, or say why not."""
        if scope["type"] == "lifespan":
            await self._app(scope, receive, send)
            return
        if scope["type"] == "websocket":
            # a browser always tells its origin, our own processes never do
            if self._named(scope) and self._knows(scope) and not _values(scope, b"origin"):
                await self._app(scope, receive, send)
            else:
                await send({"type": "websocket.close", "code": 1008})
            return
        if not self._named(scope):
            await _answer(send, 421, "Servern svarar bara på den egna datorns namn.")
        elif (scope["method"], scope["path"]) != OPEN and not self._knows(scope):
            await _answer(send, 401, "Prefect nås genom portalen, under /prefect/.")
        elif scope["path"].rstrip("/") in DESCRIBED:
            await _answer(send, 404, "Sidan finns inte.")
        else:
            await self._app(scope, receive, send)

    def _named(self, scope: Scope) -> bool:
        names = _values(scope, b"host")
        return len(names) == 1 and names[0].lower() in self._hosts

    def _knows(self, scope: Scope) -> bool:
        given = _values(scope, b"authorization")
        return len(given) == 1 and hmac.compare_digest(given[0], self._auth)


def basic(auth: str) -> str:
    """Return how HTTP's Authorization says a secret of the form "user:password" (RFC 7617)."""
    return f"Basic {base64.b64encode(auth.encode()).decode()}"


def _values(scope: Scope, name: bytes) -> list[bytes]:
    return [value for key, value in scope["headers"] if key == name]


async def _answer(send: Send, status: int, word: str) -> None:
    body = json.dumps({"exception_message": word}, ensure_ascii=False).encode()
    headers = [(b"content-type", b"application/json"), (b"content-length", str(len(body)).encode())]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})

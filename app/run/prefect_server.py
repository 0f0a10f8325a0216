"""Prefect's server as we run it: behind a guard of our own. ``python -m app.run.prefect_server PORT`` (started by ``up``).

Prefect has one shared secret and no users: who passes may give a deployment a command to run. So the guard lets in
nobody without the secret, whatever is asked for (Prefect's own check leaves its pages, its ``/docs`` and preflights
open), and nobody who calls the server by another name than this machine's own: a page elsewhere whose name is
turned to 127.0.0.1 would otherwise be of the server's own origin.
"""

import base64
import hmac
import json
import sys
from collections.abc import Iterable

import uvicorn
from prefect.server.api.server import create_app
from prefect.settings import get_current_settings
from starlette.types import ASGIApp, Receive, Scope, Send

from store.private_files import close

HOST = "127.0.0.1"
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
        self._auth = b"Basic " + base64.b64encode(auth.encode())

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


def serve(port: int) -> None:
    """Serve until the process is told to stop."""
    everything = get_current_settings()
    settings = everything.server.api
    if settings.auth_string is None:
        raise SystemExit("PREFECT_SERVER_API_AUTH_STRING saknas: utan den kan vem som helst på datorn styra tjänsten.")
    hosts = [f"{name}:{port}" for name in (HOST, "localhost")]
    served = create_app(final=True)
    close(everything.home)  # the UI's files are copied with the rights that they have in the package
    uvicorn.run(
        PrefectGuard(served, hosts=hosts, auth=settings.auth_string.get_secret_value()),
        host=HOST,
        port=port,
        timeout_keep_alive=settings.keepalive_timeout,
        ws_ping_interval=settings.websocket_ping_interval,
        ws_ping_timeout=settings.websocket_ping_timeout,
        log_level="warning",
    )


def _values(scope: Scope, name: bytes) -> list[bytes]:
    return [value for key, value in scope["headers"] if key == name]


async def _answer(send: Send, status: int, word: str) -> None:
    body = json.dumps({"exception_message": word}, ensure_ascii=False).encode()
    headers = [(b"content-type", b"application/json"), (b"content-length", str(len(body)).encode())]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})


if __name__ == "__main__":
    serve(int(sys.argv[1]))

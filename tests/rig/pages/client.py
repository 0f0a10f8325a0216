"""A browser without a screen, at a portal of the test's own: what each portal and each request would begin anew is shared.

FastAPI reads the signature of each of a portal's hundred handlers when the portal is made, which takes longer than most
tests. Here a route is read when somebody comes to it, and what was read is kept for as long as the signature is the
same, and of what kind a handler is for as long as its code is. A portal, its handlers and all that they keep are still
made anew.
"""

import asyncio
import ssl
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from functools import cache
from threading import RLock, get_ident
from types import FunctionType
from typing import Any

import fastapi.dependencies.models
import fastapi.routing
import httpx
import starlette.routing
from fastapi.routing import APIRoute, request_response

from tests.rig.sharing import SHARED

#: ``verify=`` for a client that speaks plain http on loopback: left to itself each one reads every root certificate
PLAIN = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)

starlette.routing.compile_path = fastapi.routing.compile_path = cache(starlette.routing.compile_path)
_read = APIRoute.__init__
_known: dict[Any, dict[str, Any]] = {}
_one_at_a_time = RLock()


def _read_later(route: APIRoute, path: str, endpoint: Callable[..., Any], *, methods: Any = None, **how: Any) -> None:
    """Keep what a route is found by, and how the rest of it is read."""
    route.path, route.endpoint, route.methods = path, endpoint, set(methods or ["GET"])
    route.path_regex, route.path_format, route.param_convertors = fastapi.routing.compile_path(path)
    route.__dict__["_unread"] = {"methods": methods, **how}


def _read_now(route: APIRoute, name: str) -> Any:
    """Read a route when more of it is asked for; what FastAPI reads of two is the same when all here is."""
    with _one_at_a_time:
        if how := route.__dict__.pop("_unread", None):
            path, call = route.path, route.endpoint
            words = (path, call.__code__, str(call.__annotations__), call.__defaults__, str(call.__kwdefaults__))
            if known := _known.get((*words, str(how))):
                route.__dict__.update(known, endpoint=call, dependant=replace(known["dependant"], call=call))
                route.app = request_response(route.get_route_handler())
            else:
                _read(route, path, call, **how)
                kept = replace(route.dependant, call=None)
                _known[*words, str(how)] = {**route.__dict__, "endpoint": None, "dependant": kept, "app": None}
    try:
        return route.__dict__[name]
    except KeyError:
        raise AttributeError(name) from None


APIRoute.__init__ = _read_later  # type: ignore[method-assign]
APIRoute.__getattr__ = _read_now  # type: ignore[attr-defined]


class _Alike(fastapi.dependencies.models._CallIdentity):
    """A handler by its code, which says whether it is a coroutine or a generator: those of two portals are alike."""

    __slots__ = ("_what",)

    def __init__(self, call: Callable[..., Any]) -> None:
        super().__init__(call)
        self._what = call.__code__ if _is_plain(call) else call

    def __hash__(self) -> int:
        return id(self._what)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Alike) and self._what is other._what


def _is_plain(call: Callable[..., Any]) -> bool:
    return type(call) is FunctionType and not call.__dict__  # neither wrapped nor marked as something else


fastapi.dependencies.models._CallIdentity = _Alike


class Client(httpx.Client):
    """A browser, whose requests are answered in the thread that sends them: to another and back takes as long as most pages."""

    def __init__(
        self, app: Any, *, base_url: str = "http://testserver", client: tuple[str, int] = ("testclient", 50000),
        raise_server_exceptions: bool = True, follow_redirects: bool = True,
    ) -> None:  # fmt: skip
        self.app = app
        self.answering = httpx.ASGITransport(app, raise_app_exceptions=raise_server_exceptions, client=client)
        transport = _InThisThread(self.answering)
        super().__init__(base_url=base_url, transport=transport, follow_redirects=follow_redirects)


class _InThisThread(httpx.BaseTransport):
    """Lets each request be answered in the loop of its own thread, which stands still in between."""

    def __init__(self, answering: httpx.ASGITransport) -> None:
        self._answering = answering

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        loop = SHARED.get(f"a loop of thread {get_ident()}", lambda: closing(asyncio.new_event_loop()))
        request.read()
        return loop.run_until_complete(self._answer(request))

    async def _answer(self, request: httpx.Request) -> httpx.Response:
        answer = await self._answering.handle_async_request(request)
        body = httpx.ByteStream(await answer.aread())
        return httpx.Response(answer.status_code, headers=answer.headers, stream=body)

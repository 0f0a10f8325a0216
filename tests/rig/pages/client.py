"""A browser without a screen, at a portal of the test's own: what each portal and each request would begin anew is shared.

FastAPI reads every handler's signature again for each portal, which takes longer than most tests; here what it read is
kept for as long as the signature is the same, and of what kind a handler is for as long as its code is. A portal, its
handlers and all that they keep are still made anew.
"""

import ssl
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from functools import cache
from types import FunctionType
from typing import Any

import fastapi.dependencies.models
import fastapi.dependencies.utils
import fastapi.routing
import starlette.routing
from anyio.from_thread import BlockingPortal, start_blocking_portal
from fastapi.dependencies.models import Dependant
from starlette.testclient import TestClient

from tests.rig.sharing import SHARED

#: ``verify=`` for a client that speaks plain http on loopback: left to itself each one reads every root certificate
PLAIN = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)

_read = fastapi.dependencies.utils.get_dependant
_known: dict[Any, Dependant] = {}


def _read_once(*, path: str, call: Callable[..., Any], **how: Any) -> Dependant:
    """Return what FastAPI reads of a handler, for this very handler; the words of two are the same when all here is."""
    try:
        words = (path, call.__code__, *call.__annotations__.items(), call.__defaults__, str(call.__kwdefaults__))
        key = (*words, *((name, str(value)) for name, value in how.items()))
        hash(key)
    except (AttributeError, TypeError):  # no plain function, or something in its signature is like nothing else
        return _read(path=path, call=call, **how)
    if key not in _known:
        _known[key] = replace(_read(path=path, call=call, **how), call=None)
    found = _known[key]
    return replace(found, call=call, dependencies=[*found.dependencies], body_params=[*found.body_params])


fastapi.dependencies.utils.get_dependant = _read_once
fastapi.routing.get_dependant = _read_once
starlette.routing.compile_path = fastapi.routing.compile_path = cache(starlette.routing.compile_path)


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

_read_return = fastapi.routing.get_typed_return_annotation
_known_returns: dict[Any, Any] = {}


def _read_return_once(call: Callable[..., Any]) -> Any:
    """Return what FastAPI reads of what a handler returns."""
    said = call.__annotations__.get("return") if _is_plain(call) else None
    if not isinstance(said, str | type):
        return _read_return(call)
    if (call.__code__, said) not in _known_returns:
        _known_returns[call.__code__, said] = _read_return(call)
    return _known_returns[call.__code__, said]


fastapi.routing.get_typed_return_annotation = _read_return_once


class Client(TestClient):
    """Its requests are answered in one loop for all of a file's tests, where TestClient starts one for each request."""

    @contextmanager
    def _portal_factory(self) -> Iterator[BlockingPortal]:
        yield SHARED.get("a loop that answers", start_blocking_portal)

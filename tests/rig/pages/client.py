"""A browser without a screen, at a portal of the test's own: what each portal and each request would begin anew is shared.

FastAPI reads every handler's signature again for each portal, which takes longer than most tests; here what it read is
kept for as long as the signature is the same. A portal, its handlers and all that they keep are still made anew.
"""

import ssl
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

import fastapi.dependencies.utils
import fastapi.routing
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


class Client(TestClient):
    """Its requests are answered in one loop for all of a file's tests, where TestClient starts one for each request."""

    @contextmanager
    def _portal_factory(self) -> Iterator[BlockingPortal]:
        yield SHARED.get("a loop that answers", start_blocking_portal)

"""The client that the service's own jobs ask the Prefect server with."""

import ssl
from collections import defaultdict
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime
from functools import cache
from typing import NamedTuple, cast
from uuid import UUID

import httpx
from prefect.client.base import PrefectHttpxAsyncClient
from prefect.client.orchestration import PrefectClient, get_client
from prefect.settings import get_current_settings


class _Token(NamedTuple):
    """What a server has given a client, without which it may change nothing there."""

    client: UUID
    token: str
    until: datetime | None


_IDLE: defaultdict[str, list[_Token]] = defaultdict(list)  #: by server: what no client holds just now


@asynccontextmanager
async def server_client() -> AsyncIterator[PrefectClient]:
    """Yield a client that is closed after use, with the token that another one left: to ask for one each time is dear.

    No two clients have the same at a time, as a server knows a token by its client, and the one that renews it makes
    it void for the other. A token that the server takes no more, as one that lost its database, the client renews by
    itself. Each has a connection of its own, so that a server that is down is known at once.
    """
    client = _new_client()
    idle = _IDLE[str(client.api_url)]
    http = cast("PrefectHttpxAsyncClient", client._client)  # Prefect has no public way to hand a token on
    if idle:
        http.csrf_client_id, http.csrf_token, http.csrf_token_expiration = idle.pop()
    try:
        async with client:
            yield client
    finally:
        if http.csrf_token:
            idle.append(_Token(http.csrf_client_id, http.csrf_token, http.csrf_token_expiration))


def _new_client() -> PrefectClient:
    """Return a client; what it trusts is read once and not, as Prefect does, for each client."""
    if get_current_settings().api.tls_insecure_skip_verify:
        return get_client()
    return get_client(httpx_settings={"verify": _trusted(get_current_settings().api.ssl_cert_file)})


@cache
def _trusted(certificates: str | None) -> ssl.SSLContext:
    return ssl.create_default_context(cafile=certificates) if certificates else httpx.create_ssl_context()

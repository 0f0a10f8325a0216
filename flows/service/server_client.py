"""The client that the service's own jobs ask the Prefect server with."""

import ssl
from functools import cache

import httpx
from prefect.client.orchestration import PrefectClient, get_client
from prefect.settings import get_current_settings


def server_client() -> PrefectClient:
    """Return a client that is closed after use; what it trusts is read once and not, as Prefect does, for each client."""
    if get_current_settings().api.tls_insecure_skip_verify:
        return get_client()
    return get_client(httpx_settings={"verify": _trusted(get_current_settings().api.ssl_cert_file)})


@cache
def _trusted(certificates: str | None) -> ssl.SSLContext:
    return ssl.create_default_context(cafile=certificates) if certificates else httpx.create_ssl_context()

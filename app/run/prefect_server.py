"""Prefect's server as we run it: behind a guard of our own. ``python -m app.run.prefect_server PORT`` (started by ``up``)."""

import sys

import uvicorn
from prefect.server.api.server import create_app
from prefect.settings import get_current_settings

from app.run.prefect_guard import PrefectGuard
from store.private_files import close

HOST = "127.0.0.1"


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


if __name__ == "__main__":
    serve(int(sys.argv[1]))

"""An OpenID provider that lies: it publishes another's keys and issuer, and answers every code with a token of its own."""

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import httpx

from tests.rig.pages.client import PLAIN

Forge = Callable[[str], str]  #: makes an ID token of the address that publishes it


@contextmanager
def foreign_provider(issuer: str, forge: Forge | None = None, **published: Any) -> Iterator[str]:
    """Serve what ``issuer`` publishes, at another address; with ``forge`` as its own, with a token endpoint."""
    known = httpx.get(f"{issuer}/.well-known/openid-configuration", trust_env=False, verify=PLAIN, timeout=150).json()

    class Handler(BaseHTTPRequestHandler):
        def answer(self, body: dict[str, Any]) -> None:
            self.send_response(200)
            self.send_header("Content-Type", "application/json")
            self.end_headers()
            self.wfile.write(json.dumps(body).encode())

        def do_GET(self) -> None:
            own = {"issuer": address, "token_endpoint": f"{address}/token"} if forge else {}
            self.answer(known | own | published)

        def do_POST(self) -> None:
            self.rfile.read(int(self.headers["Content-Length"]))
            token = forge(address) if forge else ""
            self.answer({"access_token": "x", "token_type": "Bearer", "id_token": token})

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    address = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield address
    finally:
        server.shutdown()
        server.server_close()
        thread.join()

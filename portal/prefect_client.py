"""The Prefect server as the portal reaches it: with its secret, and the token that its CSRF protection wants."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from time import monotonic
from uuid import uuid4

import httpx

from notifications.prefect_places import PREFECT

PATIENCE = httpx.Timeout(60, connect=5)
TOKEN = timedelta(minutes=30)  #: so long a token is used; the server's is good for an hour
LARGEST = 20_000_000  #: bytes of an answer
BUSY = 503  #: what Prefect answers, with nothing done, while another holds its database; its own clients ask again
PAUSES = (0.2, 0.5, 1.0, 2.0, 4.0)  #: seconds before each new try


class PrefectServer:
    """One client for all calls. ``auth`` is ``user:password``; None for a server that asks for none.

    ``slug`` is what this installation's artifacts' keys begin with there. ``shared``: what others have there is not
    for the ekonomikontor to read.
    """

    def __init__(self, api: str, auth: str | None, slug: str, *, shared: bool = False) -> None:
        self.slug, self.shared = slug, shared
        self._api, self._ui = api, f"{api.removesuffix('/api')}{PREFECT}"
        self._auth = httpx.BasicAuth(*auth.split(":", 1)) if auth else None
        self._ours = str(uuid4())
        self._token: tuple[str, float] | None = None
        self._asking = asyncio.Lock()
        self._kept: httpx.AsyncClient | None = None

    @property
    def _client(self) -> httpx.AsyncClient:
        if self._kept is None:  # made at the first call: it belongs to the loop that serves
            limits = httpx.Limits(max_connections=40)
            self._kept = httpx.AsyncClient(auth=self._auth, timeout=PATIENCE, trust_env=False, limits=limits)
        return self._kept

    @asynccontextmanager
    async def page(self, path: str, query: str, headers: dict[str, str]) -> AsyncIterator[httpx.Response]:
        """Ask for a page or file of the UI's; its body is not read yet."""
        async with self._client.stream("GET", f"{self._ui}/{path}{_after(query)}", headers=headers) as answer:
            yield answer

    async def ask(self, method: str, path: str, query: str = "", body: bytes | None = None) -> httpx.Response:
        """Call the API and return the whole answer. Raises httpx.HTTPError when it cannot be had, or is too large."""
        answer = await self._known(method, path, query, body)
        for pause in PAUSES:
            if answer.status_code != BUSY:
                break
            await asyncio.sleep(pause)
            answer = await self._known(method, path, query, body)
        return answer

    async def _known(self, method: str, path: str, query: str, body: bytes | None) -> httpx.Response:
        answer = await self._ask(method, path, query, body)
        if answer.status_code == 403 and "CSRF token" in answer.text:  # made anew, perhaps with the server's database
            self._token = None
            answer = await self._ask(method, path, query, body)
        return answer

    async def _ask(self, method: str, path: str, query: str, body: bytes | None) -> httpx.Response:
        headers = {"content-type": "application/json"} if body is not None else {}
        if method not in ("GET", "HEAD"):
            headers |= await self._csrf()
        url = f"{self._api}/{path}{_after(query)}"
        async with self._client.stream(method, url, headers=headers, content=body) as answer:
            read = bytearray()
            async for some in answer.aiter_bytes():
                read += some
                if len(read) > LARGEST:
                    raise httpx.DecodingError("the answer is too large", request=answer.request)
        kept = {
            name: answer.headers[name] for name in ("content-type", "content-disposition") if name in answer.headers
        }
        return httpx.Response(answer.status_code, headers=kept, content=bytes(read))

    async def _csrf(self) -> dict[str, str]:
        async with self._asking:  # each answer ends the token before it
            if self._token is None or monotonic() - self._token[1] > TOKEN.total_seconds():
                answer = await self._client.get(f"{self._api}/csrf-token", params={"client": self._ours})
                if answer.status_code != 200:
                    return {}  # a server without that protection
                self._token = (str(answer.json()["token"]), monotonic())
        return {"Prefect-Csrf-Token": self._token[0], "Prefect-Csrf-Client": self._ours}


def _after(query: str) -> str:
    return f"?{query}" if query else ""

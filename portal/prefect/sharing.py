"""Whether others have something on the Prefect server that we use, and whether the ekonomikontor may then read there.

Prefect's answers cannot be cut to what is ours: logs, artifacts and events tell no owner, and each page asks for them in
its own way. So a server that holds what others have registered or run is not opened, until a setting says that it is
accepted.
"""

import json
from time import monotonic

import httpx
from starlette.concurrency import run_in_threadpool

from portal.prefect_client import PrefectServer
from store.database import Store
from store.service.installation import INSTALLATION, OWNER, installed

HELD = 5.0  #: seconds that an answer is held for true: a page asks twenty times at once
#: what has an owner's tag on the server; a run that outlives its deployment keeps its tags
_OWNED = ("deployments", "flow_runs")
NOT_OURS = (
    "På Prefect-servern finns också sådant som inte hör till den här installationen, och det skulle synas här. Därför är "
    "Prefects sidor stängda. Breven går ändå. Den som sköter tjänsten kan ge den en egen Prefect-server (ta bort "
    "ARSHJUL_PREFECT_API_URL), eller godta att det syns med ARSHJUL_PREFECT_SHARED=true."
)


async def closed_pages(server: PrefectServer, store: Store) -> list[str]:
    """Return, for whoever starts the service, why Prefect's pages are closed; nothing when they are not, or it is silent."""
    try:
        return [NOT_OURS] if await Sharing(server, store).is_closed() else []
    except httpx.HTTPError:
        return []


def own_id(store: Store) -> str | None:
    """Return this installation's own id, which tags what it has on the server."""
    with store.read() as session:
        return installed(session, INSTALLATION)


class Sharing:
    """Answers whether the server may be shown."""

    def __init__(self, server: PrefectServer, store: Store) -> None:
        self._server, self._store = server, store
        self._shut: tuple[bool, float] | None = None

    async def is_closed(self) -> bool:
        """Tell whether something on the server is not this installation's.

        Raises httpx.HTTPError when the server does not say.
        """
        if not self._server.shared:
            return False
        if self._shut is None or monotonic() - self._shut[1] > HELD:
            self._shut = await self._has_others(), monotonic()
        return self._shut[0]

    async def _has_others(self) -> bool:
        tag = f"{OWNER}{await run_in_threadpool(own_id, self._store)}"
        for kind in _OWNED:
            ours = {kind: {"tags": {"all_": [tag]}}}
            before = await self._count(kind, ours)
            there = await self._count(kind, {})
            if there > max(before, await self._count(kind, ours)):  # ours come and go meanwhile
                return True
        return False

    async def _count(self, kind: str, chosen: object) -> int:
        answer = await self._server.ask("POST", f"{kind}/count", body=json.dumps(chosen).encode())
        if answer.status_code != 200:
            raise httpx.HTTPError(f"Prefect answered {answer.status_code}")
        return int(answer.json())

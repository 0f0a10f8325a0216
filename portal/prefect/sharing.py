"""Whether others have something on the Prefect server that we use, and whether the ekonomikontor may then read there.

Prefect's answers cannot be cut to what is ours: logs, artifacts and events tell no owner, and each page asks for them in
its own way. So a server that holds what others have registered or run is not opened, until a setting says that it is
accepted.
"""

import asyncio
import json
from time import monotonic

import httpx
from starlette.concurrency import run_in_threadpool

from portal.prefect_client import PrefectServer
from store.database import Store
from store.service.installation import INSTALLATION, OWNER, installed

HELD = 5.0  #: seconds that an answer is held for true
#: how often what is there is counted anew while it changes, and how long is waited in between, in seconds
TRIES, PAUSE = 5, 0.2
#: what no installation of ours ever has there: what there is of it is others'
_NEVER_OURS: dict[str, object] = {
    "automations": {},
    "work_pools": {},
    "task_runs": {"task_runs": {"flow_run_id": {"is_null_": True}}},  # the others go with their runs
}
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
        self._counting: asyncio.Task[bool] | None = None

    async def is_closed(self) -> bool:
        """Tell whether something on the server is not this installation's.

        Raises httpx.HTTPError when the server does not say.
        """
        if not self._server.shared:
            return False
        if self._shut is None or monotonic() - self._shut[1] > HELD:
            if self._counting is None or self._counting.done():  # a page asks twenty times at once: one counts, for all
                self._counting = asyncio.create_task(self._has_others())
            self._shut = await asyncio.shield(self._counting), monotonic()
        return self._shut[0]

    async def _has_others(self) -> bool:
        tagged = {"tags": {"all_": [f"{OWNER}{await run_in_threadpool(own_id, self._store)}"]}}
        ours: dict[str, object] = {
            "deployments": {"deployments": tagged},
            "flow_runs": {"flow_runs": tagged},  # a run that outlives its deployment keeps its tags
            "artifacts": {"artifacts": {"key": {"like_": f"{self._server.slug}-"}}},  # most belong to no run
        }
        for kind, chosen in ours.items():
            if await self._has_more(kind, chosen):
                return True
        for kind, chosen in _NEVER_OURS.items():
            if await self._count(kind, chosen):
                return True
        return False

    async def _has_more(self, kind: str, ours: object) -> bool:
        """Tell whether there is more of a kind than is ours. Prefect cannot be asked for what lacks a tag.

        Ours come and go meanwhile, and one that went would hide another's: counted twice over, neither may differ.
        """
        for _ in range(TRIES):
            counts = [await self._count(kind, chosen) for chosen in (ours, {}, ours, {})]
            if counts[:2] == counts[2:]:
                return counts[0] != counts[1]
            await asyncio.sleep(PAUSE)
        raise httpx.HTTPError(f"{kind} come and go faster than they can be counted")

    async def _count(self, kind: str, chosen: object) -> int:
        answer = await self._server.ask("POST", f"{kind}/count", body=json.dumps(chosen).encode())
        if answer.status_code != 200:
            raise httpx.HTTPError(f"Prefect answered {answer.status_code}")
        return int(answer.json())

"""The standing runs on the Prefect server: made, set to how it stands, and taken away when it is over.

Nobody carries them out: they have no deployment. What somebody changes there by hand is set right at the next look.
"""

import logging
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from datetime import datetime
from uuid import UUID

from prefect.client.orchestration import PrefectClient
from prefect.client.schemas.actions import ArtifactCreate, FlowRunCreate, LogCreate
from prefect.client.schemas.filters import FlowRunFilter, FlowRunFilterTags
from prefect.client.schemas.objects import FlowRun, State, StateDetails, StateType
from prefect.client.schemas.sorting import FlowRunSort
from prefect.exceptions import ObjectNotFound
from prefect.states import Scheduled, to_state_create

from arshjul.keys import joined
from flows.naming import Whose
from flows.runs.planned import minute_key
from flows.runs.standing_page import as_plain
from flows.runs.standing_run import STANDING, WHOLE, StandingRun

FLOW = "Läget"  #: under this name Prefect lists them
PAGE = 200  #: the most runs that the server gives in one answer


class StandingRuns:
    """An installation's standing runs, and the pages that were written of them."""

    def __init__(self, whose: Whose, real: Callable[[datetime], datetime]) -> None:
        """``real`` tells when an instant happens on the machine's clock, by which the server goes."""
        self._whose, self._real = whose, real
        self._written: dict[str, tuple[UUID | None, str]] = {}  #: by artifact key: of which run, and what it says

    async def agree(self, client: PrefectClient, wanted: Iterable[StandingRun], today: str, now: datetime) -> int:
        """Make the server agree with ``wanted`` and the page ``today``; return how many runs were changed.

        ``now`` is the machine's time.
        """
        runs, changed, written = {self._key(run): run for run in wanted}, 0, False
        standing = await self._standing(client)
        for key in standing.keys() - runs.keys():
            await _remove(client, standing[key].id)
            changed += 1
        for key, run in runs.items():
            there = standing.get(key) or await self._make(client, key, run)
            changed += await self._set_right(client, there, run, now)
            written |= await self._write(client, self._page_key(run), run.page, there.id)
        await self._write(client, self._whose.page("i-dag"), today, None, anew=written)  # the newest is the first
        return changed

    async def _standing(self, client: PrefectClient) -> Mapping[str, FlowRun]:
        mine = FlowRunFilter(tags=FlowRunFilterTags(all_=[STANDING, self._whose.owner_tag]))
        found: list[FlowRun] = []
        while True:
            page = await client.read_flow_runs(
                flow_run_filter=mine, sort=FlowRunSort.ID_DESC, limit=PAGE, offset=len(found)
            )
            found += page
            if len(page) < PAGE:
                return {run.idempotency_key or str(run.id): run for run in found}

    async def _make(self, client: PrefectClient, key: str, run: StandingRun) -> FlowRun:
        """Make a run at its frist, by which the lists are sorted; asked twice, the server makes one."""
        wanted = FlowRunCreate(
            flow_id=await client.create_flow_from_name(FLOW),
            name=run.name,
            tags=self._tags(run),
            state=to_state_create(Scheduled(scheduled_time=self._at(run))),
            idempotency_key=key,
        )
        answer = await client.request("POST", "/flow_runs/", json=wanted.model_dump(mode="json", exclude_unset=True))
        return FlowRun.model_validate(answer.json())

    async def _set_right(self, client: PrefectClient, there: FlowRun, run: StandingRun, now: datetime) -> bool:
        told = there.state and (there.state.type, there.state.name, there.state.message)
        is_worded = there.name == run.name and set(there.tags) == set(self._tags(run))
        if not is_worded:
            await client.update_flow_run(there.id, name=run.name, tags=self._tags(run))
        if told == (run.type, run.state.word, run.words):
            return not is_worded
        details = StateDetails.model_validate(
            {"scheduled_time": self._at(run)} if run.type is StateType.SCHEDULED else {}
        )
        state = State[None](type=run.type, name=run.state.word, message=run.words, state_details=details)
        await client.set_flow_run_state(there.id, state, force=True)
        await client.create_logs([_log_line(run, there.id, now)])
        return True

    async def _write(
        self, client: PrefectClient, key: str, text: str, run_id: UUID | None, *, anew: bool = False
    ) -> bool:
        """Write a page where it says something new; its words are its description too, which the lists show."""
        if self._written.get(key) == (run_id, text) and not anew:
            return False
        page = ArtifactCreate(key=key, type="markdown", description=text, data=text, flow_run_id=run_id)
        await client.create_artifact(page)
        self._written[key] = run_id, text
        return True

    def _key(self, run: StandingRun) -> str:
        """Return a run's key; one whose frist moves is another, as the server never moves a run in its lists."""
        return self._whose.run_key(joined("laget", *run.occurrence, run.unit, minute_key(run.frist)))

    def _page_key(self, run: StandingRun) -> str:
        return self._whose.page(*run.occurrence, run.unit or WHOLE)

    def _tags(self, run: StandingRun) -> list[str]:
        return [*run.tags, *self._whose.tags]

    def _at(self, run: StandingRun) -> datetime:
        return max(run.frist, self._real(run.frist))


def _log_line(run: StandingRun, run_id: UUID, now: datetime) -> LogCreate:
    """Return the page as a line of the run's log, which Prefect shows first: so the log is how it stood, and since when."""
    words = as_plain(run.page)
    return LogCreate.model_validate(
        {"name": FLOW, "level": logging.INFO, "message": words, "timestamp": now, "flow_run_id": run_id}
    )


async def _remove(client: PrefectClient, run_id: UUID) -> None:
    with suppress(ObjectNotFound):  # it is gone, as it should be
        await client.delete_flow_run(run_id)

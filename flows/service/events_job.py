"""Tells Prefect what has happened, as events: what is in the log, in its order, when the log has been chained."""

import asyncio
from collections.abc import Iterator, Sequence

from prefect.events.schemas.events import Event

from actions.scene import Scene
from flows.machine import Machine
from flows.naming import Whose
from flows.runs.happenings import KINDS, event_of, rung_event
from flows.service.server_client import server_client
from store.log.following import rows_to_tell, told_up_to
from store.post.letter_outcomes import SENT
from store.post.told_notices import first_words_in
from store.tables import LogRow

AT_ONCE = 200  #: events in one call


class EventsJob:
    """Follows the log. What was sent when the service died is sent again, as the same event."""

    def __init__(self, machine: Machine) -> None:
        self.machine = machine
        self._told: int | None = None  #: up to which row, as far as we know

    async def tell(self) -> None:
        """Send what has been chained since the last time. A server that is down is told the next time."""
        followed = AT_ONCE
        while followed == AT_ONCE:
            followed, events, until = await asyncio.to_thread(self._to_tell)
            if events:
                async with server_client() as client:
                    sent = [event.model_dump(mode="json") for event in events]
                    await client.request("POST", "/events", json=sent)
            await asyncio.to_thread(self._remember, until)

    def _to_tell(self) -> tuple[int, Sequence[Event], int]:
        """Return how many rows are told of, their events, and up to which row of the log they reach."""
        with self.machine.look() as scene:
            rows, until = rows_to_tell(scene.session, (*KINDS, SENT), AT_ONCE)
            whose = self.machine.whose() if rows else None
            return len(rows), [event for row in rows if whose for event in _events(row, scene, whose)], until

    def _remember(self, until: int) -> None:
        if until != self._told:
            with self.machine.store.begin() as session:
                told_up_to(session, until)
            self._told = until


def _events(row: LogRow, scene: Scene, whose: Whose) -> Iterator[Event]:
    """Yield a row's event; of a letter that was handed over, the rungs that it is the first to tell."""
    definition, url = scene.office.definition, scene.office.public_url
    if row.what != SENT:
        yield event_of(row, whose, definition, url)
        return
    for notice in first_words_in(scene.session, row.key, row.at) if row.key else ():
        if event := rung_event(notice, row.at, whose, definition, url):
            yield event

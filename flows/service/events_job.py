"""Tells Prefect what has happened, as events: what is in the log, in its order, when the log has been chained."""

import asyncio
from collections.abc import Sequence

from prefect.events.schemas.events import Event

from flows.machine import Machine
from flows.runs.happenings import KINDS, event_of
from flows.service.server_client import server_client
from store.log.following import rows_to_tell, told_up_to

AT_ONCE = 200  #: events in one call


class EventsJob:
    """Follows the log. What was sent when the service died is sent again, as the same event."""

    def __init__(self, machine: Machine) -> None:
        self.machine = machine
        self._told: int | None = None  #: up to which row, as far as we know

    async def tell(self) -> None:
        """Send what has been chained since the last time. A server that is down is told the next time."""
        told = AT_ONCE
        while told == AT_ONCE:
            events, until = await asyncio.to_thread(self._to_tell)
            if events:
                async with server_client() as client:
                    sent = [event.model_dump(mode="json") for event in events]
                    await client.request("POST", "/events", json=sent)
            await asyncio.to_thread(self._remember, until)
            told = len(events)

    def _to_tell(self) -> tuple[Sequence[Event], int]:
        machine = self.machine
        with machine.look() as scene:
            rows, until = rows_to_tell(scene.session, KINDS, AT_ONCE)
            office = scene.office
            return [event_of(row, machine.whose(), office.definition, office.public_url) for row in rows], until

    def _remember(self, until: int) -> None:
        if until != self._told:
            with self.machine.store.begin() as session:
                told_up_to(session, until)
            self._told = until

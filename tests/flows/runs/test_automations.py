"""A municipality's own automation on a real Prefect server: a webhook that is called when something becomes late."""

import asyncio
import json
from collections.abc import Iterator
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from queue import Empty, Queue
from threading import Thread
from uuid import uuid4

import pytest
import yaml
from prefect.client.orchestration import PrefectClient
from prefect.events.schemas.automations import AutomationCore
from prefect.events.schemas.events import Resource

from flows.naming import Whose
from flows.runs.happenings import event_of
from store.tables import LogRow
from tests.rig.hedemora import OMN_UNDERLAG, hedemora
from tests.rig.paths import ROOT

pytestmark = pytest.mark.whole

pytest_plugins = ["tests.rig.servers.prefect_server"]

HANDBOOK = ROOT / "docs" / "handbok.md"


@pytest.fixture
def receiver() -> Iterator[tuple[str, Queue[bytes]]]:
    """Somebody who is called: an address on loopback, and what was said."""
    heard: Queue[bytes] = Queue()

    class Hears(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            heard.put(self.rfile.read(int(self.headers["content-length"])))
            self.send_response(200)
            self.end_headers()

        def log_message(self, *_said: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Hears)
    Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/", heard
    server.shutdown()


def became(state: str, whose: Whose) -> dict:
    row = LogRow(
        at=datetime.now(UTC), who="service", what="obligation.state", key=OMN_UNDERLAG,
        detail={"from": "Ofullständig", "to": state}, number=7, digest=uuid4().hex,
    )  # fmt: skip
    return event_of(row, whose, hedemora().definition, "https://arshjul.example.se").model_dump(mode="json")


def handbooks_automation(path: Path) -> dict:
    """Return the automation that the handbook gives, as it stands there."""
    block = path.read_text().partition("```yaml\nname: Försenat")[2].partition("```")[0]
    assert block, "the handbook's example is gone"
    return yaml.safe_load(f"name: Försenat{block}")


def test_the_handbooks_automation_is_one_and_expects_what_we_tell():
    automation = AutomationCore.model_validate(handbooks_automation(HANDBOOK))
    told = became("Försenad", Whose(kommun="hedemora", kommun_name="Hedemora kommun", installation="3f2a90b1c4d5"))
    assert automation.trigger.expect == {told["event"]}
    assert automation.trigger.match.matches(Resource.model_validate(told["resource"]))
    other = became("Komplett", Whose(kommun="hedemora", kommun_name="Hedemora kommun", installation="3f2a90b1c4d5"))
    assert not automation.trigger.match.matches(Resource.model_validate(other["resource"]))


@pytest.mark.nightly
def test_the_handbooks_automation_calls_a_webhook_when_something_becomes_late(prefect_server, receiver):
    address, heard = receiver
    whose = Whose(kommun="hedemora", kommun_name="Hedemora kommun", installation=uuid4().hex[:12])

    async def work() -> None:
        async with PrefectClient(prefect_server.api, auth_string=prefect_server.auth) as client:
            kind = await client.read_block_type_by_slug("webhook")
            schema = await client.get_most_recent_block_schema_for_block_type(kind.id)
            block = {
                "name": f"teams-{uuid4().hex[:8]}", "block_type_id": str(kind.id), "block_schema_id": str(schema.id),
                "data": {"method": "POST", "url": address, "headers": {}},
            }  # fmt: skip
            made = (await client.request("POST", "/block_documents/", json=block)).json()
            automation = handbooks_automation(HANDBOOK)
            automation["actions"][0]["block_document_id"] = made["id"]
            await client.request("POST", "/automations/", json=automation)
            for _ in range(150):  # an automation that was just made is not known at once by whoever matches events
                await client.request("POST", "/events", json=[became("Komplett", whose), became("Försenad", whose)])
                try:
                    said = json.loads(await asyncio.to_thread(heard.get, timeout=2))
                except Empty:
                    continue
                assert said == {
                    "text": "Försenad: Delårsrapport augusti 2027 · Omsorgsnämnden https://arshjul.example.se/lage/delarsrapport/2027-08"
                }
                return
            pytest.fail("nobody was called")

    asyncio.run(work())

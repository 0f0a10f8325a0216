"""A service that is asked to stop brings to its end what is on the wire, and leaves the rest for its next start."""

import asyncio
from collections import Counter
from pathlib import Path

import pytest
from prefect.settings import PREFECT_API_URL, temporary_settings
from sqlalchemy import select

from flows.machine import Machine
from flows.service.watchdog import Watchdog
from notifications.post.smtp_post import SmtpPost
from store.database import open_store
from store.post.letter_states import HANDED, RESERVED, WAITING
from store.tables import LetterRow, Table
from tests.rig.outbox_letters import NOW, letter, write
from tests.rig.processes.mailbox_process import Stands
from tests.rig.rounds import house
from tests.rig.servers.ports import free_port
from tests.rig.servers.smtp_sink import Sink

pytestmark = pytest.mark.slow

LETTERS = 120  #: at a fifth of a second each over four connections, six seconds' work


async def stopped_on_the_way(watchdog: Watchdog, sink: Sink) -> None:
    """Let it watch until the server has some letters."""
    stopping = asyncio.Event()
    watching = asyncio.create_task(watchdog.watch(stopping))
    while len(sink.accepted) <= 5 and not watching.done():
        await asyncio.sleep(0.02)  # in the loop that sends: it cannot have sent all before we look
    stopping.set()
    await watching


def test_no_letter_is_left_reserved_and_none_goes_twice(tmp_path: Path) -> None:
    store = open_store(f"sqlite:///{tmp_path}/arshjul.db")
    Table.metadata.create_all(store.engine)
    write(store, [letter(number) for number in range(1, LETTERS + 1)])
    nowhere = f"http://127.0.0.1:{free_port()}/api"
    with Sink(slow=(0.2, 0.2)) as sink, temporary_settings({PREFECT_API_URL: nowhere}):
        post = f"smtp://127.0.0.1:{sink.port}"
        machine = Machine(store=store, office=house().office, clock=Stands(NOW), post=lambda: SmtpPost.from_url(post))
        asyncio.run(stopped_on_the_way(Watchdog(machine), sink))
    with store.read() as session:
        states = Counter(session.scalars(select(LetterRow.state)))
    assert states[RESERVED] == 0
    assert states[HANDED] == len(sink.accepted) == len({message.content for message in sink.accepted})
    assert states[WAITING] > 0

"""Reads a mailbox once into a store on disk, as a process of its own that a test may kill: STORE MAILBOX NOW."""

import asyncio
import sys
from dataclasses import dataclass
from datetime import datetime

from flows.machine import Machine
from flows.service.watchdog import Watchdog
from notifications.mailbox.mailbox import Mailbox
from notifications.post.post import ListPost
from store.database import open_store
from tests.rig.files.mails import Desk


@dataclass
class Stands:
    """A clock that stands still, and a monotonic one."""

    now: datetime
    seconds: float = 0.0

    def __call__(self) -> datetime:
        return self.now

    def real(self, moment: datetime) -> datetime:
        return moment


def main(store_url: str, mailbox_url: str, now: str) -> None:
    machine = Machine(
        store=open_store(store_url),
        office=Desk().office,
        clock=Stands(datetime.fromisoformat(now)),
        post=ListPost,
        mailbox=lambda: Mailbox.from_url(mailbox_url),
    )
    asyncio.run(Watchdog(machine).mailbox.read())


if __name__ == "__main__":
    main(*sys.argv[1:])

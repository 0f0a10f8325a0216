"""A process that does nothing but empty the outbox, until it is killed.

Says ``ready`` when it begins. What a kill left on lease the next process finds, as its holder is gone.
"""

import asyncio
from datetime import UTC, datetime, timedelta
from multiprocessing.connection import Connection

from sqlalchemy.orm import configure_mappers

from notifications.post.outbox import empty
from notifications.post.smtp_post import SmtpPost
from store.database import open_store

configure_mappers()  # before the fork: a short life is for sending letters


def main(told: Connection, database: str, smtp: str, connections: int, lease: timedelta) -> None:
    asyncio.run(_run(told, database, smtp, connections, lease))


async def _run(told: Connection, database: str, smtp: str, connections: int, lease: timedelta) -> None:
    store, post = open_store(database), SmtpPost.from_url(smtp)
    told.send("ready")
    while True:
        await empty(store, post, lambda: datetime.now(UTC), connections=connections, lease=lease)
        await asyncio.sleep(0.02)

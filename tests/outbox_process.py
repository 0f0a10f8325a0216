"""A process that does nothing but empty the outbox, until it is killed.

Says ``ready`` when it begins. Its lease is short, so that what a kill left is soon tried again.
"""

import argparse
import asyncio
from datetime import UTC, datetime, timedelta

from notifications.outbox import empty
from notifications.post import SmtpPost
from store.database import open_store


async def run(database: str, smtp: str, workers: int, lease: timedelta) -> None:
    store, post = open_store(database), SmtpPost.from_url(smtp)
    print("ready", flush=True)
    while True:
        await empty(store, post, lambda: datetime.now(UTC), connections=4, workers=workers, lease=lease)
        await asyncio.sleep(0.02)


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--database", required=True)
    parser.add_argument("--smtp", required=True)
    parser.add_argument("--workers", type=int, required=True)
    parser.add_argument("--lease", type=float, default=2.0, help="seconds")
    given = parser.parse_args()
    asyncio.run(run(given.database, given.smtp, given.workers, timedelta(seconds=given.lease)))

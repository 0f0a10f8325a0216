"""A service in small, to be killed: rounds and outbox for three weeks, from where the last one stopped.

Says ``ready`` once it begins to work, and ``done`` when they are over.
"""

import asyncio
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from multiprocessing.connection import Connection
from pathlib import Path

from actions.ladder.rounds import bring_up
from actions.scene import Scene
from arshjul.swedish import local
from notifications.office import Office
from notifications.post.maildir import MaildirPost
from notifications.post.outbox import empty
from store.database import open_store
from store.people.people_import import import_people
from store.plan.in_step import sync
from store.upgrading import migrate
from tests.rig.load import hedemora, people_of

FIRST, LAST = date(2027, 9, 9), date(2027, 9, 29)  # the delårsrapport, from the first letter up to KSAU
HOURS = (time(7), time(12), time(16, 1))


def main(told: Connection, url: str, maildir: Path, clock: Path) -> None:
    office = Office(
        sourced=hedemora(),
        mail_from="ekonomikontoret@example.se",
        public_url="http://127.0.0.1:8040",
        prefect_url="http://127.0.0.1:4200",
        secret=b"killed",
        utskick="skarpt",
        since=FIRST,
    )
    migrate(url)
    store = open_store(url)
    told.send("ready")
    for now in instants(clock):
        with store.begin() as session:
            if now == local(FIRST, HOURS[0]):
                people = people_of("hedemora")
                import_people(session, people, "people", office.definition, now, "test")
            scene = Scene(session, office, now)
            sync(session, scene.wheel, now)
            bring_up(scene)
        asyncio.run(empty(store, MaildirPost(maildir), at(now)))
        clock.write_text(now.isoformat())
    told.send("done")


def at(now: datetime):  # type: ignore[no-untyped-def]
    return lambda: now


def instants(clock: Path) -> Iterator[datetime]:
    """Every instant that has not been carried to its end."""
    done = datetime.fromisoformat(clock.read_text()) if clock.exists() and clock.read_text() else None
    day = FIRST
    while day <= LAST:
        for hour in HOURS:
            if done is None or local(day, hour) > done:
                yield local(day, hour)
        day += timedelta(days=1)

"""How long a watchdog round takes over 5 000 open obligations, of which none, twelve or all need a thought.

It is the watchdog's own round on an SQLite file, in which every obligation's frist has been told. The naive way beside
it thinks through every open obligation each time instead of asking the index.
"""

import asyncio
import statistics
import sys
import tempfile
import time
from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta
from datetime import time as clock_time

from sqlalchemy import update

from app.definition_files import read_sourced
from app.settings import definitions_folder
from arshjul.definition.reading import Sourced
from arshjul.swedish import local
from flows.machine import Machine
from flows.service.watchdog import Watchdog
from notifications.office import Office
from notifications.post.post import ListPost
from store.database import Store, open_store
from store.people.people_import import import_people
from store.plan.in_step import sync
from store.plan.obligations import think_at
from store.plan.planning import current_wheel
from store.tables import ObligationRow, Table
from tests.rig.processes.mailbox_process import Stands

OPEN = 5000
GOAL = 100  #: milliseconds
ROUNDS = 9
NOW = local(date(2027, 9, 8), clock_time(10))


def main() -> int:
    sourced = with_many_units(read_sourced(definitions_folder() / "hedemora.yaml"))
    with tempfile.TemporaryDirectory() as folder:
        return measure(*prepare(sourced, folder))


def measure(store: Store, office: Office, keys: Sequence[str]) -> int:
    """Print how long rounds take; 1 when one without a thought misses the goal."""
    idle, some, every = [], [], []
    for number in range(1, ROUNDS + 1):
        now = NOW + timedelta(minutes=number)
        idle.append(round_ms(store, office, now, ()))
        some.append(round_ms(store, office, now, keys[:12]))
    for number in range(3):
        every.append(round_ms(store, office, NOW + timedelta(hours=1, minutes=number), keys))
    print(f"{len(keys)} open obligations")
    print(f"a round when none needs a thought: {statistics.median(idle):.1f} ms (goal: within {GOAL} ms)")
    print(f"a round when twelve do: {statistics.median(some):.1f} ms")
    print(f"thinking through all of them (naive): {statistics.median(every):.0f} ms")
    print(f"ratio naive / ours: {statistics.median(every) / statistics.median(idle):.0f}")
    return 0 if statistics.median(idle) <= GOAL else 1


def with_many_units(sourced: Sourced) -> Sourced:
    """Return the definition with so many nämnder that about 5 000 obligations are open."""
    definition = sourced.definition
    pattern = definition.units["bildningsnamnden"]
    units = {f"namnd-{number}": pattern.model_copy(update={"name": f"Nämnd {number}"}) for number in range(OPEN // 35)}
    bigger = definition.model_copy(update={"units": {**definition.units, **units}})
    return Sourced(bigger, sourced.file, sourced.lined)


def prepare(sourced: Sourced, folder: str) -> tuple[Store, Office, list[str]]:
    """Return a store that holds the plan and its people, settled down."""
    people = (definitions_folder() / "hedemora.personer.csv").read_text(encoding="utf-8-sig")
    office = Office(
        sourced=sourced,
        mail_from="ekonomikontoret@example.se",
        public_url="http://127.0.0.1",
        prefect_url="http://127.0.0.1",
        secret=b"benchmark",
        utskick="skarpt",
        since=date(2026, 1, 1),
    )
    store = open_store(f"sqlite:///{folder}/arshjul.db")
    Table.metadata.create_all(store.engine)
    with store.begin() as session:
        import_people(session, people, "people", sourced.definition, NOW, "benchmark")
        wheel = current_wheel(session, sourced.definition, NOW)
        sync(session, wheel, NOW)
        keys = [key for key, one in wheel.obligations.items() if one.deadline.at > NOW][:OPEN]
    first = round_ms(store, office, NOW, wheel.obligations)
    print(f"the first round, which looks at all and writes the week's letter: {first / 1000:.1f} s")
    with store.begin() as session:  # all have been told of, as in the middle of a year
        session.execute(update(ObligationRow).values(told_at=ObligationRow.due_at))
        think_at(session, wheel.obligations, None)
    return store, office, keys


def round_ms(store: Store, office: Office, now: datetime, woken: Iterable[str]) -> float:
    """Return how long the watchdog's whole round takes when these need a thought."""
    with store.begin() as session:
        think_at(session, woken, now)
    machine = Machine(store=store, office=office, clock=Stands(now), post=ListPost)
    round_of = Watchdog(machine, grace=timedelta(0)).round()
    start = time.perf_counter()
    asyncio.run(round_of)
    return (time.perf_counter() - start) * 1000


if __name__ == "__main__":
    sys.exit(main())

"""Two who write the same key for the first time, at the same moment: the later one does it again, and nobody is told."""

from concurrent.futures import ThreadPoolExecutor
from threading import Event

import pytest

from store.database import Session, migrate, open_store
from store.tables import Setting

pytestmark = pytest.mark.slow


def test_the_later_of_two_that_write_one_key_for_the_first_time_sees_what_the_other_wrote(postgres_url: str) -> None:
    migrate(postgres_url)
    store, has_read, seen = open_store(postgres_url), Event(), list[str | None]()

    def later(session: Session) -> None:
        row = session.get(Setting, "färg")
        seen.append(row.value if row else None)
        has_read.set()
        session.merge(Setting(name="färg", value="grön"))
        session.flush()

    with ThreadPoolExecutor(1) as other:
        with store.begin() as session:
            session.add(Setting(name="färg", value="röd"))
            session.flush()
            doing = other.submit(store.carry_out, later)
            assert has_read.wait(60)
        doing.result()
    assert seen == [None, "röd"]
    with store.read() as session:
        assert session.get_one(Setting, "färg").value == "grön"
    store.close()

"""Two who write the same key for the first time, at the same moment: the later one does it again, and nobody is told."""

from concurrent.futures import ThreadPoolExecutor
from threading import Event

import pytest
from sqlalchemy import insert
from sqlalchemy.exc import IntegrityError

from store.database import SAME_KEY_TRIES, Session, is_to_be_done_again, open_store
from store.savepoints import apart
from store.tables import Setting
from store.upgrading import migrate

pytestmark = pytest.mark.slow


def test_the_later_of_two_that_write_one_key_for_the_first_time_sees_what_the_other_wrote(postgres_url: str) -> None:
    migrate(postgres_url)
    store, has_read, seen = open_store(postgres_url), Event(), list[str | None]()

    def later(session: Session) -> None:
        row = session.get(Setting, "färg")
        seen.append(row.value if row else None)
        has_read.set()
        if row:
            row.value = "grön"
        else:  # whether the other has committed by now or not: it is the same key
            session.add(Setting(name="färg", value="grön"))
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


def test_a_key_that_is_there_every_time_is_a_fault_of_its_own_after_two_tries(postgres_url: str) -> None:
    """Also in a savepoint: the fault goes on while all is to be done again, and is then kept there, as any other."""
    migrate(postgres_url)
    store, passed_on = open_store(postgres_url), list[bool]()

    def plain(session: Session) -> None:
        passed_on.append(False)
        session.execute(insert(Setting).values(name="färg", value="grön"))

    def in_a_savepoint(session: Session) -> str:
        try:
            with apart(session):
                session.execute(insert(Setting).values(name="färg", value="grön"))
        except IntegrityError as error:
            passed_on.append(is_to_be_done_again(session, error))
            if passed_on[-1]:
                raise
        return "de andra breven"

    with store.begin() as session:
        session.add(Setting(name="färg", value="röd"))
    assert store.carry_out(in_a_savepoint) == "de andra breven"
    assert passed_on == [True] * SAME_KEY_TRIES + [False]
    with store.begin() as session:  # which nobody does again
        assert in_a_savepoint(session) == "de andra breven"
    passed_on.clear()
    with pytest.raises(IntegrityError):
        store.carry_out(plain)
    assert len(passed_on) == 1 + SAME_KEY_TRIES
    store.close()

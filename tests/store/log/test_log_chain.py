"""The log's chain: whatever is changed, taken away, put in or moved afterwards is found."""

import asyncio
import hashlib
import os
import signal
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta
from email import message_from_bytes, policy
from functools import cache
from threading import Barrier

import pytest
import sqlalchemy as sa
from hypothesis import given, settings
from hypothesis import strategies as st

from actions.filled_in import asked_digest
from actions.ladder.rounds import bring_up
from actions.ladder.week import write_week
from actions.scene import Scene
from arshjul.errors import RefusedError
from flows.machine import Machine
from flows.service.watchdog import Watchdog
from store.database import Store, open_store
from store.log.log_chain import BATCH, HEAD, chain, digest_of, digest_of_detail, head, heads_since
from store.log.log_gallring import gallra
from store.log.log_verdict import verify
from store.log.writing import log
from store.plan.in_step import sync
from store.tables import LogRow, Setting, Table
from store.upgrading import migrate
from tests.rig.handins import copy_of, empty_store
from tests.rig.paths import ROOT
from tests.rig.rounds import house
from tests.rig.swedish_words import instant

pytestmark = pytest.mark.whole

NOW = datetime(2027, 9, 10, 7, 0, tzinfo=UTC)  # a Friday
ENVIRONMENT = os.environ | {"PYTHONPATH": os.pathsep.join([str(ROOT), str(ROOT / "calendar")])}


def filled(count: int, *, chained: bool = True) -> Store:
    """A log of so many rows; each test and example has a copy of its own."""
    return copy_of(_written(count, chained))


@cache
def _written(count: int, chained: bool) -> Store:
    store = empty_store()
    with store.begin() as session:
        for number in range(1, count + 1):
            at = NOW + timedelta(minutes=number)
            log(session, at, f"vem-{number}", "anstand.granted", f"nyckel-{number}", {"why": f"skäl {number}, å ä ö"})
    if chained:
        seal(store)
    return store


def seal(store: Store) -> int:
    total = 0
    while True:
        with store.begin() as session:
            if not (chained := chain(session)):
                return total
            total += chained


def verdict(store: Store, asked: str | None = None):
    with store.read() as session:
        return verify(session, None if asked is None else asked_digest(asked))


def test_half_a_character_out_of_a_broken_name_is_kept_and_chained():
    store = filled(1, chained=False)
    with store.begin() as session:
        log(
            session,
            NOW + timedelta(hours=1),
            "vem \ufffd",
            "submission.refused",
            "nyckel",
            {"filename": "å\ud800.xlsx"},
        )
    assert seal(store) == 2
    assert (verdict(store).fitting, verdict(store).broken) == (2, None)
    with store.read() as session:
        assert session.scalars(sa.select(LogRow.detail)).all()[-1] == {"filename": "å\ud800.xlsx"}


def run(store: Store, statement) -> None:
    with store.begin() as session:
        session.execute(statement)


def numbers(store: Store) -> list[int]:
    with store.read() as session:
        return list(session.scalars(sa.select(LogRow.number).order_by(LogRow.id)))


def test_rows_are_chained_in_the_order_in_which_they_were_written():
    store = filled(5)
    assert numbers(store) == [1, 2, 3, 4, 5]
    found = verdict(store)
    assert (found.broken, found.fitting, found.unchained) == (None, 5, 0)
    assert found.head == verdict(store).heads[NOW.date()]


def test_an_empty_log_has_no_head_and_nothing_broken():
    found = verdict(empty_store())
    assert (found.broken, found.fitting, found.head) == (None, 0, None)


def test_chaining_again_changes_nothing_and_new_rows_go_on_where_it_ended():
    store = filled(3)
    before = verdict(store).head
    assert seal(store) == 0
    assert verdict(store).head == before
    with store.begin() as session:
        log(session, NOW, "vem", "role.held")
    assert verdict(store).unchained == 1
    assert seal(store) == 1
    assert numbers(store) == [1, 2, 3, 4]


def test_a_digest_is_over_what_the_docs_say():
    inner = digest_of_detail({"b": 1, "a": "å"})
    assert inner == hashlib.sha256('{"a":"å","b":1}'.encode()).hexdigest()
    digest = digest_of(number=1, previous="0" * 64, at=NOW, who="vem", what="role.held", key=None, detail_digest=inner)
    told = (
        f'{{"at":"2027-09-10T07:00:00.000000+00:00","detail":"{inner}","key":null,"number":1,'
        f'"previous":"{"0" * 64}","what":"role.held","who":"vem"}}'
    )
    assert digest == hashlib.sha256(told.encode()).hexdigest()


CHANGES = {
    "at": NOW - timedelta(days=3),
    "who": "någon annan",
    "what": "frist.moved",
    "key": "en/annan/nyckel",
    "detail": {"why": "ett annat skäl"},
    "digest": "f" * 64,
    "detail_digest": "e" * 64,
}


@pytest.mark.parametrize("column", sorted(CHANGES))
@settings(max_examples=8)
@given(row=st.integers(1, 6))
def test_a_changed_row_is_found_and_named(column, row):
    store = filled(6)
    run(store, sa.update(LogRow).where(LogRow.number == row).values({column: CHANGES[column]}))
    found = verdict(store)
    assert found.broken is not None
    assert found.broken.number == row
    assert found.fitting == row - 1


@settings(max_examples=15)
@given(row=st.integers(1, 6))
def test_a_row_that_was_taken_away_is_found_also_the_last(row):
    store = filled(6)
    run(store, sa.delete(LogRow).where(LogRow.number == row))
    assert verdict(store).broken.number == row


@settings(max_examples=15)
@given(rows=st.lists(st.integers(1, 6), min_size=2, max_size=2, unique=True))
def test_rows_that_changed_places_are_found(rows):
    one, other = sorted(rows)
    store = filled(6)
    for number, place in ((one, 100), (other, one), (100, other)):
        run(store, sa.update(LogRow).where(LogRow.number == number).values(number=place))
    assert verdict(store).broken.number == one


@settings(max_examples=15)
@given(place=st.integers(1, 7))
def test_a_row_that_was_put_in_is_found(place):
    store = filled(6)
    for number in range(6, place - 1, -1):
        run(store, sa.update(LogRow).where(LogRow.number == number).values(number=number + 1))
    forged = {"at": NOW, "who": "x", "what": "role.held", "key": None, "detail": {}}
    inner = digest_of_detail({})
    row = LogRow(number=place, detail_digest=inner, digest=inner, **forged)
    with store.begin() as session:
        session.add(row)
    assert verdict(store).broken.number in (place, 7)


def test_a_row_at_the_end_with_a_right_digest_of_its_own_is_found_by_the_remembered_head():
    store = filled(3)
    last, inner = verdict(store).head, digest_of_detail({})
    facts = {"at": NOW + timedelta(hours=1), "who": "x", "what": "role.held", "key": None}
    digest = digest_of(number=4, previous=last.digest, detail_digest=inner, **facts)
    with store.begin() as session:
        session.add(LogRow(number=4, detail={}, detail_digest=inner, digest=digest, **facts))
    assert "inte de som är antecknade" in verdict(store).broken.words


def test_a_whole_new_chain_fits_but_an_old_letters_digest_is_not_in_it():
    store = filled(6)
    told = verdict(store).heads[NOW.date()].digest
    run(store, sa.update(LogRow).where(LogRow.number == 2).values(who="någon annan"))
    run(store, sa.update(LogRow).values(number=None, digest=None, detail_digest=None))
    run(store, sa.delete(Setting).where(Setting.name == HEAD))
    seal(store)
    assert verdict(store).broken is None
    assert verdict(store, told).asked is None


def test_an_old_letters_digest_is_found_by_its_first_characters_and_with_spaces():
    store = filled(4)
    old = verdict(store).head
    with store.begin() as session:
        log(session, NOW, "vem", "role.held")
    seal(store)
    assert verdict(store, f" {old.digest[:16]} {old.digest[16:32].upper()}\n").asked == old


@pytest.mark.parametrize("asked", ["abc", "x" * 64, "", "0" * 65])
def test_what_is_no_digest_is_told_with_what_to_write(asked):
    with pytest.raises(RefusedError, match="64 tecken"):
        verdict(filled(1), asked)


def test_a_row_dated_long_before_the_one_before_it_is_told_of():
    store = filled(3)
    with store.begin() as session:
        log(session, NOW - timedelta(days=30), "vem", "anstand.granted")
    seal(store)
    found = verdict(store)
    assert (found.broken, found.dated_back) == (None, (4,))


class TestGallring:
    def test_what_is_gallrat_is_gone_and_the_chain_still_holds(self):
        store = filled(5)
        with store.begin() as session:
            assert gallra(session, [2, 4], "arkivarien", "gallringsbeslut KS 2027/9", NOW + timedelta(hours=2)) == 2
        seal(store)
        found = verdict(store)
        assert (found.broken, found.gallrade, found.fitting) == (None, 2, 6)
        with store.read() as session:
            rows = {row.number: row for row in session.scalars(sa.select(LogRow))}
            assert rows[2].detail is None and "skäl 2" not in str(session.execute(sa.select(LogRow.__table__)).all())
            assert rows[6].what == "log.gallrad"
            assert rows[6].detail == {"rows": [2, 4], "why": "gallringsbeslut KS 2027/9"}

    def test_the_chain_holds_also_before_the_gallring_itself_is_chained(self):
        store = filled(3)
        with store.begin() as session:
            gallra(session, [1], "arkivarien", "beslut", NOW)
        assert verdict(store).broken is None

    def test_a_detail_that_went_without_a_gallring_is_found(self):
        store = filled(5)
        run(store, sa.update(LogRow).where(LogRow.number == 3).values(detail=None))
        assert verdict(store).broken.number == 3
        assert "ingen gallring" in verdict(store).broken.words

    def test_a_gallrad_rows_other_columns_are_still_held(self):
        store = filled(3)
        with store.begin() as session:
            gallra(session, [2], "arkivarien", "beslut", NOW + timedelta(hours=1))
        seal(store)
        run(store, sa.update(LogRow).where(LogRow.number == 2).values(who="någon annan"))
        assert verdict(store).broken.number == 2

    def test_the_word_of_a_gallring_is_never_gallrat(self):
        store = filled(2)
        with store.begin() as session:
            gallra(session, [1], "arkivarien", "beslut", NOW)
        seal(store)
        with store.begin() as session:
            assert gallra(session, [3], "arkivarien", "beslut", NOW) == 0
        assert verdict(store).gallrade == 1


MONDAY = instant("måndag 13 september 2027 kl. 07.00")


@pytest.mark.whole
class TestLetters:
    def test_the_letter_of_the_week_tells_the_newest_days_head_and_every_letter_carries_the_newest(self):
        bench = house()
        with bench.store.begin() as session:
            log(session, instant("fredag 10 september 2027 kl. 15.00"), "ekonomen", "role.held")
            log(session, instant("söndag 12 september 2027 kl. 15.00"), "ekonomen", "role.held")
            scene = Scene(session, bench.office, MONDAY)
            sync(session, scene.wheel, MONDAY)
            week, letters = write_week(scene), bring_up(scene).letters
            days = heads_since(session, instant("måndag 6 september 2027 kl. 00.00"))
            newest = head(session)
        assert week and letters and newest
        flat = "".join(message_from_bytes(week.mime, policy=policy.default).get_body(("plain",)).get_content().split())
        assert "Loggenskontrollsummaden12september2027" in flat
        assert days[date(2027, 9, 12)].digest in flat  # the days before it lie below it in the chain
        for letter in (week, *letters):
            number, digest = message_from_bytes(letter.mime, policy=policy.default)["X-Arshjul-Log"].split()
            assert (int(number), digest) == (newest.number, newest.digest)
        assert verdict(bench.store, newest.digest).asked.number == newest.number

    def test_a_letter_before_anything_is_chained_has_no_header(self):
        bench = house()
        with bench.store.begin() as session:
            scene = Scene(session, bench.office, MONDAY)
            sync(session, scene.wheel, MONDAY)
            letters = bring_up(scene).letters
        assert letters
        assert all("X-Arshjul-Log" not in message_from_bytes(each.mime) for each in letters)

    def test_the_watchdog_chains_what_was_logged_however_much(self):
        bench = house()
        with bench.store.begin() as session:
            for number in range(BATCH + 5):
                log(session, NOW, "vem", "role.held", str(number))
        machine = Machine(store=bench.store, office=bench.office, clock=Still(), post=lambda: bench.post)
        asyncio.run(Watchdog(machine).chain_log())
        found = verdict(bench.store)
        assert (found.broken, found.unchained) == (None, 0)
        assert found.fitting >= BATCH + 5


class Still:
    """A clock that stands."""

    def __call__(self) -> datetime:
        return MONDAY

    def real(self, instant: datetime) -> datetime:
        return instant


def many_at_once(url: str) -> Store:
    """Four writers log while two chain, all at once."""
    store, start = open_store(url), Barrier(6)

    def write(who: int) -> None:
        start.wait()
        for number in range(25):
            with store.begin() as session:
                log(session, NOW + timedelta(seconds=number), f"vem-{who}", "letter.sent", str(number), {"n": number})

    def keep_chaining(_: int) -> None:
        start.wait()
        for _turn in range(30):
            with store.begin() as session:
                chain(session, limit=7)

    with ThreadPoolExecutor(6) as pool:
        for future in [pool.submit(write, who) for who in range(4)] + [pool.submit(keep_chaining, n) for n in range(2)]:
            future.result()
    seal(store)
    return store


@pytest.mark.slow
def test_two_that_chain_while_others_write_keep_one_order_on_postgresql(postgres_url):
    migrate(postgres_url)
    store = many_at_once(postgres_url)
    found = verdict(store)
    assert (found.broken, found.fitting, found.unchained) == (None, 100, 0)
    store.close()


@pytest.mark.slow
def test_a_row_committed_late_gets_a_later_place_on_postgresql(postgres_url):
    """Its id was taken before the other's, but it was not there to be seen when the chain was made."""
    migrate(postgres_url)
    store = open_store(postgres_url)
    with store.begin() as late:
        log(late, NOW, "sen", "role.held")
        late.flush()
        with store.begin() as early:
            log(early, NOW, "tidig", "role.held")
        assert seal(store) == 1
    assert seal(store) == 1
    with store.read() as session:
        assert list(session.scalars(sa.select(LogRow.who).order_by(LogRow.number))) == ["tidig", "sen"]
    assert verdict(store).broken is None
    store.close()


@pytest.mark.slow
def test_a_killed_writer_leaves_a_chain_that_holds(tmp_path):
    url = f"sqlite:///{tmp_path / 'arshjul.db'}"
    store = open_store(url)
    Table.metadata.create_all(store.engine)
    for _life in range(3):
        command = [sys.executable, str(ROOT / "tests/rig/processes/log_process.py"), url]
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=ENVIRONMENT) as process:
            assert process.stdout
            for _line in range(4):
                assert process.stdout.readline()
            process.send_signal(signal.SIGKILL)
        assert verdict(store).broken is None
    assert verdict(store).fitting > 0
    seal(store)
    found = verdict(store)
    assert (found.broken, found.unchained) == (None, 0)
    store.close()


def test_chaining_changes_nothing_of_what_was_logged():
    store = filled(3, chained=False)
    columns = (LogRow.id, LogRow.at, LogRow.who, LogRow.what, LogRow.key, LogRow.detail)
    with store.read() as session:
        before = session.execute(sa.select(*columns)).all()
    seal(store)
    with store.read() as session:
        assert session.execute(sa.select(*columns)).all() == before

"""The outbox hands over each letter once, whatever the server, the database or the clock do."""

import asyncio
import sqlite3
import threading
import time
from collections import Counter
from collections.abc import Sequence
from datetime import datetime, timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa

from notifications.post.attempts import longest_attempt, outcome, pause_after
from notifications.post.emptying import Tally
from notifications.post.mail_url import LONGEST_TIMEOUT
from notifications.post.outbox import LEASE, empty
from notifications.post.post import Delivery, ListPost, Post
from notifications.post.smtp_post import SmtpPost
from store.database import Store, open_store
from store.post.letter_outcomes import settle
from store.post.letter_states import HANDED, REFUSED, RESERVED, WAITING, may_have_come
from store.post.letters import release_expired, reserve
from store.tables import LetterRow, LogRow, Table
from tests.rig.handins import empty_store
from tests.rig.outbox_letters import NOW, letter, read, write
from tests.rig.servers.ports import free_port
from tests.rig.servers.smtp_sink import Sink
from tests.rig.servers.standing_clock import late

pytestmark = pytest.mark.whole

A, B, C = "a@example.se", "b@example.se", "c@example.se"


@pytest.fixture
def store() -> Store:
    return empty_store()


def run(store: Store, post: Post, now: datetime = NOW, connections: int = 4, limit: int | None = None) -> Tally:
    return asyncio.run(empty(store, post, lambda: now, connections=connections, limit=limit))


def numbers(letters: Sequence[object]) -> list[int]:
    return [row.id for row in letters]  # type: ignore[attr-defined]  # rows and reservations both have an id


def logged(store: Store) -> list[tuple[str, str | None]]:
    with store.read() as session:
        return [(row.what, row.key) for row in session.scalars(sa.select(LogRow).order_by(LogRow.id))]


# Reservation


def test_what_is_due_is_reserved_oldest_first_up_to_the_limit(store: Store) -> None:
    later = NOW + timedelta(seconds=1)
    write(
        store,
        [
            letter(1, not_before=NOW - timedelta(hours=1)),
            letter(2, not_before=NOW - timedelta(hours=2)),
            letter(3),
            letter(4, not_before=later),
            letter(5, state=HANDED),
            letter(6, state=REFUSED),
            letter(7, state="studsat"),
        ],
    )
    with store.begin() as session:
        first = reserve(session, NOW, LEASE, 2)
        assert numbers(first) == [2, 1]
        assert numbers(reserve(session, NOW, LEASE, 10)) == [3]
        assert reserve(session, NOW, LEASE, 10) == []
        assert numbers(reserve(session, later, LEASE, 10)) == [4]
    row = read(store, 2)
    assert (row.state, row.lease_until, row.attempts) == (RESERVED, NOW + LEASE, 1)
    assert first[0].mime == row.mime


def test_a_lease_that_ran_out_is_tried_again_first_under_the_same_ids(store: Store) -> None:
    write(store, [letter(1), letter(2)])
    with store.begin() as session:
        (held,) = reserve(session, NOW, LEASE, 1)
    with store.begin() as session:
        assert release_expired(session, NOW + LEASE - timedelta(seconds=1)) == 0
        assert release_expired(session, NOW + LEASE) == 1
        again, other = reserve(session, NOW + LEASE, LEASE, 2)
    assert (again.id, other.id) == (held.id, 2)
    assert (again.mime, again.message_id, again.attempt) == (held.mime, held.message_id, 2)
    assert [may_have_come(read(store, number)) for number in (1, 2)] == [True, False]


def test_an_attempt_that_lost_its_lease_changes_nothing_unless_the_letter_went(store: Store) -> None:
    write(store, [letter(1)])
    with store.begin() as session:
        (old,) = reserve(session, NOW, LEASE, 1)
        release_expired(session, NOW + LEASE)
        (new,) = reserve(session, NOW + LEASE, LEASE, 1)
        settle(session, [outcome(old, Delivery(deferred={old.to[0]: "451"}), NOW + LEASE)])
    assert read(store, 1).state == RESERVED
    with store.begin() as session:
        settle(session, [outcome(old, Delivery(accepted=old.to), NOW + LEASE)])
        settle(session, [outcome(new, Delivery(deferred={new.to[0]: "451"}), NOW + LEASE)])
    assert read(store, 1).state == HANDED


def test_a_recipient_both_addressed_and_in_copy_gets_one(store: Store) -> None:
    write(store, [letter(1, to=[A, B], cc=["A@example.se", C])])
    post = ListPost()
    run(store, post)
    assert [recipients for _, recipients, _ in post.sent] == [(A, B, C)]


# Outcomes


@pytest.mark.parametrize(("attempt", "minutes"), [(1, 1), (2, 2), (3, 4), (6, 32), (7, 60), (8, 60), (10_000, 60)])
def test_the_pause_doubles_up_to_an_hour(attempt: int, minutes: int) -> None:
    assert pause_after(attempt) == timedelta(minutes=minutes)


def test_everything_due_is_handed_over_once(store: Store) -> None:
    write(store, [letter(number) for number in range(1, 31)])
    post = ListPost()
    assert run(store, post) == Tally(handed=30)
    assert Counter(recipients for _, recipients, _ in post.sent) == {
        (f"mottagare-{number:03}@example.se",): 1 for number in range(1, 31)
    }
    assert run(store, post) == Tally()
    row = read(store, 7)
    assert (row.state, row.handed_at, row.lease_until, row.answer) == (HANDED, NOW, None, None)
    assert ("letter.sent", "brev/007") in logged(store)


def test_the_limit_is_kept(store: Store) -> None:
    write(store, [letter(number) for number in range(1, 10)])
    assert run(store, ListPost(), limit=5) == Tally(handed=5)
    assert run(store, ListPost(), limit=5) == Tally(handed=4)


def test_a_refused_letter_is_settled_with_the_servers_words_and_others_go(store: Store) -> None:
    write(store, [letter(1, to=[A]), letter(2, to=[B])])
    post = ListPost()
    post.refused[A] = "550 5.1.1 No such user"
    assert run(store, post, connections=1) == Tally(handed=1, refused=1)
    row = read(store, 1)
    assert (row.state, row.answer, row.handed_at) == (REFUSED, f"{A}: 550 5.1.1 No such user", None)
    assert row.refused_at == NOW
    assert ("letter.refused", "brev/001") in logged(store)
    assert run(store, post, NOW + timedelta(days=1)) == Tally()


def test_only_those_who_did_not_get_it_are_tried_again(store: Store) -> None:
    write(store, [letter(1, to=[A], cc=[B, C])])
    post = ListPost()
    post.deferred[C] = "451 4.7.1 Greylisted"
    post.refused[B] = "550 5.1.1 No such user"
    assert run(store, post) == Tally(deferred=1)
    row = read(store, 1)
    assert (row.state, row.handed_at, row.not_before) == (WAITING, NOW, NOW + timedelta(minutes=1))
    assert row.pending == {C: "451 4.7.1 Greylisted"}
    assert run(store, post, NOW + timedelta(seconds=59)) == Tally()
    post.deferred.clear()
    assert run(store, post, NOW + timedelta(minutes=1)) == Tally(handed=1)
    assert [recipients for _, recipients, _ in post.sent] == [(A,), (C,)]
    row = read(store, 1)
    assert (row.state, row.handed_at, row.pending) == (HANDED, NOW, None)
    assert row.answer == f"{B}: 550 5.1.1 No such user"
    assert [what for what, _ in logged(store)] == [
        "letter.sent",
        "letter.refused",
        "letter.deferred",
        "letter.sent",
    ]


def test_a_copy_that_arrived_does_not_hide_that_the_addressee_was_refused(store: Store) -> None:
    write(store, [letter(1, to=[A], cc=[B])])
    post = ListPost()
    post.refused[A] = "550 5.1.1 No such user"
    assert run(store, post) == Tally(refused=1)
    assert (read(store, 1).state, read(store, 1).handed_at, read(store, 1).refused_at) == (REFUSED, None, NOW)


def test_when_the_post_is_down_letters_wait_and_all_go_soon_after(store: Store) -> None:
    write(store, [letter(number) for number in range(1, 21)])
    post = ListPost()
    post.down = "E-postservern går inte att nå."
    now = NOW
    for _ in range(60):
        tally = run(store, post, now)
        now += timedelta(minutes=1)
    assert tally.down == post.down
    assert not any(may_have_come(read(store, number)) for number in range(1, 21))  # none was begun
    post.down = None
    after = now + timedelta(minutes=5)
    run(store, post, now)
    run(store, post, after)
    assert len(post.sent) == 20
    assert {read(store, number).handed_at for number in range(1, 21)} <= {now, after}


def test_a_post_that_is_down_for_a_week_costs_no_letter(store: Store) -> None:
    write(store, [letter(number) for number in range(1, 4)])
    post = ListPost()
    post.down = "E-postservern går inte att nå."
    for day in range(7):  # Tuesday 14 to Monday 20 September
        run(store, post, NOW + timedelta(days=day))
    assert {read(store, number).state for number in range(1, 4)} == {WAITING}
    post.down = None
    run(store, post, NOW + timedelta(days=7))
    assert len(post.sent) == 3


def test_after_a_week_off_a_reader_who_must_wait_is_not_given_up_at_the_first_attempt(store: Store) -> None:
    write(store, [letter(1)])
    post = ListPost()
    post.deferred = {"mottagare-001@example.se": "450 greylisted"}
    run(store, post, NOW + timedelta(days=7))
    post.deferred = {}
    run(store, post, NOW + timedelta(days=7, minutes=1))
    assert len(post.sent) == 1


def test_a_round_against_a_post_that_is_down_tries_once_per_connection(store: Store) -> None:
    write(store, [letter(number) for number in range(1, 21)])
    post = ListPost()
    post.down = "E-postservern går inte att nå."
    tally = run(store, post, connections=3)
    assert tally.down == post.down
    assert 1 <= tally.deferred <= 3


class Counting(ListPost):
    """A post that counts how often it was asked."""

    asked = 0

    async def deliver(self, sender: str, recipients: Sequence[str], mime: bytes) -> Delivery:
        self.asked += 1
        return await super().deliver(sender, recipients, mime)


def test_a_connection_that_found_the_post_down_is_not_tried_again_in_the_round(store: Store) -> None:
    write(store, [letter(number) for number in range(1, 41)])
    post = Counting()
    post.down = "E-postservern går inte att nå."
    tally = asyncio.run(empty(store, post, lambda: NOW, connections=2))
    assert post.asked <= 2
    assert (tally.deferred, tally.down) == (post.asked, post.down)
    assert {read(store, number).not_before for number in range(1, 41)} == {NOW}  # they wait in their old order


class Broken(ListPost):
    """A post with a fault of its own for one recipient, and silence for another."""

    async def deliver(self, sender: str, recipients: Sequence[str], mime: bytes) -> Delivery:
        if A in recipients:
            raise KeyError("a fault in the program")
        if B in recipients:
            return Delivery()
        return await super().deliver(sender, recipients, mime)


def test_a_fault_nobody_foresaw_holds_one_letter_only(store: Store) -> None:
    write(store, [letter(1, to=[A]), letter(2, to=[B]), letter(3, to=[C])])
    assert run(store, Broken(), connections=1) == Tally(handed=1, deferred=2)
    assert "Ett oväntat fel hindrade brevet; tjänstens logg" in str(read(store, 1).pending)
    assert B in str(read(store, 2).pending)


class Hanging(ListPost):
    """A post that never comes back for one recipient."""

    async def deliver(self, sender: str, recipients: Sequence[str], mime: bytes) -> Delivery:
        if A in recipients:
            await asyncio.Event().wait()
        return await super().deliver(sender, recipients, mime)


def test_an_attempt_is_cut_well_before_its_lease_ends(store: Store) -> None:
    write(store, [letter(1, to=[A]), letter(2, to=[B]), letter(3, to=[C])])
    post = Hanging()
    emptied = empty(store, post, lambda: NOW, connections=2, lease=timedelta(seconds=40))
    tally = late(emptied, lambda: len(post.sent) == 2, 21)
    assert (tally.handed, tally.deferred) == (2, 1)
    assert "20 sekunder" in str(read(store, 1).pending)


def test_a_clock_that_jumps_backwards_repeats_nothing(store: Store) -> None:
    write(store, [letter(number) for number in range(1, 6)])
    post = ListPost()
    times = iter(NOW - timedelta(hours=hour) if hour % 2 else NOW for hour in range(1000))
    asyncio.run(empty(store, post, lambda: next(times)))
    run(store, post)
    assert len(post.sent) == 5


def test_the_longest_timeout_of_a_url_ends_before_the_outbox_cuts_the_attempt() -> None:
    assert timedelta(seconds=LONGEST_TIMEOUT) < longest_attempt(LEASE) < LEASE


def test_stopping_finishes_what_is_held_and_takes_no_more(store: Store) -> None:
    write(store, [letter(number) for number in range(1, 10)])
    post = ListPost()
    asyncio.run(empty(store, post, lambda: NOW, connections=2, stopping=lambda: len(post.sent) >= 2))
    with store.read() as session:
        states = Counter(session.scalars(sa.select(LetterRow.state)))
    assert states[RESERVED] == 0
    assert states[HANDED] == len(post.sent) <= 4


# Real servers, real databases


@pytest.fixture
def disk(tmp_path: Path) -> Store:
    return make_tables(f"sqlite:///{tmp_path}/arshjul.db")


def make_tables(url: str) -> Store:
    store = open_store(url)
    Table.metadata.create_all(store.engine)
    return store


def smtp(sink: Sink) -> SmtpPost:
    return SmtpPost.from_url(f"smtp://127.0.0.1:{sink.port}")


def everyone(count: int) -> list[tuple[str, ...]]:
    return [(f"mottagare-{number:03}@example.se",) for number in range(1, count + 1)]


@pytest.mark.slow
def test_letters_go_over_no_more_connections_than_allowed(disk: Store) -> None:
    write(disk, [letter(number) for number in range(1, 41)])
    with Sink() as sink:
        assert asyncio.run(empty(disk, smtp(sink), lambda: NOW, connections=3)) == Tally(handed=40)
    assert sorted(message.recipients for message in sink.accepted) == everyone(40)
    assert 1 <= sink.handler.most <= 3


@pytest.mark.slow
def test_a_server_that_comes_back_gets_every_letter_once(disk: Store) -> None:
    write(disk, [letter(number) for number in range(1, 9)])
    with Sink(port=free_port()) as first:
        post = smtp(first)
    tally = run(disk, post)
    assert 1 <= tally.deferred <= 4
    assert "går inte att nå" in str(tally.down)
    with Sink(port=first.port) as sink:
        run(disk, post)
        run(disk, post, NOW + timedelta(minutes=1))
    assert sorted(message.recipients for message in sink.accepted) == everyone(8)


@pytest.mark.slow
def test_a_slow_server_gets_every_letter_once_it_is_quick_again(disk: Store) -> None:
    write(disk, [letter(number) for number in range(1, 9)])
    with Sink(slow=(600, 600)) as sink:
        emptied = empty(disk, smtp(sink), lambda: NOW, connections=2)
        assert late(emptied, lambda: len(sink.handler.sessions) == 2, 61).deferred == 2
        sink.manners.slow = (0, 0)
        run(disk, smtp(sink), NOW + timedelta(minutes=1))
    assert sorted(message.recipients for message in sink.accepted) == everyone(8)


@pytest.mark.slow
def test_one_recipient_refused_by_a_real_server_does_not_touch_others(disk: Store) -> None:
    write(disk, [letter(1, to=[A], cc=[B]), letter(2, to=[B]), letter(3, to=[C])])
    with Sink(at_rcpt={B: "550 5.1.1 No such user", C: "451 4.3.0 Later"}) as sink:
        assert run(disk, smtp(sink), connections=1) == Tally(handed=1, refused=1, deferred=1)
        sink.manners.at_rcpt = {}
        assert run(disk, smtp(sink), NOW + timedelta(minutes=1)) == Tally(handed=1)
    assert [message.recipients for message in sink.accepted] == [(A,), (C,)]


@pytest.mark.slow
def test_a_connection_dropped_after_data_is_tried_again_under_the_same_ids(disk: Store) -> None:
    write(disk, [letter(number) for number in range(1, 6)])
    with Sink(hang_up_after_data=2) as sink:
        assert run(disk, smtp(sink), connections=1) == Tally(handed=3, deferred=2)
        assert [number for number in range(1, 6) if may_have_come(read(disk, number))] == [1, 2]
        assert run(disk, smtp(sink), NOW + timedelta(minutes=1)) == Tally(handed=2)
    got = {message.recipients: message for message in sink.accepted}
    assert sorted(got) == everyone(5)
    for number in range(1, 6):
        message, row = got[everyone(5)[number - 1]], read(disk, number)
        assert message.content == row.mime
        assert (message.header("Message-ID"), message.header("X-Arshjul-Key")) == (row.message_id, row.key)


@pytest.mark.slow
def test_a_database_that_is_busy_while_letters_go_repeats_nothing(tmp_path: Path, disk: Store) -> None:
    write(disk, [letter(number) for number in range(1, 21)])

    def hold_the_lock() -> None:
        other = sqlite3.connect(tmp_path / "arshjul.db", isolation_level=None, timeout=30)
        for _ in range(3):
            other.execute("BEGIN IMMEDIATE")
            time.sleep(0.2)
            other.execute("ROLLBACK")
            time.sleep(0.05)
        other.close()

    holder = threading.Thread(target=hold_the_lock)
    with Sink() as sink:
        holder.start()
        assert run(disk, smtp(sink)) == Tally(handed=20)
        holder.join()
    assert sorted(message.recipients for message in sink.accepted) == everyone(20)


def limit_pages(store: Store, more: int) -> None:
    """Let the database grow by ``more`` pages only: SQLite's own way to say that the disk is full."""
    with store.engine.connect() as connection:
        pages = connection.exec_driver_sql("PRAGMA page_count").scalar_one()
        sa.event.listen(
            store.engine,
            "begin",
            lambda begun: begun.exec_driver_sql(f"PRAGMA max_page_count={pages + more}"),
        )


@pytest.mark.slow
def test_a_full_disk_stops_the_outbox_with_its_error_and_loses_nothing(disk: Store, tmp_path: Path) -> None:
    write(disk, [letter(number) for number in range(1, 61)])
    limit_pages(disk, 1)
    with Sink() as sink:
        with pytest.raises(sa.exc.OperationalError, match="full"):
            run(disk, smtp(sink), connections=2)
        before = Counter(message.recipients for message in sink.accepted)
        disk.close()
        roomy = open_store(f"sqlite:///{tmp_path}/arshjul.db")
        with roomy.read() as session:
            held = session.scalars(sa.select(LetterRow.id).where(LetterRow.state == RESERVED)).all()
        assert 1 <= len(held) <= 2
        run(roomy, smtp(sink), NOW + timedelta(minutes=1))
        assert len(sink.accepted) <= 60
        run(roomy, smtp(sink), NOW + LEASE)
    after = Counter(message.recipients for message in sink.accepted)
    assert sorted(after) == everyone(60)
    assert {everyone(60).index(recipients) + 1 for recipients, times in after.items() if times > 1} == set(held)
    assert max(before.values()) == 1
    assert max(after.values()) == 2


@pytest.mark.slow
@pytest.mark.parametrize("connections", [1, 4])
def test_two_outboxes_at_once_send_each_letter_once_on_sqlite(tmp_path: Path, connections: int) -> None:
    two_at_once(make_tables(f"sqlite:///{tmp_path}/a.db"), open_store(f"sqlite:///{tmp_path}/a.db"), connections)


@pytest.mark.slow
@pytest.mark.parametrize("connections", [1, 4])
def test_two_outboxes_at_once_send_each_letter_once_on_postgresql(postgres_url: str, connections: int) -> None:
    two_at_once(make_tables(postgres_url), open_store(postgres_url), connections)


def two_at_once(one: Store, other: Store, connections: int) -> None:
    write(one, [letter(number, cc=[C]) for number in range(1, 101)])
    with Sink() as sink:
        threads = [
            threading.Thread(target=run, args=(store, smtp(sink)), kwargs={"connections": connections})
            for store in (one, other)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert sorted(message.recipients for message in sink.accepted) == [(*to, C) for to in everyone(100)]
    with one.read() as session:
        assert Counter(session.scalars(sa.select(LetterRow.state))) == {HANDED: 100}
    one.close()
    other.close()


@pytest.mark.slow
def test_a_partial_hand_over_is_kept_the_same_on_postgresql(postgres_url: str) -> None:
    store = make_tables(postgres_url)
    test_only_those_who_did_not_get_it_are_tried_again(store)
    store.close()

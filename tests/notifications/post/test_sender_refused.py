"""A server that takes nothing from us: letters wait in their order, nothing counts as told, and it is said at once."""

import asyncio
import os
import subprocess
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from email import message_from_bytes, policy
from math import inf

import pytest
from sqlalchemy import select

from actions.service.health import HealthPart, store_parts
from arshjul.workdays import Workdays
from flows.machine import Machine
from flows.service.outbox_job import AT_ONCE
from flows.service.watchdog import Watchdog
from notifications.post.post import Delivery, ListPost
from notifications.post.smtp_post import SmtpPost
from store.plan.in_step import sync
from store.post.letter_states import HANDED, RESERVED, WAITING
from store.post.letters import release_orphans, reserve
from store.post.state import post_fault
from store.service.lease_holders import is_gone, own_name
from store.service.leases import LEADER, beat, beats
from store.tables import Lease, LetterRow, LogRow, Matter, NoticeRow
from tests.rig.answers import ATTRIBUTION, BAD_SENDER, BASIC_AUTH, MAPI, SEND_AS, STOREDRV
from tests.rig.outbox_letters import letter, write
from tests.rig.pages.client import Client
from tests.rig.pages.hall import portal_of
from tests.rig.processes.mailbox_process import Stands
from tests.rig.rounds import house
from tests.rig.scenes import writing
from tests.rig.servers.smtp_sink import Sink
from tests.rig.swedish_words import instant

pytestmark = pytest.mark.slow

NOW = instant("tisdag 14 september 2027 kl. 10.00")
WAYS = [
    f"550 {SEND_AS}",
    f"554 {MAPI}",
    f"550 {ATTRIBUTION}",
    f"550 {BAD_SENDER}",
    f"554 {STOREDRV}",
    f"550 {BASIC_AUTH}",
]


@dataclass
class Service:
    """The watchdog on a clock that the test sets, with real post to a server that the test manages."""

    dog: Watchdog
    clock: Stands
    sink: Sink
    browser: Client

    def look(self, at: datetime) -> HealthPart:
        """Do a minute's work, and ask ``/health`` of the outbox."""
        self.clock.now = at
        asyncio.run(self.dog.round())
        return self.empty(at)

    def empty(self, at: datetime) -> HealthPart:
        self.clock.now = at
        asyncio.run(self.dog.outbox.empty())
        store = self.dog.machine.store
        with store.begin() as session:
            beat(session, "utkorg", at)
            beat(session, "väktare", at)
        answer = self.browser.get("/health")
        part = answer.json()["parts"]["utkorg"]
        assert answer.status_code == (200 if part["ok"] else 503)
        return HealthPart(ok=part["ok"], text=part["text"])

    def refuse(self, answer: str | None, stage: str = "RCPT") -> None:
        """Refuse everything from now on at one stage; None: take everything."""
        self.sink.manners.always = (stage, answer) if answer else None

    def rows(self) -> list[LetterRow]:
        with self.dog.machine.store.read() as session:
            return list(session.scalars(select(LetterRow).order_by(LetterRow.id)))


@pytest.fixture
def service() -> Iterator[Service]:
    made, clock = house(), Stands(NOW)
    with Sink(login=("arshjul", "hemligt")) as sink:
        url = f"smtp://arshjul:hemligt@127.0.0.1:{sink.port}"
        machine = Machine(store=made.store, office=made.office, clock=clock, post=lambda: SmtpPost.from_url(url))
        dog = Watchdog(machine, grace=timedelta(0), monotonic=lambda: (clock.now - NOW).total_seconds())
        yield Service(dog, clock, sink, portal_of(machine))


def plan(service: Service, at: datetime) -> None:
    with writing(service.dog.machine) as scene:
        sync(scene.session, scene.wheel, at)


@pytest.mark.parametrize("stage", ["RCPT", "DATA"])
def test_seven_working_days_of_refusals_settle_nothing_and_everything_goes_in_order_afterwards(
    service: Service, stage: str
) -> None:
    """Longer than the five days after which a reader who cannot be given a letter counts as refused."""
    refused_for(7, service, stage, WAYS)


@pytest.mark.nightly
@pytest.mark.parametrize("stage", ["AUTH", "MAIL", "RCPT", "DATA"])
@pytest.mark.parametrize("ways", [WAYS, *([way] for way in WAYS)])
def test_each_way_at_each_stage_for_eleven_working_days(service: Service, stage: str, ways: Sequence[str]) -> None:
    refused_for(11, service, stage, ways)


def refused_for(working_days: int, service: Service, stage: str, ways: Sequence[str]) -> None:
    """From Monday 13 September 2027 the server takes nothing for so many days, each with another word; then everything."""
    first = instant("fredag 10 september 2027 kl. 07.00")
    plan(service, first)
    assert service.look(first).ok
    told = len(service.sink.accepted)
    assert told > 5
    days = [Workdays().add(first.date(), number) for number in range(1, working_days + 1)]
    for number, day in enumerate(days):
        service.refuse(ways[number % len(ways)], stage)
        at = first.replace(month=day.month, day=day.day)
        for minutes in (0, 10):
            part = service.look(at + timedelta(minutes=minutes))
            if service.rows()[-1].state != HANDED:
                assert not part.ok, day
                assert "E-postservern" in part.text and "Inga brev går" in part.text
    with service.dog.machine.store.read() as session:
        assert session.scalars(select(Matter)).all() == []
        settled = session.scalars(select(LogRow.key).where(LogRow.what == "letter.refused")).all()
        assert settled == []
    waiting = [row for row in service.rows() if row.state == WAITING]
    assert len(waiting) > 5 and len(service.sink.accepted) == told  # a reader's later letter takes in the earlier ones
    assert {row.handed_at for row in waiting} == {None}

    service.refuse(None)
    mended = first.replace(month=days[-1].month, day=days[-1].day) + timedelta(minutes=20)
    for minutes in range(3):
        part = service.empty(mended + timedelta(minutes=minutes))
    assert part.ok, part.text
    now = {row.key: row.state for row in service.rows()}
    assert not set(now.values()) & {WAITING, RESERVED, "avvisat"}
    waiting = [row for row in waiting if now[row.key] == HANDED]  # what had become untrue meanwhile was taken back
    assert len(waiting) > 5
    keys = [
        str(message_from_bytes(each.content, policy=policy.default)["X-Arshjul-Key"]) for each in service.sink.accepted
    ]
    wanted = [row.key for row in waiting]
    assert sorted(keys[told:]) == sorted(wanted)
    assert keys[told] == wanted[0]
    for row in waiting:  # each reader has them in the order in which they were written
        same = [each.key for each in waiting if each.to == row.to]
        assert [key for key in keys if key in same] == same


def test_everybody_refused_in_the_same_words_is_the_posts_fault_and_one_alone_is_not(service: Service) -> None:
    write(service.dog.machine.store, [letter(number, not_before=NOW) for number in range(1, 5)])
    service.refuse("550 5.1.1 User unknown")
    part = service.empty(NOW)
    assert not part.ok and "alla mottagare med samma ord (550 5.1.1 User unknown)" in part.text
    assert {row.state for row in service.rows()} == {WAITING}
    service.empty(NOW + timedelta(minutes=10))  # tried by ones: still nobody's refusal counts
    assert {row.state for row in service.rows()} == {WAITING}
    service.refuse(None)
    service.sink.manners.at_rcpt = {"mottagare-002@example.se": "550 5.1.1 User unknown"}
    for minutes in range(20, 25):
        part = service.empty(NOW + timedelta(minutes=minutes))
    assert part.ok, part.text
    assert [row.state for row in service.rows()] == [HANDED, "avvisat", HANDED, HANDED]


def test_a_recipient_alone_who_does_not_exist_is_refused_and_the_post_is_well(service: Service) -> None:
    write(service.dog.machine.store, [letter(1, not_before=NOW)])
    service.refuse("550 5.1.1 User unknown")
    assert service.empty(NOW).ok
    assert service.rows()[0].state == "avvisat"


def test_what_may_be_either_waits_until_the_server_has_taken_another(service: Service) -> None:
    store = service.dog.machine.store
    write(store, [letter(1, not_before=NOW)])
    service.sink.manners.at_rcpt = {"mottagare-001@example.se": "550 5.7.1 Access denied"}
    assert service.empty(NOW).ok
    assert service.rows()[0].state == WAITING
    assert not service.empty(NOW + timedelta(minutes=11)).ok  # nothing has gone for ten minutes
    write(store, [letter(2, not_before=NOW)])
    assert service.empty(NOW + timedelta(minutes=12)).ok
    assert service.empty(NOW + timedelta(minutes=30)).ok
    assert [row.state for row in service.rows()] == ["avvisat", HANDED]


def test_a_letter_that_is_refused_whoever_it_is_for_waits_alone(service: Service) -> None:
    write(service.dog.machine.store, [letter(1, not_before=NOW), letter(2, not_before=NOW)])
    service.sink.manners.at_data = {"mottagare-001@example.se": "552 5.3.4 Message too large"}
    assert service.empty(NOW).ok
    assert service.empty(NOW + timedelta(days=8)).ok
    assert [row.state for row in service.rows()] == [WAITING, HANDED]
    assert "Message too large" in str(service.rows()[0].pending)


@pytest.mark.parametrize(
    ("answer", "remedy"),
    [("552 5.3.4 Message too large", "höja gränsen"), ("554 5.6.0 Content refused", "låta brev från")],
)
def test_a_letter_that_is_refused_as_such_is_told_once_with_its_remedy(
    service: Service, answer: str, remedy: str
) -> None:
    write(service.dog.machine.store, [letter(1, not_before=NOW), letter(2, not_before=NOW)])
    service.sink.manners.at_data = {"mottagare-001@example.se": answer}
    service.empty(NOW)
    for minutes in (1, 2, 90):
        assert service.look(NOW + timedelta(minutes=minutes)).ok
    assert service.look(NOW + timedelta(days=2)).ok
    mails = [message_from_bytes(each.content, policy=policy.default) for each in service.sink.accepted]
    (note,) = [mail for mail in mails if "Servern tar inte emot ett brev" in " ".join(str(mail["Subject"]).split())]
    words = " ".join(note.get_body(("plain",)).get_content().split())  # type: ignore[union-attr]  # it has one
    assert answer in words and remedy in words and "mottagare-001@example.se" in words
    assert service.rows()[0].state == WAITING


def test_every_letter_refused_as_such_is_the_posts_fault(service: Service) -> None:
    write(service.dog.machine.store, [letter(number, not_before=NOW) for number in (1, 2, 3)])
    service.refuse("554 5.6.0 Content refused", "DATA")
    assert service.empty(NOW).ok
    assert not service.empty(NOW + timedelta(minutes=11)).ok


def test_one_full_mailbox_and_one_letter_for_monday_are_no_faults(service: Service) -> None:
    friday = instant("fredag 17 september 2027 kl. 16.58")
    write(service.dog.machine.store, [letter(number, not_before=friday) for number in (1, 2)])
    service.sink.manners.at_rcpt = {"mottagare-001@example.se": "452 4.2.2 Mailbox full"}
    assert service.empty(friday).ok
    write(service.dog.machine.store, [letter(3, not_before=friday + timedelta(minutes=5))])
    for hours in (1, 24, 48):
        assert service.empty(friday + timedelta(hours=hours)).ok
    monday = instant("måndag 20 september 2027 kl. 07.00")
    assert service.empty(monday).ok
    assert [row.state for row in service.rows()] == [WAITING, HANDED, HANDED]


def test_a_server_down_for_six_days_and_then_a_4xx_gives_nothing_up(service: Service) -> None:
    write(service.dog.machine.store, [letter(1, not_before=NOW)])
    address, mailbox_full = "mottagare-001@example.se", "452 4.2.2 Mailbox full"
    service.refuse("550 5.7.60 no", "MAIL")
    for day in range(7):
        service.empty(NOW + timedelta(days=day))
    service.refuse(None)
    service.sink.manners.at_rcpt = {address: mailbox_full}
    back = NOW + timedelta(days=7)
    for day in (0, 1, 2, 3):
        service.empty(back + timedelta(days=day))
        assert service.rows()[0].state == WAITING
    for day in (6, 7):  # a week-end between; five days from the first answer of a server that works
        service.empty(back + timedelta(days=day, hours=1))
    assert service.rows()[0].state == "avvisat"


def test_an_emptying_that_began_in_time_stops_when_the_hours_end_but_for_what_answers_at_once(service: Service) -> None:
    store, before_five = service.dog.machine.store, instant("tisdag 14 september 2027 kl. 16.55")
    write(store, [letter(number, not_before=before_five) for number in range(1, 8)])
    with store.begin() as session:
        session.get_one(LetterRow, 7).kind = "kvittens"

    class Slow(Stands):
        """A clock by which each letter takes two minutes."""

        def __call__(self) -> datetime:
            return self.now + timedelta(minutes=2 * len(service.sink.accepted))

    machine = service.dog.machine
    slow = Machine(store=store, office=machine.office, clock=Slow(before_five), post=machine.post)
    dog = Watchdog(slow)
    dog.outbox.fewer = 1, inf
    asyncio.run(dog.outbox.empty())
    assert [row.state for row in service.rows()] == [HANDED] * 3 + [WAITING] * 3 + [HANDED]


def test_a_server_that_wants_fewer_connections_gets_fewer_and_nobody_is_told(service: Service) -> None:
    write(service.dog.machine.store, [letter(number, not_before=NOW) for number in range(1, 10)])
    service.refuse("432 4.3.2 STOREDRV.ClientSubmit; sender thread limit exceeded", "DATA")
    assert service.empty(NOW).ok
    assert service.dog.outbox.fewer and service.dog.outbox.fewer[0] == 1
    with service.dog.machine.store.read() as session:
        assert post_fault(session) is None
    assert {row.state for row in service.rows()} == {WAITING}
    service.refuse(None)
    service.sink.handler.most = 0
    assert service.empty(NOW + timedelta(minutes=1)).ok
    assert {row.state for row in service.rows()} == {HANDED}
    assert service.sink.handler.most == 1  # for an hour it gets one
    service.clock.now = NOW + timedelta(minutes=62)
    assert service.dog.outbox.connections(service.dog.machine.post()) == 3


def test_a_clock_that_steps_back_holds_no_letter_for_hours_and_forgets_no_fewer_connections() -> None:
    made, clock, post, ticks = house(), Stands(NOW), ListPost(), [0.0]
    machine = Machine(store=made.store, office=made.office, clock=clock, post=lambda: post)
    dog = Watchdog(machine, grace=timedelta(0), monotonic=lambda: ticks[0])
    one = "mottagare-001@example.se"
    tomorrow = instant("onsdag 15 september 2027 kl. 07.00")
    write(made.store, [letter(1, not_before=NOW), letter(3, not_before=NOW)])
    with made.store.begin() as session:
        session.get_one(LetterRow, 3).deferred_since = session.get_one(LetterRow, 3).tried_at = NOW
    post.deferred[one] = post.deferred["mottagare-003@example.se"] = "451 4.3.0 try again"

    def empty(now: datetime, *, later: float) -> list[str]:
        clock.now, ticks[0] = now, ticks[0] + later
        asyncio.run(dog.outbox.empty())
        with made.store.read() as session:
            return [row.state for row in session.scalars(select(LetterRow).order_by(LetterRow.id))]

    assert empty(NOW, later=0) == [WAITING, WAITING]
    dog.outbox.fewer = 1, ticks[0] + 3600
    write(made.store, [letter(2, not_before=tomorrow)])  # held for the night by a clock that was ahead
    back = NOW - timedelta(hours=2)  # somebody set it right: eight in the morning
    post.deferred.clear()
    assert empty(back, later=60) == [HANDED, HANDED, HANDED]  # the second was held for a morning that had been
    assert dog.outbox.connections(post) == 1
    empty(back + timedelta(hours=1), later=3600)
    assert dog.outbox.connections(post) == post.connections


def test_a_clock_that_steps_back_at_night_holds_nothing_that_somebody_waits_for_and_the_rest_until_the_morning() -> (
    None
):
    made, clock, post = house(), Stands(instant("måndag 13 september 2027 kl. 22.00")), ListPost()
    machine = Machine(store=made.store, office=made.office, clock=clock, post=lambda: post)
    ahead, morning = instant("tisdag 14 september 2027 kl. 03.00"), instant("tisdag 14 september 2027 kl. 07.00")
    put_off = clock.now + timedelta(minutes=30)  # by a server that wants to be asked again
    kinds = dict(enumerate([*AT_ONCE, *AT_ONCE, "återremiss"], 1))
    write(made.store, [letter(each, not_before=ahead if each <= len(AT_ONCE) else put_off) for each in kinds])
    with made.store.begin() as session:
        for each, kind in kinds.items():
            session.get_one(LetterRow, each).kind = kind
        session.get_one(LetterRow, len(kinds)).not_before = morning
    asyncio.run(Watchdog(machine).outbox.empty())
    with made.store.read() as session:
        rows = list(session.scalars(select(LetterRow).order_by(LetterRow.id)))
    assert [row.kind for row in rows if row.state == HANDED] == list(AT_ONCE)
    assert [row.not_before for row in rows if row.state == WAITING] == [*[put_off] * len(AT_ONCE), morning]


def test_what_was_put_off_while_the_clock_was_right_waits_its_time() -> None:
    made, clock, post = house(), Stands(NOW), ListPost()
    machine = Machine(store=made.store, office=made.office, clock=clock, post=lambda: post)
    friday, monday = instant("fredag 17 september 2027 kl. 20.00"), instant("måndag 20 september 2027 kl. 07.00")
    write(made.store, [letter(1, not_before=friday), letter(2, not_before=monday)])
    clock.now = friday
    asyncio.run(Watchdog(machine).outbox.empty())
    clock.now = NOW
    write(made.store, [letter(3, not_before=NOW + timedelta(hours=1))])
    with made.store.read() as session:
        rows = list(session.scalars(select(LetterRow).order_by(LetterRow.id)))
    assert post.sent == [] and [row.not_before for row in rows] == [monday, monday, NOW + timedelta(hours=1)]
    asyncio.run(Watchdog(machine).outbox.empty())
    with made.store.read() as session:
        assert session.get_one(LetterRow, 3).not_before == NOW + timedelta(hours=1)


def test_a_slow_server_is_no_silence_and_beats_are_no_more_than_needed() -> None:
    made, clock = house(), Stands(NOW)

    class Slow(ListPost):
        connections = 1
        seen: list[float]

        async def deliver(self, sender: str, recipients: Sequence[str], mime: bytes) -> Delivery:
            with made.store.read() as session:
                self.seen.append((clock.now - beats(session)["utkorg"]).total_seconds())
            takes = 55 if len(self.seen) < 4 else 4
            clock.now, clock.seconds = clock.now + timedelta(seconds=takes), clock.seconds + takes
            return await super().deliver(sender, recipients, mime)

    post = Slow()
    post.seen = []
    dog = Watchdog(
        Machine(store=made.store, office=made.office, clock=clock, post=lambda: post), monotonic=lambda: clock.seconds
    )
    write(made.store, [letter(number, not_before=NOW) for number in range(1, 9)])
    asyncio.run(dog.outbox.empty())
    assert post.seen == [0, 0, 0, 0, 4, 8, 0, 4]
    with made.store.read() as session:
        assert store_parts(session, clock.now, clock.now, has_mailbox=False)["utkorg"].ok


def test_a_process_is_judged_by_its_id_only_within_its_own_boot_and_numbering() -> None:
    gone = subprocess.Popen(["true"])
    gone.wait()
    here, _, token = own_name().split("/")
    host, boot, namespace = here.split(":")
    assert is_gone(f"{here}/{gone.pid}/{token}")
    assert not is_gone(f"{here}/{os.getpid()}/{token}")
    clones = [f"{host}:{boot[::-1]}:{namespace}", f"{host}:{boot}:{namespace}1", f"annan:{boot}:{namespace}", host]
    assert [place for place in clones if is_gone(f"{place}/{gone.pid}/{token}")] == []
    assert not is_gone(f"{host}/{gone.pid}") and not is_gone(None)  # as an earlier version wrote it

    made, clock = house(), Stands(NOW)
    dog = Watchdog(Machine(store=made.store, office=made.office, clock=clock, post=ListPost))
    for place, leads in ((clones[0], False), (clones[1], False), (host, False), (here, True)):
        with made.store.begin() as session:
            session.merge(Lease(name=LEADER, holder=f"{place}/{gone.pid}/{token}", until=NOW + timedelta(seconds=80)))
        assert dog.leads() is leads, place


def test_letters_of_a_dead_process_go_at_once_and_those_of_a_living_one_stay(service: Service) -> None:
    store = service.dog.machine.store
    write(store, [letter(number, not_before=NOW) for number in range(1, 5)])
    here, pid, _ = own_name().split("/")
    holders = [f"{here}/{pid}/0000dead", "annan-dator/1/abcd", f"{here}/1/abcd", own_name()]
    with store.begin() as session:
        for holder in holders:
            reserve(session, NOW, timedelta(minutes=30), 1, holder=holder)
    with store.begin() as session:
        assert release_orphans(session, NOW) == 1
    assert [row.state for row in service.rows()] == [WAITING, RESERVED, RESERVED, RESERVED]
    service.empty(NOW + timedelta(minutes=1))
    assert [row.state for row in service.rows()] == [HANDED, RESERVED, RESERVED, RESERVED]


def test_nobody_is_told_that_a_rung_was_taken_while_the_sender_is_refused(service: Service) -> None:
    at = instant("fredag 10 september 2027 kl. 07.00")
    service.refuse(f"550 {SEND_AS}", "MAIL")
    plan(service, at)
    part = service.look(at)
    assert not part.ok and "5.7.60" in part.text and "ARSHJUL_MAIL_FROM" in part.text
    with service.dog.machine.store.read() as session:
        rungs = session.scalars(select(NoticeRow.rung).distinct()).all()
    assert rungs == ["start"]

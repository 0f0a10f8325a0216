"""Many at once on a real PostgreSQL: no hand-in is lost or refused, and no obligation sleeps, whoever writes beside it."""

from collections.abc import Callable, Iterable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import replace
from datetime import datetime, timedelta
from threading import Barrier
from time import monotonic, sleep

import pytest
from sqlalchemy import select, text

from actions.ladder.raising import bring_up_matter
from actions.ladder.rounds import bring_up
from actions.scene import Scene, Sight
from arshjul.definition.reach import top_rung
from flows.machine import Machine
from store.database import Session, Store, open_store
from store.plan.obligations import hold
from store.plan.planning import current_wheel
from store.post.correspondence import take_back, unsent_dailies
from store.post.letter_outcomes import Outcome, settle
from store.post.letter_states import HANDED, TAKEN_BACK, WAITING
from store.post.letters import Reserved, reserve
from store.service.leases import beat, beats, clock_of, give_up_lead, take_lead
from store.tables import LetterRow, LogRow, Matter, NoticeRow, ObligationRow
from store.upgrading import migrate
from tests.rig.hedemora import BIN_PROGNOS, BIN_UNDERLAG, KS_UNDERLAG
from tests.rig.outbox_letters import letter, read, write
from tests.rig.processes.crowd import asleep, crowd, hand_in_part, install, kept, open_though_complete
from tests.rig.swedish_words import instant

pytestmark = pytest.mark.slow  # starts a PostgreSQL server

AT = instant("onsdag 22 september 2027 kl. 09.00")


def held_by_all(url: str, *, hand_ins: int, seed: int) -> None:
    done = crowd(url, hand_ins=hand_ins, seed=seed)
    assert done.faults == []
    machine = done.machine
    assert kept(machine) == done.answered["hand-in: mottagen"] == hand_ins
    assert min(done.answered[each] for each in ("round", "möte", "stängning")) > 0
    assert done.answered["anstånd"] + done.answered["anstånd: regel"] > 0  # chance chooses whose; a rule may say no
    assert asleep(machine) == {}
    assert open_though_complete(machine) == []
    machine.store.close()


def test_a_crowd_hands_in_against_rounds_and_acts_and_nothing_is_lost_or_refused(postgres_url: str) -> None:
    held_by_all(postgres_url, hand_ins=30, seed=1)


@pytest.mark.nightly  # a minute and more
@pytest.mark.parametrize("seed", [1, 2, 3])
def test_430_hand_ins_against_rounds_and_acts(postgres_url: str, seed: int) -> None:
    held_by_all(postgres_url, hand_ins=430, seed=seed)


class Interrupted(Scene):
    """A round during which something happens as soon as it has read how things stand."""

    def __init__(self, scene: Scene, meanwhile: Callable[[], None]) -> None:
        super().__init__(scene.session, scene.office, scene.now)
        object.__setattr__(self, "meanwhile", meanwhile)

    def look(self, keys: Iterable[str]) -> Sight:
        sight = super().look(keys)
        self.meanwhile()  # type: ignore[attr-defined]  # set past the frozen dataclass
        return sight


def test_what_comes_in_while_a_round_thinks_is_thought_of_by_the_next_one(postgres_url: str) -> None:
    machine = install(postgres_url, instant("fredag 24 september 2027 kl. 09.00"))
    began: list[Future[None]] = []
    machine.carry_out(_bring_up_a_matter)
    with ThreadPoolExecutor(1) as pool:

        def hand_in_meanwhile() -> None:
            if not began:
                began.append(pool.submit(machine.store.carry_out, lambda session: _hand_in_all(session, machine)))
                _until_done_or_waiting(machine.store, began[0])

        machine.carry_out(lambda scene: bring_up(Interrupted(scene, hand_in_meanwhile)))
        began[0].result(60)
    machine.bring_up()
    with machine.look() as scene:
        states = [scene.session.get_one(ObligationRow, key).state for key in (BIN_UNDERLAG, BIN_PROGNOS)]
        assert states == ["Preliminär", "Komplett"]
        assert scene.session.scalars(select(Matter.state)).all() == ["återkallat"]
    assert asleep(machine) == {}
    machine.store.close()


def _bring_up_a_matter(scene: Scene) -> None:
    one = scene.wheel.obligations[BIN_UNDERLAG]
    rung = top_rung(one.ladder)
    assert rung is not None
    bring_up_matter(scene, one, rung)


def _hand_in_all(session: Session, machine: Machine) -> None:
    now = machine.clock()
    wheel = current_wheel(session, machine.office.definition, now)
    for key in (BIN_UNDERLAG, BIN_PROGNOS):
        for part in wheel.obligations[key].parts:
            hand_in_part(session, wheel, key, part.id, 1, now)


def _until_done_or_waiting(store: Store, work: Future[None]) -> None:
    """Wait until the work is done, or until PostgreSQL has it wait for somebody's lock."""
    waiting = text("SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock'")
    until = monotonic() + 60
    while not work.done() and monotonic() < until:
        with store.read() as session:
            if session.scalar(waiting):
                return
        sleep(0.02)


def test_two_that_wait_for_each_other_both_succeed_and_nobody_hears_of_it(postgres_url: str) -> None:
    store = install(postgres_url, AT).store
    both_hold_one = Barrier(2)
    tries: list[str] = []

    def crossing(first: str, second: str) -> Callable[[Session], str]:
        def work(session: Session) -> str:
            tries.append(first)
            session.add(LogRow(at=AT, who="prov", what="held", key=first))
            hold(session, [first])
            if len(tries) <= 2:
                both_hold_one.wait(60)
            hold(session, [second])
            return first

        return work

    with ThreadPoolExecutor(2) as pool:
        ways = ((BIN_UNDERLAG, KS_UNDERLAG), (KS_UNDERLAG, BIN_UNDERLAG))
        crossed = [pool.submit(store.carry_out, crossing(*keys)) for keys in ways]
        assert {each.result(60) for each in crossed} == {BIN_UNDERLAG, KS_UNDERLAG}
    assert len(tries) > 2  # one of them gave way
    with store.read() as session:
        held = session.scalars(select(LogRow.key).where(LogRow.what == "held")).all()
        assert sorted(held) == sorted([BIN_UNDERLAG, KS_UNDERLAG])  # each once: what gave way left nothing
    store.close()


def test_two_services_whose_clocks_differ_by_hours_never_both_lead(postgres_url: str) -> None:
    migrate(postgres_url)
    store, lead = open_store(postgres_url), timedelta(seconds=90)

    def leads(name: str, clock: datetime) -> bool:
        return store.carry_out(lambda session: take_lead(session, name, lead, clock))

    slow, fast = AT - timedelta(hours=5), AT + timedelta(hours=5)
    assert leads("den som går efter", slow)
    assert not leads("den som går före", fast)
    assert leads("den som går efter", slow - timedelta(hours=1))  # it was set back meanwhile
    assert not leads("den som går före", fast)
    store.carry_out(lambda session: give_up_lead(session, "den som går efter", slow))
    assert leads("den som går före", fast)
    assert not leads("den som går efter", slow)
    store.carry_out(lambda session: beat(session, "utkorg", fast))
    with store.read() as session:  # the pages' machine goes by the same clock
        assert abs(clock_of(session, slow) - beats(session)["utkorg"]) < lead
    store.close()


LEASE = timedelta(minutes=30)


def _dailies(session: Session) -> list[int] | None:
    found = unsent_dailies(session, None, ["paminnelse"])
    return None if found is None else [row.id for row in found]


def _got(one: Reserved, state: str) -> Outcome:
    return Outcome(letter=one, at=AT, state=state, not_before=AT, handed_at=AT, answer=None)


def test_a_letter_is_taken_back_or_sent_and_never_both(postgres_url: str) -> None:
    migrate(postgres_url)
    store = open_store(postgres_url)
    write(store, [letter(number) for number in (1, 2, 3)])
    with store.begin() as session:
        for number in (1, 2, 3):
            session.add(
                NoticeRow(
                    key=f"ord/{number}", due_at=AT, obligation_key=BIN_UNDERLAG, rung="ksau", role="ekonomichef",
                    letter_id=number, made_at=AT,
                )
            )  # fmt: skip
    with store.begin() as round_, store.begin() as outbox:
        (first,) = reserve(outbox, AT, LEASE, 1)
        assert _dailies(round_) is None  # one is being taken this moment: the round waits for nobody, and for the next
    with store.begin() as round_:
        read_before = round_.get_one(LetterRow, 2)
        with store.begin() as outbox:
            (second,) = reserve(outbox, AT, LEASE, 1)
        assert not take_back(round_, read_before, "prov", AT)
        assert round_.scalars(select(NoticeRow.letter_id).where(NoticeRow.key == "ord/2")).all() == [2]
    with store.begin() as outbox:
        settle(outbox, [_got(first, HANDED), _got(second, HANDED)])
    with store.begin() as round_, store.begin() as outbox:
        assert _dailies(round_) == [3]
        assert reserve(outbox, AT, LEASE, 1) == []  # the round holds it
        assert take_back(round_, round_.get_one(LetterRow, 3), "prov", AT)
        assert round_.scalars(select(NoticeRow.letter_id).where(NoticeRow.key == "ord/3")).all() == [None]
    assert [read(store, number).state for number in (1, 2, 3)] == [HANDED, HANDED, TAKEN_BACK]
    for one, state in ((first, HANDED), (second, WAITING)):  # to all, and to all but a copy
        with store.begin() as session:  # as an earlier version took back what was on its way
            row = session.get_one(LetterRow, one.id)
            row.state, row.handed_at = TAKEN_BACK, None
        with store.begin() as session:
            settle(session, [replace(_got(one, WAITING), handed_at=None)])
        assert read(store, one.id).state == TAKEN_BACK
        with store.begin() as session:
            settle(session, [_got(one, state)])
        assert (read(store, one.id).state, read(store, one.id).handed_at) == (state, AT)
    store.close()

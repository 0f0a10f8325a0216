"""A crowd at the door: many hand in at once, while rounds run and the ekonomikontor grants, moves and closes."""

import random
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from functools import cache
from itertools import cycle
from threading import Event, Lock
from typing import Any

from sqlalchemy import select

from actions.act import Act
from actions.plan.meeting_changes import change_meeting
from actions.plan.tidplan import close_period
from actions.scene import Scene
from actions.underlag.anstand import grant_anstand
from actions.underlag.receipts import write_receipt
from arshjul.definition.reading import Sourced
from arshjul.errors import ArshjulError
from arshjul.swedish import local_date
from arshjul.year.wheel import Wheel
from flows.machine import Clock, Machine
from notifications.office import Office
from notifications.post.post import ListPost
from store.database import Session, open_store
from store.people.people_import import import_people
from store.plan.in_step import sync
from store.plan.planning import current_wheel
from store.tables import Matter, ObligationRow, Person, Submission
from store.upgrading import migrate
from submissions.files.parts import DATUM, INTYGAS, JUSTERAD, PARAGRAF, Upload, form_of
from submissions.intake.receive import receive
from submissions.intake.received import Received
from tests.rig.handins import PDF, docx, xlsx
from tests.rig.hedemora import hedemora, people_csv
from tests.rig.swedish_words import instant

START = instant("onsdag 22 september 2027 kl. 09.00")  # the day after the delårsrapport's frist: the ladder is climbed
FILES: Mapping[str, Callable[[int], bytes]] = {
    "pdf": lambda number: PDF + b"%% %d\n" % number,
    "xlsx": lambda number: xlsx(b"%d" % number),
    "docx": lambda number: docx(b"%d" % number),
}
TURN = 3  #: an anstånd, a meeting, a closing
FIELDS = {PARAGRAF: "§ 45", DATUM: "2027-09-20", JUSTERAD: True, INTYGAS: True}


class RunningClock:
    """A clock that everybody reads, and that runs on by a minute for each reading: a week of work in a few seconds."""

    def __init__(self, start: datetime) -> None:
        self._now, self._lock = start, Lock()

    def __call__(self) -> datetime:
        with self._lock:
            self._now += timedelta(minutes=1)
            return self._now

    def real(self, at: datetime) -> datetime:
        return at


@dataclass
class Crowd:
    """What everybody did, and what went wrong."""

    machine: Machine
    asked: int = 0
    answered: Counter[str] = field(default_factory=Counter)  #: outcomes of hand-ins and acts
    faults: list[str] = field(default_factory=list)  #: what was told to a person as a fault of the machine


def crowd(url: str, *, hand_ins: int, hands: int = 6, seed: int = 1) -> Crowd:
    """Let ``hands`` hand in so many parts between them, with rounds and acts meanwhile; then a quiet last round."""
    machine = install(url, START)
    done = Crowd(machine)
    machine.bring_up()
    stopping = Event()
    chance = random.Random(seed)
    parts = _parts(machine, chance)
    with ThreadPoolExecutor(hands + 2) as pool:
        others = [pool.submit(_go_on, stopping, done, each) for each in (_rounds(machine), _acts(machine, chance))]
        list(pool.map(lambda part: _try(done, "hand-in", lambda: _hand_in(machine, *part)), _some(parts, hand_ins)))
        stopping.set()
        for each in others:
            each.result()
    done.asked = hand_ins
    _try(done, "round", lambda: _last_round(machine))
    return done


@cache
def _autumn() -> Sourced:
    """Hedemora with the autumn's reports alone, so that a round has little to read."""
    definition = hedemora().definition
    steps = {step: definition.steps[step] for step in ("delarsrapport", "prognos", "manadsrapport")}
    return replace(hedemora(), definition=definition.model_copy(update={"steps": steps}))


def machine_on(url: str, clock: Clock) -> Machine:
    """Return a machine on a database with its tables in it."""
    office = Office(
        sourced=_autumn(),
        mail_from="ekonomikontoret@example.se",
        public_url="http://127.0.0.1:8040",
        prefect_url="http://127.0.0.1:4200",
        secret=b"crowd",
        utskick="skarpt",
        since=date(2027, 9, 1),
    )
    return Machine(store=open_store(url), office=office, clock=clock, post=ListPost)


def install(url: str, start: datetime) -> Machine:
    """Return a machine with Hedemora's people and plan, and a clock that runs from ``start``."""
    migrate(url)
    machine = machine_on(url, RunningClock(start))

    def plan(scene: Scene) -> None:
        import_people(scene.session, people_csv(), "people", scene.office.definition, scene.now, "test")
        sync(scene.session, scene.wheel, scene.now)

    machine.carry_out(plan)
    return machine


def kept(machine: Machine) -> int:
    """Return how many versions are stored."""
    with machine.store.read() as session:
        return len(session.scalars(select(Submission.id)).all())


def asleep(machine: Machine) -> dict[str, tuple[str, str]]:
    """Return the obligations whose state is not the one computed from nothing: key to (stored, computed)."""
    with machine.look() as scene:
        rows = {row.key: row.state for row in scene.session.scalars(select(ObligationRow))}
        sight = scene.look(rows)
        states = {one.key: sight.state(one).word for one in sight.obligations}
        return {key: (rows[key], state) for key, state in states.items() if rows[key] != state}


def open_though_complete(machine: Machine) -> list[str]:
    """Return the obligations that are complete, and whose matter nobody withdrew."""
    with machine.look() as scene:
        raised = set(scene.session.scalars(select(Matter.obligation_key).where(Matter.state == "väckt")))
        sight = scene.look(raised)
        return [one.key for one in sight.obligations if sight.complete(one)]


def _parts(machine: Machine, chance: random.Random) -> list[tuple[str, str]]:
    """Return every part of what is open now, in an order of chance."""
    with machine.look() as scene:
        near = [
            one
            for one in scene.wheel.obligations.values()
            if abs((one.deadline.last_day - local_date(START)).days) < 45
        ]
    parts = [(one.key, part.id) for one in near for part in one.parts]
    chance.shuffle(parts)
    return parts


def _some(parts: list[tuple[str, str]], count: int) -> Iterator[tuple[int, str, str]]:
    for number, (key, part) in zip(range(count), cycle(parts), strict=False):
        yield number, key, part


def _hand_in(machine: Machine, number: int, key: str, part_id: str) -> str:
    def take(session: Session) -> str:
        now = machine.clock()
        wheel = current_wheel(session, machine.office.definition, now)
        taken = hand_in_part(session, wheel, key, part_id, number, now)
        person = session.scalars(select(Person).order_by(Person.id)).first()
        assert person is not None
        write_receipt(session, machine.office, [taken], person, now)
        return taken.outcome

    return machine.store.carry_out(take)


def hand_in_part(session: Session, wheel: Wheel, key: str, part_id: str, number: int, now: datetime) -> Received:
    """Hand in a part, whatever its form: the file number ``number`` of its kind, or a statement."""
    part = next(each for each in wheel.obligations[key].parts if each.id == part_id)
    kind = next((kind for kind in form_of(part).kinds if kind in FILES), None)
    upload = Upload(filename=f"underlag.{kind}", content=FILES[kind](number)) if kind else None
    return receive(session, wheel, key, part_id, upload=upload, fields=FIELDS, by="chef", via="länk", now=now)


def _rounds(machine: Machine) -> Iterator[tuple[str, Callable[[], Any]]]:
    while True:
        yield "round", machine.bring_up


def _acts(machine: Machine, chance: random.Random) -> Iterator[tuple[str, Callable[[], Any]]]:
    """Grant anstånd, move a meeting to and fro, and close a period, by turns."""
    with machine.look() as scene:
        ahead = [each for each in scene.wheel.meetings.of_year("ks", 2027) if each.day > local_date(START)]
        late = [key for key, one in scene.wheel.obligations.items() if one.deadline.at > START and one.ladder]
    for number in range(10**6):
        yield "anstånd", lambda: machine.carry_out(lambda scene: _grant(scene, chance.choice(late)))
        yield (
            "möte",
            lambda number=number: machine.carry_out(
                lambda scene: _move(
                    scene, ahead[-1].day + timedelta(days=number % 2), ahead[-1].day + timedelta(days=(number + 1) % 2)
                )
            ),
        )
        yield (
            "stängning",
            lambda: machine.carry_out(lambda scene: close_period(Act(scene, "ekonom"), "2027-08", date(2027, 9, 20))),
        )


def _grant(scene: Scene, key: str) -> Any:
    one = scene.wheel.obligations[key]
    until = scene.wheel.workdays.next(one.deadline.last_day + timedelta(days=1))
    return grant_anstand(Act(scene, "ekonom", "sjukdom i ledningen"), key, until)


def _move(scene: Scene, before: date, after: date) -> Any:
    return change_meeting(Act(scene, "ekonom", "lokal saknas"), "ks", before, after, None)


def _go_on(stopping: Event, done: Crowd, work: Iterator[tuple[str, Callable[[], Any]]]) -> None:
    """Go on until the hand-ins are over, and for one whole turn of the work at least, however slow the machine is."""
    turn = 0
    while turn < TURN or not stopping.is_set():
        name, each = next(work)
        _try(done, name, each)
        turn += 1


def _try(done: Crowd, name: str, work: Callable[[], Any]) -> None:
    try:
        outcome = work()
    except ArshjulError:
        done.answered[f"{name}: regel"] += 1  # a rule that says no is an answer
    except Exception as error:
        done.faults.append(f"{name}: {type(error).__name__}: {str(error).splitlines()[0]}")
    else:
        done.answered[f"{name}: {outcome}" if isinstance(outcome, str) else name] += 1


def _last_round(machine: Machine) -> None:
    while machine.bring_up().states:
        pass

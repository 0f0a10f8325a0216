"""Simulated years: every invariant holds, each is shown able to fail, and the same seed gives the same bytes.

``make simulate SEEDS=1-100`` runs as many as one likes; ``make nightly`` thousands.
"""

import pickle
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from functools import cache

import pytest
from sqlalchemy import delete, select, update

from actions.scene import Scene
from arshjul.swedish import instant_text, local
from store.database import Session, memory_store
from store.tables import LogRow, Matter, ObligationRow, RegisterRow, Submission
from tests.rig import rungs
from tests.rig.load import SHIPPED
from tests.rig.swedish_words import instant
from tests.simulation.acts import ACTS
from tests.simulation.fault_seeds import FAULT_SEEDS, FaultSeed
from tests.simulation.invariants import INVARIANTS, SELDOM, slept_past
from tests.simulation.not_yet import NOT_YET
from tests.simulation.running import GRANVIK, HEDEMORA, plain, planned, run, where, world_of
from tests.simulation.seeing import View, Witness, look, remember
from tests.simulation.world import LILLVIK, SUNDVIK, Handed, World, municipality

pytestmark = pytest.mark.whole

#: parts of years, the service new on a month and day: the bokslut, a quiet spring, the delårsrapport's autumn, a tertial's
#: reports to several utskott, and uppdrag that are registered, changed and taken away
HANDFUL = [(1, SUNDVIK, (1, 4), 36), (5, LILLVIK, (4, 8), 22), (4, LILLVIK, (8, 25), 26), (1, "ange", (5, 3), 17),
           (54, GRANVIK, (8, 23), 18)]  # fmt: skip
OF_REGISTERS = "det som begärs följer registren"
KEY = "sundvik/arsredovisning/2026/skola/underlag"
CHIEF = "chef.skola@example.se"


@pytest.mark.parametrize(("seed", "place", "since", "days"), HANDFUL)
def test_a_part_of_a_simulated_year_breaks_no_invariant(
    seed: int, place: str, since: tuple[int, int], days: int
) -> None:
    year = run(seed, since=since, days=days, place=place)
    assert not year.violations, str(year.violations[0])
    assert year.letters > 10


@pytest.mark.parametrize("found", FAULT_SEEDS, ids=lambda found: str(found.seed))
def test_a_seed_that_has_found_a_fault_finds_it_no_more(found: FaultSeed) -> None:
    year = run(found.seed, since=found.since, days=found.days, place=found.place)
    assert not year.violations, f"{found.what}\n{year.violations[0]}"
    assert year.steps > 5


@pytest.mark.nightly
@pytest.mark.parametrize("first", range(1000, 4000, 50))
def test_many_simulated_years_break_no_invariant(first: int) -> None:
    violations = [each for seed in range(first, first + 50) for each in run(seed).violations]
    assert not violations, "\n".join(map(str, violations))


@pytest.mark.nightly
@pytest.mark.parametrize("place", [*SHIPPED, GRANVIK])
@pytest.mark.parametrize("seed", [1, 2])
def test_a_whole_year_in_each_of_the_four_municipalities_and_with_uppdrag_breaks_no_invariant(
    seed: int, place: str
) -> None:
    year = run(seed, place=place)
    assert not year.violations, str(year.violations[0])
    assert year.letters > 50


def test_a_seeds_number_alone_says_where_it_lives() -> None:
    lived = Counter(where(seed) for seed in range(1, 201))
    assert lived == {LILLVIK: 180, SUNDVIK: 18, HEDEMORA: 2}
    assert (where(7), where(30), where(400)) == (LILLVIK, SUNDVIK, HEDEMORA)


def test_everything_that_can_happen_happens_in_the_very_small_municipality() -> None:
    """Every act, every kind of rung, and what is found only where a report asks for several things."""
    kinds, rungs = set[str](), set[str]()
    world = world_of(1, place=LILLVIK)
    for seed in range(1, 10):
        kinds |= {each.kind for each, _ in planned(seed, world)}
    with world.look() as scene:
        every = scene.wheel.obligations.values()
        rungs |= {rung.tag for one in every if one.ladder for rung in one.ladder.rungs}
        assert any(one.host for one in every) and any(one.requires for one in every) and scene.wheel.finalisers
        assert {one.unit_kind for one in every} == {"styrelse", "nämnd", "bolag"}
    world.close()
    assert kinds == {"inlämning", *ACTS}
    assert rungs == {"start", "paminnelse", "sen", "ekonomichef", "kommundirektor", "sista-ord", "ksau"}


def test_the_same_seed_gives_the_same_bytes_and_another_does_not() -> None:
    one, again, other = (run(seed, since=(9, 13), days=5, place=LILLVIK) for seed in (7, 7, 8))
    assert one.letters > 3
    assert one == again
    assert other.digest != one.digest


@dataclass
class Plant:
    """A year in which nobody handed in, up to the day after KSAU was told, into which faults are planted."""

    world: World
    witness: Witness

    @contextmanager
    def scene(self) -> Iterator[Scene]:
        """A scene whose changes are not kept."""
        with self.world.look_store.read() as session:
            yield Scene(session, self.world.office, self.world.now)
            session.rollback()

    def letter(self, rung: str) -> Handed:
        """The letter that told KEY's rung first."""
        word = next(each for each in self.witness.words[KEY] if each.rung == rung)
        return next(each.handed for each in self.witness.letters if each.handed.key == word.letter)

    def at(self, rung: str, day: date, clock: time = time(9)) -> Handed:
        return replace(self.letter(rung), at=local(day, clock))


@cache
def year(place: str = SUNDVIK) -> Plant:
    if place == GRANVIK:
        world, until = World(memory_store(), plain(GRANVIK), date(2027, 10, 11)), date(2027, 10, 19)
    else:
        world, until = World(memory_store(), municipality(2027), date(2027, 1, 1)), date(2027, 2, 20)
    witness = Witness()
    while world.today < until:
        world.carry()
        with world.look() as scene:
            view = look(world, witness, scene, whole=False)
            remember(view)
            witness.raised.update(matter.id for matter in view.matters)
            world.clock.true = world.next_wake(scene)
    return Plant(world, witness)


@cache
def remembered(place: str) -> bytes:
    """What was witnessed in the year, to be unpacked for each fault: copying it takes ten times as long."""
    return pickle.dumps(year(place).witness)


def found(name: str, plant: Callable[["Plant", Session], list[Handed] | None]) -> list[str]:
    """Return what the invariant says of the year with the fault planted."""
    place = GRANVIK if name == OF_REGISTERS else SUNDVIK
    kept = year(place)
    here = Plant(kept.world, pickle.loads(remembered(place)))
    office, handed, failures = kept.world.office, list(kept.world.post.handed), list(kept.world.failures)
    try:
        with here.scene() as scene:
            kept.world.post.handed += plant(here, scene.session) or []
            scene.session.flush()
            scene = Scene(scene.session, kept.world.office, scene.now)
            view: View = look(kept.world, here.witness, scene, whole=True)
            return [words for _, words in (INVARIANTS | SELDOM)[name](view)]  # type: ignore[operator]
    finally:
        kept.world.office, kept.world.post.handed, kept.world.failures = office, handed, failures


def complete(session: Session, received_at: datetime) -> None:
    for part in ("driftredovisning", "berattelse"):
        session.add(
            Submission(obligation_key=KEY, part=part, version=1, received_at=received_at, by="x", via="x", late=False,
                       complete=True, fields={})
        )  # fmt: skip


def doubled(plant: Plant, _session: Session) -> list[Handed]:
    return [plant.at("sen", date(2027, 2, 19))]


def two_rungs(plant: Plant, _session: Session) -> list[Handed]:
    return [plant.at("sen", plant.letter("ekonomichef").at.date())]


def backwards(plant: Plant, _session: Session) -> list[Handed]:
    return [plant.at("start", date(2027, 2, 19))]


def unheard(plant: Plant, _session: Session) -> list[Handed]:
    told = plant.at("ksau", date(2027, 2, 19))
    plant.witness.words[KEY] = []
    return [told]


def by_night(plant: Plant, _session: Session) -> list[Handed]:
    return [plant.at("ksau", date(2027, 2, 19), time(3))]


def about_the_complete(plant: Plant, session: Session) -> list[Handed]:
    complete(session, plant.world.now)
    return [plant.at("sen", date(2027, 2, 19))]


def about_what_came_late(plant: Plant, session: Session) -> list[Handed]:
    session.execute(update(ObligationRow).where(ObligationRow.key == KEY).values(added_at=plant.world.now))
    return [plant.at("sen", date(2027, 2, 19))]


def its_matter_stays(plant: Plant, session: Session) -> None:
    session.execute(
        update(ObligationRow).where(ObligationRow.key == KEY).values(added_at=plant.world.now, wake_at=None)
    )


def reminded_late(plant: Plant, _session: Session) -> list[Handed]:
    return [plant.at("paminnelse-1", date(2027, 2, 19))]


def sharp_in_the_shadow(plant: Plant, _session: Session) -> list[Handed]:
    plant.world.office = replace(plant.world.office, utskick="skugga")
    return [plant.at("sen", date(2027, 2, 19))]


def sent_though_off(plant: Plant, _session: Session) -> list[Handed]:
    plant.world.office = replace(plant.world.office, utskick="av")
    return [plant.at("sen", date(2027, 2, 19))]


def two_daily_letters(plant: Plant, _session: Session) -> list[Handed]:
    return [plant.at("sen", plant.letter("sista-ord").at.date())]


def told_after_the_end(plant: Plant, session: Session) -> list[Handed]:
    session.execute(update(Matter).values(state="återkallat"))
    return [plant.at("ksau", date(2027, 2, 19))]


def withdrawn_too_late(plant: Plant, session: Session) -> None:
    matter = session.scalars(select(Matter).where(Matter.obligation_key == KEY)).one()
    matter.state, matter.agenda_closes_at = "återkallat", plant.world.now - timedelta(days=2)
    complete(session, plant.world.now - timedelta(days=1))


def never_withdrawn(plant: Plant, session: Session) -> None:
    complete(session, plant.world.now)


def never_raised(plant: Plant, session: Session) -> None:
    session.execute(delete(Matter))
    key = (KEY, plant.witness.words[KEY][-1].due_at)
    plant.witness.late_since[KEY] = key[1], date(2027, 2, 1)
    plant.witness.good_days = {date(2027, 2, 1) + timedelta(days=each): frozenset() for each in range(1, 20)}


def silently_earlier(plant: Plant, _session: Session) -> None:
    word = plant.witness.words[KEY][-1]
    plant.witness.words[KEY].append(replace(word, due_at=word.due_at + timedelta(days=3)))


def moved_without_a_word(plant: Plant, _session: Session) -> None:
    words = plant.witness.words[KEY]
    due_at = words[-1].due_at
    plant.witness.words[KEY] = [replace(word, due_at=due_at - timedelta(days=9)) for word in words]
    person = next(word.person for word in words if word.rung == "sen")
    plant.witness.moved_since[KEY, str(person)] = due_at, date(2027, 2, 1)
    plant.witness.good_days = {date(2027, 2, 1) + timedelta(days=each): frozenset() for each in range(1, 20)}


def shown_otherwise(_plant: Plant, session: Session) -> None:
    session.execute(update(ObligationRow).where(ObligationRow.key == KEY).values(state="Komplett"))


def asleep(_plant: Plant, session: Session) -> None:
    session.execute(update(ObligationRow).values(wake_at=None))


def oversleeping(_plant: Plant, session: Session) -> None:
    late = local(date(2027, 12, 1), time(7))
    session.execute(update(ObligationRow).where(ObligationRow.wake_at.is_not(None)).values(wake_at=late))


def failed(plant: Plant, _session: Session) -> None:
    plant.world.failures.append("obligation.failed")


def out_of_the_register(plant: Plant, session: Session) -> None:
    """Taken away past whoever plans anew."""
    row = {"register": "uppdrag", "entry": "skolskjuts", "fields": {}, "gone": True}
    session.add(RegisterRow(**row, by="x", recorded_at=plant.world.now))


def owed_by_nobody(_plant: Plant, session: Session) -> None:
    session.execute(delete(ObligationRow).where(ObligationRow.step == "sarskilt-uppdrag"))


def rewritten(_plant: Plant, session: Session) -> None:
    session.execute(update(LogRow).where(LogRow.number == 3).values(who="någon annan"))


PLANTED: list[tuple[str, Callable[[Plant, Session], list[Handed] | None]]] = [
    ("inget trappsteg två gånger", doubled),
    ("ett trappsteg om dagen", two_rungs),
    ("trappstegen i ordning", backwards),
    ("ingen till KSAU utan ett ord", unheard),
    ("inom utskickstiderna", by_night),
    ("inget om det som är komplett", about_the_complete),
    ("det som är över tiger", about_what_came_late),
    ("det som är över tiger", its_matter_stays),
    ("påminnelsen före fristen", reminded_late),
    ("utskick gäller", sharp_in_the_shadow),
    ("utskick gäller", sent_though_off),
    ("ett dagens brev", two_daily_letters),
    ("KSAU läser det som står", told_after_the_end),
    ("återkallat när det kom i tid", withdrawn_too_late),
    ("återkallat när det kom i tid", never_withdrawn),
    ("det sena når KSAU", never_raised),
    ("sagd frist aldrig tidigare", silently_earlier),
    ("flyttad frist sägs", moved_without_a_word),
    ("det som visas är så", shown_otherwise),
    ("inget sover", asleep),
    ("inget sover", oversleeping),
    (OF_REGISTERS, out_of_the_register),
    (OF_REGISTERS, owed_by_nobody),
    ("inget går fel", failed),
    ("loggens kedja är hel", rewritten),
]


@pytest.mark.parametrize(("name", "plant"), PLANTED, ids=[plant.__name__ for _, plant in PLANTED])
def test_a_planted_fault_is_found(name: str, plant: Callable[[Plant, Session], list[Handed] | None]) -> None:
    assert found(name, lambda *_: None) == []
    assert found(name, plant)


@pytest.mark.parametrize(
    ("until", "missed"),
    [
        ("måndag 20 september 2027 kl. 07.00", None),  # its next reminder's own day
        ("tisdag 21 september 2027 kl. 07.00", "måndag 20 september 2027 kl. 07.00"),
        (None, "onsdag 15 september 2027 kl. 07.00"),
    ],
)
def test_a_morning_on_which_nothing_is_owed_is_not_slept_past(until: str | None, missed: str | None) -> None:
    """As by one who was told on a day that was yet to come, by a clock that went ahead: it sleeps to the next rung."""
    told = {"start": date(2027, 9, 10), "paminnelse-5": date(2027, 9, 14)}
    standing = replace(rungs.CHIEF, taken=told, spoken_on=date(2027, 9, 14))
    now = instant("tisdag 14 september 2027 kl. 10.00")
    found = slept_past(rungs.BIN, standing, rungs.WORKDAYS, rungs.HOURS, now, instant(until) if until else None)
    assert (instant_text(found) if found else None) == missed


def test_every_invariant_has_a_planted_fault_and_what_is_not_held_yet_is_one() -> None:
    assert {name for name, _ in PLANTED} == INVARIANTS.keys() | SELDOM.keys()
    assert set(NOT_YET) <= INVARIANTS.keys() | SELDOM.keys()

"""Seeds that have found a fault, each with what it found. They stay: continuous integration runs them all."""

from dataclasses import dataclass

from tests.simulation.world import LILLVIK, SUNDVIK


@dataclass(frozen=True, slots=True)
class FaultSeed:
    """The part of a seed's year that found a fault: the service is new on ``since``, and lives for ``days``."""

    seed: int
    since: tuple[int, int]
    days: int
    what: str
    place: str = SUNDVIK  #: where it found it


FAULT_SEEDS = (
    FaultSeed(11, (4, 10), 10, "another holds a role: a rung that was skipped for its holder sleeps past its day"),
    FaultSeed(535, (4, 4), 30, "a deputy hears nothing of what is owed with something that came in", LILLVIK),
    FaultSeed(
        584, (6, 15), 92, "a word that may have come in the evening comes in another letter the next day", LILLVIK
    ),
    FaultSeed(
        913, (9, 1), 31, "a rung that waited for the post comes on the day a deputy is told what is late", LILLVIK
    ),
    FaultSeed(2592, (9, 16), 8, "a clock that was ahead before a start slept past what comes now", LILLVIK),
    FaultSeed(2837, (9, 20), 22, "after the shadow a word is told again to those whom it had reached", LILLVIK),
    FaultSeed(3240, (4, 4), 12, "a new holder is told a day late of what remains beside a report that is in"),
)

"""Finding the short story: what can be left out of a seed's year while the same invariant still breaks."""

from tests.simulation.running import Violation, planned, run, world_of


def shrink(found: Violation, *, everything: bool = False, place: str | None = None) -> Violation:
    """Return the violation in a year from which everything is left out that it does not need."""
    world = world_of(found.seed, place=place)
    numbers = [each.number for each, _ in planned(found.seed, world)]
    world.close()
    without, best, size = set[int](), found, max(1, len(numbers) // 2)
    while size:
        kept = [number for number in numbers if number not in without]
        for start in range(0, len(kept), size):
            tried = without | set(kept[start : start + size])
            year = run(found.seed, without=tried, everything=everything, place=place)
            same = [each for each in year.violations if each.invariant == found.invariant]
            if same:
                without, best = tried, same[0]
        size //= 2
    return best

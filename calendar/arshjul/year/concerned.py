"""What leans on what: which obligations a hand-in to one of them may change."""

from arshjul.keys import ObligationKey
from arshjul.year.wheel import Obligation, Wheel


def concerned(wheel: Wheel, one: Obligation) -> set[ObligationKey]:
    """Return the keys that a hand-in to ``one`` may change: itself, its host, what it finalises, what requires it.

    And what it fulfils a part of.
    """
    requiring = {other.key for other in wheel.obligations.values() if other.requires == one.key}
    fulfilled = {other.key for other in wheel.hosted.get(one.key, ()) if other.fulfilled}
    return {one.key, *requiring, *fulfilled, *filter(None, (one.host, one.finalises))}

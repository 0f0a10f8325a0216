"""Seams that fail where a seed says: a store and a post whose effects pass named points.

A point may kill whoever passes it (:class:`Killed`), and the post may make a letter wait. The same seed, the same
failures.
"""

import random
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from notifications.post.post import Delivery, ListPost
from store.acting import Acting
from store.database import Session, Store

#: every effect of the service on the world, and the moments around it at which it can die
BEGINS = "before a transaction"
WRITTEN = "before a commit"
KEPT = "after a commit"
SENDS = "before the server has a letter"
ACCEPTED = "between the server's OK and our commit"
WAITS = "the server asks to wait"
POINTS = (BEGINS, WRITTEN, KEPT, SENDS, ACCEPTED, WAITS)


class Killed(BaseException):
    """The service died here. No Exception: nothing that copes with faults may cope with this."""


WITHIN = 12  #: a point is struck among its first so many passings


class Chance:
    """Decides at which passings something happens at each point, from the seed alone; ``struck`` counts them."""

    def __init__(self, seed: int, times: int = 2) -> None:
        dice = random.Random(seed)
        self._plan = {point: set(dice.sample(range(1, WITHIN + 1), times)) for point in POINTS}
        self._passed: Counter[str] = Counter()
        self.struck: Counter[str] = Counter()

    def strikes(self, point: str) -> bool:
        """Tell whether something happens at this point, this time."""
        self._passed[point] += 1
        struck = self._passed[point] in self._plan[point]
        self.struck[point] += struck
        return struck

    def passes(self, point: str) -> None:
        """Pass a point, or die there."""
        if self.strikes(point):
            raise Killed(point)


class FaultyStore(Store):
    """A store on the same database, whose transactions may be cut off."""

    def __init__(self, store: Store, chance: Chance) -> None:
        super().__init__(store.engine)
        self._of = store  # as long as this one is there, so is what is in it
        self._chance = chance

    @contextmanager
    def begin(self, acting: Acting | None = None) -> Iterator[Session]:
        self._chance.passes(BEGINS)
        with super().begin(acting) as session:
            yield session
            self._chance.passes(WRITTEN)
        self._chance.passes(KEPT)


class FaultyPost(ListPost):
    """A list for a post, that dies or makes a letter wait."""

    def __init__(self, chance: Chance) -> None:
        super().__init__()
        self._chance = chance

    async def deliver(self, sender: str, recipients: Sequence[str], mime: bytes) -> Delivery:
        self._chance.passes(SENDS)
        if self._chance.strikes(WAITS):
            return Delivery(deferred=dict.fromkeys(recipients, "451 försök igen"))
        delivery = await super().deliver(sender, recipients, mime)
        self._chance.passes(ACCEPTED)
        return delivery

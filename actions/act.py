"""What somebody does: on which scene, under which name, by which way in, and why."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from actions.scene import Scene
from arshjul.errors import RefusedError, nearest
from arshjul.keys import MilestoneKey, ObligationKey
from arshjul.year.wheel import Milestone, Obligation
from store.acting import BY_SERVICE, Acting, acting_in
from store.log.writing import log

SHORTEST_REASON = 5  #: characters: less says nothing to whoever reads the log


@dataclass(frozen=True, slots=True)
class Act:
    """One act of one person, or of the service, in one transaction. Raises RefusedError when nobody is named.

    The way in stands in the transaction, told once by the page, form or command that opened it (:mod:`store.acting`): the log has it,
    with the visit or the login, on every row.
    """

    scene: Scene
    by: str  #: the name that people read in the log
    why: str = ""

    def __post_init__(self) -> None:
        if len(self.by.strip()) < 2:
            raise RefusedError("Skriv vem som gör detta: namn eller roll.")
        object.__setattr__(self, "by", self.by.strip())

    @property
    def way(self) -> Acting | None:
        """Who it is for certain, by which way in, in which visit or login; None where nobody said so."""
        return acting_in(self.scene.session, self.by)

    @property
    def reason(self) -> str:
        """Why, without edges. Raises RefusedError for less than ``SHORTEST_REASON``."""
        return reason(self.why)

    def obligation(self, key: ObligationKey) -> Obligation:
        """Return an obligation by its key. Raises RefusedError with the nearest right one."""
        known = self.scene.wheel.obligations
        if key in known:
            return known[key]
        raise RefusedError(f"okänt inlämningskrav '{key}'{nearest(key, known)}")

    def body_moment(self, key: MilestoneKey) -> Milestone:
        """Return a body's moment by its key. Raises RefusedError with the nearest right one."""
        known = {moment.key: moment for moment in self.scene.wheel.milestones if moment.body}
        if key in known:
            return known[key]
        raise RefusedError(f"okänt moment '{key}'{nearest(key, known)}")

    def log(self, what: str, key: str | None = None, detail: Mapping[str, Any] | None = None) -> None:
        """Write in the log that this was done: ``what`` is like ``anstand.granted``."""
        log(self.scene.session, self.scene.now, self.by, what, key, dict(detail or {}))

    def anew(self) -> "Act":
        """Return the same act with the plan as it stands now: a frist may have moved."""
        return Act(Scene(self.scene.session, self.scene.office, self.scene.now), self.by, self.why)


def reason(why: str) -> str:
    """Return why something is done, without edges. Raises RefusedError for less than ``SHORTEST_REASON``."""
    if len(why.strip()) < SHORTEST_REASON:
        raise RefusedError("Skriv varför, så att den som läser loggen förstår.")
    return why.strip()


def by_service(scene: Scene) -> Act:
    """Return what the service does by itself."""
    return Act(scene, BY_SERVICE)

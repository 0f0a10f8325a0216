"""Whom the word about an obligation has reached, and whom it may reach yet: nothing goes above one who has had none."""

from collections.abc import Set
from dataclasses import dataclass
from datetime import date

from actions.recipients import People
from arshjul.keys import PersonId, RoleId
from arshjul.workdays import Workdays
from arshjul.year.wheel import Obligation
from store.post.notices import Told

TRIED_AGAIN_AFTER = (
    5  #: working days until a word that was refused is tried at the same address: a box is no longer full
)


@dataclass(frozen=True, slots=True)
class Reached:
    """What was told about an obligation, seen from those who hold its roles today."""

    one: Obligation
    word: Told
    people: People

    def has_heard(self, role: RoleId) -> bool:
        """Tell whether the holder of a role has had the word that must come before the ladder."""
        person = self.people.who(role, self.one.unit)
        heard = set[PersonId | None]().union(*(self.word.heard.get(rung, set()) for rung in self._words()))
        return person is not None and person.id in heard

    def is_new(self, role: RoleId) -> bool:
        """Tell whether the holder of a role was never written to about it: they came since, or their address did."""
        person = self.people.who(role, self.one.unit)
        if person is None:
            return False
        tried = {each for tries in self.word.tried.values() for each in tries}
        return person.id not in (self.word.readers | self.word.waiting | tried)

    def may_be_tried(self, role: RoleId, workdays: Workdays, today: date) -> bool:
        """Tell whether a word may reach the holder of a role who has had none: another person or address, or time."""
        person = self.people.who(role, self.one.unit)
        if person is None:
            return False
        known = [self.word.tried.get(rung, {}) for rung in self._words()]
        last = max((tries[person.id] for tries in known if person.id in tries), key=lambda each: each.day, default=None)
        if last is None or person.address not in last.to:
            return True
        return workdays.between(last.day, today) >= TRIED_AGAIN_AFTER

    def _words(self) -> Set[str]:
        """Return the rungs whose letters are the word that must come before the ladder: the late one, where it has one.

        A reminder of before the frist tells nobody that it is late.
        """
        late = {rung.id for rung in (self.one.ladder.rungs if self.one.ladder else ()) if rung.kind == "sen"}
        return late or self.word.heard.keys() | self.word.tried.keys()

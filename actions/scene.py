"""One round's view of the world, read once: the wheel, the people, and the standing of the obligations in sight."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from copy import copy
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import cached_property
from typing import TypeVar

from actions.reached import Reached
from actions.recipients import People, holding
from arshjul.keys import ObligationKey, OccurrenceKey
from arshjul.ladder.due import Standing, next_sending_time
from arshjul.ladder.standing import State, krav_state
from arshjul.swedish import local_date
from arshjul.year.wheel import Obligation, Wheel
from notifications.office import Office
from store.acting import Acting
from store.database import Session, Store, alone
from store.people.holders import holders
from store.plan.in_step import Moved, bring_into_step, is_in_step, replan
from store.plan.matters import RAISED, SETTLED, matters_about
from store.plan.obligations import rows_of, unsettled
from store.plan.planning import current_wheel
from store.plan.recorded import number_of
from store.plan.silences import quiet_until, silences
from store.post.notices import Told, told
from store.savepoints import settle
from submissions.standing.completeness import PartState, all_complete, completed_at, owing_roles, part_states
from submissions.standing.states import facts_of

_T = TypeVar("_T")


@dataclass(frozen=True)
class Scene:
    """What a round at ``now`` looks at. Read through ``session``; but for :meth:`plan` nothing is written here."""

    session: Session
    office: Office
    now: datetime

    def __post_init__(self) -> None:
        object.__setattr__(self, "office", self.office.at(self.session))

    @cached_property
    def today(self) -> date:
        """The Swedish local day."""
        return local_date(self.now)

    @property
    def opens(self) -> datetime:
        """When a letter that is written now may leave: at once within the sending hours, else when they open."""
        return next_sending_time(self.now, self.wheel.workdays, self.office.definition.sending_hours)

    @cached_property
    def wheel(self) -> Wheel:
        """The plan as it stands."""
        return current_wheel(self.session, self.office.definition, self.now)

    def plan(self) -> list[Moved]:
        """Bring the rows into step with the plan, and look at it anew: what came after its frist is not asked for."""
        if is_in_step(self.session, self.wheel):
            return []
        moved = bring_into_step(self.session, self.wheel, self.now)
        self.__dict__.pop("wheel", None)
        return moved

    def replan(self) -> list[Moved]:
        """Bring the rows into step with what was just recorded, and look at the plan anew.

        The plan ``before`` it is the one that this scene saw: whoever records looks at it first, or nothing is woken.
        """
        if "wheel" not in self.__dict__:
            raise RuntimeError("look at the scene's wheel before you record: what changed is held against it")
        before = self.wheel
        settle(self.session)
        del self.__dict__["wheel"]
        return replan(self.session, before, self.wheel, self.now)

    @cached_property
    def people(self) -> People:
        """Who holds which role today."""
        return People(holders(self.session, self.today), self.office.definition.above)

    def diarienummer(self, occurrence: OccurrenceKey) -> str | None:
        """An occurrence's diarienummer, when it is known."""
        if occurrence not in self._numbers:
            self._numbers[occurrence] = number_of(self.session, occurrence)
        return self._numbers[occurrence]

    @cached_property
    def _numbers(self) -> dict[OccurrenceKey, str | None]:
        return {}

    @cached_property
    def late(self) -> "Sight":
        """All that is late and asked for, soonest first: what a letter to whoever owes any of it names."""
        sight = self.look(unsettled(self.session, self.now))
        told = [
            one
            for one in sight.obligations
            if one.host is None
            and one.ladder
            and one.key not in sight.silences
            and sight.is_late(one)
            and (one.deadline.status == "beslutad" or self.office.utskick == "skugga")
        ]
        return sight.among(told)

    def look(self, keys: Iterable[ObligationKey]) -> "Sight":
        """Return what is known of these obligations."""
        return Sight(self, [self.wheel.obligations[key] for key in keys if key in self.wheel.obligations])


class Sight:
    """What is known of some obligations: their parts, and what was told about them."""

    def __init__(self, scene: Scene, obligations: list[Obligation]) -> None:
        self.scene, self.obligations = scene, obligations
        wheel = scene.wheel
        near = {one.key: one for one in obligations}
        for one in obligations:
            finaliser, carrier = wheel.finalisers.get(one.key), wheel.carriers.get(one.key)
            below = [part.carries for part in one.parts if part.carries]
            related = [
                *wheel.hosted.get(one.key, ()),
                *self._named(one.requires),
                *self._named(finaliser),
                *self._named(carrier and carrier[0]),
                *below,
            ]
            near.update({each.key: each for each in related})
        self.states: Mapping[ObligationKey, tuple[PartState, ...]] = part_states(scene.session, near.values())
        keys = [one.key for one in obligations]
        frists = {one.key: one.deadline.at for one in obligations}
        self.told: Mapping[ObligationKey, Told] = told(
            scene.session, frists, scene.office.definition.tops, shadow_counts=scene.office.utskick == "skugga"
        )
        self._quiet = quiet_until(scene.session, keys)
        self.rows = rows_of(scene.session, keys)
        #: why nothing is said, by key
        self.silences = silences(scene.session, wheel, near.values(), scene.office.since, scene.now)
        matters = matters_about(scene.session, {*keys, *(one.requires for one in obligations if one.requires)})
        self._lifted = {row.obligation_key for row in matters}
        self.matters = {
            row.obligation_key: row for row in matters if row.state == RAISED and row.obligation_key in frists
        }
        #: whose matter for the frist as it is now has ended, but for what its body has decided
        self._fallen = {
            row.obligation_key
            for row in matters
            if row.state not in (RAISED, SETTLED) and frists.get(row.obligation_key) == row.due_at
        }
        self._standings: dict[ObligationKey, Standing] = {}

    def among(self, obligations: Sequence[Obligation]) -> "Sight":
        """Return what is known of some of them; nothing is read anew."""
        fewer = copy(self)
        fewer.obligations = list(obligations)
        return fewer

    def with_hosted(self, one: Obligation) -> tuple[PartState, ...]:
        """Return the states of an obligation's parts and of those handed in with it."""
        hosted = self.scene.wheel.hosted.get(one.key, ())
        return tuple(
            state for each in (one, *hosted) for state in self.states[each.key] if state.obligation_key == each.key
        )

    def complete(self, one: Obligation) -> bool:
        """Tell whether nothing is missing, also of what is handed in with it."""
        return all_complete(self.with_hosted(one))

    def is_late(self, one: Obligation) -> bool:
        """Tell whether its frist has passed while something is missing, also of what is handed in with it."""
        facts = facts_of(self.scene.wheel, one, self.states, self.silences.get(one.key))
        return krav_state(replace(facts, complete=self.complete(one)), self.scene.now).core is State.FORSENAD

    def completed_at(self, one: Obligation) -> datetime:
        """Return when the last of what an obligation asks for came in whole; now where nothing says when."""
        return completed_at(self.scene.session, self.with_hosted(one)) or self.scene.now

    def state(self, one: Obligation) -> State:
        """Return the core of the obligation's own state."""
        facts = facts_of(self.scene.wheel, one, self.states, self.silences.get(one.key))
        return krav_state(facts, self.scene.now).core

    def standing(self, one: Obligation) -> Standing:
        """Return what the ladder needs to know; worked out once."""
        if one.key not in self._standings:
            self._standings[one.key] = self._standing(one)
        return self._standings[one.key]

    def _standing(self, one: Obligation) -> Standing:
        owing = owing_roles([self._asked(state) for state in self.with_hosted(one)])
        word, people = self.told[one.key], self.scene.people
        reached = Reached(one, word, people)
        unheard = tuple(role for role in owing if not reached.has_heard(role))
        row = self.rows.get(one.key)
        roles = {
            *owing,
            *(role for rung in (one.ladder.rungs if one.ladder else ()) for role in rung.recipients(one.unit_kind)),
        }
        return Standing(
            owing=owing,
            taken=self._taken(one, word),
            pending=frozenset(word.pending),
            started=word.started,
            rests_until=self._quiet["vila"].get(one.key),
            held_until=self._quiet["håll"].get(one.key),
            in_force_since=self.scene.office.since,
            opened=bool(row and row.opened),
            silent=one.key in self.silences,
            waits=self._waits(one),
            spoken_on=word.spoken_on,
            unheard=unheard,
            reachable=tuple(
                role for role in unheard if reached.may_be_tried(role, self.scene.wheel.workdays, self.scene.today)
            ),
            newcomers=tuple(role for role in owing if reached.is_new(role)),
            holders=holding(roles, one.unit, people),
        )

    def _asked(self, state: PartState) -> PartState:
        """Return a part that waits for what nobody is asked for any more as one that its own role must say something of."""
        below = state.part.carries
        return replace(state, waits=False) if state.waits and below and below.key in self.silences else state

    def _taken(self, one: Obligation, word: Told) -> Mapping[str, date]:
        """Return what counts as taken: what fell (a decision that was put right, what was handed in and taken away) is owed anew.

        A matter that has ended for the frist that is in force, of what is still owed, is no longer before anybody.
        """
        if one.key not in self._fallen:
            return word.taken
        top = {rung.id for rung in (one.ladder.rungs if one.ladder else ()) if rung.reaches_body}
        return {rung: day for rung, day in word.taken.items() if rung not in top}

    def lift(self, key: ObligationKey) -> None:
        """Know that a matter about an obligation has just been raised: what waited for it waits no longer."""
        self._lifted.add(key)
        self._standings.clear()

    def _waits(self, one: Obligation) -> bool:
        """Tell whether the first letter must wait for what it requires (the anvisningar).

        It no longer waits when that matter has gone to KSAU, or nothing is said about it: the frist stands, and
        nobody shall meet the ladder without a word.
        """
        for required in self._named(one.requires):
            asked = required.key not in self.silences and required.key not in self._lifted
            if asked and not all_complete(self.states[required.key]):
                return True
        return False

    def _named(self, key: ObligationKey | None) -> tuple[Obligation, ...]:
        found = self.scene.wheel.obligations.get(key) if key else None
        return (found,) if found else ()


def carry_out(
    store: Store,
    office: Office,
    clock: Callable[[], datetime],
    work: Callable[[Scene], _T],
    acting: Acting | None = None,
) -> _T:
    """Do ``work`` in a scene of its own, while nobody else decides; from its beginning again when it had to give way.

    ``work`` keeps nothing outside its session; ``acting`` is who the log says did it, None whoever the store was opened
    for.
    """

    def alone_in(session: Session) -> _T:
        alone(session)
        return work(Scene(session, office, clock()))

    return store.carry_out(alone_in, acting)

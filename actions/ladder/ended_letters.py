"""What those who were told of a matter are told when it ends: how, and what remains before the body."""

from collections.abc import Iterator, Sequence, Set
from dataclasses import dataclass, replace

from actions.papers.before_body import body_for, meeting_of, placed_at
from actions.papers.filled_paper import with_paper
from actions.papers.matter_telling import matter_view
from actions.posting import write
from actions.readers import body_readers, occurrence_path, reader_of
from actions.recipients import registrator
from actions.scene import Scene, Sight
from arshjul.definition.names import fold
from arshjul.definition.reach import top_rung
from arshjul.keys import BodyId, ObligationKey, PersonId, RoleId
from arshjul.ladder.due import TOLD
from arshjul.year.wheel import Obligation
from notifications.letters import compose
from notifications.letters.views.composed import Composed, Reader
from notifications.letters.views.matter_view import AfterView, MatterView
from store.people.holders import person_of
from store.plan.matters import COMPLETED, SETTLED, WITHDRAWN, every_open
from store.post.correspondence import free_key
from store.post.letter_keys import LetterKey, in_key
from store.post.letter_states import CHANGED_MATTER, REMAINS
from store.post.told_notices import told_roles
from store.tables import LetterRow, Matter, Person


@dataclass(frozen=True, slots=True, kw_only=True)
class Ending:
    """How one matter ends."""

    one: Obligation
    matter: Matter
    body: BodyId
    state: str
    because: str = ""  #: why, when it is not that everything came in: a whole clause
    headline: str = ""  #: the same in the subject

    @property
    def letter(self) -> tuple[str, ...]:
        """What endings have in common that are told in one letter."""
        return (*self.one.occurrence, self.body, str(self.matter.meeting_day), self.state, self.because, self.headline)


def tell_ended(
    sight: Sight, endings: Sequence[Ending], ending_keys: Set[ObligationKey], run_id: str | None
) -> list[LetterRow]:
    """Tell each who was told of them how some matters of one report and meeting ended, and what remains before the body.

    The body's own readers get a new paper of what remains. What the body itself has decided is not told to them.
    """
    scene, first = sight.scene, endings[0]
    own = {person.id if person else None for _, person in body_readers(scene, first.body)}
    remaining = left_before(scene, first.matter, first.body, {*ending_keys, *(each.one.key for each in endings)})
    left = _remaining_view(scene, first, remaining) if remaining else None
    letters, registered = list[LetterRow](), list[str]()
    for role, person, theirs in _readers_of(scene, endings):
        of_body = (person.id if person else None) in own
        if of_body and first.state == SETTLED:
            continue
        owed = any(role in {part.role for part in each.one.parts} for each in theirs)
        known = None if owed else left
        has_paper = known is not None and of_body and not known.is_held
        cc = registrator(scene.people) if has_paper and not registered else []
        registered += cc
        key = (_changed_key if known else ending_key)(theirs[0].one.key, theirs[0].matter, person)
        after = AfterView(left=known, owed=owed)
        letter = write(
            scene,
            key=free_key(scene.session, key),
            kind=CHANGED_MATTER if has_paper else REMAINS if known else first.state,
            composed=_words(
                sight,
                theirs,
                reader_of(scene, person, role, page=occurrence_path(first.one.occurrence)),
                after,
                has_paper=has_paper,
            ),
            to=person,
            cc=cc,
            rung=first.one.top,
            thread=first.one.occurrence,
            run_id=run_id,
        )
        letters += [letter] if letter else []
    return letters


def _words(sight: Sight, endings: Sequence[Ending], reader: Reader, after: AfterView, *, has_paper: bool) -> Composed:
    first, left = endings[0], after.left
    ended = _view(sight, [each.one for each in endings], first)
    ended = replace(ended, because=first.because, headline=first.headline)
    words = {WITHDRAWN: compose.withdrawn, COMPLETED: compose.completed, SETTLED: compose.settled}[first.state]
    if left is None or not has_paper:
        return words(reader, ended, after)
    return with_paper(
        sight.scene, lambda template: words(reader, ended, replace(after, paper=compose.paper(left, template)))
    )


def _remaining_view(scene: Scene, first: Ending, remaining: Sequence[Obligation]) -> MatterView:
    view = _view(scene.look([one.key for one in remaining]), remaining, first)
    return replace(view, raised_on=scene.today)  # the new paper's day


def _view(sight: Sight, late: Sequence[Obligation], first: Ending) -> MatterView:
    scene, matter = sight.scene, first.matter
    meeting, came = meeting_of(scene, first.body, matter), placed_at(scene, matter)
    return matter_view(sight, late, meeting, matter.raised_at, first.body, placed_at=came)


def left_before(
    scene: Scene, matter: Matter, body: BodyId | None, but: Set[ObligationKey] = frozenset()
) -> list[Obligation]:
    """Return what else lies before a matter's body (None: any) at its meeting about its report, and is still owed."""
    definition, report, found = scene.office.definition, matter.obligation_key.occurrence, list[Obligation]()
    for other in every_open(scene.session):
        one = scene.wheel.obligations.get(other.obligation_key)
        rung = top_rung(one.ladder) if one else None
        same = other.obligation_key.occurrence == report and other.meeting_day == matter.meeting_day
        if one and rung and same and one.key not in but and body in (None, body_for(definition, rung, other)[0]):
            found.append(one)
    sight = scene.look([one.key for one in found])
    in_order = sorted(found, key=list(scene.wheel.obligations.values()).index)
    return [one for one in in_order if not sight.complete(one) and one.key not in sight.silences]


def _readers_of(scene: Scene, endings: Sequence[Ending]) -> Iterator[tuple[RoleId, Person | None, list[Ending]]]:
    """Give each reader who was told of some of the matters, with those that they were told of."""
    found: dict[PersonId | None, tuple[RoleId, Person | None, list[Ending]]] = {}
    for each in endings:
        for role, person in readers_told(scene, each.one.key, each.matter):
            found.setdefault(person.id if person else None, (role, person, []))[2].append(each)
    yield from found.values()


def ending_key(key: ObligationKey, matter: Matter, person: Person | None) -> LetterKey:
    """Return the key of the letter that tells a person that a matter has ended."""
    return LetterKey.of(key, fold(matter.state), matter.id, in_key(person.id if person else None))


def _changed_key(key: ObligationKey, matter: Matter, person: Person | None) -> LetterKey:
    day = matter.meeting_day or "direkt"
    return LetterKey.of_moved(key, "andrat", matter.id, day, person.id if person else None)


def _above(scene: Scene, key: ObligationKey) -> Set[str]:
    """Return the rungs whose readers are told how it ended: those above whoever owes, as the ladder is and was."""
    one = scene.wheel.obligations.get(key)
    rungs = one.ladder.rungs if one and one.ladder else ()
    every = [each for ladder in scene.office.definition.ladders.values() for each in ladder.rungs]
    return {each.id for each in (*every, *rungs) if each.kind not in TOLD}


def readers_told(scene: Scene, key: ObligationKey, matter: Matter) -> list[tuple[RoleId, Person | None]]:
    """Return who was told that it was late, and those to whose body the matter was handed on; each person once."""
    told = told_roles(scene.session, key, _above(scene, key))
    found = [(role, person_of(scene.session, person)) for person, role in told.items()]
    handed = body_readers(scene, matter.body) if matter.body else []
    known = {person.id if person else None for _, person in found}
    return found + [(role, person) for role, person in handed if (person.id if person else None) not in known]

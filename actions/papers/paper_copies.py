"""Copies of a tjänsteskrivelse that has gone: to the one who signs it, and to those it names."""

from collections.abc import Collection, Iterator, Sequence

from actions.papers.before_body import body_for, meeting_of, placed_at
from actions.papers.filled_paper import with_paper
from actions.papers.matter_telling import matter_view, signer_of
from actions.readers import link_for, occurrence_path, reader_of
from actions.scene import Sight
from arshjul.bodies.asked_for import kommundirektor
from arshjul.definition.reach import top_rung
from arshjul.keys import RoleId, UnitId
from arshjul.ladder.due import owing_persons
from arshjul.year.wheel import Obligation
from notifications.letters import compose
from notifications.letters.freezing import freeze
from notifications.letters.views.composed import Composed
from store.post.correspondence import free_key
from store.post.letter_keys import LetterKey
from store.tables import LetterRow, Matter, Person

KIND = "kopia av skrivelse"


def write_copies(
    sight: Sight, late: Sequence[Obligation], matter: Matter, readers: Collection[str | None], run_id: str | None
) -> list[LetterRow]:
    """Freeze a copy for each whom the paper names that has not got it as one of the body's own ``readers``."""
    scene, letters = sight.scene, []
    for role, person in _named(sight, late, matter):
        if person.id in readers:
            continue
        key = LetterKey.of_moved(late[0].key, "kopia", matter.id, matter.meeting_day or "direkt", person.id)
        letter = freeze(
            scene.session, scene.office, scene.now, key=free_key(scene.session, key), kind=KIND,
            composed=compose_copy(sight, role, person, late, matter), to=person, thread=late[0].occurrence, run_id=run_id,
        )  # fmt: skip
        letters += [letter] if letter else []
    return letters


def compose_copy(sight: Sight, role: RoleId, person: Person, late: Sequence[Obligation], matter: Matter) -> Composed:
    """Compose a reader's copy, as things stand. Raises LookupError where the ladder no longer goes to a body."""
    scene, first = sight.scene, late[0]
    rung = top_rung(first.ladder)
    if rung is None:
        raise LookupError(f"trappan för {first.key} når inte längre något organ")
    body_id, _ = body_for(scene.office.definition, rung, matter)
    view = matter_view(
        sight, late, meeting_of(scene, body_id, matter), matter.raised_at, body_id, placed_at=placed_at(scene, matter)
    )
    owes = any(person.id in owing_persons(sight.standing(one)) for one in late)
    link = link_for(scene, person) if owes else None
    reader = reader_of(scene, person, role, link, page=None if owes else occurrence_path(first.occurrence))
    signs = view.signer is not None and view.signer.person_id == person.id
    return with_paper(
        scene, lambda template: compose.paper_copy(reader, view, owes=owes, signs=signs, template=template)
    )


def named_role(sight: Sight, late: Sequence[Obligation], matter: Matter, person: Person) -> RoleId | None:
    """Return by which role a paper names somebody; None when it no longer does."""
    return next((role for role, each in _named(sight, late, matter) if each.id == person.id), None)


def _named(sight: Sight, late: Sequence[Obligation], matter: Matter) -> Iterator[tuple[RoleId, Person]]:
    """Give whom a paper names, each once: who signs, who owes what is late, and whom styrelsen gives an uppdrag."""
    scene, first, found = sight.scene, late[0], set[str]()
    people, definition = scene.people, scene.office.definition
    rung = top_rung(first.ladder)
    if rung is None:
        return
    signer = signer_of(sight, late, body_for(definition, rung, matter)[1])
    roles: list[tuple[RoleId, UnitId | None]] = [(RoleId(signer.role), None)]
    roles += [(role, one.unit) for one in late for role in sight.standing(one).owing]
    if any(one.unit_kind == "styrelse" for one in late):
        roles.append((kommundirektor(definition, first.ladder), None))
    for role, unit in roles:
        person = people.who(role, unit)
        if person and person.id not in found:
            found.add(person.id)
            yield role, person

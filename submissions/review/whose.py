"""Which part a file is of, when nobody says: by its mark, else by what is found in it."""

from collections.abc import Sequence

from arshjul.definition.model import Definition
from arshjul.swedish import instant_text
from arshjul.year.wheel import Obligation, PartOwed
from submissions.files.filled import Filled
from submissions.files.parts import form_of
from submissions.readers.process.apart import read_apart
from submissions.readers.refusal import Refusal
from submissions.review.examining import is_looked_into
from submissions.templates.mall import mall_of

Place = tuple[Obligation, PartOwed]


def places_of(owed: Sequence[Obligation], kind: str | None) -> list[Place]:
    """Return the parts whose content is looked into and that take files of this kind."""
    every = [(one, part) for one in owed for part in one.parts]
    return [(one, part) for one, part in every if is_looked_into(part) and kind in form_of(part).kinds]


def whose(definition: Definition, places: Sequence[Place], content: bytes, kind: str) -> Place | None:
    """Return the part that a file is of: its mark says it, else the one that most is found of. None: nobody can tell."""
    if len(places) < 2:
        return next(iter(places), None)
    found: list[tuple[int, Place]] = []
    for place in places:
        filled = _read(definition, place, content, kind)
        if filled is None:
            return places[0]  # it cannot be read, whichever it is
        mark = filled.mark
        if mark and mark.part:
            named = [(one, part) for one, part in places if part.id == mark.part]
            return next((each for each in named if each[0].step == mark.step), next(iter(named), places[0]))
        found.append((len(filled.tables) + sum(section.id is not None for section in filled.sections), place))
    best = max(count for count, _ in found)
    most = [place for count, place in found if count == best]
    return most[0] if best and len(most) == 1 else None


def _read(definition: Definition, place: Place, content: bytes, kind: str) -> Filled | None:
    one, part = place
    read = read_apart(content, kind, mall_of(definition, one, part, instant_text(one.deadline.at)))
    return None if isinstance(read, Refusal) else read

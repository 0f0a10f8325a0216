"""Which part a file is, when several are put in at once: by what its bytes are, and by the mark that its mall left."""

from collections.abc import Sequence

from arshjul.definition.model import Definition
from arshjul.year.wheel import Obligation, PartOwed
from submissions.files.contents import look_into
from submissions.files.filled import Filled, MallMark
from submissions.files.parts import MAX_BYTES, form_of
from submissions.readers.process.apart import read_apart
from submissions.review.examining import is_looked_into
from submissions.templates.mall import mall_of
from submissions.templates.mall_words import due_text

Place = tuple[Obligation, PartOwed]


def places_for(definition: Definition, places: Sequence[Place], content: bytes) -> tuple[Place, ...]:
    """Return the parts that a file can be: one when it is sure, several when somebody must say, none when no part
    takes such a file.

    Sure is a part that alone takes its kind of file, or that the file's mark names. Reads the file in a process of
    its own when there is a choice, so it is not done within a transaction.
    """  # fmt: skip
    kind = look_into(content).kind
    found = tuple(place for place in places if kind in form_of(place[1]).kinds)
    if len(found) < 2 or len(content) > MAX_BYTES or kind is None:
        return found
    made = next(((one, part) for one, part in found if is_looked_into(part)), None)
    if made is None:
        return found
    read = read_apart(content, kind, mall_of(definition, *made, due_text(made[0])))
    mark = read.mark if isinstance(read, Filled) else None
    return tuple(place for place in found if mark and names(mark, place)) or found


def names(mark: MallMark, place: Place) -> bool:
    """Tell whether a mark names a part: the same report, period, enhet and part."""
    one, part = place
    return (mark.step, mark.period, mark.unit, mark.part) == (one.step, one.period.key, one.unit, part.id)

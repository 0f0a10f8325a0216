"""Which part a file is, when several are put in at once: by what its bytes are, and by the mark that its mall left."""

from collections.abc import Sequence

from arshjul.year.wheel import Obligation, PartOwed
from submissions.files.contents import look_into
from submissions.files.filled import MallMark
from submissions.files.parts import MAX_BYTES, form_of
from submissions.readers.process.apart import read_mark_apart

Place = tuple[Obligation, PartOwed]

#: kinds of files that can carry a mark
MARKED = ("xlsx", "ods", "docx", "odt", "pdf")


def places_for(places: Sequence[Place], content: bytes) -> tuple[Place, ...]:
    """Return the parts that a file can be: one when it is sure, several when somebody must say, none when no part
    takes such a file.

    Sure is a part that alone takes its kind of file, or that the file's mark names. Reads the file in a process of
    its own when there is a choice, so it is not done within a transaction.
    """  # fmt: skip
    kind = look_into(content).kind
    found = tuple(place for place in places if kind in form_of(place[1]).kinds)
    if len(found) < 2:
        return found
    mark = mark_in(content)
    return tuple(place for place in found if mark and names(mark, place)) or found


def mark_in(content: bytes) -> MallMark | None:
    """Return the mark by which a mall of ours is known, of whatever kind and wherever it came in; None without one.

    Reads the file in a process of its own, so it is not done within a transaction.
    """
    kind = look_into(content).kind
    return read_mark_apart(content, kind) if kind in MARKED and len(content) <= MAX_BYTES else None


def names(mark: MallMark, place: Place) -> bool:
    """Tell whether a mark names a part: the same report, period, enhet and part."""
    one, part = place
    return (mark.step, mark.period, mark.unit, mark.part) == (one.step, one.period.key, one.unit, part.id)

"""Which part a file that came by mail is meant for: by its mark, its kind, its name, and what is still missing."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from arshjul.definition.names import fold
from arshjul.keys import ObligationKey, PartId
from arshjul.year.wheel import Obligation, PartOwed
from notifications.mailbox.enclosed import File
from submissions.files.contents import look_into
from submissions.files.filled import MallMark
from submissions.files.parts import form_of
from submissions.intake.placing import names
from submissions.standing.completeness import PartState

_WORDS = re.compile(r"[a-z0-9]+")
_SMALL = frozenset({"och", "med", "for", "till", "mot", "av", "i", "om", "per"})


Marks = Mapping[str, MallMark]  #: what marked mallar say of themselves, by the file's SHA-256
NO_MARKS: Marks = {}


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A part that a file may be handed in as."""

    obligation: Obligation
    part: PartOwed
    state: PartState

    @property
    def key(self) -> tuple[ObligationKey, PartId]:
        """The obligation's key and the part's id."""
        return self.obligation.key, self.part.id


def fit(files: Sequence[File], places: Sequence[Place], marks: Marks = NO_MARKS) -> Mapping[str, Place]:
    """Return the place of each file (by SHA-256) that has exactly one; the others are for a person to place.

    The same bytes as a part's own version are that part. A mall of ours is the part that its mark names, and
    another file the one that its name names, if it is still missing. Else it is the only missing part that takes a
    file of its kind. Two files never go to one place.
    """
    every = {file.sha256: _place_of(file, places, marks.get(file.sha256)) for file in files}
    found = {checksum: place for checksum, place in every.items() if place is not None}
    taken = [place.key for place in found.values()]
    return {checksum: place for checksum, place in found.items() if taken.count(place.key) == 1}


def suggest(file: File, places: Sequence[Place], mark: MallMark | None = None) -> Place | None:
    """Return the likeliest place, for a person to confirm: the one that its mark or its name says, else the first missing of its kind."""
    right = _of_kind(file, places)
    likely = [*_marked(mark, right), *_named(file, right), *_missing(right)]
    return _place_of(file, places, mark) or next(iter(likely), None)


def _place_of(file: File, places: Sequence[Place], mark: MallMark | None) -> Place | None:
    same = [place for place in places if place.state.sha256 == file.sha256]
    if len(same) == 1:
        return same[0]
    right = _of_kind(file, places)
    candidates = _marked(mark, right) or _named(file, right) or _missing(right)
    return candidates[0] if len(candidates) == 1 and not candidates[0].state.complete else None


def _marked(mark: MallMark | None, places: Sequence[Place]) -> list[Place]:
    return [place for place in places if mark and names(mark, (place.obligation, place.part))]


def _of_kind(file: File, places: Sequence[Place]) -> list[Place]:
    kind = look_into(file.content).kind
    return [place for place in places if kind in form_of(place.part).kinds]


def _missing(places: Sequence[Place]) -> list[Place]:
    return [place for place in places if not place.state.complete]


def _named(file: File, places: Sequence[Place]) -> list[Place]:
    words = set(_WORDS.findall(fold(file.name)))
    named = [place for place in places if any(each <= words for each in _names(place))]
    # "prognos ekonomi.xlsx": the name that says the most wins, if one does
    longest = max((_told(words, place) for place in named), default=0)
    return [place for place in named if _told(words, place) == longest]


def _names(place: Place) -> list[set[str]]:
    """Return the ways in which a file's name may name a part: its id, its name, its name before any bracket."""
    texts = (place.part.id, place.part.name, place.part.name.partition("(")[0])
    return [words for text in texts if (words := set(_WORDS.findall(fold(text))) - _SMALL)]


def _told(words: set[str], place: Place) -> int:
    """Return how many words of a name speak of a place, its report's name counted."""
    about = set(_WORDS.findall(fold(place.obligation.step_name)))
    return max(len(each & words) for each in _names(place)) + len(about & words)

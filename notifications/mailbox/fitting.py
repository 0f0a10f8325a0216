"""Which part a file that came by mail is meant for: by its kind, its name, and what is still missing."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from arshjul.definition.model import fold
from arshjul.keys import ObligationKey, PartId
from arshjul.year.wheel import Obligation, PartOwed
from notifications.mailbox.enclosed import File
from submissions.files.contents import look_into
from submissions.files.parts import form_of
from submissions.standing.completeness import PartState

_WORDS = re.compile(r"[a-z0-9]+")
_SMALL = frozenset({"och", "med", "for", "till", "mot", "av", "i", "om", "per"})


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


def fit(files: Sequence[File], places: Sequence[Place]) -> Mapping[str, Place]:
    """Return the place of each file (by SHA-256) that has exactly one; the others are for a person to place.

    The same bytes as a part's own version are that part. A file that names one part is that part, if it is still
    missing. Else it is the only missing part that takes a file of its kind. Two files never go to one place.
    """
    found = {file.sha256: place for file in files if (place := _place_of(file, places)) is not None}
    taken = [place.key for place in found.values()]
    return {checksum: place for checksum, place in found.items() if taken.count(place.key) == 1}


def suggest(file: File, places: Sequence[Place]) -> Place | None:
    """Return the likeliest place, for a person to confirm: the one that it names, else the first missing of its kind."""
    return _place_of(file, places) or next(
        (place for place in [*_named(file, _of_kind(file, places)), *_of_kind(file, _missing(places))]), None
    )


def _place_of(file: File, places: Sequence[Place]) -> Place | None:
    same = [place for place in places if place.state.sha256 == file.sha256]
    if len(same) == 1:
        return same[0]
    right = _of_kind(file, places)
    candidates = _named(file, right) or _missing(right)
    return candidates[0] if len(candidates) == 1 and not candidates[0].state.complete else None


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

"""Keys of letters: what each letter, and each thread of letters to one reader, is known by.

``hedemora/brev/2027-09-14/ek.chef@example.se``, ``hedemora/delarsrapport/2027-08/socialnamnden/underlag/kvittens/...``: what it
is about (the municipality, a tillfälle, or a key of the plan), a word that says which letter it is, and which of
them. They stand in the outbox, in the log and in each mail's head, and are put together and taken apart here alone.
"""

from collections.abc import Iterable
from datetime import datetime
from typing import Self
from urllib.parse import quote

from arshjul.keys import (
    ObligationKey,
    OccurrenceKey,
    PersonId,
    PlannedKey,
    RoleId,
    beginning,
    following,
    joined,
    names_in,
)

OFFICE = "ekonomikontoret"  #: stands for the reader where nobody holds the role

_SHADOW = "skugga"
_RECEIPT = "kvittens"


class LetterKey(str):
    """What a letter is known by. The same key is never written twice: see ``free_key`` for what may happen again."""

    __slots__ = ()

    @classmethod
    def of(cls, about: str, word: str, *which: object) -> Self:
        """Put one together: ``about`` is the municipality, or a key that begins with it."""
        return cls(joined(about, word, *which))

    @classmethod
    def of_receipt(cls, key: ObligationKey, versions: Iterable[tuple[str, int | None]], now: datetime) -> Self:
        """Return the key of a kvittens of some parts' versions."""
        return cls.of(
            key, _RECEIPT, "+".join(f"{part}.{version}" for part, version in versions), f"{now.timestamp():.0f}"
        )

    @classmethod
    def of_moved(cls, key: PlannedKey, word: str, number: int, where: object, person_id: PersonId | None) -> Self:
        """Return the key of the word that a matter or a report (by its row's number) went to a body, or another day."""
        return cls.of(key, word, f"{number}-{where}", in_key(person_id))

    @property
    def shadow(self) -> Self:
        """The key of the same letter as it goes to the ekonomikontor instead: the real one, later, is another letter."""
        return type(self)(joined(self, _SHADOW))

    def again(self, number: int) -> Self:
        """The key of the same letter written for the ``number``th time."""
        return type(self)(joined(self, number))

    @property
    def registered(self) -> Self:
        """The key of the registrator's own copy of a kvittens."""
        return type(self)(joined(self, "registrator"))

    @property
    def role(self) -> RoleId:
        """The role that a letter about an underlag is to: the last name but one, before who had it."""
        return RoleId(names_in(self)[-2])

    def to(self, person_id: PersonId | None) -> Self:
        """Return the key of the same letter to another reader."""
        return type(self)(joined(*names_in(self)[:-1], in_key(person_id)))

    @classmethod
    def of_happenings(cls, key: ObligationKey, word: str, who: str, happenings: Iterable[str]) -> Self:
        """Return the key of a word to a reader of the händelser that an underlag opened, or opens no longer."""
        return cls.of(key, word, who, "+".join(happenings))

    @property
    def happenings(self) -> tuple[str, list[str]]:
        """The word, and the händelser, of one made by ``of_happenings``."""
        word, _, happenings = following(self)[:3]
        return word, happenings.split("+")

    @property
    def of_day(self) -> tuple[str, ...]:
        """The word, and what comes after it, of a letter about the whole municipality: ``brev``, the day and whose."""
        return names_in(self)[1:]

    @property
    def word(self) -> str:
        """What all readers' keys of the same word begin with, with the stroke: the key but for its last name."""
        return joined(*names_in(self)[:-1], "")

    @property
    def beginning(self) -> str:
        """The key of the plan that it begins with, if it begins with one."""
        return beginning(self)

    @property
    def receipt_of(self) -> tuple[str, ...]:
        """Which parts' versions a kvittens is of: ``ekonomi.2``; nothing for another letter."""
        word, which = (*following(self), "", "")[:2]
        return tuple(which.split("+")) if word == _RECEIPT else ()

    @property
    def moved_to(self) -> tuple[int, str] | None:
        """Which matter went, and where, in one made by ``of_moved``; None for another letter."""
        _, which = (*following(self), "", "")[:2]
        number, _, where = which.partition("-")
        return (int(number), where) if number.isdecimal() else None


def in_key(person_id: PersonId | None) -> str:
    """Return a reader as a letter's key names them: a key stands in a header, so å, ä and ö are escaped."""
    return quote(person_id, safe="@+") if person_id else OFFICE


def thread_key(occurrence: OccurrenceKey, person_id: PersonId | None) -> str:
    """Return the key of a reader's letters about one tillfälle: ``delarsrapport/2027-08/`` and who reads."""
    return joined(*occurrence, person_id or OFFICE)


def occurrence_of(thread: str) -> OccurrenceKey:
    """Return the tillfälle that a thread is about."""
    return OccurrenceKey.begun(thread)

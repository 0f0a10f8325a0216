"""Keys of letters: what each letter, and each thread of letters to one reader, is known by."""

from arshjul.keys import OccurrenceKey, joined, names_in

OFFICE = "ekonomikontoret"  #: stands for the reader where nobody holds the role


def thread_key(occurrence: OccurrenceKey, person_id: str | None) -> str:
    """Return the key of a reader's letters about one tillfälle: ``delarsrapport/2027-08/`` and who reads."""
    return joined(*occurrence, person_id or OFFICE)


def occurrence_of(thread: str) -> OccurrenceKey:
    """Return the tillfälle that a thread is about."""
    return OccurrenceKey.of(*names_in(thread)[:2])

"""The files in a letter of the day: the fristen for the reader's calendar, and the mallar to fill in."""

from collections.abc import Iterable, Iterator, Set
from functools import cache

from actions.scene import Sight
from arshjul.keys import ObligationKey
from arshjul.year.wheel import Obligation, PartOwed
from notifications.calendars.frist_calendar import frist_event
from notifications.letters.views.composed import Attachment
from submissions.ledger.known import known_of
from submissions.templates.given_malls import handed_out, has_mall
from submissions.templates.mall import KnownFigures


def calendar_files(sight: Sight, reader: str | None, owed: Iterable[Obligation], moved: Set[str]) -> list[Attachment]:
    """Return a calendar file for each frist that the reader owes by, in its first letter and when it moves."""
    return [
        frist_event(one, sight.scene.office, sight.scene.now)
        for one in owed
        if one.deadline.at > sight.scene.now and (one.key in moved or is_first(sight, reader, one))
    ]


def mall_files(sight: Sight, reader: str | None, owed: Iterable[Obligation], *, anew: bool = False) -> list[Attachment]:
    """Return the mallar of what the reader still owes, in the first letter about it (``anew``: in any); also after the frist."""
    office = sight.scene.office

    @cache
    def known(key: ObligationKey) -> KnownFigures:
        """Return what is known of one that is owed: asked once, however many parts it has."""
        return known_of(sight.scene.session, office.definition, sight.scene.wheel.obligations[key])

    return [
        Attachment(filename=file.filename, media_type=file.media_type, content=file.content)
        for first in owed
        if anew or is_first(sight, reader, first)
        for one, part in _still_owed(sight, reader, first)
        if has_mall(office.definition, one, part)
        for file in (handed_out(office.definition, office.own, one, part, known(one.key)),)
    ]


def is_first(sight: Sight, reader: str | None, one: Obligation) -> bool:
    """Tell whether the reader has had no letter about an obligation before."""
    return reader not in sight.told[one.key].readers


def _still_owed(sight: Sight, reader: str | None, one: Obligation) -> Iterator[tuple[Obligation, PartOwed]]:
    """Give the parts that this reader owes, also of what is handed in with the obligation."""
    holders = sight.standing(one).holders
    for each in (one, *sight.scene.wheel.hosted.get(one.key, ())):
        for state in sight.states[each.key]:
            here = state.obligation_key == each.key  # else it is in another part's mall
            if here and not state.complete and holders.get(state.part.role) == reader:
                yield each, state.part

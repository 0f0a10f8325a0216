"""What the calendars' page shows: the feeds in groups, each with its address and what comes next in it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from arshjul.year.agenda import Feed, FeedKind, feeds_of
from notifications.office import Office
from store.access import feed_links
from store.database import Session
from store.plan.calendar_events import next_events
from store.tables import CalendarFeed, CalendarRow

GROUPS: Mapping[FeedKind, str] = {"alla": "Allt", "enhet": "Enheter", "roll": "Roller", "organ": "Organ"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Subscribed:
    """A feed on the page."""

    feed: Feed
    address: str  #: to copy; whoever has it reads the feed
    webcal: str  #: opens a calendar program
    coming: CalendarRow | None
    renewed: CalendarFeed | None

    @property
    def anchor(self) -> str:
        """The place on the page."""
        return self.feed.key.replace("/", "-")


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedGroup:
    """The feeds of one kind."""

    kind: FeedKind
    title: str
    calendars: tuple[Subscribed, ...]


def calendars(session: Session, office: Office, now: datetime) -> tuple[FeedGroup, ...]:
    """Return every feed of the definition, in groups."""
    coming, renewed = next_events(session, now), feed_links.generations(session)
    every = [_subscribed(feed, office, coming, renewed) for feed in feeds_of(office.definition)]
    return tuple(
        FeedGroup(kind=kind, title=title, calendars=tuple(each for each in every if each.feed.kind == kind))
        for kind, title in GROUPS.items()
    )


def _subscribed(
    feed: Feed, office: Office, coming: Mapping[str, CalendarRow], renewed: Mapping[str, CalendarFeed]
) -> Subscribed:
    row = renewed.get(feed.key)
    address = (
        f"{office.public_url}/kalender/{feed_links.sign(office.secret, feed.key, row.generation if row else 1)}.ics"
    )
    return Subscribed(
        feed=feed,
        address=address,
        webcal=f"webcal://{address.partition('://')[2]}",
        coming=coming.get(feed.key),
        renewed=row,
    )

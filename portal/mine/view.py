"""What one person owes, as values that the page shows. Nothing is decided in the templates."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from arshjul.swedish import day_text, local_date
from arshjul.year.wheel import Wheel
from portal.mine.card_views import Card
from portal.mine.cards import cards_of
from portal.mine.link_reach import Reach, reach, seat_text
from store.database import Session
from store.people import seats
from store.people.holders import person_of
from store.plan.silences import silences
from store.tables import Link, Person

SOON = timedelta(days=45)  #: what is due later stands folded, further down
AHEAD = timedelta(days=400)
BEHIND = timedelta(days=60)  #: what was handed in and due earlier is not shown any more


@dataclass(frozen=True, slots=True, kw_only=True)
class Owed:
    """Everything that one person owes: now, handed in, and further ahead; each soonest first."""

    person: Person
    roles: tuple[str, ...]  #: "förvaltningschef, Bildningsnämnden"
    now: tuple[Card, ...]
    done: tuple[Card, ...]
    later: tuple[Card, ...]
    deputies: tuple[str, ...]  #: "Bo Ek för förvaltningschef, Bildningsnämnden, till fredag 17 september 2027"


def owed(session: Session, wheel: Wheel, link: Link, since_day: datetime, now: datetime) -> Owed:
    """Gather everything that the link's person owes. Frister before ``since_day`` are not ours."""
    mine = reach(session, wheel.definition, link, now)
    near = [one for one in wheel.obligations.values() if not one.host and one.deadline.at <= now + AHEAD]
    silent = silences(session, wheel, near, local_date(since_day), now)
    shown = [
        one
        for one in near
        if (one.key not in silent or silent[one.key].is_end)
        and any(mine.owes(each) for each in (one, *wheel.hosted.get(one.key, ())))
    ]
    cards = cards_of(session, wheel, mine, shown, local_date(since_day), now)
    open_cards = [card for card in cards if card.missing and card.one.key not in silent]
    return Owed(
        person=mine.person,
        roles=tuple(seat_text(wheel, seat) for seat in sorted(mine.seats, key=str)),
        now=tuple(card for card in open_cards if card.one.deadline.at <= now + SOON),
        done=tuple(card for card in cards if not card.missing and card.one.deadline.at >= now - BEHIND),
        later=tuple(card for card in open_cards if card.one.deadline.at > now + SOON),
        deputies=tuple(deputies_of(session, wheel, mine, local_date(now))),
    )


def deputies_of(session: Session, wheel: Wheel, mine: Reach, today: date) -> Iterator[str]:
    """Return who stands in for a person, now or ahead, for which role and when, in words."""
    for row in seats.held_by(session, mine.person.id, today):
        deputy = person_of(session, row.deputy_id)
        if deputy and (row.deputy_to is None or row.deputy_to >= today):
            begins = f" från {day_text(row.deputy_from)}" if row.deputy_from and row.deputy_from > today else ""
            ends = f" till och med {day_text(row.deputy_to)}" if row.deputy_to else ""
            yield f"{deputy.name} för {seat_text(wheel, (row.role, row.unit))}{begins}{ends}"

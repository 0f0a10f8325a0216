"""What one person owes, as values that the page shows. Nothing is decided in the templates."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from arshjul.swedish import day_text, local_date
from arshjul.wheel import Obligation, PartOwed, Wheel
from portal.pages import left_text
from store import people, status, submissions
from store.database import Session
from store.people import Seat
from store.tables import Link, Person, Submission
from submissions.completeness import (
    COMPLETE,
    INCOMPLETE,
    LATE,
    PRELIMINARY,
    PartState,
    State,
    attempts,
    finalisers,
    is_complete,
    lacks,
    part_states,
)
from submissions.parts import Form, form_of
from submissions.templates.handing_out import has_mall
from submissions.versions import Since, since_before

SOON = timedelta(days=45)  #: what is due later stands folded, further down
AHEAD = timedelta(days=400)
BEHIND = timedelta(days=60)  #: what was handed in and due earlier is not shown any more


@dataclass(frozen=True, slots=True, kw_only=True)
class VersionView:
    """One handed-in version."""

    id: int
    version: int
    received_at: datetime
    by: str
    late: bool
    filename: str | None
    ej_aktuellt: str | None
    since: Since | None  #: what it changed since the version before it


@dataclass(frozen=True, slots=True, kw_only=True)
class PartView:
    """One part that this person hands in."""

    field: str  #: the fields' prefix: "delarsrapport.underlag.ekonomi"
    form: Form
    state: PartState
    attempt: PartState | None  #: a newer version that does not count yet
    lacks: tuple[str, str] | None
    versions: tuple[VersionView, ...]
    mall: str | None  #: where its mall is fetched

    @property
    def since(self) -> Since | None:
        """What the version that counts changed since the one before it."""
        return next((each.since for each in self.versions if each.version == self.state.version), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """One obligation's parts in a card: the host's own, or a hosted one's."""

    one: Obligation
    state: State
    parts: tuple[PartView, ...]
    others: tuple[tuple[str, str, bool], ...]  #: parts that other roles hand in: name, role, complete
    within: tuple[tuple[str, str], ...]  #: parts that a file of the host's is, too: name, and that part's name


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """One hand-in: an obligation with those that are handed in with it."""

    anchor: str
    path: str
    one: Obligation
    state: State
    sections: tuple[Section, ...]
    left: str
    missing: int
    total: int
    treated: str | None
    preliminary: str | None  #: what is still to come when it is preliminär

    @property
    def parts(self) -> tuple[PartView, ...]:
        """All parts of the card."""
        return tuple(part for section in self.sections for part in section.parts)


@dataclass(frozen=True, slots=True, kw_only=True)
class Owed:
    """Everything that one person owes: now, handed in, and further ahead; each soonest first."""

    person: Person
    roles: tuple[str, ...]  #: "förvaltningschef, Bildningsnämnden"
    now: tuple[Card, ...]
    done: tuple[Card, ...]
    later: tuple[Card, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Reach:
    """What a link reaches today: its person's seats among its roles."""

    person: Person
    seats: frozenset[Seat]
    mapping: Mapping[Seat, Person]

    def owes(self, one: Obligation) -> frozenset[str]:
        """Return the ids of the parts that this person hands in."""
        return frozenset(part.id for part in one.parts if people.covers(self.seats, self.mapping, part.role, one.unit))


def reach(session: Session, link: Link, now: datetime) -> Reach:
    """Return what a link reaches at ``now``."""
    today = local_date(now)
    person = session.get(Person, link.person_id)
    if person is None:
        raise LookupError(f"link {link.id} names person {link.person_id}, who is not there")
    seats = frozenset(seat for seat in people.roles_of(session, link.person_id, today) if seat[0] in link.roles)
    return Reach(person=person, seats=seats, mapping=people.holders(session, today))


def owed(session: Session, wheel: Wheel, link: Link, since_day: datetime, now: datetime) -> Owed:
    """Gather everything that the link's person owes. Frister before ``since_day`` are not ours."""
    mine = reach(session, link, now)
    opened = status.opened(session)
    shown = [
        one
        for one in wheel.obligations.values()
        if not one.host
        and one.deadline.at <= now + AHEAD
        and (one.deadline.at >= since_day or one.key in opened)
        and any(mine.owes(each) for each in (one, *wheel.hosted.get(one.key, ())))
    ]
    cards = _cards(session, wheel, mine, shown, now)
    open_cards = [card for card in cards if card.missing]
    return Owed(
        person=mine.person,
        roles=tuple(_seat_text(wheel, seat) for seat in sorted(mine.seats, key=str)),
        now=tuple(card for card in open_cards if card.one.deadline.at <= now + SOON),
        done=tuple(card for card in cards if not card.missing and card.one.deadline.at >= now - BEHIND),
        later=tuple(card for card in open_cards if card.one.deadline.at > now + SOON),
    )


def _cards(session: Session, wheel: Wheel, mine: Reach, shown: Sequence[Obligation], now: datetime) -> list[Card]:
    finaliser = finalisers(wheel)
    groups = {one.key: (one, *wheel.hosted.get(one.key, ())) for one in shown}
    every = {each.key: each for group in groups.values() for each in group}
    finals = {finaliser[key]: wheel.obligations[finaliser[key]] for key in every if key in finaliser}
    states = part_states(session, (every | finals).values())
    versions = submissions.versions(session, every)
    seen = _Seen(
        states=states,
        newer=attempts(session, states),
        versions=versions,
        since=since_before(session, wheel.definition, tuple(every.values()), versions),
        finaliser=finaliser,
    )
    cards = [
        _card(wheel, mine, groups[one.key], seen, now)
        for one in sorted(shown, key=lambda one: (one.deadline.at, one.key))
    ]
    return [card for card in cards if card.total]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Seen:
    """What is known of the obligations that are shown."""

    states: Mapping[str, Sequence[PartState]]
    newer: Mapping[tuple[str, str], PartState]
    versions: Mapping[tuple[str, str], Sequence[Submission]]
    since: Mapping[int, Since]
    finaliser: Mapping[str, str]


def _card(
    wheel: Wheel,
    mine: Reach,
    group: Iterable[Obligation],
    seen: _Seen,
    now: datetime,
) -> Card:
    sections = tuple(
        section for each in group if (section := _section(wheel, mine, each, seen, now)).parts or section.within
    )
    one = next(iter(group))
    parts = [part for section in sections for part in section.parts]
    missing = sum(not part.state.complete for part in parts)
    final = wheel.obligations.get(seen.finaliser.get(one.key, ""))
    preliminary = any(section.state == PRELIMINARY for section in sections)
    word = f"{final.name}, senast {day_text(local_date(final.deadline.at))}" if final and preliminary else None
    short = wheel.definition.bodies[one.treated.body].short if one.treated else ""
    return Card(
        anchor="-".join((one.step, one.period.key, one.unit, one.krav)),
        path=f"/mina/{one.step}/{one.period.key}/{one.unit}/{one.krav}",
        one=one,
        state=_own(missing, preliminary, one, now),
        sections=sections,
        left=left_text(one.deadline.at, now, wheel.workdays),
        missing=missing,
        total=len(parts),
        treated=f"{short} {day_text(one.treated.day)}" if one.treated else None,
        preliminary=word,
    )


def _section(
    wheel: Wheel,
    mine: Reach,
    one: Obligation,
    seen: _Seen,
    now: datetime,
) -> Section:
    ids = mine.owes(one)
    here = [state for state in seen.states[one.key] if state.obligation_key == one.key]
    within = [
        state
        for state in seen.states[one.key]
        if state.obligation_key != one.key and people.covers(mine.seats, mine.mapping, state.part.role, one.unit)
    ]
    own = [state for state in here if state.part.id in ids]
    waits = one.key in seen.finaliser and not is_complete(seen.states[seen.finaliser[one.key]])
    roles = wheel.definition.roles
    return Section(
        one=one,
        state=_own(sum(not state.complete for state in (*own, *within)), waits, one, now),
        parts=tuple(
            PartView(
                field=f"{one.step}.{one.krav}.{state.part.id}",
                form=form_of(state.part),
                state=state,
                attempt=seen.newer.get((one.key, state.part.id)),
                lacks=lacks(state),
                versions=tuple(
                    _version(row, seen.since.get(row.id)) for row in seen.versions.get((one.key, state.part.id), ())
                ),
                mall=_mall(wheel, one, state.part),
            )
            for state in own
        ),
        others=tuple(
            (state.part.name, roles[state.part.role].definite, state.complete)
            for state in here
            if state.part.id not in ids
        ),
        within=tuple(_within(wheel, one, state) for state in within),
    )


def _within(wheel: Wheel, one: Obligation, state: PartState) -> tuple[str, str]:
    by = next(each.by for each in one.fulfilled if each.part.id == state.part.id)
    names = {part.id: part.name for part in wheel.obligations[state.obligation_key].parts}
    return state.part.name, names[by].partition(" (")[0]


def _mall(wheel: Wheel, one: Obligation, part: PartOwed) -> str | None:
    where = "/".join(("/mina/mall", one.step, one.period.key, one.unit, one.krav, part.id))
    return where if has_mall(wheel.definition, one, part) else None


def _own(missing: int, waits: bool, one: Obligation, now: datetime) -> State:
    """Return the state of this person's own parts, which is not the whole obligation's when others owe too."""
    if missing:
        return LATE if now > one.deadline.at else INCOMPLETE
    return PRELIMINARY if waits else COMPLETE


def _version(row: Submission, since: Since | None) -> VersionView:
    return VersionView(
        id=row.id,
        version=row.version,
        received_at=row.received_at,
        by=row.by,
        late=row.late,
        filename=row.filename,
        ej_aktuellt=row.ej_aktuellt,
        since=since,
    )


def _seat_text(wheel: Wheel, seat: Seat) -> str:
    role, unit = seat
    name = wheel.definition.roles[role].name if role in wheel.definition.roles else role
    return f"{name}, {wheel.definition.units[unit].name}" if unit in wheel.definition.units else name

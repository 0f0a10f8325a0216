"""What one person owes, as values that the page shows. Nothing is decided in the templates."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from arshjul.definition.model import Definition
from arshjul.keys import ObligationKey, PartId, UnitId
from arshjul.ladder.standing import State, own_state, worst
from arshjul.swedish import day_text, local_date
from arshjul.year.last_anstand import has_no_room, last_anstand
from arshjul.year.wheel import Obligation, PartOwed, Wheel
from portal.web.pages import left_text
from store.database import Session
from store.handins import drafts
from store.handins import versions as submissions
from store.people import holders as people
from store.people import seats
from store.people.holders import Seat, person_of
from store.plan import anstand_requests
from store.plan.silences import quiet_until, silences
from store.tables import AnstandRequest, DraftFile, DraftForm, Link, Person, Submission
from submissions.files.parts import Form, form_of
from submissions.standing.completeness import (
    PartState,
    all_complete,
    attempts,
    below_words,
    carried_by,
    lacks,
    part_states,
)
from submissions.standing.states import states_of
from submissions.standing.version_history import Since, since_before
from submissions.templates.given_malls import has_mall

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
    draft: Mapping[str, str]  #: what is written and not handed in, by the field's end
    kept: DraftFile | None  #: the file that is in the draft
    below: tuple[PartState, ...] = ()  #: what an enhet below has handed in, of one that approves it

    @property
    def since(self) -> Since | None:
        """What the version that counts changed since the one before it."""
        return next((each.since for each in self.versions if each.version == self.state.version), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class CardSection:
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
    sections: tuple[CardSection, ...]
    left: str
    is_late: bool  #: the frist has passed: nothing is missing before it
    missing: int
    total: int
    below: str  #: how what is carried up stands: "2 av 5 enheter under har lämnat; väntar på ..."; "" for none
    treated: str | None
    preliminary: str | None  #: what is still to come when it is preliminär, as a sentence without its end
    last: date | None  #: the last day of an anstånd; None when nothing bounds it
    no_room: bool  #: the frist stands on that day already
    asked: AnstandRequest | None  #: the newest request for anstånd
    rests: date | None  #: the last day on which the letters rest
    saved_at: datetime | None  #: when its draft was saved
    unsure: tuple[DraftFile, ...]  #: files in the draft whose part the page asks for

    @property
    def parts(self) -> tuple[PartView, ...]:
        """All parts of the card."""
        return tuple(part for section in self.sections for part in section.parts)

    @property
    def files(self) -> tuple[PartView, ...]:
        """Its parts that are files."""
        return tuple(part for part in self.parts if part.form.wants_file)

    @property
    def takes_several(self) -> bool:
        """Whether more than one file is still to be handed in."""
        return sum(not part.state.complete for part in self.files) > 1

    @property
    def endings(self) -> str:
        """``.docx,.xlsx``, for the field of several files."""
        return ",".join(sorted({each for part in self.files for each in part.form.endings.split(",")}))


@dataclass(frozen=True, slots=True, kw_only=True)
class Owed:
    """Everything that one person owes: now, handed in, and further ahead; each soonest first."""

    person: Person
    roles: tuple[str, ...]  #: "förvaltningschef, Bildningsnämnden"
    now: tuple[Card, ...]
    done: tuple[Card, ...]
    later: tuple[Card, ...]
    deputies: tuple[str, ...]  #: "Bo Ek för förvaltningschef, Bildningsnämnden, till fredag 17 september 2027"


@dataclass(frozen=True, slots=True, kw_only=True)
class Reach:
    """What a link reaches today: its person's seats among its roles."""

    person: Person
    seats: frozenset[Seat]
    held: frozenset[Seat]  #: by anybody
    above: Mapping[UnitId, tuple[UnitId, ...]]  #: the enheter over one, as the definition has them

    def covers(self, part: PartOwed, one: Obligation) -> bool:
        """Tell whether this person hands a part in."""
        return people.covers(self.seats, self.held, part.role, one.unit, self.above.get(one.unit, ()))

    def owes(self, one: Obligation) -> frozenset[str]:
        """Return the ids of the parts that this person hands in."""
        near = (None, one.unit, *self.above.get(one.unit, ()))
        if not any(unit in near for _, unit in self.seats):
            return frozenset()  # most obligations are other enheter's
        return frozenset(part.id for part in one.parts if self.covers(part, one))

    def reads(self, wheel: Wheel, one: Obligation, part: PartId) -> bool:
        """Tell whether a part is this person's to read: their own, or below what they approve."""
        if part in self.owes(one):
            return True
        carrier = wheel.carriers.get(one.key)
        return carrier is not None and self.reads(wheel, wheel.obligations[carrier[0]], carrier[1])


def reach(session: Session, definition: Definition, link: Link, now: datetime) -> Reach:
    """Return what a link reaches at ``now``."""
    today = local_date(now)
    person = person_of(session, link.person_id)
    if person is None:
        raise LookupError(f"link {link.id} names person {link.person_id}, who is not there")
    seats = frozenset(seat for seat in people.roles_of(session, link.person_id, today) if seat[0] in link.roles)
    return Reach(person=person, seats=seats, held=people.held(session, today), above=definition.above)


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
    cards = _cards(session, wheel, mine, shown, local_date(since_day), now)
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


def _cards(
    session: Session, wheel: Wheel, mine: Reach, shown: Sequence[Obligation], since: date, now: datetime
) -> list[Card]:
    finaliser = wheel.finalisers
    groups = {one.key: (one, *wheel.hosted.get(one.key, ())) for one in shown}
    every = {each.key: each for group in groups.values() for each in group}
    finals = {finaliser[key]: wheel.obligations[finaliser[key]] for key in every if key in finaliser}
    states = part_states(session, [*(every | finals).values(), *carried_by(every.values())])
    versions = submissions.versions(session, every)
    seen = _Seen(
        states=states,
        stands=states_of(session, wheel, list(every.values()), since, now, states),
        newer=attempts(session, states),
        versions=versions,
        since=since_before(session, wheel.definition, tuple(every.values()), versions),
        finaliser=finaliser,
        asked=anstand_requests.newest(session, groups),
        rests=quiet_until(session, groups)["vila"],
        forms=drafts.forms(session, mine.person.id, groups),
        files=drafts.files(session, mine.person.id, groups),
    )
    cards = [
        _card(wheel, mine, groups[one.key], seen, now)
        for one in sorted(shown, key=lambda one: (one.deadline.at, one.key))
    ]
    return [card for card in cards if card.total]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Draft:
    """A card's draft: fields by their names, and the files whose part is known."""

    fields: Mapping[str, str]
    files: Mapping[str, DraftFile]

    def of(self, part: str) -> Mapping[str, str]:
        """Return a part's fields by their names' ends."""
        mine = ((name.rpartition("."), value) for name, value in self.fields.items())
        return {field: value for (prefix, _, field), value in mine if prefix == part}


@dataclass(frozen=True, slots=True, kw_only=True)
class _Seen:
    """What is known of the obligations that are shown."""

    states: Mapping[ObligationKey, Sequence[PartState]]
    stands: Mapping[ObligationKey, State]
    newer: Mapping[tuple[ObligationKey, str], PartState]
    versions: Mapping[tuple[ObligationKey, str], Sequence[Submission]]
    since: Mapping[int, Since]
    finaliser: Mapping[ObligationKey, ObligationKey]
    asked: Mapping[ObligationKey, AnstandRequest]
    rests: Mapping[ObligationKey, date]
    forms: Mapping[ObligationKey, DraftForm]
    files: Sequence[DraftFile]


def _card(
    wheel: Wheel,
    mine: Reach,
    group: Sequence[Obligation],
    seen: _Seen,
    now: datetime,
) -> Card:
    one = next(iter(group))
    form = seen.forms.get(one.key)
    kept = [each for each in seen.files if each.obligation_key == one.key]
    draft = _Draft(fields=form.fields if form else {}, files={each.part: each for each in kept if each.part})
    found = [_section(wheel, mine, each, seen, draft) for each in group]
    sections = tuple(section for section in found if section.parts or section.within)
    parts = [part for section in sections for part in section.parts]
    missing = sum(not part.state.complete for part in parts)
    finalised_by = seen.finaliser.get(one.key)
    final = wheel.obligations.get(finalised_by) if finalised_by else None
    preliminary = any(section.state is State.PRELIMINAR for section in sections)
    word = (
        f"lämna också in {final.name}, senast {day_text(local_date(final.deadline.at))}"
        if final and preliminary
        else None
    )
    if preliminary and one.key in wheel.carriers:
        above = wheel.obligations[wheel.carriers[one.key][0]]
        word = f"{above.unit_said} godkänner det och bär det upp, senast {day_text(local_date(above.deadline.at))}"
    short = wheel.definition.bodies[one.treated.body].short if one.treated else ""
    return Card(
        anchor="-".join((one.step, one.period.key, one.unit, one.krav)),
        path=f"/mina/{one.key.path}",
        one=one,
        state=worst(section.state for section in sections),
        sections=sections,
        left=left_text(one.deadline.at, now, wheel.workdays),
        is_late=now > one.deadline.at,
        missing=missing,
        below=below_words([part.state for part in parts]),
        total=len(parts),
        treated=f"{short} {day_text(one.treated.day)}" if one.treated else None,
        preliminary=word,
        last=last.day if (last := last_anstand(wheel, one)) else None,
        no_room=has_no_room(one, last),
        asked=seen.asked.get(one.key),
        saved_at=max([*([form.saved_at] if form else []), *(each.saved_at for each in kept)], default=None),
        unsure=tuple(each for each in kept if not each.part),
        rests=rests if (rests := seen.rests.get(one.key)) and rests >= local_date(now) else None,
    )


def _section(
    wheel: Wheel,
    mine: Reach,
    one: Obligation,
    seen: _Seen,
    draft: _Draft,
) -> CardSection:
    ids = mine.owes(one)
    here = [state for state in seen.states[one.key] if state.obligation_key == one.key]
    within = [
        state for state in seen.states[one.key] if state.obligation_key != one.key and mine.covers(state.part, one)
    ]
    own = [state for state in here if state.part.id in ids]
    waits = one.key in seen.finaliser and not all_complete(seen.states[seen.finaliser[one.key]])
    roles = wheel.definition.roles
    return CardSection(
        one=one,
        state=own_state(seen.stands[one.key], complete=all_complete((*own, *within)), finalised=not waits),
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
                draft=draft.of(f"{one.step}.{one.krav}.{state.part.id}"),
                kept=draft.files.get(f"{one.step}.{one.krav}.{state.part.id}"),
                below=tuple(_handed_in_below(state.part.carries, seen.states)),
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


def _handed_in_below(
    one: Obligation | None, states: Mapping[ObligationKey, Sequence[PartState]]
) -> Iterator[PartState]:
    """Yield what an enhet has handed in, and what it has carried up itself, for who approves it."""
    for state in states.get(one.key, ()) if one else ():
        if state.part.carries:
            yield from _handed_in_below(state.part.carries, states)
        elif state.version:
            yield state


def _within(wheel: Wheel, one: Obligation, state: PartState) -> tuple[str, str]:
    by = next(each.by for each in one.fulfilled if each.part.id == state.part.id)
    names = {part.id: part.name for part in wheel.obligations[state.obligation_key].parts}
    return state.part.name, names[by].partition(" (")[0]


def _mall(wheel: Wheel, one: Obligation, part: PartOwed) -> str | None:
    where = f"/mina/mall/{one.key.path}/{part.id}"
    return where if has_mall(wheel.definition, one, part) else None


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


def seat_text(wheel: Wheel, seat: Seat) -> str:
    """Return ``förvaltningschef, Bildningsnämnden``."""
    role, unit = seat
    name = wheel.definition.roles[role].name if role in wheel.definition.roles else role
    return f"{name}, {wheel.definition.units[unit].name}" if unit in wheel.definition.units else name

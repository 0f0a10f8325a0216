"""Who holds which role: people in the store, read from a CSV, asked for by role, unit and day."""

import hashlib
from collections.abc import Container, Iterable, Mapping, Sequence, Set
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import lru_cache

from sqlalchemy import and_, bindparam, or_, select
from sqlalchemy.orm import Session, aliased

from arshjul.bodies.overlamnande import REVISORER, is_handed_over
from arshjul.definition.ladders import OWING
from arshjul.definition.model import RESPONSIBLE, Definition, This
from arshjul.definition.reach import climbed_by
from arshjul.keys import BodyId, RoleId, UnitId
from arshjul.swedish import local_date
from store.columns import columns
from store.log.writing import log
from store.people.people_file import Entry, overlap, person_id, read_people
from store.tables import Holder, Person, Setting

Seat = tuple[RoleId, UnitId | None]  #: a role, and the unit it is held for; None is all units
ONE_DAY = timedelta(days=1)
ANSWERING = "who_answers"  #: under this name stands the digest of who answered for the seats at the last round
_DEPUTY = aliased(Person)
# asked of every scene, so they are put together once
_IN_FORCE = and_(
    or_(Holder.since.is_(None), Holder.since <= bindparam("day")),
    or_(Holder.until.is_(None), Holder.until >= bindparam("day")),
)
_HOLDERS = (
    select(*(Holder.role, Holder.unit, Holder.deputy_from, Holder.deputy_to), Person, _DEPUTY)
    .join(Person, Person.id == Holder.person_id)
    .outerjoin(_DEPUTY, _DEPUTY.id == Holder.deputy_id)
    .where(_IN_FORCE)
    .order_by(Holder.since.is_not(None), Holder.since, Holder.id)
)
_HELD = select(Holder.role, Holder.unit).where(_IN_FORCE)
_ANSWERED = select(Setting.value).where(Setting.name == ANSWERING)


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportResult:
    """What an import did, in seats, and the seats that the definition needs and nobody holds today."""

    added: int
    changed: int
    ended: int
    unchanged: int
    vacant: tuple[Seat, ...]


def holders(session: Session, day: date) -> Mapping[Seat, Person]:
    """Return who answers for each seat on ``day``: the deputy where one is in force, else the holder."""
    found: dict[Seat, Person] = {}
    for role, unit, first, last, person, stand_in in session.execute(_HOLDERS, {"day": day}):
        stands_in = stand_in is not None and is_within(day, first, last)
        found[role, unit] = stand_in if stands_in else person  # the latest to begin wins
    return found


def answer_anew(session: Session, seats: Mapping[Seat, Person]) -> bool:
    """Tell whether others answer for the seats than when this was last asked, and remember who does now."""
    names = sorted(f"{role}/{unit or ''} {person.id} {person.address}" for (role, unit), person in seats.items())
    digest = hashlib.sha256("\n".join(names).encode()).hexdigest()
    if columns(session, _ANSWERED).scalar() == digest:
        return False
    session.merge(Setting(name=ANSWERING, value=digest))
    return True


def is_within(day: date, first: date | None, last: date | None) -> bool:
    """Tell whether a day lies between two, both inclusive; None is no bound."""
    return (first is None or first <= day) and (last is None or day <= last)


def held(session: Session, day: date) -> frozenset[Seat]:
    """Return the seats that somebody answers for on ``day``; see :func:`holders` for who."""
    return frozenset((role, unit) for role, unit in session.execute(_HELD, {"day": day}))


def who(
    mapping: Mapping[Seat, Person], role: RoleId, unit: UnitId | None, above: Iterable[UnitId] = ()
) -> Person | None:
    """Return who answers for a role: the unit's own before those of the units ``above`` it, before the one for all units.

    None when it is vacant.
    """
    seats = ((role, each) for each in (unit, *above, None))
    return next((person for seat in seats if (person := mapping.get(seat))), None)


def holder(session: Session, role: RoleId, unit: UnitId | None, day: date) -> Person | None:
    """Return who answers for one role on ``day``; see :func:`holders` to ask for many."""
    return who(holders(session, day), role, unit)


def person_of(session: Session, person_id: str | None) -> Person | None:
    """Return a person by id; None for None, and for one who is not there."""
    return session.get(Person, person_id) if person_id else None


def known_person(session: Session, person_id: str) -> Person:
    """Return a person whom a row of ours names, and who so is there."""
    return session.get_one(Person, person_id)


def names_of(session: Session) -> dict[str, str]:
    """Return everybody's name, by id."""
    return {one.id: one.name for one in session.scalars(select(Person))}


def people_at(session: Session, address: str) -> list[Person]:
    """Return the people with an address; å, ä, ö and capitals are folded, which databases do differently."""
    return [
        one
        for one in session.scalars(select(Person).order_by(Person.id))
        if person_id(one.address) == person_id(address)
    ]


def own_domains(session: Session, definition: Definition, day: date) -> tuple[str, ...]:
    """Return the domains that a deputy's address may lie in: the definition's, else those of today's holders."""
    if definition.kommun.domains:
        return tuple(each.casefold() for each in definition.kommun.domains)
    return tuple(sorted({domain_of(person.address) for person in holders(session, day).values()}))


def domain_of(address: str) -> str:
    """Return an address's domain, folded; a subdomain is another domain."""
    return person_id(address).rpartition("@")[2]


def roles_of(session: Session, person_id: str, day: date) -> frozenset[Seat]:
    """Return the seats in which a person may act on ``day``: as holder (deputised or not), or as deputy in force."""
    mine = or_(Holder.person_id == person_id, Holder.deputy_id == person_id)
    rows = session.scalars(select(Holder).where(_IN_FORCE, mine), {"day": day})
    return frozenset(
        (row.role, row.unit) for row in rows if row.person_id == person_id or _deputy(row, day) == person_id
    )


def ever_held(session: Session, person_id: str) -> frozenset[Seat]:
    """Return the seats in which a person acts, has acted or is to act, also as a deputy."""
    rows = session.scalars(select(Holder).where(or_(Holder.person_id == person_id, Holder.deputy_id == person_id)))
    return frozenset((row.role, row.unit) for row in rows)


def covers(
    seats: frozenset[Seat], held: Container[Seat], role: RoleId, unit: UnitId, above: Iterable[UnitId] = ()
) -> bool:
    """Tell whether one of ``seats`` answers for a unit's role, or for that of one ``above`` it.

    A seat for all units, or for one above, does not answer for a unit that has somebody nearer, among those that are
    ``held``.
    """
    nearest = next((each for each in (unit, *above, None) if (role, each) in seats or (role, each) in held), None)
    return (role, nearest) in seats


def needed(definition: Definition, day: date | None = None) -> frozenset[Seat]:
    """Return every seat that somebody must hold on ``day`` for the definition's reports, letters and meetings.

    An enhet that has not begun or has ended needs nobody. Without a day: every seat that is ever needed.
    """
    every = definition.units.items()
    there = frozenset(key for key, unit in every if day is None or is_within(day, unit.since, unit.until))
    return _needed(This(definition), there)


@lru_cache(maxsize=8)
def _needed(this: This, there: Set[UnitId]) -> frozenset[Seat]:
    definition = this.definition
    every, found = definition.units, set[Seat]()
    units = {key: unit for key, unit in every.items() if key in there}
    for krav in (krav for step in definition.steps.values() if step.flow for krav in step.krav.values()):
        for unit_id, unit in units.items():
            if not krav.is_owed_by(unit_id, unit):
                continue
            for part in krav.parts.values():
                if part.is_asked_of(unit_id, unit):
                    found.add((unit.responsible if part.role == RESPONSIBLE else part.role, unit_id))
    for ladder_id, ladder in definition.ladders.items():
        asked = [krav for step in definition.steps.values() for krav in step.krav.values() if krav.ladder == ladder_id]
        for unit_id, unit in units.items():
            if definition.above and not any(krav.is_owed_by(unit_id, unit) for krav in asked):
                continue  # a ladder of other levels
            climbed = climbed_by(definition, ladder, unit)
            roles = {role for rung in (climbed.rungs if climbed else ()) for role in rung.recipients(unit.kind)}
            found |= {(role, unit_id) for role in roles - {OWING}}
    owners: dict[BodyId, UnitId] = {unit.body: unit_id for unit_id, unit in units.items() if not unit.above}
    ended = {unit.body for unit in every.values()} - owners.keys()
    for body_id, body in ((key, body) for key, body in definition.bodies.items() if key not in ended):
        found |= {(role, owners.get(body_id)) for role in (body.secretary, body.chair)}
    moments = [each for step in definition.steps.values() if step.flow for each in step.moments.values()]
    if REVISORER in definition.roles and any(map(is_handed_over, moments)):
        found.add((REVISORER, None))
    return frozenset(found)


def vacant(definition: Definition, mapping: Mapping[Seat, Person], day: date | None = None) -> tuple[Seat, ...]:
    """Return the seats that are needed (see :func:`needed`) and that nobody holds, in order."""
    return tuple(
        sorted(
            (
                seat
                for seat in needed(definition, day)
                if not who(mapping, *seat, definition.above.get(seat[1], ()) if seat[1] else ())
            ),
            key=str,
        )
    )


def import_people(
    session: Session, text: str, file: str, definition: Definition, now: datetime, by: str
) -> ImportResult:
    """Make the roles' holders agree with a CSV. Importing the same file again changes nothing.

    The file is the whole truth from today on: a holder that it no longer names ends yesterday (or the day before
    its successor begins), and one that had not begun is taken away. Past holders and every person stay, so that
    letters sent long ago still name who got them. Raises DefinitionError with every fault; then nothing changes.
    """
    entries = read_people(text, file, definition)
    renamed = _keep_people(session, entries)
    session.flush()
    today = local_date(now)
    current = [
        row for row in session.scalars(select(Holder).order_by(Holder.id)) if not row.until or row.until >= today
    ]
    kept: set[int] = set()
    fresh: list[Entry] = []
    changed = 0
    for entry in entries:
        row = next((row for row in current if row.id not in kept and _is_same(row, entry)), None)
        if row is None:
            fresh.append(entry)
            continue
        kept.add(row.id)
        changed += _update(row, entry) or not renamed.isdisjoint((row.person_id, row.deputy_id))
    gone = [row for row in current if row.id not in kept]
    for row in gone:
        _end(session, row, fresh, today)
    added = [entry for entry in fresh if not _is_history(session, entry)]
    for entry in added:
        session.add(_row(entry, gone, today))
    session.flush()
    result = ImportResult(
        added=len(added),
        changed=changed,
        ended=len(gone),
        unchanged=len(entries) - len(added) - changed,
        vacant=vacant(definition, holders(session, today), today),
    )
    detail = {"file": file, "added": result.added, "changed": result.changed, "ended": result.ended}
    log(session, now, by, "people.imported", None, detail)
    return result


def _deputy(row: Holder, day: date) -> str | None:
    return row.deputy_id if is_within(day, row.deputy_from, row.deputy_to) else None


def _keep_people(session: Session, entries: Sequence[Entry]) -> frozenset[str]:
    """Keep everybody's name, address and number; return who was known and is called, or written, otherwise now."""
    known = {one.id: one for one in session.scalars(select(Person))}
    before = {one.id: (one.name, one.address, one.phone) for one in known.values()}
    for entry in entries:
        for name, address in ((entry.name, entry.address), (entry.deputy_name, entry.deputy_address)):
            if not name or not address:
                continue
            person = known.get(person_id(address))
            if person is None:
                known[person_id(address)] = person = Person(id=person_id(address), name=name, address=address)
                session.add(person)
            if (person.name, person.address) != (name, address):
                person.name, person.address = name, address
        if entry.phone is not None:
            known[person_id(entry.address)].phone = entry.phone or None
    return frozenset(
        each for each, was in before.items() if was != (known[each].name, known[each].address, known[each].phone)
    )


def _is_same(row: Holder, entry: Entry) -> bool:
    """Tell whether a row is the line's: the same person in the same seat, and the same first day if it says one."""
    if (row.role, row.unit, row.person_id) != (entry.role, entry.unit, person_id(entry.address)):
        return False
    if entry.since is None:
        return overlap(row.since, row.until, entry.since, entry.until)
    return entry.since == row.since


def _update(row: Holder, entry: Entry) -> bool:
    deputy = person_id(entry.deputy_address) if entry.deputy_address else None
    before = (row.until, row.deputy_id, row.deputy_from, row.deputy_to)
    row.until, row.deputy_id, row.deputy_from, row.deputy_to = after = (
        entry.until, deputy, entry.deputy_from, entry.deputy_to,
    )  # fmt: skip
    return before != after


def _end(session: Session, row: Holder, fresh: Sequence[Entry], today: date) -> None:
    starts = [
        entry.since
        for entry in fresh
        if (entry.role, entry.unit) == (row.role, row.unit) and entry.since and entry.since > (row.since or date.min)
    ]
    until = min([today, *starts]) - ONE_DAY
    if row.since and row.since > until:
        session.delete(row)
    else:
        row.until = until


def _is_history(session: Session, entry: Entry) -> bool:
    """Tell whether a line that has ended stands in the store already."""
    if entry.until is None:
        return False
    where = (
        Holder.role == entry.role,
        Holder.person_id == person_id(entry.address),
        Holder.until == entry.until,
    )
    rows = session.scalars(select(Holder).where(*where))
    return any(row.unit == entry.unit and entry.since in (None, row.since) for row in rows)


def _row(entry: Entry, gone: Sequence[Holder], today: date) -> Holder:
    before = [row for row in gone if (row.role, row.unit) == (entry.role, entry.unit)]
    after_another = any(overlap(row.since, row.until, entry.since, entry.until) for row in before)
    return Holder(
        role=entry.role,
        unit=entry.unit,
        person_id=person_id(entry.address),
        since=today if entry.since is None and after_another else entry.since,
        until=entry.until,
        deputy_id=person_id(entry.deputy_address) if entry.deputy_address else None,
        deputy_from=entry.deputy_from,
        deputy_to=entry.deputy_to,
    )

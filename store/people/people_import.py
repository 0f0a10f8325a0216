"""The roles' holders made to agree with a CSV, which is the whole truth from today on."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from arshjul.definition.model import Definition
from arshjul.swedish import local_date
from store.log.writing import log
from store.people.holders import Seat, holders
from store.people.needed_seats import vacant
from store.people.people_file import Entry, overlap, person_id, read_people
from store.tables import Holder, Person

ONE_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportResult:
    """What an import did, in seats, and the seats that the definition needs and nobody holds today."""

    added: int
    changed: int
    ended: int
    unchanged: int
    vacant: tuple[Seat, ...]


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

"""What an import of people would change, shown before it is done; and the roles as they stand, as the same CSV."""

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from io import StringIO

from sqlalchemy import select
from sqlalchemy.orm import Session

from arshjul.definition.model import Definition
from arshjul.swedish import local_date
from store.people.holders import Seat
from store.people.people_file import COLUMNS
from store.people.people_import import ImportResult, import_people
from store.tables import Holder, Person


@dataclass(frozen=True, slots=True, kw_only=True)
class Holding:
    """A holder of a seat with the days, all inclusive; None is open."""

    seat: Seat
    name: str
    address: str
    since: date | None
    until: date | None
    deputy_name: str | None
    deputy_address: str | None
    deputy_from: date | None
    deputy_to: date | None
    phone: str | None = None

    def deputised_on(self, day: date) -> bool:
        """Tell whether the deputy stands in on ``day``."""
        begun = self.deputy_from is None or self.deputy_from <= day
        return bool(self.deputy_address) and begun and (self.deputy_to is None or day <= self.deputy_to)

    def is_over(self, day: date) -> bool:
        """Tell whether it ended before ``day``."""
        return self.until is not None and self.until < day

    def is_ahead(self, day: date) -> bool:
        """Tell whether it begins after ``day``."""
        return self.since is not None and self.since > day


@dataclass(frozen=True, slots=True, kw_only=True)
class SeatChange:
    """One seat's row before and after; None is a row that is not there."""

    before: Holding | None
    after: Holding | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportPreview:
    """What an import would do."""

    changes: tuple[SeatChange, ...]
    result: ImportResult


def holdings(session: Session) -> dict[int, Holding]:
    """Return every holder's row with its people, those who have left among them."""
    people = {one.id: one for one in session.scalars(select(Person))}
    found = {}
    for row in session.scalars(select(Holder).order_by(Holder.id)):
        person, deputy = people[row.person_id], people.get(row.deputy_id) if row.deputy_id else None
        found[row.id] = Holding(
            seat=(row.role, row.unit),
            name=person.name,
            address=person.address,
            since=row.since,
            until=row.until,
            deputy_name=deputy.name if deputy else None,
            deputy_address=deputy.address if deputy else None,
            deputy_from=row.deputy_from,
            deputy_to=row.deputy_to,
            phone=person.phone,
        )
    return found


def preview(session: Session, text: str, file: str, definition: Definition, now: datetime, by: str) -> ImportPreview:
    """Return what :func:`import_people` would change. Nothing is kept: it is done in a savepoint that is undone.

    Raises DefinitionError with every fault.
    """
    before = holdings(session)
    undone = session.begin_nested()
    try:
        result = import_people(session, text, file, definition, now, by)
        after = holdings(session)
    finally:
        undone.rollback()
    pairs = ((before.get(each), after.get(each)) for each in sorted(before.keys() | after.keys()))
    changes = [SeatChange(before=old, after=new) for old, new in pairs if old != new]
    return ImportPreview(changes=tuple(sorted(changes, key=_by_seat)), result=result)


def people_csv(session: Session, now: datetime) -> str:
    """Return the holders of today and later as the CSV that an import reads: reading it back changes nothing."""
    into = StringIO()
    writer = csv.writer(into, lineterminator="\r\n")
    writer.writerow(COLUMNS)
    writer.writerows(_csv_rows(session, local_date(now)))
    return into.getvalue()


def _csv_rows(session: Session, today: date) -> Iterator[list[str]]:
    for one in holdings(session).values():
        if not one.is_over(today):
            role, unit = one.seat
            days = (one.since, one.until, one.deputy_from, one.deputy_to)
            since, until, deputy_from, deputy_to = (day.isoformat() if day else "" for day in days)
            yield [
                role, unit or "", one.name, one.address, since, until,
                one.deputy_name or "", one.deputy_address or "", deputy_from, deputy_to, one.phone or "",
            ]  # fmt: skip


def _by_seat(change: SeatChange) -> tuple[str, str, date]:
    one = change.after or change.before
    assert one is not None  # noqa: S101 - a change has one side at least
    role, unit = one.seat
    return unit or "", role, one.since or date.min

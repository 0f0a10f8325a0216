"""Changing who holds one role, without a file: a new holder from a day on, a deputy for a time, an empty seat.

Each asks who does it and why, and is logged; what the rules do not allow is refused with a word on what to do.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import and_, or_, select

from arshjul.definition.model import Definition
from arshjul.errors import RefusedError
from arshjul.swedish import day_text, local_date
from store.database import Session
from store.log.writing import log
from store.people.holders import Seat, needed
from store.people.people_file import person_faults, person_id
from store.tables import Holder, LogRow, Person

ONE_DAY = timedelta(days=1)
HELD, ENDED, DEPUTY, NO_DEPUTY, IMPORTED = "role.held", "role.ended", "deputy.named", "deputy.ended", "people.imported"
VACANCY_TOLD = "vacancy.told"


@dataclass(frozen=True, slots=True, kw_only=True)
class Vacancy:
    """A seat that the definition needs and nobody holds; ``since`` is its first empty day, None if always."""

    seat: Seat
    since: date | None

    @property
    def key(self) -> str:
        """The key under which it is logged that it was told."""
        return f"{seat_key(*self.seat)}/{self.since or ''}"


def seat_key(role: str, unit: str | None) -> str:
    """Return a seat's key in the log."""
    return f"{role}/{unit or ''}"


def replace_holder(
    session: Session,
    role: str,
    unit: str | None,
    name: str,
    address: str,
    since: date | None,
    now: datetime,
    by: str,
    why: str = "",
) -> None:
    """Give a role a new holder from ``since`` (inclusive; None: always).

    Whoever holds it then ends the day before, and whoever was to begin after it does not. A person who is known
    by the address gets the name that is given now.
    """
    person = _person(session, name, address)
    if since is not None:
        _leave(session, role, unit, since - ONE_DAY)
    session.add(Holder(role=role, unit=unit, person_id=person.id, since=since))
    session.flush()
    detail = {"person": person.id, "since": str(since or ""), **({"why": why} if why else {})}
    log(session, now, by, HELD, seat_key(role, unit), detail)


def change_holder(
    session: Session, definition: Definition, seat: Seat, name: str, address: str, since: date, why: str, by: str,
    now: datetime,
) -> None:  # fmt: skip
    """Give a role a new holder from a day on, as a person asks for it on the page."""
    _known(definition, seat)
    name, address, why, by = _stated(seat, name, address, why, by)
    if since < local_date(now):
        raise RefusedError(
            f"{day_text(since)} har redan varit, och breven har gått till den som hade rollen då. Välj i dag eller senare."
        )
    replace_holder(session, *seat, name, address, since, now, by, why)


def end_seat(
    session: Session, definition: Definition, seat: Seat, last_day: date, why: str, by: str, now: datetime
) -> None:
    """Let a role be vacant after ``last_day`` (inclusive). Its letters then go to the ekonomikontoret."""
    _known(definition, seat)
    why, by = _reason(why), _who(by)
    if last_day < local_date(now) - ONE_DAY:
        raise RefusedError(f"{day_text(last_day)} har redan varit. Sista dagen är tidigast i går.")
    if not _open(session, seat, last_day + ONE_DAY):
        raise RefusedError(f"Ingen har rollen efter {day_text(last_day)}. Det finns inget att avsluta.")
    _leave(session, *seat, last_day)
    log(session, now, by, ENDED, seat_key(*seat), {"until": last_day.isoformat(), "why": why})


def name_deputy(
    session: Session, definition: Definition, seat: Seat, name: str, address: str, first: date, last: date, why: str,
    by: str, now: datetime,
) -> None:  # fmt: skip
    """Let somebody stand in for a role's holder from ``first`` to ``last``, both inclusive.

    A role has one deputy at a time: an earlier one whose days are over or not begun gives way, one in force ends.
    """
    _known(definition, seat)
    name, address, why, by = _stated(seat, name, address, why, by)
    if last < first:
        raise RefusedError(f"Sista dagen, {day_text(last)}, är före den första, {day_text(first)}.")
    if last < local_date(now):
        raise RefusedError(f"{day_text(last)} har redan varit. Välj dagar som inte har varit.")
    row = _in_force(session, seat, max(first, local_date(now)))
    if row is None:
        raise RefusedError(
            f"Ingen har rollen {day_text(max(first, local_date(now)))}. Lägg in en innehavare först, eller gör ersättaren till det."
        )
    if row.until and last > row.until:
        raise RefusedError(f"Innehavaren slutar {day_text(row.until)}. Ersättaren kan stå in längst till dess.")
    if person_id(address) == row.person_id:
        raise RefusedError("Innehavaren kan inte vara sin egen ersättare. Skriv ersättarens adress.")
    row.deputy_id, row.deputy_from, row.deputy_to = _person(session, name, address).id, first, last
    detail = {"person": row.deputy_id, "since": first.isoformat(), "until": last.isoformat(), "why": why}
    log(session, now, by, DEPUTY, seat_key(*seat), detail)


def end_deputy(session: Session, definition: Definition, seat: Seat, why: str, by: str, now: datetime) -> None:
    """Let the holder answer alone again, from today."""
    _known(definition, seat)
    why, by, today = _reason(why), _who(by), local_date(now)
    rows = [row for row in _open(session, seat, today) if row.deputy_id and (row.deputy_to or today) >= today]
    if not rows:
        raise RefusedError("Rollen har ingen ersättare nu eller framöver.")
    for row in rows:
        person = row.deputy_id
        if row.deputy_from is None or row.deputy_from < today:
            row.deputy_to = today - ONE_DAY  # what has been stays
        else:
            row.deputy_id = row.deputy_from = row.deputy_to = None
        log(session, now, by, NO_DEPUTY, seat_key(*seat), {"person": person, "why": why})


def vacancies(session: Session, definition: Definition, day: date) -> tuple[Vacancy, ...]:
    """Return the seats that are needed on ``day`` and that nobody holds, each with its first empty day."""
    rows = session.scalars(select(Holder)).all()
    held = {(row.role, row.unit) for row in rows if _is_in_force(row, day)}
    found = []
    for seat in sorted(needed(definition, day), key=str):
        if seat not in held and (seat[0], None) not in held:
            ends = [row.until for row in rows if row.role == seat[0] and row.unit in (seat[1], None) and row.until]
            before = [end for end in ends if end < day]
            found.append(Vacancy(seat=seat, since=max(before) + ONE_DAY if before else None))
    return tuple(found)


def untold(session: Session, found: Iterable[Vacancy]) -> list[Vacancy]:
    """Return the vacancies that no letter has told."""
    found = list(found)
    where = (LogRow.what == VACANCY_TOLD, LogRow.key.in_([each.key for each in found]))
    told = set(session.scalars(select(LogRow.key).where(*where)))
    return [each for each in found if each.key not in told]


def mark_told(session: Session, found: Iterable[Vacancy], now: datetime) -> None:
    """Note that vacancies were told, so that each is told once."""
    for each in found:
        log(session, now, "årshjulet", VACANCY_TOLD, each.key)


def history(session: Session, seat: Seat | None = None, most: int = 50) -> list[LogRow]:
    """Return what was done with a seat, or with all of them, the newest first. Imports concern every seat."""
    where = LogRow.what.in_((HELD, ENDED, DEPUTY, NO_DEPUTY))
    mine = and_(where, LogRow.key == seat_key(*seat)) if seat else where
    rows = select(LogRow).where(or_(mine, LogRow.what == IMPORTED)).order_by(LogRow.id.desc()).limit(most)
    return list(session.scalars(rows))


def held_by(session: Session, person: str, day: date) -> list[Holder]:
    """Return the rows of the seats that a person holds on ``day``, deputised or not; never as a deputy."""
    rows = session.scalars(select(Holder).where(Holder.person_id == person).order_by(Holder.id))
    held = {(row.role, row.unit): row for row in rows if _is_in_force(row, day)}
    return [held[seat] for seat in sorted(held, key=str)]


def holder_on(session: Session, seat: Seat, day: date) -> Person | None:
    """Return who holds the seat itself on ``day``, deputised or not."""
    row = _in_force(session, seat, day)
    return session.get(Person, row.person_id) if row else None


def _leave(session: Session, role: str, unit: str | None, last_day: date) -> None:
    for row in _open(session, (role, unit), last_day + ONE_DAY):
        if row.since and row.since > last_day:
            session.delete(row)
        else:
            row.until = last_day


def _open(session: Session, seat: Seat, day: date) -> list[Holder]:
    """Return the seat's rows that are in force on ``day`` or later."""
    open_ones = or_(Holder.until.is_(None), Holder.until >= day)
    role, unit = seat
    return list(session.scalars(select(Holder).where(Holder.role == role, Holder.unit == unit, open_ones)))


def _in_force(session: Session, seat: Seat, day: date) -> Holder | None:
    rows = [row for row in _open(session, seat, day) if _is_in_force(row, day)]
    return max(rows, key=lambda row: (row.since or date.min, row.id), default=None)


def _is_in_force(row: Holder, day: date) -> bool:
    return (row.since is None or row.since <= day) and (row.until is None or row.until >= day)


def _person(session: Session, name: str, address: str) -> Person:
    person = session.get(Person, person_id(address))
    if person is None:
        person = Person(id=person_id(address), name=name, address=address)
        session.add(person)
        session.flush()
    elif name and person.name != name:
        person.name = name
    return person


def _known(definition: Definition, seat: Seat) -> None:
    role, unit = seat
    if role not in definition.roles or (unit is not None and unit not in definition.units):
        raise RefusedError("Rollen finns inte i årshjulet. Gå tillbaka till Personer och roller och välj därifrån.")


def _stated(seat: Seat, name: str, address: str, why: str, by: str) -> tuple[str, str, str, str]:
    name, address = " ".join(name.split()), address.strip()
    for fault in person_faults(name, address, seat[0]):
        raise RefusedError(f"{fault[:1].upper()}{fault[1:]}.")
    return name, address, _reason(why), _who(by)


def _reason(why: str) -> str:
    if len(why.strip()) < 5:
        raise RefusedError("Skriv varför, så att den som läser loggen förstår.")
    return why.strip()


def _who(by: str) -> str:
    if len(by.strip()) < 2:
        raise RefusedError("Skriv vem som gör detta: namn eller roll.")
    return by.strip()

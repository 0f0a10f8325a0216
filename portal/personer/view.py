"""What the page of people shows: the seats by enhet, those without a holder first, and a reorganisation ahead."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from actions.recipients import CONTROLLER
from arshjul.definition.model import Definition
from arshjul.keys import seat_in
from arshjul.swedish import day_text, listing, local_date
from arshjul.year.reorganising import Reorganisation, reorganisations
from arshjul.year.wheel import Obligation, Wheel
from portal.web.paths import WHOLE, seat_path
from store.database import Session
from store.people.holders import Seat, names_of
from store.people.people_preview import Holding, ImportPreview, holdings
from store.people.seats import DEPUTY, ENDED, HELD, IMPORTED, NO_DEPUTY, Vacancy, history, vacancies
from store.plan.planning import recorded
from store.tables import LogRow
from submissions.standing.states import states_of

EVERYONE = "Hela kommunen"
DID = {
    HELD: "Ny innehavare",
    ENDED: "Rollen lämnad",
    DEPUTY: "Ersättare",
    NO_DEPUTY: "Ersättaren avslutad",
    IMPORTED: "Inläst från fil",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class SeatLine:
    """A role for one enhet or for all, and who holds it."""

    seat: Seat
    role: str
    unit: str
    holder: Holding | None
    vacant: str  #: since when nobody holds it, in words; "" where somebody does
    span: str
    deputy: str
    deputised: bool  #: the deputy answers today
    coming: tuple[str, ...]  #: later holders
    in_copy: bool  #: a controller, who gets copies

    @property
    def path(self) -> str:
        """The seat's own page."""
        return seat_path(*self.seat)


@dataclass(frozen=True, slots=True, kw_only=True)
class UnitSeats:
    """The seats of an enhet, or those for all."""

    id: str
    name: str
    lines: tuple[SeatLine, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Happening:
    """A line of the history."""

    at: datetime
    what: str
    seat: str
    words: str
    by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class OwedWords:
    """An obligation of a reorganisation, in words."""

    what: str
    unit: str
    at: datetime
    note: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Reorganised:
    """A reorganisation as it is shown."""

    title: str
    since: str
    moving: tuple[OwedWords, ...]
    lacking: tuple[str, ...]  #: roles of the successor without a holder on its first day
    staying: tuple[OwedWords, ...]  #: underlag of the old enheter that are not complete


def seat_name(definition: Definition, seat: Seat) -> str:
    """Return ``Förvaltningschef, Bildningsnämnden``."""
    role, unit = seat
    name = definition.roles[role].name if role in definition.roles else role
    where = definition.units[unit].name if unit in definition.units else unit or EVERYONE
    return f"{name[:1].upper()}{name[1:]}, {where}"


def groups(session: Session, definition: Definition, today: date) -> tuple[UnitSeats, ...]:
    """Return every seat that is held today or later, or lacks a holder, by enhet; those for all first."""
    lines = seat_lines(session, definition, today)
    names: Mapping[str | None, str] = {None: EVERYONE, **{each: unit.name for each, unit in definition.units.items()}}
    order = list(definition.roles)
    return tuple(
        UnitSeats(
            id=unit or WHOLE,
            name=name,
            lines=tuple(sorted((each for each in lines if each.seat[1] == unit), key=lambda e: order.index(e.seat[0]))),
        )
        for unit, name in names.items()
        if any(each.seat[1] == unit for each in lines)
    )


def seat_lines(session: Session, definition: Definition, today: date) -> list[SeatLine]:
    """Return a line for each seat of the definition that is held today or later, or lacks a holder."""
    held: dict[Seat, list[Holding]] = {}
    for one in holdings(session).values():
        if not one.is_over(today):
            held.setdefault(one.seat, []).append(one)
    lacking = {one.seat: one for one in vacancies(session, definition, today)}
    known = [each for each in held if each[0] in definition.roles and (each[1] is None or each[1] in definition.units)]
    return [
        _line(definition, seat, held.get(seat, []), lacking.get(seat), today)
        for seat in dict.fromkeys((*lacking, *known))
    ]


def line_of(session: Session, definition: Definition, seat: Seat, today: date) -> SeatLine:
    """Return one seat's line, also when nobody holds it and nobody need."""
    found = {each.seat: each for each in seat_lines(session, definition, today)}
    return found.get(seat) or _line(definition, seat, [], None, today)


def _line(
    definition: Definition, seat: Seat, held: Sequence[Holding], vacancy: Vacancy | None, today: date
) -> SeatLine:
    now = [one for one in held if not one.is_ahead(today)]
    ahead = sorted((one for one in held if one.is_ahead(today)), key=lambda one: one.since or today)
    holder = max(now, key=lambda one: one.since or date.min, default=None)
    role, unit = seat
    name = definition.roles[role].name
    empty = ""
    if vacancy:
        empty = f"sedan {day_text(vacancy.since)}" if vacancy.since else "ingen är inlagd"
    return SeatLine(
        seat=seat,
        role=f"{name[:1].upper()}{name[1:]}",
        unit=definition.units[unit].name if unit else EVERYONE,
        holder=holder,
        vacant=empty,
        span=span_text(holder.since, holder.until) if holder else "",
        deputy=_deputy(holder, today) if holder else "",
        deputised=holder.deputised_on(today) if holder else False,
        coming=tuple(f"{one.name}, {span_text(one.since, one.until)}" for one in ahead),
        in_copy=role == CONTROLLER,
    )


def span_text(since: date | None, until: date | None) -> str:
    """Return ``från måndag 1 november 2027`` and the like; "tills vidare" for days that are open."""
    first = f"från {day_text(since)}" if since else ""
    last = f"till och med {day_text(until)}" if until else ""
    return " ".join(filter(None, (first, last))) or "tills vidare"


def _deputy(one: Holding, today: date) -> str:
    if not one.deputy_name or (one.deputy_to and one.deputy_to < today):
        return ""
    return f"{one.deputy_name}, {span_text(one.deputy_from, one.deputy_to)}"


def happened(session: Session, definition: Definition, seat: Seat | None = None) -> tuple[Happening, ...]:
    """Return the history of a seat, or of all, from the log."""
    names = names_of(session)
    return tuple(_happening(definition, row, names) for row in history(session, seat))


def _happening(definition: Definition, row: LogRow, names: Mapping[str, str]) -> Happening:
    detail = row.detail or {}
    person = names.get(detail.get("person") or "", detail.get("person") or "")
    since, until = (date.fromisoformat(detail[each]) if detail.get(each) else None for each in ("since", "until"))
    days = span_text(since, until) if since or until else ""
    if row.what == IMPORTED:
        counts = f"{detail.get('added', 0)} nya, {detail.get('changed', 0)} ändrade, {detail.get('ended', 0)} avslutade"
        words = f"{detail.get('file', '')}: {counts}"
    else:
        words = ", ".join(filter(None, (person, days, detail.get("why"))))
    return Happening(
        at=row.at, what=DID[row.what], seat=seat_name(definition, seat_in(row.key)) if row.key else "", words=words,
        by=row.who,
    )  # fmt: skip


def preview_rows(definition: Definition, shown: ImportPreview, today: date) -> list[tuple[str, str, str]]:
    """Return what an import would change: the seat, what happens, and who it is about."""
    rows = []
    for change in shown.changes:
        before, after = change.before, change.after
        one = after or before
        if one is None:
            continue
        if before is None:
            what, words = "Ny", f"{one.name} ({one.address}), {span_text(one.since, one.until)}"
        elif after is None:
            what, words = "Tas bort", f"{one.name}, som skulle börja {day_text(one.since) if one.since else ''}".strip()
        elif after.is_over(today) and not before.is_over(today):
            what, words = "Slutar", f"{one.name}, {span_text(None, after.until)}"
        else:
            what, words = "Ändras", "; ".join(_differences(before, after))
        rows.append((seat_name(definition, one.seat), what, words))
    return rows


def _differences(before: Holding, after: Holding) -> Iterable[str]:
    if (before.name, before.address) != (after.name, after.address):
        yield f"{before.name} blir {after.name} ({after.address})"
    if (before.since, before.until) != (after.since, after.until):
        yield f"{after.name}: {span_text(after.since, after.until)}"
    deputies = [(one.deputy_address, one.deputy_from, one.deputy_to, one.deputy_name) for one in (before, after)]
    if deputies[0] != deputies[1]:
        named = (
            f"{after.deputy_name}, {span_text(after.deputy_from, after.deputy_to)}" if after.deputy_name else "ingen"
        )
        yield f"{after.name}: ersättare {named}"


def reorganised(session: Session, wheel: Wheel, since: date, now: datetime) -> tuple[Reorganised, ...]:
    """Return the reorganisations whose day is near."""
    found = reorganisations(wheel, recorded(session), local_date(now))
    return tuple(_reorganised(session, wheel, one, since, now) for one in found)


def _reorganised(session: Session, wheel: Wheel, one: Reorganisation, since: date, now: datetime) -> Reorganised:
    definition = wheel.definition
    names = [definition.units[each].name for each in one.predecessors]
    first = max(one.since or local_date(now), local_date(now))
    states = states_of(session, wheel, one.staying, since, now)
    return Reorganised(
        title=f"{definition.units[one.successor].name} efter {listing(names)}",
        since=f"Från {day_text(one.since)}" if one.since else "Utan första dag i definitionen",
        moving=tuple(
            _owed(
                each.new or each.old,
                f"i stället för {each.old.unit_said}"
                if each.new
                else f"{each.old.unit_name} skulle ha lämnat det; ingen gör det nu",
            )
            for each in one.moving
        ),
        lacking=tuple(
            seat_name(definition, each.seat)
            for each in vacancies(session, definition, first)
            if each.seat[1] == one.successor
        ),
        staying=tuple(_owed(each, states[each.key].word) for each in one.staying if states[each.key].is_owing),
    )


def _owed(one: Obligation, note: str) -> OwedWords:
    return OwedWords(
        what=f"{one.step_name} {one.period.text}: {one.name}", unit=one.unit_name, at=one.deadline.at, note=note
    )

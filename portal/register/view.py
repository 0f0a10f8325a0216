"""The registers as the page shows them: each entry with who has it, where it was last reported and how it stands."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date

from actions.contacts import contacts
from actions.scene import Scene
from arshjul.definition.registers.register import OWN_WORDS, RegisterEntry, RegisterKind, entries_of
from arshjul.definition.sheets.sheet import Sheet
from arshjul.keys import UnitId
from arshjul.ladder.standing import State
from arshjul.periods import Period
from arshjul.swedish import day_text, listing
from portal.web.scope import Scope
from store.handins import versions
from store.registers.entries import register_entries
from store.registers.openings import openings
from submissions.files.filled import Filled
from submissions.review.substance import folded
from submissions.standing.completeness import part_states


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportedIn:
    """Where something of an entry was reported: the page, in words, and what was said of it."""

    path: str
    text: str
    said: str = ""
    state: State | None = None
    call: tuple[str, ...] = ()  #: whom to call when it is late


@dataclass(frozen=True, slots=True, kw_only=True)
class EntryShown:
    """One entry of a register."""

    id: str
    entry: RegisterEntry
    units: str
    facts: tuple[str, ...]
    reported: tuple[ReportedIn, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class RegisterShown:
    """One register, and what its form asks for."""

    id: str
    name: str
    kind: RegisterKind
    source: str
    entries: tuple[EntryShown, ...]
    asks: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class OpeningShown:
    """A händelse that a hand-in opened, and whether it holds still."""

    happening: str
    unit: UnitId
    period: str
    name: str
    unit_name: str
    period_text: str
    said: str
    day: date
    holds: bool
    withdrawn: bool
    follows: tuple[ReportedIn, ...]


def registers_shown(scene: Scene, scope: Scope) -> list[RegisterShown]:
    """Return the registers with the entries that somebody may see: all, or those of their enheter and of everybody."""
    definition = scene.office.definition
    every = entries_of(definition.registers, register_entries(scene.session))
    last = _last_said(scene, scope)
    return [
        RegisterShown(
            id=key,
            name=register.name,
            kind=register.kind,
            source=register.source.text,
            entries=tuple(
                _entry(scene, scope, key, entry_id, each, last) for entry_id, each in _seen(scope, every[key])
            ),
            asks=OWN_WORDS[register.kind],
        )
        for key, register in definition.registers.items()
    ]


def openings_shown(scene: Scene, scope: Scope) -> list[OpeningShown]:
    """Return what hand-ins have opened, the newest first; only of the enheter that somebody sees."""
    definition, found = scene.office.definition, list[OpeningShown]()
    for each in openings(scene.session):
        one = each.happening
        known = definition.happenings.get(one.happening)
        deviates = known is not None and known.opening is not None and not known.opening.by_hand
        if not deviates or (scope.units is not None and one.unit not in scope.units):
            continue
        found.append(
            OpeningShown(
                happening=one.happening,
                unit=one.unit,
                period=one.period.key,
                name=definition.happenings[one.happening].name,
                unit_name=definition.units[one.unit].name if one.unit in definition.units else one.unit,
                period_text=one.period.text,
                said=each.said,
                day=one.day,
                holds=each.holds,
                withdrawn=each.withdrawn,
                follows=tuple(_follows(scene, one.happening, one.unit, one.period)) if each.holds else (),
            )
        )
    return sorted(found, key=lambda each: (each.day, each.unit_name), reverse=True)


def _seen(scope: Scope, entries: Mapping[str, RegisterEntry]) -> Iterator[tuple[str, RegisterEntry]]:
    for entry_id, each in entries.items():
        if scope.units is None or not each.units or scope.units & {*each.units}:
            yield entry_id, each


Last = Mapping[tuple[UnitId, str], ReportedIn]


def _entry(scene: Scene, scope: Scope, register_id: str, entry_id: str, entry: RegisterEntry, last: Last) -> EntryShown:
    units = scene.office.definition.units
    names = [units[each].name for each in entry.units if each in units]
    whose = [each for each in (entry.units or units) if scope.units is None or each in scope.units]
    told = [last[key] for each in whose if (key := (each, folded(entry.title))) in last]
    return EntryShown(
        id=entry_id,
        entry=entry,
        units=listing(names) if names else "Alla",
        facts=tuple(_facts(entry)),
        reported=(*_owed(scene, scope, register_id, entry_id, entry), *told),
    )


def _facts(entry: RegisterEntry) -> Iterator[str]:
    if entry.level:
        yield entry.level[:1].upper() + entry.level[1:]
    if entry.indicator:
        yield f"Indikator: {entry.indicator}"
    if entry.start or entry.target:
        yield " · ".join(
            filter(None, (entry.start and f"Startvärde {entry.start}", entry.target and f"Önskat värde {entry.target}"))
        )
    if entry.resources:
        yield f"Resurser: {entry.resources}"
    if entry.due:
        yield f"Frist {day_text(entry.due)}"
    bounds = [
        f"från {day_text(entry.since)}" if entry.since else "",
        f"till {day_text(entry.until)}" if entry.until else "",
    ]
    if any(bounds):
        yield f"Redovisas {' '.join(filter(None, bounds))}"


def _owed(scene: Scene, scope: Scope, register_id: str, entry_id: str, entry: RegisterEntry) -> Iterator[ReportedIn]:
    """Give what is owed because of an uppdrag's own frist, and how it stands."""
    period = entry.period(entry_id)
    steps = {
        key for key, step in scene.office.definition.steps.items() if step.each and step.each.of_register == register_id
    }
    if period is None:
        return
    owed = [one for one in scene.wheel.obligations.values() if one.step in steps and one.period == period]
    sight = scene.look([one.key for one in scope.seen(owed)])
    for one in sight.obligations:
        state, path = sight.state(one), f"/lage/{one.occurrence.path}"
        call = contacts(scene, part_states(scene.session, [one])[one.key], one.unit) if state.is_late else ()
        yield ReportedIn(path=path, text=one.unit_name, state=state, call=call)


def _follows(scene: Scene, happening: str, unit: UnitId, period: Period) -> Iterator[ReportedIn]:
    steps = {
        key for key, step in scene.office.definition.steps.items() if step.each and step.each.happening == happening
    }
    for one in scene.wheel.occurrences:
        if one.step in steps and one.period == period and any(each.unit == unit for each in one.milestones):
            yield ReportedIn(path=f"/lage/{one.key.path}", text=f"{one.step_name} {one.period.text}")


def _last_said(scene: Scene, scope: Scope) -> Last:
    """Return where each row of a register's sheet was last reported, by enhet and name."""
    definition, year = scene.office.definition, scene.today.year
    sheets = {key for key, each in definition.sheets.items() if each.of_register or each.prefilled == "mål"}
    if not definition.registers or not sheets:
        return {}
    periods = [Period(each, month).key for each in (year - 1, year) for month in (*range(1, 13), None)]
    found: dict[tuple[UnitId, str], ReportedIn] = {}
    for unit in definition.units:
        if scope.units is not None and unit not in scope.units:
            continue
        for _, row in versions.handed_in(scene.session, unit, periods):
            for name, said in _rows(definition.sheets, sheets, Filled.from_json(row.content) if row.content else None):
                one = scene.wheel.find(row.obligation_key)
                text = f"{one.step_name} {one.period.text}, {one.unit_name}" if one else str(row.obligation_key)
                found[unit, name] = ReportedIn(path=f"/lage/{row.obligation_key.occurrence.path}", text=text, said=said)
    return found


def _rows(sheets: Mapping[str, Sheet], wanted: Iterable[str], filled: Filled | None) -> Iterator[tuple[str, str]]:
    """Give each row of a register's sheets, by its folded name, with what was judged of it."""
    for key in wanted if filled else ():
        table, judged = filled.tables.get(key) if filled else None, sheets[key].of_role("bedömning")
        for row in table.body if table else ():
            if row.name.strip():
                yield folded(row.name), row.text(judged.id) if judged else ""

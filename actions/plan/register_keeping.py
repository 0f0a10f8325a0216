"""The registers: an entry is registered, changed or taken away; an uppdrag with a frist is then owed, with its ladder."""

import re
from collections.abc import Mapping
from typing import Any

from pydantic import ValidationError

from actions.act import Act
from actions.plan.gone import tell_gone
from arshjul.definition.names import fold
from arshjul.definition.registers.register import Register, RegisterEntry, entries_of, lacks
from arshjul.errors import RefusedError, nearest
from arshjul.swedish import day_text, listing, stated_day
from store.people.people_text import lines_of, visible
from store.plan.in_step import Moved
from store.plan.planning import plan_years
from store.registers.entries import add_entry, known_entries, register_entries

LONGEST_ID = 40
_UNTIL_NEXT = re.compile(r"[^,;]+")
#: what a form or a list says of an entry in one field each; its enheter may be several
WORDS = (
    "namn", "av", "beslut", "frist", "resurser", "nivå", "indikator", "startvärde", "önskat värde", "från", "till",
)  # fmt: skip


def keep_entry(act: Act, register_id: str, fields: Mapping[str, Any], entry_id: str = "") -> tuple[str, list[Moved]]:
    """Register an entry, or what is new of ``entry_id``; return its id and the frister that are new or moved by it.

    ``fields`` are by the definition's words. Who was told of what it no longer asks of them hears so. Raises RefusedError for what the register cannot have, with the remedy.
    """
    register = _register(act, register_id)
    given = {word: read for word, read in fields.items() if read not in ("", None, [], ())}
    entry = _read(act, register, given)
    known = _entries(act, register_id)
    if entry_id and entry_id not in known:
        raise RefusedError(f"'{entry_id}' finns inte i registret{nearest(entry_id, known)}")
    before = known.get(entry_id)
    if before and before.due:
        first = before.first_due or before.due
        entry = entry.model_copy(update={"first_due": first if first != entry.due else None})
    _hold_frist(act, entry)
    if before == entry:
        raise RefusedError(f"Inget är ändrat: registret säger redan så om {entry.title}.")
    entry_id = entry_id or _new_id(act, register_id, entry.title)
    scene = act.scene
    plan = scene.wheel  # before, which what is registered is held against
    add_entry(scene.session, register_id, entry_id, entry.written(), act.by, scene.now)
    detail = {"register": register.name, "what": entry.said, "frist": entry.due and entry.due.isoformat()}
    act.log("register.changed" if before else "register.added", entry_id, detail)
    moved = scene.replan()
    tell_gone(scene, plan, moved, f"{entry.said} {_whose(act, entry)}.")
    return entry_id, moved


def keep_list(act: Act, register_id: str, text: str) -> int:
    """Register each line of a list (its first line has the words as headings); return how many.

    Its enheter are ids or names, several in a cell (:func:`units_in`); a line with the id of an entry (``post``) changes
    that. Raises RefusedError for a faulty line, by its number, and then nothing is kept.
    """
    units: dict[str, str] = {}
    for key, each in act.scene.office.definition.units.items():
        units |= {key: key, each.name.casefold(): key}
    columns: list[str] = []
    kept = 0
    for number, cells in lines_of(text):
        if not columns:
            columns = [visible(each).lower() for each in cells]
            known = (*WORDS, "enheter", "post")
            if wrong := next((each for each in columns if each not in known), None):
                raise RefusedError(f"Rad {number}: okänd rubrik '{wrong}'{nearest(wrong, known)}")
            continue
        said: dict[str, Any] = {word: cell.strip() for word, cell in zip(columns, cells, strict=False)}
        said["enheter"] = units_in(said.get("enheter", ""), units)
        try:
            keep_entry(act.anew() if kept else act, register_id, said, said.pop("post", ""))
        except RefusedError as refused:
            raise RefusedError(f"Rad {number}: {refused}") from None
        kept += 1
    if not kept:
        raise RefusedError("Listan har inga rader. Skriv rubrikerna på första raden: namn, enheter, av, beslut, frist.")
    return kept


def units_in(cell: str, units: Mapping[str, str]) -> list[str]:
    """Return the enheter of one cell, whatever stands between them: commas, lines of the cell, *och*.

    ``units`` are ids by what an enhet is called, in small letters. A name may have commas and *och* in it: the longest that
    fits is meant. What fits none comes back as it stands, for whoever wrote it to be told of it.
    """
    found, rest = list[str](), " ".join(cell.split())
    while rest := rest.lstrip(" ,;/•-"):
        small = rest.casefold()
        fits = [name for name in units if small.startswith(name) and not small[len(name) :][:1].isalnum()]
        if fits:
            found.append(units[max(fits, key=len)])
            rest = rest[len(max(fits, key=len)) :]
        elif small.startswith("och "):
            rest = rest[4:]
        else:
            unknown = _UNTIL_NEXT.match(rest)
            found.append(unknown[0].strip() if unknown else rest)
            rest = rest[len(found[-1]) :]
    return list(dict.fromkeys(found))


def take_entry(act: Act, register_id: str, entry_id: str) -> list[Moved]:
    """Take an entry out of its register: what was asked for because of it falls silent, and its history stays."""
    register = _register(act, register_id)
    known, scene = _entries(act, register_id), act.scene
    if entry_id not in known:
        raise RefusedError(f"'{entry_id}' finns inte i registret{nearest(entry_id, known)}")
    before = scene.wheel
    add_entry(scene.session, register_id, entry_id, known[entry_id].written(), act.by, scene.now, gone=True)
    act.log("register.removed", entry_id, {"register": register.name, "what": known[entry_id].said})
    moved = scene.replan()
    tell_gone(scene, before, moved, f"{known[entry_id].said} är borttaget ur registret.")
    return moved


def _register(act: Act, register_id: str) -> Register:
    registers = act.scene.office.definition.registers
    if register_id not in registers:
        remedy = nearest(register_id, registers) or "; årshjulet har inga register. Lägg till det i definitionen."
        raise RefusedError(f"okänt register '{register_id}'{remedy}")
    return registers[register_id]


def _entries(act: Act, register_id: str) -> Mapping[str, RegisterEntry]:
    scene = act.scene
    return entries_of(scene.office.definition.registers, register_entries(scene.session))[register_id]


def _read(act: Act, register: Register, given: Mapping[str, Any]) -> RegisterEntry:
    units = act.scene.office.definition.units
    try:
        stated_day(str(given["frist"])) if "frist" in given else None
    except ValueError:
        raise RefusedError(f"Fristen '{given['frist']}' är inget datum. Skriv den som 2027-12-15.") from None
    try:
        entry = RegisterEntry.model_validate(given, context={"enhet": tuple(units)})
    except ValidationError as wrong:
        first = wrong.errors()[0]
        where = ".".join(each for each in first["loc"] if isinstance(each, str))
        usual = (
            "saknas; fyll i det" if first["type"] == "missing" else "går inte att använda; se exemplet bredvid fältet"
        )
        told = str(first.get("ctx", {}).get("error", "")) or usual
        raise RefusedError(f"{where}: {told}" if where else told) from None
    if missing := next(lacks(register.kind, entry), None):
        raise RefusedError(missing)
    return entry


def _whose(act: Act, entry: RegisterEntry) -> str:
    if not entry.due:
        return "har inte längre någon frist i registret"
    units = act.scene.office.definition.units
    return f"gäller enligt registret nu {listing([units[each].said for each in entry.units]) or 'alla enheter'}"


def _hold_frist(act: Act, entry: RegisterEntry) -> None:
    years, day = plan_years(act.scene.now), entry.first_due or entry.due
    if day and day.year not in years:
        raise RefusedError(
            f"Fristen {day_text(day)} ligger inte bland de år som är öppna nu ({years[0]}–{years[-1]}). Registrera "
            "uppdraget med en frist för en första redovisning."
        )


def _new_id(act: Act, register_id: str, title: str) -> str:
    folded = "".join(char if char.isascii() and (char.isalnum() or char in "-_") else "-" for char in fold(title))
    plain = "-".join(filter(None, folded[:LONGEST_ID].split("-"))) or "post"
    taken = {
        *known_entries(act.scene.session, register_id),
        *act.scene.office.definition.registers[register_id].entries,
    }
    return next(each for each in (plain, *(f"{plain}-{number}" for number in range(2, 1000))) if each not in taken)

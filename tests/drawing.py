"""The pictures of the house and of its tables, drawn from the code: ``python -m tests.drawing`` writes them anew.

An arrow that follows from two others is left out, so that a picture changes when the house does and not by every import.
"""

import ast
import re
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from sqlalchemy import Column
from sqlalchemy import Table as SqlTable

from store.tables import Table
from tests.rig.code import nodes, parsed
from tests.rig.load import ROOT

FLOORS = ("arshjul", "store", "submissions", "notifications", "actions", "flows", "portal", "app")
#: what a column's type is called, where its class has another name than people
KINDS = {"String": "text", "KeyText": "text", "LargeBinary": "bytes", "BigInteger": "integer", "Instant": "instant"}
Arrows = Mapping[str, set[str]]

HOUSE = """# The house

Drawn from the code's imports by `make pictures`. An arrow points at what is leaned on; one that follows from two others
is left out. What each room holds, and what not, is the first line of its `__init__.py`, gathered in
[GLOSSARY.md](../calendar/GLOSSARY.md#rooms); that no arrow goes another way is held by `.importlinter`.

## The floors
"""
TABLES = """# The tables

Drawn from `store/tables/` by `make pictures`. Lines are foreign keys, a key is bold; what the plan owns (an obligation, a moment) is
named by its key, which is text: the plan itself is no rows, but the definition turned into a year.

| Table | A row is |
|---|---|
"""


def pictures() -> Mapping[Path, str]:
    """Return each picture's page, by its file."""
    docs = ROOT / "docs"
    return {docs / "house.md": house(), docs / "tables.md": tables()}


def house() -> str:
    """Return the page of the floors, and of the rooms of each."""
    imports = dict(_imports())
    floors = {
        floor: {_floor(to) for name in imports if _floor(name) == floor for to in imports[name]} for floor in FLOORS
    }
    parts = [HOUSE, _flowchart(floors, {})]
    for floor in FLOORS:
        rooms: dict[str, set[str]] = {}
        for name, leaned_on in imports.items():
            if _floor(name) == floor and _room(name):
                rooms.setdefault(_room(name), set()).update(_room(to) for to in leaned_on if _floor(to) == floor)
        folder = f"{'calendar/' if floor == 'arshjul' else ''}{floor}"
        names = {room: f"{room}/" if (ROOT / folder / room).is_dir() else f"{room}.py" for room in rooms}
        parts += [f"\n## {folder}/\n\n{_line_of(ROOT / folder / '__init__.py')}\n", _flowchart(rooms, names)]
    return "\n".join(parts) + "\n"


def tables() -> str:
    """Return the page of the tables: what a row is, and how they hang together."""
    found = sorted(Table.registry.mappers, key=lambda each: each.local_table.name)
    rows = [f"| `{each.local_table.name}` | {_sentence(each.class_.__doc__)} |" for each in found]
    every = {table.name: table for table in Table.metadata.tables.values()}
    joined = {name: {key.column.table.name for key in table.foreign_keys} for name, table in every.items()}
    groups: list[set[str]] = []
    for name in sorted(every):
        near = [group for group in groups if group & ({name} | joined[name])]
        groups = [group for group in groups if group not in near] + [{name, *joined[name]}.union(*near)]
    groups.sort(key=lambda group: (-len(group), min(group)))
    parts = [TABLES + "\n".join(rows)]
    for names in (sorted(group) for group in groups if len(group) > 1):
        lines = [line for name in names for line in (*_entity(every[name]), *_keys(every[name]))]
        most = max(names, key=lambda each: sum(each in leaned_on for leaned_on in joined.values()))
        parts += [f"\n## Around `{most}`\n", "\n".join(["```mermaid", "erDiagram", *lines, "```"])]
    parts += ["\n## On their own\n\n| Table | Its columns |\n|---|---|"]
    alone = [every[name] for group in groups if len(group) == 1 for name in group]
    parts += [f"| `{table.name}` | {_columns(table)} |" for table in alone]
    return "\n".join(parts) + "\n"


def _entity(table: SqlTable) -> Iterator[str]:
    yield f"  {table.name} {{"
    for column in table.columns:
        marks = [word for word, is_so in (("PK", column.primary_key), ("FK", column.foreign_keys)) if is_so]
        yield f"    {_kind(column)} {column.name} {', '.join(marks)}".rstrip()
    yield "  }"


def _keys(table: SqlTable) -> Iterator[str]:
    for key in sorted(table.foreign_keys, key=lambda each: each.parent.name):
        yield f"  {key.column.table.name} ||--o{{ {table.name} : {key.parent.name}"


def _columns(table: SqlTable) -> str:
    return ", ".join(
        f"{'**' if one.primary_key else ''}{one.name}{'**' if one.primary_key else ''} {_kind(one)}"
        for one in table.columns
    )


def _kind(column: Column[Any]) -> str:
    name = type(column.type).__name__
    return KINDS.get(name, name.lower())


def _flowchart(arrows: Arrows, names: Mapping[str, str]) -> str:
    lines = [f'  {each}["{names.get(each, each)}"]' for each in sorted(arrows)]
    lines += [f"  {name} --> {to}" for name in sorted(arrows) for to in sorted(_needed(name, arrows))]
    return "\n".join(["```mermaid", "flowchart TD", *lines, "```"])


def _needed(name: str, arrows: Arrows) -> Iterator[str]:
    """Leave out what is reached by way of another."""
    direct = {to for to in arrows[name] if to != name and to in arrows}
    for to in direct:
        if not any(to in _reached(via, arrows) for via in direct - {to} if name not in _reached(via, arrows)):
            yield to


def _reached(name: str, arrows: Arrows) -> set[str]:
    seen: set[str] = set()
    ahead = [name]
    while ahead:
        new = arrows.get(ahead.pop(), set()) - seen
        seen |= new
        ahead += new
    return seen


def _imports() -> Iterator[tuple[str, set[str]]]:
    """Return what each module of the product imports of it, wherever in the module."""
    for floor in FLOORS:
        base = ROOT / "calendar" if floor == "arshjul" else ROOT
        for file in sorted((base / floor).rglob("*.py")):
            if "migrations" not in file.parts:
                name = ".".join(file.relative_to(base).with_suffix("").parts)
                yield name, {to for to in _named(file) if _floor(to) in FLOORS}


def _named(file: Path) -> Iterator[str]:
    for node in nodes(file):
        if isinstance(node, ast.ImportFrom) and node.module:
            yield from (f"{node.module}.{each.name}" for each in node.names)
        elif isinstance(node, ast.Import):
            yield from (each.name for each in node.names)


def _floor(name: str) -> str:
    return name.partition(".")[0]


def _room(name: str) -> str:
    """Return a module's room, or itself where it stands on the floor; empty for the floor's own ``__init__``."""
    _, _, inner = name.partition(".")
    room = inner.partition(".")[0]
    return "" if room.startswith("__") else room


def _line_of(file: Path) -> str:
    return (ast.get_docstring(parsed(file).tree) or "").partition("\n")[0]


def _sentence(words: str | None) -> str:
    text = " ".join((words or "").split())
    return re.split(r"(?<=\.) (?=[A-ZÅÄÖ`])", text)[0].replace("|", "\\|")


def write(drawn: Iterable[tuple[Path, str]]) -> None:
    """Lay the pages in their files."""
    for file, text in drawn:
        file.write_text(text)


if __name__ == "__main__":
    write(pictures().items())

"""What the commands print: rows for machines (stable, docs/json.md) and tables for people (Swedish)."""

import json
import sys
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.table import Table

from arshjul.definition.model import Definition
from arshjul.errors import Fault
from arshjul.keys import ObligationKey
from arshjul.swedish import STOCKHOLM, WEEKDAYS, instant_text, local_date, said_day, short_day
from arshjul.wordings import wordings_of
from arshjul.year.wheel import Milestone, owner_name
from portal.loggen.log_names import with_names
from portal.loggen.log_words import about, details
from store.plan.history import Happened
from store.plan.in_step import Moved
from store.post.notices import beside_name

KINDS = {
    "letter": "brev",
    "escalation": "lyfts",
    "withdrawn": "avslutat",
    "state": "läge",
    "finding": "anmärkning",
}

#: kinds of letters that people call something else
SAID = {"veckans brev": "måndagsbrevet"}

WIDE = 150  #: characters, where nobody sits at a terminal


def plain(**how: Any) -> Console:
    """Return a console that prints what it is told, letter by letter.

    A line number between colons (``ny.yaml:100: fel``) is no emoji, and a bracket no markup.
    """
    return Console(highlight=False, markup=False, emoji=False, **how)


out = plain(soft_wrap=True, width=None if sys.stdout.isatty() else WIDE)

DefinitionFile = Annotated[Path | None, typer.Option("--definition", help="Definition (yaml); annars Hedemoras.")]
Json = Annotated[bool, typer.Option("--json", help="Skriv som JSON.")]


def print_json(rows: Any) -> None:
    """Print values as a machine reads them."""
    print(json.dumps(rows, ensure_ascii=False, indent=1))  # noqa: T201 - a machine reads it


def fault_row(fault: Fault) -> dict[str, Any]:
    """Return a finding of ``check``."""
    return {
        "severity": fault.severity,
        "where": fault.where,
        "rule": fault.rule,
        "message": fault.message,
        "lagrum": fault.lagrum,
        "wordings": [
            {"lagrum": each.lagrum, "sfs": each.sfs, "day": each.day.isoformat()} for each in wordings_of(fault.lagrum)
        ],
    }


def milestone_row(one: Milestone) -> dict[str, Any]:
    """Return a line of ``plan``."""
    return {
        "key": one.key,
        "step": one.step,
        "period": one.period.key,
        "unit": one.unit,
        "milestone": one.milestone,
        "at": one.at.astimezone(STOCKHOLM).isoformat(),
        "last_day": one.last_day.isoformat() if one.last_day else None,
        "lawful_until": one.lawful_until.isoformat() if one.lawful_until else None,
        "lagrum": one.lagrum.text,
        "status": one.status,
        "window": one.window,
    }


def moved_rows(
    moved: Iterable[Moved], effects: Mapping[ObligationKey, Sequence[str]], frister: Mapping[ObligationKey, datetime]
) -> list[dict[str, Any]]:
    """Return the lines of ``plan --skillnader``: the frister that change, and what else it leads to, by key.

    ``before`` null is new, ``after`` null is gone; of an effect without a moved frist both are its frist now.
    """
    rows = {each.key: _moved_row(each) for each in moved}
    for key in effects:
        at = frister[key].astimezone(STOCKHOLM).isoformat() if key in frister else None
        rows.setdefault(key, {"key": key, "before": at, "after": at, "told": False})
    return [row | {"effects": list(effects.get(key, ()))} for key, row in sorted(rows.items())]


def _moved_row(moved: Moved) -> dict[str, Any]:
    before = moved.before.astimezone(STOCKHOLM).isoformat() if moved.before else None
    after = moved.after.astimezone(STOCKHOLM).isoformat() if moved.after else None
    return {"key": moved.key, "before": before, "after": after, "told": moved.told}


def event_row(event: Happened) -> dict[str, Any]:
    """Return an event of ``rehearse``."""
    row: dict[str, Any] = {"kind": event.kind, "at": event.at.astimezone(STOCKHOLM).isoformat(), "key": event.key}
    if event.kind == "letter":
        row |= {
            "letter": event.letter_kind,
            "rung": event.rung,
            "to": list(event.to),
            "cc": list(event.cc),
            "subject": event.subject,
            "notices": list(event.notices),
        }
    elif event.detail:
        row["detail"] = event.detail
    return row


def year(milestones: Sequence[Milestone], number: int, definition: Definition) -> Table:
    """Return the year as a table, the units of one moment on one line; whose it is where it is no enhet's."""
    table = Table(title=f"Årshjulet {number}", title_justify="left")
    for name in ("dag", "kl.", "rapport", "moment", "vem", "sista dag enligt lag", "status"):
        table.add_column(name)
    for group in _same_moment(milestones):
        one = group[0]
        at = one.at.astimezone(STOCKHOLM)
        named = [definition.units[each.unit].name for each in group if each.unit]
        units = ", ".join(named) if len(group) < 4 else f"{len(group)} enheter"
        whose = units or owner_name(definition, one)
        lawful = said_day(one.lawful_until).removeprefix("den ") if one.lawful_until else ""
        day = f"{WEEKDAYS[at.weekday()][:3]} {short_day(at.date())}"
        status = f"{one.status}, senast: {one.window}" if one.window else one.status
        table.add_row(day, f"{at:%H.%M}", f"{one.step_name} {one.period.text}", one.name, whose, lawful, status)
    return table


def changes(rows: Sequence[Mapping[str, Any]], *definitions: Definition) -> Table:
    """Return what a re-planning would change; named by the first of the ``definitions`` that knows it."""
    table = Table(title="Det här skulle ändras" if rows else "Inget skulle ändras", title_justify="left")
    for name in ("inlämningskrav", "frist nu", "ny frist", "meddelad", "följd"):
        table.add_column(name)
    for row in rows:
        told = "ja" if row["told"] else "nej"
        before, after = (
            instant_text(datetime.fromisoformat(at)) if (at := row[name]) else "" for name in ("before", "after")
        )
        known = (text for each in definitions if (text := about(each, row["key"]).text) != row["key"])
        name, effects = next(known, "det som inte längre finns i årshjulet"), "; ".join(row["effects"])
        table.add_row(name, before or "(ny)", after or "(utgår)", told, effects)
    return table


def events(every: Iterable[Happened], number: int, definition: Definition) -> Table:
    """Return a rehearsed year as a table."""
    rungs = {rung.id: rung.name for ladder in definition.ladders.values() for rung in ladder.rungs}
    table = Table(title=f"Repetition av {number}", title_justify="left")
    for name in ("när", "vad", "trappsteg", "till", "om"):
        table.add_column(name)
    for event in every:
        what = SAID.get(event.letter_kind or "", event.letter_kind) or KINDS[event.kind]
        words = event.subject or f"{about(definition, event.key).text}: {_detail(event, definition)}".removesuffix(": ")
        rung = rungs.get(event.rung or "", beside_name(event.rung or ""))
        table.add_row(instant_text(event.at), what, rung, ", ".join(event.to), words)
    return table


def _detail(event: Happened, definition: Definition) -> str:
    """Return what an event's detail says, as the table says it: the words without the keys of the JSON."""
    told = event.detail or {}
    if event.kind == "state":
        return f"{told['from']} → {told['to']}"
    return ", ".join(value for _, value in details(with_names(definition, event.key, told)))


def status(rows: Sequence[Mapping[str, Any]]) -> Table:
    """Return the standing as a table."""
    table = Table(title="Läget", title_justify="left")
    for name in ("rapport", "enhet", "vad", "frist", "läge", "saknas"):
        table.add_column(name)
    for row in rows:
        table.add_row(
            row["report"],
            row["unit"],
            row["krav"],
            instant_text(datetime.fromisoformat(row["due"])),
            row["state"],
            ", ".join([*filter(None, [row.get("below")]), *row["missing"]]),
        )
    return table


def _same_moment(milestones: Sequence[Milestone]) -> list[list[Milestone]]:
    groups: dict[tuple[Any, ...], list[Milestone]] = {}
    for one in sorted(milestones, key=lambda each: (each.at, each.step, each.period, each.milestone)):
        groups.setdefault((one.at, local_date(one.at), one.step, one.period, one.milestone), []).append(one)
    return list(groups.values())

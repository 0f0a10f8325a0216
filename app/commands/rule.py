"""``arshjul rule``: the rules that underlag are checked by; taking one out of force, and putting it in force again."""

import json
import sys
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.table import Table

from actions.act import Act
from actions.underlag.rule_rest import rest_rule, resume_rule
from app.commands.by_hand import By, by_hand
from app.commands.printing import plain
from app.commands.record import Why
from app.definition_files import read_sourced
from app.settings import load_settings
from app.usage import Commands
from app.wiring import is_prepared, open_machine
from arshjul.swedish import STOCKHOLM, instant_text
from submissions.review.rule_list import Listed, listed, number_text, restable

Rule = Annotated[str, typer.Argument(metavar="REGEL", help="Regelns id, som tom-ruta.")]


def rule_commands(cli: Commands) -> None:
    """Add the commands to the command line."""
    rule = Commands(help="Kontrollerna av det som lämnas in.", no_args_is_help=True)
    for command in (rest, resume):
        rule.command()(command)
    rule.command("list")(list_rules)
    cli.add_typer(rule, name="rule")


def rest(rule: Rule, by: By, why: Why) -> None:
    """Ta en felaktig regel ur kraft. Skälet står på sidan Kontrollerna, som alla kan läsa."""
    machine = by_hand()
    known = restable(machine.office.definition)
    freed = machine.carry_out(lambda scene: rest_rule(Act(scene, by, why), known, rule))
    many = "1 inlämnad del blev komplett" if freed == 1 else f"{freed} inlämnade delar blev kompletta"
    typer.echo(f"Regeln {rule} är ur kraft.{f' {many}.' if freed else ''}")


def resume(rule: Rule, by: By) -> None:
    """Sätt en regel i kraft igen, för det som lämnas in från och med nu."""
    machine = by_hand()
    known = restable(machine.office.definition)
    machine.carry_out(lambda scene: resume_rule(Act(scene, by), known, rule))
    typer.echo(f"Regeln {rule} är i kraft igen.")


def list_rules(
    definition: Annotated[
        Path | None, typer.Option("--definition", help="Definition (yaml); annars tjänstens egen.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Skriv som JSON.")] = False,
) -> None:
    """Visa alla regler: nivå, källa, tal och period, och vilka som är ur kraft och varför."""
    rules = _listed(definition)
    if as_json:
        print(json.dumps([_row(each) for each in rules], ensure_ascii=False, indent=1))  # noqa: T201 - a machine reads it
        return
    table = Table(title="Kontrollerna", title_justify="left")
    for name in ("regel", "nivå", "vad", "tal", "källa"):
        table.add_column(name)
    for each in rules:
        numbers = ", ".join(number_text(name, value) for name, value in each.numbers.items())
        table.add_row(each.id, "ur kraft" if each.rest else each.severity, _words(each), numbers, each.source)
    plain(width=None if sys.stdout.isatty() else 180).print(table)


def _listed(definition: Path | None) -> tuple[Listed, ...]:
    settings = load_settings()
    if definition is None and is_prepared(settings):
        with open_machine(settings).look() as scene:
            return listed(scene.session, scene.office.definition)
    return listed(None, read_sourced(definition or settings.definition).definition)


def _words(rule: Listed) -> str:
    if not rule.rest:
        return rule.text
    return f"{rule.text} Ur kraft sedan {instant_text(rule.rest.since)}, av {rule.rest.by}: {rule.rest.why}"


def _row(rule: Listed) -> dict[str, Any]:
    resting = rule.rest
    return {
        "rule": rule.id,
        "severity": rule.severity,
        "text": rule.text,
        "source": rule.source,
        "numbers": {name: float(value) for name, value in rule.numbers.items()},
        "from": rule.since.key if rule.since else None,
        "until": rule.until.key if rule.until else None,
        "rest": resting
        and {"why": resting.why, "by": resting.by, "since": resting.since.astimezone(STOCKHOLM).isoformat()},
    }

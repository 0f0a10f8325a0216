"""The command line's own words: every command's help is in Swedish, and what is typed wrong is told with what is right."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
import typer
from typer.testing import CliRunner

from app.commands.cli import cli

ROOT = typer.main.get_command(cli)
ENGLISH = frozenset(
    re.findall(
        r"\w+",
        "the and of to is are was you your for with from by on at this that not no show message exit "
        "usage options option arguments argument commands command required default missing error try invalid value such help file path int str bool",
    )
)


def commands(command: Any = ROOT, path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], Any]]:
    yield path, command
    for name, each in getattr(command, "commands", {}).items():
        if not each.hidden:
            yield from commands(each, (*path, name))


EVERY = dict(commands())


@pytest.mark.parametrize("path", EVERY, ids=" ".join)
def test_every_commands_help_is_swedish_and_tells_all_that_it_takes(path: tuple[str, ...]) -> None:
    result = CliRunner().invoke(cli, [*path, "--help"], prog_name="arshjul")
    assert result.exit_code == 0
    assert result.output.startswith(f"Så används det: {' '.join(('arshjul', *path))}")
    names = "|".join(re.escape(name) for path, _ in EVERY.items() for name in path)
    words = set(re.findall(r"[a-zåäö]+", re.sub(rf"--[a-z-]+|\b({names})\b", "", result.output).lower()))
    assert not ENGLISH & words
    for each in EVERY[path].params:
        assert getattr(each, "hidden", False) or each.help, f"{each.name} tells nothing of itself"


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        ("pln", "Det finns inget kommando pln, menade du 'plan'?"),
        ("plan abc", "ÅR: 'abc' ska vara ett heltal. Året, som 2027."),
        ("rehearse 1999", "ÅR: '1999' ska vara minst 2000."),
        ("plan", "ÅR saknas. Året, som 2027."),
        ("plan 2027 2028", "Det står fler ord än kommandot tar emot."),
        ("plan 2027 --diff", "Flaggan --diff heter nu --skillnader."),
        ("template delarsrapport bildningsnamnden 2027-08 --out x", "Flaggan --out heter nu --mapp."),
        ("plan 2027 --defnition x", "Det finns ingen flagga --defnition, menade du '--definition'?"),
        (
            "anstand a b c igår --vem Eva --varfor skäl",
            "ÅÅÅÅ-MM-DD: 'igår' är inget datum. Ange till och med vilken dag, till exempel 2027-10-05.",
        ),
        ("anstand a b c 2027-09-21 --vem Eva", "--varfor saknas. Varför, så att den som läser loggen förstår."),
        ("anstand a b c 2027-09-21 --vem Eva --varfor", "--varfor ska följas av ett värde."),
    ],
)
def test_what_is_typed_wrong_is_told_with_what_is_right(typed: str, told: str) -> None:
    result = CliRunner().invoke(cli, typed.split(), prog_name="arshjul")
    assert result.exit_code == 2
    assert result.stderr.startswith(told), result.stderr


def test_a_group_alone_shows_its_commands() -> None:
    result = CliRunner().invoke(cli, ["people"], prog_name="arshjul")
    assert result.exit_code == 2 and "revoke-links" in result.stderr

"""The command line's own words: every command's help is in Swedish, and what is typed wrong is told with what is right."""

import re
from collections.abc import Iterator
from pathlib import Path
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


#: flags that many commands have: the page tells of them once, below its table
SHARED = {"--vem", "--varfor", "--json", "--definition", "--krav", "--help"}


def test_every_command_has_its_row_on_the_page_of_commands_with_each_flag_of_its_own() -> None:
    page = (Path(__file__).parents[2] / "docs" / "commands.md").read_text(encoding="utf-8")
    rows = [line for line in page.splitlines() if line.startswith("| `")]
    ends = {" ".join(path): each for path, each in EVERY.items() if not getattr(each, "commands", None)}
    seen = dict[str, str]()
    for row in rows:
        spans = re.findall(r"`([^`]+)`", row.split(" | ")[0])
        named = [name for span in spans for name in ends if re.match(rf"{name}(?![\w-])", span)]
        assert len(named) == len(spans), f"no command: {row}"
        flags = {flag for name in named for each in ends[name].params for flag in each.opts}
        assert set(re.findall(r"--[a-zåäö-]+", row)) <= flags, f"a flag that is not there: {row}"
        for name in named:
            own = {flag for each in ends[name].params for flag in each.opts if flag.startswith("--")} - SHARED
            assert own <= set(re.findall(r"--[a-zåäö-]+", row)), f"{name} has flags that its row does not name"
            seen[name] = row
    assert seen.keys() == ends.keys()
    told = page[page.index("`--vem` (who does it)") :]
    taking = {name for name, each in ends.items() if any("--definition" in one.opts for one in each.params)}
    assert all(f"`{name}`" in told for name in taking)

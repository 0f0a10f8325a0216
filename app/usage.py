"""The command line's own words in Swedish: how a command is used, and what was typed wrong.

Typer's words are English and cannot be translated; the commands are its, and what people read of it is here.
"""

import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from textwrap import wrap
from typing import Any, TypeVar

import typer
from typer.core import TyperArgument, TyperCommand, TyperGroup, TyperOption
from typer.exceptions import TyperException

from arshjul.errors import RefusedError, nearest

_Function = TypeVar("_Function", bound=Callable[..., Any])
WIDTH = 88
#: what pydantic finds wrong with a value, by its type of error; the numbers are those that it holds it against
_WRONG = {
    "int_parsing": "ska vara ett heltal",
    "int_type": "ska vara ett heltal",
    "greater_than_equal": "ska vara minst {ge}",
    "less_than_equal": "ska vara högst {le}",
    "enum": "ska vara något av {expected}",
    "literal_error": "ska vara något av {expected}",
    "date_from_datetime_parsing": "ska vara en dag, som 2027-09-21",
    "date_parsing": "ska vara en dag, som 2027-09-21",
    "datetime_parsing": "ska vara en dag, som 2027-09-21",
    "time_parsing": "ska vara ett klockslag, som 13.30",
    "path_type": "ska vara en sökväg",
}
#: flags that once had an English name, and what they are called
RENAMED = {
    "--step": "--steg", "--unit": "--enhet", "--part": "--del", "--out": "--mapp", "--ledger": "--bokforing",
    "--head": "--kontrollsumma", "--people": "--personer", "--diff": "--skillnader", "--check": "--kontrollera",
    "--year": "--ar", "--by": "--vem", "--why": "--varfor",
}  # fmt: skip


class UnknownCommandError(TyperException):
    """There is no such command; ``ctx`` is where it was looked for."""

    def __init__(self, typed: str, ctx: Any) -> None:
        known = [name for name, each in ctx.command.commands.items() if not each.hidden]
        super().__init__(f"Det finns inget kommando {typed}{nearest(typed, known)}")
        self.ctx = ctx


class Command(TyperCommand):
    """One command, whose help is in Swedish."""

    def format_help(self, ctx: Any, formatter: Any) -> None:
        """Write how it is used."""
        formatter.write("\n".join(_help(self, ctx)) + "\n")


class CommandGroup(TyperGroup):
    """Commands under one name; what is typed wrong anywhere under it is told in Swedish, and ends with code 2."""

    def format_help(self, ctx: Any, formatter: Any) -> None:
        """Write how it is used, and its commands."""
        formatter.write("\n".join(_help(self, ctx)) + "\n")

    def resolve_command(self, ctx: Any, args: list[str]) -> Any:
        """Find the command that was typed."""
        if self.get_command(ctx, args[0]) is None and not args[0].startswith("-"):
            raise UnknownCommandError(args[0], ctx)
        return super().resolve_command(ctx, args)

    def main(self, args: Sequence[str] | None = None, *, standalone_mode: bool = True, **rest: Any) -> Any:  # type: ignore[override]  # Typer gives these by name
        """Run what was typed."""
        try:
            result = super().main(args, standalone_mode=False, **rest)
        except TyperException as error:
            if not standalone_mode:
                raise
            typer.echo(wrong(error), err=True)
            sys.exit(2)
        except typer.Abort:
            if not standalone_mode:
                raise
            typer.echo("Avbrutet.", err=True)
            sys.exit(1)
        if standalone_mode:
            sys.exit(result if isinstance(result, int) else 0)
        return result


class Commands(typer.Typer):
    """Commands and groups of them, all with Swedish help."""

    def __init__(self, **settings: Any) -> None:
        super().__init__(cls=CommandGroup, **settings)

    def command(self, name: str | None = None, **settings: Any) -> Callable[[_Function], _Function]:
        """Add a command."""
        return super().command(name, cls=Command, **settings)


def wrong(error: TyperException) -> str:
    """Return what was typed wrong, and how to find out what is right."""
    context = getattr(error, "ctx", None)
    if type(error).__name__ == "NoArgsIsHelpError" and context:
        return str(context.get_help())
    told = _told(error, context)
    return f"{told}\nSe hur kommandot används: {context.command_path} --help" if context else told


def _told(error: Any, context: Any) -> str:
    parameter = getattr(error, "param", None)
    name = _name(parameter) if parameter else ""
    match type(error).__name__:
        case "MissingParameter" if parameter:
            return f"{name} saknas. {parameter.help or ''}".rstrip()
        case "NoSuchOption":
            shown = context.command.get_params(context) if context else []
            known = [each for one in shown if isinstance(one, TyperOption) and not one.hidden for each in one.opts]
            if (now := RENAMED.get(error.option_name)) in known:
                return f"Flaggan {error.option_name} heter nu {now}."
            return f"Det finns ingen flagga {error.option_name}{nearest(error.option_name, known)}"
        case "BadParameter" if parameter:
            refused = isinstance(error.__cause__, RefusedError)  # says itself what to write
            return f"{name}: {_mistake(error)} {'' if refused else parameter.help or ''}".rstrip()
        case "BadOptionUsage":
            return f"{error.option_name} ska följas av ett värde."
        case "BadParameter":
            return _mistake(error)
    if isinstance(error, UnknownCommandError):
        return error.message
    if isinstance(getattr(context, "command", None), TyperGroup):
        return "Skriv också vilket kommando."
    return "Det står fler ord än kommandot tar emot. Sätt citattecken om det som har mellanslag i sig."


def _mistake(error: Any) -> str:
    """Return what is wrong with a value: our own sentence as it is, the library's in Swedish."""
    if (cause := error.__cause__) is None or not hasattr(cause, "errors"):
        return str(error.message)
    first = cause.errors()[0]
    expected = str(first.get("ctx", {}).get("expected", "")).replace(" or ", " eller ")
    words = _WRONG.get(first["type"], "går inte att läsa")
    return f"'{first['input']}' {words.format_map({**first.get('ctx', {}), 'expected': expected})}."


def _help(command: Any, context: Any) -> Iterator[str]:
    parameters = [each for each in command.get_params(context) if not getattr(each, "hidden", False)]
    arguments = [each for each in parameters if isinstance(each, TyperArgument)]
    options = [each for each in parameters if isinstance(each, TyperOption)]
    pieces = [_placed(each) for each in arguments]
    pieces += ["KOMMANDO"] if isinstance(command, TyperGroup) else []
    yield f"Så används det: {' '.join([context.command_path, *pieces, '[flaggor]'])}"
    yield ""
    yield from (line for paragraph in (command.help or "").split("\n\n") for line in [*wrap(paragraph, WIDTH), ""])
    yield from _section("Anges i den här ordningen", {_name(each): _described(each) for each in arguments})
    if isinstance(command, TyperGroup):
        shown = {name: each for name, each in command.commands.items() if not each.hidden}
        yield from _section("Kommandon", {name: each.get_short_help_str(400) for name, each in shown.items()})
    yield from _section("Flaggor", {_option(each): _described(each) for each in options})


def _section(title: str, rows: Mapping[str, str]) -> Iterator[str]:
    if not rows:
        return
    yield f"{title}:"
    margin = min(max(map(len, rows)) + 4, 30)
    for name, words in rows.items():
        lines = wrap(words, WIDTH - margin) or [""]
        first = f"  {name}".ljust(margin)
        if len(first) > margin:
            yield first
            first = " " * margin
        yield f"{first}{lines[0]}".rstrip()
        yield from (" " * margin + line for line in lines[1:])
    yield ""


def _placed(argument: Any) -> str:
    name = _name(argument) + (" ..." if argument.nargs != 1 else "")
    return name if argument.required else f"[{name}]"


def _name(parameter: Any) -> str:
    if isinstance(parameter, TyperOption):
        return str(parameter.opts[0])
    return str(parameter.metavar or parameter.name).strip("[]").upper()


def _option(option: Any) -> str:
    takes = "" if option.is_flag else f" {option.metavar or 'VÄRDE'}"
    return f"{', '.join(option.opts)}{takes}"


def _described(parameter: Any) -> str:
    if parameter.name == "help":
        return "Visar det här."
    return f"{parameter.help or ''}{' Måste anges.' if parameter.required else ''}".strip()
